//! Promises in agents' messages: that somebody will come back to the shopper, and by when. Pure.

use jiff::{ToSpan, civil::Date, civil::Time};
use regex::Captures;

use crate::{
    domain::{
        LooseDate, Now, UnixMs,
        loose_date::Days,
        playbook::{DateWords, PartOfDay, PromiseRules},
    },
    language::normalise,
    nlu::{find_days, number_said},
};

/// What was promised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Promised {
    /// The sentence, as typed.
    pub said: String,
    /// By when, later than now.
    pub due_at: UnixMs,
    /// A message before this goes on with the conversation; the news that was promised comes later.
    pub counts_from: UnixMs,
}

const MINUTE_MS: UnixMs = 60_000;
/// Later than this is no promise somebody waits for.
const FAR_DAYS: i64 = 31;

/// The earliest promise of a message.
pub fn find(rules: &PromiseRules, dates: &DateWords, text: &str, now: &Now) -> Option<Promised> {
    let promised = sentences(text).filter_map(|sentence| {
        let normal = normalise(sentence);
        let is_one = rules.says.is_match(&normal) && !rules.unless.is_match(&normal);
        let due_at = is_one.then(|| due(rules, dates, &normal, now)).flatten()?;
        // Half-way on: "one moment, please" a few minutes later keeps nothing. Whoever kept it sooner says so by hand.
        let counts_from = now.at + (due_at - now.at) / 2;
        Some(Promised { said: sentence.trim().to_owned(), due_at, counts_from })
    });
    promised.min_by_key(|promised| promised.due_at)
}

/// Cut where one ends; a full stop only where white space or nothing follows, so that 6.30 stays whole.
fn sentences(text: &str) -> impl Iterator<Item = &str> {
    let is_end = |(at, sign): &(usize, char)| match sign {
        '\u{3002}' | '\u{ff01}' | '\u{ff1f}' | '\u{ff1b}' | '!' | '?' | ';' | '\n' => true,
        '.' => text[at + 1..].chars().next().is_none_or(char::is_whitespace),
        _ => false,
    };
    let ends: Vec<usize> = text.char_indices().filter(is_end).map(|(at, sign)| at + sign.len_utf8()).collect();
    let starts: Vec<usize> = std::iter::once(0).chain(ends.iter().copied()).collect();
    let ends = ends.into_iter().chain([text.len()]);
    starts.into_iter().zip(ends).map(|(start, end)| &text[start..end]).filter(|sentence| !sentence.trim().is_empty())
}

fn due(rules: &PromiseRules, dates: &DateWords, sentence: &str, now: &Now) -> Option<UnixMs> {
    let at = match on_a_day(rules, dates, sentence, now) {
        Some(at) => at,
        None => now.at + in_minutes(rules, dates, sentence)? * MINUTE_MS,
    };
    (at > now.at && at - now.at <= FAR_DAYS * crate::domain::time::DAY_MS).then_some(at)
}

fn in_minutes(rules: &PromiseRules, dates: &DateWords, sentence: &str) -> Option<i64> {
    rules.spans.iter().find_map(|(regex, minutes)| {
        let said = regex.captures(sentence)?;
        match group(&said, "n").or_else(|| group(&said, "n2")) {
            // "Within the hour".
            Some(number) => Some(minutes * i64::from(number_said(dates, number).unwrap_or(1))),
            None => Some(*minutes),
        }
    })
}

/// `None` where neither a day, nor a part of it, nor an hour is named.
fn on_a_day(rules: &PromiseRules, dates: &DateWords, sentence: &str, now: &Now) -> Option<UnixMs> {
    let named = named_day(rules, dates, sentence, now.today());
    let part = rules.parts.iter().find(|part| part.regex.is_match(sentence));
    let clock = rules.clock.iter().find_map(|regex| regex.captures(sentence));
    let hour = clock.as_ref().and_then(|said| hour_of(rules, dates, said, part));
    let time = match (hour, part) {
        (Some(time), _) => time,
        (None, Some(part)) => part.until,
        (None, None) if named.is_some() && in_minutes(rules, dates, sentence).is_none() => rules.day_ends,
        (None, None) => return None,
    };
    let moment = |day: Date, time: Time| Some(day.to_datetime(time).to_zoned(now.zone.clone()).ok()?.timestamp());
    let at = moment(named.unwrap_or_else(|| now.today()), time)?.as_millisecond();
    if at > now.at || named.is_some() {
        return Some(at);
    }
    // "By nine", said at ten in the morning.
    let later = if time.hour() < 12 { time.checked_add(12.hours()).ok() } else { None };
    let at = moment(now.today(), later?)?.as_millisecond();
    (at > now.at).then_some(at)
}

fn hour_of(rules: &PromiseRules, dates: &DateWords, said: &Captures<'_>, part: Option<&PartOfDay>) -> Option<Time> {
    let hour = i8::try_from(number_said(dates, group(said, "hour")?)?).ok()?;
    let minute = match (group(said, "minute"), group(said, "half")) {
        (Some(minute), _) => minute.parse().ok()?,
        (None, Some(_)) => 30,
        (None, None) => 0,
    };
    let says_morning = said.get(0)?.as_str().contains("am") || said.get(0)?.as_str().contains("a.m");
    if hour == 12 && part.is_some_and(|part| part.late && part.until > rules.day_ends) {
        // Twelve at night: of this day still.
        return Time::new(23, 59, 0, 0).ok();
    }
    let is_late = part.is_some_and(|part| part.late)
        || group(said, "late").is_some()
        || (part.is_none() && !says_morning && group(said, "minute").is_none() && hour < rules.afternoon_below);
    let hour = if is_late && hour < 12 { hour + 12 } else { hour };
    Time::new(hour, minute, 0, 0).ok()
}

/// The first day that is named and is not over.
fn named_day(rules: &PromiseRules, dates: &DateWords, sentence: &str, today: Date) -> Option<Date> {
    let found = find_days(dates, sentence).into_iter().find_map(|(_, day)| ahead(day, today));
    let weekday = || {
        let said = rules.weekdays.iter().find_map(|regex| regex.captures(sentence))?;
        let (first, last) = *dates.weekdays.get(group(&said, "weekday")?)?;
        ahead(LooseDate::Weekdays { first, last, weeks_ago: None }, today)
    };
    let of_month = || {
        let said = rules.days_of_month.iter().find_map(|regex| regex.captures(sentence))?;
        let day: i8 = group(&said, "day")?.parse().ok()?;
        let months = [today.first_of_month(), today.last_of_month().tomorrow().ok()?];
        months.into_iter().filter_map(|month| month.with().day(day).build().ok()).find(|day| *day >= today)
    };
    let month_ends = || rules.month_ends.is_match(sentence).then(|| today.last_of_month());
    found.or_else(weekday).or_else(of_month).or_else(month_ends)
}

/// The last day that is meant, where what was said lies ahead: for dates the past would read otherwise.
fn ahead(day: LooseDate, today: Date) -> Option<Date> {
    let days: Option<Days> = match day {
        LooseDate::Weekdays { first, last, weeks_ago: None } => {
            let of_week = |weeks: i32| {
                LooseDate::Weekdays { first, last, weeks_ago: Some(-weeks) }.days(today).into_iter().next()
            };
            [0, 1].into_iter().filter_map(of_week).find(|days| days.last >= today)
        }
        day => day.days(today).into_iter().next(),
    };
    days.map(|days| days.last).filter(|day| *day >= today)
}

fn group<'t>(said: &Captures<'t>, name: &str) -> Option<&'t str> {
    said.name(name).map(|found| found.as_str())
}

#[cfg(test)]
mod tests {
    use jiff::{Timestamp, tz::TimeZone};

    use super::*;
    use crate::domain::playbook::testing::playbook;

    /// Sunday, 2026-11-22, 14:00 in Taipei.
    fn now() -> Now {
        let zone = TimeZone::get("Asia/Taipei").expect("the zone is bundled");
        let at = jiff::civil::date(2026, 11, 22).at(14, 0, 0, 0).to_zoned(zone.clone()).expect("a moment");
        Now { at: at.timestamp().as_millisecond(), zone }
    }

    /// Day and time by when; empty for none.
    fn due(text: &str) -> String {
        let (playbook, now) = (playbook(), now());
        let rules = playbook.promises.as_ref().expect("the file is there");
        find(rules, &playbook.slots.dates, text, &now).map_or(String::new(), |promised| {
            let at = Timestamp::from_millisecond(promised.due_at).expect("a moment").to_zoned(now.zone.clone());
            at.strftime("%d %H:%M").to_string()
        })
    }

    #[test]
    fn promises_are_heard_in_three_languages() {
        for (said, expected) in [
            ("我今天 18:00 前回覆您", "22 18:00"),
            ("明天上午給您答覆，請放心", "23 12:00"),
            ("我先跟您核實，下午三點半回電給您", "22 15:30"),
            ("二十分钟内回您", "22 14:20"),
            ("问过仓库，半小时内给您消息", "22 14:30"),
            ("周三前通知您结果", "25 18:00"),
            ("收到，處理中，最慢明天回您", "23 18:00"),
            ("主管三點會親自打給您", "22 15:00"),
            ("稍後回覆您", "22 15:00"),
            ("明早一早聯絡您", "23 10:00"),
            ("已登记，维修师傅今天18点前联系您", "22 18:00"),
            ("I'll get back to you by 6pm", "22 18:00"),
            ("Let me check. I'll call you within the hour.", "22 15:00"),
            ("You'll have an answer by 3.", "22 15:00"),
            ("I've asked my manager and she'll call you tomorrow before noon", "23 13:00"),
            ("I will email you by Friday", "27 18:00"),
            ("今晚八點前回覆您", "22 20:00"),
            ("明早九點前回覆您", "23 09:00"),
            ("明晚10点前给您答复", "23 22:00"),
            ("今晚八点前搞定并通知您", "22 20:00"),
            ("今晚十二點前回覆您", "22 23:59"),
            ("晚一点回您", "22 15:00"),
            ("早点回您，最晚八点", "22 20:00"),
            ("週五下班前會有同事跟您聯絡", "27 18:00"),
            ("最晚星期三回覆", "25 18:00"),
            ("十分钟后我给您回话", "22 14:10"),
            ("周末前给您回电", "22 18:00"),
            ("下午 3 點半以前會 mail 您", "22 15:30"),
            ("27 號前回覆您", "27 18:00"),
            ("5號前回覆您", "05 18:00"),
            ("月底前回覆您", "30 18:00"),
            ("等等回您", "22 15:00"),
            ("今天五點前會再跟您確認", "22 17:00"),
            ("晚點跟您說", "22 15:00"),
            ("I'll come back to you this afternoon", "22 18:00"),
            ("I'll come back to you by 5pm", "22 17:00"),
            ("I'll ping you tomorrow morning", "23 12:00"),
            ("I'll be back with news within the next two hours", "22 16:00"),
            ("Give me till 4 and I'll let you know", "22 16:00"),
            ("I'll get back to you by the 26th", "26 18:00"),
            ("Expect a call from me around 5pm", "22 17:00"),
            ("I'll get back to you in about 5 minutes", "22 14:05"),
            ("We'll let you know in 20 minutes", "22 14:20"),
        ] {
            assert_eq!(due(said), expected, "{said}");
        }
    }

    #[test]
    fn what_is_no_promise_is_left_alone() {
        for said in [
            "包裹明天下午到",
            "請您明天回覆我",
            "我今天已經回覆您了",
            "週三可以到店取貨",
            "昨天回覆您的信有收到嗎",
            "It arrives tomorrow before 6pm",
            "Could you call us by 6pm?",
            "I'll get back to you",
            "您要今天還是明天送？",
            "The courier will call you between 2 and 4pm",
            "七天內會退回您的帳戶",
        ] {
            assert_eq!(due(said), "", "{said}");
        }
    }

    #[test]
    fn the_sentence_is_kept_as_typed_and_messages_count_from_half_way_on() {
        let (playbook, now) = (playbook(), now());
        let rules = playbook.promises.as_ref().expect("the file is there");
        let text = "Sorry about that. I'll get back to you by 6pm! Bye.";
        let promised = find(rules, &playbook.slots.dates, text, &now).expect("a promise");
        assert_eq!(promised.said, "I'll get back to you by 6pm!");
        assert_eq!(promised.counts_from, now.at + 120 * MINUTE_MS);
        let short = find(rules, &playbook.slots.dates, "2分钟内回复您", &now).expect("a promise");
        assert_eq!(short.counts_from, now.at + MINUTE_MS);
    }
}
