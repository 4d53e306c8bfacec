//! What the supervisor's wall shows: the queue, the crew, promises and waits of today; and how one conversation stands.

use std::collections::BTreeMap;

use serde::Serialize;

use super::conversations as turns;
use crate::{
    app::App,
    desk::{
        clocks::{Clocks, clocks},
        sla, there_until,
    },
    dialogue,
    domain::{
        Conversation, Hours, Lang, Priority, Seat, UnixMs,
        handoff::Feeling,
        ids::{ConversationId, TeamId},
        playbook::SlaPolicy,
        turn::Owed,
    },
    store::{
        StoreError,
        desk::{self, DeskRow, DeskView},
        promises::{self, LeftAlone},
        seats, stories, waits, walls,
    },
};

/// Conversations that the wall names.
const MOST_ROWS: usize = 50;

#[derive(Debug, Serialize)]
pub struct Wall {
    /// The server's clock; everything else is as of then.
    pub at: UnixMs,
    /// The shop's midnight.
    pub today_since: UnixMs,
    pub waiting: i64,
    /// Absent while nobody waits.
    pub oldest_since: Option<UnixMs>,
    pub by_team: BTreeMap<String, i64>,
    pub by_lang: BTreeMap<Lang, i64>,
    pub seats: Vec<Seat>,
    /// Of agents whose own is not set.
    pub usual_capacity: i64,
    pub today: Today,
    pub told: Option<Told>,
    /// Who waits, in the order of dispatch.
    pub queue: Vec<DeskRow>,
    /// Whose promise is broken or will be soon, the longest overdue first.
    pub pressing: Vec<DeskRow>,
    /// What agents promised shoppers and nobody at the desk will keep, the first due first.
    pub promised: Vec<LeftAlone>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Today {
    pub asked: i64,
    pub answered: i64,
    /// Asked for a person, left before one came.
    pub abandoned: i64,
    pub warnings: i64,
    pub breaches: i64,
}

/// How right the waits were that shoppers were told, of those that ended today; shares are 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Told {
    pub waits: usize,
    pub within: f64,
    pub median_wait_ms: UnixMs,
}

/// # Errors
/// The database was not there.
pub async fn wall(app: &App) -> Result<Wall, StoreError> {
    let now = app.now();
    let midnight = now.today().to_zoned(now.zone.clone());
    let since = midnight.map_or(now.at, |midnight| midnight.timestamp().as_millisecond());
    let queue = desk::rows(&app.store, &DeskView::Queue).await?;
    let pressing = desk::owed(&app.store).await?;
    let standing = walls::queue(&app.store).await?;
    let mut by_team: BTreeMap<String, i64> = BTreeMap::new();
    let mut by_lang: BTreeMap<Lang, i64> = BTreeMap::new();
    for part in &standing {
        *by_team.entry(part.team.as_ref().map_or_else(String::new, |TeamId(team)| team.clone())).or_default() +=
            part.count;
        *by_lang.entry(part.lang).or_default() += part.count;
    }
    let sla = walls::sla_since(&app.store, since).await?;
    let asked = walls::asked_since(&app.store, since).await?;
    let ended = waits::ended(&app.store, since).await?;
    let within = ended.iter().filter(|(_, wait)| wait.is_inside()).count();
    let mut lengths: Vec<_> = ended.iter().map(|(_, wait)| wait.true_ms).collect();
    lengths.sort_unstable();
    let told = lengths.get(lengths.len() / 2).map(|median| Told {
        waits: ended.len(),
        within: within as f64 / ended.len() as f64,
        median_wait_ms: *median,
    });
    // A seat serves every inbox: as many as the one that gives the most.
    let mind = app.mind();
    let usual_capacity =
        app.inboxes().iter().map(|inbox| mind.playbook.desk.of(&inbox.id).capacity).max().unwrap_or_default();
    Ok(Wall {
        at: now.at,
        today_since: since,
        waiting: standing.iter().map(|part| part.count).sum(),
        oldest_since: standing.iter().map(|part| part.oldest_since).min(),
        by_team,
        by_lang,
        seats: seats::list(&app.store, there_until(now.at)).await?,
        usual_capacity,
        today: Today {
            asked: asked.asked,
            answered: asked.answered,
            abandoned: asked.abandoned,
            warnings: sla.warnings,
            breaches: sla.breaches,
        },
        told,
        queue: queue.into_iter().take(MOST_ROWS).collect(),
        pressing,
        promised: promises::left_alone(&app.store, there_until(now.at)).await?,
    })
}

/// How one conversation stands: its clocks, what is promised and owed, why it stands where it stands.
#[derive(Debug, Serialize)]
pub struct Standing {
    pub at: UnixMs,
    pub clocks: Clocks,
    pub policy: SlaPolicy,
    pub debts: Vec<Debt>,
    pub priority: Priority,
    /// As of the shopper's last words; the brief has that of the handoff.
    pub feeling: Feeling,
    pub tier: Option<String>,
    /// The shop's, with the points each adds.
    pub tiers: BTreeMap<String, i64>,
}

#[derive(Debug, PartialEq, Serialize)]
pub struct Debt {
    pub owed: Owed,
    pub since: UnixMs,
    pub warn_at: UnixMs,
    pub due_at: UnixMs,
}

/// # Errors
/// The database was not there.
pub async fn standing(app: &App, conversation: &Conversation) -> Result<Standing, StoreError> {
    let now = app.now();
    let story = stories::moments(&app.store, &conversation.id).await?;
    let mind = app.mind();
    let rules = mind.playbook.desk.of(&conversation.inbox);
    let state = turns::recall(conversation);
    let open_ms = |from, until| match &rules.hours {
        Some(hours) => hours.between(from, until, &now.zone),
        None => until - from,
    };
    let policy = rules.sla_of(&dialogue::promised(&state));
    let hours: Option<&Hours> = rules.hours_of(&policy);
    let debts = state.memory.debts.iter().filter_map(|(owed, since)| {
        let told = sla::deadlines(*since, policy.of(*owed)?, hours, &now.zone)?;
        Some(Debt { owed: *owed, since: *since, warn_at: told.warn_at, due_at: told.due_at })
    });
    Ok(Standing {
        at: now.at,
        clocks: clocks(&story, now.at, open_ms),
        debts: debts.collect(),
        policy,
        priority: state.priority.clone(),
        feeling: state.memory.mood.feeling,
        tier: state.memory.tier.clone(),
        tiers: mind.playbook.desk.tiers().clone(),
    })
}

/// Whether the shop has such a grade.
pub fn is_tier(app: &App, tier: &str) -> bool {
    app.mind().playbook.desk.tiers().contains_key(tier)
}

/// The row changed without an entry: this node's desks hear of it.
pub fn row_changed(app: &App, conv: &ConversationId) {
    app.desk_changes.add(conv);
}
