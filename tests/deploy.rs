//! The Debian package and the container image, built and used for real.
//!
//! The package is installed on a throw-away copy of this machine (`deploy/install.sh`), the image is
//! made of that package and of the machine's own Debian packages, without another image.

use crate::circle::{json, program, root};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

fn told(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    text(&output.stdout) + &text(&output.stderr)
}

fn run(command: &mut Command) -> String {
    let output = command.output().expect("the program is there; make test installs it");
    assert!(output.status.success(), "{command:?}: {}", told(&output));
    told(&output)
}

/// The package, built once.
fn package() -> &'static Path {
    static PACKAGE: OnceLock<PathBuf> = OnceLock::new();
    PACKAGE.get_or_init(|| {
        // Beside what cargo builds: one package, made anew each time.
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("package");
        drop(std::fs::remove_dir_all(&folder));
        std::fs::create_dir_all(&folder).unwrap();
        // Quick to pack; a release packs smaller.
        let mut command = Command::new(root().join("deploy/package"));
        run(command.arg(program()).arg(&folder).env("COMPRESSION", "gzip"));
        let mut built = std::fs::read_dir(&folder).unwrap();
        built.next().expect("a package").unwrap().path()
    })
}

#[test]
fn lintian_finds_no_error_in_the_package() {
    let said = run(Command::new("lintian").args(["--fail-on", "error"]).arg(package()));
    assert!(!said.contains("E: "), "{said}");
}

#[test]
fn the_package_installs_runs_as_its_unit_says_and_goes() {
    let script = root().join("tests/deploy/install.sh");
    let said = run(Command::new(script).arg(package()));
    for step in [
        "installed adit ",
        "{\"status\":\"ok\"}",
        "answers as user adit",
        "stopped",
        "completes and has manual pages",
        "removed; the company's folder stays",
    ] {
        assert!(said.contains(step), "{step}: {said}");
    }
}

/// Images, containers and volumes of one test, apart from those of the machine.
struct Podman {
    store: tempfile::TempDir,
}

impl Podman {
    /// Works also where the container's own control groups and limits may not be set.
    fn options(&self) -> Vec<String> {
        let dir = |name: &str| self.store.path().join(name).display().to_string();
        let options = ["--root", &dir("root"), "--runroot", &dir("run"), "--runtime", "runc"];
        let options = options.into_iter().chain(["--cgroup-manager", "cgroupfs"]);
        options.map(str::to_owned).collect()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("podman");
        command.args(self.options()).args(arguments);
        command
    }

    /// A container with a root file system that cannot be written, and the machine's loopback.
    fn start(&self, how: &[&str], adit: &[&str]) -> Command {
        let mut command = self.command(&["run", "--read-only", "--network", "host"]);
        command.args(["--ulimit", "nofile=4096:4096", "--ulimit", "nproc=4096:4096"]);
        command.args(["--volume", "company:/var/lib/adit"]).args(how).arg("adit").args(adit);
        command
    }
}

impl Drop for Podman {
    fn drop(&mut self) {
        // What the layers hold belongs to other users; podman alone may always delete it.
        for what in [&["rm", "--all", "--force"][..], &["volume", "rm", "--all", "--force"]] {
            drop(self.command(what).output());
        }
        drop(self.command(&["rmi", "--all", "--force"]).output());
    }
}

#[test]
fn the_container_answers_as_nobody_special_and_shows_the_demo_by_itself() {
    let podman = Podman { store: tempfile::tempdir().unwrap() };
    let mut build = Command::new(root().join("deploy/container"));
    run(build.arg(package()).arg("adit").args(podman.options()));

    let init = ["init", "--did", "did:web:shop.example", "--name", "Shop Oy"];
    run(&mut podman.start(&["--rm"], &init));
    let serve = ["serve", "--listen", "127.0.0.1:0"];
    run(&mut podman.start(&["--detach", "--name", "shop"], &serve));
    let who = ["exec", "shop", "/usr/bin/adit", "whoami", "--json"];
    let started = Instant::now();
    let address = loop {
        let output = podman.command(&who).output().unwrap();
        assert!(output.status.success(), "{}", told(&output));
        if let Some(address) = json(&output)["address"].as_str() {
            break address.to_owned();
        }
        assert!(started.elapsed() < Duration::from_secs(30), "it did not start");
        std::thread::sleep(Duration::from_millis(50));
    };
    let healthz = format!("http://{address}/healthz");
    assert!(run(Command::new("curl").args(["-fsS", &healthz])).contains("ok"));
    let user = run(&mut podman.command(&["top", "shop", "huser"]));
    assert!(!user.contains("root") && user.contains("990"), "{user}");
    run(&mut podman.command(&["stop", "--time", "30", "shop"]));
    let code = ["inspect", "--format", "{{.State.ExitCode}}", "shop"];
    assert_eq!(run(&mut podman.command(&code)).trim(), "0");

    // Nothing is in the image but the program, its libraries, certificates and time zones.
    let said = run(&mut podman.start(&["--rm"], &["demo", "--once"]));
    assert!(said.contains("Each company publishes its own files"), "{said}");
}

#[test]
fn systemd_takes_the_unit() {
    let unit = root().join("deploy/adit.service");
    // The unit names the program where the package puts it; here it is where cargo built it.
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("adit.service");
    let text = std::fs::read_to_string(&unit).unwrap();
    let here = text.replace("/usr/bin/adit", &program().display().to_string());
    assert_ne!(text, here);
    std::fs::write(&copy, here).unwrap();
    let arguments = ["verify", "--man=no", "--recursive-errors=no"];
    let said = run(Command::new("systemd-analyze").args(arguments).arg(&copy));
    assert!(!said.contains("Unknown"), "{said}");
}
