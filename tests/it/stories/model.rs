//! Any order of what people and networks do, held against a model of what must then be in the log.
//!
//! Chance writes the story: two shoppers and two agents at a real server, over real sockets. After each step the database
//! must be what the model says; at the end everybody comes back, and what each has seen must be the log, entry by entry.
//! `PROPTEST_CASES=1000` makes more stories; one that fails is shortened and printed.

mod judge;
mod rules;
mod scene;

use std::fmt::Write;

use proptest::{
    collection::vec,
    prelude::*,
    sample::Index,
    test_runner::{Config, TestCaseError, TestError, TestRunner, contextualize_config},
};
use tokio::runtime::Runtime;
use warmline::clock::Clock;

use crate::harness::{House, nats::NatsServer, postgres, services};
use rules::Deed;
use scene::{Scene, Stage};

pub const SHOPPERS: usize = 2;
pub const AGENTS: usize = 2;

/// When a line breaks that something was sent on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Break {
    /// At once: the frame may have arrived, or not.
    AtOnce,
    /// When it is stored, and the echo was not read.
    BeforeTheEcho,
}

/// An agent's deed; which epoch it names is for the scene to fill in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    Take,
    Reply,
    /// Under the epoch before.
    LateReply,
    Note,
    Release,
    HandBack,
    Resolve,
}

#[derive(Debug, Clone)]
pub enum Op {
    /// Without a line it waits in the browser.
    Shopper(usize, Deed),
    /// Two sends under way at once.
    Twice(usize, Deed, Deed),
    /// The line breaks while something is under way.
    ShopperBreaks(usize, Deed, Break),
    /// The line breaks, and it is sent again on a new one while the first may still be at work.
    ShopperFlaps(usize, Deed),
    ShopperDrops(usize),
    /// To any node: resumes, and sends again what has no echo.
    ShopperReturns(usize, Index),
    /// Something old once more, as if its echo had been lost.
    ShopperAgain(usize, Index),
    Agent(usize, usize, Work),
    /// Both take at once.
    BothTake(usize),
    /// The shopper and the agent who has them speak at once.
    Crossing(usize, Deed),
    AgentBreaks(usize, usize, Work, Break),
    AgentAgain(usize, Index),
    AgentDrops(usize),
    AgentReturns(usize, Index),
    /// Crashes, and the grace passes for everybody who is away.
    AgentLost(usize),
}

fn ops() -> impl Strategy<Value = Vec<Op>> {
    let (shopper, agent) = (|| 0..SHOPPERS, || 0..AGENTS);
    let words = || prop_oneof![3 => Just(Deed::Say), 3 => Just(Deed::AskForPerson), 1 => Just(Deed::LeaveQueue)];
    let work = || {
        prop_oneof![
            4 => Just(Work::Take),
            4 => Just(Work::Reply),
            2 => Just(Work::LateReply),
            1 => Just(Work::Note),
            1 => Just(Work::Release),
            1 => Just(Work::HandBack),
            1 => Just(Work::Resolve),
        ]
    };
    let breaks = || prop_oneof![Just(Break::AtOnce), Just(Break::BeforeTheEcho)];
    let index = any::<Index>;
    let op = prop_oneof![
        6 => (shopper(), words()).prop_map(|(who, deed)| Op::Shopper(who, deed)),
        2 => (shopper(), words(), words()).prop_map(|(who, one, two)| Op::Twice(who, one, two)),
        2 => (shopper(), words(), breaks()).prop_map(|(who, deed, when)| Op::ShopperBreaks(who, deed, when)),
        1 => (shopper(), words()).prop_map(|(who, deed)| Op::ShopperFlaps(who, deed)),
        1 => shopper().prop_map(Op::ShopperDrops),
        4 => (shopper(), index()).prop_map(|(who, node)| Op::ShopperReturns(who, node)),
        2 => (shopper(), index()).prop_map(|(who, which)| Op::ShopperAgain(who, which)),
        14 => (agent(), shopper(), work()).prop_map(|(who, of, work)| Op::Agent(who, of, work)),
        1 => shopper().prop_map(Op::BothTake),
        2 => (shopper(), words()).prop_map(|(who, deed)| Op::Crossing(who, deed)),
        2 => (agent(), shopper(), work(), breaks()).prop_map(|(who, of, work, when)| Op::AgentBreaks(who, of, work, when)),
        1 => (agent(), index()).prop_map(|(who, which)| Op::AgentAgain(who, which)),
        1 => agent().prop_map(Op::AgentDrops),
        3 => (agent(), index()).prop_map(|(who, node)| Op::AgentReturns(who, node)),
        1 => agent().prop_map(Op::AgentLost),
    ];
    vec(op, 1..40)
}

/// Makes so many stories (or `PROPTEST_CASES`) and plays each on the stage.
fn play(runtime: &Runtime, stage: &Stage, stories: u32) {
    let config = Config { cases: stories, failure_persistence: None, max_shrink_time: 120_000, ..Config::default() };
    let played = TestRunner::new(contextualize_config(config)).run(&ops(), |ops| {
        let told = runtime.block_on(async {
            let mut scene = Scene::begin(stage).await;
            for op in &ops {
                scene.plays(op).await;
                scene.holds(&format!("{op:?}")).await?;
            }
            scene.ends().await
        });
        told.map_err(TestCaseError::fail)
    });
    match played {
        Ok(()) => {}
        Err(TestError::Fail(why, ops)) => {
            let told = ops.iter().fold(String::new(), |mut told, op| {
                let _ = writeln!(told, "  {op:?}");
                told
            });
            panic!("{why}\nthe shortest story found:\n{told}");
        }
        Err(error) => panic!("{error}"),
    }
}

const NOON: i64 = 1_773_828_000_000;

#[test]
fn whatever_people_and_networks_do_the_log_holds_it_once_and_in_order() {
    let runtime = Runtime::new().expect("a runtime");
    let clock = Clock::manual(NOON);
    let stage = runtime.block_on(async {
        let house = House::open_at(clock.clone(), &[("rate_limits", "off")]).await;
        Stage::set(vec![house], clock).await
    });
    // In a storm every fifth echo is found by a check only.
    play(&runtime, &stage, if services::storm().is_some() { 5 } else { 24 });
    runtime.block_on(stage.strike());
}

#[test]
#[ignore = "needs PostgreSQL and NATS: tests/run starts them"]
fn on_two_nodes_too() {
    let runtime = Runtime::new().expect("a runtime");
    let clock = Clock::manual(NOON);
    let (stage, _nats) = runtime.block_on(async {
        let (nats, database) = (NatsServer::start(&[]).await, postgres::new_database().await);
        let url = nats.url();
        let settings = [("rate_limits", "off"), ("database_url", database.as_str()), ("nats_url", url.as_str())];
        let one = House::open_at(clock.clone(), &settings).await;
        let two = House::open_at(clock.clone(), &settings).await;
        (Stage::set(vec![one, two], clock).await, nats)
    });
    play(&runtime, &stage, 24);
    runtime.block_on(stage.strike());
}
