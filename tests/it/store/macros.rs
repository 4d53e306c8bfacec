//! Macros: everybody's and one's own, and of two who change one the second is told.

use super::*;
use warmline::{
    domain::{
        Agent, ByLang, Role,
        macros::{Macro, MacroAct},
    },
    store::{
        agents,
        macros::{self, Saved},
    },
};

on_both_databases! {
    macros_are_everybody_s_or_one_s_own,
    of_two_who_change_a_macro_the_second_is_told,
}

fn one(id: &str, owner: Option<&AgentId>) -> Macro {
    Macro {
        id: id.into(),
        owner: owner.cloned(),
        names: ByLang([(Lang::ZhHant, "延遲".to_owned())].into()),
        acts: vec![
            MacroAct::Phrase { phrase: "late".into() },
            MacroAct::Resolve { category: None, outcome: Some("solved".into()) },
        ],
        version: 0,
        updated_at: 0,
        updated_by: None,
    }
}

async fn agent(store: &Store, name: &str) -> AgentId {
    let id = AgentId(name.to_lowercase());
    let mail = format!("{name}@example.test");
    let agent = Agent { id: id.clone(), mail, name: name.into(), role: Role::Agent, disabled: false };
    assert!(agents::create(store, agent, "hash".into(), NOON).await.unwrap());
    id
}

async fn macros_are_everybody_s_or_one_s_own(store: Fresh) {
    let (maya, noor) = (agent(&store, "Maya").await, agent(&store, "Noor").await);
    for (id, owner) in [("b", None), ("a", Some(&maya))] {
        let Saved::Done(stored) = macros::save(&store, one(id, owner), "Maya", NOON).await.unwrap() else { panic!() };
        assert_eq!((stored.version, stored.acts), (1, one(id, owner).acts));
    }
    let ids = async |who: &AgentId| {
        let listed = macros::list_for(&store, who).await.unwrap();
        listed.into_iter().map(|one| one.id).collect::<Vec<_>>()
    };
    assert_eq!((ids(&maya).await, ids(&noor).await), (vec!["a".into(), "b".into()], vec!["b".to_owned()]));
}

async fn of_two_who_change_a_macro_the_second_is_told(store: Fresh) {
    let Saved::Done(first) = macros::save(&store, one("m", None), "Ann", NOON).await.unwrap() else { panic!() };
    let changed = Macro { acts: vec![MacroAct::Take], ..first };
    let Saved::Done(second) = macros::save(&store, changed.clone(), "Ben", NOON + 1).await.unwrap() else { panic!() };
    assert_eq!(macros::save(&store, changed, "Cy", NOON + 2).await.unwrap(), Saved::Conflict(second.clone()));
    assert_eq!(macros::load(&store, "m").await.unwrap(), Some(second));
    let unknown = Macro { version: 3, ..one("none", None) };
    assert_eq!(macros::save(&store, unknown, "Cy", NOON).await.unwrap(), Saved::Missing);
    assert!(!macros::remove(&store, "m", 1).await.unwrap(), "another version by now");
    assert!(macros::remove(&store, "m", 2).await.unwrap());
    assert_eq!(macros::load(&store, "m").await.unwrap(), None);
}
