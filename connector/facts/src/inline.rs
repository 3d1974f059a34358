//! Literals whose value fits into the identifier itself: whole numbers, decimals, booleans, instants and days.
//!
//! A literal is inlined only where its text can be given back letter by letter, since RDF compares literals by text:
//! `"01"^^xsd:integer` is another term than `"1"^^xsd:integer` and goes to the dictionary, while `"2.50"^^xsd:decimal`
//! is inlined as 250 with two digits behind the point.

use crate::term::{Kind, TermId};
use jiff::Timestamp;
use jiff::civil;
use jiff::tz::Offset;
use oxrdf::vocab::xsd;
use oxrdf::{Literal, NamedNodeRef};
use oxsdatatypes::{Boolean, Date, DateTime, Decimal, Integer};
use spareval::ExpressionTerm;

/// The identifier of a literal, if its text fits into one.
pub(crate) fn inline(value: &str, datatype: &str) -> Option<TermId> {
    let name = datatype.strip_prefix("http://www.w3.org/2001/XMLSchema#")?;
    match name {
        "integer" => integer(value),
        "decimal" => decimal(value),
        "boolean" => boolean(value),
        "dateTime" => date_time(value),
        "date" => date(value),
        _ => None,
    }
}

/// The literal that an inlined identifier stands for.
pub(crate) fn literal(id: TermId) -> Option<Literal> {
    let (text, datatype) = lexical(id)?;
    Some(Literal::new_typed_literal(text, datatype))
}

fn lexical(id: TermId) -> Option<(String, NamedNodeRef<'static>)> {
    let payload = id.payload();
    Some(match id.kind() {
        Kind::Integer => (signed(payload, 59).to_string(), xsd::INTEGER),
        Kind::Decimal => (decimal_text(payload), xsd::DECIMAL),
        Kind::Boolean => ((payload == 1).to_string(), xsd::BOOLEAN),
        Kind::DateTime => (date_time_text(payload)?, xsd::DATE_TIME),
        Kind::Date => (date_text(payload)?, xsd::DATE),
        Kind::Named | Kind::Guest => return None,
    })
}

/// The value of an inlined identifier as the evaluator computes with it, without a look at the dictionary.
pub(crate) fn value(id: TermId) -> Option<ExpressionTerm> {
    let payload = id.payload();
    Some(match id.kind() {
        Kind::Integer => ExpressionTerm::IntegerLiteral(Integer::from(signed(payload, 59))),
        Kind::Decimal => {
            let (mantissa, scale) = (signed(payload >> 5, 54), (payload & 31) as u32);
            ExpressionTerm::DecimalLiteral(Decimal::new(i128::from(mantissa), scale).ok()?)
        }
        Kind::Boolean => ExpressionTerm::BooleanLiteral(Boolean::from(payload == 1)),
        Kind::DateTime => ExpressionTerm::DateTimeLiteral(date_time_value(payload)?),
        Kind::Date => ExpressionTerm::DateLiteral(lexical(id)?.0.parse::<Date>().ok()?),
        Kind::Named | Kind::Guest => return None,
    })
}

/// The identifier of a computed value, if it fits into one; the text is the canonical one.
pub(crate) fn of_value(value: &ExpressionTerm) -> Option<TermId> {
    match value {
        ExpressionTerm::IntegerLiteral(value) => integer_id(i64::from(*value)),
        ExpressionTerm::DecimalLiteral(value) => canonical_decimal(*value),
        ExpressionTerm::BooleanLiteral(value) => {
            Some(TermId::new(Kind::Boolean, u64::from(bool::from(*value))))
        }
        _ => None,
    }
}

/// The instant of an inlined `xsd:dateTime`, in milliseconds since 1970.
pub(crate) fn instant_ms(id: TermId) -> Option<i64> {
    (id.kind() == Kind::DateTime).then(|| (id.payload() >> 9) as i64 - YEAR_ONE_MS)
}

fn offset(value: i64, bits: u32) -> Option<u64> {
    let half = 1_i64 << bits;
    (-half..half).contains(&value).then_some((value + half) as u64)
}

fn signed(payload: u64, bits: u32) -> i64 {
    payload as i64 - (1_i64 << bits)
}

fn integer_id(value: i64) -> Option<TermId> {
    Some(TermId::new(Kind::Integer, offset(value, 59)?))
}

/// Sign, digits before the point and digits behind it, where the text has no needless sign or leading zero.
fn plain_number(text: &str) -> Option<(bool, &str, Option<&str>)> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    let (whole, fraction) = match digits.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (digits, None),
    };
    let numeric = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let plain = numeric(whole)
        && fraction.is_none_or(numeric)
        && (whole.len() == 1 || !whole.starts_with('0'))
        && !(negative && digits.bytes().all(|b| b == b'0' || b == b'.'));
    plain.then_some((negative, whole, fraction))
}

fn integer(text: &str) -> Option<TermId> {
    let (_, _, None) = plain_number(text)? else { return None };
    integer_id(text.parse().ok()?)
}

fn decimal(text: &str) -> Option<TermId> {
    let (negative, whole, fraction) = plain_number(text)?;
    let fraction = fraction.unwrap_or_default();
    if whole.len() + fraction.len() > 17 {
        return None;
    }
    let digits = whole.bytes().chain(fraction.bytes());
    let size = digits.fold(0_i64, |sum, digit| sum * 10 + i64::from(digit - b'0'));
    decimal_id(if negative { -size } else { size }, fraction.len() as u64)
}

fn decimal_id(mantissa: i64, scale: u64) -> Option<TermId> {
    Some(TermId::new(Kind::Decimal, offset(mantissa, 54)? << 5 | scale))
}

fn decimal_text(payload: u64) -> String {
    let (mantissa, scale) = (signed(payload >> 5, 54), (payload & 31) as usize);
    if scale == 0 {
        return mantissa.to_string();
    }
    let sign = if mantissa < 0 { "-" } else { "" };
    let digits = format!("{:0>width$}", mantissa.unsigned_abs(), width = scale + 1);
    let (whole, fraction) = digits.split_at(digits.len() - scale);
    format!("{sign}{whole}.{fraction}")
}

fn canonical_decimal(value: Decimal) -> Option<TermId> {
    // The evaluator keeps decimals as whole multiples of 10^-18.
    let mut mantissa = i128::from_be_bytes(value.to_be_bytes());
    let mut scale = 18;
    while scale > 0 && mantissa % 10 == 0 {
        mantissa /= 10;
        scale -= 1;
    }
    decimal_id(i64::try_from(mantissa).ok()?, scale)
}

fn boolean(text: &str) -> Option<TermId> {
    match text {
        "true" => Some(TermId::new(Kind::Boolean, 1)),
        "false" => Some(TermId::new(Kind::Boolean, 0)),
        _ => None,
    }
}

/// Milliseconds from the start of the year 1 to the start of 1970.
const YEAR_ONE_MS: i64 = 62_135_596_800_000;

/// The code of a time zone: 1 is `Z`, 2 and more are quarters of an hour from -14:00.
fn zone_code(text: &str) -> Option<u64> {
    if text == "Z" {
        return Some(1);
    }
    let (sign, rest) = match text.as_bytes().first()? {
        b'+' => (1, &text[1..]),
        b'-' => (-1, &text[1..]),
        _ => return None,
    };
    let (hours, minutes) = (two(rest.get(..2)?)?, two(rest.get(3..)?)?);
    let total = hours * 60 + minutes;
    let plain = rest.len() == 5
        && rest.as_bytes()[2] == b':'
        && minutes < 60
        && minutes % 15 == 0
        && total <= 840
        && !(sign < 0 && total == 0);
    plain.then(|| (sign * (total / 15) + 56 + 2) as u64)
}

fn zone_minutes(code: u64) -> i64 {
    if code < 2 { 0 } else { (code as i64 - 58) * 15 }
}

fn zone_text(code: u64) -> String {
    match code {
        0 => String::new(),
        1 => "Z".to_owned(),
        _ => {
            let minutes = zone_minutes(code);
            let sign = if minutes < 0 { '-' } else { '+' };
            format!("{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60)
        }
    }
}

fn two(text: &str) -> Option<i64> {
    (text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
}

/// The day that the first ten characters spell.
fn day(text: &str) -> Option<civil::Date> {
    let bytes = text.as_bytes();
    if bytes.len() < 10 || bytes[4] != b'-' || bytes[7] != b'-' || !text.is_char_boundary(10) {
        return None;
    }
    let century = two(text.get(..2)?)? * 100;
    let year = century + two(text.get(2..4)?)?;
    let (month, day) = (two(text.get(5..7)?)?, two(text.get(8..10)?)?);
    civil::Date::new(year as i16, month as i8, day as i8).ok().filter(|date| date.year() > 0)
}

/// The payload is the instant (49 bits), the number of digits behind the second (2) and the zone (7).
fn date_time(text: &str) -> Option<TermId> {
    let date = day(text)?;
    let time = text.get(10..19)?;
    if time.as_bytes()[0] != b'T' || time.as_bytes()[3] != b':' || time.as_bytes()[6] != b':' {
        return None;
    }
    let (hour, minute, second) = (two(&time[1..3])?, two(&time[4..6])?, two(&time[7..9])?);
    let rest = text.get(19..)?;
    let (fraction, zone) = match rest.strip_prefix('.') {
        Some(rest) => rest.split_at(rest.bytes().take_while(u8::is_ascii_digit).count()),
        None => ("", rest),
    };
    if fraction.len() > 3 || (fraction.is_empty() && rest.starts_with('.')) {
        return None;
    }
    let code = zone_code(zone)?;
    let ms = format!("{fraction:0<3}").parse::<i32>().ok()?;
    let nanosecond = ms * 1_000_000;
    let time = civil::Time::new(hour as i8, minute as i8, second as i8, nanosecond).ok()?;
    let zone = Offset::from_seconds(zone_minutes(code) as i32 * 60).ok()?;
    let instant = zone.to_timestamp(date.to_datetime(time)).ok()?.as_millisecond() + YEAR_ONE_MS;
    let instant = u64::try_from(instant).ok().filter(|instant| *instant < 1 << 49)?;
    Some(TermId::new(Kind::DateTime, instant << 9 | (fraction.len() as u64) << 7 | code))
}

fn date_time_text(payload: u64) -> Option<String> {
    let (digits, code) = ((payload >> 7 & 3) as usize, payload & 127);
    let instant = Timestamp::from_millisecond((payload >> 9) as i64 - YEAR_ONE_MS).ok()?;
    let local = Offset::from_seconds(zone_minutes(code) as i32 * 60).ok()?.to_datetime(instant);
    let (date, time) = (local.date(), local.time());
    let ms = format!("{:03}", time.subsec_nanosecond() / 1_000_000);
    let fraction = if digits == 0 { String::new() } else { format!(".{}", &ms[..digits]) };
    let zone = zone_text(code);
    Some(format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{fraction}{zone}",
        date.year(),
        date.month(),
        date.day(),
        time.hour(),
        time.minute(),
        time.second(),
    ))
}

fn date_time_value(payload: u64) -> Option<DateTime> {
    // The evaluator counts seconds from the start of the year 1 and keeps the zone in minutes.
    let seconds = Decimal::new(i128::from(payload >> 9), 3).ok()?;
    let zone = zone_minutes(payload & 127) as i16;
    let mut bytes = [0; 18];
    bytes[..16].copy_from_slice(&seconds.to_be_bytes());
    bytes[16..].copy_from_slice(&zone.to_be_bytes());
    Some(DateTime::from_be_bytes(bytes))
}

/// The payload is the year, the month (4 bits), the day (5) and the zone (7).
fn date(text: &str) -> Option<TermId> {
    let date = day(text)?;
    let zone = text.get(10..)?;
    let code = if zone.is_empty() { 0 } else { zone_code(zone)? };
    let packed = (date.year() as u64) << 9 | (date.month() as u64) << 5 | date.day() as u64;
    Some(TermId::new(Kind::Date, packed << 7 | code))
}

fn date_text(payload: u64) -> Option<String> {
    let packed = payload >> 7;
    let (year, month, day) = (packed >> 9, packed >> 5 & 15, packed & 31);
    Some(format!("{year:04}-{month:02}-{day:02}{}", zone_text(payload & 127)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxrdf::{NamedNode, Term};

    fn id(text: &str, name: &str) -> Option<TermId> {
        inline(text, &format!("http://www.w3.org/2001/XMLSchema#{name}"))
    }

    #[test]
    fn gives_back_the_text_and_the_value() {
        let table = [
            ("integer", &["0", "7", "-12", "576460752303423487", "-576460752303423488"][..]),
            ("decimal", &["0", "1.5", "-0.05", "2.50", "0.0", "12345678901234.567", "-3", "0.10"]),
            ("boolean", &["true", "false"]),
            (
                "dateTime",
                &[
                    "2024-02-29T23:59:59Z",
                    "2026-03-01T00:00:00+02:00",
                    "1970-01-01T00:00:00.5Z",
                    "0001-01-01T00:00:00Z",
                    "9998-12-31T23:59:59.999-14:00",
                    "2024-06-01T12:30:00.120+05:45",
                    "2024-06-01T12:30:00+00:00",
                ],
            ),
            ("date", &["2024-02-29", "2026-03-01Z", "0001-01-01+14:00", "9999-12-31-03:30"]),
        ];
        for (name, texts) in table {
            for text in texts {
                let id = id(text, name).unwrap_or_else(|| panic!("{text} is not inlined"));
                let datatype =
                    NamedNode::new(format!("http://www.w3.org/2001/XMLSchema#{name}")).unwrap();
                let expected = Literal::new_typed_literal(*text, datatype);
                assert_eq!(literal(id), Some(expected.clone()));
                let computed = ExpressionTerm::from(Term::from(expected));
                assert!(value(id) == Some(computed), "{text}");
            }
        }
    }

    #[test]
    fn leaves_other_spellings_to_the_dictionary() {
        let table = [
            ("integer", &["01", "+1", "-0", "", "-", "1.0", "576460752303423488", "1 "][..]),
            ("decimal", &[".5", "5.", "+1.5", "-0.0", "00.5", "123456789012345678", "1e3"]),
            ("boolean", &["1", "0", "True"]),
            (
                "dateTime",
                &[
                    "2024-02-30T00:00:00Z",
                    "2024-01-01T24:00:00Z",
                    "2024-01-01T00:00:00",
                    "2024-01-01T00:00:00.1234Z",
                    "2024-01-01T00:00:00.Z",
                    "2024-01-01T00:00:00-00:00",
                    "2024-01-01T00:00:00+02:10",
                    "2024-01-01T00:00:60Z",
                    "02024-01-01T00:00:00Z",
                    "-024-01-01T00:00:00Z",
                    "2024-01-01T00:00:00+0é:00",
                    "0001-01-01T00:00:00+01:00",
                ],
            ),
            ("date", &["2024-02-30", "0000-01-01", "2024-1-01", "2024-01-01T", "2024-01-0é"]),
            ("double", &["1.5"]),
        ];
        for (name, texts) in table {
            for text in texts {
                assert_eq!(id(text, name), None, "{text}");
            }
        }
    }

    #[test]
    fn a_computed_value_gets_the_identifier_of_its_text() {
        for value in [
            ExpressionTerm::IntegerLiteral(7.into()),
            ExpressionTerm::DecimalLiteral("2.50".parse().unwrap()),
            ExpressionTerm::DecimalLiteral("-200".parse().unwrap()),
            ExpressionTerm::DecimalLiteral("0".parse().unwrap()),
            ExpressionTerm::BooleanLiteral(true.into()),
        ] {
            let Term::Literal(text) = Term::from(value.clone()) else { panic!("a literal") };
            assert_eq!(of_value(&value), inline(text.value(), text.datatype().as_str()));
        }
    }

    #[test]
    fn tells_the_instant() {
        let instant = |text| instant_ms(id(text, "dateTime").unwrap()).unwrap();
        assert_eq!(instant("1970-01-01T00:00:00Z"), 0);
        assert_eq!(instant("1970-01-01T02:00:00.001+02:00"), 1);
    }
}
