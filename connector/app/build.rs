//! Packs the example companies, so that the program alone can show what it does (`adit demo`).

use std::fs::File;
use std::io::{Result, Write};
use std::path::{Path, PathBuf};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// What else lies among the examples: how they are made and what is expected of them.
const LEFT_OUT: &[&str] = &["expected", "oracle", "generator", "fifth", "__pycache__"];

fn main() -> Result<()> {
    // Asked when it runs: what was compiled at one place may run at another.
    let package = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from).unwrap_or_default();
    let examples = package.join("../../examples");
    println!("cargo::rerun-if-changed={}", examples.display());
    let out = std::env::var_os("OUT_DIR").map(PathBuf::from).unwrap_or_default();
    let mut archive = ZipWriter::new(File::create(out.join("examples.zip"))?);
    pack(&examples, "", &mut archive)?;
    archive.finish()?;
    Ok(())
}

/// Puts a folder into the archive, in the order of the names, so that equal examples make equal programs.
fn pack(folder: &Path, within: &str, archive: &mut ZipWriter<File>) -> Result<()> {
    let mut entries: Vec<_> = std::fs::read_dir(folder)?.collect::<Result<_>>()?;
    entries.sort_by_key(|entry| entry.file_name());
    for entry in entries {
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = format!("{within}{name}");
        if entry.file_type()?.is_dir() {
            if !LEFT_OUT.contains(&name.as_str()) {
                pack(&entry.path(), &format!("{path}/"), archive)?;
            }
        } else if !name.ends_with(".py") {
            let options = SimpleFileOptions::default()
                .compression_method(CompressionMethod::Deflated)
                .last_modified_time(zip::DateTime::default());
            archive.start_file(path, options)?;
            archive.write_all(&std::fs::read(entry.path())?)?;
        }
    }
    Ok(())
}
