//! What literals mean: whether one is of a datatype, and which of two comes first.

use oxrdf::LiteralRef;
use oxrdf::vocab::{rdf, xsd};
use oxsdatatypes::{
    Boolean, Date, DateTime, DayTimeDuration, Decimal, Double, Duration, Float, GYear, GYearMonth,
    Integer, Time, YearMonthDuration,
};
use std::cmp::Ordering;

/// Whether the text of a literal is one of its datatype; of a datatype that is not known here every text is.
pub(crate) fn is_well_typed(literal: LiteralRef<'_>) -> bool {
    let text = literal.value();
    match literal.datatype() {
        xsd::STRING | rdf::LANG_STRING => true,
        xsd::BOOLEAN => text.parse::<Boolean>().is_ok(),
        xsd::INTEGER => text.parse::<Integer>().is_ok(),
        xsd::DECIMAL => text.parse::<Decimal>().is_ok(),
        xsd::DOUBLE => text.parse::<Double>().is_ok(),
        xsd::FLOAT => text.parse::<Float>().is_ok(),
        xsd::DATE_TIME => text.parse::<DateTime>().is_ok(),
        xsd::DATE => text.parse::<Date>().is_ok(),
        xsd::TIME => text.parse::<Time>().is_ok(),
        xsd::G_YEAR => text.parse::<GYear>().is_ok(),
        xsd::G_YEAR_MONTH => text.parse::<GYearMonth>().is_ok(),
        xsd::DURATION => text.parse::<Duration>().is_ok(),
        xsd::DAY_TIME_DURATION => text.parse::<DayTimeDuration>().is_ok(),
        xsd::YEAR_MONTH_DURATION => text.parse::<YearMonthDuration>().is_ok(),
        _ => true,
    }
}

/// A literal that can be compared, as [SPARQL's operators](https://www.w3.org/TR/sparql11-query/#OperatorMapping) do.
enum Comparable<'a> {
    Exact(Decimal),
    Rough(Double),
    Instant(DateTime),
    Day(Date),
    Text(&'a str),
}

impl<'a> Comparable<'a> {
    fn of(literal: LiteralRef<'a>) -> Option<Self> {
        let text = literal.value();
        match literal.datatype() {
            xsd::STRING => Some(Self::Text(text)),
            xsd::INTEGER | xsd::DECIMAL => text.parse().ok().map(Self::Exact),
            xsd::DOUBLE | xsd::FLOAT => text.parse().ok().map(Self::Rough),
            xsd::DATE_TIME => text.parse().ok().map(Self::Instant),
            xsd::DATE => text.parse().ok().map(Self::Day),
            _ => None,
        }
    }
}

/// Which of two literals comes first; `None` where they cannot be compared.
pub(crate) fn order(left: LiteralRef<'_>, right: LiteralRef<'_>) -> Option<Ordering> {
    use Comparable::{Day, Exact, Instant, Rough, Text};
    match (Comparable::of(left)?, Comparable::of(right)?) {
        (Exact(left), Exact(right)) => left.partial_cmp(&right),
        (Rough(left), Rough(right)) => left.partial_cmp(&right),
        (Exact(left), Rough(right)) => Double::from(left).partial_cmp(&right),
        (Rough(left), Exact(right)) => left.partial_cmp(&Double::from(right)),
        (Instant(left), Instant(right)) => left.partial_cmp(&right),
        (Day(left), Day(right)) => left.partial_cmp(&right),
        (Text(left), Text(right)) => Some(left.cmp(right)),
        (Exact(_) | Rough(_) | Instant(_) | Day(_) | Text(_), _) => None,
    }
}

/// An instant on the one line of time; `None` for anything else, a time without a zone among them.
pub(crate) fn instant(literal: LiteralRef<'_>) -> Option<DateTime> {
    let parsed: Option<DateTime> =
        (literal.datatype() == xsd::DATE_TIME).then(|| literal.value().parse().ok())?;
    parsed.filter(|at| at.timezone_offset().is_some())
}
