//! What search engines are told to read.

use super::pages::{article_path, home_path, topic_path};
use crate::{domain::Lang, service::mind::Mind};

/// Addresses for search engines: the first page, topics and articles of one language.
pub fn map(mind: &Mind, base: &str, lang: Lang) -> String {
    let of_lang = || mind.shelf.values().filter(|article| article.texts.exact(lang).is_some());
    let mut topics: Vec<&str> = of_lang().map(|article| article.category.as_str()).collect();
    topics.sort_unstable();
    topics.dedup();
    let paths = std::iter::once(home_path(lang))
        .chain(topics.into_iter().map(|category| topic_path(lang, category, 1)))
        .chain(of_lang().map(|article| article_path(lang, &article.id)));
    let mut map = format!("{XML}<urlset xmlns=\"{SITEMAPS}\">\n");
    // A path has nothing that XML would have to escape; the base is a host.
    paths.for_each(|path| map.push_str(&format!("<url><loc>{base}{path}</loc></url>\n")));
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
