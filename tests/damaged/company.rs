//! The company that all cases happen to.

use super::case::{Answer, Case};
use super::make;
use crate::circle::{program, root};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

pub struct Company {
    // Ends before its folder goes.
    server: Option<Server>,
    folder: tempfile::TempDir,
}

/// A server that ends with its value.
struct Server {
    child: Child,
    address: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        drop(self.child.wait());
    }
}

/// What must be the same after each case: the journal, the fact store, the blobs, the files of the folder.
pub struct State {
    journal: Value,
    files: BTreeMap<PathBuf, Vec<u8>>,
}

impl State {
    /// What is not the same. A request is written down in the journal, whatever comes of it.
    pub fn differences(&self, after: &Self, is_request: bool) -> Vec<String> {
        let names = self.files.keys().chain(after.files.keys()).collect::<BTreeSet<_>>();
        let changed =
            names.into_iter().filter(|name| self.files.get(*name) != after.files.get(*name));
        let mut found: Vec<String> = changed.map(|path| path.display().to_string()).collect();
        if !is_request && self.journal != after.journal {
            found.push("the journal".to_owned());
        }
        found
    }
}

/// Where a maker of this company's batches is described, as after a first meeting.
const MILL: &str = r#"{"did": "did:web:mill.example", "name": "Mill", "base": "https://connector.mill.example",
    "identifiers": {"batch": "https://id.mill.example/h/{batch}"}}"#;

/// Nobody answers at the addresses of the partners.
const HOSTS: &str =
    "[network.hosts]\n\"oem.example\" = \"127.0.0.1:9\"\n\"rival.example\" = \"127.0.0.1:9\"\n";

impl Company {
    /// A company with one sound row of each table published.
    pub fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("adit-damaged-").tempdir().unwrap();
        let company = Self { folder, server: None };
        let init =
            ["init", "--did", "did:web:shop.example", "--name", "Shop", "--listen", "127.0.0.1:0"];
        company.done(&init);
        let settings = company.path().join("adit.toml");
        let text = std::fs::read_to_string(&settings).unwrap();
        std::fs::write(&settings, text + HOSTS).unwrap();
        std::fs::create_dir_all(company.path().join("documents")).unwrap();
        for name in originals() {
            company.restore(&name);
        }
        std::fs::create_dir_all(company.path().join(".adit/partners")).unwrap();
        std::fs::write(company.path().join(".adit/partners/mill.json"), MILL).unwrap();
        company.done(&["publish"]);
        company
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// A command of the program in this folder.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(program());
        command.current_dir(self.path()).args(arguments).env("LC_ALL", "C").env("NO_COLOR", "1");
        command.env("XDG_CONFIG_HOME", env!("CARGO_TARGET_TMPDIR"));
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).stdin(Stdio::null()).output().unwrap()
    }

    pub fn done(&self, arguments: &[&str]) -> Output {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", error_text(&output));
        output
    }

    /// Puts the files of a case into the folder.
    pub fn suffer(&self, case: &Case) {
        if let Some(table) = &case.table {
            let original = read(&root().join("tests/damaged/company").join(table));
            let header = case.header.as_deref().unwrap_or(original.lines().next().unwrap());
            if let Some(rows) = &case.rows {
                self.write(table, &latin(&format!("{header}\n{rows}")));
            }
            let mapping = format!("{table}-metadata.json");
            let mut text = read(&root().join("tests/damaged/company").join(&mapping));
            for [from, to] in &case.change {
                assert!(text.contains(from.as_str()), "{}: {from}", case.name);
                text = text.replacen(from.as_str(), to, 1);
            }
            self.write(&mapping, text.as_bytes());
            // The same mapping for a workbook of the same table.
            if let Some([name, _]) = case.make.as_ref().filter(|[name, _]| name != table) {
                let text = text.replace(table.as_str(), name);
                self.write(&format!("{name}-metadata.json"), text.as_bytes());
            }
        }
        for [name, text] in &case.files {
            self.write(name, text.trim_start_matches('\n').as_bytes());
        }
        for [name, hex] in &case.hex {
            let pairs = hex.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).unwrap());
            let bytes: Vec<u8> = pairs.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect();
            self.write(name, &bytes);
            if name.ends_with(".xlsx") {
                let mapping = read(&root().join("tests/damaged/company/osat.csv-metadata.json"));
                self.write(
                    &format!("{name}-metadata.json"),
                    mapping.replace("osat.csv", name).as_bytes(),
                );
            }
        }
        if let Some([name, how]) = &case.make {
            let path = self.path().join(name);
            drop(std::fs::remove_file(&path));
            make::make(how, &path);
        }
    }

    /// Takes the files of a case away again, and puts the company's own back.
    pub fn recover(&self, case: &Case) {
        let table =
            case.table.iter().flat_map(|table| [table.clone(), format!("{table}-metadata.json")]);
        let written =
            case.files.iter().chain(&case.hex).chain(&case.make).map(|[name, _]| name.clone());
        let names: Vec<String> = table.chain(written).collect();
        for name in names.iter().flat_map(|name| [name.clone(), format!("{name}-metadata.json")]) {
            let path = self.path().join(&name);
            if path.is_dir() {
                std::fs::remove_dir(&path).unwrap();
            } else if path.symlink_metadata().is_ok() {
                std::fs::remove_file(&path).unwrap();
            }
            if let Some(folder) = path.parent().filter(|folder| *folder != self.path()) {
                drop(std::fs::remove_dir(folder));
            }
        }
        originals().iter().for_each(|name| self.restore(name));
    }

    /// The command of a case, once for people and once for programs: both must say the same.
    ///
    /// A case without a command is checked for the people and published for the programs.
    pub fn command_of(&mut self, case: &Case) -> Answer {
        self.server = None;
        let given: Option<Vec<&str>> =
            case.command.as_ref().map(|it| it.iter().map(String::as_str).collect());
        let told = self.run(given.as_deref().unwrap_or(&["check"]));
        let says = self.words(&told);
        let other_exit = |output: &Output| {
            let code = output.status.code();
            (code != Some(case.exit)).then(|| format!("exit {code:?} instead of {}", case.exit))
        };
        let mut mistakes: Vec<String> = other_exit(&told).into_iter().collect();
        if !case.code.is_empty() {
            let machine =
                self.run(&[given.as_deref().unwrap_or(&["publish"]), &["--json"][..]].concat());
            mistakes.extend(other_exit(&machine));
            match serde_json::from_slice::<Value>(&machine.stdout) {
                Ok(answer) => mistakes.extend(differences(&answer, &says, case)),
                Err(e) => mistakes.push(format!("--json is no JSON: {e}")),
            }
        }
        Answer { says, mistakes }
    }

    /// What was said to a person, without the first line of a list and its code, and without this folder's name.
    fn words(&self, output: &Output) -> String {
        let text = if output.status.success() {
            String::from_utf8_lossy(&output.stdout).into_owned()
        } else {
            error_text(output)
        };
        let text = text.replace(&format!("{}/", self.path().display()), "");
        let listed = text.split_once(" [data]\n").map(|(_, rest)| rest);
        let list = listed.map(|rest| rest.split("\n  more: ").next().unwrap_or(rest));
        list.unwrap_or(&text).replace("adit-under-test", "adit")
    }

    /// A request to the company's server, which is started for it.
    pub fn request(&mut self, case: &Case) -> Answer {
        if self.server.is_none() {
            self.server = Some(self.serve());
        }
        let address = self.server.as_ref().map(|server| server.address.clone()).unwrap();
        let path = case.get.as_deref().unwrap_or("/sparql");
        let mut curl = Command::new("curl");
        curl.current_dir(self.path());
        curl.args(["-s", "--max-time", "30", "-w", "\n%{http_code}", &format!("{address}{path}")]);
        curl.args(["-H", "Accept: application/sparql-results+json, application/problem+json"]);
        if let Some(query) = &case.post {
            curl.args(["-H", "Content-Type: application/sparql-query", "--data-binary", query]);
        }
        if let Some(bearer) = &case.bearer {
            curl.args(["-H", &format!("Authorization: Bearer {bearer}")]);
        }
        let text = String::from_utf8(curl.output().unwrap().stdout).unwrap();
        let (body, status) = text.rsplit_once('\n').unwrap();
        let mut mistakes = Vec::new();
        if status.parse() != Ok(case.status.unwrap()) {
            mistakes.push(format!("status {status}"));
        }
        let problem: Value = serde_json::from_str(body).unwrap_or_default();
        let field = |name: &str| problem[name].as_str().unwrap_or_default().to_owned();
        if field("code") != case.code {
            mistakes.push(format!("code {}", field("code")));
        }
        let says = format!("{} [{}]\n  {}\n", field("title"), field("code"), field("fix"));
        Answer { says, mistakes }
    }

    fn serve(&self) -> Server {
        let mut command = self.command(&["serve", "--until-stdin-closes"]);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut said = String::new();
        let at = loop {
            let line =
                log.next().unwrap_or_else(|| panic!("the server did not start: {said}")).unwrap();
            said += &line;
            if line.contains("answering") {
                break said.find("127.0.0.1:").unwrap();
            }
        };
        let is_of_it = |c: &char| c.is_ascii_digit() || matches!(c, '.' | ':');
        let address: String = said[at..].chars().take_while(is_of_it).collect();
        // What it logs from now on is read away until it ends.
        std::thread::spawn(move || log.for_each(drop));
        Server { child, address: format!("http://{address}") }
    }

    pub fn state(&self) -> State {
        let output = self.done(&["journal", "verify", "--json"]);
        let journal = serde_json::from_slice(&output.stdout).unwrap();
        let mut files = BTreeMap::new();
        let mut open = vec![self.path().to_owned()];
        while let Some(folder) = open.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                if path.is_dir() {
                    open.push(path);
                // What SQLite and LMDB keep beside their data says who reads, not what is true; the journal is verified.
                } else if path.is_file()
                    && !name.starts_with("lock")
                    && !name.starts_with("journal.")
                    && !name.starts_with("seen.db-")
                    && name != "address"
                {
                    files.insert(path.clone(), std::fs::read(&path).unwrap());
                }
            }
        }
        State { journal, files }
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    fn restore(&self, name: &str) {
        let text = read(&root().join("tests/damaged/company").join(name));
        let is_latin = name.ends_with(".csv") && name != "partners.csv";
        self.write(name, &if is_latin { latin(&text) } else { text.into_bytes() });
    }
}

/// What an answer for programs does not have of what a person was told, or has beside it.
fn differences(answer: &Value, says: &str, case: &Case) -> Vec<String> {
    let problems = answer["detail"]["problems"].as_array().or(answer["warnings"].as_array());
    let Some(problems) = problems.filter(|_| case.exit == 0 || case.code == "data") else {
        let code = answer["code"].as_str().unwrap_or_default();
        return (code != case.code)
            .then(|| format!("code {code} instead of {}", case.code))
            .into_iter()
            .collect();
    };
    let (mut rest, mut found) = (says, Vec::new());
    for problem in problems {
        let text = |name: &str| problem[name].as_str().unwrap_or_default().to_owned();
        let wanted = format!("{} [{}]\n  {}", text("message"), text("code"), text("fix"));
        match rest.find(&wanted) {
            Some(at) => rest = &rest[at + wanted.len()..],
            None => found.push(format!("programs are told what people are not: {wanted}")),
        }
        if text("fix").is_empty() {
            found.push(format!("there is no way out: {wanted}"));
        }
    }
    let told = says.lines().filter(|line| line.ends_with(']') && !line.starts_with(' ')).count();
    if told != problems.len() {
        found.push(format!("people are told of {told} problems, programs of {}", problems.len()));
    }
    found
}

fn error_text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// The letters of Windows-1252 that the cases use are those of Latin-1.
fn latin(text: &str) -> Vec<u8> {
    text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect()
}

fn originals() -> Vec<String> {
    let entries = std::fs::read_dir(root().join("tests/damaged/company")).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.collect()
}
