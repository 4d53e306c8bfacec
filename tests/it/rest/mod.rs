//! The REST interface over a real server and plain HTTP, as a browser or a stranger's program uses it.

mod articles;
mod session;

use std::sync::Arc;

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::oneshot,
    task::JoinHandle,
};
use warmline::{
    app::App,
    clock::Clock,
    config::{Flags, RawConfig, Settings},
    error::Failure,
    server,
    service::seeds,
};

/// A server of its own for one test: the demo shop, a clock that stands still, a free port.
pub struct Site {
    pub app: Arc<App>,
    address: String,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<Result<(), Failure>>,
    _folder: TempDir,
}

pub async fn site() -> Site {
    let folder = tempfile::tempdir().expect("a folder");
    let values = vec![
        ("data_dir", folder.path().display().to_string()),
        ("listen", "127.0.0.1:0".to_owned()),
        ("rate_limits", "off".to_owned()),
    ];
    let settings = Settings::check(RawConfig::read(&Flags { config: None, values })).expect("settings");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address").to_string();
    let clock = Clock::manual(crate::store::NOON);
    let (app, changes) = server::prepare(settings, clock).await.unwrap_or_else(|failure| panic!("{failure}"));
    let (stop, stopped) = oneshot::channel();
    let serving = tokio::spawn(server::run(app.clone(), changes, listener, async {
        let _ = stopped.await;
    }));
    Site { app, address, stop, serving, _folder: folder }
}

impl Site {
    pub fn browser(&self) -> Browser {
        Browser { address: self.address.clone(), cookie: None }
    }

    /// A browser in which the demo's member of staff with this role is signed in.
    pub async fn signed_in(&self, role: &str) -> Browser {
        let sign_ins = seeds::demo_sign_ins(&self.app.store).await.expect("sign-ins");
        let who = sign_ins.iter().find(|sign_in| sign_in.role == role).expect("such a role");
        let mut browser = self.browser();
        let answer = browser.post("/api/session", json!({"mail": who.mail, "password": who.password})).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        browser
    }

    pub async fn stop(self) {
        let _ = self.stop.send(());
        self.serving.await.expect("no panic").unwrap_or_else(|failure| panic!("{failure}"));
    }
}

/// Keeps one cookie, and sends what our own pages send.
pub struct Browser {
    address: String,
    pub cookie: Option<String>,
}

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: Value,
}

impl Browser {
    pub async fn get(&mut self, path: &str) -> Answer {
        self.send("GET", path, None, &[]).await
    }

    pub async fn post(&mut self, path: &str, body: Value) -> Answer {
        self.change("POST", path, body).await
    }

    /// With the headers of our own pages.
    pub async fn change(&mut self, method: &str, path: &str, body: Value) -> Answer {
        let origin = format!("http://{}", self.address);
        let headers = [("X-Warmline-CSRF", "1"), ("Origin", &*origin), ("Sec-Fetch-Site", "same-origin")];
        self.send(method, path, Some(body), &headers).await
    }

    pub async fn send(&mut self, method: &str, path: &str, body: Option<Value>, headers: &[(&str, &str)]) -> Answer {
        let body = body.map(|body| body.to_string()).unwrap_or_default();
        let mut request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Length: {}\r\n",
            self.address,
            body.len()
        );
        if !body.is_empty() {
            request += "Content-Type: application/json\r\n";
        }
        if let Some(cookie) = &self.cookie {
            request += &format!("Cookie: {cookie}\r\n");
        }
        for (name, value) in headers {
            request += &format!("{name}: {value}\r\n");
        }
        request += &format!("\r\n{body}");
        let mut stream = TcpStream::connect(&self.address).await.expect("the server listens");
        stream.write_all(request.as_bytes()).await.expect("the request is sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.expect("an answer");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
        let head = head.to_ascii_lowercase();
        if let Some(cookie) = head.lines().find_map(|line| line.strip_prefix("set-cookie: ")) {
            // Values are case-sensitive: taken from the answer as it came.
            let start = answer.to_ascii_lowercase().find(cookie).expect("the cookie");
            let pair = answer[start..].split([';', '\r']).next().expect("a pair").to_owned();
            self.cookie = (!cookie.contains("max-age=0")).then_some(pair);
        }
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
        Answer { status, body: serde_json::from_str(body).unwrap_or(Value::Null), head }
    }
}
