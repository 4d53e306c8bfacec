//! Pictures in answers: files that browsers show, by a name that says what is in them.

use data_encoding::HEXLOWER;
use imagesize::ImageType;
use sha2::{Digest, Sha256};

use super::sentence::{Sentence, sentence};

/// Where pictures are on this server; an answer has `![alt](/pictures/NAME)`.
pub const PLACE: &str = "/pictures/";
/// A larger one is made smaller before it is sent: shoppers pay for it on the road.
pub const MAX_BYTES: usize = 512 * 1024;
const MAX_SIDE: usize = 8_000;
const MAX_NAME_CHARS: usize = 80;
const SUM_CHARS: usize = 16;
/// Endings of names, and what they stand for.
const KINDS: [(&str, &str); 5] =
    [("png", "image/png"), ("jpg", "image/jpeg"), ("jpeg", "image/jpeg"), ("webp", "image/webp"), ("gif", "image/gif")];

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    pub name: String,
    pub bytes: Vec<u8>,
}

impl Picture {
    /// Named after its content and its size: `<sum>-<width>x<height>.png`.
    ///
    /// # Errors
    /// A sentence: it is none that browsers show, or too large.
    pub fn named(bytes: Vec<u8>) -> Result<Self, Sentence> {
        Ok(Picture { name: name_of(&bytes, read(&bytes)?), bytes })
    }

    /// Under the name that somebody gave it.
    ///
    /// # Errors
    /// The same, or its name is not one.
    pub fn of(name: &str, bytes: Vec<u8>) -> Result<Self, Sentence> {
        let media_type = media_type(name).ok_or_else(|| {
            sentence!("A picture's name has a-z, 0-9, - and _ and ends in .png, .jpg, .jpeg, .webp or .gif.")
        })?;
        let (ending, width, height) = read(&bytes)?;
        if KINDS.iter().all(|(kind, of)| (*kind, *of) != (ending, media_type)) {
            return Err(sentence!(
                "The name says {media_type}, but it is of another kind ({ending}).",
                media_type,
                ending
            ));
        }
        if is_of_content(name) && name != name_of(&bytes, (ending, width, height)) {
            return Err(sentence!(
                "A name like this is made from the picture itself, and this is another picture: call it something else."
            ));
        }
        Ok(Picture { name: name.to_owned(), bytes })
    }
}

fn name_of(bytes: &[u8], (ending, width, height): (&str, usize, usize)) -> String {
    let sum = HEXLOWER.encode(&Sha256::digest(bytes)[..SUM_CHARS / 2]);
    format!("{sum}-{width}x{height}.{ending}")
}

/// By a picture's name; `None`: that is no name of a picture.
pub fn media_type(name: &str) -> Option<&'static str> {
    let (stem, ending) = name.rsplit_once('.')?;
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_".contains(c);
    let is_name = !stem.is_empty() && name.len() <= MAX_NAME_CHARS && stem.chars().all(is_plain);
    KINDS.iter().find(|(kind, _)| *kind == ending && is_name).map(|(_, media_type)| *media_type)
}

/// The name in an address of ours.
pub fn name_in(address: &str) -> Option<&str> {
    address.strip_prefix(PLACE).filter(|name| media_type(name).is_some())
}

/// Names of ours that a text may mean, more rather than fewer: whatever looks like one, however Markdown or JSON writes it.
pub fn named_in(text: &str) -> impl Iterator<Item = String> {
    let plain: String = text.chars().filter(|c| *c != '\\').collect();
    let is_of_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_.".contains(c);
    let words: Vec<String> =
        plain.split(|c| !is_of_name(c)).map(|word| word.trim_end_matches('.').to_owned()).collect();
    words.into_iter().filter(|word| media_type(word).is_some())
}

/// Width and height as a name of ours says them, so that a page leaves room before the picture is there.
pub fn size_in(name: &str) -> Option<(u32, u32)> {
    let (stem, _) = name.rsplit_once('.')?;
    let (sum, size) = stem.split_once('-')?;
    let is_sum = sum.len() == SUM_CHARS && sum.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let (width, height) = size.split_once('x').filter(|_| is_sum)?;
    Some((width.parse().ok()?, height.parse().ok()?))
}

/// Whether it is named after its content: then it never becomes another picture.
pub fn is_of_content(name: &str) -> bool {
    size_in(name).is_some()
}

/// Ending, width and height.
fn read(bytes: &[u8]) -> Result<(&'static str, usize, usize), Sentence> {
    if bytes.len() > MAX_BYTES {
        return Err(sentence!("The picture is too large: at most {most} KB.", most = MAX_BYTES / 1024));
    }
    let ending = match imagesize::image_type(bytes) {
        Ok(ImageType::Png) => "png",
        Ok(ImageType::Jpeg) => "jpg",
        Ok(ImageType::Webp) => "webp",
        Ok(ImageType::Gif) => "gif",
        _ => return Err(sentence!("This is no picture that browsers show: it has to be PNG, JPEG, WebP or GIF.")),
    };
    let size = imagesize::blob_size(bytes).map_err(|_| sentence!("The picture is cut off or broken."))?;
    let sides = [size.width, size.height];
    if sides.iter().any(|side| !(1..=MAX_SIDE).contains(side)) {
        return Err(sentence!(
            "The picture is {width} by {height}: at most {most} either way.",
            width = size.width,
            height = size.height,
            most = MAX_SIDE
        ));
    }
    Ok((ending, size.width, size.height))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One dot.
    const GIF: &[u8] = b"GIF89a\x02\x00\x03\x00\x80\x00\x00\xff\xff\xff\x00\x00\x00,\x00\x00\x00\x00\x02\x00\x03\x00\x00\x02\x02D\x01\x00;";

    #[test]
    fn a_picture_is_named_after_what_is_in_it() {
        let picture = Picture::named(GIF.to_vec()).expect("a picture");
        assert!(picture.name.ends_with("-2x3.gif"), "{}", picture.name);
        assert_eq!(size_in(&picture.name), Some((2, 3)));
        assert_eq!(name_in(&format!("/pictures/{}", picture.name)), Some(picture.name.as_str()));
        assert_eq!(Picture::of(&picture.name, GIF.to_vec()), Ok(picture));
        assert_eq!(size_in("logo.png"), None);
        assert_eq!(size_in("banner-800x600.png"), None, "somebody's own name, which may come to mean another");
        assert!(Picture::of("0123456789abcdef-2x3.gif", GIF.to_vec()).is_err());
        assert_eq!(Picture::of("dots.gif", GIF.to_vec()).expect("a picture").name, "dots.gif");
    }

    #[test]
    fn whatever_may_name_a_picture_is_heard() {
        let text = r#"{"body": "![a](/pictures/my\\_logo.png \"of ours\") and [b]: https://shop.example/pictures/b-2.gif. No .png."}"#;
        assert_eq!(named_in(text).collect::<Vec<_>>(), ["my_logo.png", "b-2.gif"]);
    }

    #[test]
    fn what_is_none_is_refused() {
        for (name, bytes) in [
            ("a.png", GIF),
            ("A.gif", GIF),
            ("../a.gif", GIF),
            (".gif", GIF),
            ("a.svg", b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>"),
            ("a.gif", b"<html>"),
            ("a.gif", b"GIF89a"),
        ] {
            assert!(Picture::of(name, bytes.to_vec()).is_err(), "{name}");
        }
        assert!(Picture::named(vec![0; MAX_BYTES + 1]).expect_err("too large").to_string().contains("512 KB"));
        assert_eq!(name_in("https://else.example/pictures/a.gif"), None);
    }
}
