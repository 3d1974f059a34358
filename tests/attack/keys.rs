//! Rows K1 to K4: keys at rest, in memory, and while they are replaced.

use super::request::Request;
use super::target::Target;
use crate::circle::{json, program, small, text};
use adit::circle::Circle;
use adit::config::Config;
use adit::folder::Folder;
use adit::keys::Keystore;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// `adit serve` in a folder, which is expected to end by itself.
fn serve(folder: &Path, variables: &[(&str, &Path)]) -> Output {
    let mut command = Command::new(program());
    command.args(["serve", "--listen", "127.0.0.1:0", "-C"]).arg(folder);
    command.envs(variables.iter().copied()).stdin(Stdio::null()).output().unwrap()
}

/// Holds a start that is refused against its code, and that no port was opened.
fn check_refused(folder: &Path, variables: &[(&str, &Path)], code: &str) -> String {
    // A server that was killed leaves it behind.
    drop(std::fs::remove_file(folder.join(".adit/address")));
    let output = serve(folder, variables);
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

/// A server that a shell starts, which lets its children leave cores of any size.
fn started_with_cores(target: &Target) -> Child {
    let shell = format!(
        "ulimit -c unlimited 2>/dev/null; exec '{}' serve --listen 127.0.0.1:0 -C '{}'",
        program().display(),
        target.folder().display()
    );
    let child = Command::new("sh")
        .args(["-c", &shell])
        .current_dir(target.folder())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(std::fs::File::create(target.log()).unwrap())
        .spawn()
        .unwrap();
    let address = target.folder().join(".adit/address");
    let started = Instant::now();
    while !address.exists() {
        assert!(started.elapsed() < Duration::from_secs(60), "it did not start");
        std::thread::sleep(Duration::from_millis(20));
    }
    child
}

fn abort(child: &mut Child) -> bool {
    let status = Command::new("kill").args(["-ABRT", &child.id().to_string()]).status().unwrap();
    assert!(status.success());
    let ended = child.wait().unwrap();
    assert_eq!(ended.signal(), Some(6), "{ended}");
    ended.core_dumped()
}

fn children(process: u32) -> Vec<u32> {
    let mut children = Vec::new();
    for task in std::fs::read_dir(format!("/proc/{process}/task")).unwrap().flatten() {
        let text = std::fs::read_to_string(task.path().join("children")).unwrap_or_default();
        children.extend(text.split_whitespace().filter_map(|id| id.parse::<u32>().ok()));
    }
    children
}

/// The memory of a process that can be written to; `None` where the system lets nobody look.
fn memory(process: u32) -> Option<Vec<u8>> {
    use std::os::unix::fs::FileExt;
    let maps = std::fs::read_to_string(format!("/proc/{process}/maps")).ok()?;
    let file = std::fs::File::open(format!("/proc/{process}/mem")).ok()?;
    let mut all = Vec::new();
    for line in maps.lines().filter(|line| line.contains(" rw")) {
        let (from, to) = line.split(' ').next()?.split_once('-')?;
        let from = u64::from_str_radix(from, 16).ok()?;
        let to = u64::from_str_radix(to, 16).ok()?;
        let mut bytes = vec![0; usize::try_from((to - from).min(64 << 20)).ok()?];
        if file.read_exact_at(&mut bytes, from).is_ok() {
            all.extend(bytes);
        }
    }
    Some(all)
}

#[test]
fn k3_no_core_no_worker_and_no_text_holds_the_key() {
    let target = Target::prepared("");
    let secrets = spellings(&target.folder());
    let mut child = started_with_cores(&target);
    let workers = children(child.id());
    assert!(!workers.is_empty(), "the server has workers");
    for process in workers.iter().chain([&child.id()]) {
        let limits = std::fs::read_to_string(format!("/proc/{process}/limits")).unwrap();
        let cores = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
        let cores: Vec<_> = cores.split_whitespace().collect();
        assert_eq!(cores[4..6], ["0", "0"], "{cores:?}");
    }
    for worker in &workers {
        if let Some(memory) = memory(*worker) {
            assert!(memory.len() > 100_000, "{} bytes of a worker were read", memory.len());
            assert!(!find(&memory, &secrets), "a worker's memory holds the key");
        }
    }
    // Everything that its own people can print.
    for arguments in [
        &["key", "list", "--json"][..],
        &["audit", "export"],
        &["config", "explain", "--json"],
        &["trust", "show", "--json"],
        &["whoami", "--json"],
        &["key", "retire", "nothing"],
        &["doctor", "--json"],
    ] {
        let output = target.run(arguments);
        let told = [output.stdout, output.stderr].concat();
        assert!(!told.is_empty() && !find(&told, &secrets), "adit {arguments:?}");
    }
    // A dumpable process under the same limit shows what this machine would do.
    let control = Command::new("sh")
        .args(["-c", "ulimit -c unlimited 2>/dev/null; exec sleep 60"])
        .current_dir(target.folder())
        .spawn();
    let mut control = control.unwrap();
    std::thread::sleep(Duration::from_millis(200));
    let machine_dumps = abort(&mut control);
    for file in std::fs::read_dir(target.folder()).unwrap().flatten() {
        if file.file_name().to_string_lossy().starts_with("core") {
            std::fs::remove_file(file.path()).unwrap();
        }
    }
    assert!(!abort(&mut child), "the server left a core; others here do: {machine_dumps}");
    let files = all_files(&target.folder());
    let sealed = target.folder().join("keys");
    assert!(files.iter().any(|path| path.starts_with(&sealed)));
    for path in files.iter().chain([&target.log()]) {
        let bytes = std::fs::read(path).unwrap_or_default();
        assert!(!find(&bytes, &secrets), "{} holds the key", path.display());
    }
}

fn all_files(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            all.extend(all_files(&entry.path()));
        } else if kind.is_file() {
            all.push(entry.path());
        }
    }
    all
}

#[test]
fn k3_errors_about_keys_never_repeat_them() {
    let target = Target::prepared("");
    let folder = Folder::at(target.folder());
    let config = Config::read(&folder).unwrap();
    let (store, keys) = Keystore::open(&folder, &config).unwrap();
    let jwk = keys.issuing().to_private_jwk();
    let secrets = spellings(&target.folder());
    assert!(!find(format!("{keys:?}{store:?}{config:?}").as_bytes(), &secrets));
    std::fs::remove_file(folder.ring()).unwrap();
    let other: Value = serde_json::from_str(&jwk).unwrap();
    let spoiled = |change: &dyn Fn(&mut Value)| {
        let mut jwk = other.clone();
        change(&mut jwk);
        jwk.to_string()
    };
    for text in [
        spoiled(&|jwk| jwk["x"] = jwk["y"].clone()),
        spoiled(&|jwk| jwk["crv"] = "P-521".into()),
        spoiled(&|jwk| jwk["kty"] = 7.into()),
        jwk[..jwk.len() - 1].to_owned(),
        format!("{{\"keys\":[{}]}}", *jwk),
    ] {
        std::fs::write(folder.key(), text).unwrap();
        mode(&folder.key(), 0o600);
        let output = serve(&target.folder(), &[]);
        assert!(!output.status.success());
        let said = [output.stdout, output.stderr].concat();
        assert!(!find(&said, &secrets), "{}", String::from_utf8_lossy(&said));
    }
}

/// The DID document of a company, and how many keys its relationships list.
fn document(circle: &Circle, name: &str) -> (Value, usize, usize) {
    let request = Request::get("/.well-known/did.json");
    let got = request.send(circle.address(name).unwrap());
    assert_eq!(got.status, 200);
    let document: Value = serde_json::from_slice(&got.body).unwrap();
    let listed = |relationship: &str| document[relationship].as_array().unwrap().len();
    let (proves, asserts) = (listed("authentication"), listed("assertionMethod"));
    assert_eq!(listed("capabilityInvocation"), proves);
    (document, proves, asserts)
}

#[test]
fn k4_replacing_the_key_under_load() {
    let circle = small(&["oem", "shop"]);
    circle.invite("oem", "shop", "did:web:shop.example").unwrap();
    let (_, proves, asserts) = document(&circle, "shop");
    assert_eq!((proves, asserts), (1, 1));
    let before = json(&circle.adit("shop", &["key", "list", "--json"]).unwrap());
    let old = before["keys"][0]["kid"].as_str().unwrap().to_owned();

    let done = AtomicBool::new(false);
    let load = |run: &(dyn Fn() -> Result<(), String> + Sync)| {
        let mut asked = 0;
        while !done.load(Ordering::SeqCst) {
            run()?;
            asked += 1;
        }
        Ok::<u32, String>(asked)
    };
    let token = |company: &'static str, arguments: &'static [&'static str]| {
        let circle = &circle;
        move || {
            let output = circle.run(company, arguments).unwrap();
            let told = || String::from_utf8_lossy(&output.stderr).into_owned();
            if output.status.success() { Ok(()) } else { Err(told()) }
        }
    };
    // The shop shows what it holds to the oem, the oem to the shop, and the shop to itself.
    let out = token("shop", &["token", "--peer", "did:web:oem.example"]);
    let into = token("oem", &["token", "--peer", "did:web:shop.example"]);
    let own = token("shop", &["token"]);
    let published = || {
        // Nobody in particular may not ask more often than the limits say.
        std::thread::sleep(Duration::from_millis(100));
        let (document, proves, asserts) = document(&circle, "shop");
        let listed = document["verificationMethod"].as_array().unwrap().len();
        // The key that signs is always there, and never more than the two.
        if (1..=2).contains(&proves) && (1..=2).contains(&asserts) && listed == asserts {
            Ok(())
        } else {
            Err(document.to_string())
        }
    };
    let asked = std::thread::scope(|scope| {
        let loads: Vec<_> = [&out as &(dyn Fn() -> _ + Sync), &into, &own, &published]
            .map(|run| scope.spawn(move || load(run)))
            .into();
        std::thread::sleep(Duration::from_millis(500));
        let rotate = ["key", "rotate", "--lead", "2s", "--overlap", "4s", "--key", "ed25519"];
        circle.adit("shop", &rotate).unwrap();
        let rotated = Instant::now();
        // Announced and overlapping: both keys are there, for everything.
        let (both, proves, asserts) = document(&circle, "shop");
        assert_eq!((proves, asserts), (2, 2), "{both}");
        assert!(both["authentication"].to_string().contains(&old));
        // It leaves on its date by itself: 2 s of lead and 4 s of overlap.
        while document(&circle, "shop").1 == 2 {
            assert!(rotated.elapsed() < Duration::from_secs(8), "the old key did not leave");
            std::thread::sleep(Duration::from_millis(200));
        }
        assert!(rotated.elapsed() > Duration::from_secs(5), "the old key left too early");
        std::thread::sleep(Duration::from_millis(1500));
        done.store(true, Ordering::SeqCst);
        loads.into_iter().map(|load| load.join().unwrap()).collect::<Result<Vec<_>, _>>()
    });
    let asked = asked.unwrap();
    assert!(asked.iter().all(|asked| *asked > 3), "too little load: {asked:?}");

    // What is left of the old key: it proves the oem's partner credential until that ends, and nothing new.
    let (document, _, asserts) = document(&circle, "shop");
    assert_eq!(asserts, 2);
    assert!(!document["authentication"].to_string().contains(&old));
    assert!(document["assertionMethod"].to_string().contains(&old));
    let after = json(&circle.adit("shop", &["key", "list", "--json"]).unwrap());
    assert_eq!(
        (&after["keys"][0]["state"], &after["keys"][1]["state"]),
        (&"asserts".into(), &"signs".into())
    );
    // The spent private half is gone from the folder, and the journal tells each step.
    let folder = Folder::at(circle.folder("shop"));
    let (_, keys) = Keystore::open(&folder, &Config::read(&folder).unwrap()).unwrap();
    assert_eq!(keys.to_text().matches("\"d\":").count(), 1);
    let export = text(&circle.adit("shop", &["audit", "export"]).unwrap());
    let kinds = export.lines().filter(|line| line.contains("\"kind\":\"key\"")).count();
    assert!(kinds >= 3, "made, replaced and spent are in the journal: {export}");
    // The oem still opens the shop with the credential that the old key signed.
    circle.adit("oem", &["token", "--peer", "did:web:shop.example"]).unwrap();
}

#[test]
fn k4_a_revoked_key_proves_nothing_that_it_ever_signed() {
    let circle = small(&["oem", "shop"]);
    circle.invite("oem", "shop", "did:web:shop.example").unwrap();
    let ask = ["token", "--peer", "did:web:shop.example", "--json"];
    circle.adit("oem", &ask).unwrap();
    let list = json(&circle.adit("shop", &["key", "list", "--json"]).unwrap());
    let old = list["keys"][0]["kid"].as_str().unwrap().to_owned();
    let refused = json(&circle.run("shop", &["key", "retire", &old, "--json"]).unwrap());
    assert_eq!(refused["code"], "key.newest");
    circle.adit("shop", &["key", "rotate", "--lead", "0s"]).unwrap();
    circle.adit("shop", &["key", "retire", &old]).unwrap();
    let (document, proves, asserts) = document(&circle, "shop");
    assert_eq!((proves, asserts), (1, 1));
    let revoked = &document["verificationMethod"][0];
    assert_eq!(
        (revoked["id"].as_str(), revoked["revoked"].is_string()),
        (Some(old.as_str()), true)
    );
    // The partner credential that it signed opens nothing any more; the shop's own people go on.
    let refused = json(&circle.run("oem", &ask).unwrap());
    assert_eq!(refused["detail"]["problem"]["code"], "did.key", "{refused}");
    circle.adit("shop", &["token"]).unwrap();
    // A did:jwk cannot have another key.
    let client = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let folder = client.path().join("client");
        let mut command = Command::new(program());
        command.arg("-C").arg(folder).args(arguments).stdin(Stdio::null()).output().unwrap()
    };
    let init = ["init", "--name", "Somebody", "--passphrase-file", "../client.passphrase"];
    assert!(run(&init).status.success());
    assert_eq!(json(&run(&["key", "rotate", "--json"]))["code"], "key.fixed");
}

#[test]
fn a_company_may_begin_with_ed25519() {
    let root = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let folder = root.path().join("shop");
        let mut command = Command::new(program());
        let output = command.arg("-C").arg(folder).args(arguments).stdin(Stdio::null()).output();
        let output = output.unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        output
    };
    let init = ["init", "--did", "did:web:shop.example", "--key", "ed25519"];
    run(&[&init[..], &["--passphrase-file", "../shop.passphrase"]].concat());
    let file = root.path().join("did.json");
    run(&["did", "export", "--output", file.to_str().unwrap()]);
    let document: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let method = &document["verificationMethod"][0];
    assert_eq!(method["publicKeyJwk"]["crv"], "Ed25519", "{document}");
    // The next key is of the same kind where nothing else is said.
    run(&["key", "rotate", "--lead", "0s"]);
    let keys = json(&run(&["key", "list", "--json"]));
    assert_eq!(
        (&keys["keys"][0]["state"], &keys["keys"][1]["state"]),
        (&"overlap".into(), &"signs".into())
    );
    let folder = Folder::at(root.path().join("shop"));
    let (_, ring) = Keystore::open(&folder, &Config::read(&folder).unwrap()).unwrap();
    assert_eq!(ring.issuing().public().to_jwk()["crv"], "Ed25519");
}
