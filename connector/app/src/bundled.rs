//! The example companies that are in the program itself.

use crate::error::Error;
use std::io::Cursor;
use std::path::Path;
use zip::ZipArchive;

/// The archive that `build.rs` packed from `examples/`.
static EXAMPLES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/examples.zip"));

/// Unpacks the example companies into a folder.
pub fn unpack(into: &Path) -> Result<(), Error> {
    let broken = |e: zip::result::ZipError| Error::Internal(format!("the packed examples: {e}"));
    let mut archive = ZipArchive::new(Cursor::new(EXAMPLES)).map_err(broken)?;
    archive.extract(into).map_err(broken)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_program_holds_every_company_of_the_demo() {
        let folder = tempfile::tempdir().unwrap();
        super::unpack(folder.path()).unwrap();
        let plan = std::fs::read_to_string(folder.path().join("demo.toml")).unwrap();
        let plan: crate::circle::Plan = toml::from_str(&plan).unwrap();
        for member in &plan.company {
            assert!(folder.path().join(&member.folder).join("adit.toml").exists());
        }
        assert!(!folder.path().join("expected").exists());
    }
}
