//! What all pages of the help centre share: head, search, languages, the way to a person.

use serde_json::Value;

use super::{
    html::Html,
    pages::{Site, home_path},
};
use crate::domain::Lang;

/// What stands around a page's own content, and what it says of itself to machines.
pub(super) struct Head {
    pub(super) title: String,
    pub(super) description: String,
    /// Of this page in its own language, for `canonical`; `None` keeps search engines out.
    pub(super) path: Option<String>,
    /// The same in other languages, this one included.
    pub(super) others: Vec<(Lang, String)>,
    pub(super) is_article: bool,
    /// The first picture of an article, as a path; else the shop's stands for the page.
    pub(super) picture: Option<String>,
    pub(super) data: Vec<Value>,
}

impl Site<'_> {
    pub(super) fn layout(&self, head: &Head, query: &str, main: impl FnOnce(&mut Html)) -> String {
        let (words, shop) = (self.words(), self.shop());
        Html::page(self.lang.tag(), |html| {
            html.put("head", &[], |html| self.head(html, head, &shop));
            html.put("body", &[], |body| {
                body.line("a", &[("class", "skip"), ("href", "#main")], words.word("skip"));
                body.put("header", &[("class", "top")], |top| {
                    top.put("a", &[("class", "brand"), ("href", &home_path(self.lang))], |brand| {
                        let logo = &self.mind.playbook.help.logo;
                        if !logo.is_empty() {
                            let attributes = [("src", logo.as_str()), ("alt", ""), ("width", "32"), ("height", "32")];
                            brand.bare("img", &attributes);
                        }
                        brand.line("span", &[], &shop);
                    });
                    top.put("nav", &[("class", "langs"), ("aria-label", words.word("languages"))], |nav| {
                        for lang in Lang::ALL {
                            self.lang_link(nav, lang, head);
                        }
                    });
                });
                let search = format!("{}/search", home_path(self.lang));
                let form = [("class", "search"), ("role", "search"), ("action", search.as_str())];
                body.put("form", &form, |form| {
                    form.line("label", &[("for", "q"), ("class", "spoken")], words.word("search"));
                    let mut field = vec![
                        ("id", "q"),
                        ("name", "q"),
                        ("type", "search"),
                        ("maxlength", "200"),
                        ("autocomplete", "off"),
                        ("placeholder", words.word("placeholder")),
                    ];
                    if !query.is_empty() {
                        field.push(("value", query));
                    }
                    form.bare("input", &field);
                    form.line("button", &[], words.word("go"));
                    form.put("div", &[("id", "found"), ("hidden", "")], |_| {});
                });
                body.put("main", &[("id", "main")], main);
                body.put("footer", &[], |footer| {
                    footer.line("h2", &[], words.word("contact_title"));
                    footer.line("p", &[], words.word("contact_lead"));
                    let chat = [("type", "button"), ("id", "chat"), ("hidden", "")];
                    footer.line("button", &chat, words.word("contact_chat"));
                    footer.put("div", &[("class", "contact")], |contact| contact.markdown(words.word("contact")));
                });
                body.bare("script", &[("src", self.script), ("defer", "")]);
                let widget = [
                    ("src", "/widget/warmline.js"),
                    ("data-inbox", self.inbox),
                    ("data-lang", self.lang.tag()),
                    ("defer", ""),
                ];
                body.bare("script", &widget);
            });
        })
    }

    fn lang_link(&self, nav: &mut Html, lang: Lang, head: &Head) {
        let name = self.mind.playbook.help.texts.exact(lang).map_or(lang.tag(), |text| text.word("language"));
        let path =
            head.others.iter().find(|(other, _)| *other == lang).map_or(home_path(lang), |(_, path)| path.clone());
        let mut attributes = vec![("href", path.as_str()), ("lang", lang.tag()), ("hreflang", lang.tag())];
        if lang == self.lang {
            attributes.push(("aria-current", "true"));
        }
        nav.line("a", &attributes, name);
    }

    fn head(&self, html: &mut Html, head: &Head, shop: &str) {
        html.bare("meta", &[("charset", "utf-8")]);
        html.bare("meta", &[("name", "viewport"), ("content", "width=device-width, initial-scale=1")]);
        html.line("title", &[], &head.title);
        html.bare("meta", &[("name", "description"), ("content", &head.description)]);
        html.bare("meta", &[("name", "theme-color"), ("content", self.accent)]);
        match &head.path {
            None => html.bare("meta", &[("name", "robots"), ("content", "noindex")]),
            Some(path) => {
                let own = format!("{}{path}", self.base);
                html.bare("link", &[("rel", "canonical"), ("href", &own)]);
                for (lang, path) in &head.others {
                    let there = format!("{}{path}", self.base);
                    html.bare("link", &[("rel", "alternate"), ("hreflang", lang.tag()), ("href", &there)]);
                }
                if let Some((_, path)) = head.others.first() {
                    let there = format!("{}{path}", self.base);
                    html.bare("link", &[("rel", "alternate"), ("hreflang", "x-default"), ("href", &there)]);
                }
                self.open_graph(html, head, shop, &own);
            }
        }
        html.bare("link", &[("rel", "stylesheet"), ("href", self.style)]);
        let logo = &self.mind.playbook.help.logo;
        html.bare("link", &[("rel", "icon"), ("href", if logo.is_empty() { "data:," } else { logo })]);
        for data in &head.data {
            html.json_ld(data);
        }
    }

    fn open_graph(&self, html: &mut Html, head: &Head, shop: &str, own: &str) {
        let mut tags = vec![
            ("og:type", if head.is_article { "article" } else { "website" }.to_owned()),
            ("og:title", head.title.clone()),
            ("og:description", head.description.clone()),
            ("og:url", own.to_owned()),
            ("og:site_name", shop.to_owned()),
            ("og:locale", locale(self.lang).to_owned()),
        ];
        let others = head.others.iter().filter(|(lang, _)| *lang != self.lang);
        tags.extend(others.map(|(lang, _)| ("og:locale:alternate", locale(*lang).to_owned())));
        // Many services show no SVG: what a shop has for links comes before its logo.
        let help = &self.mind.playbook.help;
        let of_shop = || [&help.share, &help.logo].into_iter().find(|picture| picture.starts_with('/'));
        if let Some(picture) = head.picture.as_ref().or_else(of_shop) {
            tags.push(("og:image", format!("{}{picture}", self.base)));
        }
        for (property, content) in tags {
            html.bare("meta", &[("property", property), ("content", &content)]);
        }
    }
}

impl Head {
    /// Of a page that search engines should not keep.
    pub(super) fn apart(title: String) -> Head {
        Head {
            title,
            description: String::new(),
            path: None,
            others: Vec::new(),
            is_article: false,
            picture: None,
            data: Vec::new(),
        }
    }
}

fn locale(lang: Lang) -> &'static str {
    match lang {
        Lang::ZhHant => "zh_TW",
        Lang::ZhHans => "zh_CN",
        Lang::En => "en_US",
    }
}
