//! What an agent wants to do, and whether they may: asked each time, so that a role or a team that is taken away, or an
//! account that is disabled, counts at once on every socket.

use super::refusals::{busy, no_such_file, not_there, not_yours};
use crate::{
    app::App,
    desk::there_until,
    dialogue::{AgentAct, Correction},
    domain::{
        Agent, AgentRef, Target,
        agent::{Permission, may},
        ids::{AgentId, ConversationId},
    },
    service::attachments,
    store::{StoreError, agents, conversations, seats, teams, viewers},
    web::frames::{Addressee, Refused, RefusedCode, SendBody},
};

pub(in crate::web) async fn authorise(
    app: &App,
    agent: &AgentRef,
    conv: &ConversationId,
    body: SendBody,
) -> Result<AgentAct, Refused> {
    let viewer = viewers::load(&app.store, &agent.id).await.map_err(failed)?;
    let Some(viewer) = viewer.filter(|viewer| may(&viewer.agent, &[], Permission::Desk, None)) else {
        return Err(Refused::new(RefusedCode::Unauthorised, "This account may not do this any more."));
    };
    if !viewer.sees_all() {
        let conversation = conversations::load(&app.store, conv).await.map_err(failed)?.ok_or_else(not_yours)?;
        if !viewer.may_see(conversation.team.as_ref(), conversation.assignee.as_ref()) {
            return Err(not_yours());
        }
    }
    let account = viewer.agent;
    Ok(match body {
        SendBody::Message { text, files, epoch: Some(epoch), despite, .. } => {
            let files = attachments::named(app, conv, agent.id.as_str(), &files).await.map_err(failed)?;
            AgentAct::Say { epoch, text, files: files.ok_or_else(no_such_file)?, despite }
        }
        SendBody::Message { epoch: None, .. } => {
            return Err(Refused::new(RefusedCode::BadFrame, "An agent's message names its `epoch`."));
        }
        SendBody::Note { text, mentions } => AgentAct::Note { text, mentions: colleagues(app, &mentions).await? },
        SendBody::Edit { seq, text, despite } => AgentAct::Correct { seq, what: Correction::Edit { text, despite } },
        SendBody::Redact { seq, why } => {
            let of_any = may(&account, &[], Permission::RedactAny, None);
            AgentAct::Correct { seq, what: Correction::Redact { why, of_any } }
        }
        SendBody::Rate { .. } => return Err(Refused::new(RefusedCode::NotYours, "Only shoppers may do this.")),
        SendBody::Take => AgentAct::Take { leaves_team: !is_own(app, &account, conv).await? },
        SendBody::Accept { epoch } => AgentAct::Accept { epoch },
        SendBody::Decline { epoch } => AgentAct::Decline { epoch },
        SendBody::HandBack { epoch } => AgentAct::HandBack { epoch },
        SendBody::Release { epoch } => AgentAct::Release { epoch },
        SendBody::Resolve { epoch, wrap_up } => AgentAct::Resolve { epoch, wrap_up },
        SendBody::Tag { add, remove } => AgentAct::Tag { add, remove },
        SendBody::Transfer { epoch, to, note } => {
            let mut leaves_team = false;
            let to = match to {
                Addressee::Agent(colleague) => {
                    let colleague = somebody_there(app, &colleague).await?;
                    let theirs = teams::of_agent(&app.store, &colleague.id).await.map_err(failed)?;
                    let found = conversations::load(&app.store, conv).await.map_err(failed)?.ok_or_else(not_yours)?;
                    leaves_team = found.team.is_some_and(|team| !theirs.contains(&team));
                    Target::Agent(colleague)
                }
                Addressee::Team(team) => {
                    let all = teams::list(&app.store).await.map_err(failed)?;
                    if !all.iter().any(|one| one.id == team) {
                        return Err(not_there("There is no such team."));
                    }
                    Target::Team(team)
                }
            };
            AgentAct::Transfer { epoch, to, note, leaves_team }
        }
        SendBody::AnswerMany { among: 0 | 1, .. } => {
            return Err(Refused::new(RefusedCode::BadFrame, "An answer for many goes to two or more."));
        }
        SendBody::AnswerMany { epoch, text, among, despite } => {
            is_own(app, &account, conv).await?;
            AgentAct::AnswerMany { epoch, text, among, despite }
        }
        SendBody::Priority { level } => AgentAct::SetPriority { level },
        SendBody::TakeOver { epoch } => {
            if !may(&account, &[], Permission::Supervise, None) {
                return Err(Refused::new(RefusedCode::NotYours, "Only who supervises may take a conversation over."));
            }
            AgentAct::TakeOver { epoch }
        }
    })
}

/// Whether the conversation is for this agent's teams or for everybody. One of another team may be looked at; taken
/// only when it has waited too long for its own.
async fn is_own(app: &App, account: &Agent, conv: &ConversationId) -> Result<bool, Refused> {
    let conversation = conversations::load(&app.store, conv).await.map_err(failed)?.ok_or_else(not_yours)?;
    let team = match &conversation.team {
        Some(team) if teams::has_members(&app.store, team).await.map_err(failed)? => Some(team),
        _ => None,
    };
    let own = teams::of_agent(&app.store, &account.id).await.map_err(failed)?;
    if may(account, &own, Permission::Desk, team) {
        return Ok(true);
    }
    let rules = app.mind().playbook.desk.of(&conversation.inbox);
    let overflow_before = rules.overflow_before(app.clock.now_ms());
    match conversation.queued_at {
        Some(since) if since <= overflow_before => Ok(false),
        _ => Err(Refused::new(RefusedCode::NotYours, "This conversation is for another team.")),
    }
}

/// Those who are named in a note, each once; all of them have to work at the desk.
async fn colleagues(app: &App, ids: &[AgentId]) -> Result<Vec<AgentRef>, Refused> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let staff = agents::list(&app.store).await.map_err(failed)?;
    let mut named: Vec<AgentRef> = Vec::new();
    for id in ids {
        let found = staff.iter().find(|one| one.id == *id && may(one, &[], Permission::Desk, None));
        let Some(found) = found else { return Err(not_there("Somebody who is named does not work at the desk.")) };
        if !named.iter().any(|one| one.id == *id) {
            named.push(AgentRef { id: found.id.clone(), name: found.name.clone() });
        }
    }
    Ok(named)
}

/// Nobody is passed a conversation who is not there to take it.
async fn somebody_there(app: &App, id: &AgentId) -> Result<AgentRef, Refused> {
    let seats = seats::list(&app.store, there_until(app.clock.now_ms())).await.map_err(failed)?;
    let seat = seats.into_iter().find(|seat| seat.agent.id == *id && seat.there && seat.available);
    seat.map(|seat| seat.agent).ok_or_else(|| not_there("This colleague is not there or is away."))
}

fn failed(error: StoreError) -> Refused {
    busy(&error.into())
}
