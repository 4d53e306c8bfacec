//! Markdown to HTML that is safe to show: the one road for article previews and chat answers.

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

use ammonia::{Builder, UrlRelative};
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd, html};

use crate::domain::picture;

/// What may come out, whatever goes in.
static SANITISER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let tags = [
        "p",
        "br",
        "strong",
        "em",
        "del",
        "code",
        "pre",
        "blockquote",
        "ul",
        "ol",
        "li",
        "hr",
        "a",
        "img",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
    ];
    let mut builder = Builder::empty();
    builder
        .tags(HashSet::from(tags))
        .tag_attributes(HashMap::from([
            ("a", HashSet::from(["href"])),
            ("img", HashSet::from(["src", "alt", "width", "height"])),
            ("ol", HashSet::from(["start"])),
        ]))
        .url_schemes(HashSet::from(["https", "http", "mailto", "tel"]))
        .url_relative(UrlRelative::Custom(Box::new(our_picture)))
        .attribute_filter(only_as_picture)
        .link_rel(Some("noopener noreferrer nofollow"))
        .set_tag_attribute_value("a", "target", "_blank")
        .set_tag_attribute_value("img", "loading", "lazy");
    builder
});

/// Of this server's own addresses an answer has pictures'.
fn our_picture(address: &str) -> Option<Cow<'_, str>> {
    picture::name_in(address).map(|_| Cow::Borrowed(address))
}

/// As pictures, not as links.
fn only_as_picture<'v>(element: &str, attribute: &str, value: &'v str) -> Option<Cow<'v, str>> {
    let is_ours = picture::name_in(value).is_some();
    let is_kept = match (element, attribute) {
        ("img", "src") => is_ours,
        ("a", "href") => !is_ours,
        _ => true,
    };
    is_kept.then_some(Cow::Borrowed(value))
}

/// Sanitised HTML: paragraphs, lists, emphasis, code, quotes, tables, links (`https`, `http`, `mailto`, `tel`) and
/// pictures of this server. Headings become bold lines, pictures from elsewhere, which would tell others who reads,
/// their description; raw HTML is shown as the text it is.
pub fn to_html(markdown: &str) -> String {
    // How deep in pictures from elsewhere.
    let mut elsewhere = 0;
    let events =
        Parser::new_ext(markdown, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH).flat_map(move |event| {
            match event {
                Event::Html(text) | Event::InlineHtml(text) => [Some(Event::Text(text)), None],
                Event::Start(Tag::Heading { .. }) => {
                    [Some(Event::Start(Tag::Paragraph)), Some(Event::Start(Tag::Strong))]
                }
                Event::End(TagEnd::Heading(_)) => {
                    [Some(Event::End(TagEnd::Strong)), Some(Event::End(TagEnd::Paragraph))]
                }
                Event::Start(Tag::HtmlBlock) => [Some(Event::Start(Tag::Paragraph)), None],
                Event::End(TagEnd::HtmlBlock) => [Some(Event::End(TagEnd::Paragraph)), None],
                Event::Start(Tag::Image { ref dest_url, .. })
                    if elsewhere > 0 || picture::name_in(dest_url).is_none() =>
                {
                    elsewhere += 1;
                    [None, None]
                }
                Event::End(TagEnd::Image) if elsewhere > 0 => {
                    elsewhere -= 1;
                    [None, None]
                }
                event => [Some(event), None],
            }
        });
    let mut unsafe_html = String::with_capacity(markdown.len() * 3 / 2);
    html::push_html(&mut unsafe_html, events.flatten());
    with_sizes(&SANITISER.clean(unsafe_html.trim_end()).to_string())
}

/// What follows does not jump when a picture arrives. In sanitised HTML `<img ` is never text.
fn with_sizes(html: &str) -> String {
    let mut parts = html.split("<img ");
    let mut sized = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let address = part.split_once("src=\"").and_then(|(_, rest)| rest.split('"').next());
        sized.push_str("<img ");
        if let Some((width, height)) = address.and_then(picture::name_in).and_then(picture::size_in) {
            sized.push_str(&format!("width=\"{width}\" height=\"{height}\" "));
        }
        sized.push_str(part);
    }
    sized
}

/// The words alone, on one line: for excerpts and descriptions.
pub fn to_plain(markdown: &str) -> String {
    let mut plain = String::with_capacity(markdown.len());
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH) {
        match event {
            Event::Text(text) | Event::Code(text) | Event::Html(text) | Event::InlineHtml(text) => {
                plain.push_str(&text);
            }
            Event::SoftBreak | Event::HardBreak | Event::End(TagEnd::Item | TagEnd::TableCell) => plain.push(' '),
            Event::End(TagEnd::Paragraph | TagEnd::Heading(_)) => plain.push(' '),
            _ => {}
        }
    }
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The pictures of this server that it shows, by name.
pub fn pictures(markdown: &str) -> Vec<String> {
    let images = Parser::new_ext(markdown, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH);
    images
        .filter_map(|event| match event {
            Event::Start(Tag::Image { dest_url, .. }) => picture::name_in(&dest_url).map(str::to_owned),
            _ => None,
        })
        .collect()
}

/// Where its links lead, as written.
pub fn links(markdown: &str) -> Vec<String> {
    let parser = Parser::new_ext(markdown, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH);
    parser
        .filter_map(|event| match event {
            Event::Start(Tag::Link { dest_url, .. }) => Some(dest_url.into_string()),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_articles_use_comes_through() {
        let html = to_html(
            "**滿 NT$1,200** 免運。\n\n- 一\n- [官網](https://perchwood.example/a?b=c&d=e)\n\n| a | b |\n|---|---|\n| 1 | 2 |",
        );
        for part in [
            "<strong>滿 NT$1,200</strong>",
            "<li>一</li>",
            "href=\"https://perchwood.example/a?b=c&amp;d=e\"",
            "<td>1</td>",
        ] {
            assert!(html.contains(part), "{part} in {html}");
        }
        assert!(html.contains("rel=\"noopener noreferrer nofollow\"") && html.contains("target=\"_blank\""), "{html}");
        assert_eq!(to_html("# 運費"), "<p><strong>運費</strong></p>");
    }

    #[test]
    fn pictures_of_ours_are_shown_and_no_others() {
        let own = to_html("Look:\n\n![The \"blue\" <tag>](/pictures/0123456789abcdef-640x480.png)");
        for part in [
            "<img ",
            "src=\"/pictures/0123456789abcdef-640x480.png\"",
            "width=\"640\" height=\"480\"",
            "loading=\"lazy\"",
        ] {
            assert!(own.contains(part), "{part} in {own}");
        }
        assert!(
            own.contains("alt=\"The &quot;blue&quot; &lt;tag&gt;\"")
                || own.contains("alt=\"The &quot;blue&quot; <tag>\""),
            "{own}"
        );
        for elsewhere in [
            "https://spy.example/pictures/a.png",
            "/pictures/a.svg",
            "/console/",
            "data:image/png;base64,AA",
            "//spy.example/a.png",
        ] {
            assert_eq!(to_html(&format!("a ![seen]({elsewhere}) b")), "<p>a seen b</p>", "{elsewhere}");
        }
        assert_eq!(to_html("![a ![b](/pictures/b.png) c](https://spy.example/a.png)"), "<p>a b c</p>");
        assert_eq!(
            to_html("`<img src=\"/pictures/0123456789abcdef-1x2.png\">`"),
            "<p><code>&lt;img src=\"/pictures/0123456789abcdef-1x2.png\"&gt;</code></p>"
        );
        assert!(!to_html("[large](/pictures/a.png)").contains("href"), "as everywhere else");
        assert_eq!(pictures("![a](/pictures/a.png) ![b](https://b.example/b.png)"), ["a.png"]);
        assert!(!to_html("[our page](/console/)").contains("href"));
    }

    #[test]
    fn the_words_alone_are_one_line() {
        assert_eq!(to_plain("**Free** from\nUS$150.\n\n- a [b](https://c.example)\n- d"), "Free from US$150. a b d");
    }

    #[test]
    fn nothing_that_acts_comes_through() {
        for hostile in [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "text <b onclick=alert(1)>bold</b>",
            "[x](javascript:alert(1))",
            "[x](JaVaScRiPt:alert(1))",
            "[x](data:text/html;base64,PHNjcmlwdD4=)",
            "[x](//evil.example/a)",
            "[x](/api/session)",
            "![x](https://evil.example/pixel.png)",
            "<https://ok.example/\"onmouseover=alert(1)>",
            "<iframe src=https://evil.example></iframe>",
            "<style>*{display:none}</style>",
            "```html\n<script>alert(1)</script>\n```",
            "<svg/onload=alert(1)>",
            "<a href=\"javascript:alert(1)\">x</a>",
        ] {
            let html = to_html(hostile);
            let lower = html.to_lowercase();
            for bad in [
                "<script",
                "<img",
                "<iframe",
                "<style",
                "<svg",
                "<b ",
                "<a href=\"javascript",
                "<a href=\"data",
                "<a href=\"/",
                "<a onmouseover",
            ] {
                assert!(!lower.contains(bad), "{bad} in {html} from {hostile}");
            }
        }
        assert_eq!(to_html("a <b>c"), "<p>a &lt;b&gt;c</p>");
    }
}
