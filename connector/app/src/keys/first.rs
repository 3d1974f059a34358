//! The keys of a new folder, and where the settings say what opens them.

use super::{Chosen, Keystore, Secret};
use crate::clock;
use crate::config::Config;
use crate::error::Error;
use crate::folder::{self, Folder};
use adit_credentials::Keys;
use adit_journal::{Journal, Kind, Record};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// How the keys of a new folder are kept.
#[derive(Debug, PartialEq, Eq)]
pub enum Kept {
    /// Sealed; this file opens them, and the settings must name it.
    By(PathBuf),
    /// Sealed with what is named already.
    Sealed,
    /// In the clear, for lack of a place outside the folder.
    Plain,
}

/// Writes the keys of a new folder, sealed if there is any place for what opens them.
///
/// # Errors
/// A file cannot be written where it was named.
pub fn keep_first(
    folder: &Folder,
    config: &Config,
    keys: &Keys,
    named: Option<&Path>,
) -> Result<Kept, Error> {
    let (secret, kept) = match Secret::choose(folder, config, named)? {
        Chosen::File(secret, path) => (Some(secret), Kept::By(path)),
        Chosen::Known(secret) => (Some(secret), Kept::Sealed),
        Chosen::Nothing => (None, Kept::Plain),
    };
    Keystore::new(folder, secret).write(keys)?;
    Ok(kept)
}

/// Writes into `adit.toml` which file opens the keys, and leaves everything else there as it is.
///
/// # Errors
/// The file cannot be read or written, or says it in a form that is not changed here.
pub fn name_in_settings(folder: &Folder, file: &Path) -> Result<(), Error> {
    folder::write(&folder.settings(), naming(folder, file)?.as_bytes(), false)
}

/// What `adit.toml` will say when it names the file that opens the keys.
///
/// # Errors
/// The file cannot be read, or says it in a form that is not changed here.
pub fn naming(folder: &Folder, file: &Path) -> Result<String, Error> {
    let path = folder.settings();
    let text = named(&Folder::text(&path)?, file);
    let says = |table: toml::Table| {
        Some(table.get("keys")?.get("passphrase_file")?.as_str()? == file.to_str()?)
    };
    if text.parse().is_ok_and(|table| says(table) == Some(true)) {
        return Ok(text);
    }
    let value = toml::Value::String(file.display().to_string());
    let message = format!("write passphrase_file = {value} under [keys] yourself, then try again");
    Err(Error::Settings { path, message })
}

fn named(text: &str, file: &Path) -> String {
    let value = toml::Value::String(file.display().to_string());
    let setting = format!("passphrase_file = {value}");
    let mut lines: Vec<_> = text.lines().map(str::to_owned).collect();
    let begins = |start: &'static str| move |line: &String| line.trim_start().starts_with(start);
    if let Some(at) = lines.iter().position(begins("passphrase_file")) {
        lines[at] = setting;
    } else if let Some(at) = lines.iter().position(begins("keys.passphrase_file")) {
        lines[at] = format!("keys.{setting}");
    } else if let Some(at) = lines.iter().position(begins("[keys]")) {
        lines.insert(at + 1, setting);
    } else {
        lines.extend([String::new(), "[keys]".to_owned(), setting]);
    }
    lines.join("\n") + "\n"
}

/// Notes in the journal of a folder that no server runs in what happened to its keys; the lock is the caller's.
///
/// # Errors
/// The journal cannot be written.
pub async fn note(folder: &Folder, body: Value) -> Result<(), Error> {
    let at = clock::now().to_string();
    let record = Record { kind: Kind::Key, at, body, blobs: Vec::new() };
    Journal::open(&folder.state())?.append_async(record).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_settings_keep_everything_else() {
        let check = |text: &str, expected: &str| {
            assert_eq!(named(text, Path::new("/etc/adit/keys/shop.key")), expected);
        };
        let line = "passphrase_file = \"/etc/adit/keys/shop.key\"\n";
        check("did = \"x\" # ours\n", &format!("did = \"x\" # ours\n\n[keys]\n{line}"));
        check(
            "keys.passphrase_file = \"old\"\ndid = \"x\"\n",
            &format!("keys.{line}did = \"x\"\n"),
        );
        check("[keys]\n\n[tls]\n", &format!("[keys]\n{line}\n[tls]\n"));
        check("[keys]\npassphrase_file = \"old\"\n[tls]\n", &format!("[keys]\n{line}[tls]\n"));
    }

    #[test]
    fn settings_of_another_form_are_left_alone_and_told() {
        let folder = tempfile::tempdir().unwrap();
        let folder = Folder::at(folder.path());
        let text = "did = \"x\"\nkeys = { passphrase_file = \"old\" }\n";
        std::fs::create_dir_all(folder.root()).unwrap();
        std::fs::write(folder.settings(), text).unwrap();
        let told = name_in_settings(&folder, Path::new("../new")).unwrap_err().to_string();
        assert!(told.contains("passphrase_file = \"../new\" under [keys]"), "{told}");
        assert_eq!(std::fs::read_to_string(folder.settings()).unwrap(), text);
    }
}
