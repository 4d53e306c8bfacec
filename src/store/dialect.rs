//! What SQL engines disagree about.
/// The database URL of a SQLite file.
pub fn sqlite_url(path: &std::path::Path) -> String {
    todo!()
}
