//! The help centre's style sheet: the look of `web_common/tokens.css`, its own rules, and the shop's colour in both palettes.

use rust_embed::RustEmbed;

use crate::web::assets::Common;

#[derive(RustEmbed)]
#[folder = "web_help/"]
#[allow_missing = true]
pub(super) struct Files;

/// On dark paper a colour darker than this is lightened until it is seen; as `web_widget/host.js` has it.
const VISIBLE_ON_DARK: f64 = 0.26;

/// `accent`: `#rrggbb`.
pub fn style(accent: &str) -> String {
    let file = |found: Option<rust_embed::EmbeddedFile>| {
        found.map(|file| String::from_utf8_lossy(&file.data).into_owned()).unwrap_or_default()
    };
    let mut css = file(Common::get("tokens.css"));
    css.push_str(&file(Files::get("help.css")));
    css.push_str(&colours(accent));
    squeeze(&css)
}

fn colours(accent: &str) -> String {
    let Some(light) = channels(accent) else { return String::new() };
    let mut dark = light;
    while luminance(dark) < VISIBLE_ON_DARK {
        dark = dark.map(|value| value + (255.0 - value) * 0.1);
    }
    let rules = |colour: [f64; 3], share: u8| {
        let [red, green, blue] = colour.map(|value| value.round() as u8);
        let light = luminance(colour);
        let ink = if 1.05 / (light + 0.05) >= (light + 0.05) / 0.05 { "#fff" } else { "#000" };
        format!(
            ":root{{--accent:#{red:02x}{green:02x}{blue:02x};--on-accent:{ink};\
             --accent-tint:color-mix(in oklab,#{red:02x}{green:02x}{blue:02x} {share}%,var(--surface))}}"
        )
    };
    format!("{}@media (prefers-color-scheme:dark){{{}}}", rules(light, 13), rules(dark, 24))
}

fn channels(accent: &str) -> Option<[f64; 3]> {
    let hex = accent.strip_prefix('#').filter(|hex| hex.len() == 6 && hex.is_ascii())?;
    let channel = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).ok().map(f64::from);
    Some([channel(0)?, channel(2)?, channel(4)?])
}

/// WCAG 2.2, relative luminance.
fn luminance(colour: [f64; 3]) -> f64 {
    let [red, green, blue] = colour.map(|value| {
        let value = value / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/// Without comments and indents: a third of the bytes.
fn squeeze(css: &str) -> String {
    let mut out = String::with_capacity(css.len());
    let mut rest = css;
    while let Some(start) = rest.find("/*") {
        out.push_str(&rest[..start]);
        rest = rest[start..].find("*/").map_or("", |end| &rest[start + end + 2..]);
    }
    out.push_str(rest);
    out.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dark_colour_is_lightened_on_dark_paper_and_carries_ink_that_reads() {
        let css = colours("#0a1a3a");
        assert!(css.starts_with(":root{--accent:#0a1a3a;--on-accent:#fff;"), "{css}");
        let dark = css.split("--accent:").nth(2).and_then(channels_of).expect("a second palette");
        assert!(luminance(dark) >= VISIBLE_ON_DARK, "{css}");
        assert!(colours("#ffe000").contains("--on-accent:#000"));
        assert_eq!(squeeze("a {\n  b: c; /* d */\n}\n\n"), "a {\nb: c;\n}");
        assert!(style("#b5441b").contains(":root{--accent:#b5441b"));
    }

    fn channels_of(css: &str) -> Option<[f64; 3]> {
        channels(&css[..7])
    }
}
