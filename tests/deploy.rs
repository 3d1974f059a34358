//! The files under `deploy/` fit the program.

use crate::circle::root;
use std::process::Command;

#[test]
fn systemd_takes_the_unit() {
    let unit = root().join("deploy/adit.service");
    // The unit names the program where a package puts it; here it is where cargo built it.
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("adit.service");
    let text = std::fs::read_to_string(&unit).unwrap();
    let here = text.replace("/usr/local/bin/adit", &crate::circle::program().display().to_string());
    assert_ne!(text, here);
    std::fs::write(&copy, here).unwrap();
    let output = Command::new("systemd-analyze")
        .args(["verify", "--man=no", "--recursive-errors=no"])
        .arg(&copy)
        .output()
        .expect("systemd-analyze; make test installs it");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && !said.contains("Unknown"), "{said}");
}

#[test]
fn the_commands_of_unit_and_container_are_commands() {
    for (file, line) in
        [("adit.service", "ExecStart=/usr/local/bin/adit "), ("Containerfile", "CMD [")]
    {
        let text = std::fs::read_to_string(root().join("deploy").join(file)).unwrap();
        let rest = text.lines().find_map(|it| it.strip_prefix(line)).expect(line);
        let words = rest.trim_end_matches(']').replace(['"', ','], "");
        let mut arguments: Vec<_> = words.split_whitespace().collect();
        arguments.push("--help");
        let output = Command::new(crate::circle::program()).args(arguments).output().unwrap();
        assert!(output.status.success(), "{file}: {rest}");
    }
}

#[test]
fn the_container_builds_with_the_toolchain_of_the_workspace() {
    let container = std::fs::read_to_string(root().join("deploy/Containerfile")).unwrap();
    let workspace = std::fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let table: toml::Table = workspace.parse().unwrap();
    let rust = table["workspace"]["package"]["rust-version"].as_str().unwrap();
    assert!(container.contains(&format!("library/rust:{rust}-")), "{rust}");
    for package in ["libssl-dev", "pkg-config"] {
        assert!(container.contains(package));
        let setup = std::fs::read_to_string(root().join(".ci/setup")).unwrap();
        assert!(setup.contains(package), "container and set-up need the same packages");
    }
}
