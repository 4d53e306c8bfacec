//! Files in conversations: a photograph of what broke, a shipping label. What may be sent, and what is kept of it.

use imagesize::ImageType;
use serde::{Deserialize, Serialize};

use super::{attachment_parts, ids::AttachmentId};

/// Whatever the playbook says: a file is a row of the database, and is held in memory on its way.
pub const MOST_BYTES: usize = 8 * 1024 * 1024;
const MAX_SIDE: usize = 8_000;
const MAX_NAME_CHARS: usize = 80;

/// A file that was sent, as the log has it. The bytes are elsewhere (`store/attachments.rs`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    pub id: AttachmentId,
    #[serde(rename = "type")]
    pub media: Media,
    pub bytes: u32,
    /// Of a picture, so that a page leaves room before it is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    /// Of a document; a picture's tells nothing, or too much.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// What is taken. No GIF and no SVG: one has places for words that nobody sees, the other runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Media {
    #[serde(rename = "image/jpeg")]
    Jpeg,
    #[serde(rename = "image/png")]
    Png,
    #[serde(rename = "image/webp")]
    Webp,
    #[serde(rename = "application/pdf")]
    Pdf,
}

impl Media {
    pub fn as_str(self) -> &'static str {
        match self {
            Media::Jpeg => "image/jpeg",
            Media::Png => "image/png",
            Media::Webp => "image/webp",
            Media::Pdf => "application/pdf",
        }
    }

    pub fn is_picture(self) -> bool {
        self != Media::Pdf
    }

    /// What the first bytes say; a name or a header may say anything.
    fn of(bytes: &[u8]) -> Option<Media> {
        match imagesize::image_type(bytes) {
            Ok(ImageType::Jpeg) => Some(Media::Jpeg),
            Ok(ImageType::Png) => Some(Media::Png),
            Ok(ImageType::Webp) => Some(Media::Webp),
            _ => bytes.starts_with(b"%PDF-").then_some(Media::Pdf),
        }
    }
}

/// A file that may be sent: looked at, and rid of what it says beside the picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedFile {
    pub media: Media,
    /// Width and height, as browsers show it.
    pub size: Option<(u32, u32)>,
    pub bytes: Vec<u8>,
}

/// Why a file is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfit {
    TooLarge,
    /// Or of none that this sender may send.
    WrongKind,
    Broken,
    TooWide,
}

impl Unfit {
    /// For clients, which word it in their user's language.
    pub fn code(self) -> &'static str {
        match self {
            Unfit::TooLarge => "file_too_large",
            Unfit::WrongKind => "file_wrong_kind",
            Unfit::Broken => "file_broken",
            Unfit::TooWide => "file_too_wide",
        }
    }
}

/// `with_documents`: the sender may send PDF, too.
///
/// # Errors
/// Why it is not taken.
pub fn check(bytes: &[u8], most_bytes: usize, with_documents: bool) -> Result<CheckedFile, Unfit> {
    if bytes.len() > most_bytes.min(MOST_BYTES) {
        return Err(Unfit::TooLarge);
    }
    let media = Media::of(bytes).filter(|media| media.is_picture() || with_documents).ok_or(Unfit::WrongKind)?;
    let cleaned = match media {
        Media::Pdf => return Ok(CheckedFile { media, size: None, bytes: bytes.to_vec() }),
        Media::Jpeg => attachment_parts::of_jpeg(bytes),
        Media::Png => attachment_parts::of_png(bytes),
        Media::Webp => attachment_parts::of_webp(bytes),
    };
    let cleaned = cleaned.ok_or(Unfit::Broken)?;
    let size = imagesize::blob_size(&cleaned.bytes).map_err(|_| Unfit::Broken)?;
    let sides = if cleaned.is_on_its_side { [size.height, size.width] } else { [size.width, size.height] };
    if sides.iter().any(|side| !(1..=MAX_SIDE).contains(side)) {
        return Err(Unfit::TooWide);
    }
    let [width, height] = sides.map(|side| u32::try_from(side).unwrap_or(u32::MAX));
    Ok(CheckedFile { media, size: Some((width, height)), bytes: cleaned.bytes })
}

/// A document's name as it may be shown and saved: without folders, and short.
pub fn plain_name(name: &str) -> Option<String> {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let is_plain = |c: &char| !c.is_control() && !"\"<>:|?*\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}".contains(*c);
    let name: String = last.trim().chars().filter(is_plain).take(MAX_NAME_CHARS).collect();
    Some(name).filter(|name| !name.trim_matches('.').is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::attachment_parts::testing::{jpeg, png, webp};

    #[test]
    fn what_a_file_is_its_first_bytes_say() {
        for (bytes, with_documents, expected) in [
            (jpeg(1), false, Ok(Media::Jpeg)),
            (png(), false, Ok(Media::Png)),
            (webp(), false, Ok(Media::Webp)),
            (b"%PDF-1.7\n".to_vec(), true, Ok(Media::Pdf)),
            (b"%PDF-1.7\n".to_vec(), false, Err(Unfit::WrongKind)),
            (b"<html><script>alert(1)</script>".to_vec(), true, Err(Unfit::WrongKind)),
            (b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>".to_vec(), true, Err(Unfit::WrongKind)),
            (b"GIF89a\x02\0\x03\0\0\0\0;".to_vec(), true, Err(Unfit::WrongKind)),
            (png()[..20].to_vec(), true, Err(Unfit::Broken)),
            (vec![0xff; 5_000], true, Err(Unfit::TooLarge)),
        ] {
            assert_eq!(check(&bytes, 4_096, with_documents).map(|file| file.media), expected);
        }
    }

    #[test]
    fn a_photograph_taken_upright_says_its_size_as_it_is_shown() {
        assert_eq!(check(&jpeg(1), 4_096, false).map(|file| file.size), Ok(Some((4, 3))));
        assert_eq!(check(&jpeg(6), 4_096, false).map(|file| file.size), Ok(Some((3, 4))));
    }

    #[test]
    fn a_name_of_a_document_has_no_folders_and_no_tricks() {
        assert_eq!(plain_name("../../etc/label.pdf").as_deref(), Some("label.pdf"));
        assert_eq!(plain_name("a\"\r\nX-Evil: 1.pdf").as_deref(), Some("aX-Evil 1.pdf"));
        assert_eq!(plain_name("..").or(plain_name(" ")), None);
    }
}
