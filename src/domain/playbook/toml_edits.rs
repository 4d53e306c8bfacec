//! Changes to a TOML file that staff make by a form: values in their places, comments as they were written.

use toml_edit::{Array, Item, Table, Value};

/// In place: what stands before and behind the value stays.
pub(super) fn set(table: &mut Table, name: &str, item: Item) {
    match (table.get_mut(name), item) {
        (Some(Item::Value(old)), Item::Value(mut new)) => {
            *new.decor_mut() = old.decor().clone();
            *old = new;
        }
        (_, item) => {
            table.insert(name, item);
        }
    }
}

pub(super) fn list(texts: &[String]) -> Array {
    texts.iter().map(|text| Value::from(text.as_str())).collect()
}

/// A list with a line for each text; see [`set_items`].
pub(super) fn set_lines(table: &mut Table, name: &str, wanted: &[String]) {
    set_items(table, name, wanted, |value, text| value.as_str() == Some(text), |text| Value::from(text.as_str()));
}

/// A list with a line for each of these. Those that were there keep how they are written and the comment above them; what is
/// changed in its place keeps the comment. A list that says the same is left alone.
pub(super) fn set_items<T>(
    table: &mut Table,
    name: &str,
    wanted: &[T],
    says: impl Fn(&Value, &T) -> bool,
    written: impl Fn(&T) -> Value,
) {
    let old = table.get(name).and_then(Item::as_array);
    let before: Vec<Value> = old.into_iter().flatten().cloned().collect();
    if before.len() == wanted.len() && before.iter().zip(wanted).all(|(old, new)| says(old, new)) {
        return;
    }
    let mut lines = Array::new();
    // Where the next one would stand if it were one of before in other words.
    let mut next = 0;
    for one in wanted {
        let known = before.iter().position(|value| says(value, one));
        let changed = before.get(next).filter(|value| !wanted.iter().any(|one| says(value, one)));
        let value = match (known, changed) {
            (Some(at), _) => {
                next = at + 1;
                before[at].clone()
            }
            (None, Some(changed)) => {
                next += 1;
                let mut value = written(one);
                *value.decor_mut() = changed.decor().clone();
                value
            }
            (None, None) => written(one).decorated("\n  ", ""),
        };
        lines.push_formatted(value);
    }
    match old {
        Some(old) if !before.is_empty() => {
            lines.set_trailing(old.trailing().clone());
            lines.set_trailing_comma(old.trailing_comma() || wanted.len() > before.len());
        }
        _ => {
            lines.set_trailing("\n");
            lines.set_trailing_comma(!wanted.is_empty());
        }
    }
    set(table, name, Item::Value(Value::Array(lines)));
}
