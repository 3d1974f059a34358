//! What is said of a text that is no SPARQL.

use crate::Refusal;

/// The most characters of a query that a refusal repeats.
const SNIPPET_CHARS_MAX: usize = 30;

/// Says where the parser stopped and at what, instead of its list of everything that could have stood there.
pub(crate) fn refusal(text: &str, message: &str) -> Refusal {
    let unplaced = || Refusal::Syntax { message: message.to_owned() };
    let Some((place, wanted)) =
        message.strip_prefix("error at ").and_then(|it| it.split_once(": "))
    else {
        return unplaced();
    };
    let number = |text: &str| text.parse::<usize>().ok().filter(|number| *number > 0);
    let Some((line, column)) =
        place.split_once(':').and_then(|(line, column)| Some((number(line)?, number(column)?)))
    else {
        return unplaced();
    };
    if !wanted.starts_with("expected") {
        return Refusal::Syntax { message: format!("line {line}, column {column}: {wanted}") };
    }
    let written: Vec<char> = text.lines().nth(line - 1).unwrap_or_default().chars().collect();
    let (before, rest) = written.split_at(written.len().min(column - 1));
    let start = before.len().saturating_sub(SNIPPET_CHARS_MAX);
    let before: String = before[start..].iter().collect();
    let rest: String = rest.iter().take(SNIPPET_CHARS_MAX).collect();
    let after = match before.trim() {
        "" => String::new(),
        before => format!(" after '{before}'"),
    };
    let at = match rest.trim() {
        "" => String::new(),
        rest => format!(" at '{rest}'"),
    };
    Refusal::Syntax {
        message: format!("it goes wrong at line {line}, column {column},{after}{at}"),
    }
}
