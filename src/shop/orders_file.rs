//! Orders and products from a TOML file: the demo shop's, or a small shop's own.
//!
//! ```toml
//! zone = "Asia/Taipei"
//! [[product]]
//! sku = "PW-CUP-03"
//! category = "tableware"                     # what the return policy groups by
//! name = { zh-Hant = "卵石杯", zh-Hans = "卵石杯", en = "Pebble cup" }
//! [[order]]
//! number = "PW20260318"
//! state = "shipped"                          # unpaid paid packed shipped delivered returned refunded cancelled
//! placed = "-3d 10:12"                       # or a fixed "2026-03-18 10:12"
//! customer = { name = "…", mail = "…", phone = "…" }
//! items = [{ sku = "PW-CUP-03", quantity = 2 }]   # final_sale, custom_made where true
//! [[order.parcel]]
//! carrier = { zh-Hant = "…", zh-Hans = "…", en = "…" }
//! tracking = "PN02558369"
//! lines = [1]                                # counts items from 1
//! shipped = "-2d 15:51"
//! expected = "-0d 20:00"
//! ```
//!
//! Moments relative to today are worked out when somebody asks. What has happened is never in the future:
//! a parcel "delivered today at 15:00" was delivered just now for somebody who asks at nine.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use serde::Deserialize;
use toml::Spanned;

use super::moment::Moment;
use crate::domain::{
    ByLang, Lang, Now, Order, OrderNumber, UnixMs,
    order::{Customer, Item, OrderState, Parcel},
    playbook::{FileError, SourceFile, TomlFile},
    sentence::Sentence,
};

/// A checked file. Times stay as written until somebody asks.
#[derive(Debug)]
pub struct OrdersFile {
    zone: TimeZone,
    orders: BTreeMap<OrderNumber, TimelessOrder>,
}

#[derive(Debug)]
struct TimelessOrder {
    state: OrderState,
    placed: Moment,
    customer: Customer,
    items: Vec<Item>,
    parcels: Vec<TimelessParcel>,
    refunded: Option<Moment>,
    cancelled: Option<Moment>,
}

#[derive(Debug)]
struct TimelessParcel {
    carrier: ByLang<String>,
    tracking: String,
    lines: Vec<u32>,
    shipped: Option<Moment>,
    expected: Option<Moment>,
    delivered: Option<Moment>,
    delay: Option<ByLang<String>>,
}

impl OrdersFile {
    pub(super) fn parse(file: &SourceFile) -> Result<OrdersFile, FileError> {
        let toml = TomlFile::new(file);
        let raw: RawFile = toml.read()?;
        let zone = TimeZone::get(raw.zone.get_ref()).map_err(|_| {
            toml.error_on(&raw.zone, Sentence::english(format_args!("{:?} is no time zone", raw.zone.get_ref())))
        })?;
        let mut reader = Reader { toml, zone: zone.clone(), products: BTreeMap::new() };
        for product in raw.product {
            reader.add_product(product)?;
        }
        let mut orders = BTreeMap::new();
        for order in raw.order {
            let number = reader.number(&order.number)?;
            let line = order.number.clone();
            if orders.insert(number.clone(), reader.order(order)?).is_some() {
                return Err(toml.error_on(&line, Sentence::english(format_args!("order {number} is there twice"))));
            }
        }
        Ok(OrdersFile { zone, orders })
    }

    pub(super) fn len(&self) -> usize {
        self.orders.len()
    }

    pub(super) fn find(&self, number: &str, now: &Now) -> Option<Order> {
        let order = self.orders.get(number)?;
        let zone = &self.zone;
        let past = |moment: Moment| -> UnixMs {
            let at = moment.at(now.at, zone);
            if moment.is_relative() { at.min(now.at) } else { at }
        };
        Some(Order {
            number: number.to_owned(),
            state: order.state,
            placed_at: past(order.placed),
            customer: order.customer.clone(),
            items: order.items.clone(),
            parcels: order
                .parcels
                .iter()
                .map(|parcel| Parcel {
                    carrier: parcel.carrier.clone(),
                    tracking: parcel.tracking.clone(),
                    lines: parcel.lines.clone(),
                    shipped_at: parcel.shipped.map(past),
                    expected_at: parcel.expected.map(|moment| moment.at(now.at, zone)),
                    delivered_at: parcel.delivered.map(past),
                    delay: parcel.delay.clone(),
                })
                .collect(),
            refunded_at: order.refunded.map(past),
            cancelled_at: order.cancelled.map(past),
        })
    }
}

/// Checks one thing after the other against what was read before.
struct Reader<'a> {
    toml: TomlFile<'a>,
    zone: TimeZone,
    products: BTreeMap<String, Product>,
}

struct Product {
    name: ByLang<String>,
    category: String,
}

impl Reader<'_> {
    fn add_product(&mut self, raw: RawProduct) -> Result<(), FileError> {
        let product = Product { name: self.texts(&raw.name)?, category: raw.category };
        if self.products.insert(raw.sku.get_ref().clone(), product).is_some() {
            return Err(self
                .toml
                .error_on(&raw.sku, Sentence::english(format_args!("product {} is there twice", raw.sku.get_ref()))));
        }
        Ok(())
    }

    fn number(&self, raw: &Spanned<String>) -> Result<OrderNumber, FileError> {
        let number = raw.get_ref();
        match !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit()) {
            true => Ok(number.clone()),
            false => Err(self
                .toml
                .error_on(raw, Sentence::english(format_args!("order number {number:?} may hold A-Z and 0-9 only")))),
        }
    }

    fn order(&self, raw: RawOrder) -> Result<TimelessOrder, FileError> {
        let customer = self.customer(&raw.customer)?;
        let items = self.items(&raw)?;
        let mut parcels = Vec::with_capacity(raw.parcel.len());
        for parcel in &raw.parcel {
            parcels.push(self.parcel(parcel, items.len())?);
        }
        let state = *raw.state.get_ref();
        let (shipped, delivered) = (
            parcels.iter().any(|parcel| parcel.shipped.is_some()),
            !parcels.is_empty() && parcels.iter().all(|parcel| parcel.delivered.is_some()),
        );
        let missing = match state {
            OrderState::Shipped if !shipped => Some("a parcel with `shipped`"),
            OrderState::Delivered if !delivered => Some("`delivered` on each parcel"),
            OrderState::Refunded if raw.refunded.is_none() => Some("`refunded`"),
            OrderState::Cancelled if raw.cancelled.is_none() => Some("`cancelled`"),
            _ => None,
        };
        if let Some(missing) = missing {
            return Err(self.toml.error_on(
                &raw.state,
                Sentence::english(format_args!("an order that is {} needs {missing}", state.as_str())),
            ));
        }
        Ok(TimelessOrder {
            state,
            placed: self.moment(&raw.placed)?,
            customer,
            items,
            parcels,
            refunded: self.maybe_moment(raw.refunded.as_ref())?,
            cancelled: self.maybe_moment(raw.cancelled.as_ref())?,
        })
    }

    fn customer(&self, raw: &Spanned<RawCustomer>) -> Result<Customer, FileError> {
        let RawCustomer { name, mail, phone } = raw.get_ref();
        let phone: String = phone.chars().filter(char::is_ascii_digit).collect();
        if !mail.contains('@') {
            return Err(self.toml.error_on(raw, Sentence::english("the customer's mail is no mail address")));
        }
        if phone.len() < 4 {
            return Err(self.toml.error_on(raw, Sentence::english("the customer's phone has fewer than four digits")));
        }
        Ok(Customer { name: name.clone(), mail: mail.trim().to_owned(), phone })
    }

    fn items(&self, raw: &RawOrder) -> Result<Vec<Item>, FileError> {
        if raw.items.is_empty() {
            return Err(self.toml.error_on(&raw.number, Sentence::english("an order needs at least one item")));
        }
        (1..)
            .zip(&raw.items)
            .map(|(line, item)| {
                let sku = item.sku.get_ref();
                let Some(product) = self.products.get(sku) else {
                    return Err(self
                        .toml
                        .error_on(&item.sku, Sentence::english(format_args!("there is no product {sku:?}"))));
                };
                if *item.quantity.get_ref() == 0 {
                    return Err(self.toml.error_on(&item.quantity, Sentence::english("the quantity is 0")));
                }
                Ok(Item {
                    line,
                    sku: sku.clone(),
                    name: product.name.clone(),
                    quantity: *item.quantity.get_ref(),
                    category: product.category.clone(),
                    final_sale: item.final_sale,
                    custom_made: item.custom_made,
                })
            })
            .collect()
    }

    fn parcel(&self, raw: &RawParcel, items: usize) -> Result<TimelessParcel, FileError> {
        let lines = raw.lines.get_ref();
        if lines.is_empty() || lines.iter().any(|line| *line == 0 || *line as usize > items) {
            return Err(self.toml.error_on(
                &raw.lines,
                Sentence::english(format_args!("`lines` counts the order's items, 1 to {items}")),
            ));
        }
        if let Some(delivered) = &raw.delivered
            && raw.shipped.is_none()
        {
            return Err(self.toml.error_on(delivered, Sentence::english("a parcel that is delivered needs `shipped`")));
        }
        Ok(TimelessParcel {
            carrier: self.texts(&raw.carrier)?,
            tracking: raw.tracking.clone(),
            lines: lines.clone(),
            shipped: self.maybe_moment(raw.shipped.as_ref())?,
            expected: self.maybe_moment(raw.expected.as_ref())?,
            delivered: self.maybe_moment(raw.delivered.as_ref())?,
            delay: raw.delay.as_ref().map(|delay| self.texts(delay)).transpose()?,
        })
    }

    /// All three languages, none empty: a shopper must not read the wrong one.
    fn texts(&self, raw: &Spanned<ByLang<String>>) -> Result<ByLang<String>, FileError> {
        for lang in Lang::ALL {
            if raw.get_ref().exact(lang).is_none_or(|text| text.trim().is_empty()) {
                return Err(self.toml.error_on(raw, Sentence::english(format_args!("the text in {lang} is missing"))));
            }
        }
        Ok(raw.get_ref().clone())
    }

    fn moment(&self, raw: &Spanned<String>) -> Result<Moment, FileError> {
        Moment::parse(raw.get_ref(), &self.zone).map_err(|message| self.toml.error_on(raw, Sentence::english(message)))
    }

    fn maybe_moment(&self, raw: Option<&Spanned<String>>) -> Result<Option<Moment>, FileError> {
        raw.map(|raw| self.moment(raw)).transpose()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    zone: Spanned<String>,
    #[serde(default)]
    product: Vec<RawProduct>,
    #[serde(default)]
    order: Vec<RawOrder>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawProduct {
    sku: Spanned<String>,
    category: String,
    name: Spanned<ByLang<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawOrder {
    number: Spanned<String>,
    state: Spanned<OrderState>,
    placed: Spanned<String>,
    customer: Spanned<RawCustomer>,
    items: Vec<RawItem>,
    #[serde(default)]
    parcel: Vec<RawParcel>,
    refunded: Option<Spanned<String>>,
    cancelled: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCustomer {
    name: String,
    mail: String,
    phone: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawItem {
    sku: Spanned<String>,
    quantity: Spanned<u32>,
    #[serde(default)]
    final_sale: bool,
    #[serde(default)]
    custom_made: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawParcel {
    carrier: Spanned<ByLang<String>>,
    tracking: String,
    lines: Spanned<Vec<u32>>,
    shipped: Option<Spanned<String>>,
    expected: Option<Spanned<String>>,
    delivered: Option<Spanned<String>>,
    delay: Option<Spanned<ByLang<String>>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = r#"zone = "Asia/Taipei"
[[product]]
sku = "CUP"
category = "tableware"
name = { zh-Hant = "杯", zh-Hans = "杯", en = "Cup" }
[[order]]
number = "PW1"
state = "delivered"
placed = "-9d 10:00"
customer = { name = "林", mail = "Lin@example.com", phone = "+886 912-345-678" }
items = [{ sku = "CUP", quantity = 2, final_sale = true }]
[[order.parcel]]
carrier = { zh-Hant = "宅配", zh-Hans = "快递", en = "Courier" }
tracking = "T1"
lines = [1]
shipped = "-7d 12:00"
delivered = "-0d 15:00"
"#;

    fn parse(text: &str) -> Result<OrdersFile, FileError> {
        OrdersFile::parse(&SourceFile { path: "demo/orders.toml".into(), text: text.into() })
    }

    fn now(at: &str) -> Now {
        let zone = TimeZone::get("Asia/Taipei").unwrap();
        let at = at.parse::<jiff::Timestamp>().unwrap().as_millisecond();
        Now { at, zone }
    }

    #[test]
    fn an_order_is_as_old_today_as_it_will_be_in_a_year() {
        let file = parse(FILE).unwrap();
        for day in ["2026-03-18T16:00:00+08:00", "2027-03-18T16:00:00+08:00"] {
            let now = now(day);
            let order = file.find("PW1", &now).unwrap();
            assert_eq!((now.days_since(order.placed_at), now.days_since(order.delivered_at(1).unwrap())), (9, 0));
            assert_eq!((order.customer.phone.as_str(), order.items[0].final_sale), ("886912345678", true));
        }
        assert!(file.find("PW2", &now("2026-03-18T16:00:00+08:00")).is_none());
    }

    #[test]
    fn what_has_happened_is_not_in_the_future() {
        let now = now("2026-03-18T09:00:00+08:00");
        let order = parse(FILE).unwrap().find("PW1", &now).unwrap();
        assert_eq!(order.parcels[0].delivered_at, Some(now.at));
    }

    #[test]
    fn mistakes_are_told_with_file_and_line() {
        for (from, to, expected) in [
            ("Asia/Taipei", "Asia/Taipeh", "demo/orders.toml:1: \"Asia/Taipeh\" is no time zone"),
            (", en = \"Cup\"", "", "demo/orders.toml:5: the text in en is missing"),
            ("\"PW1\"", "\"pw-1\"", "demo/orders.toml:7: order number \"pw-1\" may hold"),
            ("\"delivered\"", "\"lost\"", "demo/orders.toml:8: "),
            ("-9d 10:00", "long ago", "demo/orders.toml:9: \"long ago\" is no point in time"),
            ("Lin@example.com", "Lin", "demo/orders.toml:10: the customer's mail"),
            ("sku = \"CUP\", q", "sku = \"POT\", q", "demo/orders.toml:11: there is no product \"POT\""),
            ("quantity = 2", "quantity = 0", "demo/orders.toml:11: the quantity is 0"),
            ("quantity = 2", "quantity = -1", "demo/orders.toml:11: "),
            ("lines = [1]", "lines = [2]", "demo/orders.toml:15: `lines` counts the order's items, 1 to 1"),
            ("delivered = \"-0d 15:00\"\n", "", "demo/orders.toml:8: an order that is delivered needs"),
            ("tracking", "traking", "demo/orders.toml:14: unknown field"),
        ] {
            let broken = FILE.replacen(from, to, 1);
            assert_ne!(broken, FILE, "{from:?} is not in the file");
            let told = parse(&broken).unwrap_err().to_string();
            assert!(told.starts_with(expected), "{told}");
        }
        let twice =
            format!("{FILE}{}", FILE.split_once("[[order]]").map(|(_, order)| format!("[[order]]{order}")).unwrap());
        assert_eq!(parse(&twice).unwrap_err().to_string(), "demo/orders.toml:19: order PW1 is there twice");
    }

    #[test]
    fn the_demo_shops_file_is_read() {
        let text = include_str!("../../demo/orders.toml");
        let file = parse(text).unwrap_or_else(|error| panic!("{error}"));
        assert!(file.orders.len() >= 40, "{}", file.orders.len());
    }
}
