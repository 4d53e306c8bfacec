//! What search engines are told to read.

use std::collections::HashMap;

use jiff::civil::Date;

use super::pages::{article_path, home_path, topic_path};
use crate::{
    domain::{Lang, article::ArticleId},
    service::mind::Mind,
};

/// Addresses for search engines: the first page, topics and articles of one language.
/// `changed`: the day of each article's last change.
pub fn map(mind: &Mind, base: &str, lang: Lang, changed: &HashMap<ArticleId, Date>) -> String {
    let of_lang = || mind.shelf.values().filter(|article| article.texts.exact(lang).is_some());
    let mut topics: Vec<&str> = of_lang().map(|article| article.category.as_str()).collect();
    topics.sort_unstable();
    topics.dedup();
    let newest = |days: &mut dyn Iterator<Item = &Date>| days.max().copied();
    let day_of = |category: &str| {
        newest(
            &mut of_lang()
                .filter(|article| article.category == category)
                .filter_map(|article| changed.get(&article.id)),
        )
    };
    let home = newest(&mut of_lang().filter_map(|article| changed.get(&article.id)));
    let pages = std::iter::once((home_path(lang), home))
        .chain(topics.into_iter().map(|category| (topic_path(lang, category, 1), day_of(category))))
        .chain(of_lang().map(|article| (article_path(lang, &article.id), changed.get(&article.id).copied())));
    let mut map = format!("{XML}<urlset xmlns=\"{SITEMAPS}\">\n");
    // A path has nothing that XML would have to escape; the base is a host.
    for (path, day) in pages {
        let day = day.map(|day| format!("<lastmod>{day}</lastmod>")).unwrap_or_default();
        map.push_str(&format!("<url><loc>{base}{path}</loc>{day}</url>\n"));
    }
    map.push_str("</urlset>\n");
    map
}

/// One map per language: each may have 50,000 addresses.
pub fn maps(base: &str) -> String {
    let maps = Lang::ALL.map(|lang| format!("<sitemap><loc>{base}/help/{lang}/sitemap.xml</loc></sitemap>\n"));
    format!("{XML}<sitemapindex xmlns=\"{SITEMAPS}\">\n{}</sitemapindex>\n", maps.concat())
}

const XML: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
const SITEMAPS: &str = "http://www.sitemaps.org/schemas/sitemap/0.9";
