//! Writing HTML that is well-formed and escaped because there is no other way to write it.

/// Elements that have no end.
const VOID: [&str; 5] = ["meta", "link", "input", "img", "br"];

/// A piece of a page. Names of elements and attributes are our own; everything else is escaped on its way in.
#[derive(Default)]
pub struct Html(String);

impl Html {
    /// An element with its content.
    pub fn put(&mut self, name: &'static str, attributes: &[(&'static str, &str)], content: impl FnOnce(&mut Html)) {
        self.0.push('<');
        self.0.push_str(name);
        for (attribute, value) in attributes {
            self.0.push(' ');
            self.0.push_str(attribute);
            // Present or not: an empty value means the same and is shorter.
            if !value.is_empty() {
                self.0.push_str("=\"");
                escape(value, &mut self.0);
                self.0.push('"');
            }
        }
        self.0.push('>');
        if !VOID.contains(&name) {
            content(self);
            self.0.push_str("</");
            self.0.push_str(name);
            self.0.push('>');
        }
    }

    /// An element without content.
    pub fn bare(&mut self, name: &'static str, attributes: &[(&'static str, &str)]) {
        self.put(name, attributes, |_| {});
    }

    /// An element with text alone.
    pub fn line(&mut self, name: &'static str, attributes: &[(&'static str, &str)], text: &str) {
        self.put(name, attributes, |inside| inside.text(text));
    }

    pub fn text(&mut self, text: &str) {
        escape(text, &mut self.0);
    }

    /// What `service::markdown` made of Markdown: sanitised there.
    pub fn markdown(&mut self, markdown: &str) {
        self.0.push_str(&crate::service::markdown::to_html(markdown));
    }

    /// Data for machines in a script element, which no browser runs; nothing in it can end the element.
    pub fn json_ld(&mut self, data: &serde_json::Value) {
        self.0.push_str("<script type=\"application/ld+json\">");
        self.0.push_str(&data.to_string().replace('<', "\\u003c"));
        self.0.push_str("</script>");
    }

    /// A whole page.
    pub fn page(lang: &str, content: impl FnOnce(&mut Html)) -> String {
        let mut page = Html("<!doctype html>".to_owned());
        page.put("html", &[("lang", lang)], content);
        page.0.push('\n');
        page.0
    }
}

fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // No page has use for these, and some are not allowed in one.
            c if c.is_control() && c != '\n' && c != '\t' => {}
            c => out.push(c),
        }
    }
}

/// One segment of a path, or one value of a query.
pub fn segment(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            byte if byte.is_ascii_alphanumeric() => out.push(char::from(byte)),
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_gets_out_of_where_it_was_put() {
        let page = Html::page("en", |html| {
            html.put("a", &[("href", "/x?a=1&b=\"2\""), ("hidden", "")], |a| a.text("<b>'&'\u{7}"));
            html.bare("br", &[]);
            html.json_ld(&serde_json::json!({"a": "</script><script>alert(1)</script>"}));
        });
        assert_eq!(
            page,
            "<!doctype html><html lang=\"en\"><a href=\"/x?a=1&amp;b=&quot;2&quot;\" hidden>&lt;b&gt;&#39;&amp;&#39;</a>\
             <br><script type=\"application/ld+json\">{\"a\":\"\\u003c/script>\\u003cscript>alert(1)\\u003c/script>\"}\
             </script></html>\n"
        );
        assert_eq!(segment("a b/運"), "a%20b%2F%E9%81%8B");
    }
}
