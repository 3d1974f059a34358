//! What the README shows runs, as it stands there.

use crate::circle::{companies, program, root};
use std::process::Command;

/// The fenced block after a `<!-- test: NAME -->` line.
fn block(name: &str) -> String {
    let text = std::fs::read_to_string(root().join("README.md")).unwrap();
    let after = text.split(&format!("<!-- test: {name} -->\n```")).nth(1).expect("the block");
    let code = after.split_once('\n').unwrap().1;
    code.split("\n```").next().unwrap().to_owned()
}

/// A folder with the program under the name that people type.
fn path() -> String {
    let bin = std::env::temp_dir().join(format!("adit-bin-{}", std::process::id()));
    std::fs::create_dir_all(&bin).unwrap();
    let link = bin.join("adit");
    if !link.exists() {
        std::os::unix::fs::symlink(program(), link).unwrap();
    }
    format!("{}:{}", bin.display(), std::env::var_os("PATH").unwrap().display())
}

#[test]
fn curl_and_pandas_ask_with_the_bearer_of_adit_token() {
    let circle = companies();
    let endpoint = format!("http://{}", circle.address("mine").unwrap());
    let shell = |code: &str, token: &str| {
        let output = Command::new("bash")
            .args(["-euo", "pipefail", "-c", code])
            .current_dir(circle.folder("researcher"))
            .env("PATH", path())
            .env("ENDPOINT", &endpoint)
            .env("TOKEN", token)
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let rows = shell(&block("curl"), "");
    assert!(rows.starts_with("record,hours\r\n"), "{rows}");
    assert_eq!(rows.lines().count(), 6, "{rows}");

    let first = block("curl").lines().next().unwrap().to_owned();
    let token = shell(&format!("{first}; echo \"$TOKEN\""), "");
    let python = std::env::home_dir().unwrap().join(".cache/adit/venv/bin/python");
    let script = format!("{} -c \"$SCRIPT\"", python.display());
    let output = Command::new("bash")
        .args(["-euo", "pipefail", "-c", &script])
        .env("SCRIPT", block("pandas"))
        .env("ENDPOINT", &endpoint)
        .env("TOKEN", token.trim())
        .output()
        .unwrap();
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(printed.contains("month") && printed.lines().count() > 2, "{printed}");
}

#[test]
fn the_transcript_is_what_the_program_prints() {
    let circle = companies();
    let question = root().join("examples/questions/machines-with-heat.rq").display().to_string();
    let at = ["--at", "2026-11-01T00:00:00Z"];
    let output = circle
        .run("oem", &[&["query", &question, "--purpose", "recall"][..], &at].concat())
        .unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let shown = readme.split("--purpose recall\n").nth(1).unwrap().split("\n```").next().unwrap();
    let table = printed.split("\n\n").next().unwrap();
    assert_eq!(shown.split("\n\n").next().unwrap().trim_end(), table.trim_end());
}

#[test]
fn the_guided_tour_runs_as_it_stands_there() {
    let circle = companies();
    let tour = std::fs::read_to_string(root().join("examples/README.md")).unwrap();
    let mut blocks = 0;
    for part in tour.split("<!-- test: tour ").skip(1) {
        let (folder, rest) = part.split_once(" -->\n```sh\n").unwrap();
        for command in rest.split("\n```").next().unwrap().lines() {
            let output = Command::new("bash")
                .args(["-euo", "pipefail", "-c", command])
                .current_dir(circle.folder(folder))
                .env("PATH", path())
                .env("Q", root().join("examples/questions"))
                .output()
                .unwrap();
            assert!(
                output.status.success() && !output.stdout.is_empty(),
                "{command}: {}",
                String::from_utf8_lossy(&output.stderr)
            );
        }
        blocks += 1;
    }
    assert!(blocks > 5, "{blocks} blocks");
}

#[test]
fn the_guided_tour_names_every_question_and_every_data_file() {
    let tour = std::fs::read_to_string(root().join("examples/README.md")).unwrap();
    let files = |folder: &str| {
        let entries = std::fs::read_dir(root().join("examples").join(folder)).unwrap();
        let names = entries.map(|it| it.unwrap().file_name().to_string_lossy().into_owned());
        names.collect::<Vec<_>>()
    };
    for question in files("questions") {
        assert!(tour.contains(&format!("(questions/{question})")), "{question}");
    }
    for folder in ["mill", "shop", "oem", "mine", "wire", "battery", "recycler"] {
        for file in files(folder) {
            if [".csv", ".xlsx"].iter().any(|end| file.ends_with(end)) {
                assert!(tour.contains(&format!("`{file}`")), "{folder}/{file}");
            }
        }
    }
}
