//! What a picture's file is made of, and which of its parts are kept: those that browsers need to show it. Where it was
//! taken, when, with what and by whom (EXIF, GPS, XMP, IPTC, thumbnails, comments) goes, and so does whatever follows
//! the picture's end. By name of what is kept, so that a kind of part nobody has heard of goes, too.
//!
//! Three containers of parts with their lengths before them: smaller to read here than a library is to know, and the
//! ones we looked at keep what stands behind a JPEG's end.

/// A picture without its stories.
pub struct Cleaned {
    pub bytes: Vec<u8>,
    /// Browsers turn it by a quarter: what is its width in the file is its height on the screen.
    pub is_on_its_side: bool,
}

/// As taken: the first row at the top.
const UPRIGHT: u8 = 1;

/// `None`: it is cut off or broken.
pub fn of_jpeg(bytes: &[u8]) -> Option<Cleaned> {
    let mut kept = bytes.get(..2)?.to_vec();
    let mut turned = UPRIGHT;
    let mut at = 2;
    loop {
        if *bytes.get(at)? != 0xff {
            return None;
        }
        let marker = *bytes.get(at + 1)?;
        match marker {
            // Fill bytes.
            0xff => at += 1,
            0xd9 => {
                kept.extend([0xff, 0xd9]);
                break;
            }
            _ => {
                let length = usize::from(u16::from_be_bytes([*bytes.get(at + 2)?, *bytes.get(at + 3)?]));
                let part = bytes.get(at..at + 2 + length).filter(|_| length >= 2)?;
                if let Some(content) = part.get(4..).filter(|_| marker == 0xe1) {
                    turned = orientation(content).unwrap_or(turned);
                }
                if is_kept_of_jpeg(marker, part.get(4..).unwrap_or_default()) {
                    kept.extend_from_slice(part);
                }
                at += part.len();
                if marker == 0xda {
                    let end = end_of_scan(bytes, at)?;
                    kept.extend_from_slice(&bytes[at..end]);
                    at = end;
                }
            }
        }
    }
    if turned != UPRIGHT {
        kept.splice(2..2, only_orientation(turned));
    }
    Some(Cleaned { bytes: kept, is_on_its_side: turned >= 5 })
}

/// APP0 (JFIF), APP2 with a colour profile and APP14 (Adobe's colours) are about the picture; other APPs and comments are not.
fn is_kept_of_jpeg(marker: u8, content: &[u8]) -> bool {
    match marker {
        0xe0 => content.starts_with(b"JFIF\0"),
        0xe2 => content.starts_with(b"ICC_PROFILE\0"),
        0xee => content.starts_with(b"Adobe"),
        0xe1..=0xef | 0xfe => false,
        _ => true,
    }
}

/// Where the next part begins: in a scan, FF is followed by 00 or by a restart.
fn end_of_scan(bytes: &[u8], from: usize) -> Option<usize> {
    let is_marker = |pair: &[u8]| pair[0] == 0xff && !matches!(pair[1], 0x00 | 0xd0..=0xd7 | 0xff);
    bytes.get(from..)?.windows(2).position(is_marker).map(|ahead| from + ahead)
}

/// Of an EXIF block: how the camera was held, 1 to 8.
fn orientation(content: &[u8]) -> Option<u8> {
    const TAG: u16 = 0x0112;
    let tiff = content.strip_prefix(b"Exif\0\0")?;
    let is_little = tiff.starts_with(b"II");
    let short = |at: usize| {
        let two = [*tiff.get(at)?, *tiff.get(at.checked_add(1)?)?];
        Some(if is_little { u16::from_le_bytes(two) } else { u16::from_be_bytes(two) })
    };
    let long = |at: usize| {
        let (first, second) = (u32::from(short(at)?), u32::from(short(at.checked_add(2)?)?));
        Some(if is_little { second << 16 | first } else { first << 16 | second })
    };
    let list = usize::try_from(long(4)?).ok()?;
    let count = usize::from(short(list)?);
    let entries = (0..count).map(|nth| list.saturating_add(2 + 12 * nth));
    let value = entries.into_iter().find(|at| short(*at) == Some(TAG)).and_then(|at| short(at.checked_add(8)?))?;
    u8::try_from(value).ok().filter(|turned| (1..=8).contains(turned))
}

/// An EXIF block that says this and nothing else.
fn only_orientation(turned: u8) -> [u8; 36] {
    let mut block = *b"\xff\xe1\0\x22Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x01\0\0\0\0\0\0";
    block[29] = turned;
    block
}

const PNG_HEAD: &[u8] = b"\x89PNG\r\n\x1a\n";
const KEPT_OF_PNG: [&[u8; 4]; 14] = [
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"pHYs", b"acTL",
    b"fcTL", b"fdAT",
];

/// `None`: it is cut off or broken.
pub fn of_png(bytes: &[u8]) -> Option<Cleaned> {
    let mut kept = PNG_HEAD.to_vec();
    let mut rest = bytes.strip_prefix(PNG_HEAD)?;
    loop {
        let length = u32::from_be_bytes(rest.first_chunk().copied()?);
        let (part, behind) = rest.split_at_checked(usize::try_from(length).ok()?.checked_add(12)?)?;
        let kind = &part[4..8];
        if KEPT_OF_PNG.iter().any(|kept| kept.as_slice() == kind) {
            kept.extend_from_slice(part);
        }
        if kind == b"IEND" {
            return Some(Cleaned { bytes: kept, is_on_its_side: false });
        }
        rest = behind;
    }
}

const KEPT_OF_WEBP: [&[u8; 4]; 7] = [b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"];
/// In the head of an extended file: there is EXIF, there is XMP.
const TOLD_IN_WEBP: u8 = 0x08 | 0x04;

/// `None`: it is cut off or broken.
pub fn of_webp(bytes: &[u8]) -> Option<Cleaned> {
    let head = bytes.get(..12).filter(|head| head.starts_with(b"RIFF") && head.ends_with(b"WEBP"))?;
    let length = u32::from_le_bytes(bytes.get(4..8)?.try_into().ok()?);
    let mut rest = bytes.get(12..usize::try_from(length).ok()?.checked_add(8)?)?;
    let mut kept = head.to_vec();
    while !rest.is_empty() {
        let length = usize::try_from(u32::from_le_bytes(rest.get(4..8)?.try_into().ok()?)).ok()?;
        let padded = length.checked_add(length % 2)?.checked_add(8)?;
        // The last part's padding is often forgotten.
        let (part, behind) = rest.split_at_checked(padded.min(rest.len().max(length.checked_add(8)?)))?;
        if KEPT_OF_WEBP.iter().any(|kept| part.starts_with(*kept)) {
            let at = kept.len();
            kept.extend_from_slice(part);
            if part.starts_with(b"VP8X") {
                *kept.get_mut(at + 8)? &= !TOLD_IN_WEBP;
            }
        }
        rest = behind;
    }
    let length = u32::try_from(kept.len() - 8).ok()?;
    kept[4..8].copy_from_slice(&length.to_le_bytes());
    Some(Cleaned { bytes: kept, is_on_its_side: false })
}

/// Small files with stories in them.
#[cfg(test)]
pub(super) mod testing {
    pub const SECRET: &[u8] = b"GPS 25.0330N 121.5654E";

    fn segment(marker: u8, content: &[u8]) -> Vec<u8> {
        let length = u16::try_from(content.len() + 2).expect("short").to_be_bytes();
        [&[0xff, marker], &length[..], content].concat()
    }

    /// 4 by 3, held like this, progressive, with EXIF, XMP, a comment between scans and another file behind it.
    pub fn jpeg(turned: u8) -> Vec<u8> {
        let exif = [b"Exif\0\0II\x2a\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".as_slice(), &[turned, 0, 0, 0], SECRET];
        let size = [8, 0, 3, 0, 4, 1, 1, 0x11, 0];
        let scan = [&segment(0xda, &[1, 1, 0, 0, 0, 0]), &[0x12, 0xff, 0x00, 0x34, 0xff, 0xd0, 0x56][..]].concat();
        [
            &[0xff, 0xd8][..],
            &segment(0xe0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0"),
            &segment(0xe1, &exif.concat()),
            &segment(0xe1, &[b"http://ns.adobe.com/xap/1.0/\0", SECRET].concat()),
            &segment(0xed, SECRET),
            &segment(0xe2, b"ICC_PROFILE\0\x01\x01colours"),
            &segment(0xc2, &size),
            &scan,
            &segment(0xfe, SECRET),
            &scan,
            &[0xff, 0xd9],
            SECRET,
        ]
        .concat()
    }

    fn chunk(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
        let length = u32::try_from(content.len()).expect("short").to_be_bytes();
        [&length[..], kind, content, b"sum!"].concat()
    }

    /// 2 by 3.
    pub fn png() -> Vec<u8> {
        [
            super::PNG_HEAD,
            &chunk(b"IHDR", &[0, 0, 0, 2, 0, 0, 0, 3, 8, 2, 0, 0, 0]),
            &chunk(b"eXIf", SECRET),
            &chunk(b"tEXt", SECRET),
            &chunk(b"IDAT", b"pixels"),
            &chunk(b"IEND", b""),
            SECRET,
        ]
        .concat()
    }

    fn riff(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
        let length = u32::try_from(content.len()).expect("short").to_le_bytes();
        [kind, &length[..], content, &[0][..content.len() % 2]].concat()
    }

    /// 2 by 3.
    pub fn webp() -> Vec<u8> {
        let head = riff(b"VP8X", &[0x08 | 0x04, 0, 0, 0, 1, 0, 0, 2, 0, 0]);
        let parts = [head, riff(b"VP8L", b"/\x01\x80\0\0"), riff(b"EXIF", SECRET), riff(b"XMP ", SECRET)].concat();
        [&riff(b"RIFF", &[b"WEBP", &parts[..]].concat())[..], SECRET].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::{testing::*, *};

    fn tells(bytes: &[u8]) -> bool {
        bytes.windows(SECRET.len()).any(|some| some == SECRET)
    }

    #[test]
    fn where_a_picture_was_taken_does_not_leave_with_it() {
        for (whole, cleaned) in [(jpeg(1), of_jpeg(&jpeg(1))), (png(), of_png(&png())), (webp(), of_webp(&webp()))] {
            let cleaned = cleaned.expect("a picture").bytes;
            assert!(tells(&whole) && !tells(&cleaned), "{}", String::from_utf8_lossy(&cleaned));
        }
        let photo = of_jpeg(&jpeg(1)).expect("a picture").bytes;
        assert!(photo.windows(7).any(|some| some == b"colours") && !photo.windows(4).any(|some| some == b"Exif"));
        assert_eq!(photo.iter().filter(|byte| **byte == 0xda).count(), 2, "both scans");
        assert_eq!(of_webp(&webp()).expect("a picture").bytes[20] & TOLD_IN_WEBP, 0, "and does not promise it");
    }

    #[test]
    fn cleaning_twice_is_cleaning_once_and_a_turned_photograph_stays_turned() {
        let once = of_jpeg(&jpeg(6)).expect("a picture");
        let twice = of_jpeg(&once.bytes).expect("a picture");
        assert!(once.is_on_its_side && twice.is_on_its_side && once.bytes == twice.bytes && !tells(&once.bytes));
        assert_eq!(
            of_webp(&of_webp(&webp()).expect("one").bytes).expect("one").bytes,
            of_webp(&webp()).expect("one").bytes
        );
    }

    #[test]
    fn what_is_cut_off_anywhere_is_broken_and_breaks_nothing() {
        type Clean = fn(&[u8]) -> Option<Cleaned>;
        for (whole, clean) in [(jpeg(6), of_jpeg as Clean), (png(), of_png), (webp(), of_webp)] {
            let end = whole.len() - SECRET.len();
            assert!((0..end).all(|at| clean(&whole[..at]).is_none()));
            assert!(clean(&whole[..end]).is_some());
        }
    }
}
