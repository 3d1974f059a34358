//! Bytes to text: which kind of file, which encoding.

use crate::{Code, Problem};
use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8};

/// The most bytes of one file.
const FILE_BYTES_MAX: u64 = 1 << 30;

/// What is wrong with a file of so many bytes, so that it need not be read to be refused.
pub fn too_large(bytes: u64) -> Option<Problem> {
    (bytes > FILE_BYTES_MAX).then(|| {
        let message = format!("the file has {} MB; the most is 1 GB", bytes >> 20);
        Problem::error(Code::FileSize, message, "split it into several files")
    })
}

/// What is wrong with a folder or a device under the name of a file.
pub fn not_a_file() -> Problem {
    let fix = "give the name of a file; all data files of the folder are taken if none is named";
    Problem::error(Code::FileKind, "it is a folder, a pipe or a device and no file", fix)
}

/// What is wrong with a file that the system does not hand out.
pub fn unreadable(error: &std::io::Error) -> Problem {
    if error.kind() == std::io::ErrorKind::NotFound {
        let fix = "correct the name, or put the file into the company's folder";
        return Problem::error(Code::FileMissing, "there is no such file", fix);
    }
    let fix = "let the user that runs adit read it, or replace the file";
    Problem::error(Code::FileUnreadable, format!("it cannot be read: {error}"), fix)
}

/// The kinds of files that can be read, told by the end of the name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FileKind {
    Csv,
    Xlsx,
    NTriples,
    NQuads,
    Turtle,
    TriG,
    JsonLd,
    RdfXml,
}

/// Whether the end of a file's name is one that [`read`](crate::read) knows.
///
/// ```
/// assert!(adit_ingest::can_read("Deliveries.CSV"));
/// assert!(!adit_ingest::can_read("heat-4711.pdf"));
/// ```
pub fn can_read(name: &str) -> bool {
    FileKind::named(&ending(name)).is_some()
}

/// What follows the last full stop of a name, in lower case.
fn ending(name: &str) -> String {
    name.rsplit_once('.').map_or("", |(_, end)| end).to_ascii_lowercase()
}

impl FileKind {
    fn named(end: &str) -> Option<Self> {
        match end {
            "csv" | "tsv" | "txt" => Some(Self::Csv),
            "xlsx" | "xlsm" => Some(Self::Xlsx),
            "nt" => Some(Self::NTriples),
            "nq" => Some(Self::NQuads),
            "ttl" => Some(Self::Turtle),
            "trig" => Some(Self::TriG),
            "jsonld" => Some(Self::JsonLd),
            "rdf" => Some(Self::RdfXml),
            _ => None,
        }
    }

    /// The kind of a file, and at once whether its first bytes belie its name.
    pub(crate) fn of(name: &str, data: &[u8]) -> Result<Self, Problem> {
        let end = ending(name);
        let kind = Self::named(&end).ok_or_else(|| {
            let fix = "save it as .csv, .xlsx, .nt, .nq, .ttl, .trig, .jsonld or .rdf";
            Problem::error(Code::FileKind, "this kind of file cannot be read", fix)
        })?;
        if data.is_empty() {
            return Err(Problem::error(
                Code::FileEmpty,
                "the file is empty",
                "export it again; an export that failed often leaves an empty file",
            ));
        }
        if let Some(problem) = too_large(data.len() as u64) {
            return Err(problem);
        }
        let belies = match (kind, data) {
            (Self::Xlsx, [0xD0, 0xCF, 0x11, 0xE0, ..]) => {
                Some("an old .xls workbook or locked by a password")
            }
            (Self::Xlsx, _) => None,
            (_, [b'P', b'K', 3, 4, ..]) => Some("an .xlsx workbook"),
            _ => None,
        };
        match belies {
            Some(truth) => Err(Problem::error(
                Code::FileKind,
                format!("the name ends in .{end} but the file is {truth}"),
                "open it in the spreadsheet and save it as .xlsx without a password",
            )),
            None => Ok(kind),
        }
    }
}

/// The text of a file in the encoding that its mapping declares; a byte order mark speaks louder.
///
/// Implements the reading of [`encoding`](https://www.w3.org/TR/tabular-metadata/#dialect-encoding), whose default is UTF-8.
pub(crate) fn decode(data: &[u8], declared: Option<&'static Encoding>) -> Result<String, Problem> {
    let marked = Encoding::for_bom(data);
    let (encoding, body) = match marked {
        Some((encoding, mark)) => (encoding, data.get(mark..).unwrap_or_default()),
        None => (declared.unwrap_or(UTF_8), data),
    };
    if marked.is_none() && encoding != UTF_8 && is_plainly_utf8(body) {
        return Err(misdeclared(encoding, UTF_8, None));
    }
    if marked.is_none() && (encoding == UTF_8 || encoding.is_single_byte()) {
        check_one_encoding(body)?;
    }
    let (text, failed) = encoding.decode_without_bom_handling(body);
    if failed {
        let row = std::str::from_utf8(body).err().filter(|_| encoding == UTF_8).map(|error| {
            let good = body.get(..error.valid_up_to()).unwrap_or_default();
            1 + good.iter().filter(|byte| **byte == b'\n').count() as u64
        });
        return Err(misdeclared(encoding, guess(data), row));
    }
    if let Some(at) = text.find('\0') {
        let row = 1 + text[..at].matches('\n').count() as u64;
        return Err(Problem::error(
            Code::CsvEncoding,
            "there are zero bytes in the text, as in UTF-16 without a byte order mark",
            "export it again as UTF-8",
        )
        .at_row(row));
    }
    Ok(text.into_owned())
}

/// Letters beyond ASCII that are all sound UTF-8 are no accident in another encoding.
fn is_plainly_utf8(data: &[u8]) -> bool {
    !data.is_ascii() && std::str::from_utf8(data).is_ok()
}

/// Rows in UTF-8 among rows in another encoding come from two exports put together.
///
/// In a text of one-byte letters, letters that are sound UTF-8 stand by each other practically never.
fn check_one_encoding(body: &[u8]) -> Result<(), Problem> {
    let lines = || (1u64..).zip(body.split(|byte| *byte == b'\n')).filter(|(_, it)| !it.is_ascii());
    let sound = lines().find(|(_, line)| std::str::from_utf8(line).is_ok());
    let other = lines().find(|(_, line)| std::str::from_utf8(line).is_err());
    let (Some((sound, _)), Some((other, _))) = (sound, other) else { return Ok(()) };
    let message =
        format!("row {sound} is in utf-8 and row {other} is not: the file has two encodings");
    let fix = "it was put together from two exports: export it again in one piece";
    Err(Problem::error(Code::CsvEncoding, message, fix).at_row(sound.max(other)))
}

fn misdeclared(said: &'static Encoding, likely: &'static Encoding, row: Option<u64>) -> Problem {
    let said = said.name().to_ascii_lowercase();
    let likely = likely.name().to_ascii_lowercase();
    let fix = if said == likely {
        "export the file again; its text is damaged".to_owned()
    } else {
        format!("write \"dialect\": {{\"encoding\": \"{likely}\"}} in the mapping")
    };
    let message = format!(
        "the text is not {said}, which the mapping says or leaves out; it looks like {likely}"
    );
    let problem = Problem::error(Code::CsvEncoding, message, fix);
    match row {
        Some(row) => problem.at_row(row),
        None => problem,
    }
}

/// The likeliest encoding of a file without a declaration.
pub(crate) fn guess(data: &[u8]) -> &'static Encoding {
    if let Some((encoding, _)) = Encoding::for_bom(data) {
        return encoding;
    }
    if std::str::from_utf8(data).is_ok() {
        return UTF_8;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(data, true);
    // A Finnish domain tips the scale to Western letters where a short file leaves doubt.
    detector.guess(Some(b"fi"), Utf8Detection::Deny)
}

#[cfg(test)]
mod tests {
    use super::*;
    use encoding_rs::{ISO_8859_15, WINDOWS_1252};

    fn refusal(data: &[u8], declared: Option<&'static Encoding>) -> String {
        decode(data, declared).unwrap_err().in_file("a.csv").to_string()
    }

    #[test]
    fn reads_what_erp_systems_write() {
        let utf16: Vec<u8> = "\u{FEFF}erä".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let utf16be: Vec<u8> = "\u{FEFF}erä".encode_utf16().flat_map(u16::to_be_bytes).collect();
        for (data, declared) in [
            (b"er\xE4".as_slice(), Some(WINDOWS_1252)),
            (b"er\xE4", Some(ISO_8859_15)),
            ("erä".as_bytes(), None),
            ("erä".as_bytes(), Some(UTF_8)),
            ("\u{FEFF}erä".as_bytes(), Some(WINDOWS_1252)),
            (utf16.as_slice(), None),
            (utf16be.as_slice(), Some(UTF_8)),
        ] {
            assert_eq!(decode(data, declared).unwrap(), "erä");
        }
        assert_eq!(decode(b"\xA4", Some(ISO_8859_15)).unwrap(), "€");
        assert_eq!(decode(b"\x80", Some(WINDOWS_1252)).unwrap(), "€");
    }

    #[test]
    fn refuses_a_wrong_encoding_with_the_line_to_write() {
        assert_eq!(
            refusal(b"a;b\nSt\xE5l;er\xE4\n", None),
            "a.csv, row 2: the text is not utf-8, which the mapping says or leaves out; it looks like windows-1252 [csv.encoding]\n  write \"dialect\": {\"encoding\": \"windows-1252\"} in the mapping"
        );
        assert_eq!(
            refusal("Stål".as_bytes(), Some(WINDOWS_1252)),
            "a.csv: the text is not windows-1252, which the mapping says or leaves out; it looks like utf-8 [csv.encoding]\n  write \"dialect\": {\"encoding\": \"utf-8\"} in the mapping"
        );
        for declared in [None, Some(WINDOWS_1252)] {
            assert_eq!(
                refusal(b"a;b\nSt\xE5l\nEr\xC3\xA4\n", declared),
                "a.csv, row 3: row 3 is in utf-8 and row 2 is not: the file has two encodings [csv.encoding]\n  it was put together from two exports: export it again in one piece"
            );
        }
        assert_eq!(
            refusal(b"a\0;\0", None),
            "a.csv, row 1: there are zero bytes in the text, as in UTF-16 without a byte order mark [csv.encoding]\n  export it again as UTF-8"
        );
        assert_eq!(
            refusal(b"\xFF\xFEa", None),
            "a.csv: the text is not utf-16le, which the mapping says or leaves out; it looks like utf-16le [csv.encoding]\n  export the file again; its text is damaged"
        );
    }

    #[test]
    fn refuses_files_that_it_cannot_read() {
        let refusal = |name: &str, data: &[u8]| {
            FileKind::of(name, data).unwrap_err().in_file(name).to_string()
        };
        assert_eq!(
            refusal("a.pdf", b"%PDF"),
            "a.pdf: this kind of file cannot be read [file.kind]\n  save it as .csv, .xlsx, .nt, .nq, .ttl, .trig, .jsonld or .rdf"
        );
        assert_eq!(
            refusal("a.csv", b""),
            "a.csv: the file is empty [file.empty]\n  export it again; an export that failed often leaves an empty file"
        );
        assert_eq!(
            refusal("a.csv", b"PK\x03\x04"),
            "a.csv: the name ends in .csv but the file is an .xlsx workbook [file.kind]\n  open it in the spreadsheet and save it as .xlsx without a password"
        );
        assert_eq!(
            refusal("a.xlsx", b"\xD0\xCF\x11\xE0"),
            "a.xlsx: the name ends in .xlsx but the file is an old .xls workbook or locked by a password [file.kind]\n  open it in the spreadsheet and save it as .xlsx without a password"
        );
    }
}
