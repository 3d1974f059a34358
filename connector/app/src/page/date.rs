//! Days, times and spans as people write them.

use super::number::FIXED_SPACE;
use super::words::Words;
use crate::language::Language;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, Zoned};

/// A day: `3 February 2025`, `3 februari 2025`, `3. helmikuuta 2025`.
pub(super) fn day(date: Date, language: Language) -> String {
    let month = &Words::of(language).months[usize::from(date.month().unsigned_abs()) - 1];
    let dot = match language {
        Language::En | Language::Sv => "",
        Language::Fi => ".",
    };
    format!("{}{dot}{FIXED_SPACE}{month} {}", date.day(), date.year())
}

/// A month: `February 2025`.
pub(super) fn month(text: &str, language: Language) -> Option<String> {
    let date: Date = format!("{}-01", text.get(..7)?).parse().ok()?;
    let month = &Words::of(language).months_alone[usize::from(date.month().unsigned_abs()) - 1];
    Some(format!("{month} {}", date.year()))
}

/// An instant in the zone that the page names; the start of a day there is that day.
pub(super) fn instant(at: Timestamp, zone: &TimeZone, language: Language) -> String {
    let local = at.to_zoned(zone.clone());
    let date = day(local.date(), language);
    if local.time() == Time::midnight() {
        return date;
    }
    format!("{date}{}", clock(&local, language))
}

fn clock(local: &Zoned, language: Language) -> String {
    let (hour, minute) = (local.hour(), local.minute());
    match language {
        Language::En => format!(", {hour:02}:{minute:02}"),
        Language::Sv => format!(" kl.{FIXED_SPACE}{hour:02}.{minute:02}"),
        Language::Fi => format!(" klo{FIXED_SPACE}{hour}.{minute:02}"),
    }
}

/// A span of time of XML Schema, such as `P8Y6M`: `8 years 6 months`.
pub(super) fn span(text: &str, language: Language) -> Option<String> {
    let span: Span = text.parse().ok()?;
    let words = &Words::of(language).spans;
    let parts = [
        (i64::from(span.get_years()), &words.year),
        (i64::from(span.get_months()), &words.month),
        (i64::from(span.get_weeks()), &words.week),
        (i64::from(span.get_days()), &words.day),
        (i64::from(span.get_hours()), &words.hour),
        (span.get_minutes(), &words.minute),
        (span.get_seconds(), &words.second),
    ];
    let told: Vec<String> = parts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count}{FIXED_SPACE}{}", word[usize::from(count != 1)]))
        .collect();
    (!told.is_empty() && !span.is_negative()).then(|| told.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// With ordinary spaces, so that a test can be read.
    fn told(f: impl Fn(Language) -> String) -> [String; 3] {
        Language::ALL.map(|language| f(language).replace(FIXED_SPACE, " "))
    }

    #[test]
    fn days_and_months_are_written_as_each_language_does() {
        let date = "2025-02-03".parse().unwrap();
        let days = ["3 February 2025", "3 februari 2025", "3. helmikuuta 2025"];
        assert_eq!(told(|language| day(date, language)), days);
        let months = ["January 2026", "januari 2026", "tammikuu 2026"];
        assert_eq!(told(|language| month("2026-01", language).unwrap()), months);
        for text in ["2026-13", "2026", "later"] {
            assert_eq!(month(text, Language::En), None);
        }
    }

    #[test]
    fn an_instant_is_told_in_the_zone_of_the_company() {
        let zone = TimeZone::get("Europe/Helsinki").unwrap();
        let at = "2026-03-17T06:05:00Z".parse().unwrap();
        let expected =
            ["17 March 2026, 08:05", "17 mars 2026 kl. 08.05", "17. maaliskuuta 2026 klo 8.05"];
        assert_eq!(told(|language| instant(at, &zone, language)), expected);
        let midnight = "2026-03-16T22:00:00Z".parse().unwrap();
        assert_eq!(told(|language| instant(midnight, &zone, language))[1], "17 mars 2026");
    }

    #[test]
    fn spans_are_written_in_words() {
        for (text, expected) in [
            ("P8Y", ["8 years", "8 år", "8 vuotta"]),
            ("P1Y6M", ["1 year 6 months", "1 år 6 månader", "1 vuosi 6 kuukautta"]),
            ("PT36H", ["36 hours", "36 timmar", "36 tuntia"]),
        ] {
            assert_eq!(told(|language| span(text, language).unwrap()), expected);
        }
        assert_eq!(span("eight years", Language::En), None);
        assert_eq!(span("P0D", Language::En), None);
    }
}
