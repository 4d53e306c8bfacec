//! `warmline migrate`: brings the schema up to date alone, for operators who do that before they start new nodes.

use crate::{config::Settings, error::Failure, store::Store};

pub async fn migrate(settings: &Settings) -> Result<(), Failure> {
    let migrated = Store::migrate(&settings.database_url.0).await?;
    if migrated.from == migrated.to {
        println!("The database is up to date (schema {}).", migrated.to);
    } else {
        println!("The database was at schema {} and is at schema {} now.", migrated.from, migrated.to);
    }
    Ok(())
}
