//! What opens the sealed keys: an age identity or a person's passphrase, and where it comes from.

use super::KeyTrouble;
use super::keystore::{check_mode, read_private};
use crate::config::Config;
use crate::error::Error;
use crate::folder::{self, Folder};
use age::secrecy::{ExposeSecret, SecretString};
use age::{DecryptError, scrypt, x25519};
use sha2::{Digest, Sha256};
use std::fmt;
use std::io::IsTerminal;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// The work that a person's passphrase costs whoever guesses, as the power of two of scrypt's N: 128 MiB and some
/// hundreds of milliseconds for each guess. An age identity has 256 random bits, which need no stretching.
const SCRYPT_LOG_N: u8 = 17;
/// The most work that is done to open a file; it may have been sealed by another program.
const SCRYPT_LOG_N_MAX: u8 = 20;
/// The shortest passphrase of a person.
pub(super) const PASSPHRASE_CHARS_MIN: usize = 12;
/// How often a person may type it.
const TRIES: usize = 3;
/// The name of the systemd credential.
const CREDENTIAL: &str = "adit-passphrase";
/// Where a package makes room for passphrase files of services.
const PACKAGE_PLACE: &str = "/etc/adit/keys";

/// What opens the sealed keys. Its text is nowhere in `Debug`.
pub enum Secret {
    /// A random key, as `age-keygen` makes one; what `adit init` writes into a passphrase file.
    Identity(x25519::Identity),
    /// What a person made up.
    Passphrase(SecretString),
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Identity(_) => "Secret(identity)",
            Self::Passphrase(_) => "Secret(passphrase)",
        })
    }
}

/// Places outside the folder that the environment names.
#[derive(Debug, Clone, Default)]
pub struct Places {
    /// Where systemd puts the credentials of a service, `CREDENTIALS_DIRECTORY`.
    pub credentials: Option<PathBuf>,
    /// Where this user's programs keep their settings, `XDG_CONFIG_HOME` or `~/.config`.
    pub config: Option<PathBuf>,
}

/// What new keys are sealed with.
#[derive(Debug)]
pub enum Chosen {
    /// A secret in a file, which the settings must name.
    File(Secret, PathBuf),
    /// A secret that the environment or the settings name already.
    Known(Secret),
    /// Nothing outside the folder can be written.
    Nothing,
}

impl Secret {
    /// Seals bytes.
    pub(super) fn seal(&self, bytes: &[u8]) -> Result<Vec<u8>, Error> {
        let sealed = match self {
            Self::Identity(identity) => age::encrypt(&identity.to_public(), bytes),
            Self::Passphrase(passphrase) => {
                let mut recipient = scrypt::Recipient::new(passphrase.clone());
                recipient.set_work_factor(SCRYPT_LOG_N);
                age::encrypt(&recipient, bytes)
            }
        };
        sealed.map_err(|e| Error::Internal(format!("sealing the keys: {e}")))
    }

    /// Opens what was sealed.
    pub(super) fn open(&self, sealed: &[u8], path: &Path) -> Result<Zeroizing<String>, Error> {
        let opened = match self {
            Self::Identity(identity) => age::decrypt(identity, sealed),
            Self::Passphrase(passphrase) => {
                let mut identity = scrypt::Identity::new(passphrase.clone());
                identity.set_max_work_factor(SCRYPT_LOG_N_MAX);
                age::decrypt(&identity, sealed)
            }
        };
        let damaged = |why| Error::from(KeyTrouble::Damaged { path: path.to_owned(), why });
        let bytes = opened.map_err(|e| match e {
            DecryptError::DecryptionFailed
            | DecryptError::KeyDecryptionFailed
            | DecryptError::NoMatchingKeys => {
                KeyTrouble::Passphrase { path: path.to_owned() }.into()
            }
            DecryptError::ExcessiveWork { .. } => damaged("it asks for too much work"),
            _ => damaged("it is cut off or is no age file"),
        })?;
        let text = String::from_utf8(bytes).map_err(|_| damaged("it holds no text"))?;
        Ok(Zeroizing::new(text))
    }

    /// Finds what opens the keys of a folder, and opens them: the systemd credential, else the file that the settings
    /// name, else whoever sits at the terminal.
    pub(super) fn opening(
        sealed: &[u8],
        folder: &Folder,
        config: &Config,
    ) -> Result<(Self, Zeroizing<String>), Error> {
        let path = folder.ring();
        if let Some(secret) = Self::known(folder, config)? {
            let text = secret.open(sealed, &path)?;
            return Ok((secret, text));
        }
        if !std::io::stdin().is_terminal() {
            return Err(KeyTrouble::Sealed { path }.into());
        }
        let mut tries = TRIES;
        loop {
            tries -= 1;
            let secret = Self::read(&typed(&format!("passphrase of {}: ", path.display()))?, None);
            match secret.and_then(|secret| Ok((secret.open(sealed, &path)?, secret))) {
                Ok((text, secret)) => return Ok((secret, text)),
                Err(Error::Keys(KeyTrouble::Passphrase { .. } | KeyTrouble::Weak { .. }))
                    if tries > 0 => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// What the environment or the settings name.
    fn known(folder: &Folder, config: &Config) -> Result<Option<Self>, Error> {
        let given = folder.places().credentials.as_ref().map(|it| it.join(CREDENTIAL));
        if let Some(path) = given.filter(|path| path.exists()) {
            // systemd lets the service in by an access list, which shows as a right of the group.
            check_mode(&path, 0o007)?;
            let text = std::fs::read_to_string(&path).map_err(|e| Error::file(&path, e))?;
            return Self::read(&Zeroizing::new(text), Some(&path)).map(Some);
        }
        match config.passphrase_file(folder) {
            Some(path) => Self::read(&read_private(&path)?, Some(&path)).map(Some),
            None => Ok(None),
        }
    }

    /// A passphrase file: an age identity among remarks, or else the passphrase itself.
    fn read(text: &str, path: Option<&Path>) -> Result<Self, Error> {
        let weak = || Error::from(KeyTrouble::Weak { path: path.map(Path::to_owned) });
        let line = text.lines().map(str::trim).find(|it| it.starts_with("AGE-SECRET-KEY-"));
        if let Some(line) = line {
            return line.parse().map(Self::Identity).map_err(|_| weak());
        }
        let passphrase = text.trim();
        if passphrase.chars().count() < PASSPHRASE_CHARS_MIN {
            return Err(weak());
        }
        Ok(Self::Passphrase(SecretString::from(passphrase.to_owned())))
    }

    /// A passphrase for new keys, typed twice.
    ///
    /// # Errors
    /// No terminal, two different ones, one that is too short.
    pub fn ask() -> Result<Self, Error> {
        let first = typed("a passphrase for the keys, at least 12 characters: ")?;
        if *first != *typed("again: ")? {
            return Err(Error::Usage("the two passphrases differ; nothing was changed".to_owned()));
        }
        Self::read(&first, None)
    }

    /// What new keys are sealed with: what is named already, else a random key in a file outside the folder, made here.
    ///
    /// `named` is the file that the command names, relative to the folder as in the settings.
    ///
    /// # Errors
    /// A file inside the folder, one that others can read, or that cannot be written where it was named.
    pub fn choose(folder: &Folder, config: &Config, named: Option<&Path>) -> Result<Chosen, Error> {
        if let Some(named) = named {
            let path = folder.root().join(named);
            refuse_inside(&path, folder.root())?;
            let secret = at(&path, folder)?;
            return Ok(Chosen::File(secret, named.to_owned()));
        }
        if let Some(path) = config.passphrase_file(folder)
            && !path.exists()
        {
            refuse_inside(&path, folder.root())?;
            return at(&path, folder).map(Chosen::Known);
        }
        if let Some(secret) = Self::known(folder, config)? {
            return Ok(Chosen::Known(secret));
        }
        for place in places(folder) {
            let path = place.join(name_of(folder));
            if let Ok(secret) = at(&path, folder) {
                return Ok(Chosen::File(secret, path));
            }
        }
        Ok(Chosen::Nothing)
    }
}

/// A copy of the folder would hold the keys and what opens them.
fn refuse_inside(path: &Path, root: &Path) -> Result<(), Error> {
    let existing = path.ancestors().find(|it| it.exists()).unwrap_or(path);
    if !absolute(existing).starts_with(absolute(root)) {
        return Ok(());
    }
    Err(Error::Usage(format!(
        "{} lies in the folder {} itself, so that a copy of it would hold the keys and what opens them; name a file outside",
        path.display(),
        root.display()
    )))
}

/// Reads a passphrase file, or makes one with a random key.
fn at(path: &Path, folder: &Folder) -> Result<Secret, Error> {
    if path.exists() {
        return Secret::read(&read_private(path)?, Some(path));
    }
    let identity = x25519::Identity::generate();
    let text = Zeroizing::new(format!(
        "# This opens the keys in {}. Keep a copy of it apart from that folder: without it they are lost.\n{}\n",
        folder.root().display(),
        identity.to_string().expose_secret(),
    ));
    folder::write(path, text.as_bytes(), true)?;
    Ok(Secret::Identity(identity))
}

/// Where a passphrase file may lie: outside the folder, so that a copy of the folder holds no key in the clear, and where
/// it lasts as long as the folder does.
fn places(folder: &Folder) -> Vec<PathBuf> {
    let package = Some(PathBuf::from(PACKAGE_PLACE)).filter(|it| it.is_dir());
    let own = folder.places().config.as_ref().map(|it| it.join("adit"));
    let root = absolute(folder.root());
    let lasts = |place: &PathBuf| !place.starts_with(&root) && outlives(place, &root);
    package.into_iter().chain(own).filter(lasts).collect()
}

/// Whether what is written at a place is there as long as the folder: a container forgets its own file system with
/// everything in it, while the folder lies on a volume.
fn outlives(place: &Path, root: &Path) -> bool {
    /// [statfs(2)](https://man7.org/linux/man-pages/man2/statfs.2.html): overlay, tmpfs, ramfs.
    const FORGETFUL: [u64; 3] = [0x794c_7630, 0x0102_1994, 0x8584_58f6];
    let existing = |path: &Path| path.ancestors().find(|it| it.exists()).map(Path::to_owned);
    let (Some(place), Some(root)) = (existing(place), existing(root)) else { return false };
    let device = |path: &Path| std::fs::metadata(path).ok().map(|it| it.dev());
    let kind = rustix::fs::statfs(&place).map(|it| it.f_type as u64 & 0xffff_ffff);
    device(&place) == device(&root) || kind.is_ok_and(|kind| !FORGETFUL.contains(&kind))
}

/// A name for the passphrase file of a folder: its own, and a digest of where it is.
fn name_of(folder: &Folder) -> String {
    let root = absolute(folder.root());
    let name = root.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let digest = Sha256::digest(root.as_os_str().as_encoded_bytes());
    let digest: String = digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    format!("{name}-{digest}.key")
}

fn absolute(path: &Path) -> PathBuf {
    path.canonicalize().or_else(|_| std::path::absolute(path)).unwrap_or_else(|_| path.to_owned())
}

fn typed(what: &str) -> Result<Zeroizing<String>, Error> {
    let typed = rpassword::prompt_password(what);
    typed.map(Zeroizing::new).map_err(|e| Error::Usage(format!("no passphrase was typed: {e}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_opens_the_keys_is_not_made_beside_them() {
        let place = tempfile::tempdir().unwrap();
        let root = place.path().join("firm");
        std::fs::create_dir(&root).unwrap();
        let folder = Folder::at(&root);
        let config = Config::parse("did = \"did:web:a.example\"\nname = \"a\"\n", &folder).unwrap();
        for inside in ["opens.key", "keys/opens.key", "../firm/opens.key", ""] {
            let told = Secret::choose(&folder, &config, Some(Path::new(inside))).unwrap_err();
            assert!(told.to_string().ends_with("name a file outside"), "{inside}: {told}");
        }
        let named =
            "did = \"did:web:a.example\"\nname = \"a\"\nkeys.passphrase_file = \"opens.key\"\n";
        let named = Config::parse(named, &folder).unwrap();
        assert!(Secret::choose(&folder, &named, None).is_err());
        assert_eq!(std::fs::read_dir(&root).unwrap().count(), 0);
        let made = Secret::choose(&folder, &config, Some(Path::new("../opens.key"))).unwrap();
        assert!(matches!(made, Chosen::File(Secret::Identity(_), _)), "{made:?}");
    }

    #[test]
    fn a_weak_passphrase_names_its_file_and_the_way_out() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("words");
        folder::write(&path, b"short", true).unwrap();
        let folder = Folder::at(place.path().join("firm"));
        let problem = at(&path, &folder).unwrap_err().problem();
        assert!(problem.title.contains(&path.display().to_string()), "{}", problem.title);
        assert!(problem.fix.unwrap().contains(&path.display().to_string()));
    }
}
