//! The pages of the help centre, from what the bot knows: values in, HTML out.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{
    html::{Html, segment},
    layout::Head,
};
use crate::{
    domain::{Article, ArticleText, Lang, picture, playbook::HelpText},
    nlu::ranking::in_three,
    service::{markdown, mind::Mind},
};

/// Titles below a topic on the first page.
const SOME: usize = 5;
/// Articles on a page of a topic.
const PER_PAGE: usize = 40;
const RELATED: usize = 4;
const RESULTS: usize = 10;
/// Less likely than this is no result.
const LEAST_CHANCE: f32 = 0.02;
/// Of the query's words, weighed by how telling they are.
const HAS_THE_WORDS: f32 = 0.5;
/// A neighbour need not be an answer.
const LEAST_RELATED: f32 = 0.002;
const DESCRIPTION_CHARS: usize = 155;
/// A longer answer is told to search engines as its beginning: it is in the page already.
const MOST_STRUCTURED_BYTES: usize = 6_000;

/// What a page is made from. The same site and path make the same page.
pub struct Site<'a> {
    pub mind: &'a Mind,
    pub lang: Lang,
    /// Scheme and host, without a slash at the end.
    pub base: &'a str,
    pub inbox: &'a str,
    pub accent: &'a str,
    /// Addresses of style sheet and script, with the digest of what they say.
    pub style: &'a str,
    pub script: &'a str,
}

/// What a visitor has just said of an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    Nothing,
    Yes,
    No,
    TooOften,
}

pub fn home_path(lang: Lang) -> String {
    format!("/help/{lang}")
}

pub fn article_path(lang: Lang, id: &str) -> String {
    format!("/help/{lang}/articles/{}", segment(id))
}

pub fn topic_path(lang: Lang, category: &str, page: usize) -> String {
    let page = if page > 1 { format!("?page={page}") } else { String::new() };
    format!("/help/{lang}/topics/{}{page}", segment(category))
}

/// A result of a search.
pub struct Found<'a> {
    pub lang: Lang,
    pub text: &'a ArticleText,
    pub path: String,
}

/// What the bot's own ranker finds, best first; nothing where the bot would say that it does not know, unless an article
/// has the words: while somebody types, they are cut off.
pub fn search<'a>(mind: &'a Mind, lang: Lang, query: &str) -> Vec<Found<'a>> {
    let found = mind.understand(query).articles;
    let has_words = found.iter().any(|found| found.features.topic_coverage >= HAS_THE_WORDS);
    if !has_words && in_three(found.iter().map(|found| found.score)) < mind.playbook.thresholds.clarify {
        return Vec::new();
    }
    let likely = found.iter().filter(|found| found.score >= LEAST_CHANCE);
    likely.filter_map(|found| found_of(mind.shelf.get(&found.id)?, lang)).take(RESULTS).collect()
}

fn found_of(article: &Article, lang: Lang) -> Option<Found<'_>> {
    let (lang, text) = article.text(lang)?;
    Some(Found { lang, text, path: article_path(lang, &article.id) })
}

impl<'a> Site<'a> {
    pub(super) fn words(&self) -> &'a HelpText {
        static NONE: HelpText = HelpText::none();
        self.mind.playbook.help.texts.get(self.lang).unwrap_or(&NONE)
    }

    pub(super) fn shop(&self) -> String {
        self.mind.playbook.texts("shop_name").remove(&self.lang).unwrap_or_default()
    }

    /// Topics with their articles, in the shop's order.
    fn topics(&self) -> Vec<(&'a str, Vec<&'a Article>)> {
        let mut topics: BTreeMap<&str, Vec<&Article>> = BTreeMap::new();
        for article in self.mind.shelf.values() {
            topics.entry(&article.category).or_default().push(article);
        }
        let order = &self.mind.playbook.help.order;
        let place = |category: &str| order.iter().position(|known| known == category).unwrap_or(order.len());
        let mut topics: Vec<_> = topics.into_iter().collect();
        topics.sort_by_key(|(category, _)| place(category));
        topics
    }

    pub fn home(&self) -> String {
        let words = self.words();
        let search = format!("{}{}/search?q={{query}}", self.base, home_path(self.lang));
        let head = Head {
            title: format!("{} · {}", words.word("title"), self.shop()),
            description: words.word("lead").to_owned(),
            path: Some(home_path(self.lang)),
            others: Lang::ALL.map(|lang| (lang, home_path(lang))).to_vec(),
            is_article: false,
            picture: None,
            data: vec![json!({
                "@context": "https://schema.org", "@type": "WebSite", "name": self.shop(), "inLanguage": self.lang.tag(),
                "url": format!("{}{}", self.base, home_path(self.lang)),
                "potentialAction": {"@type": "SearchAction", "target": search, "query-input": "required name=query"},
            })],
        };
        self.layout(&head, "", |main| {
            main.line("h1", &[("class", "opening")], words.word("title"));
            main.line("p", &[("class", "lead")], words.word("lead"));
            self.topic_cards(main);
        })
    }

    fn topic_cards(&self, main: &mut Html) {
        let words = self.words();
        main.line("h2", &[("class", "spoken")], words.word("topics"));
        main.put("div", &[("class", "topics")], |grid| {
            for (category, articles) in self.topics() {
                grid.put("section", &[], |card| {
                    card.put("h3", &[], |title| {
                        title.line("a", &[("href", &topic_path(self.lang, category, 1))], words.category(category));
                    });
                    self.links(card, articles.iter().take(SOME).copied());
                    if articles.len() > SOME {
                        let all = words.filled("all_of", "n", &articles.len().to_string());
                        card.put("p", &[], |more| {
                            more.line("a", &[("href", &topic_path(self.lang, category, 1))], &all);
                        });
                    }
                });
            }
        });
    }

    fn links<'b>(&self, html: &mut Html, articles: impl Iterator<Item = &'b Article>) {
        html.put("ul", &[], |list| {
            for found in articles.filter_map(|article| found_of(article, self.lang)) {
                list.put("li", &[], |item| self.link(item, &found));
            }
        });
    }

    /// A title in another language says so, for readers and for fonts.
    fn link(&self, html: &mut Html, found: &Found<'_>) {
        let tag = found.lang.tag();
        let mut attributes = vec![("href", found.path.as_str())];
        if found.lang != self.lang {
            attributes.extend([("lang", tag), ("hreflang", tag)]);
        }
        html.line("a", &attributes, &found.text.title);
    }

    /// `None` where no article has this category, or not so many.
    pub fn topic(&self, category: &str, page: usize) -> Option<String> {
        let words = self.words();
        let (_, articles) = self.topics().into_iter().find(|(known, _)| *known == category)?;
        let pages = articles.len().div_ceil(PER_PAGE);
        if page == 0 || page > pages {
            return None;
        }
        let name = words.category(category);
        let head = Head {
            title: match page {
                1 => format!("{name} · {}", self.shop()),
                page => format!("{name} · {} · {}", words.filled("page", "n", &page.to_string()), self.shop()),
            },
            description: format!("{name} · {} · {}", words.word("title"), self.shop()),
            path: Some(topic_path(self.lang, category, page)),
            others: Lang::ALL.map(|lang| (lang, topic_path(lang, category, page))).to_vec(),
            is_article: false,
            picture: None,
            data: vec![self.breadcrumb(&[(name, topic_path(self.lang, category, 1))])],
        };
        Some(self.layout(&head, "", |main| {
            self.trail(main, &[(name, None)]);
            main.line("h1", &[], name);
            main.put("ul", &[("class", "answers")], |list| {
                for found in articles.iter().skip((page - 1) * PER_PAGE).take(PER_PAGE) {
                    let Some(found) = found_of(found, self.lang) else { continue };
                    list.put("li", &[], |item| self.result(item, &found));
                }
            });
            if pages > 1 {
                let number = page.to_string();
                main.put("nav", &[("class", "pages"), ("aria-label", &words.filled("page", "n", &number))], |nav| {
                    if page > 1 {
                        let to = topic_path(self.lang, category, page - 1);
                        nav.line("a", &[("rel", "prev"), ("href", &to)], words.word("previous"));
                    }
                    nav.line("span", &[], &words.filled("page", "n", &number));
                    if page < pages {
                        let to = topic_path(self.lang, category, page + 1);
                        nav.line("a", &[("rel", "next"), ("href", &to)], words.word("next"));
                    }
                });
            }
        }))
    }

    /// `article` must have a text in this language.
    pub fn article(&self, article: &Article, said: Said) -> Option<String> {
        let (words, text) = (self.words(), article.texts.exact(self.lang)?);
        let plain = markdown::to_plain(&text.body);
        let answer = match markdown::to_html(&text.body) {
            html if html.len() <= MOST_STRUCTURED_BYTES => html,
            _ => beginning(&plain, MOST_STRUCTURED_BYTES / 4),
        };
        let topic = words.category(&article.category);
        let path = article_path(self.lang, &article.id);
        let head = Head {
            title: format!("{} · {}", text.title, self.shop()),
            description: beginning(&plain, DESCRIPTION_CHARS),
            path: Some(path.clone()),
            others: article.texts.0.keys().map(|lang| (*lang, article_path(*lang, &article.id))).collect(),
            is_article: true,
            picture: markdown::pictures(&text.body).first().map(|name| format!("{}{name}", picture::PLACE)),
            data: vec![
                json!({
                    "@context": "https://schema.org", "@type": "FAQPage", "inLanguage": self.lang.tag(),
                    "mainEntity": [{
                        "@type": "Question", "name": text.title,
                        "acceptedAnswer": {"@type": "Answer", "text": answer},
                    }],
                }),
                self.breadcrumb(&[(topic, topic_path(self.lang, &article.category, 1)), (&text.title, path.clone())]),
            ],
        };
        Some(self.layout(&head, "", |main| {
            self.trail(main, &[(topic, Some(topic_path(self.lang, &article.category, 1))), (&text.title, None)]);
            main.put("article", &[], |page| {
                page.line("h1", &[], &text.title);
                page.put("div", &[("class", "answer")], |body| body.markdown(&text.body));
            });
            self.verdict(main, &path, said);
            let related = self.related(article, text);
            if !related.is_empty() {
                main.put("section", &[("class", "related")], |section| {
                    section.line("h2", &[], words.word("related"));
                    self.links(section, related.into_iter());
                });
            }
        }))
    }

    fn verdict(&self, main: &mut Html, path: &str, said: Said) {
        let words = self.words();
        main.put("section", &[("class", "verdict"), ("id", "said")], |section| {
            let thanks = match said {
                Said::Nothing => None,
                Said::Yes => Some("thanks_yes"),
                Said::No => Some("thanks_no"),
                Said::TooOften => Some("too_often"),
            };
            match thanks {
                Some(key) => section.line("p", &[("role", "status")], words.word(key)),
                None => {
                    let action = format!("{path}/verdict");
                    section.put("form", &[("method", "post"), ("action", &action)], |form| {
                        form.line("p", &[("id", "helpful")], words.word("helpful"));
                        for key in ["yes", "no"] {
                            let attributes = [("name", "helped"), ("value", key), ("aria-describedby", "helpful")];
                            form.line("button", &attributes, words.word(key));
                        }
                    });
                }
            }
        });
    }

    /// What means something like it, then what stands beside it.
    fn related(&self, article: &Article, text: &ArticleText) -> Vec<&'a Article> {
        let alike = self.mind.understand(&text.title).articles;
        let alike = alike.iter().filter(|found| found.score >= LEAST_RELATED);
        let beside = self.mind.shelf.values().filter(|other| other.category == article.category);
        let mut related: Vec<&Article> = Vec::new();
        for other in alike.filter_map(|found| self.mind.shelf.get(&found.id)).chain(beside) {
            if other.id != article.id && related.iter().all(|known| known.id != other.id) {
                related.push(other);
            }
            if related.len() == RELATED {
                break;
            }
        }
        related
    }

    pub fn results(&self, query: &str) -> String {
        let words = self.words();
        let found = if query.is_empty() { Vec::new() } else { search(self.mind, self.lang, query) };
        let title = match (query.is_empty(), found.is_empty()) {
            (true, _) => words.word("search").to_owned(),
            (_, true) => words.filled("no_results", "q", query),
            _ => words.filled("results", "q", query),
        };
        let head = Head::apart(format!("{title} · {}", self.shop()));
        self.layout(&head, query, |main| {
            main.line("h1", &[], &title);
            if found.is_empty() {
                main.line("p", &[("class", "lead")], words.word("no_results_hint"));
                self.topic_cards(main);
                return;
            }
            main.put("ul", &[("class", "answers")], |list| {
                for found in &found {
                    list.put("li", &[], |item| self.result(item, found));
                }
            });
        })
    }

    fn result(&self, item: &mut Html, found: &Found<'_>) {
        self.link(item, found);
        let plain = beginning(&markdown::to_plain(&found.text.body), DESCRIPTION_CHARS);
        item.line("p", &[("lang", found.lang.tag())], &plain);
    }

    /// For what was never here (404) and what is no longer (410).
    pub fn nothing(&self, is_gone: bool) -> String {
        let words = self.words();
        let key = if is_gone { ["gone_title", "gone_lead"] } else { ["missing_title", "missing_lead"] };
        let head = Head::apart(format!("{} · {}", words.word(key[0]), self.shop()));
        self.layout(&head, "", |main| {
            main.line("h1", &[], words.word(key[0]));
            main.line("p", &[("class", "lead")], words.word(key[1]));
            self.topic_cards(main);
        })
    }

    fn trail(&self, main: &mut Html, steps: &[(&str, Option<String>)]) {
        let words = self.words();
        main.put("nav", &[("class", "trail"), ("aria-label", words.word("where"))], |nav| {
            nav.put("ol", &[], |list| {
                list.put("li", &[], |item| {
                    item.line("a", &[("href", &home_path(self.lang))], words.word("title"));
                });
                for (name, path) in steps {
                    list.put("li", &[], |item| match path {
                        Some(path) => item.line("a", &[("href", path)], name),
                        None => item.line("span", &[("aria-current", "page")], name),
                    });
                }
            });
        });
    }

    fn breadcrumb(&self, steps: &[(&str, String)]) -> Value {
        let home = (self.words().word("title"), home_path(self.lang));
        let items = std::iter::once(&home).chain(steps).zip(1..).map(|((name, path), position)| {
            json!({"@type": "ListItem", "position": position, "name": name, "item": format!("{}{path}", self.base)})
        });
        json!({
            "@context": "https://schema.org", "@type": "BreadcrumbList", "itemListElement": items.collect::<Vec<_>>(),
        })
    }
}

/// At most so many characters, with an ellipsis where something is left out.
fn beginning(text: &str, chars: usize) -> String {
    match text.char_indices().nth(chars) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
    }
}
