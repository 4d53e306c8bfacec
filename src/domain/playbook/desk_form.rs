//! The part of `playbook/desk.toml` that staff edit by a form: one inbox's way, hours and promises. What is said around it
//! (comments, other inboxes, routes) stays as it was written.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use toml_edit::{ArrayOfTables, DocumentMut, Item, Table, value};

use super::{
    SourceFile, desk_rules,
    toml_edits::{list, set},
};
use crate::domain::{
    Way,
    playbook::InboxRules,
    sentence::{Sentence, sentence},
};

/// As the file says it; what it leaves out is what then counts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct InboxForm {
    pub way: Way,
    pub capacity: i64,
    pub offer_seconds: i64,
    pub overflow_minutes: i64,
    pub previous_first: bool,
    /// By `mon` to `sun`; absent: always open.
    pub hours: Option<BTreeMap<String, Vec<String>>>,
    pub holidays: Vec<String>,
    /// By day.
    pub special: BTreeMap<String, Vec<String>>,
    pub sla: Vec<SlaForm>,
}

/// One promise; minutes are absent where nothing is promised.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SlaForm {
    pub min_priority: i64,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tiers: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub channels: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_response_minutes: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_response_minutes: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolution_minutes: Option<i64>,
    pub around_the_clock: bool,
}

impl Default for InboxForm {
    fn default() -> Self {
        let usual = InboxRules::default();
        InboxForm {
            way: usual.way,
            capacity: usual.capacity,
            offer_seconds: usual.offer_ms / 1_000,
            overflow_minutes: usual.overflow_ms / 60_000,
            previous_first: usual.previous_first,
            hours: None,
            holidays: Vec::new(),
            special: BTreeMap::new(),
            sla: Vec::new(),
        }
    }
}

/// What is wrong with one field, such as `capacity`, `hours.mon`, `sla.0`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldProblem {
    pub field: String,
    #[serde(flatten)]
    pub message: Sentence,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Whole {
    inbox: BTreeMap<String, InboxForm>,
}

/// Writes one field into an inbox's table.
type Put<'a> = Box<dyn Fn(&mut Table) + 'a>;

impl InboxForm {
    /// From a file that is valid; an inbox that it does not name is as usual.
    pub fn read(text: &str, inbox: &str) -> InboxForm {
        let mut whole: Whole = toml::from_str(text).unwrap_or_default();
        whole.inbox.remove(inbox).unwrap_or_default()
    }

    /// The file with this form in the place of what it said of the inbox.
    ///
    /// # Errors
    /// Every field that is wrong, told as the file's own mistakes are.
    pub fn write(&self, text: &str, inbox: &str) -> Result<String, Vec<FieldProblem>> {
        let whole = |message: Sentence| vec![FieldProblem { field: "file".into(), message }];
        let mut document: DocumentMut = text.parse().map_err(|error| whole(Sentence::english(error)))?;
        let table =
            inbox_of(&mut document, inbox).ok_or_else(|| whole(sentence!("[inbox] is no table in this file")))?;
        for gone in ["hours", "holidays", "special", "sla"] {
            table.remove(gone);
        }
        let mut problems = Vec::new();
        for (field, put) in self.fields() {
            let mut tried = document.clone();
            let Some(table) = inbox_of(&mut tried, inbox) else { continue };
            put(table);
            match mistake(&tried) {
                None => document = tried,
                Some(message) => problems.push(FieldProblem { field, message }),
            }
        }
        let told: Vec<String> = problems.iter().map(|problem| problem.field.clone()).collect();
        problems.extend(self.pointless().into_iter().filter(|problem| !told.contains(&problem.field)));
        if problems.is_empty() { Ok(document.to_string()) } else { Err(problems) }
    }

    /// What a file may say and nobody means who fills in a form.
    fn pointless(&self) -> Vec<FieldProblem> {
        let mut problems = Vec::new();
        let is_ever_open = |hours: &BTreeMap<String, Vec<String>>| hours.values().any(|spans| !spans.is_empty());
        if self.hours.as_ref().is_some_and(|hours| !is_ever_open(hours) && !is_ever_open(&self.special)) {
            let message = sentence!("no day has hours: the desk would never be open");
            problems.push(FieldProblem { field: "hours".into(), message });
        }
        for (at, sla) in self.sla.iter().enumerate() {
            let field = format!("sla.{at}");
            // Before one that promises something, it is an exception from it.
            if self.sla[at..].iter().all(|later| !later.promises()) {
                let message = sentence!("this promises nothing: write minutes, or remove it");
                problems.push(FieldProblem { field, message });
            } else if let Some(number) = self.sla[..at].iter().position(|earlier| earlier.covers(sla)) {
                let message = sentence!(
                    "this never counts: promise {number} above fits whoever this one fits",
                    number = number + 1
                );
                problems.push(FieldProblem { field, message });
            }
        }
        problems
    }

    /// Each with how it gets into the inbox's table; hours before what needs them.
    fn fields(&self) -> Vec<(String, Put<'_>)> {
        let way = match self.way {
            Way::Pull => "pull",
            Way::LeastLoaded => "least_loaded",
            Way::RoundRobin => "round_robin",
        };
        let mut fields: Vec<(String, Put<'_>)> = Vec::new();
        let mut put = |name: &'static str, item: Item| {
            fields.push((name.into(), Box::new(move |table: &mut Table| set(table, name, item.clone()))));
        };
        put("way", value(way));
        put("capacity", value(self.capacity));
        put("offer_seconds", value(self.offer_seconds));
        put("overflow_minutes", value(self.overflow_minutes));
        put("previous_first", value(self.previous_first));
        if let Some(hours) = &self.hours {
            put("hours", Item::Table(Table::new()));
            for (day, spans) in hours {
                let put = move |table: &mut Table| {
                    if let Some(hours) = table.get_mut("hours").and_then(Item::as_table_mut) {
                        hours.insert(day, value(list(spans)));
                    }
                };
                fields.push((format!("hours.{day}"), Box::new(put)));
            }
        }
        if !self.holidays.is_empty() {
            fields.push((
                "holidays".into(),
                Box::new(|table: &mut Table| set(table, "holidays", value(list(&self.holidays)))),
            ));
        }
        for (day, spans) in &self.special {
            let put = move |table: &mut Table| {
                let special = table.entry("special").or_insert_with(|| Item::Table(Table::new()));
                if let Some(special) = special.as_table_mut() {
                    special.insert(day, value(list(spans)));
                }
            };
            fields.push((format!("special.{day}"), Box::new(put)));
        }
        for (at, sla) in self.sla.iter().enumerate() {
            let put = move |table: &mut Table| {
                let all = table.entry("sla").or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new()));
                if let Some(all) = all.as_array_of_tables_mut() {
                    all.push(sla.table());
                }
            };
            fields.push((format!("sla.{at}"), Box::new(put)));
        }
        fields
    }
}

impl SlaForm {
    fn promises(&self) -> bool {
        [self.first_response_minutes, self.next_response_minutes, self.resolution_minutes].iter().any(Option::is_some)
    }

    /// Whether it fits whoever `other` fits.
    fn covers(&self, other: &SlaForm) -> bool {
        let has = |mine: &[String], theirs: &[String]| {
            mine.is_empty() || (!theirs.is_empty() && theirs.iter().all(|one| mine.contains(one)))
        };
        self.min_priority <= other.min_priority
            && has(&self.tiers, &other.tiers)
            && has(&self.channels, &other.channels)
    }

    fn table(&self) -> Table {
        let mut table = Table::new();
        if self.min_priority != 0 {
            table.insert("min_priority", value(self.min_priority));
        }
        for (name, some) in [("tiers", &self.tiers), ("channels", &self.channels)] {
            if !some.is_empty() {
                table.insert(name, value(list(some)));
            }
        }
        for (name, minutes) in [
            ("first_response_minutes", self.first_response_minutes),
            ("next_response_minutes", self.next_response_minutes),
            ("resolution_minutes", self.resolution_minutes),
        ] {
            if let Some(minutes) = minutes {
                table.insert(name, value(minutes));
            }
        }
        if self.around_the_clock {
            table.insert("around_the_clock", value(true));
        }
        table
    }
}

/// `None` where the file has something else in its place.
fn inbox_of<'a>(document: &'a mut DocumentMut, inbox: &str) -> Option<&'a mut Table> {
    let inboxes = document.entry("inbox").or_insert_with(|| {
        let mut table = Table::new();
        table.set_implicit(true);
        Item::Table(table)
    });
    inboxes.as_table_mut()?.entry(inbox).or_insert_with(|| Item::Table(Table::new())).as_table_mut()
}

fn mistake(document: &DocumentMut) -> Option<Sentence> {
    let file = SourceFile { path: "playbook/desk.toml".into(), text: document.to_string() };
    desk_rules::parse(&file).err().map(|error| error.message)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHIPPED: &str = include_str!("../../../playbook/desk.toml");

    #[test]
    fn what_is_written_is_read_again_and_everything_else_stays() {
        let mut form = InboxForm::read(SHIPPED, "shop");
        assert_eq!((form.way, form.capacity, form.hours.as_ref()), (Way::Pull, 8, None));
        assert_eq!(form.write(SHIPPED, "shop").as_deref(), Ok(SHIPPED), "nothing changed, nothing written");
        form.way = Way::RoundRobin;
        form.capacity = 5;
        form.hours = Some([("mon".to_owned(), vec!["09:00-12:00".to_owned(), "13:00-18:00".to_owned()])].into());
        form.holidays = vec!["2026-02-16/2026-02-20".into()];
        form.special = [("2026-11-11".to_owned(), vec!["08:00-24:00".to_owned()])].into();
        form.sla = vec![
            SlaForm { min_priority: 200, first_response_minutes: Some(2), ..SlaForm::default() },
            SlaForm { resolution_minutes: Some(480), around_the_clock: true, ..SlaForm::default() },
        ];
        let text = format!("{SHIPPED}\n[[route]]\nteam = \"returns\" # theirs\n");
        let written = form.write(&text, "shop").expect("valid");
        assert_eq!(InboxForm::read(&written, "shop"), form);
        assert!(written.contains("way = \"round_robin\"\n") && written.contains("# pull          agents take"));
        assert!(written.contains("team = \"returns\" # theirs"), "{written}");
        // Taken out again.
        let plain = InboxForm::read(SHIPPED, "shop");
        let again = plain.write(&written, "shop").expect("valid");
        assert_eq!(InboxForm::read(&again, "shop"), plain, "{again}");
        let other = InboxForm { capacity: 3, ..InboxForm::default() }.write(&written, "second").expect("valid");
        assert_eq!(InboxForm::read(&other, "second").capacity, 3);
        assert_eq!(InboxForm::read(&other, "shop"), form);
    }

    #[test]
    fn each_field_tells_its_own_mistake() {
        let form = InboxForm {
            capacity: 0,
            offer_seconds: 5,
            hours: Some([("mon".to_owned(), vec!["9-18".to_owned()]), ("tue".to_owned(), vec![])].into()),
            holidays: vec!["May".into()],
            sla: vec![
                SlaForm { min_priority: 1, ..SlaForm::default() },
                SlaForm { first_response_minutes: Some(0), ..SlaForm::default() },
                SlaForm::default(),
            ],
            ..InboxForm::default()
        };
        let problems = form.write(SHIPPED, "shop").expect_err("mistakes");
        let fields: Vec<_> = problems.iter().map(|problem| problem.field.as_str()).collect();
        assert_eq!(fields, ["capacity", "offer_seconds", "hours.mon", "holidays", "sla.1", "sla.2"], "{problems:?}");
        assert!(problems[0].message.to_string().contains("1 to 200"));
    }

    #[test]
    fn what_would_never_count_is_refused() {
        let told = |form: &InboxForm| {
            let problems = form.write(SHIPPED, "shop").err().unwrap_or_default();
            problems.iter().map(|problem| format!("{}: {}", problem.field, problem.message)).collect::<Vec<_>>()
        };
        let closed = InboxForm { hours: Some(BTreeMap::new()), ..InboxForm::default() };
        assert_eq!(told(&closed), ["hours: no day has hours: the desk would never be open"]);
        let special = [("2026-11-11".to_owned(), vec!["08:00-24:00".to_owned()])].into();
        assert!(told(&InboxForm { special, ..closed }).is_empty(), "open on one day");
        let sla = |min_priority, channels: &[&str], minutes: Option<i64>| SlaForm {
            min_priority,
            channels: channels.iter().map(|one| (*one).to_owned()).collect(),
            first_response_minutes: minutes,
            ..SlaForm::default()
        };
        let form = |sla: Vec<SlaForm>| InboxForm { sla, ..InboxForm::default() };
        let fine = [sla(200, &[], Some(2)), sla(0, &["mail", "phone"], None), sla(0, &[], Some(9))];
        assert!(told(&form(fine.to_vec())).is_empty(), "an exception, then the rest: {:?}", told(&form(fine.to_vec())));
        assert_eq!(
            told(&form(vec![sla(0, &[], Some(9)), sla(200, &["mail"], Some(2))])),
            ["sla.1: this never counts: promise 1 above fits whoever this one fits"]
        );
        let nothing = form(vec![sla(0, &[], Some(9)), sla(200, &["mail"], None)]);
        assert_eq!(told(&nothing), ["sla.1: this promises nothing: write minutes, or remove it"]);
    }
}
