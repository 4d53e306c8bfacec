//! A real nats-server that tests can kill and start again on the same port.

use std::{
    process::{Child, Command, Stdio},
    time::Duration,
};

use tokio::{
    io::AsyncReadExt,
    net::{TcpListener, TcpStream},
    time::{interval, timeout},
};

use super::{PATIENCE, services};

pub struct NatsServer {
    port: u16,
    options: Vec<String>,
    running: Option<Child>,
}

impl NatsServer {
    pub async fn start(options: &[&str]) -> NatsServer {
        // The port may be taken between the two, but the kernel hands out others first.
        let port = TcpListener::bind("127.0.0.1:0").await.and_then(|free| free.local_addr()).expect("a port").port();
        let options = options.iter().map(|option| (*option).to_owned()).collect();
        let mut server = NatsServer { port, options, running: None };
        server.comes_back().await;
        server
    }

    pub fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn dies(&mut self) {
        if let Some(mut running) = self.running.take() {
            running.kill().and_then(|()| running.wait()).expect("it was running");
        }
    }

    pub async fn comes_back(&mut self) {
        let running = Command::new(services::nats_server())
            .args(["--addr", "127.0.0.1", "--port", &self.port.to_string()])
            .args(&self.options)
            .stderr(Stdio::null())
            .spawn()
            .expect("nats-server starts");
        self.running = Some(running);
        let speaks = async {
            let mut ticks = interval(Duration::from_millis(20));
            loop {
                ticks.tick().await;
                if let Ok(mut connection) = TcpStream::connect(("127.0.0.1", self.port)).await
                    && connection.read_u8().await.is_ok()
                {
                    return;
                }
            }
        };
        timeout(PATIENCE, speaks).await.expect("nats-server answers");
    }
}

impl Drop for NatsServer {
    fn drop(&mut self) {
        self.dies();
    }
}
