//! What operators rely on, with the real program: doctor, backup, restore, and a disk that is full.

use std::{net::SocketAddr, path::Path, process::Command, time::Duration};

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::time::{Instant, interval};
use warmline::{
    domain::{
        AgentRef, Expects, KnowledgeTest, Lang,
        audit::{Change, Deed},
    },
    store::{Store, articles, knowledge_tests, sqlite_url},
};

use crate::{
    command::{Server, fails, warmline},
    harness::{House, PATIENCE, Shopper, postgres, proxy::Proxy},
};

fn folder() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

/// What it prints, after it ended with 0.
fn does(command: &mut Command) -> String {
    let output = command.output().expect("it runs");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    said
}

fn address(server: &Server) -> SocketAddr {
    server.address.parse().expect("an address")
}

/// Sends and waits for the verdict: the seq, or the refusal.
async fn tries(shopper: &mut Shopper, cid: &str, text: &str) -> Result<i64, Value> {
    shopper.sends_as(cid, json!({"do": "message", "text": text})).await;
    loop {
        let frame = shopper.read().await;
        if frame["cid"] == json!(cid) && frame["type"] == "refused" {
            return Err(frame);
        }
        let items = frame["items"].as_array().into_iter().flatten();
        if let Some(own) = items.into_iter().find(|item| item["cid"] == json!(cid)) {
            return Ok(own["seq"].as_i64().expect("a seq"));
        }
    }
}

/// As a client does: the same message again until the server has it.
async fn insists(shopper: &mut Shopper, cid: &str, text: &str) -> i64 {
    let deadline = Instant::now() + PATIENCE;
    let mut ticks = interval(Duration::from_millis(100));
    loop {
        match tries(shopper, cid, text).await {
            Ok(seq) => return seq,
            Err(refused) => assert!(Instant::now() < deadline, "never taken: {refused}"),
        }
        ticks.tick().await;
    }
}

fn says_when_to_retry(refused: &Value) {
    assert_eq!(refused["code"], "busy", "{refused}");
    assert!(refused["retry_after_ms"].as_u64().is_some_and(|ms| (100..=10_000).contains(&ms)), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_restore_clients_start_over_and_have_what_the_backup_had() {
    let folder = folder();
    let server = Server::start(&mut warmline(&folder));
    let mut ann = Shopper::arrive(address(&server), "en").await;
    ann.says("How much is shipping?").await;
    ann.is_answered_from("shipping-fee").await;
    let (log, epoch) = (ann.log.clone(), ann.epoch.clone());

    let said = does(warmline(&folder).args(["backup", "monday.db"]));
    assert!(said.starts_with("Written to monday.db: 1 conversations,"), "{said}");
    assert!(does(warmline(&folder).arg("doctor")).contains("1 server running"), "the server goes on");
    let said = fails(warmline(&folder).args(["backup", "monday.db"]), 1);
    assert!(said.contains("monday.db is there already"), "{said}");
    ann.says("Said after the backup").await;
    let after_the_backup = ann.through;

    let said = fails(warmline(&folder).args(["restore", "monday.db", "--force"]), 1);
    assert!(said.contains("stop it first"), "{said}");
    ann.drops();
    server.stop();
    let said = fails(warmline(&folder).args(["restore", "monday.db"]), 1);
    assert!(said.contains("has data; with --force"), "{said}");
    let said = fails(warmline(&folder).args(["restore", "tuesday.db", "--force"]), 1);
    assert!(said.contains("There is no backup tuesday.db"), "{said}");
    let said = does(warmline(&folder).args(["restore", "monday.db", "--force"]));
    assert!(said.contains("Restored 1 conversations") && said.contains("before-restore-"), "{said}");
    let kept: Vec<_> = names(&folder.path().join("warmline-data"));
    assert_eq!(kept.iter().filter(|name| name.contains("before-restore-")).count(), 1, "{kept:?}");
    assert!(!kept.iter().any(|name| name.contains("restoring")), "{kept:?}");

    let server = Server::start(&mut warmline(&folder));
    ann.comes_to(address(&server)).await;
    assert_ne!(ann.epoch, epoch);
    assert_eq!(ann.log, log, "what the backup had, and nothing else");
    assert!(ann.through < after_the_backup, "only a reset takes a client back");
    ann.says("Said after the restore").await;
    assert_eq!(ann.log.keys().copied().collect::<Vec<_>>(), (1..=ann.through).collect::<Vec<_>>());
    ann.drops();
    server.stop();
    assert!(does(warmline(&folder).arg("doctor")).contains("All is well."));
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect()
}

#[test]
fn the_doctor_says_what_is_wrong_and_what_cannot_be_reached() {
    let folder = folder();
    let said = fails(warmline(&folder).arg("doctor"), 1);
    assert!(said.contains("there is no database at") && said.trim().lines().count() == 1, "{said}");
    assert!(!folder.path().join("warmline-data").exists(), "it only looks");
    let nowhere = "postgres://ann:s3cret@127.0.0.1:1/shop";
    let said = fails(warmline(&folder).env("WARMLINE_DATABASE_URL", nowhere).arg("doctor"), 1);
    assert!(said.contains("cannot read the database postgres://ann@127.0.0.1:1/shop"), "{said}");
    assert!(!said.contains("s3cret"), "{said}");
    Server::start(&mut warmline(&folder)).stop();
    let report: Value = serde_json::from_str(&does(warmline(&folder).args(["doctor", "--json"]))).expect("JSON");
    assert!(report["checks"].as_array().is_some_and(|checks| checks.iter().all(|check| check["wrong"] == 0)));
}

#[test]
fn a_restore_that_fails_leaves_everything_as_it_was() {
    let folder = folder();
    Server::start(&mut warmline(&folder)).stop();
    does(warmline(&folder).args(["backup", "good.db"]));
    let data = folder.path().join("warmline-data");
    let before = std::fs::read(data.join("warmline.db")).expect("a database");

    let good = std::fs::read(folder.path().join("good.db")).expect("a backup");
    let mut torn = good.clone();
    torn[40_000..60_000].fill(7);
    for (name, bytes) in
        [("torn.db", torn.as_slice()), ("half.db", &good[..good.len() / 2]), ("text.db", b"no database")]
    {
        std::fs::write(folder.path().join(name), bytes).expect("a file");
        let said = fails(warmline(&folder).args(["restore", name, "--force"]), 1);
        assert!(said.contains(name) && said.trim().lines().count() == 1, "{said}");
    }
    // A file may not grow beyond this, as on a full disk.
    let said = fails(&mut within(&warmline(&folder), 100, &["restore", "good.db", "--force"]), 1);
    assert!(said.contains("The backup cannot be copied"), "{said}");
    let said = fails(&mut within(&warmline(&folder), 100, &["backup", "next.db"]), 1);
    assert!(said.contains("cannot back up the database"), "{said}");

    assert_eq!(std::fs::read(data.join("warmline.db")).expect("a database"), before);
    let left = [names(&data), names(folder.path())].concat();
    let is_left =
        |name: &String| ["part", "restoring", "before-restore", "next"].iter().any(|word| name.contains(word));
    assert!(!left.iter().any(is_left), "{left:?}");
}

/// The same command, whose files may not grow beyond `kib`. What it is not killed for (SIGXFSZ) it hears of as an error.
fn within(command: &Command, kib: u64, arguments: &[&str]) -> Command {
    let mut shell = Command::new("/bin/sh");
    let script = format!("trap '' XFSZ; ulimit -S -f {}; exec \"$0\" \"$@\"", kib * 2);
    shell.args(["-c", &script]).arg(command.get_program()).args(arguments);
    shell.env_clear().envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    if let Some(folder) = command.get_current_dir() {
        shell.current_dir(folder);
    }
    shell
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_refuses_with_a_time_acknowledges_nothing_falsely_and_recovers_without_a_restart() {
    let folder = folder();
    Server::start(&mut warmline(&folder)).stop();
    let size = std::fs::metadata(folder.path().join("warmline-data/warmline.db")).expect("a database").len();
    let command = || {
        let mut command = warmline(&folder);
        command.env("WARMLINE_RATE_LIMITS", "off").env("WARMLINE_LOG", "off");
        command
    };
    let mut server = Server::start(&mut within(&command(), size / 1024 + 64, &[]));
    let mut ann = Shopper::arrive(address(&server), "en").await;
    ann.says("I want to talk to a person").await;
    let long = "a long story ".repeat(300);
    let mut acknowledged = Vec::new();
    let mut refused = None;
    for number in 0..3_000 {
        let cid = format!("story-{number}");
        match tries(&mut ann, &cid, &long).await {
            Ok(seq) => acknowledged.push((cid, seq)),
            Err(frame) => {
                says_when_to_retry(&frame);
                refused = Some(cid);
                break;
            }
        }
    }
    let refused = refused.expect("the disk is full at last");
    // Room again: the same server takes the same message.
    let id = server.child.id().to_string();
    assert!(Command::new("prlimit").args(["--pid", &id, "--fsize=unlimited"]).status().expect("util-linux").success());
    let seq = insists(&mut ann, &refused, &long).await;
    acknowledged.push((refused, seq));
    ann.drops();
    server.child.kill().expect("kill -9");
    server.child.wait().expect("it ends");

    let server = Server::start(&mut command());
    ann.comes_to(address(&server)).await;
    ann.reloads().await;
    let mut own = acknowledged.iter().rev();
    for (seq, item) in ann.log.iter().rev().filter(|(_, item)| !item["cid"].is_null()) {
        let Some((cid, at)) = own.next() else { break };
        assert_eq!((&item["cid"], seq), (&json!(cid), at), "each acknowledged message once, at its place");
    }
    ann.drops();
    server.stop();
    assert!(does(warmline(&folder).arg("doctor")).contains("All is well."));
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL: tests/run starts one"]
async fn a_database_that_is_slow_or_gone_refuses_with_a_time_and_is_used_again_without_a_restart() {
    let folder = folder();
    let proxy = Proxy::to(&postgres::new_database().await).await;
    let server =
        Server::start(warmline(&folder).env("WARMLINE_DATABASE_URL", &proxy.url).env("WARMLINE_RATE_LIMITS", "off"));
    let mut ann = Shopper::arrive(address(&server), "en").await;
    ann.says("I want to talk to a person").await;
    for (cid, silent) in [("slow", true), ("gone", false)] {
        if silent {
            proxy.freeze()
        } else {
            proxy.refuse()
        }
        let refused = tries(&mut ann, cid, "Are you there?").await.expect_err("no false acknowledgement");
        says_when_to_retry(&refused);
        proxy.heal();
        insists(&mut ann, cid, "Are you there?").await;
        assert_eq!(ann.log.values().filter(|item| item["cid"] == json!(cid)).count(), 1);
    }
    ann.drops();
    server.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_people_do_at_a_desk_keeps_every_promise() {
    let house = House::open().await;
    let url = house.app.settings.database_url.0.clone();
    let patient = warmline::service::doctor::Patient::Live { now: house.app.clock.now_ms() };
    let mut ann = house.shopper("en").await;
    let mut maya = house.agent("Maya").await;
    ann.says("I want to talk to a person").await;
    maya.opens(&ann).await;
    maya.takes(&ann).await.expect("free");
    maya.says(&ann, "Hello, I am Maya.").await.expect("hers");
    ann.hears("Hello, I am Maya.").await;
    let report = warmline::service::doctor::examine(&url, patient).await.expect("a report");
    assert!(report.is_well(), "{report:#?}");
    maya.resolves(&ann).await.expect("hers");
    ann.sees_status("closed").await;
    ann.says("How much is shipping?").await;
    let report = warmline::service::doctor::examine(&url, patient).await.expect("a report");
    assert!(report.is_well(), "{report:#?}");
    house.close().await;
}

fn made() -> Change {
    let by = AgentRef { id: "iris".into(), name: "Iris".into() };
    Change { at: 0, by, deed: Deed::TestSaved, about: "1".into(), detail: json!({}) }
}

#[tokio::test]
async fn the_regression_set_is_printed_and_fails_when_an_answer_is_not_what_it_must_be() {
    let folder = folder();
    let said = does(warmline(&folder).arg("test-knowledge"));
    assert!(said.contains("0 tests: 0 passed"), "{said}");
    assert!(!folder.path().join("warmline-data").exists(), "a look makes no database");

    does(warmline(&folder).arg("import"));
    let database = std::fs::read_dir(folder.path().join("warmline-data"))
        .expect("the data folder")
        .map(|entry| entry.expect("an entry").path())
        .find(|path| path.extension().is_some_and(|extension| extension == "db"))
        .expect("a database");
    let store = Store::open(&sqlite_url(&database), 1).await.expect("it opens");
    for (id, expects) in
        [("1", Expects::Article("shipping-fee".to_owned())), ("2", Expects::Article("return-window".to_owned()))]
    {
        let question = format!("How much is shipping{}", "?".repeat(id.parse().expect("a number")));
        let test =
            KnowledgeTest { id: id.to_owned(), question, lang: Lang::En, expects, made_at: 0, made_by: "Iris".into() };
        knowledge_tests::save(&store, test, made()).await.expect("a test");
    }
    store.close().await;
    let output = warmline(&folder).arg("test-knowledge").output().expect("it runs");
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("FAILS How much is shipping?? [en]: expected the article return-window"), "{said}");
    assert!(said.contains("2 tests: 1 passed, 0 ask which is meant, 1 failed"), "{said}");
    let json: Value = serde_json::from_str(&{
        let output = warmline(&folder).args(["test-knowledge", "--json"]).output().expect("it runs");
        String::from_utf8_lossy(&output.stdout).into_owned()
    })
    .expect("JSON");
    assert_eq!(json[0]["verdict"], json!("passed"));
}

#[tokio::test]
async fn an_import_asks_the_regression_set_before_it_publishes() {
    let folder = folder();
    does(warmline(&folder).arg("import"));
    let database = folder.path().join("warmline-data");
    let database = std::fs::read_dir(&database)
        .expect("the data folder")
        .map(|entry| entry.expect("an entry").path())
        .find(|path| path.extension().is_some_and(|extension| extension == "db"))
        .expect("a database");
    let open = async || Store::open(&sqlite_url(&database), 1).await.expect("it opens");
    let store = open().await;
    let test = KnowledgeTest {
        id: "1".to_owned(),
        question: "How much is shipping?".to_owned(),
        lang: Lang::En,
        expects: Expects::Article("shipping-fee".to_owned()),
        made_at: 0,
        made_by: "Iris".into(),
    };
    knowledge_tests::save(&store, test, made()).await.expect("a test");
    store.close().await;
    // The article is taken off the shelf.
    let table = "id,lang,status,title,questions,category,body\n\
        shipping-fee,zh-Hant,draft,運費,,delivery,b\nshipping-fee,zh-Hans,draft,运费,,delivery,b\n\
        shipping-fee,en,draft,Drones,,delivery,b\n\
        drones,en,published,Do you deliver by drone?,,delivery,Not yet.\n";
    std::fs::write(folder.path().join("a.csv"), table).expect("a table");
    let said = fails(warmline(&folder).args(["import", "--csv", "a.csv"]), 1);
    assert!(said.contains("How much is shipping? [en]") && said.contains("--publish-anyway"), "{said}");
    let store = open().await;
    let is_there = async |store: &Store| articles::load(store, "drones").await.expect("read").is_some();
    assert!(!is_there(&store).await, "nothing was written");
    store.close().await;
    let said = does(warmline(&folder).args(["import", "--csv", "a.csv", "--dry-run"]));
    assert!(said.contains("How much is shipping? [en]"), "a look says it, too: {said}");
    let said = does(warmline(&folder).args(["import", "--csv", "a.csv", "--publish-anyway"]));
    assert!(said.contains("How much is shipping? [en]"), "{said}");
    let store = open().await;
    assert!(is_there(&store).await);
    let runs = knowledge_tests::runs(&store, 5).await.expect("runs");
    assert!(runs[0].contains("\"how\":\"imported\"") && runs[0].contains("a.csv"), "{runs:?}");
    store.close().await;
    // The files of a folder are asked about as well; what mends a test is welcome.
    let said = does(warmline(&folder).args(["import"]));
    assert!(said.contains("1 fixed"), "{said}");
}
