//! Order look-up: only with proof, the same answer for unknown and wrong, and not by trying.

use warmline::{
    clock::Clock,
    domain::{
        Now,
        ids::ContactId,
        order::{OrderLookup, Proof},
    },
    service::orders::{Asker, look_up},
    shop::Shop,
    store::Store,
};

use crate::store::{NOON, fresh};

const MINUTE_MS: i64 = 60_000;

fn shop() -> Shop {
    let text = r#"
zone = "Asia/Taipei"
[[product]]
sku = "CUP"
category = "tableware"
name = { zh-Hant = "杯", zh-Hans = "杯", en = "Cup" }
[[order]]
number = "PW1"
state = "paid"
placed = "-1d 10:00"
customer = { name = "林", mail = "lin@example.com", phone = "0912345678" }
items = [{ sku = "CUP", quantity = 1 }]
"#;
    let file = warmline::domain::playbook::SourceFile { path: "orders.toml".into(), text: text.into() };
    Shop::from_file(&file).expect("a good file")
}

struct Shopper<'a> {
    store: &'a Store,
    shop: Shop,
    clock: Clock,
    visitor: &'static str,
    network: &'static str,
    said: usize,
}

impl<'a> Shopper<'a> {
    fn new(store: &'a Store) -> Self {
        Shopper { store, shop: shop(), clock: Clock::manual(NOON), visitor: "ann", network: "203.0.113.7", said: 0 }
    }

    fn now(&self) -> Now {
        self.clock.now(&jiff::tz::TimeZone::UTC)
    }

    async fn tries(&mut self, number: &str, proof: Proof) -> OrderLookup {
        self.said += 1;
        let asker = Asker {
            visitor: ContactId::from(self.visitor),
            network: self.network.into(),
            attempt: format!("{}-{}-{}", self.visitor, self.network, self.said),
        };
        look_up(self.store, &self.shop, number, &proof, &asker, 5, &self.now()).await.expect("the database is there")
    }

    async fn wrong(&mut self) -> OrderLookup {
        self.tries("PW1", Proof::LastFour("0000".into())).await
    }

    async fn right(&mut self) -> OrderLookup {
        self.tries("PW1", Proof::Mail(" LIN@example.com".into())).await
    }
}

#[tokio::test]
async fn unknown_and_wrong_have_the_same_answer_and_right_finds_the_order() {
    let store = fresh().await;
    let mut ann = Shopper::new(&store);
    assert_eq!(ann.wrong().await, OrderLookup::NotProved);
    assert_eq!(ann.tries("PW2", Proof::LastFour("5678".into())).await, OrderLookup::NotProved);
    assert_eq!(ann.tries("PW1", Proof::LastFour("12345678".into())).await, OrderLookup::NotProved);
    assert!(matches!(ann.tries("PW1", Proof::LastFour("5678".into())).await, OrderLookup::Found(_)));
    assert!(matches!(ann.right().await, OrderLookup::Found(order) if order.number == "PW1"));
}

#[tokio::test]
async fn five_failures_lock_even_the_right_proof_for_a_quarter_of_an_hour() {
    let store = fresh().await;
    let mut ann = Shopper::new(&store);
    for _ in 0..5 {
        assert_eq!(ann.wrong().await, OrderLookup::NotProved);
    }
    assert_eq!(ann.right().await, OrderLookup::Locked);
    ann.clock.advance_ms(14 * MINUTE_MS);
    assert_eq!(ann.right().await, OrderLookup::Locked);
    ann.clock.advance_ms(MINUTE_MS);
    assert!(matches!(ann.right().await, OrderLookup::Found(_)), "tries while locked do not prolong the lock");
}

#[tokio::test]
async fn another_browser_in_the_same_network_is_locked_as_well_and_so_is_the_order() {
    let store = fresh().await;
    let mut ann = Shopper::new(&store);
    for _ in 0..5 {
        ann.wrong().await;
    }
    ann.visitor = "a new private window";
    assert_eq!(ann.tries("PW9", Proof::LastFour("1111".into())).await, OrderLookup::Locked);
    ann.network = "198.51.100.1";
    assert_eq!(ann.right().await, OrderLookup::Locked, "the order is being guessed at");
    assert_eq!(ann.tries("PW9", Proof::LastFour("1111".into())).await, OrderLookup::NotProved);
}

#[tokio::test]
async fn right_proofs_are_never_counted() {
    let store = fresh().await;
    let mut ann = Shopper::new(&store);
    for _ in 0..12 {
        assert!(matches!(ann.right().await, OrderLookup::Found(_)));
    }
}
