//! Reading columns into domain values. A value that cannot be read is named, never guessed.

use serde::{Serialize, de::DeserializeOwned};
use sqlx::{Row, any::AnyRow};

use super::StoreError;
use crate::domain::{Agent, AgentRef, Lang, Status, ids::AgentId};

pub(super) fn text(row: &AnyRow, column: &str) -> Result<String, StoreError> {
    row.try_get(column).map_err(|error| unreadable(column, &error))
}

pub(super) fn maybe_text(row: &AnyRow, column: &str) -> Result<Option<String>, StoreError> {
    row.try_get(column).map_err(|error| unreadable(column, &error))
}

pub(super) fn int(row: &AnyRow, column: &str) -> Result<i64, StoreError> {
    row.try_get(column).map_err(|error| unreadable(column, &error))
}

pub(super) fn maybe_int(row: &AnyRow, column: &str) -> Result<Option<i64>, StoreError> {
    row.try_get(column).map_err(|error| unreadable(column, &error))
}

pub(super) fn json<T: DeserializeOwned>(row: &AnyRow, column: &str) -> Result<T, StoreError> {
    serde_json::from_str(&text(row, column)?).map_err(|error| unreadable(column, &error))
}

pub(super) fn maybe_json<T: DeserializeOwned>(row: &AnyRow, column: &str) -> Result<Option<T>, StoreError> {
    maybe_text(row, column)?
        .map(|text| serde_json::from_str(&text).map_err(|error| unreadable(column, &error)))
        .transpose()
}

pub(super) fn to_json<T: Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| unreadable("value", &error))
}

/// Text that somebody typed, as both databases can keep it: PostgreSQL knows no U+0000.
pub(super) fn storable(text: &str) -> String {
    text.replace('\0', "")
}

/// A fieldless enum, stored as the name serde gives it.
pub(super) fn name<T: DeserializeOwned>(row: &AnyRow, column: &str) -> Result<T, StoreError> {
    from_name(column, text(row, column)?)
}

pub(super) fn maybe_name<T: DeserializeOwned>(row: &AnyRow, column: &str) -> Result<Option<T>, StoreError> {
    maybe_text(row, column)?.map(|text| from_name(column, text)).transpose()
}

fn from_name<T: DeserializeOwned>(column: &str, name: String) -> Result<T, StoreError> {
    serde_json::from_value(serde_json::Value::String(name)).map_err(|error| unreadable(column, &error))
}

/// The name serde gives a fieldless enum.
pub(super) fn to_name<T: Serialize>(value: &T) -> Result<String, StoreError> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(name)) => Ok(name),
        Ok(other) => Err(StoreError::Unreadable(format!("{other} is not a name"))),
        Err(error) => Err(unreadable("value", &error)),
    }
}

pub(super) fn lang(row: &AnyRow) -> Result<Lang, StoreError> {
    text(row, "lang")?.parse().map_err(|error: String| StoreError::Unreadable(error))
}

pub(super) fn status(row: &AnyRow) -> Result<Status, StoreError> {
    name(row, "status")
}

/// From the columns id, mail, name, role, disabled.
pub(super) fn agent(row: &AnyRow) -> Result<Agent, StoreError> {
    Ok(Agent {
        id: AgentId(text(row, "id")?),
        mail: text(row, "mail")?,
        name: text(row, "name")?,
        role: name(row, "role")?,
        disabled: int(row, "disabled")? != 0,
    })
}

/// From the columns assignee, assignee_name.
pub(super) fn assignee(row: &AnyRow) -> Result<Option<AgentRef>, StoreError> {
    Ok(match (maybe_text(row, "assignee")?, maybe_text(row, "assignee_name")?) {
        (Some(id), Some(name)) => Some(AgentRef { id: AgentId(id), name }),
        _ => None,
    })
}

fn unreadable(column: &str, error: &dyn std::fmt::Display) -> StoreError {
    StoreError::Unreadable(format!("{column}: {error}"))
}
