//! The REST interface over a real server and plain HTTP, as a browser or a stranger's program uses it.

mod admin;
mod articles;
mod console;
mod drafts;
mod files;
mod flows;
mod gaps;
mod health;
mod macros;
mod pictures;
mod rules;
mod runs;
mod session;
mod studio;

use std::time::Duration;

use serde_json::{Value, json};
use warmline::{cli::http, service::seeds};

use crate::harness::House;

/// Keeps the session cookie, and sends what our own pages send.
pub struct Browser {
    address: String,
    pub cookie: Option<String>,
}

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub set_cookie: Option<String>,
    /// Null where it is not JSON.
    pub body: Value,
}

impl Browser {
    pub fn new(house: &House) -> Browser {
        Browser { address: house.address.to_string(), cookie: None }
    }

    /// A browser in which the demo's member of staff with this role is signed in.
    pub async fn signed_in(house: &House, role: &str) -> Browser {
        let sign_ins = seeds::demo_sign_ins(&house.app.store).await.expect("sign-ins");
        let who = sign_ins.iter().find(|sign_in| sign_in.role == role).expect("such a role");
        let mut browser = Browser::new(house);
        let answer = browser.post("/api/session", json!({"mail": who.mail, "password": who.password})).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        browser
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        self.send("GET", path, Value::Null, &[]).await
    }

    /// Asks again and again until it holds.
    pub async fn polls(&mut self, path: &str, holds: impl Fn(&Value) -> bool) -> Value {
        let mut ticks = tokio::time::interval(Duration::from_millis(100));
        let asking = async {
            loop {
                ticks.tick().await;
                let body = self.get(path).await.body;
                if holds(&body) {
                    return body;
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(60), asking).await.unwrap_or_else(|_| panic!("{path} never holds"))
    }

    pub async fn post(&mut self, path: &str, body: Value) -> Answer {
        self.change("POST", path, body).await
    }

    /// With the headers of our own pages.
    pub async fn change(&mut self, method: &str, path: &str, body: Value) -> Answer {
        let origin = format!("http://{}", self.address);
        let headers = [("X-Warmline-CSRF", "1"), ("Origin", &*origin), ("Sec-Fetch-Site", "same-origin")];
        self.send(method, path, body, &headers).await
    }

    pub async fn send(&mut self, method: &str, path: &str, body: Value, headers: &[(&str, &str)]) -> Answer {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let cookie = self.cookie.clone().unwrap_or_default();
        let mut headers = headers.to_vec();
        headers.extend([("Content-Type", "application/json"), ("Cookie", &cookie)]);
        let answer = http::request(&self.address, method, path, &headers, &body).await.expect("an answer");
        let set_cookie = answer.header("set-cookie").map(str::to_owned);
        if let Some(cookie) = &set_cookie {
            let pair = cookie.split(';').next().map(str::to_owned);
            self.cookie = pair.filter(|pair| !pair.ends_with('='));
        }
        Answer { status: answer.status, set_cookie, body: serde_json::from_str(&answer.body).unwrap_or(Value::Null) }
    }
}
