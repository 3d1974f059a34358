//! Rows K1 to K4: keys at rest, here; in memory, and while they are replaced, below.

mod memory;
mod replaced;

use super::peer::forbidden;
use super::target::Target;
use crate::circle::{ended, program, text};
use adit::config::Config;
use adit::folder::Folder;
use adit::keys::Keystore;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// `adit serve` in a folder, which is expected to end by itself.
fn serve(folder: &Path, variables: &[(&str, &Path)]) -> Output {
    let mut command = Command::new(program());
    command.args(["serve", "--listen", "127.0.0.1:0", "-C"]).arg(folder);
    ended(command.envs(variables.iter().copied()))
}

/// Holds a start that is refused against its code, and that no port was opened.
fn check_refused(folder: &Path, variables: &[(&str, &Path)], code: &str) -> String {
    // A server that was killed leaves it behind.
    drop(std::fs::remove_file(folder.join(".adit/address")));
    let reached = forbidden().connections();
    let output = serve(folder, variables);
    assert_eq!(forbidden().connections(), reached, "the forbidden listener was reached");
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success(), "it started, and {code} was expected");
    assert!(said.contains(&format!("[{code}]")), "{code} was expected: {said}");
    assert!(!folder.join(".adit/address").exists(), "a port was opened");
    said
}

fn mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

/// The private key in every spelling that a search must not find: raw, base64url, hexadecimal.
fn spellings(folder: &Path) -> Vec<Vec<u8>> {
    let folder = Folder::at(folder);
    let config = Config::read(&folder).unwrap();
    let (_, keys) = Keystore::open(&folder, &config).unwrap();
    let jwk: Value = serde_json::from_str(&keys.issuing().to_private_jwk()).unwrap();
    let spelled = jwk["d"].as_str().unwrap();
    let raw = URL_SAFE_NO_PAD.decode(spelled).unwrap();
    assert_eq!(raw.len(), 32);
    let hex: String = raw.iter().map(|byte| format!("{byte:02x}")).collect();
    vec![spelled.into(), hex.to_uppercase().into(), hex.into(), raw]
}

fn find(bytes: &[u8], secrets: &[Vec<u8>]) -> bool {
    secrets.iter().any(|secret| memchr::memmem::find(bytes, secret).is_some())
}

/// The file that opens the keys of a target.
fn passphrase(target: &Target) -> PathBuf {
    target.folder().join("../target.passphrase")
}

#[test]
fn k1_a_key_in_the_clear_that_others_can_read() {
    let mut target = Target::prepared("");
    let folder = Folder::at(target.folder());
    let config = Config::read(&folder).unwrap();
    let (_, keys) = Keystore::open(&folder, &config).unwrap();
    // A folder as an earlier version made it, unpacked with the rights of ordinary files.
    std::fs::write(folder.key(), keys.issuing().to_private_jwk().as_bytes()).unwrap();
    std::fs::remove_file(folder.ring()).unwrap();
    mode(&folder.key(), 0o644);
    let secrets = spellings_of_plain(&folder);
    let said = check_refused(&target.folder(), &[], "key.readable");
    let mend = format!("chmod 600 {}", folder.key().display());
    assert!(said.contains(&mend) && said.contains("mode 644"), "{said}");
    assert!(!find(said.as_bytes(), &secrets), "the key is told");
    mode(&folder.key(), 0o640);
    check_refused(&target.folder(), &[], "key.readable");
    // The command that it names mends it.
    let [program, rights, path] = mend.split(' ').collect::<Vec<_>>()[..] else { panic!("{mend}") };
    assert!(Command::new(program).args([rights, path]).status().unwrap().success());
    target.start();
    target.kill();
    // Sealing it leaves nothing in the clear, and the same key.
    target.adit(&["key", "seal"]);
    assert!(!folder.key().exists() && folder.ring().exists());
    assert!(!find(&std::fs::read(folder.ring()).unwrap(), &secrets));
    assert_eq!(spellings(&target.folder()), secrets);
    for path in [folder.ring(), passphrase(&target)] {
        mode(&path, 0o604);
        let said = check_refused(&target.folder(), &[], "key.readable");
        assert!(said.contains("mode 604"), "{said}");
        mode(&path, 0o600);
    }
    target.start();
}

fn spellings_of_plain(folder: &Folder) -> Vec<Vec<u8>> {
    mode(&folder.key(), 0o600);
    let secrets = spellings(folder.root());
    mode(&folder.key(), 0o644);
    secrets
}

#[test]
fn k2_five_wrong_passphrases_and_then_the_right_one() {
    let mut target = Target::prepared("");
    let ring = std::fs::read(target.folder().join("keys/ring.age")).unwrap();
    let right = std::fs::read(passphrase(&target)).unwrap();
    let other = Target::prepared("");
    let identity = std::fs::read_to_string(passphrase(&other)).unwrap();
    for wrong in [
        identity.as_str(),
        "correct horse battery staple",
        "correct horse battery stapler",
        "correct horse battery stable",
        "correct horse battery",
    ] {
        std::fs::write(passphrase(&target), wrong).unwrap();
        let said = check_refused(&target.folder(), &[], "key.passphrase");
        assert!(!said.contains("horse") && !said.contains("AGE-SECRET"), "{said}");
    }
    std::fs::write(passphrase(&target), "short").unwrap();
    check_refused(&target.folder(), &[], "key.weak");
    assert_eq!(std::fs::read(target.folder().join("keys/ring.age")).unwrap(), ring);
    std::fs::write(passphrase(&target), right).unwrap();
    target.start();
}

#[test]
fn k2_a_persons_passphrase_from_a_file_a_credential_and_a_terminal() {
    let mut target = Target::prepared("");
    let words = "malm och järn på vintern\n";
    let file = target.folder().join("../words");
    std::fs::write(&file, words).unwrap();
    mode(&file, 0o600);
    target.adit(&["key", "seal", "--passphrase-file", "../words"]);
    let settings = target.folder().join("adit.toml");
    let text = std::fs::read_to_string(&settings).unwrap();
    assert!(text.contains("passphrase_file = \"../words\""), "{text}");
    target.start();
    target.kill();
    // No setting: as a credential of systemd, which shows the service's access as a right of the group.
    std::fs::write(&settings, text.replace("passphrase_file", "# passphrase_file")).unwrap();
    check_refused(&target.folder(), &[], "key.sealed");
    let given = target.folder().join("../given");
    std::fs::create_dir(&given).unwrap();
    std::fs::write(given.join("adit-passphrase"), words).unwrap();
    mode(&given.join("adit-passphrase"), 0o444);
    check_refused(&target.folder(), &[("CREDENTIALS_DIRECTORY", &given)], "key.readable");
    mode(&given.join("adit-passphrase"), 0o440);
    let mut target = target.variable("CREDENTIALS_DIRECTORY", &given.display().to_string());
    target.start();
    target.kill();
    // At a terminal: wrong, and then right.
    let mut terminal = Command::new("script");
    let list = format!("'{}' -C '{}' key list", program().display(), target.folder().display());
    terminal.args(["-qec", &list, "/dev/null"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = terminal.spawn().unwrap();
    let typed = format!("something else entirely\n{words}");
    child.stdin.as_mut().unwrap().write_all(typed.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains(" signs"), "{said}");
}

#[test]
fn k2_a_keystore_that_was_cut_off() {
    let mut target = Target::prepared("");
    let ring = target.folder().join("keys/ring.age");
    let whole = std::fs::read(&ring).unwrap();
    for length in [0, 1, 21, 100, whole.len() / 2, whole.len() - 17, whole.len() - 1] {
        std::fs::write(&ring, &whole[..length]).unwrap();
        check_refused(&target.folder(), &[], "key.damaged");
    }
    std::fs::write(&ring, &whole).unwrap();
    target.start();
}

#[test]
fn k2_two_processes_in_one_folder() {
    let mut target = Target::started("");
    let address = std::fs::read(target.folder().join(".adit/address")).unwrap();
    for arguments in [&["serve", "--listen", "127.0.0.1:0"][..], &["key", "seal"], &["rebuild"]] {
        let output = target.run(arguments);
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && said.contains("[folder.locked]"), "{said}");
    }
    // The first one holds the lock, its port and its socket.
    assert_eq!(std::fs::read(target.folder().join(".adit/address")).unwrap(), address);
    assert!(target.is_alive());
    assert!(text(&target.adit(&["key", "list"])).contains(" signs"));
    target.kill();
    target.start();
}
