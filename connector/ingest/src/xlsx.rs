//! A workbook to rows, after its size has been measured.
//!
//! A workbook is a zip file of XML: a few kilobytes can unpack to gigabytes, and one cell in the last corner
//! of a sheet can claim seventeen thousand million. So the packed file is measured by unpacking it into nothing,
//! and the cells are then read one by one and never laid out as a grid.

use crate::table::{Cell, Row};
use crate::{Code, Problem};
use calamine::{DataRef, Reader, Xlsx, XlsxError};
use jiff::civil::DateTime;
use std::io::{Cursor, Read};
use zip::ZipArchive;
use zip::result::ZipError;

const PACKED_BYTES_MAX: usize = 10 << 20;
const UNPACKED_BYTES_MAX: u64 = 200 << 20;
const ENTRIES_MAX: usize = 2_000;
const CELLS_MAX: usize = 1_000_000;
const COLUMNS_MAX: u32 = 1_000;
/// Cells and the gaps between them: a wide header makes every row wide.
const SLOTS_MAX: usize = 10_000_000;
/// The longest text that a spreadsheet itself allows in a cell.
const CELL_CHARS_MAX: usize = 32_767;
/// All text of one sheet together: shared strings make short files of long texts.
const TEXT_BYTES_MAX: usize = 200 << 20;

/// The rows of one sheet: the one named, or the first.
pub(crate) fn rows(data: &[u8], sheet: Option<&str>, skip_rows: u32) -> Result<Vec<Row>, Problem> {
    measure(data)?;
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(data)).map_err(|e| broken(&e))?;
    let names = workbook.sheet_names();
    let name = match sheet {
        Some(wanted) => names.iter().find(|name| *name == wanted).ok_or_else(|| {
            Problem::error(
                Code::XlsxSheet,
                format!("there is no sheet '{wanted}'; there are: {}", names.join(", ")),
                "write the name of one of them as \"adit:sheet\" in the mapping",
            )
        })?,
        None => names.first().ok_or_else(|| too_odd("it has no sheet"))?,
    };
    let name = name.clone();
    read_cells(&mut workbook, &name, skip_rows)
}

/// Unpacks every part into nothing, counting.
fn measure(data: &[u8]) -> Result<(), Problem> {
    if data.len() > PACKED_BYTES_MAX {
        return Err(too_large(format!(
            "the workbook has {} MB; the most is 10 MB",
            data.len().div_ceil(1 << 20)
        )));
    }
    let mut parts = ZipArchive::new(Cursor::new(data)).map_err(|e| damaged(&e))?;
    if parts.len() > ENTRIES_MAX {
        return Err(too_odd(&format!("it has {} parts; the most is {ENTRIES_MAX}", parts.len())));
    }
    let (mut unpacked, mut cells) = (0, 0);
    let mut buffer = vec![0; 64 << 10];
    for index in 0..parts.len() {
        let mut part = parts.by_index(index).map_err(|e| damaged(&e))?;
        let is_odd = part.name().map_or(true, |name| name.contains('\\'));
        if is_odd || part.enclosed_name().is_none() {
            return Err(too_odd("a part of it has a name that leads outside"));
        }
        let mut before = [0; 2];
        loop {
            let length = part.read(&mut buffer).map_err(|e| damaged(&e.into()))?;
            if length == 0 {
                break;
            }
            unpacked += length as u64;
            cells += cells_begun(&mut before, &buffer[..length]);
            if unpacked > UNPACKED_BYTES_MAX {
                return Err(too_large("unpacked the workbook has more than 200 MB".into()));
            }
            if cells > CELLS_MAX {
                return Err(too_large("the workbook has more than a million cells".into()));
            }
        }
    }
    Ok(())
}

/// How many elements `<c` begin in a piece of XML, where the two bytes before it are known.
fn cells_begun(before: &mut [u8; 2], piece: &[u8]) -> usize {
    let mut count = 0;
    for byte in piece {
        if *before == *b"<c" && matches!(byte, b' ' | b'>' | b'/') {
            count += 1;
        }
        *before = [before[1], *byte];
    }
    count
}

fn read_cells(
    workbook: &mut Xlsx<Cursor<&[u8]>>,
    sheet: &str,
    skip_rows: u32,
) -> Result<Vec<Row>, Problem> {
    let mut reader = workbook.worksheet_cells_reader(sheet).map_err(|e| broken(&e))?;
    let mut rows: Vec<Row> = Vec::new();
    let (mut cells, mut slots, mut text_bytes) = (0, 0, 0);
    while let Some(found) = reader.next_cell().map_err(|e| broken(&e))? {
        let (row, column) = found.get_position();
        let cell = cell_of(found.get_value());
        if row < skip_rows || cell.is_empty() {
            continue;
        }
        cells += 1;
        text_bytes += if let Cell::Text(text) = &cell { text.len() } else { 0 };
        if cells > CELLS_MAX || text_bytes > TEXT_BYTES_MAX {
            return Err(too_large(
                "the sheet has more than a million cells or 200 MB of text".into(),
            ));
        }
        if column >= COLUMNS_MAX {
            return Err(too_large(format!("the sheet has more than {COLUMNS_MAX} columns"))
                .at_row(u64::from(row) + 1));
        }
        if slots > SLOTS_MAX {
            return Err(too_large("the sheet has more than ten million cells and gaps".into()));
        }
        if rows.last().is_none_or(|last| last.number != row + 1) {
            rows.push(Row { number: row + 1, cells: Vec::new() });
        }
        if let Some(last) = rows.last_mut() {
            let column = column as usize;
            slots += (column + 1).saturating_sub(last.cells.len());
            if last.cells.len() <= column {
                last.cells.resize(column + 1, Cell::EMPTY);
            }
            last.cells[column] = cell;
        }
    }
    rows.sort_by_key(|row| row.number);
    // A spreadsheet does not write the empty cells at the end of a row.
    let width = rows.first().map_or(0, |header| header.cells.len());
    if width.saturating_mul(rows.len()) > SLOTS_MAX {
        return Err(too_large("the sheet has more than ten million cells and gaps".into()));
    }
    for row in &mut rows {
        if row.cells.len() < width {
            row.cells.resize(width, Cell::EMPTY);
        }
    }
    Ok(rows)
}

fn cell_of(value: &DataRef<'_>) -> Cell {
    match value {
        DataRef::Empty => Cell::EMPTY,
        DataRef::String(text) => text_of(text),
        DataRef::SharedString(text) => text_of(text),
        DataRef::Int(number) => Cell::Number(*number as f64),
        DataRef::Float(number) => Cell::Number(*number),
        DataRef::Bool(truth) => Cell::Truth(*truth),
        DataRef::DateTime(serial) if serial.is_datetime() => moment_of(serial),
        DataRef::DateTime(_) => Cell::Fault("a duration".into()),
        DataRef::DateTimeIso(text) => {
            text.parse().map_or_else(|_| Cell::Fault(text.clone()), Cell::Moment)
        }
        DataRef::DurationIso(text) => Cell::Fault(text.clone()),
        DataRef::Error(error) => Cell::Fault(error.to_string()),
    }
}

fn text_of(text: &str) -> Cell {
    match text.char_indices().nth(CELL_CHARS_MAX) {
        None => Cell::Text(text.to_owned()),
        Some(_) => Cell::Fault(format!("a text of more than {CELL_CHARS_MAX} characters")),
    }
}

fn moment_of(serial: &calamine::ExcelDateTime) -> Cell {
    let (year, month, day, hour, minute, second, milli) = serial.to_ymd_hms_milli();
    let parts = (i16::try_from(year), i8::try_from(month), i8::try_from(day));
    let (Ok(year), Ok(month), Ok(day)) = parts else {
        return Cell::Fault(format!("{}", serial.as_f64()));
    };
    // Hours, minutes, seconds and milliseconds of a day fit the smaller integers.
    DateTime::new(
        year,
        month,
        day,
        hour as i8,
        minute as i8,
        second as i8,
        i32::from(milli) * 1_000_000,
    )
    .map_or_else(|_| Cell::Fault(serial.as_f64().to_string()), Cell::Moment)
}

fn broken(error: &XlsxError) -> Problem {
    too_odd(&error.to_string())
}

fn damaged(error: &ZipError) -> Problem {
    too_odd(&error.to_string())
}

fn too_odd(reason: &str) -> Problem {
    Problem::error(
        Code::XlsxBroken,
        format!("the workbook cannot be read: {reason}"),
        "open it in the spreadsheet and save it again as .xlsx",
    )
}

fn too_large(message: String) -> Problem {
    Problem::error(Code::XlsxSize, message, "save the sheet as CSV, or split it into several files")
}
