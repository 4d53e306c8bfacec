//! Send it back or change it: asks for order, item, kind and reason, applies the policy, says yes with a return
//! number or no with the rule and what is possible instead.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Progress,
    ownership::{self, Ownership},
    questions,
};
use crate::{
    dialogue::{
        Decision, Flow, Said, Slot,
        turn::{Extras, Turn},
        wording,
    },
    domain::{
        Author, Button, Card, Choice, EntryBody, Order,
        handoff::Tried,
        order::Item,
        playbook::{AskedOfReturn, Playbook},
        returns::{DraftReturn, ReturnCard, ReturnKind, ReturnReason},
        turn::Effect,
    },
    language, nlu,
    policy::returns::{Rule, Verdict, Wish, judge, nothing_to_return},
};

/// Past the question of ownership every slot counts, awaited or not: "the towel, I don't like it".
pub(super) fn brings_something(said: &Said, flow: &Flow, playbook: &Playbook) -> bool {
    let slots = &said.understanding.slots;
    let names_item = || flow.items.len() > 1 && !named_lines(playbook, &said.text, slots.all, &flow.items).is_empty();
    match flow.awaiting {
        None | Some(Slot::Order | Slot::Proof) => return false,
        Some(Slot::Item) if slots.ordinal.is_some() || slots.all || !slots.several.is_empty() => return true,
        Some(Slot::Opened) if slots.yes.is_some() => return true,
        Some(Slot::Confirm) if confirmed(said).is_some() => return true,
        // Whatever is said counts: shops have more sizes and colours than any list.
        Some(Slot::Wanted) => return !slots.variants.is_empty() || slots.yes.is_none(),
        Some(Slot::Confirm) if !slots.variants.is_empty() => return true,
        Some(_) => {}
    }
    slots.kind.is_some() || slots.reason.is_some() || slots.opened.is_some() || names_item()
}

pub(super) fn advance(turn: &mut Turn<'_>, flow: &mut Flow, said: &Said) -> Progress {
    let awaiting = flow.awaiting;
    let order = match ownership::prove(turn, flow, said) {
        Ownership::Asked => {
            take_wish(flow, said, awaiting);
            return Progress::Asked;
        }
        Ownership::Locked => return Progress::Done,
        Ownership::Proved(order) => order,
    };
    if flow.keeps {
        return keep(turn, &order);
    }
    take_wish(flow, said, awaiting);
    if let Some(rule) = nothing_to_return(&order) {
        refuse(turn, &order, None, &rule, false);
        turn.state.memory.refused = Some(Flow { awaiting: None, since: Some(turn.now.at), ..flow.clone() });
        return Progress::Done;
    }
    let open: Vec<&Item> = order.items.iter().filter(|item| already(turn, &order, item.line).is_none()).collect();
    if open.is_empty() {
        let number = order.items.iter().find_map(|item| already(turn, &order, item.line)).unwrap_or_default();
        return already_open(turn, &order, &number);
    }
    // It may have been opened meanwhile, or be named again.
    let names: Vec<(u32, String)> = order.items.iter().map(|item| (item.line, name_of(turn, item))).collect();
    let named = named_lines(turn.playbook, &said.text, said.understanding.slots.all, &names);
    let meant = if let [line] = named.as_slice() { Some(*line) } else { flow.line };
    if let Some(number) = meant.and_then(|line| already(turn, &order, line)) {
        return already_open(turn, &order, &number);
    }
    flow.items = open.iter().map(|item| (item.line, name_of(turn, item))).collect();
    take_item(turn.playbook, flow, said, awaiting, &order);
    take_reasons(turn.playbook, flow, said);
    if let Some(number) = flow.line.and_then(|line| already(turn, &order, line)) {
        return already_open(turn, &order, &number);
    }
    decide(turn, flow, said, &order, awaiting)
}

fn name_of(turn: &Turn<'_>, item: &Item) -> String {
    item.name.get(turn.lang()).cloned().unwrap_or_else(|| item.sku.clone())
}

/// "I'll keep it after all": nothing was opened, or what was comes to nothing.
fn keep(turn: &mut Turn<'_>, order: &Order) -> Progress {
    let numbers: Vec<String> = returns_of(turn, order).iter().map(|(number, _)| number.clone()).collect();
    if numbers.is_empty() {
        turn.say("flow_cancelled", &[], Extras::default());
    } else {
        let numbers = numbers.join(&turn.words("list_separator", &[]));
        let human = turn.human_button();
        turn.say("return_kept", &[("number", &numbers)], Extras { buttons: vec![human], card: None });
    }
    turn.decide(Decision::Flow, "what was ordered is kept");
    Progress::Done
}

/// "The cup is broken, the towel I just don't like": each item its own reason.
fn take_reasons(playbook: &Playbook, flow: &mut Flow, said: &Said) {
    let clauses = said.text.split(CLAUSE_ENDS);
    let own: BTreeMap<u32, ReturnReason> = clauses
        .filter_map(|clause| match named_lines(playbook, clause, false, &flow.items).as_slice() {
            [line] => Some((*line, nlu::slots::reason(&playbook.slots, clause)?)),
            _ => None,
        })
        .collect();
    if own.len() > 1 {
        flow.reasons = own;
    } else if said.understanding.slots.reason.is_some() || said.choice.is_some() {
        flow.reasons.retain(|line, _| Some(*line) != flow.line);
    }
    let reason = flow.line.and_then(|line| flow.reasons.get(&line));
    flow.reason = reason.copied().or(flow.reason);
}

const CLAUSE_ENDS: [char; 12] = [',', '，', '、', ';', '；', '.', '。', '!', '！', '?', '？', '\n'];

/// The number of the return that was opened for this line before.
fn already(turn: &Turn<'_>, order: &Order, line: u32) -> Option<String> {
    returns_of(turn, order).iter().find(|(_, returned)| *returned == line).map(|(number, _)| number.clone())
}

fn returns_of<'a>(turn: &Turn<'a>, order: &Order) -> &'a [(String, u32)] {
    turn.facts.order(&order.number).map_or(&[], |facts| &facts.returns)
}

fn already_open(turn: &mut Turn<'_>, order: &Order, number: &str) -> Progress {
    let human = turn.human_button();
    let slots = [("order", order.number.as_str()), ("number", number)];
    turn.say("return_already", &slots, Extras { buttons: vec![human], card: None });
    turn.decide(Decision::Flow, "a return is open already");
    Progress::Done
}

/// Takes kind, reason and condition from whatever the message brings; later words replace earlier ones.
fn take_wish(flow: &mut Flow, said: &Said, awaiting: Option<Slot>) {
    let slots = &said.understanding.slots;
    flow.kind = slots.kind.or(flow.kind);
    flow.reason = slots.reason.or(flow.reason);
    flow.opened = slots.opened.or(flow.opened);
    flow.all |= slots.all;
    if awaiting == Some(Slot::Opened) && slots.opened.is_none() {
        flow.opened = slots.yes.or(flow.opened);
    }
    if let Some(Choice::Slot { name, value }) = &said.choice {
        match (name.as_str(), value.as_str()) {
            ("kind", "return") => flow.kind = Some(ReturnKind::Return),
            ("kind", "exchange") => flow.kind = Some(ReturnKind::Exchange),
            ("reason", value) => {
                flow.reason = ReturnReason::ALL.into_iter().find(|reason| reason.as_str() == value).or(flow.reason);
            }
            ("opened", value) => flow.opened = Some(value == "yes"),
            _ => {}
        }
    }
    // "The M is too small, I want an L": the last one is wanted.
    let variant = slots.variants.last().cloned();
    let is_open = awaiting == Some(Slot::Wanted) && said.choice.is_none() && slots.yes.is_none();
    if is_open && !said.text.trim().is_empty() {
        let own_words: String = said.text.trim().chars().take(MOST_WANTED_CHARS).collect();
        flow.wanted = Some(variant.unwrap_or(own_words));
    } else if flow.kind == Some(ReturnKind::Exchange) || flow.reason == Some(ReturnReason::WrongSize) {
        flow.wanted = variant.or_else(|| flow.wanted.take());
    }
    if flow.reason.is_some_and(ReturnReason::is_our_fault) {
        // The same again, whatever colour was named.
        flow.wanted = None;
    }
    if flow.reason == Some(ReturnReason::WrongSize) && flow.kind.is_none() {
        flow.kind = Some(ReturnKind::Exchange);
    }
}

/// Of a wish in the shopper's own words, what is kept.
const MOST_WANTED_CHARS: usize = 40;

fn take_item(playbook: &Playbook, flow: &mut Flow, said: &Said, awaiting: Option<Slot>, order: &Order) {
    let slots = &said.understanding.slots;
    let is_swapped = slots.instead && flow.line.is_some();
    let has = |line: u32| flow.items.iter().any(|(known, _)| *known == line);
    if let Some(Choice::Slot { name, value }) = &said.choice
        && name == "item"
    {
        flow.line = value.parse().ok().filter(|line| has(*line));
    } else if let [(line, _)] = flow.items.as_slice()
        && order.items.len() == 1
    {
        flow.line = Some(*line);
    } else if let [first, rest @ ..] =
        named_lines(playbook, &said.text, slots.all || is_swapped, &flow.items).as_slice()
    {
        // "Not the cup, the towel" names both.
        match rest {
            [other] if slots.instead && flow.line == Some(*first) => flow.line = Some(*other),
            [other] if slots.instead && flow.line == Some(*other) => flow.line = Some(*first),
            rest => {
                flow.line = Some(*first);
                if !rest.is_empty() {
                    flow.next_lines = rest.to_vec();
                }
            }
        }
    } else if awaiting == Some(Slot::Item) && !slots.several.is_empty() {
        let nth = |nth: &u32| flow.items.get(usize::try_from(*nth).ok()?.checked_sub(1)?).map(|(line, _)| *line);
        let mut lines = slots.several.iter().filter_map(nth);
        flow.line = lines.next();
        flow.next_lines = lines.collect();
    } else if let Some(chosen) = flow.line.filter(|_| slots.ordinal == Some(ownership::OTHER_ONE)) {
        // Of two it is plain which; of more it is asked.
        let other = flow.items.iter().map(|(line, _)| *line).find(|line| *line != chosen);
        flow.line = other.filter(|_| flow.items.len() == 2);
    } else if awaiting == Some(Slot::Item)
        && let Some(ordinal) = slots.ordinal
    {
        flow.line = match ordinal {
            ownership::OTHER_ONE => flow.items.last().map(|(line, _)| *line),
            nth => usize::try_from(nth - 1).ok().and_then(|index| flow.items.get(index)).map(|(line, _)| *line),
        };
    }
    if flow.all
        && flow.line.is_none()
        && let Some(((first, _), rest)) = flow.items.split_first()
    {
        flow.line = Some(*first);
        flow.next_lines = rest.iter().map(|(line, _)| *line).collect();
        flow.all = false;
    }
    if flow.line.is_some_and(|line| !flow.items.iter().any(|(known, _)| *known == line)) {
        flow.line = None;
    }
}

/// The items whose names share the most with the text: one that clearly does, or several of which each is named by a
/// word that no other has. Compared in terms of the normal form, so that half a name, the other script or the other
/// region's word is enough; single signs count when nothing longer does.
///
/// `all`: the text speaks of several; then a single sign of its own is enough to name an item.
fn named_lines(playbook: &Playbook, text: &str, all: bool, items: &[(u32, String)]) -> Vec<u32> {
    let terms = |text: &str| -> BTreeSet<String> {
        language::terms(&playbook.synonyms.rewrite(&language::normalise(text))).into_iter().collect()
    };
    let said = terms(text);
    let names: Vec<(u32, BTreeSet<String>)> = items.iter().map(|(line, name)| (*line, terms(name))).collect();
    let shared = |long: bool| -> Vec<u32> {
        let fits = |term: &&String| (term.chars().count() > 1) == long && said.contains(*term);
        let mut scores: Vec<(usize, usize, u32)> = names
            .iter()
            .map(|(line, name)| {
                let is_own =
                    |term: &&String| names.iter().all(|(other, terms)| other == line || !terms.contains(*term));
                let found = name.iter().filter(fits);
                (found.clone().count(), found.filter(is_own).count(), *line)
            })
            .filter(|(shared, ..)| *shared > 0)
            .collect();
        let mut own: Vec<u32> = scores.iter().filter(|(_, own, _)| *own > 0).map(|(.., line)| *line).collect();
        if long && own.len() > 1 {
            own.sort_unstable();
            return own;
        }
        scores.sort_by_key(|(shared, ..)| std::cmp::Reverse(*shared));
        match scores.as_slice() {
            [(.., line)] => vec![*line],
            [(best, _, line), (second, ..), ..] if best > second => vec![*line],
            _ => Vec::new(),
        }
    };
    if all {
        let is_own = |line: u32, term: &String| {
            said.contains(term) && names.iter().all(|(other, terms)| *other == line || !terms.contains(term))
        };
        let own = names.iter().filter(|(line, name)| name.iter().any(|term| is_own(*line, term)));
        let own: Vec<u32> = own.map(|(line, _)| *line).collect();
        if own.len() > 1 {
            return own;
        }
    }
    let long = shared(true);
    if long.is_empty() { shared(false) } else { long }
}

fn decide(turn: &mut Turn<'_>, flow: &mut Flow, said: &Said, order: &Order, awaiting: Option<Slot>) -> Progress {
    let numbered: Vec<String> =
        flow.items.iter().enumerate().map(|(index, (_, name))| format!("{}. {name}", index + 1)).collect();
    let Some(item) = flow.line.and_then(|line| order.item(line)) else {
        let slots = vec![("order".into(), order.number.clone()), ("items".into(), numbered.join("\n"))];
        questions::ask(turn, flow, Slot::Item, slots);
        return Progress::Asked;
    };
    let name = name_of(turn, item);
    let item_slot = vec![("item".to_owned(), name.clone())];
    let rules = &turn.playbook.flows;
    let asked = rules.asks.iter().find_map(|asked| match asked {
        AskedOfReturn::Kind => flow.kind.is_none().then_some(Slot::Kind),
        AskedOfReturn::Reason => flow.reason.is_none().then_some(Slot::Reason),
    });
    if let Some(slot) = asked {
        questions::ask(turn, flow, slot, item_slot);
        return Progress::Asked;
    }
    // What a shop does not ask is the most usual, until it is said.
    let (kind, reason) = (flow.kind.unwrap_or(ReturnKind::Return), flow.reason.unwrap_or(ReturnReason::ChangedMind));
    let wish = Wish { kind, reason, opened: flow.opened };
    match judge(&turn.playbook.returns, order, item, wish, turn.now) {
        Verdict::AskOpened => {
            questions::ask(turn, flow, Slot::Opened, item_slot);
            Progress::Asked
        }
        Verdict::No(rule) => {
            let faulty = Wish { reason: ReturnReason::Defective, ..wish };
            let fault_helps =
                matches!(judge(&turn.playbook.returns, order, item, faulty, turn.now), Verdict::Yes { .. });
            refuse(turn, order, Some(&name), &rule, fault_helps);
            turn.state.memory.refused =
                Some(Flow { awaiting: Some(Slot::Reason), said: item_slot, since: Some(turn.now.at), ..flow.clone() });
            Progress::Done
        }
        Verdict::Yes { .. }
            if rules.asks_wanted && kind == ReturnKind::Exchange && !reason.is_our_fault() && flow.wanted.is_none() =>
        {
            questions::ask(turn, flow, Slot::Wanted, item_slot);
            Progress::Asked
        }
        Verdict::Yes { send_by, postage_paid_by_shop } => {
            let answer = match awaiting {
                Some(Slot::Confirm) => confirmed(said),
                _ => (!rules.asks_confirm).then_some(true),
            };
            let card = ReturnCard {
                number: return_number(turn, order),
                order: order.number.clone(),
                item: name,
                kind,
                send_by,
                postage_paid_by_shop,
            };
            let shown = proposal(turn, flow, reason, &card);
            match answer {
                // A yes is one to what was shown.
                Some(true) if awaiting == Some(Slot::Confirm) && shown != flow.said => {
                    questions::ask(turn, flow, Slot::Confirm, shown);
                    Progress::Asked
                }
                Some(true) => open(turn, item, reason, flow, card),
                Some(false) if !changes_something(said) => {
                    turn.say("return_not_opened", &[], Extras::default());
                    turn.decide(Decision::Flow, "return not confirmed");
                    Progress::Done
                }
                _ => {
                    questions::ask(turn, flow, Slot::Confirm, shown);
                    Progress::Asked
                }
            }
        }
    }
}

/// What is asked behind a yes is answered first.
fn confirmed(said: &Said) -> Option<bool> {
    let slots = &said.understanding.slots;
    match &said.choice {
        Some(Choice::Slot { name, value }) if name == "confirm" => Some(value == "yes"),
        _ => slots.yes.filter(|yes| !yes || !slots.asks),
    }
}

fn changes_something(said: &Said) -> bool {
    let slots = &said.understanding.slots;
    slots.kind.is_some()
        || slots.reason.is_some()
        || slots.opened.is_some()
        || slots.correction
        || !slots.variants.is_empty()
}

/// What fills the words of the last question.
fn proposal(turn: &mut Turn<'_>, flow: &Flow, reason: ReturnReason, card: &ReturnCard) -> Vec<(String, String)> {
    let kind = match (&flow.wanted, card.kind) {
        (Some(wanted), ReturnKind::Exchange) => turn.words("kind_exchange_wanted", &[("wanted", wanted)]),
        _ => turn.words(kind_key(card.kind), &[]),
    };
    let reason = turn.words(&format!("reason_{}", reason.as_str()), &[]);
    let postage = turn.words(postage_key(card), &[]);
    let slots = [("item", card.item.clone()), ("kind", kind), ("reason", reason), ("postage", postage)];
    slots.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn kind_key(kind: ReturnKind) -> &'static str {
    match kind {
        ReturnKind::Return => "kind_return",
        ReturnKind::Exchange => "kind_exchange",
    }
}

fn postage_key(card: &ReturnCard) -> &'static str {
    if card.postage_paid_by_shop { "postage_shop" } else { "postage_shopper" }
}

/// `R`, the order's digits and a running number: unique because an order's returns are counted in the same turn.
fn return_number(turn: &Turn<'_>, order: &Order) -> String {
    let digits: String = order.number.chars().filter(char::is_ascii_digit).collect();
    format!("R{digits}-{}", returns_of(turn, order).len() + 1)
}

fn open(turn: &mut Turn<'_>, item: &Item, reason: ReturnReason, flow: &Flow, card: ReturnCard) -> Progress {
    let wanted = flow.wanted.clone().filter(|_| card.kind == ReturnKind::Exchange);
    let send_by = wording::iso_day(turn.playbook, turn.lang(), &card.send_by, turn.now);
    let postage = turn.words(postage_key(&card), &[]);
    let slots = [
        ("number", card.number.as_str()),
        ("item", card.item.as_str()),
        ("send_by", send_by.as_str()),
        ("postage", postage.as_str()),
        ("wanted", wanted.as_deref().unwrap_or_default()),
    ];
    let key = match (card.kind, &wanted) {
        (ReturnKind::Return, _) => "return_opened",
        (ReturnKind::Exchange, None) => "exchange_opened",
        (ReturnKind::Exchange, Some(_)) => "exchange_opened_wanted",
    };
    let draft = DraftReturn {
        number: card.number.clone(),
        order: card.order.clone(),
        line: item.line,
        sku: item.sku.clone(),
        kind: card.kind,
        reason,
        wanted: wanted.clone(),
        pictures: flow.pictures,
        at: turn.now.at,
    };
    let text = turn.words(key, &slots);
    turn.effect(Effect::OpenReturn(draft));
    let body =
        EntryBody::ReturnOpened { number: card.number.clone(), order: card.order.clone(), pictures: flow.pictures };
    turn.append(None, Author::Bot, body);
    turn.state.memory.tried.push(Tried::ReturnOpened { number: card.number.clone() });
    turn.say_text(text, Extras { card: Some(Card::Return(card)), buttons: Vec::new() });
    turn.decide(Decision::Flow, "return opened");
    Progress::Done
}

/// No, with the rule that says so and what is possible instead.
fn refuse(turn: &mut Turn<'_>, order: &Order, item: Option<&str>, rule: &Rule, fault_helps: bool) {
    let (days, allowed) = match rule {
        Rule::TooLate { days, allowed } => (days.to_string(), allowed.to_string()),
        _ => Default::default(),
    };
    let key = rule.reply_key();
    let slots = [
        ("order", order.number.as_str()),
        ("item", item.unwrap_or_default()),
        ("days", days.as_str()),
        ("allowed", allowed.as_str()),
    ];
    let mut buttons: Vec<Button> = Vec::new();
    if fault_helps {
        buttons.push(turn.slot_button("button_reason_defective", "reason", "defective"));
    }
    buttons.push(turn.human_button());
    turn.say(&key, &slots, Extras { buttons, card: None });
    turn.state.memory.tried.push(Tried::ReturnRefused { order: order.number.clone(), rule: key.clone() });
    turn.decide(Decision::Flow, format!("return refused: {key}"));
}
