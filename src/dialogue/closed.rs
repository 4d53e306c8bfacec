//! Out of hours: said honestly, with when somebody is there again; a message or a way to call back is taken.

use super::{
    Decision, Refusal, Said, Step,
    turn::{Extras, Turn},
};
use crate::domain::{
    Author, Choice, EntryBody, Status, UnixMs,
    hours::Hours,
    order::{mask_digits, mask_mail},
    turn::{CallBackWay, DraftCallBack, Effect},
};

/// When somebody is there again, if nobody is now.
pub(super) fn closed_until(turn: &Turn<'_>) -> Option<Option<UnixMs>> {
    let inbox = turn.state.inbox.as_ref()?;
    let hours: Hours = turn.playbook.desk.of(inbox).hours?;
    let (now, zone) = (turn.now.at, &turn.now.zone);
    (!hours.is_open(now, zone)).then(|| hours.next_open(now, zone))
}

/// Who waits when the desk closes hears it as who comes afterwards does.
pub(super) fn closes(mut turn: Turn<'_>) -> Result<Step, Refusal> {
    let opens = closed_until(&turn).ok_or(Refusal::Stale)?;
    if turn.state.status != Status::Queued || turn.state.memory.closed_noted {
        return Err(Refusal::Stale);
    }
    say_closed(&mut turn, opens);
    turn.decide(Decision::Kept, "the desk is closed");
    Ok(turn.finish())
}

/// Once per stay in the queue.
pub(super) fn say_closed(turn: &mut Turn<'_>, opens: Option<UnixMs>) {
    if std::mem::replace(&mut turn.state.memory.closed_noted, true) {
        return;
    }
    // It says the same, and when that ends.
    turn.state.memory.nobody_noted = true;
    let opens = words_for(turn, opens);
    let leave = turn.button("button_leave_queue", Choice::LeaveQueue);
    turn.say("handoff_closed", &[("opens", &opens)], Extras { buttons: vec![leave], card: None });
}

/// A number or an address, left while the desk is closed: confirmed, so that nobody wonders whether it was read. A later
/// one takes the place of the one before: somebody mistyped, or is elsewhere tomorrow.
pub(super) fn take_callback(turn: &mut Turn<'_>, said: &Said) -> bool {
    let slots = &said.understanding.slots;
    let phone = slots.phones.first().map(|phone| (CallBackWay::Phone, phone.clone(), mask_digits(phone)));
    let left = phone.or_else(|| slots.mails.first().map(|mail| (CallBackWay::Mail, mail.clone(), mask_mail(mail))));
    let Some((way, reach, shown)) = left else { return false };
    if !turn.state.memory.closed_noted {
        return false;
    }
    let due_at = closed_until(turn).flatten().unwrap_or(turn.now.at);
    turn.state.memory.call_back = true;
    turn.effect(Effect::AskCallBack(DraftCallBack { way, reach, due_at }));
    turn.append(None, Author::System, EntryBody::CallBackAsked { way, due_at });
    turn.say("callback_noted", &[("contact", &shown)], Extras::default());
    true
}

fn words_for(turn: &mut Turn<'_>, opens: Option<UnixMs>) -> String {
    let Some(opens) = opens else { return turn.words("opens_later", &[]) };
    let moment = jiff::Timestamp::from_millisecond(opens).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    let moment = moment.to_zoned(turn.now.zone.clone());
    let (date, time) = (moment.strftime("%-m/%-d").to_string(), moment.strftime("%H:%M").to_string());
    let key = match turn.now.day_of(opens).since(turn.now.today()).map_or(0, |days| days.get_days()) {
        0 => "opens_today",
        1 => "opens_tomorrow",
        _ => "opens_on",
    };
    turn.words(key, &[("date", &date), ("time", &time)])
}
