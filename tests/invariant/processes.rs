//! Companies as processes that talk over HTTP: the same invariant, with all that lies between them.
//!
//! Facts and policies are as random as in the other suites. Each company's facts are written into its journal, as a
//! publication of any room is, before its server starts and brings its fact store up to it.

use crate::answer::Answer;
use crate::case::{Case, Wholes};
use crate::data::{Company, World};
use crate::law::Law;
use adit::circle::Circle;
use adit::config::Config;
use adit::folder::Folder;
use adit::journal::{Journal, Kind, Record};
use adit::keys::Keystore;
use adit::published::{Publication, Source};
use adit::results::Collected;
use adit_credentials::{Claims, issue};
use adit_facts::Results;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Questions to the companies of each data set; there is a data set for each number of companies.
const CASES: u64 = 10;
/// At least so many answers say something.
const NON_EMPTY: usize = 30;

#[test]
fn companies_that_talk_over_http_answer_as_one_store() {
    let now = adit::clock::now();
    let (mut asked, mut non_empty, mut restricted) = (0, 0, 0);
    for world in (6..12).map(World::new) {
        let wholes = Wholes::of(&world);
        let (circle, _root) = started(&world, now);
        for case in (0..CASES).map(|number| Case::over_http(&world, &wholes, number, now)) {
            let told = query(&circle, &case);
            let answer = Collected::from_json(&told["results"]).map(answer_of);
            let answer = answer.map_err(|error| format!("{error:?} {told}"));
            assert!(case.is_answered_by(&answer), "{case}got {told:#}");
            assert_told_who_answered(&case, &told["report"]);
            asked += 1;
            non_empty += usize::from(!case.expected.is_empty());
            restricted += usize::from(case.expected != case.unrestricted);
        }
    }
    println!("over HTTP: {asked} cases, {non_empty} not empty, {restricted} restricted");
    assert!(non_empty >= NON_EMPTY, "only {non_empty} answers are not empty");
}

/// The companies of a data set, running, with the policies and the facts that it gives them.
fn started(world: &World, now: Timestamp) -> (Circle, tempfile::TempDir) {
    let root = tempfile::Builder::new().prefix("adit-invariant-").tempdir().expect("a folder");
    let examples = root.path().join("examples");
    for company in &world.companies {
        let (folder, domain) = (examples.join(company.name), company.did.id());
        let settings = format!(
            "did = \"{}\"\nname = \"{}\"\nbase = \"https://connector.{domain}\"\n",
            company.did, company.name
        );
        write(&folder.join("adit.toml"), &settings);
        let others = world.companies.iter().filter(|other| other.did != company.did);
        let others =
            others.enumerate().map(|(at, other)| format!("{at};{};{}\n", other.did, other.name));
        write(
            &folder.join("partners.csv"),
            &format!("number;did;name\n{}", others.collect::<String>()),
        );
    }
    let members = world.companies.iter().map(|Company { name, did, .. }| {
        format!("[[company]]\nfolder = \"{name}\"\ndid = \"{did}\"\npublishes = false\n")
    });
    let plan =
        format!("invitation = []\ncredential = []\nclient = []\n{}", members.collect::<String>());
    write(&examples.join("demo.toml"), &plan);
    let program = Path::new(env!("CARGO_BIN_EXE_adit-under-test"));
    let mut circle =
        Circle::prepare(program, &examples, root.path()).expect("each is made a company");
    for company in &world.companies {
        let folder = Folder::at(circle.folder(company.name));
        replace_policies(&folder, company);
        publish(&folder, company, now);
        for other in world.companies.iter().filter(|other| other.did != company.did) {
            accredit(&circle, company, other, now);
        }
    }
    circle.start().expect("each starts");
    (circle, root)
}

/// The policies of the data set in place of those that a company starts with.
fn replace_policies(folder: &Folder, company: &Company) {
    std::fs::remove_dir_all(folder.policies()).expect("a new company has policies");
    for (name, text) in Law::files(&company.laws) {
        write(&folder.policies().join(name), &text);
    }
}

/// The facts of the data set as a publication in the journal.
fn publish(folder: &Folder, company: &Company, now: Timestamp) {
    let journal = Journal::open(&folder.state()).expect("a journal opens");
    let mut quads: Vec<String> = company.facts.iter().map(|quad| format!("{quad} .\n")).collect();
    quads.sort();
    let blob = journal.put_blob(quads.concat().as_bytes()).expect("a blob is kept");
    let name = "facts.nq".to_owned();
    let source =
        Source { name, file: None, mapping: None, quads: Some(blob), documents: Vec::new() };
    let record = Record {
        kind: Kind::Publication,
        at: now.to_string(),
        body: json!(Publication { sources: vec![source] }),
        blobs: vec![blob],
    };
    journal.append(record).expect("an entry is written");
}

/// A company's credential for another as its partner, in the other's wallet.
fn accredit(circle: &Circle, by: &Company, other: &Company, now: Timestamp) {
    let folder = Folder::at(circle.folder(by.name));
    let config = Config::read(&folder).expect("a company has settings");
    let (_, keys) = Keystore::open(&folder, &config).expect("a company has a key");
    let id = format!("urn:example:{}:{}", by.name, other.name);
    let (from, until) = (now - SignedDuration::from_hours(1), now + SignedDuration::from_hours(24));
    let claims = Claims::about(id, "PartnerCredential", other.did.clone(), from, until);
    let credential = issue(keys.issuing(), &by.did, &claims, now).expect("a credential is issued");
    write(&wallet(circle, other, by), &credential);
}

fn wallet(circle: &Circle, of: &Company, from: &Company) -> PathBuf {
    let folder = Folder::at(circle.folder(of.name)).credentials();
    if of.did == from.did {
        folder.join("owner.jwt")
    } else {
        folder.join(format!("partner-{}.jwt", from.name))
    }
}

/// Asks at the asker's own company, as its people do.
fn query(circle: &Circle, case: &Case<'_>) -> Value {
    let party = case.party.as_ref().expect("somebody asks");
    let home = &case.world.companies[case.home().expect("people of a company")];
    let mut arguments: Vec<String> = ["query", "--json", "--at"].map(str::to_owned).to_vec();
    arguments.extend([case.at.to_string(), "--text".to_owned(), case.question.text.clone()]);
    if let Some(purpose) = party.person.purpose {
        let short = purpose.trim_start_matches("adit:purpose-").trim_start_matches("dpv:");
        arguments.extend(["--purpose".to_owned(), short.to_owned()]);
    }
    let mut shown = Vec::new();
    for (_, issuer) in &party.person.held {
        let from = case.world.companies.iter().find(|company| company.did == *issuer);
        let from = from.expect("companies issue credentials");
        shown.push(wallet(circle, home, from).display().to_string());
    }
    if shown.is_empty() {
        shown.push("none".to_owned());
    }
    arguments.extend(shown.into_iter().flat_map(|file| ["--present".to_owned(), file]));
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let output = circle.run(home.name, &arguments).expect("the program runs");
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
        let [out, err] = [&output.stdout, &output.stderr].map(|it| String::from_utf8_lossy(it));
        panic!("{case}{error}: {out}{err}")
    })
}

fn answer_of(collected: Collected) -> Answer {
    Answer::of(match collected {
        Collected::Boolean(yes) => Results::Boolean(yes),
        Collected::Graph(triples) => Results::Graph(triples),
        Collected::Rows { variables, rows } => Results::Solutions { variables, rows },
    })
}

/// Each company that was asked, or could not be, stands in the report with what the policies say.
fn assert_told_who_answered(case: &Case<'_>, report: &Value) {
    let party = case.party.as_ref().expect("somebody asks");
    for source in report["sources"].as_array().expect("a report has sources") {
        let companies = &case.world.companies;
        let at = companies.iter().position(|company| source["did"] == company.did.as_str());
        let at = at.expect("only companies of the data set are asked");
        let status = match source["status"]["status"].as_str() {
            Some("notSent") => "not sent",
            Some("failed") => "refused",
            Some(word) => word,
            None => "nothing",
        };
        assert_eq!(status, party.outcome(case.world, at), "{case}{report:#}");
    }
}

fn write(path: &Path, text: &str) {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).expect("a folder is made");
    }
    std::fs::write(path, text).expect("a file is written");
}
