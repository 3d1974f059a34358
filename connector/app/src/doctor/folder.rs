//! What the files of a folder tell by themselves, whether or not a server runs: settings, permissions, disk.

use super::Finding;
use crate::config::Config;
use crate::folder::Folder;
use std::fs::Metadata;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// Free space below which the journal may soon not grow.
const FREE_BYTES_LOW: u64 = 2 << 30;
/// Free space below which a publication may fail halfway, and is then refused whole.
const FREE_BYTES_NONE: u64 = 200 << 20;
/// The same of the files that a file system can still hold.
const FREE_FILES_LOW: u64 = 1000;

/// Looks at the files.
pub fn look(folder: &Folder) -> Vec<Finding> {
    let config = Config::read(folder);
    let mut findings = vec![match &config {
        Ok(_) => Finding::new::<&str, 0>("settings.fine", []),
        Err(error) => {
            let (folder, why) = (shown(folder.root()), error.to_string());
            Finding::new("settings.wrong", [("folder", folder), ("why", one_line(&why))])
        }
    }];
    let access = [
        writable_by_others(folder),
        readable_secrets(folder, config.as_ref().ok()),
        readable_state(folder),
        control(folder),
        other_owners(folder),
        plain_key(folder),
    ]
    .concat();
    match access.is_empty() {
        true => findings.push(Finding::new("access.fine", [("folder", shown(folder.root()))])),
        false => findings.extend(access),
    }
    findings.extend(disk(folder));
    findings
}

/// What anybody on the machine could replace: the folder, its settings, the keys.
fn writable_by_others(folder: &Folder) -> Vec<Finding> {
    let keys = folder.key().parent().map(Path::to_owned);
    let paths =
        [Some(folder.root().to_owned()), Some(folder.settings()), keys, Some(folder.trust())];
    let open =
        paths.into_iter().flatten().filter(|path| mode(path).is_some_and(|it| it & 0o002 != 0));
    open.map(|path| Finding::new("access.writable", [("path", shown(&path))])).collect()
}

/// Files that hold a secret and that others can read.
fn readable_secrets(folder: &Folder, config: Option<&Config>) -> Vec<Finding> {
    let mut keys: Vec<PathBuf> = files(&folder.root().join("keys"));
    if let Some(config) = config {
        let password = config.network.proxy_password_file.as_ref();
        let password = password.filter(|path| !path.as_os_str().is_empty());
        keys.extend(password.map(|path| folder.root().join(path)));
        keys.extend(config.passphrase_file(folder));
    }
    let credentials = files(&folder.credentials());
    let of = |paths: Vec<PathBuf>, code| {
        let open = paths.into_iter().filter_map(|path| {
            let mode = mode(&path).filter(|mode| mode & 0o077 != 0)?;
            Some(Finding::new(code, [("path", shown(&path)), ("mode", format!("{mode:o}"))]))
        });
        open.collect::<Vec<_>>()
    };
    [of(keys, "key.readable"), of(credentials, "credential.readable")].concat()
}

/// A key in the clear, which a copy of the folder gives away.
fn plain_key(folder: &Folder) -> Vec<Finding> {
    let name = folder.root().canonicalize().unwrap_or_else(|_| folder.root().to_owned());
    let name = name.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let finding = || {
        Finding::new(
            "key.plain",
            [
                ("path", shown(&folder.key())),
                ("folder", shown(folder.root())),
                ("file", format!("/etc/adit/keys/{name}.key")),
            ],
        )
    };
    folder.key().exists().then(finding).into_iter().collect()
}

/// The journal and the facts, which hold more than the policies show to others.
fn readable_state(folder: &Folder) -> Vec<Finding> {
    let state = folder.state();
    let is_open = mode(&state).is_some_and(|mode| mode & 0o007 != 0);
    let finding = || Finding::new("access.state", [("path", shown(&state))]);
    is_open.then(finding).into_iter().collect()
}

/// The socket by which the company's own people order.
fn control(folder: &Folder) -> Vec<Finding> {
    let socket = folder.socket();
    let Ok(metadata) = socket.symlink_metadata() else { return Vec::new() };
    let is_safe = metadata.file_type().is_socket() && metadata.permissions().mode() & 0o177 == 0;
    let finding = || Finding::new("access.socket", [("path", shown(&socket))]);
    (!is_safe).then(finding).into_iter().collect()
}

/// Files that belong to somebody else than the folder does, such as after a command of another user.
fn other_owners(folder: &Folder) -> Vec<Finding> {
    let owner = |path: &Path| path.symlink_metadata().ok().map(|metadata| metadata.uid());
    let Some(own) = owner(folder.root()) else { return Vec::new() };
    let mut paths = vec![folder.state()];
    paths.extend([folder.root().join("keys"), folder.state()].iter().flat_map(|dir| files(dir)));
    let other = paths.into_iter().find(|path| owner(path).is_some_and(|uid| uid != own));
    let finding = |path: PathBuf| {
        Finding::new("access.owner", [("path", shown(&path)), ("folder", shown(folder.root()))])
    };
    other.map(finding).into_iter().collect()
}

fn disk(folder: &Folder) -> Vec<Finding> {
    let path = if folder.state().exists() { folder.state() } else { folder.root().to_owned() };
    let Ok(space) = rustix::fs::statvfs(&path) else { return Vec::new() };
    let free = space.f_bavail.saturating_mul(space.f_frsize);
    // Some file systems do not count files.
    let is_short_of_files = space.f_files > 0 && space.f_favail < FREE_FILES_LOW;
    let code = match free {
        0..FREE_BYTES_NONE => "disk.full",
        _ if is_short_of_files => "disk.files",
        FREE_BYTES_NONE..FREE_BYTES_LOW => "disk.low",
        FREE_BYTES_LOW.. => "disk.fine",
    };
    let free = format!("{:.1} GB", megabytes(free) / 1000.0);
    vec![Finding::new(code, [("path", shown(&path)), ("free", free)])]
}

#[expect(clippy::cast_precision_loss, reason = "megabytes are told with one digit")]
fn megabytes(bytes: u64) -> f64 {
    (bytes / 1_000_000) as f64
}

/// The plain files of a folder; none where there is no folder.
fn files(dir: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(dir).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut found: Vec<_> = entries.filter(|path| path.is_file()).collect();
    found.sort();
    found
}

fn mode(path: &Path) -> Option<u32> {
    let of = |metadata: Metadata| metadata.permissions().mode() & 0o777;
    path.metadata().ok().map(of)
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

/// A message of several lines as one.
pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
