//! `adit explain`: what an error code means, why it happens, how to mend it.

use crate::error::Error;
use crate::explain;
use crate::language::Language;
use crate::outcome::Outcome;
use serde_json::json;

/// Explains one code, or lists all.
pub fn run(code: Option<&str>, language: Language) -> Result<Outcome, Error> {
    let Some(code) = code else {
        let codes = explain::list(language);
        let human =
            codes.iter().map(|(code, means)| format!("{code}: {means}\n")).collect::<String>();
        let codes = codes.iter().map(|(code, means)| json!({ "code": code, "means": means }));
        return Ok(Outcome::new(json!({ "codes": codes.collect::<Vec<_>>() }), human));
    };
    let unknown = || Error::UnknownCode { got: code.to_owned() };
    // Codes are shown in brackets; who copies them with the brackets means the same.
    let code = code.trim_matches(['[', ']']);
    let human = explain::to_text(code, language).ok_or_else(unknown)?;
    let (page, language) = explain::page(code, language).ok_or_else(unknown)?;
    let json = json!({
        "code": code, "type": explain::iri(code), "language": language, "means": page.means,
        "why": page.why, "mend": page.mend, "example": page.example,
    });
    Ok(Outcome::new(json, human))
}
