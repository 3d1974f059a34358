//! `adit config`: the settings with their values and origins, and whether they can be used.

use crate::cli::Config as What;
use crate::config::Config;
use crate::error::Error;
use crate::folder::Folder;
use crate::help::TEXTS;
use crate::language::Language;
use crate::layers::Settings;
use crate::outcome::Outcome;
use crate::settings::SETTINGS;
use serde_json::json;

/// Explains or checks.
pub fn run(folder: &Folder, what: What, language: Language) -> Result<Outcome, Error> {
    let config = Config::read(folder)?;
    match what {
        What::Explain => explain(folder, language),
        What::Check => {
            let human = format!("{}: the settings of {} can be used\n", config.name, config.did);
            Ok(Outcome::new(json!({ "did": config.did, "name": config.name }), human))
        }
    }
}

fn explain(folder: &Folder, language: Language) -> Result<Outcome, Error> {
    let path = folder.settings();
    let settings = Settings::read(&Folder::text(&path)?, folder)
        .map_err(|problems| Error::Settings { path, message: problems.join("\n") })?;
    let mut human = String::new();
    let mut rows = Vec::new();
    for (setting, it) in SETTINGS.iter().zip(&settings.explained) {
        let about = TEXTS.setting.get(it.key).and_then(|text| text.get(language));
        let about = about.unwrap_or_default();
        let (value, origin, variable) =
            (it.value.as_str(), it.origin.to_string(), setting.variable());
        let shown = if value.is_empty() { "-" } else { value };
        human.push_str(&format!("{} = {shown}\n  ({origin}; {variable})\n  {about}\n", it.key));
        rows.push(json!({
            "key": it.key, "value": value, "origin": origin, "variable": variable, "about": about,
        }));
    }
    Ok(Outcome::new(json!({ "settings": rows }), human))
}
