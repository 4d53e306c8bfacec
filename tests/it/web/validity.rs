//! Whether a page is what it should be: parsed as a browser does, with every mistake told; its data held to schema.org.

use std::{
    borrow::Cow,
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
};

use html5ever::{
    Attribute, ExpandedName, ParseOpts, QualName, parse_document,
    tendril::{StrTendril, TendrilSink},
    tokenizer::TokenizerOpts,
    tree_builder::{ElementFlags, NodeOrText, QuirksMode, TreeSink},
};
use serde_json::Value;

/// An element as it was written.
#[derive(Debug, Clone)]
pub struct Element {
    pub name: String,
    pub attributes: BTreeMap<String, String>,
    /// Text directly inside.
    pub text: String,
}

impl Element {
    pub fn get(&self, attribute: &str) -> &str {
        self.attributes.get(attribute).map_or("", String::as_str)
    }
}

pub struct Page {
    pub elements: Vec<Element>,
    pub mistakes: Vec<String>,
}

impl Page {
    pub fn all(&self, name: &str) -> impl Iterator<Item = &Element> {
        self.elements.iter().filter(move |element| element.name == name)
    }

    /// The only one.
    pub fn one(&self, name: &str) -> &Element {
        let mut found = self.all(name);
        let one = found.next().unwrap_or_else(|| panic!("no {name}"));
        assert!(found.next().is_none(), "several {name}");
        one
    }

    pub fn link(&self, rel: &str) -> Option<&str> {
        self.all("link").find(|link| link.get("rel") == rel).map(|link| link.get("href"))
    }

    pub fn data(&self) -> Vec<Value> {
        let data = self.all("script").filter(|script| script.get("type") == "application/ld+json");
        data.map(|script| serde_json::from_str(&script.text).expect("JSON")).collect()
    }
}

/// Elements by number, 1-based; 0 is the document.
#[derive(Default)]
struct Sink {
    elements: RefCell<Vec<(&'static QualName, Element)>>,
    mistakes: RefCell<Vec<String>>,
}

impl TreeSink for Sink {
    type Handle = usize;
    type Output = Page;
    type ElemName<'a> = ExpandedName<'a>;

    fn finish(self) -> Page {
        let elements = self.elements.into_inner().into_iter().map(|(_, element)| element).collect();
        Page { elements, mistakes: self.mistakes.into_inner() }
    }

    fn get_document(&self) -> usize {
        0
    }

    fn get_template_contents(&self, target: &usize) -> usize {
        *target
    }

    fn same_node(&self, one: &usize, other: &usize) -> bool {
        one == other
    }

    fn elem_name(&self, target: &usize) -> ExpandedName<'_> {
        self.elements.borrow()[*target - 1].0.expanded()
    }

    fn create_element(&self, name: QualName, attributes: Vec<Attribute>, _: ElementFlags) -> usize {
        let mut elements = self.elements.borrow_mut();
        let element = Element {
            name: name.local.to_string(),
            attributes: attributes.into_iter().map(|one| (one.name.local.to_string(), one.value.to_string())).collect(),
            text: String::new(),
        };
        // The names of a test's pages may stay until it ends.
        elements.push((Box::leak(Box::new(name)), element));
        elements.len()
    }

    fn create_comment(&self, _: StrTendril) -> usize {
        usize::MAX
    }

    fn create_pi(&self, _: StrTendril, _: StrTendril) -> usize {
        usize::MAX
    }

    fn append(&self, parent: &usize, child: NodeOrText<usize>) {
        if let (NodeOrText::AppendText(text), Some(at)) = (child, parent.checked_sub(1)) {
            self.elements.borrow_mut()[at].1.text.push_str(&text);
        }
    }

    fn append_before_sibling(&self, _: &usize, _: NodeOrText<usize>) {}
    fn append_based_on_parent_node(&self, _: &usize, _: &usize, _: NodeOrText<usize>) {}
    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {}
    fn add_attrs_if_missing(&self, _: &usize, _: Vec<Attribute>) {}
    fn remove_from_parent(&self, _: &usize) {}
    fn reparent_children(&self, _: &usize, _: &usize) {}

    fn parse_error(&self, message: Cow<'static, str>) {
        self.mistakes.borrow_mut().push(message.into_owned());
    }

    fn set_quirks_mode(&self, mode: QuirksMode) {
        if mode != QuirksMode::NoQuirks {
            self.mistakes.borrow_mut().push("quirks mode".into());
        }
    }
}

/// The page, and everything that is wrong with it.
pub fn read(html: &str) -> Page {
    let opts = ParseOpts {
        tokenizer: TokenizerOpts { exact_errors: true, ..TokenizerOpts::default() },
        ..ParseOpts::default()
    };
    let mut page = parse_document(Sink::default(), opts).one(html);
    let mut more = Vec::new();
    let mut ids = BTreeSet::new();
    for element in &page.elements {
        let Element { name, attributes, .. } = element;
        more.extend(
            attributes
                .keys()
                .filter(|key| key.starts_with("on") || *key == "style")
                .map(|key| format!("{key} on {name}")),
        );
        if let Some(id) = attributes.get("id")
            && !ids.insert(id.clone())
        {
            more.push(format!("id {id} twice"));
        }
        let wanted: &[&str] = match name.as_str() {
            "html" => &["lang"],
            "img" => &["alt", "src", "width", "height"],
            "a" | "link" => &["href"],
            "meta" if !attributes.contains_key("charset") => &["content"],
            _ => &[],
        };
        more.extend(
            wanted.iter().filter(|key| !attributes.contains_key(**key)).map(|key| format!("{name} without {key}")),
        );
        let runs = name == "script" && element.get("type") != "application/ld+json";
        if runs && (!attributes.contains_key("src") || !element.text.is_empty()) {
            more.push("a script of its own".into());
        }
    }
    for label in page.all("label").map(|label| label.get("for").to_owned()) {
        if !ids.contains(&label) {
            more.push(format!("a label for {label}, which is not there"));
        }
    }
    page.mistakes.extend(more);
    page
}

/// What search engines ask of these types of schema.org; panics with what is missing.
pub fn hold_to_schema(data: &Value) {
    let text = |value: &Value| {
        assert!(value.as_str().is_some_and(|text| !text.trim().is_empty()), "no text: {value} in {data}");
    };
    let address = |value: &Value| {
        assert!(value.as_str().is_some_and(|address| address.starts_with("http")), "no address: {value} in {data}");
    };
    assert_eq!(data["@context"], "https://schema.org", "{data}");
    match data["@type"].as_str().unwrap_or_default() {
        "FAQPage" => {
            let questions = data["mainEntity"].as_array().expect("questions");
            assert!(!questions.is_empty(), "{data}");
            for question in questions {
                assert_eq!(question["@type"], "Question");
                text(&question["name"]);
                assert_eq!(question["acceptedAnswer"]["@type"], "Answer");
                text(&question["acceptedAnswer"]["text"]);
            }
        }
        "BreadcrumbList" => {
            for (position, item) in (1..).zip(data["itemListElement"].as_array().expect("steps")) {
                assert_eq!((&item["@type"], &item["position"]), (&Value::from("ListItem"), &Value::from(position)));
                text(&item["name"]);
                address(&item["item"]);
            }
        }
        "WebSite" => {
            text(&data["name"]);
            address(&data["url"]);
            assert!(data["potentialAction"]["target"].as_str().is_some_and(|to| to.contains("{query}")), "{data}");
            assert_eq!(data["potentialAction"]["query-input"], "required name=query");
        }
        other => panic!("nothing is known of {other}"),
    }
}

#[test]
fn mistakes_are_seen() {
    for (html, told) in [
        ("<!doctype html><html lang=en><title>a</title><p><a href=/x>a</b></a>", "closing"),
        ("<p>no doctype", "nexpected"),
        ("<!doctype html><html><title>a</title>", "html without lang"),
        ("<!doctype html><html lang=en><title>a</title><p onclick=x id=a></p><p id=a></p>", "id a twice"),
        ("<!doctype html><html lang=en><title>a</title><script>alert(1)</script>", "a script of its own"),
    ] {
        let mistakes = read(html).mistakes;
        assert!(mistakes.iter().any(|mistake| mistake.contains(told)), "{told}: {mistakes:?}");
    }
}
