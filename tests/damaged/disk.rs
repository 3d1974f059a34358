//! A disk that is full when a file is published.

use super::company::Company;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// A company whose `.adit` lies on a disk of six megabytes; where no disk may be mounted, `None`.
struct SmallDisk<'a> {
    at: &'a Path,
}

impl<'a> SmallDisk<'a> {
    fn mount(at: &'a Path) -> Option<Self> {
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=6m", "tmpfs"])
            .arg(at)
            .stderr(Stdio::null())
            .status();
        mounted.ok().filter(|status| status.success()).map(|_| Self { at })
    }
}

impl Drop for SmallDisk<'_> {
    fn drop(&mut self) {
        drop(Command::new("umount").arg("-l").arg(self.at).status());
    }
}

/// A table of so many parts that it does not fit.
fn many_parts() -> Vec<u8> {
    let mut text =
        "Osanumero;Sarjanumero;Nimitys;Paino;Yksikk\u{f6};Sulatus;Toimittaja;Asiakas;Toimitettu\n"
            .to_owned();
    for number in 0..30_000 {
        text += &format!("0042-7;{number:05};Akseli {number};12,50;kg;;;1001;24.11.2026\n");
    }
    text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect()
}

fn code(output: &Output) -> String {
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    answer["code"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn a_full_disk_leaves_what_was_published_and_the_next_publication_works() {
    let company = Company::new();
    let kept = company.path().join(".adit");
    let aside = company.path().join("aside");
    std::fs::rename(&kept, &aside).unwrap();
    std::fs::create_dir(&kept).unwrap();
    let disk = SmallDisk::mount(&kept);
    let status =
        Command::new("cp").arg("-a").arg(format!("{}/.", aside.display())).arg(&kept).status();
    assert!(status.unwrap().success());
    let before = company.done(&["journal", "verify", "--json"]).stdout;

    std::fs::write(company.path().join("osat.csv"), many_parts()).unwrap();
    let mut publish = company.command(&["publish", "--json"]);
    if disk.is_none() {
        // Where nothing may be mounted, no file may grow beyond four megabytes.
        let words: Vec<_> = std::iter::once(publish.get_program())
            .chain(publish.get_args())
            .map(|it| it.to_string_lossy().into_owned())
            .collect();
        let mut limited = Command::new("bash");
        limited
            .current_dir(company.path())
            .arg("-c")
            .arg("trap '' XFSZ; ulimit -f 4096; exec \"$@\"")
            .arg0("bash")
            .arg("bash")
            .args(words);
        publish = limited;
    }
    let output = publish.stdin(Stdio::null()).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stdout));
    assert!(
        ["journal", "facts", "file"].contains(&code(&output).as_str()),
        "{}",
        String::from_utf8_lossy(&output.stdout)
    );
    assert_eq!(company.done(&["journal", "verify", "--json"]).stdout, before);

    // With room again, the same command does it.
    drop(disk);
    drop(std::fs::remove_dir_all(&kept));
    std::fs::rename(&aside, &kept).unwrap();
    company.done(&["publish"]);
}
