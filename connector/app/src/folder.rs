//! A company's folder: where each file is, and the lock that makes one process its writer.

use crate::error::Error;
use crate::keys::Places;
use crate::layers::Override;
use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// The folder of one company or one client: its files by name.
///
/// What a person edits lies on top (`adit.toml`, `partners.csv`, data files, `policies/`);
/// what the program keeps lies in `.adit/`.
#[derive(Debug, Clone)]
pub struct Folder {
    root: PathBuf,
    overrides: Vec<Override>,
    places: Places,
}

impl Folder {
    /// The folder at a path; nothing is read yet.
    pub fn at(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into(), overrides: Vec::new(), places: Places::default() }
    }

    /// The same folder, with settings that the environment and flags say instead of `adit.toml`; a later one wins.
    pub fn overridden(mut self, overrides: impl IntoIterator<Item = Override>) -> Self {
        self.overrides.extend(overrides);
        self
    }

    /// The same folder, with the places outside it that the environment names.
    pub fn beside(mut self, places: Places) -> Self {
        self.places = places;
        self
    }

    /// The places outside the folder that the environment names.
    pub fn places(&self) -> &Places {
        &self.places
    }

    /// The settings that are said elsewhere than in `adit.toml`.
    pub fn overrides(&self) -> &[Override] {
        &self.overrides
    }

    /// The folder itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The settings, `adit.toml`.
    pub fn settings(&self) -> PathBuf {
        self.root.join("adit.toml")
    }

    /// The private keys, sealed: `keys/ring.age`.
    pub fn ring(&self) -> PathBuf {
        self.root.join("keys/ring.age")
    }

    /// The private key in the clear, `keys/key.json`, where nothing outside the folder could be written.
    pub fn key(&self) -> PathBuf {
        self.root.join("keys/key.json")
    }

    /// The wallet: credentials that others issued to this company.
    pub fn credentials(&self) -> PathBuf {
        self.root.join("credentials")
    }

    /// The usage policies.
    pub fn policies(&self) -> PathBuf {
        self.root.join("policies")
    }

    /// The product profiles beside the bundled ones.
    pub fn profiles(&self) -> PathBuf {
        self.root.join("profiles")
    }

    /// The trust list.
    pub fn trust(&self) -> PathBuf {
        self.root.join("trust.toml")
    }

    /// The circles that the company belongs to: the trust list of each, in its newest version.
    pub fn circles(&self) -> PathBuf {
        self.root.join("circles")
    }

    /// Our numbers of our partners.
    pub fn partners(&self) -> PathBuf {
        self.root.join("partners.csv")
    }

    /// Documents that data files refer to.
    pub fn documents(&self) -> PathBuf {
        self.root.join("documents")
    }

    /// What the program keeps.
    pub fn state(&self) -> PathBuf {
        self.root.join(".adit")
    }

    /// The fact store.
    pub fn facts(&self) -> PathBuf {
        self.state().join("facts")
    }

    /// Stores that live for one question; whatever is here when the folder opens was left by a crash.
    pub fn scratch(&self) -> PathBuf {
        self.state().join("scratch")
    }

    /// The socket of the running server.
    pub fn socket(&self) -> PathBuf {
        self.state().join("control.sock")
    }

    /// The address that the running server answers on.
    pub fn address(&self) -> PathBuf {
        self.state().join("address")
    }

    /// Descriptions of partners as they publish them.
    pub fn known(&self) -> PathBuf {
        self.state().join("partners")
    }

    /// Takes the folder's lock, or says who has it.
    ///
    /// The lock is the file `.adit/lock`; it falls with the process that holds it.
    pub fn lock(&self) -> Result<File, Error> {
        // Journal and facts hold more than the policies show, so nobody else looks in.
        let mut state = DirBuilder::new();
        let made = state.recursive(true).mode(0o700).create(self.state());
        made.map_err(|e| Error::file(&self.state(), e))?;
        let path = self.state().join("lock");
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .open(&path)
            .map_err(|e| Error::file(&path, e))?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(TryLockError::WouldBlock) => Err(Error::Locked { folder: self.root.clone() }),
            Err(TryLockError::Error(e)) => Err(Error::file(&path, e)),
        }
    }

    /// Reads a file of the folder as text.
    pub fn text(path: &Path) -> Result<String, Error> {
        std::fs::read_to_string(path).map_err(|e| Error::file(path, e))
    }
}

/// Where the new bytes of a file lie until it has them; what a kill left there is of no use to anybody.
pub fn beside(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.new"))
}

/// Writes a file so that a reader sees the old bytes or the new ones, whatever happens in between.
///
/// `secret` files are readable by their owner alone.
pub fn write(path: &Path, bytes: &[u8], secret: bool) -> Result<(), Error> {
    let parent = path.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(parent).map_err(|e| Error::file(parent, e))?;
    let beside = beside(path);
    let write = || -> std::io::Result<()> {
        let mut file = OpenOptions::new()
            .create(true)
            .truncate(true)
            .write(true)
            .mode(if secret { 0o600 } else { 0o644 })
            .open(&beside)?;
        if secret {
            file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
        }
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&beside, path)?;
        File::open(parent)?.sync_all()
    };
    write().map_err(|e| {
        drop(std::fs::remove_file(&beside));
        Error::file(path, e)
    })
}
