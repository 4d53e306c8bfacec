//! What is found, in which script, and what never is.

use std::collections::BTreeMap;

use jiff::civil::date;

use super::*;
use crate::{
    domain::{ArticleText, ByLang, article::ArticleStatus, playbook::testing},
    nlu,
};

fn article(id: &str, texts: &[(Lang, &str, &[&str])]) -> Article {
    let text = |&(lang, title, questions): &(Lang, &str, &[&str])| {
        let questions = questions.iter().map(|question| (*question).to_owned()).collect();
        (lang, ArticleText { title: title.to_owned(), questions, body: "-".to_owned() })
    };
    Article {
        id: id.to_owned(),
        status: ArticleStatus::Published,
        category: "general".to_owned(),
        products: Vec::new(),
        valid_from: None,
        valid_until: None,
        texts: ByLang(texts.iter().map(text).collect::<BTreeMap<_, _>>()),
        care: Default::default(),
        version: 1,
    }
}

fn shop() -> Vec<Article> {
    vec![
        article("fee", &[(Lang::ZhHant, "運費怎麼算？", &["滿多少免運", "寄到離島要加錢嗎"])]),
        article("return", &[(Lang::ZhHans, "怎么申请退换货", &["东西不想要了怎么退"])]),
        article("courier", &[(Lang::ZhHans, "你们用哪家快递", &["可以指定快递公司吗"])]),
        article("complain", &[(Lang::ZhHant, "怎麼客訴", &["客訴要找誰"])]),
        article("size", &[(Lang::En, "Which size fits me?", &["is there a size chart for pyjamas"])]),
        article("kettle", &[(Lang::En, "How do I descale the PW-KET-01 kettle?", &["limescale in the kettle"])]),
    ]
}

/// The best article for a question, and its features.
fn best(articles: &[Article], question: &str) -> Option<(String, Features)> {
    best_by(None, articles, question)
}

fn best_by(encoder: Option<&Encoder>, articles: &[Article], question: &str) -> Option<(String, Features)> {
    let playbook = testing::playbook();
    let index = Index::build(articles, &playbook, date(2026, 3, 18), encoder).unwrap();
    let utterance = nlu::read(&playbook, question);
    let meaning = encoder.map(|encoder| Row::new(&encoder.vector(&utterance.question.spoken)));
    let hits = index.candidates(&utterance.question, meaning.as_ref());
    let understood = nlu::understand(&playbook, &utterance, &hits, None);
    understood.articles.first().map(|best| (best.id.clone(), best.features))
}

#[test]
fn scripts_and_regions_meet() {
    for (question, expected) in [
        ("運費怎麼算", "fee"),
        ("请问运费怎么算", "fee"),
        ("邮费多少", "fee"),
        ("我想要退貨", "return"),
        ("可以指定宅配嗎", "courier"),
        ("我要投诉", "complain"),
        ("what SIZE are the pajamas", "size"),
        ("how to descale pw ket 01", "kettle"),
        ("ＫＥＴＴＬＥ limescale", "kettle"),
    ] {
        for encoder in [None, Encoder::built_in()] {
            let found = best_by(encoder, &shop(), question).map(|(id, _)| id);
            assert_eq!(found.as_deref(), Some(expected), "{question}, vectors: {}", encoder.is_some());
        }
    }
}

#[cfg(feature = "model")]
#[test]
fn other_words_and_other_languages_meet() {
    for (question, expected) in [
        ("what does postage cost", "fee"),
        ("i don't want it any more, what now", "return"),
        ("水壶里有水垢", "kettle"),
        ("睡衣要穿多大的", "size"),
    ] {
        let found = best_by(Encoder::built_in(), &shop(), question).map(|(id, _)| id);
        assert_eq!(found.as_deref(), Some(expected), "{question}");
    }
}

#[test]
fn the_same_words_are_exact_whatever_script_and_signs() {
    let (id, features) = best(&shop(), "运费怎么算!!").unwrap();
    assert_eq!((id.as_str(), features.exact), ("fee", true));
    assert!(!best(&shop(), "运费怎么算的").unwrap().1.exact);
}

#[test]
fn what_may_not_be_answered_is_never_found() {
    let mut articles = shop();
    articles[0].status = ArticleStatus::Archived;
    articles[1].valid_until = Some(date(2026, 3, 17));
    articles[2].valid_from = Some(date(2026, 3, 19));
    articles[3].status = ArticleStatus::Draft;
    let playbook = testing::playbook();
    let index = Index::build(&articles, &playbook, date(2026, 3, 18), None).unwrap();
    for question in ["運費怎麼算", "怎么申请退换货", "你们用哪家快递", "怎麼客訴"] {
        let hits = index.candidates(&nlu::read(&playbook, question).question, None);
        assert!(hits.iter().all(|hit| !matches!(hit.topic, Topic::Article(_))), "{question}: {hits:?}");
    }
    articles[1].valid_until = Some(date(2026, 3, 18));
    assert_eq!(best(&articles, "怎么申请退换货").unwrap().0, "return", "the last day counts");
}

#[test]
fn intents_are_found_by_their_examples() {
    let playbook = testing::playbook();
    let index = Index::build(&shop(), &playbook, date(2026, 3, 18), None).unwrap();
    let utterance = nlu::read(&playbook, "我想聽個笑話");
    let understood = nlu::understand(&playbook, &utterance, &index.candidates(&utterance.question, None), None);
    assert_eq!(understood.intents[0].name, "joke");
    assert!(matches!(understood.intents[0].by, nlu::MatchedBy::Example(_)));
}

#[test]
fn nothing_is_found_for_nothing_and_long_noise_is_borne() {
    assert_eq!(best(&shop(), ""), None);
    assert_eq!(best(&shop(), "😡"), None);
    assert_eq!(best_by(Encoder::built_in(), &shop(), "😡"), None);
    assert_eq!(best(&[], "zebra"), None);
    let noise: String = (0x4e00..0x4e00 + 4000).filter_map(char::from_u32).collect();
    assert!(best(&shop(), &noise).is_none_or(|(_, features)| features.query_coverage < 0.3));
}

/// Hits by topic, to the thousandth: sums in another order differ in the last digits.
fn measured(index: &Index, question: &str, encoder: Option<&Encoder>) -> Vec<String> {
    let utterance = nlu::read(&testing::playbook(), question);
    let meaning = encoder.map(|encoder| Row::new(&encoder.vector(&utterance.question.spoken)));
    let mut hits: Vec<String> = index
        .candidates(&utterance.question, meaning.as_ref())
        .iter()
        .map(|hit| {
            let features = format!("{:?}", hit.features);
            let rounded = features.split_inclusive([' ', ',', '[', ']', '}']).map(|word| {
                let (number, end) = word.split_at(word.len() - 1);
                number.parse::<f32>().map_or_else(|_| word.to_owned(), |number| format!("{:.3}{end}", number + 0.0))
            });
            format!("{:?} {} {}", hit.topic, hit.phrasing, rounded.collect::<String>().replace("-0.000", "0.000"))
        })
        .collect();
    hits.sort();
    hits
}

#[test]
fn an_index_that_was_changed_finds_what_one_built_anew_finds() {
    let today = date(2026, 3, 18);
    let playbook = testing::playbook();
    let later = |mut article: Article| {
        article.valid_from = Some(date(2026, 3, 19));
        article
    };
    let steps: [Vec<(&str, Option<Article>)>; 5] = [
        vec![("fee", Some(article("fee", &[(Lang::En, "What does delivery cost?", &["postage to the islands"])])))],
        vec![("size", None), ("kettle", Some(later(shop().swap_remove(5))))],
        vec![("gift", Some(article("gift", &[(Lang::ZhHans, "可以送礼包装吗", &["礼物包装多少钱"])])))],
        vec![("gift", Some(article("gift", &[(Lang::ZhHant, "禮物包裝", &["運費怎麼算"])])))],
        vec![("fee", None), ("return", None), ("courier", None), ("complain", None), ("gift", None)],
    ];
    for encoder in [None, Encoder::built_in()] {
        let mut known: BTreeMap<ArticleId, Article> =
            shop().into_iter().map(|article| (article.id.clone(), article)).collect();
        let mut index = Index::build(known.values(), &playbook, today, encoder).unwrap();
        for step in &steps {
            let mut changed = BTreeMap::new();
            for (id, article) in step {
                changed.insert((*id).to_owned(), article.clone().map(Arc::new));
                match article {
                    Some(article) => known.insert((*id).to_owned(), article.clone()),
                    None => known.remove(*id),
                };
            }
            index = index.with(&changed, &playbook, today, encoder).expect("few changes");
            let anew = Index::build(known.values(), &playbook, today, encoder).unwrap();
            assert_eq!(index.phrasings(), anew.phrasings());
            assert_eq!(index.vectors().count(), anew.vectors().count());
            let questions =
                ["運費怎麼算", "postage cost", "怎么退换货", "礼物包装", "kettle limescale", "我想聽個笑話", "hello"];
            for question in questions {
                assert_eq!(measured(&index, question, encoder), measured(&anew, question, encoder), "{question}");
            }
        }
    }
}

#[test]
fn what_has_changed_too_much_is_to_be_built_anew() {
    let (today, playbook) = (date(2026, 3, 18), testing::playbook());
    let index = Index::build(&shop(), &playbook, today, None).unwrap();
    let many = |count: usize| {
        let questions: Vec<String> = (0..count).map(|number| format!("question number {number}")).collect();
        let questions: Vec<&str> = questions.iter().map(String::as_str).collect();
        BTreeMap::from([("long".to_owned(), Some(Arc::new(article("long", &[(Lang::En, "Long", &questions)]))))])
    };
    assert!(index.with(&many(MOST_CHANGED), &playbook, today, None).is_none());
    let patched = index.with(&many(MOST_CHANGED - 1), &playbook, today, None).expect("just few enough");
    assert!(patched.patched() >= 1.0 && index.patched() == 0.0);
}
