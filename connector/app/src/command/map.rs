//! `adit map`: a first mapping of a data file from its headers.

use crate::config::Config;
use crate::error::Error;
use crate::folder::{self, Folder};
use crate::outcome::Outcome;
use crate::partners::Directory;
use adit_ingest::{Context, SourceFile};
use serde_json::json;
use std::path::Path;

/// Writes `FILE-metadata.json` beside the file.
pub fn run(folder: &Folder, file: &Path, force: bool) -> Result<Outcome, Error> {
    let config = Config::read(folder)?;
    let path = if file.exists() { file.to_owned() } else { folder.root().join(file) };
    let data = std::fs::read(&path).map_err(|e| Error::file(&path, e))?;
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let beside = path.with_file_name(format!("{name}-metadata.json"));
    if beside.exists() && !force {
        return Err(Error::Usage(format!(
            "{} is there already; edit it, or replace it with --force",
            beside.display()
        )));
    }
    let context = Context {
        own: config.did.clone(),
        base: config.base.clone().unwrap_or_default(),
        templates: config.identifiers.clone(),
        partners: Directory::read(folder)?.partners()?,
        makers: Default::default(),
        vocabulary: crate::vocabulary::read(folder)?,
        files: Default::default(),
    };
    let source = SourceFile { name: &name, data: &data, mapping: None };
    let (zone, language) = (config.time_zone.as_deref(), config.language.as_deref());
    let mapping =
        adit_ingest::suggest_mapping(&source, &context, zone, language).map_err(Error::Data)?;
    let text = serde_json::to_vec_pretty(&mapping).map_err(|e| Error::Internal(e.to_string()))?;
    folder::write(&beside, &text, false)?;
    let human = format!(
        "{} written; read it column by column, then run adit check {name}\n{}",
        beside.display(),
        columns(&mapping)
    );
    Ok(Outcome::new(json!({ "mapping": beside, "suggested": mapping }), human))
}

/// One line a column: what it was taken for, and how sure that is.
fn columns(mapping: &serde_json::Value) -> String {
    let columns = mapping["tableSchema"]["columns"].as_array().into_iter().flatten();
    let lines = columns.filter_map(|column| {
        let title = column["titles"].as_str()?;
        let means = column["propertyUrl"].as_str().unwrap_or("(not published)");
        let confidence = column["adit:confidence"].as_f64();
        let sure = confidence.map(|it| format!(", {:.0} % sure", it * 100.0)).unwrap_or_default();
        let note = column["adit:note"].as_str().map(|it| format!("\n    {it}")).unwrap_or_default();
        Some(format!("  {title}: {means}{sure}{note}\n"))
    });
    lines.collect()
}
