//! Seeds in and out: a first start, and files that come back as they went.

use std::{collections::BTreeMap, fs, path::Path};

use warmline::{
    clock::Clock,
    config::{Flags, RawConfig, Settings},
    domain::{ArticleText, Lang, article::ArticleStatus},
    service::{
        accounts,
        seeds::{self, Folders},
    },
    store::{
        agents,
        articles::{self, Saved},
    },
};

use crate::store::{Fresh, NOON, fresh};

fn settings(data: &Path) -> Settings {
    let values = vec![("data_dir", data.display().to_string()), ("rate_limits", "off".to_owned())];
    Settings::check(RawConfig::read(&Flags { config: None, values })).expect("the settings are right")
}

/// A file of every seed folder below `folder`, and its text.
fn texts(folder: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.expect("a readable folder").path();
        if path.is_dir() {
            found.extend(texts(&path));
        } else {
            found.insert(path.display().to_string(), fs::read_to_string(&path).expect("a text"));
        }
    }
    found
}

#[tokio::test]
async fn a_first_start_makes_a_shop_that_works_and_a_second_changes_nothing() {
    let Fresh { store, folder, .. } = fresh().await;
    let settings = settings(folder.path());
    let now = Clock::manual(NOON).now(&settings.zone);
    let shop = seeds::prepare(&store, &settings, &now).await.expect("a first start").shop;
    assert!(shop.find("PW20260318", &now).is_some());
    assert!(articles::all_published(&store).await.expect("articles").len() >= 60);
    let sign_ins = seeds::demo_sign_ins(&store).await.expect("sign-ins");
    let roles: Vec<_> = sign_ins.iter().map(|sign_in| sign_in.role.as_str()).collect();
    assert_eq!(roles, ["agent", "agent", "editor", "admin"]);
    let editor = &sign_ins[2];
    accounts::sign_in(&store, &editor.mail, &editor.password, NOON).await.expect("the printed password works");

    let changes = articles::changes(&store).await.expect("a counter");
    seeds::prepare(&store, &settings, &now).await.expect("a second start");
    assert_eq!(articles::changes(&store).await.expect("a counter"), changes);
    assert_eq!(agents::list(&store).await.expect("staff").len(), 4);
    assert_eq!(seeds::demo_sign_ins(&store).await.expect("sign-ins")[2].password, editor.password);
}

#[tokio::test]
async fn what_is_exported_imports_as_the_same() {
    let Fresh { store, folder, .. } = fresh().await;
    let original = seeds::read(&Folders::within(Path::new("."))).expect("the demo's seeds");
    seeds::import(&store, &original, NOON).await.expect("an import");
    let out = Folders::within(&folder.path().join("out"));
    let exported = seeds::export(&store, &out).await.expect("an export");
    let languages: usize = original.articles.iter().map(|article| article.texts.0.len()).sum();
    assert_eq!(exported.written.len(), languages + original.playbook_files.len());

    for lang in ["en", "zh-Hans", "zh-Hant"] {
        let ours = texts(&Path::new("knowledge_base").join(lang));
        let name = |(path, text): (String, String)| (path.rsplit('/').next().map(str::to_owned), text);
        let written: BTreeMap<_, _> = texts(&out.knowledge.join(lang)).into_iter().map(name).collect();
        for (path, text) in ours.into_iter().map(name) {
            assert_eq!(written.get(&path), Some(&text), "{path:?} as we ship it is what an export writes");
        }
    }

    let again = seeds::read(&out).expect("what was exported is read");
    assert_eq!(again.articles, original.articles);
    assert_eq!(again.playbook_files, original.playbook_files);
    let imported = seeds::import(&store, &again, NOON + 1).await.expect("an import");
    assert_eq!((imported.articles_changed, imported.playbook_changed), (0, false));
    let before = texts(&folder.path().join("out"));
    let exported = seeds::export(&store, &out).await.expect("an export");
    assert_eq!((exported.written.len(), exported.removed.len()), (0, 0));
    assert_eq!(texts(&folder.path().join("out")), before);
}

#[tokio::test]
async fn an_export_says_what_the_database_says_and_leaves_unknown_files_alone() {
    let Fresh { store, folder, .. } = fresh().await;
    let seeds = seeds::read(&Folders::within(Path::new("."))).expect("the demo's seeds");
    seeds::import(&store, &seeds, NOON).await.expect("an import");
    let out = Folders::within(&folder.path().join("out"));
    seeds::export(&store, &out).await.expect("an export");
    let own = out.knowledge.join("en/not-imported-yet.md");
    fs::write(&own, "draft").expect("a file");

    let (archived, edited) = (seeds.articles[0].id.clone(), seeds.articles[1].id.clone());
    let by = || "Iris".to_owned();
    articles::set_status(&store, archived.clone(), 1, ArticleStatus::Archived, (by(), String::new()), NOON)
        .await
        .expect("archived");
    let mut article = articles::load(&store, &edited).await.expect("the database").expect("an article").article;
    article
        .texts
        .0
        .insert(Lang::En, ArticleText { title: "\"New\" +++".into(), body: "+ a\n".into(), ..Default::default() });
    let saved = articles::save(&store, article, by(), NOON).await.expect("saved");
    assert!(matches!(saved, Saved::Done(_)));
    let exported = seeds::export(&store, &out).await.expect("an export");
    assert_eq!((exported.written.len(), exported.removed.len()), (1, 3));
    assert!(!out.knowledge.join(format!("zh-Hant/{archived}.md")).exists());
    assert_eq!(fs::read_to_string(&own).expect("still there"), "draft");
    fs::remove_file(&own).expect("removed");
    let again = articles_of(&out);
    assert_eq!(again[&edited].exact(Lang::En).expect("English").title, "\"New\" +++");
}

fn articles_of(folders: &Folders) -> BTreeMap<String, warmline::domain::ByLang<ArticleText>> {
    // The intents still point at the archived article; the articles themselves are what this is about.
    let files = texts(&folders.knowledge);
    let files: Vec<_> =
        files.into_iter().map(|(path, text)| warmline::domain::playbook::SourceFile { path, text }).collect();
    let articles = warmline::domain::article_file::collect(&files).expect("articles are read");
    articles.into_iter().map(|article| (article.id, article.texts)).collect()
}

#[test]
fn a_mistake_is_told_with_the_operators_own_path_and_line() {
    let folder = tempfile::tempdir().expect("a folder");
    for (kind, inside, text, expected) in [
        ("knowledge_base", "en/a.md", "+++\nid = \"b\"\n", "en/a.md:1: the front matter has no end"),
        ("intents", "greeting.toml", "name = \"greeting\"\nact = 7\n", "intents/greeting.toml:"),
        ("demo", "orders.toml", "zone = \"Mars\"\n", "orders.toml:1: \"Mars\" is no time zone"),
    ] {
        let own = folder.path().join(kind);
        let path = own.join(inside);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(&path, text).expect("a file");
        let told = seeds::read(&Folders::within(folder.path())).expect_err("a mistake").to_string();
        assert!(told.starts_with(&folder.path().display().to_string()) && told.contains(expected), "{told}");
        assert!(!told.contains('\n'), "{told}");
        fs::remove_dir_all(&own).expect("removed");
    }
    fs::create_dir_all(folder.path().join("intents")).expect("a folder");
    fs::write(folder.path().join("intents/a.toml"), b"name = \"a\"\n\xff").expect("a file");
    let told = seeds::read(&Folders::within(folder.path())).expect_err("a mistake").to_string();
    assert!(told.ends_with("intents/a.toml:2: the text is not UTF-8"), "{told}");
}

#[test]
fn the_mistakes_of_all_files_are_told_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let put = |inside: &str, text: &str| {
        let path = folder.path().join(inside);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(&path, text).expect("a file");
    };
    let ours = |path: &str| fs::read_to_string(path).expect("our own");
    put("knowledge_base/en/a.md", "no front matter");
    put("knowledge_base/en/b.md", "+++\nid = \"c\"\n");
    for entry in fs::read_dir("playbook").expect("our playbook") {
        let path = entry.expect("a file").path();
        put(&path.display().to_string(), &ours(&path.display().to_string()));
    }
    put("playbook/returns.toml", &ours("playbook/returns.toml").replace("exchange_days = ", "exchange_days = -"));
    put("playbook/help.toml", "logo = 7\n");
    put("intents/one.toml", "name = \"one\"\nact = 7\n");
    put("intents/two.toml", "name = \"three\"\n");
    put("demo/orders.toml", "zone = \"Mars\"\n");
    let seeds::FileErrors(mistakes) = seeds::read(&Folders::within(folder.path())).expect_err("mistakes");
    let told = |mistake: &seeds::FileError| {
        mistake.path.strip_prefix(&format!("{}/", folder.path().display())).map(str::to_owned)
    };
    let told: std::collections::BTreeSet<_> = mistakes.iter().filter_map(told).collect();
    let all = [
        "demo/orders.toml",
        "intents/one.toml",
        "intents/two.toml",
        "knowledge_base/en/a.md",
        "knowledge_base/en/b.md",
        "playbook/help.toml",
        "playbook/returns.toml",
    ];
    assert_eq!((told.into_iter().collect::<Vec<_>>(), mistakes.len()), (all.map(str::to_owned).to_vec(), all.len()));
}

#[test]
fn what_leads_nowhere_is_told_with_its_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let put = |id: &str, category: &str, body: &str| {
        let text =
            format!("+++\nid = \"{id}\"\ntitle = \"T\"\nquestions = []\ncategory = \"{category}\"\n+++\n{body}\n");
        fs::create_dir_all(folder.path().join("en")).expect("a folder");
        fs::write(folder.path().join(format!("en/{id}.md")), text).expect("a file");
    };
    put("a", "delivery", "See [b](/help/en/articles/b) and [theirs](https://shop.example/help/en/articles/c).");
    put("b", "delivry", "![x](/pictures/x.png)\n\nSee [c](/help/zh-Hant/articles/c#top).");
    let folders = Folders { knowledge: folder.path().to_owned(), ..Folders::within(Path::new(".")) };
    let told: Vec<String> = seeds::loose_ends(&folders).expect("read").iter().map(ToString::to_string).collect();
    let at = folder.path().join("en/b.md").display().to_string();
    let expected = [
        format!("{at}:5: there is no category \"delivry\" in playbook/help.toml"),
        format!("{at}:7: there is no picture x.png"),
        format!("{at}:9: there is no article \"c\""),
    ];
    assert_eq!(told, expected);
    assert_eq!(seeds::loose_ends(&Folders::within(Path::new("."))).expect("read"), [], "our own lead somewhere");
}

#[test]
fn without_folders_the_copies_in_the_binary_are_used() {
    let folder = tempfile::tempdir().expect("a folder");
    let built_in = seeds::read(&Folders::within(folder.path())).expect("built-in seeds");
    let on_disk = seeds::read(&Folders::within(Path::new("."))).expect("the demo's seeds");
    assert_eq!(built_in.articles, on_disk.articles);
    assert_eq!(built_in.playbook_files, on_disk.playbook_files);
    assert_eq!(built_in.shop.orders(), on_disk.shop.orders());
}

mod round_trip {
    //! What goes out comes back the same, whatever editors write.

    use std::collections::BTreeMap;

    use jiff::civil::Date;
    use proptest::prelude::*;
    use warmline::{
        domain::{
            Article, ArticleText, Audience, ByLang, Lang, SourceFile,
            article::{ArticleStatus, Care, Translated},
            article_file,
            playbook::IntentForm,
        },
        service::bulk,
        store::articles::StoredArticle,
    };

    /// One line as the editor keeps it: nothing around it, no control characters, but everything else that hurts.
    fn line() -> impl Strategy<Value = String> {
        prop_oneof![
            "[a-z]{1,8}( [a-z?]{1,6}){0,3}",
            "[=+@'\"\\-＝＋－＠][a-z\",']{0,6}",
            "(\\+\\+\\+|\"\"\"|'''|\\\\n|#|運費怎麼算？|邮费多少|, ,|🙂|\\[x\\]|\\{q\\}){1,3}",
        ]
        .prop_map(|text| text.trim().to_owned())
        .prop_filter("something", |text| !text.is_empty())
    }

    fn body() -> impl Strategy<Value = String> {
        prop::collection::vec(
            prop_oneof![line(), Just(String::new()), Just("+++".to_owned()), Just("- a".to_owned())],
            1..6,
        )
        .prop_map(|lines| lines.join("\n").trim().to_owned())
        .prop_filter("something", |text| !text.is_empty())
    }

    fn day() -> impl Strategy<Value = Option<Date>> {
        prop::option::of(
            (2020i16..2030, 1i8..=12, 1i8..=28).prop_map(|(year, month, day)| jiff::civil::date(year, month, day)),
        )
    }

    prop_compose! {
        fn text()(title in line(), questions in prop::collection::vec(line(), 0..4), body in body()) -> ArticleText {
            ArticleText { title, questions, body }
        }
    }

    prop_compose! {
        fn article()(
            texts in prop::collection::btree_map(prop::sample::select(Lang::ALL.to_vec()), text(), 1..=3),
            category in line(),
            products in prop::collection::vec("[A-Z]{2}-[0-9]{2}", 0..3),
            from in day(),
            until in day(),
            review_on in day(),
            owner in prop::option::of(line()),
            is_inside in any::<bool>(),
            made in prop::collection::btree_map(
                prop::sample::select(Lang::ALL.to_vec()),
                (prop::sample::select(Lang::ALL.to_vec()), prop::option::of((line(), body()))),
                0..=3,
            ),
        ) -> Article {
            // Made from what the source says now, or from what it said once.
            let translated = made.into_iter().filter(|(lang, (from, _))| texts.contains_key(lang) && from != lang);
            let translated = translated.filter_map(|(lang, (from, once))| {
                let (title, body) = once.or_else(|| texts.get(&from).map(|text| (text.title.clone(), text.body.clone())))?;
                Some((lang, Translated { from, title, body }))
            });
            let translated = translated.collect();
            let until = until.filter(|until| from.is_none_or(|from| from <= *until));
            Article {
                id: "one".into(), status: ArticleStatus::Published, category, products,
                valid_from: from, valid_until: until, texts: ByLang(texts), version: 1,
                care: Care {
                    audience: if is_inside { Audience::Staff } else { Audience::Everyone }, owner, review_on, translated,
                },
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn files_come_back_as_they_went(article in article()) {
            let files: Vec<SourceFile> = Lang::ALL
                .into_iter()
                .filter_map(|lang| Some(SourceFile { path: format!("{lang}/one.md"), text: article_file::write(&article, lang)? }))
                .collect();
            prop_assert_eq!(article_file::collect(&files).map_err(|errors| errors.to_string()), Ok(vec![article]));
        }

        #[test]
        fn a_table_comes_back_as_it_went(article in article(), is_draft in any::<bool>()) {
            let status = if is_draft { ArticleStatus::Draft } else { ArticleStatus::Published };
            let article = Article { status, ..article };
            let stored = [StoredArticle { article: article.clone(), updated_at: 0, updated_by: None }];
            // What translations were made from is no column: it stays where the article is.
            let read = bulk::from_csv("a.csv", &bulk::to_csv(&stored), &stored).map_err(|mistakes| bulk::told(&mistakes));
            prop_assert_eq!(read, Ok(vec![Article { version: 0, ..article.clone() }]));
            let plan = bulk::plan(&stored, &[article]);
            prop_assert_eq!((plan.added.len(), plan.changed.len(), plan.unchanged), (0, 0, 1));
        }
    }

    prop_compose! {
        fn spoken()(label in line(), examples in prop::collection::vec(line(), 0..4)) -> (String, Vec<String>) {
            (label, examples)
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(100))]

        /// An intent's form into its file, exported, read again: the same form, whatever was typed.
        #[test]
        fn an_intent_comes_back_as_it_went(
            patterns in prop::collection::vec(line(), 0..4),
            unless in prop::collection::vec(line(), 0..3),
            spoken in prop::collection::vec(spoken(), 3),
        ) {
            let path = "intents/stock.toml";
            let file = SourceFile { path: path.into(), text: include_str!("../../intents/stock.toml").into() };
            let mut form = IntentForm::read(&file).map_err(|error| error.to_string()).expect("ours is right");
            form.patterns = patterns;
            form.unless = unless;
            for (lang, (label, examples)) in Lang::ALL.into_iter().zip(spoken) {
                let section = form.words.entry(lang).or_default();
                (section.label, section.examples) = (label, examples);
            }
            let text = form.write(&file).map_err(|error| error.to_string()).expect("it is written");
            let again = SourceFile { path: path.into(), text };
            let read = IntentForm::read(&again).map_err(|error| error.to_string());
            prop_assert_eq!(read.as_ref(), Ok(&form));
            // And a form that says what the file says leaves the file alone.
            prop_assert_eq!(form.write(&again).map_err(|error| error.to_string()), Ok(again.text));
        }
    }

    #[test]
    fn mistakes_in_a_table_are_told_with_their_lines_all_at_once() {
        let told = |text: &str| bulk::told(&bulk::from_csv("a.csv", text, &[]).expect_err("mistakes"));
        assert_eq!(
            told("id,lang,titel\n"),
            "a.csv:1: there is no column \"titel\"; known are id, lang, status, title, questions, category, products, valid_from, valid_until, audience, owner, review_on, translated_from, translated_title, translated_body, body\n"
        );
        assert_eq!(told("id,lang,title,body\n"), "a.csv:1: the column category is missing\n");
        let head = "id,lang,title,body,category,valid_until,status";
        let rows = "\nfee,en,Fee,\"two\nlines\",delivery,,\ngift,fr,Gift,b,orders,,\nfee,zh-Hant,運費,b,orders,,\nBig Id,en,T,b,c,soon,maybe\nbig Id,en,T,b,c,,\n";
        let expected = "a.csv:4: \"fr\" is no language; known are zh-Hant, zh-Hans, en\n\
            a.csv:5: category is not the same as in line 2, another language of the article\n\
            a.csv:6: valid_until is a day such as 2026-01-31, not \"soon\"\n\
            a.csv:6: status is published or draft, not \"maybe\"\n\
            a.csv:7: The id can have small letters a to z, digits and dashes only, such as shipping-fee.\n";
        assert_eq!(told(&format!("{head}{rows}")), expected);
    }

    #[test]
    fn a_language_that_the_table_leaves_out_stays() {
        let questions = || vec!["how much".to_owned(), "what do I pay".to_owned()];
        let text = |title: &str| ArticleText { title: title.into(), questions: questions(), body: "b".into() };
        let article = Article {
            id: "fee".into(),
            status: ArticleStatus::Archived,
            category: "delivery".into(),
            products: vec!["PW-KET-01".into()],
            valid_from: Some(jiff::civil::date(2026, 1, 1)),
            valid_until: Some(jiff::civil::date(2026, 12, 31)),
            care: Care { owner: Some("Ann".into()), ..Care::default() },
            version: 3,
            texts: ByLang(BTreeMap::from([(Lang::En, text("Fee")), (Lang::ZhHant, text("運費"))])),
        };
        let stored = [StoredArticle { article, updated_at: 0, updated_by: None }];
        let table = "id,lang,title,body,category\nfee,en,Fees,b,delivery\n";
        let read = bulk::from_csv("a.csv", table, &stored).expect("no mistake");
        let plan = bulk::plan(&stored, &read);
        assert_eq!(plan.changed[0].fields, ["en.title"]);
        let table = "id,lang,title,body,category,audience,owner,review_on\nfee,en,Fee,b,delivery,staff,,2027-01-31\n";
        let read = bulk::from_csv("a.csv", table, &stored).expect("no mistake");
        assert_eq!(bulk::plan(&stored, &read).changed[0].fields, ["audience", "owner", "review_on"]);
        let plan = bulk::plan(
            &stored,
            &bulk::from_csv("a.csv", "id,lang,title,body,category\nfee,en,Fees,b,delivery\n", &stored).expect("read"),
        );
        assert_eq!(plan.to_string(), "changed  fee: en.title\n0 new, 1 changed, 0 unchanged");
        // An empty cell clears, and a list says how much of it is left.
        let table = "id,lang,status,title,questions,category,products,valid_from,valid_until,body\n\
                     fee,en,published,Fee,,delivery,,2026-01-01,,b\n";
        let plan = bulk::plan(&stored, &bulk::from_csv("a.csv", table, &stored).expect("read"));
        let told = ["status archived -> published", "valid_until", "products 1 -> 0", "en.questions 2 -> 0"];
        assert_eq!(plan.changed[0].fields, told);
    }

    #[test]
    fn a_table_as_spreadsheets_save_it_is_read() {
        let table = "id;lang;status;title;body;category;valid_from\r\nfee;EN;Published;運費;b;delivery;2026/1/5\r\n\
                     fee;zh-hant;PUBLISHED;運費;b;delivery;2026-01-05\r\n";
        let utf_16: Vec<u8> =
            "\u{feff}".encode_utf16().chain(table.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        for bytes in [table.as_bytes().to_vec(), format!("\u{feff}{table}").into_bytes(), utf_16] {
            let read = bulk::from_csv("a.csv", &bulk::text_of(&bytes), &[]).expect("no mistake");
            assert_eq!(read[0].valid_from, Some(jiff::civil::date(2026, 1, 5)));
            assert_eq!((read[0].texts.0.len(), read[0].status), (2, ArticleStatus::Published));
        }
        // Big5, and a day that is none.
        let told =
            |bytes: &[u8]| bulk::told(&bulk::from_csv("a.csv", &bulk::text_of(bytes), &[]).expect_err("a mistake"));
        let big5 = [b"id,lang,title,body,category\nfee,en,\xb9B\xb6O,b,delivery\n".as_slice()].concat();
        assert!(told(&big5).starts_with("a.csv:2: the text is not UTF-8; please save the table as \"CSV UTF-8\""));
        assert!(told(table.replace("2026/1/5", "5/1/2026").as_bytes()).contains("is a day such as 2026-01-31"));
    }
}
