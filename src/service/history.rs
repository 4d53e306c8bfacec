//! What was before: earlier stays of a conversation, and other conversations of the same contact or about an order that
//! both have proved to be theirs.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{conversations::recall, transcripts};
use crate::{
    desk::stays::{Stay, stays},
    domain::{Conversation, UnixMs, agent::Viewer, ids::ConversationId, order::OrderNumber},
    store::{
        Store, StoreError, conversations,
        desk::{self, DeskRow},
        transcripts::{self as transcript_terms, Wanted},
    },
};

/// Others that are told.
const MOST: usize = 20;
/// Of one order, before it is asked whether they have proved it.
const MOST_ABOUT_ORDER: i64 = 50;
/// The orders spoken of last.
const MOST_ORDERS: usize = 5;

#[derive(Debug, Serialize)]
pub struct History {
    /// The latest first.
    pub stays: Vec<Stay>,
    /// The newest change first.
    pub others: Vec<Other>,
}

#[derive(Debug, Serialize)]
pub struct Other {
    #[serde(flatten)]
    pub row: DeskRow,
    /// That both have proved; else it is the same contact.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<OrderNumber>,
}

/// As this member of staff may see it.
///
/// # Errors
/// The database was not there.
pub async fn of(store: &Store, conversation: &Conversation, viewer: &Viewer) -> Result<History, StoreError> {
    let turns = conversations::turning_points(store, &conversation.id).await?;
    let mut found: BTreeMap<ConversationId, Option<OrderNumber>> = BTreeMap::new();
    for order in recall(conversation).memory.proved.into_iter().rev().take(MOST_ORDERS) {
        for conv in proved_by(store, &order, viewer).await? {
            found.entry(conv).or_insert_with(|| Some(order.clone()));
        }
    }
    for conv in conversations::of_contact(store, &conversation.contact).await? {
        found.insert(conv, None);
    }
    found.remove(&conversation.id);
    let ids: BTreeSet<_> = found.keys().cloned().collect();
    let mut rows = desk::rows_of(store, &ids).await?;
    rows.retain(|row| viewer.may_see(row.team.as_ref(), row.assignee.as_ref()));
    rows.sort_by(|one, other| (other.updated_at, &one.conv).cmp(&(one.updated_at, &other.conv)));
    rows.truncate(MOST);
    let others = rows.into_iter().map(|row| Other { order: found.remove(&row.conv).flatten(), row }).collect();
    Ok(History { stays: stays(conversation.created_at, &turns), others })
}

/// Who names an order has not proved it: of those in which it was spoken of, the ones that remember the proof.
async fn proved_by(store: &Store, order: &OrderNumber, viewer: &Viewer) -> Result<Vec<ConversationId>, StoreError> {
    let wanted = Wanted {
        terms: transcripts::terms_of(order),
        since: 0,
        until: UnixMs::MAX,
        category: None,
        tag: None,
        seen_by: (!viewer.sees_all()).then(|| viewer.agent.id.clone()),
    };
    let mut proved = Vec::new();
    for conv in transcript_terms::find(store, &wanted, MOST_ABOUT_ORDER).await? {
        let Some(other) = conversations::load(store, &conv).await? else { continue };
        if recall(&other).memory.proved.contains(order) {
            proved.push(conv);
        }
    }
    Ok(proved)
}
