//! Comma-separated values (RFC 4180), as spreadsheets write and read them; cells never act in one.

use super::sentence::{Sentence, sentence};

/// A record with the line it begins on, 1-based.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    pub line: usize,
    pub cells: Vec<String>,
}

/// What makes a spreadsheet take a cell for a formula, full-width ones included; and our own mark against that.
const ACTS: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}', GUARD];
const GUARD: char = '\'';

/// One line of a file.
pub fn write_record<'a>(cells: impl IntoIterator<Item = &'a str>, out: &mut String) {
    for (at, cell) in cells.into_iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        let guard = if cell.starts_with(ACTS) { "'" } else { "" };
        if !guard.is_empty() || cell.contains([',', '"', '\n', '\r']) || cell.starts_with(' ') || cell.ends_with(' ') {
            out.push('"');
            out.push_str(guard);
            out.push_str(&cell.replace('"', "\"\""));
            out.push('"');
        } else {
            out.push_str(cell);
        }
    }
    out.push_str("\r\n");
}

/// All records; empty lines are passed over. Cells are apart by what is most often in the first line: spreadsheets write
/// commas, semicolons or tabs, by their country.
///
/// # Errors
/// The line and what is wrong there: a quote that does not end, or text after one.
pub fn read(text: &str) -> Result<Vec<Record>, (usize, Sentence)> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let first = text.lines().next().unwrap_or_default();
    let often = |between: &char| first.matches(*between).count();
    let between = ['\t', ';', ','].into_iter().max_by_key(often).unwrap_or(',');
    let mut records = Vec::new();
    let mut chars = text.chars().peekable();
    let mut line = 1;
    while chars.peek().is_some() {
        let mut record = Record { line, cells: Vec::new() };
        loop {
            let mut cell = String::new();
            if chars.next_if_eq(&'"').is_some() {
                let began = line;
                loop {
                    match chars.next() {
                        None => return Err((began, sentence!("a quote begins here and never ends"))),
                        Some('"') if chars.next_if_eq(&'"').is_some() => cell.push('"'),
                        Some('"') => break,
                        Some(c) => {
                            line += usize::from(c == '\n');
                            cell.push(c);
                        }
                    }
                }
                if chars.peek().is_some_and(|c| *c != between && !matches!(c, '\r' | '\n')) {
                    return Err((line, sentence!("there is text after the quote that ends a cell")));
                }
            } else {
                while let Some(c) = chars.next_if(|c| *c != between && !matches!(c, '\r' | '\n')) {
                    cell.push(c);
                }
            }
            record.cells.push(match cell.strip_prefix(GUARD) {
                Some(rest) => rest.to_owned(),
                None => cell,
            });
            match chars.next() {
                Some(c) if c == between => {}
                Some('\r') => {
                    chars.next_if_eq(&'\n');
                    line += 1;
                    break;
                }
                Some(_) => {
                    line += 1;
                    break;
                }
                None => break,
            }
        }
        if record.cells.iter().any(|cell| !cell.is_empty()) {
            records.push(record);
        }
    }
    Ok(records)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(text: &str) -> Vec<(usize, Vec<String>)> {
        read(text).expect("no mistake").into_iter().map(|record| (record.line, record.cells)).collect()
    }

    #[test]
    fn what_spreadsheets_write_is_read() {
        let text = "\u{feff}id,body\r\na,\"one\r\ntwo, \"\"three\"\"\"\r\n\r\nb,\n";
        let expected = [(1, ["id", "body"]), (2, ["a", "one\r\ntwo, \"three\""]), (5, ["b", ""])];
        assert_eq!(cells(text), expected.map(|(line, cells)| (line, cells.map(str::to_owned).to_vec())));
        let apart = |between| cells(&format!("id{between}body\r\na{between}\"one{between}two\"\r\n"));
        for between in [',', ';', '\t'] {
            assert_eq!(apart(between)[1].1, ["a".to_owned(), format!("one{between}two")]);
        }
        assert_eq!(read("a,\"b\n\nc"), Err((1, sentence!("a quote begins here and never ends"))));
        assert_eq!(read("a\n\"b\"c\n"), Err((2, sentence!("there is text after the quote that ends a cell"))));
    }

    #[test]
    fn no_cell_acts_and_each_comes_back() {
        for cell in ["=1+1", "@cmd", "-1", "＝1", "'quoted", "a,b", "\"", " x ", "\t", "plain"] {
            let mut out = String::new();
            write_record([cell, "end"], &mut out);
            assert!(!out.trim_start_matches('"').starts_with(['=', '@', '-', '＝', '\t']), "{out}");
            assert_eq!(cells(&out)[0].1, [cell, "end"]);
        }
    }
}
