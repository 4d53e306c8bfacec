//! Markdown to HTML that is safe to show: the one road for article previews and chat answers.

use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

use ammonia::{Builder, UrlRelative};
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd, html};

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
        .tag_attributes(HashMap::from([("a", HashSet::from(["href"])), ("ol", HashSet::from(["start"]))]))
        .url_schemes(HashSet::from(["https", "http", "mailto", "tel"]))
        .url_relative(UrlRelative::Deny)
        .link_rel(Some("noopener noreferrer nofollow"))
        .set_tag_attribute_value("a", "target", "_blank");
    builder
});

/// Sanitised HTML: paragraphs, lists, emphasis, code, quotes, tables and links (`https`, `http`, `mailto`, `tel`).
/// Headings become bold lines, pictures their description; raw HTML is shown as the text it is.
pub fn to_html(markdown: &str) -> String {
    let events =
        Parser::new_ext(markdown, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH).flat_map(
            |event| match event {
                Event::Html(text) | Event::InlineHtml(text) => [Some(Event::Text(text)), None],
                Event::Start(Tag::Heading { .. }) => {
                    [Some(Event::Start(Tag::Paragraph)), Some(Event::Start(Tag::Strong))]
                }
                Event::End(TagEnd::Heading(_)) => {
                    [Some(Event::End(TagEnd::Strong)), Some(Event::End(TagEnd::Paragraph))]
                }
                Event::Start(Tag::HtmlBlock) => [Some(Event::Start(Tag::Paragraph)), None],
                Event::End(TagEnd::HtmlBlock) => [Some(Event::End(TagEnd::Paragraph)), None],
                Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => [None, None],
                event => [Some(event), None],
            },
        );
    let mut unsafe_html = String::with_capacity(markdown.len() * 3 / 2);
    html::push_html(&mut unsafe_html, events.flatten());
    SANITISER.clean(unsafe_html.trim_end()).to_string()
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
