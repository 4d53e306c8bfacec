//! Looking at a whole database as it is at one instant, without changing it and while servers run.
//!
//! Rules that rows can be asked about are SQL here; what needs a conversation's entries in order is streamed in
//! pages to [`crate::service::doctor`].

use sqlx::{AnyConnection, Connection, Row, any::AnyRow};

use super::{
    StoreError,
    audit::{self, Chain},
    columns, conversations,
    dialect::{Address, Engine},
    entries, migrations, reason,
};
use crate::domain::{Conversation, Entry, UnixMs};

/// Offending ids that are named; the count is of all.
const EXAMPLES: i64 = 20;

/// One consistent view of the database, read only. Statements have no limit of time.
pub struct Inspection {
    db: AnyConnection,
    place: String,
}

impl std::fmt::Debug for Inspection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Inspection")
    }
}

/// Schema numbers: the database's, and the newest this binary knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schema {
    pub found: i64,
    pub known: i64,
}

/// What does not follow a rule.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Offenders {
    pub count: i64,
    /// The first of them, by id.
    pub ids: Vec<String>,
}

/// What rows alone can be asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// Entries are 1..=head without holes.
    Numbered,
    /// A sender's `cid` is in a log once, and is there with its sender or not at all.
    CidsOnce,
    /// Assigned has an assignee and an epoch; everything else has no assignee.
    Assigned,
    /// Who waits has a time since when; who is offered, and nobody else, until when.
    Queued,
    /// A seat counts what is offered or assigned to its agent, and that is not above its capacity.
    Seats,
    /// Reading positions are not past the head.
    Seen,
    /// Everything belongs to something that is there.
    Orphans,
    /// No assignment whose agent had no lease after this time.
    Attended { since: UnixMs },
    /// Agents have conversations of their own teams; a team without members is everybody.
    Members,
}

/// A running server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    pub id: String,
    pub started_at: UnixMs,
}

#[derive(Debug)]
pub struct InspectedConversation {
    pub id: String,
    /// An error names the column that cannot be read, never its content.
    pub row: Result<Conversation, StoreError>,
}

#[derive(Debug)]
pub struct InspectedEntry {
    pub conversation: String,
    pub seq: i64,
    pub is_private: bool,
    /// As above; also when the column `kind` says something else than the body.
    pub entry: Result<Entry, StoreError>,
}

macro_rules! offenders {
    ($found:expr) => {
        concat!("SELECT id, count(*) OVER () AS offenders FROM (", $found, ") AS found ORDER BY id LIMIT $1")
    };
}

/// Begins to look.
///
/// # Errors
/// A sentence for the operator: there is no database, or it cannot be reached, or it is not Warmline's.
pub async fn begin(database_url: &str) -> Result<Inspection, StoreError> {
    let address = Address::parse(database_url)?.existing();
    let place = address.shown.trim_start_matches("sqlite:").to_owned();
    if let Some(file) = address.file()
        && !file.exists()
    {
        return Err(StoreError::Open(format!("there is no database at {}", file.display())));
    }
    let cannot = |error| StoreError::Open(format!("cannot read the database {place}: {}", reason(&error)));
    let mut db = address.connect().await.map_err(cannot)?;
    let begin = match address.engine {
        Engine::Sqlite => "PRAGMA busy_timeout = 2000; PRAGMA query_only = ON; BEGIN",
        Engine::Postgres => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    };
    sqlx::raw_sql(begin).execute(&mut db).await.map_err(cannot)?;
    Ok(Inspection { db, place })
}

impl Inspection {
    /// Where the database is, for people; without a password.
    pub fn place(&self) -> &str {
        &self.place
    }

    /// # Errors
    /// It is another program's database.
    pub async fn schema(&mut self) -> Result<Schema, StoreError> {
        let found = sqlx::query("SELECT COALESCE(max(version), 0) AS found FROM _sqlx_migrations")
            .fetch_one(&mut self.db)
            .await
            .map_err(|error| {
                StoreError::Open(format!("the database {} is not Warmline's: {}", self.place, reason(&error)))
            })?;
        Ok(Schema { found: columns::int(&found, "found")?, known: migrations::newest() })
    }

    /// Whether what staff changed is written down as it was.
    pub async fn audit(&mut self) -> Result<Chain, StoreError> {
        audit::verify(&mut self.db).await
    }

    /// How many conversations and entries there are.
    pub async fn size(&mut self) -> Result<(i64, i64), StoreError> {
        let row = sqlx::query(
            "SELECT (SELECT count(*) FROM conversation) AS conversations, (SELECT count(*) FROM entry) AS entries",
        )
        .fetch_one(&mut self.db)
        .await?;
        Ok((columns::int(&row, "conversations")?, columns::int(&row, "entries")?))
    }

    /// What does not follow the rule.
    pub async fn offenders(&mut self, rule: Rule) -> Result<Offenders, StoreError> {
        let query = match rule {
            Rule::Numbered => sqlx::query(offenders!(
                "SELECT conversation.id FROM conversation LEFT JOIN (SELECT conversation, count(*) AS entries, \
                 count(DISTINCT seq) AS seqs, min(seq) AS first, max(seq) AS last FROM entry GROUP BY conversation) AS log \
                 ON log.conversation = conversation.id WHERE conversation.head <> COALESCE(log.entries, 0) \
                 OR conversation.head <> COALESCE(log.last, 0) OR log.first <> 1 OR log.seqs <> log.entries"
            )),
            Rule::CidsOnce => sqlx::query(offenders!(
                "SELECT conversation AS id FROM entry WHERE cid IS NOT NULL \
                 GROUP BY conversation, sender, cid HAVING count(*) > 1 \
                 UNION SELECT conversation FROM entry WHERE (sender IS NULL) <> (cid IS NULL)"
            )),
            Rule::Assigned => sqlx::query(offenders!(
                "SELECT id FROM conversation WHERE (status IN ('offered', 'assigned') \
                 AND (assignee IS NULL OR assignee_name IS NULL OR assign_epoch < 1)) \
                 OR (status NOT IN ('offered', 'assigned') AND (assignee IS NOT NULL OR assignee_name IS NOT NULL))"
            )),
            Rule::Queued => sqlx::query(offenders!(
                "SELECT id FROM conversation WHERE (status IN ('queued', 'offered') AND queued_at IS NULL) \
                 OR (status = 'offered') <> (offered_until IS NOT NULL)"
            )),
            Rule::Seats => sqlx::query(offenders!(
                "SELECT agent.id FROM agent LEFT JOIN seat ON seat.agent = agent.id WHERE seat.agent IS NULL \
                 OR (seat.capacity IS NOT NULL AND seat.active > seat.capacity) OR seat.active <> (SELECT count(*) FROM conversation \
                 WHERE conversation.assignee = agent.id AND conversation.status IN ('offered', 'assigned'))"
            )),
            Rule::Seen => sqlx::query(offenders!(
                "SELECT id FROM conversation WHERE seen_by_shopper > head OR seen_by_agent > head"
            )),
            // Of what hangs in the air, the id that is missing is named: no token, no number of a return.
            Rule::Orphans => sqlx::query(offenders!(
                "SELECT conversation AS id FROM entry \
                 WHERE NOT EXISTS (SELECT 1 FROM conversation WHERE id = entry.conversation) \
                 UNION SELECT conversation FROM opened_return \
                 WHERE NOT EXISTS (SELECT 1 FROM conversation WHERE id = opened_return.conversation) \
                 UNION SELECT conversation FROM article_use \
                 WHERE NOT EXISTS (SELECT 1 FROM conversation WHERE id = article_use.conversation) \
                 UNION SELECT conversation FROM unanswered \
                 WHERE NOT EXISTS (SELECT 1 FROM conversation WHERE id = unanswered.conversation) \
                 UNION SELECT conversation FROM attachment \
                 WHERE NOT EXISTS (SELECT 1 FROM conversation WHERE id = attachment.conversation) \
                 OR (seq IS NOT NULL AND NOT EXISTS (SELECT 1 FROM entry WHERE entry.conversation = attachment.conversation \
                 AND entry.seq = attachment.seq AND entry.kind = 'message')) \
                 UNION SELECT id FROM conversation \
                 WHERE NOT EXISTS (SELECT 1 FROM contact WHERE id = conversation.contact) \
                 OR (assignee IS NOT NULL AND NOT EXISTS (SELECT 1 FROM agent WHERE id = conversation.assignee)) \
                 UNION SELECT contact FROM visitor \
                 WHERE NOT EXISTS (SELECT 1 FROM contact WHERE id = visitor.contact) \
                 UNION SELECT agent FROM agent_session \
                 WHERE NOT EXISTS (SELECT 1 FROM agent WHERE id = agent_session.agent) \
                 UNION SELECT agent FROM presence \
                 WHERE NOT EXISTS (SELECT 1 FROM agent WHERE id = presence.agent)"
            )),
            Rule::Members => sqlx::query(offenders!(
                "SELECT conversation.id FROM conversation JOIN agent ON agent.id = conversation.assignee \
                 WHERE conversation.status IN ('offered', 'assigned') AND agent.role = 'agent' \
                 AND EXISTS (SELECT 1 FROM team_member WHERE team_member.team = conversation.team) \
                 AND NOT EXISTS (SELECT 1 FROM team_member WHERE team_member.team = conversation.team \
                 AND team_member.agent = agent.id)"
            )),
            Rule::Attended { .. } => sqlx::query(offenders!(
                "SELECT id FROM conversation WHERE status IN ('offered', 'assigned') AND NOT EXISTS (SELECT 1 FROM presence \
                 WHERE presence.agent = conversation.assignee AND presence.expires_at > $2)"
            )),
        };
        let query = query.bind(EXAMPLES);
        let query = if let Rule::Attended { since } = rule { query.bind(since) } else { query };
        let rows = query.fetch_all(&mut self.db).await?;
        Ok(Offenders {
            count: rows.first().map_or(Ok(0), |row| columns::int(row, "offenders"))?,
            ids: rows.iter().map(|row| columns::text(row, "id")).collect::<Result<_, _>>()?,
        })
    }

    /// The servers whose lease holds.
    pub async fn nodes(&mut self, now: UnixMs) -> Result<Vec<Node>, StoreError> {
        let rows = sqlx::query("SELECT id, started_at FROM node WHERE expires_at > $1 ORDER BY started_at, id")
            .bind(now)
            .fetch_all(&mut self.db)
            .await?;
        rows.iter()
            .map(|row| Ok(Node { id: columns::text(row, "id")?, started_at: columns::int(row, "started_at")? }))
            .collect()
    }

    /// The next conversations by id; none when there are no more. `after` is "" at first.
    pub async fn conversations_after(
        &mut self,
        after: &str,
        most: i64,
    ) -> Result<Vec<InspectedConversation>, StoreError> {
        let rows = sqlx::query(
            "SELECT id, inbox, contact, lang, status, assignee, assignee_name, assign_epoch, priority, queued_at, \
             version, head, created_at, updated_at, state, offered_until, previous_agent, team FROM conversation \
             WHERE id > $1 ORDER BY id LIMIT $2",
        )
        .bind(after.to_owned())
        .bind(most)
        .fetch_all(&mut self.db)
        .await?;
        let inspected = |row: &AnyRow| {
            Ok(InspectedConversation { id: columns::text(row, "id")?, row: conversations::conversation(row) })
        };
        rows.iter().map(inspected).collect()
    }

    /// The next entries by conversation and seq, of conversations up to `last`.
    pub async fn entries_after(
        &mut self,
        after: (&str, i64),
        last: &str,
        most: i64,
    ) -> Result<Vec<InspectedEntry>, StoreError> {
        let rows = sqlx::query(
            "SELECT conversation, seq, at, author, agent, agent_name, cid, kind, private, body FROM entry \
             WHERE (conversation, seq) > ($1, $2) AND conversation <= $3 ORDER BY conversation, seq LIMIT $4",
        )
        .bind(after.0.to_owned())
        .bind(after.1)
        .bind(last.to_owned())
        .bind(most)
        .fetch_all(&mut self.db)
        .await?;
        let inspected = |row: &AnyRow| {
            let entry = entries::entry(row).and_then(|entry| {
                let kind: &str = row.try_get("kind")?;
                if kind == entries::kind(&entry.body) {
                    return Ok(entry);
                }
                Err(StoreError::Unreadable("kind: not that of the body".into()))
            });
            Ok(InspectedEntry {
                conversation: columns::text(row, "conversation")?,
                seq: columns::int(row, "seq")?,
                is_private: columns::int(row, "private")? != 0,
                entry,
            })
        };
        rows.iter().map(inspected).collect()
    }

    /// Lets go of the view; without this the connection does.
    pub async fn end(mut self) -> Result<(), StoreError> {
        sqlx::raw_sql("ROLLBACK").execute(&mut self.db).await?;
        Ok(self.db.close().await?)
    }
}
