//! The titles of a file against those of its mapping.

use crate::columns::Column;
use crate::mapping::Mapping;
use crate::{Code, Problem};

/// For each column of the mapping, where it stands in the file; the order is free.
pub(crate) fn places_of(titles: &[String], mapping: &Mapping) -> Result<Vec<usize>, Problem> {
    let columns: Vec<&Column> =
        mapping.columns.iter().filter(|column| !column.is_virtual).collect();
    if !mapping.dialect.header {
        return if titles.len() == columns.len() {
            Ok((0..titles.len()).collect())
        } else {
            let message =
                format!("the file has {} columns, the mapping {}", titles.len(), columns.len());
            Err(Problem::error(
                Code::CsvColumns,
                message,
                "describe each column of the file in the mapping",
            ))
        };
    }
    let quoted = |names: Vec<&str>| {
        let quoted: Vec<String> = names.into_iter().map(|name| format!("'{name}'")).collect();
        if quoted.is_empty() { "none".to_owned() } else { quoted.join(", ") }
    };
    if let Some(twice) =
        titles.iter().enumerate().find(|(index, title)| titles[..*index].contains(title))
    {
        let message = format!("two columns have the title '{}'", twice.1);
        return Err(
            Problem::error(Code::CsvColumns, message, "rename one of them in the file").at_row(1)
        );
    }
    let place = |column: &&Column| {
        titles.iter().position(|title| column.titles.iter().any(|known| known.trim() == title))
    };
    let missing: Vec<&str> = columns
        .iter()
        .filter(|column| place(column).is_none())
        .map(|column| column.title())
        .collect();
    let known = |title: &&String| {
        columns
            .iter()
            .any(|column| column.titles.iter().any(|known| known.trim() == title.as_str()))
    };
    let extra: Vec<&str> =
        titles.iter().filter(|title| !known(title)).map(String::as_str).collect();
    if missing.is_empty() && extra.is_empty() {
        return Ok(columns.iter().filter_map(place).collect());
    }
    Err(Problem::error(
        Code::CsvColumns,
        format!("columns only in the file: {}; only in the mapping: {}", quoted(extra), quoted(missing)),
        "put the titles right, or describe each column in the mapping; \"suppressOutput\": true keeps one home",
    )
    .at_row(1))
}
