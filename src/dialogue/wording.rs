//! Words from the playbook: picks a variant, fills slots, writes dates as the reader does.

use crate::domain::{Lang, Now, UnixMs, playbook::Playbook};

/// Variant number `nth` (they take turns) of a reply with `{slots}` filled, and the first slot nobody filled.
pub fn reply(
    playbook: &Playbook,
    lang: Lang,
    key: &str,
    nth: usize,
    slots: &[(&str, &str)],
) -> Option<(String, Option<String>)> {
    let variants = lang
        .nearest()
        .into_iter()
        .find_map(|lang| playbook.replies.exact(lang).and_then(|replies| replies.get(key)))?;
    let variant = variants.get(nth % variants.len().max(1))?;
    Some(fill(variant, slots))
}

/// Replaces `{name}`; what a value contains is never read as a slot again.
fn fill(template: &str, slots: &[(&str, &str)]) -> (String, Option<String>) {
    let mut text = String::with_capacity(template.len());
    let mut missing = None;
    let mut rest = template;
    while let Some(start) = rest.find('{') {
        let Some(length) = rest[start..].find('}') else { break };
        text.push_str(&rest[..start]);
        let name = &rest[start + 1..start + length];
        match slots.iter().find(|(slot, _)| *slot == name) {
            Some((_, value)) => text.push_str(value),
            None => missing = Some(name.to_owned()),
        }
        rest = &rest[start + length + 1..];
    }
    text.push_str(rest);
    (text, missing)
}

/// A day in the reader's words: today, tomorrow and yesterday by name, others as the language writes dates.
pub fn day(playbook: &Playbook, lang: Lang, at: UnixMs, now: &Now) -> String {
    let named = match now.days_since(at) {
        0 => Some("day_today"),
        1 => Some("day_yesterday"),
        -1 => Some("day_tomorrow"),
        _ => None,
    };
    let date = now.day_of(at);
    let month = usize::try_from(date.month()).unwrap_or(1);
    let month_name = reply(playbook, lang, "month_names", month - 1, &[]).map(|(name, _)| name).unwrap_or_default();
    let (month, day) = (date.month().to_string(), date.day().to_string());
    let slots = [("month", month.as_str()), ("month_name", month_name.as_str()), ("day", day.as_str())];
    reply(playbook, lang, named.unwrap_or("day_date"), 0, &slots).map(|(text, _)| text).unwrap_or_default()
}

/// The same for an ISO date.
pub fn iso_day(playbook: &Playbook, lang: Lang, iso: &str, now: &Now) -> String {
    iso.parse::<jiff::civil::Date>()
        .ok()
        .and_then(|date| date.to_zoned(now.zone.clone()).ok())
        .map(|start| day(playbook, lang, start.timestamp().as_millisecond(), now))
        .unwrap_or_else(|| iso.to_owned())
}

#[cfg(test)]
mod tests {
    use super::fill;

    #[test]
    fn a_value_that_looks_like_a_slot_stays_as_it_is() {
        assert_eq!(
            fill("{name}, order {order}", &[("name", "{order}"), ("order", "1")]),
            ("{order}, order 1".into(), None)
        );
    }

    #[test]
    fn a_missing_slot_is_named_and_the_rest_still_said() {
        assert_eq!(fill("Hi {name}!", &[]), ("Hi !".into(), Some("name".into())));
    }
}
