//! A network between a node and its database that can be cut, frozen and healed.

use std::sync::{Arc, Mutex};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream, tcp::OwnedReadHalf, tcp::OwnedWriteHalf},
    sync::watch,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mood {
    Passes,
    /// Takes connections and bytes, and passes nothing on.
    Frozen,
    /// Ends every connection, and new ones at once.
    Refuses,
    /// At the first of these words from the client, ends the connection without an answer; true: the server gets it.
    Cuts(&'static str, bool),
}

pub struct Proxy {
    /// The database's URL through here.
    pub url: String,
    mood: watch::Sender<Mood>,
}

impl Proxy {
    /// `url` names host and port.
    pub async fn to(url: &str) -> Proxy {
        let (head, rest) = url.rsplit_once('@').expect("a user");
        let (target, path) = rest.split_once('/').expect("a database");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let own = listener.local_addr().expect("an address");
        let mark = if path.contains('?') { '&' } else { '?' };
        let url = format!("{head}@{own}/{path}{mark}sslmode=disable");
        let mood = watch::Sender::new(Mood::Passes);
        let (moods, target) = (mood.clone(), target.to_owned());
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(pass(client, target.clone(), moods.clone()));
            }
        });
        Proxy { url, mood }
    }

    pub fn freeze(&self) {
        self.mood.send_replace(Mood::Frozen);
    }

    pub fn refuse(&self) {
        self.mood.send_replace(Mood::Refuses);
    }

    pub fn cut_at(&self, word: &'static str, reaches_the_server: bool) {
        self.mood.send_replace(Mood::Cuts(word, reaches_the_server));
    }

    pub fn heal(&self) {
        self.mood.send_replace(Mood::Passes);
    }
}

async fn pass(client: TcpStream, target: String, mood: watch::Sender<Mood>) {
    if *mood.borrow() == Mood::Refuses {
        return;
    }
    let Ok(server) = TcpStream::connect(&target).await else { return };
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    // Set once the answer must not arrive any more.
    let is_cut = Arc::new(Mutex::new(false));
    let mut refused = mood.subscribe();
    tokio::select! {
        () = requests(from_client, to_server, mood.clone(), is_cut.clone()) => {}
        () = answers(from_server, to_client, mood.clone(), is_cut) => {}
        _ = refused.wait_for(|mood| *mood == Mood::Refuses) => {}
    }
}

async fn requests(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, mood: watch::Sender<Mood>, cut: Arc<Mutex<bool>>) {
    let mut bytes = vec![0; 65_536];
    while let Ok(length @ 1..) = from.read(&mut bytes).await {
        let now = *mood.borrow();
        match now {
            // A frozen connection stays frozen: what was swallowed cannot be made good.
            Mood::Frozen => std::future::pending().await,
            Mood::Cuts(word, reaches) if bytes[..length].windows(word.len()).any(|part| part == word.as_bytes()) => {
                if !reaches {
                    return;
                }
                *cut.lock().expect("no panic") = true;
            }
            _ => {}
        }
        if to.write_all(&bytes[..length]).await.is_err() {
            return;
        }
    }
}

async fn answers(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, mood: watch::Sender<Mood>, cut: Arc<Mutex<bool>>) {
    let mut bytes = vec![0; 65_536];
    while let Ok(length @ 1..) = from.read(&mut bytes).await {
        if *mood.borrow() == Mood::Frozen {
            std::future::pending::<()>().await;
        }
        // The server has answered, so it has done what it was asked; nobody will know.
        if *cut.lock().expect("no panic") || to.write_all(&bytes[..length]).await.is_err() {
            return;
        }
    }
}
