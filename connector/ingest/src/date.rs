//! Dates as a file writes them to instants in UTC.
//!
//! An interval compares with a date only if both have a zone, so every date and time becomes `xsd:dateTime` with `Z`.
//! A date alone is the start of that day in the mapping's time zone. Where clocks are set forward, a time that
//! does not exist is read as if they had not been (02:30 becomes 03:30); where they are set back, a time that
//! exists twice is the first.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{Offset, TimeZone, TimeZoneDatabase};

/// A time zone by its IANA name. The database is part of the program, so that every machine reads a file alike.
pub(crate) fn zone_named(name: &str) -> Option<TimeZone> {
    TimeZoneDatabase::bundled().get(name).ok()
}

/// A pattern of [CSVW date formats](https://www.w3.org/TR/tabular-data-model/#formats-for-dates-and-times), such as `dd.MM.yyyy HH:mm`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DateFormat {
    marks: Vec<Mark>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    Field {
        field: Field,
        digits_min: usize,
        digits_max: usize,
    },
    /// `yy`: the years 2000 to 2099.
    ShortYear,
    /// `S` after the seconds' point.
    Fraction,
    /// The same with its point, which may both be missing.
    FractionMaybe,
    /// `X` or `x`: `Z` or an offset.
    Zone,
    ZoneMaybe,
    Literal(char),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Year,
    Month,
    Day,
    Hour,
    Minute,
    Second,
}

/// A date and time as written, with the offset where one was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Written {
    pub(crate) at: DateTime,
    offset: Option<Offset>,
}

impl Written {
    /// From a spreadsheet's own date, which never has an offset.
    pub(crate) fn without_offset(at: DateTime) -> Self {
        Self { at, offset: None }
    }

    /// The instant; `None` if neither the value nor the mapping has a zone, or the instant is beyond all calendars.
    pub(crate) fn instant(self, zone: Option<&TimeZone>) -> Option<Timestamp> {
        let zone = match self.offset {
            Some(offset) => TimeZone::fixed(offset),
            None => zone?.clone(),
        };
        Some(self.at.to_zoned(zone).ok()?.timestamp())
    }

    pub(crate) fn has_offset(self) -> bool {
        self.offset.is_some()
    }
}

impl DateFormat {
    /// Reads a pattern, or says which part of it is not known.
    pub(crate) fn parse(pattern: &str) -> Result<Self, String> {
        let mut marks = Vec::new();
        let mut rest = pattern;
        while let Some(letter) = rest.chars().next() {
            let run = rest.len() - rest.trim_start_matches(letter).len();
            let count = run / letter.len_utf8();
            rest = match letter {
                '\'' => {
                    let quoted = rest[1..].split_once('\'').ok_or("a quote that is not closed")?;
                    marks.extend(quoted.0.chars().map(Mark::Literal));
                    quoted.1
                }
                // CSVW writes the T of ISO 8601 bare.
                letter if letter.is_ascii_alphabetic() && letter != 'T' => {
                    marks.push(
                        Mark::of(letter, count).ok_or_else(|| format!("'{}'", &rest[..run]))?,
                    );
                    &rest[run..]
                }
                letter => {
                    marks.push(Mark::Literal(letter));
                    &rest[letter.len_utf8()..]
                }
            };
        }
        let has = |wanted: Field| {
            marks.iter().any(|mark| matches!(mark, Mark::Field { field, .. } if *field == wanted))
        };
        if has(Field::Year) || marks.contains(&Mark::ShortYear) {
            Ok(Self { marks })
        } else {
            Err("no year".into())
        }
    }

    /// `yyyy-MM-dd` with or without an offset: what a date is without a format.
    pub(crate) fn iso_date() -> Self {
        let mut format = Self::known("yyyy-MM-dd");
        format.marks.push(Mark::ZoneMaybe);
        format
    }

    /// `yyyy-MM-ddTHH:mm:ss` with or without a fraction and an offset: what a time is without a format.
    pub(crate) fn iso_date_time() -> Self {
        let mut format = Self::known("yyyy-MM-ddTHH:mm:ss");
        format.marks.extend([Mark::FractionMaybe, Mark::ZoneMaybe]);
        format
    }

    pub(crate) fn iso_month() -> Self {
        Self::known("yyyy-MM")
    }

    pub(crate) fn iso_year() -> Self {
        Self::known("yyyy")
    }

    fn known(pattern: &str) -> Self {
        Self::parse(pattern).expect("the pattern is one of the four above, which a test reads")
    }

    /// The date and time that a text writes in this format; parts that the format lacks are the first of their kind.
    pub(crate) fn read(&self, text: &str) -> Option<Written> {
        let (mut date, mut time) = ([0_i16, 1, 1], [0_i8; 3]);
        let (mut nanoseconds, mut offset) = (0, None);
        let mut rest = text.trim();
        for mark in &self.marks {
            match *mark {
                Mark::Literal(letter) => rest = rest.strip_prefix(letter)?,
                Mark::ShortYear => {
                    date[0] = 2000 + take_digits(&mut rest, 2, 2)?.parse::<i16>().ok()?
                }
                Mark::Field { field, digits_min, digits_max } => {
                    let digits = take_digits(&mut rest, digits_min, digits_max)?;
                    match field {
                        Field::Year => date[0] = digits.parse().ok()?,
                        Field::Month => date[1] = digits.parse().ok()?,
                        Field::Day => date[2] = digits.parse().ok()?,
                        Field::Hour => time[0] = digits.parse().ok()?,
                        Field::Minute => time[1] = digits.parse().ok()?,
                        Field::Second => time[2] = digits.parse().ok()?,
                    }
                }
                Mark::Fraction => nanoseconds = nanoseconds_of(take_digits(&mut rest, 1, 9)?),
                Mark::FractionMaybe => {
                    if let Some(after) = rest.strip_prefix('.') {
                        rest = after;
                        nanoseconds = nanoseconds_of(take_digits(&mut rest, 1, 9)?);
                    }
                }
                Mark::ZoneMaybe if rest.is_empty() => {}
                Mark::Zone | Mark::ZoneMaybe => offset = Some(take_offset(&mut rest)?),
            }
        }
        if !rest.is_empty() || date[0] < 1 {
            return None;
        }
        let day =
            Date::new(date[0], i8::try_from(date[1]).ok()?, i8::try_from(date[2]).ok()?).ok()?;
        let time = Time::new(time[0], time[1], time[2], nanoseconds).ok()?;
        Some(Written { at: day.to_datetime(time), offset })
    }
}

impl Mark {
    fn of(letter: char, count: usize) -> Option<Self> {
        let field = match (letter, count) {
            ('y', 2) => return Some(Self::ShortYear),
            ('S', 1..=9) => return Some(Self::Fraction),
            ('X' | 'x', 1..=3) => return Some(Self::Zone),
            ('y', 4) => {
                return Some(Self::Field { field: Field::Year, digits_min: 4, digits_max: 4 });
            }
            ('M', 1 | 2) => Field::Month,
            ('d', 1 | 2) => Field::Day,
            ('H', 1 | 2) => Field::Hour,
            ('m', 1 | 2) => Field::Minute,
            ('s', 1 | 2) => Field::Second,
            _ => return None,
        };
        Some(Self::Field { field, digits_min: count, digits_max: 2 })
    }
}

fn take_digits<'a>(rest: &mut &'a str, min: usize, max: usize) -> Option<&'a str> {
    let count = rest.bytes().take(max).take_while(u8::is_ascii_digit).count();
    if count < min {
        return None;
    }
    let (digits, after) = rest.split_at(count);
    *rest = after;
    Some(digits)
}

fn nanoseconds_of(fraction: &str) -> i32 {
    let padded = format!("{fraction:0<9}");
    padded.parse().unwrap_or_default()
}

/// `Z`, `+02`, `+0200` or `+02:00`.
fn take_offset(rest: &mut &str) -> Option<Offset> {
    if let Some(after) = rest.strip_prefix(['Z', 'z']) {
        *rest = after;
        return Some(Offset::UTC);
    }
    let (sign, after) = match rest.strip_prefix('+') {
        Some(after) => (1, after),
        None => (-1, rest.strip_prefix('-')?),
    };
    *rest = after;
    let hours: i32 = take_digits(rest, 2, 2)?.parse().ok()?;
    *rest = rest.strip_prefix(':').unwrap_or(rest);
    let minutes: i32 = match take_digits(rest, 0, 2)? {
        "" => 0,
        digits if digits.len() == 2 => digits.parse().ok()?,
        _ => return None,
    };
    if hours > 14 || minutes > 59 {
        return None;
    }
    Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instant(pattern: &str, text: &str, zone: &str) -> Option<String> {
        let zone = zone_named(zone);
        let written = DateFormat::parse(pattern).unwrap().read(text)?;
        written.instant(zone.as_ref()).map(|instant| instant.to_string())
    }

    #[test]
    fn a_date_is_the_start_of_the_day_in_its_zone() {
        for (pattern, text, zone, expected) in [
            ("dd.MM.yyyy", "24.11.2026", "Europe/Helsinki", Some("2026-11-23T22:00:00Z")),
            ("dd.MM.yyyy", "24.07.2026", "Europe/Helsinki", Some("2026-07-23T21:00:00Z")),
            ("d.M.yyyy", "1.2.2026", "Europe/Stockholm", Some("2026-01-31T23:00:00Z")),
            ("d.M.yy", "24.11.26", "UTC", Some("2026-11-24T00:00:00Z")),
            ("yyyyMMdd", "20261124", "UTC", Some("2026-11-24T00:00:00Z")),
            (
                "dd.MM.yyyy HH:mm",
                "24.11.2026 07:30",
                "Europe/Helsinki",
                Some("2026-11-24T05:30:00Z"),
            ),
            (
                "yyyy-MM-ddTHH:mm:ss.SSS",
                "2026-11-24T07:30:01.5",
                "UTC",
                Some("2026-11-24T07:30:01.5Z"),
            ),
            (
                "yyyy-MM-dd'T'HH:mmX",
                "2026-11-24T07:30+02:00",
                "Asia/Tokyo",
                Some("2026-11-24T05:30:00Z"),
            ),
            ("dd.MM.yyyy", "24.11.2026", "Mars/Base", None),
            ("dd.MM.yyyy", "31.02.2026", "UTC", None),
            ("dd.MM.yyyy", "1.2.2026", "UTC", None),
            ("dd.MM.yyyy", "24.11.26", "UTC", None),
            ("dd.MM.yyyy", "24.11.2026 07:30", "UTC", None),
            ("dd.MM.yyyy HH:mm", "24.11.2026 24:00", "UTC", None),
            ("yyyy-MM-dd", "0000-11-24", "UTC", None),
        ] {
            assert_eq!(instant(pattern, text, zone).as_deref(), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn a_gap_moves_forward_and_a_fold_is_the_first() {
        let helsinki = "Europe/Helsinki";
        let pattern = "dd.MM.yyyy HH:mm";
        assert_eq!(
            instant(pattern, "29.03.2026 03:30", helsinki).as_deref(),
            Some("2026-03-29T01:30:00Z")
        );
        assert_eq!(
            instant(pattern, "25.10.2026 03:30", helsinki).as_deref(),
            Some("2026-10-25T00:30:00Z")
        );
        // Midnight of this day did not exist in Beirut: the day began at one o'clock.
        assert_eq!(
            instant("yyyy-MM-dd", "2026-03-29", "Asia/Beirut").as_deref(),
            Some("2026-03-28T22:00:00Z")
        );
    }

    #[test]
    fn the_formats_without_a_pattern_are_those_of_xsd() {
        for text in ["2026-11-24", "2026-11-24Z", "2026-11-24+02:00"] {
            assert!(DateFormat::iso_date().read(text).is_some(), "{text}");
        }
        for text in ["2026-11-24T07:30:00", "2026-11-24T07:30:00.25Z", "2026-11-24T07:30:00-05:00"]
        {
            assert!(DateFormat::iso_date_time().read(text).is_some(), "{text}");
        }
        assert!(DateFormat::iso_date_time().read("2026-11-24").is_none());
        assert!(DateFormat::iso_month().read("2026-11").is_some());
        assert!(DateFormat::iso_year().read("2026").is_some());
    }

    #[test]
    fn refuses_patterns_that_it_does_not_know() {
        assert_eq!(DateFormat::parse("EEE dd.MM.yyyy"), Err("'EEE'".into()));
        assert_eq!(DateFormat::parse("dd.MM"), Err("no year".into()));
        assert_eq!(DateFormat::parse("yyyy'T"), Err("a quote that is not closed".into()));
        assert_eq!(DateFormat::parse("yyyyy-MM"), Err("'yyyyy'".into()));
    }
}
