//! The program as operators meet it: settings, mistakes, exit codes.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Output, Stdio},
};

use tempfile::TempDir;

/// The program in an empty folder, with an environment of its own.
pub fn warmline(folder: &TempDir) -> Command {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut command = Command::new(env!("CARGO_BIN_EXE_warmline"));
    command.current_dir(folder.path()).env_clear();
    for (name, in_repo) in [
        ("WARMLINE_KNOWLEDGE_DIR", "knowledge_base"),
        ("WARMLINE_INTENTS_DIR", "intents"),
        ("WARMLINE_PLAYBOOK_DIR", "playbook"),
        ("WARMLINE_SHOP_DIR", "demo"),
    ] {
        command.env(name, root.join(in_repo));
    }
    command.env("WARMLINE_LISTEN", "127.0.0.1:0");
    command
}

pub fn fails(command: &mut Command, code: i32) -> String {
    let Output { status, stdout, stderr } = command.output().expect("it runs");
    let said = String::from_utf8_lossy(&stderr).into_owned();
    assert_eq!(status.code(), Some(code), "{said}{}", String::from_utf8_lossy(&stdout));
    assert!(!said.contains("panicked"), "{said}");
    said
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

#[test]
fn a_port_that_is_taken_is_said_in_one_sentence() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let folder = folder();
    let said = fails(warmline(&folder).env("WARMLINE_LISTEN", &address), 1);
    assert_eq!(said.trim(), format!("warmline: Cannot listen on {address}: the port is in use by another program."));
    assert!(!folder.path().join("warmline-data").exists(), "a second server leaves the data alone");
}

#[test]
fn a_data_folder_that_cannot_be_used_is_said_in_one_sentence() {
    let folder = folder();
    std::fs::write(folder.path().join("file"), "no folder").expect("a file");
    for (data_dir, why) in [("file", "it is a file, not a folder"), ("file/below", "is a file, not a folder")] {
        let said = fails(warmline(&folder).args(["--data-dir", data_dir]), 1);
        assert!(said.contains(&format!("The data folder {data_dir} cannot be used:")) && said.contains(why), "{said}");
        assert_eq!(said.trim().lines().count(), 1, "{said}");
    }
    // Nobody may write there, not even root.
    let said = fails(warmline(&folder).args(["--data-dir", "/proc/warmline"]), 1);
    assert!(said.contains("The data folder /proc/warmline cannot be used:"), "{said}");
}

#[test]
fn a_data_folder_has_one_server() {
    let folder = folder();
    let data = folder.path().join("warmline-data");
    std::fs::create_dir(&data).expect("a folder");
    let served = std::fs::File::create(data.join(".warmline-lock")).expect("a file");
    served.lock().expect("nobody else serves it");
    let said = fails(&mut warmline(&folder), 1);
    assert!(said.contains("another Warmline server is running on it"), "{said}");
    assert_eq!(said.trim().lines().count(), 1, "{said}");
    assert!(!data.join("warmline.db").exists(), "a second server leaves the data alone");
}

#[test]
fn a_broken_article_is_told_with_file_and_line() {
    let folder = folder();
    let articles = folder.path().join("kb/en");
    std::fs::create_dir_all(&articles).expect("a folder");
    let text = "+++\nid = \"shipping\"\ntitle = \"Shipping\"\ncategory = 7\n+++\nText.\n";
    std::fs::write(articles.join("shipping.md"), text).expect("a file");
    let said = fails(warmline(&folder).env("WARMLINE_KNOWLEDGE_DIR", "kb"), 1);
    assert!(said.contains("shipping.md:4"), "{said}");
    assert_eq!(said.trim().lines().count(), 1, "{said}");
}

#[test]
fn a_broken_intent_is_told_with_file_and_line_on_a_later_start_too() {
    let folder = folder();
    let intents = folder.path().join("intents");
    std::fs::create_dir_all(&intents).expect("a folder");
    for entry in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("intents")).expect("intents") {
        let entry = entry.expect("a file");
        std::fs::copy(entry.path(), intents.join(entry.file_name())).expect("a copy");
    }
    let mut command = warmline(&folder);
    command.env("WARMLINE_INTENTS_DIR", "intents");
    Server::start(&mut command).stop();
    let mut file = std::fs::OpenOptions::new().append(true).open(intents.join("stock.toml")).expect("a file");
    let lines = std::fs::read_to_string(intents.join("stock.toml")).expect("a file").lines().count();
    file.write_all(b"\nnonsense = [\n").expect("written");
    let said = fails(&mut command, 1);
    assert!(said.contains("stock.toml:") && said.contains(&format!(":{}", lines + 2)), "{lines}: {said}");
}

#[test]
fn every_mistake_of_the_configuration_is_told_with_its_place() {
    let folder = folder();
    std::fs::write(folder.path().join("warmline.toml"), "lisen = \"x\"\nlog_format = \"xml\"\n").expect("a file");
    let said = fails(warmline(&folder).env("WARMLINE_ZONE", "Mars/Base").args(["--rate-limits", "maybe"]), 2);
    for part in ["`lisen`", "`log_format` (file warmline.toml)", "WARMLINE_ZONE", "--rate-limits"] {
        assert!(said.contains(part), "{part} is missing in {said}");
    }
    fails(warmline(&folder).arg("--no-such-flag"), 2);
    fails(warmline(&folder).arg("no-such-command"), 2);
}

#[test]
fn help_is_worth_reading() {
    let folder = folder();
    let output = warmline(&folder).arg("--help").output().expect("it runs");
    let help = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success());
    for part in ["Usage:", "serve", "chat", "ask", "play", "--listen", "--data-dir", "WARMLINE_LISTEN", "Examples:"] {
        assert!(help.contains(part), "{part} is missing in\n{help}");
    }
}

/// A server as a process of its own.
pub struct Server {
    pub child: Child,
    pub address: String,
    pub printed: String,
}

impl Server {
    /// Starts and reads what it prints until it is ready.
    pub fn start(command: &mut Command) -> Server {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
        let mut printed = String::new();
        let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        for line in lines.by_ref() {
            let line = line.expect("text");
            printed.push_str(&line);
            printed.push('\n');
            if line.contains("Stop with Ctrl-C") {
                break;
            }
        }
        let address = printed
            .split("http://")
            .nth(1)
            .and_then(|rest| rest.split('/').next())
            .unwrap_or_else(|| panic!("no address in {printed:?}"))
            .to_owned();
        Server { child, address, printed }
    }

    fn get(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).expect("a connection");
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.address).expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        answer
    }

    /// SIGTERM; a clean end within seconds.
    pub fn stop(mut self) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().expect("kill").success());
        let status = self.child.wait().expect("it ends");
        let mut log = String::new();
        self.child.stderr.take().expect("piped").read_to_string(&mut log).expect("text");
        assert!(status.success(), "{status}: {log}");
    }
}

#[test]
fn the_first_start_says_where_to_go_and_the_second_keeps_everything() {
    let folder = folder();
    let first = Server::start(&mut warmline(&folder));
    for part in ["/demo/", "/console/", "/console/#/knowledge", "maya@perchwood.example", "iris@perchwood.example"] {
        assert!(first.printed.contains(part), "{part} is missing in\n{}", first.printed);
    }
    assert!(first.get("/readyz").starts_with("HTTP/1.1 200"));
    let sign_ins = |printed: &str| -> Vec<String> {
        printed.lines().filter(|line| line.contains("@perchwood.example")).map(str::to_owned).collect()
    };
    let before = sign_ins(&first.printed);
    first.stop();
    let second = Server::start(&mut warmline(&folder));
    assert_eq!(sign_ins(&second.printed), before);
    second.stop();
}

#[test]
fn a_folder_that_was_named_and_is_not_there_is_no_reason_to_take_the_demo() {
    let folder = folder();
    let said = fails(warmline(&folder).args(["import", "--from", "typo"]), 1);
    assert!(said.contains("There is no folder typo/knowledge_base."), "{said}");
    let said = fails(warmline(&folder).args(["check", "--from", "typo"]), 1);
    assert!(said.contains("There is no folder typo/knowledge_base."), "{said}");
    let said = fails(warmline(&folder).args(["--knowledge-dir", "typo"]), 2);
    assert!(said.contains("there is no folder \"typo\""), "{said}");
    assert!(!folder.path().join("warmline-data").exists(), "nothing was touched");
}

#[test]
fn a_reader_who_has_seen_enough_is_no_reason_to_complain() {
    let folder = folder();
    let mut child = warmline(&folder)
        .args(["ask", "How much is shipping?", "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    drop(child.stdout.take());
    let mut said = String::new();
    child.stderr.take().expect("piped").read_to_string(&mut said).expect("text");
    assert!(child.wait().expect("it ends").success(), "{said}");
    assert_eq!(said, "");
}

#[test]
fn the_range_of_a_simulated_days_waits_holds_and_is_no_wider_than_it_must_be() {
    let folder = folder();
    let mut command = warmline(&folder);
    let Output { status, stdout, stderr } =
        command.args(["wait-calibration", "--simulate", "10", "--json"]).output().expect("it runs");
    assert!(status.success(), "{}", String::from_utf8_lossy(&stderr));
    let told: serde_json::Value = serde_json::from_slice(&stdout).expect("JSON");
    for waits in ["all", "over_a_minute"] {
        let figure = |name: &str| told[waits][name]["median"].as_f64().expect("a figure");
        assert!(figure("within") >= 0.8, "{waits}: {told}");
        // A range that says "between now and never" would hold as well.
        assert!(figure("median_width_ms") <= 2.0 * figure("median_wait_ms").max(60_000.0), "{waits}: {told}");
    }
}
