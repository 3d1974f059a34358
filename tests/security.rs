//! What SECURITY.md promises, read off a running connector and off the code.

use crate::circle::{program, root};
use crate::shop::Shop;
use adit_credentials::limits;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

/// A process and all that it started.
fn family(pid: u32) -> Vec<u32> {
    let children = |pid: u32| {
        let tasks = std::fs::read_dir(format!("/proc/{pid}/task")).unwrap();
        tasks.flat_map(|task| {
            let children = std::fs::read_to_string(task.unwrap().path().join("children")).unwrap();
            children.split_whitespace().map(|pid| pid.parse().unwrap()).collect::<Vec<u32>>()
        })
    };
    let below: Vec<u32> = children(pid).flat_map(family).collect();
    [vec![pid], below].concat()
}

/// The sockets of some processes, by inode.
fn sockets(pids: &[u32]) -> BTreeSet<u64> {
    let open = pids.iter().flat_map(|pid| {
        let files = std::fs::read_dir(format!("/proc/{pid}/fd")).expect("run the tests as root");
        files.filter_map(|file| std::fs::read_link(file.unwrap().path()).ok())
    });
    let inode = |link: std::path::PathBuf| {
        let name = link.to_string_lossy().into_owned();
        name.strip_prefix("socket:[")?.strip_suffix(']')?.parse().ok()
    };
    open.filter_map(inode).collect()
}

/// The rows of a table of the kernel whose inode stands in a column.
fn rows(pid: u32, table: &str, column: usize, of: &BTreeSet<u64>) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/net/{table}")).unwrap_or_default();
    let rows = text.lines().skip(1).map(|row| row.split_whitespace().map(str::to_owned).collect());
    rows.filter(|row: &Vec<String>| {
        row.get(column).and_then(|it| it.parse().ok()).is_some_and(|inode| of.contains(&inode))
    })
    .collect()
}

#[test]
fn one_port_listens_and_the_socket_for_our_own_people_is_theirs_alone() {
    let mut shop = Shop::new();
    shop.serve();
    // After it has worked: workers run, and questions went out.
    shop.doctor();
    let pid = shop.pid();
    let of = sockets(&family(pid));
    let port = format!("{:04X}", shop.address().unwrap().port());
    let listening: Vec<String> = ["tcp", "tcp6"]
        .into_iter()
        .flat_map(|table| rows(pid, table, 9, &of))
        .filter(|row| row[3] == "0A")
        .map(|row| row[1].clone())
        .collect();
    assert_eq!(listening, [format!("0100007F:{port}")], "127.0.0.1 and nothing else");
    for table in ["udp", "udp6", "raw", "raw6"] {
        assert_eq!(rows(pid, table, 9, &of), Vec::<Vec<String>>::new(), "{table}");
    }
    // Of the sockets in the file system, those that listen have a path and the flag of it.
    let named: Vec<String> = rows(pid, "unix", 6, &of)
        .into_iter()
        .filter(|row| row[3] == "00010000")
        .filter_map(|row| row.get(7).cloned())
        .collect();
    let socket = shop.folder().join(".adit/control.sock");
    assert_eq!(named, [socket.display().to_string()]);
    assert_eq!(socket.metadata().unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn there_is_no_default_password_and_nothing_is_managed_over_the_port() {
    let mut shop = Shop::new();
    shop.serve();
    let address = shop.address().unwrap();
    let status = |arguments: &[&str]| {
        let mut curl = Command::new("curl");
        curl.args(["-s", "-o", "/dev/null", "-w", "%{http_code}"]).args(arguments);
        String::from_utf8(curl.output().unwrap().stdout).unwrap()
    };
    let url = |path: &str| format!("http://{address}{path}");
    // The address of the orders exists at the socket alone.
    let order = ["-X", "POST", "-H", "Content-Type: application/json", "-d", "\"TrustShow\""];
    assert_eq!(status(&[&order[..], &[&url("/control")]].concat()), "405");
    assert_eq!(status(&[&url("/metrics")]), "403");
    for login in ["admin:admin", "adit:adit", "root:"] {
        assert_eq!(status(&["-u", login, &url("/metrics")]), "401", "{login}");
    }
    let document: Value =
        serde_json::from_str(include_str!("../connector/app/openapi.json")).unwrap();
    let schemes = document["components"]["securitySchemes"].as_object().unwrap();
    assert!(schemes.values().all(|it| it["scheme"] == "bearer"), "{schemes:?}");
}

#[test]
fn security_txt_is_there_once_there_is_a_contact() {
    let mut shop = Shop::new();
    let get = |shop: &Shop| {
        let url = format!("http://{}/.well-known/security.txt", shop.address().unwrap());
        let mut curl = Command::new("curl");
        curl.args(["-s", "-w", "\n%{http_code} %{content_type}", &url]);
        let text = String::from_utf8(curl.output().unwrap().stdout).unwrap();
        text.rsplit_once('\n').map(|(body, end)| (body.to_owned(), end.to_owned())).unwrap()
    };
    shop.serve();
    assert!(get(&shop).1.starts_with("404 application/problem+json"));
    shop.stop();
    shop.set("security_contact = \"https://shop.example/security\"\nsecurity_expires = \"2027-06-30T00:00:00Z\"");
    shop.serve();
    let (body, end) = get(&shop);
    assert_eq!(end, "200 text/plain; charset=utf-8");
    assert_eq!(
        body,
        "Contact: https://shop.example/security\nExpires: 2027-06-30T00:00:00Z\n\
         Preferred-Languages: en, sv, fi\n\
         Canonical: https://connector.shop.example/.well-known/security.txt\n"
    );
}

/// What the code says of each row of the table, where a test outside its package can see it.
fn seen() -> BTreeMap<&'static str, String> {
    let queries = adit_facts::Limits::default();
    let kib = |bytes: usize| format!("{} KiB", bytes / 1024);
    let default = |key: &str| {
        let setting = adit::settings::SETTINGS.iter().find(|it| it.key == key).unwrap();
        setting.default.unwrap()
    };
    let seconds = |key: &str| format!("{} s", default(key));
    BTreeMap::from([
        ("head of a request, time to arrive", seconds("limits.head_seconds")),
        ("body of a request, time to arrive", seconds("limits.body_seconds")),
        ("connections from one address", default("limits.connections").to_owned()),
        (
            "requests of one DID or address",
            format!("{} a second, {} at once", default("limits.requests"), default("limits.burst")),
        ),
        ("token", kib(limits::TOKEN_BYTES_MAX)),
        ("header of a token", kib(limits::HEADER_BYTES_MAX)),
        ("depth of JSON", limits::JSON_DEPTH_MAX.to_string()),
        ("credentials in one presentation", limits::CREDENTIALS_MAX.to_string()),
        ("age of a presentation", format!("{} s", limits::PRESENTATION_AGE_S_MAX)),
        ("difference of clocks", format!("{} s", limits::SKEW_S)),
        ("DID document", kib(limits::DOCUMENT_BYTES_MAX)),
        ("status list, packed", kib(limits::STATUS_LIST_BYTES_MAX)),
        ("status list, inflated", kib(limits::STATUS_BITS_BYTES_MAX)),
        ("query text", kib(queries.text_bytes)),
        ("query, nesting", queries.nesting.to_string()),
        ("query, patterns", queries.patterns.to_string()),
        ("query, wall time", format!("{} s", queries.wall.as_secs())),
        ("query, processor time", format!("{} s", queries.processor.as_secs())),
        ("query, memory of its process", format!("{} MiB", queries.memory_bytes >> 20)),
        ("rows of an answer", queries.rows.to_string()),
        ("bytes of an answer", format!("{} KiB", queries.answer_bytes / 1024)),
        ("request for quads, predicates or steps", adit_facts::Fetch::PREDICATES_MAX.to_string()),
    ])
}

/// The other rows: the lines of the code that say them.
const SAID: &[(&str, &str, &str, &[&str])] = &[
    (
        "address of a request",
        "8 KiB",
        "app/src/http/framing.rs",
        &["ADDRESS_BYTES_MAX: usize = 8 << 10;"],
    ),
    (
        "headers of a request",
        "16 KiB",
        "app/src/http/framing.rs",
        &["HEADERS_BYTES_MAX: usize = 16 << 10;"],
    ),
    ("JSON body", "256 KiB", "app/src/http/mod.rs", &["JSON_BYTES_MAX: usize = 256 << 10;"]),
    (
        "body of a query or a request for quads",
        "1 MiB",
        "app/src/http/mod.rs",
        &["BODY_BYTES_MAX: usize = 1 << 20;"],
    ),
    ("parameters of a request", "256", "app/src/http/sparql.rs", &["PARAMETERS_MAX: usize = 256;"]),
    (
        "connections from all addresses",
        "1024",
        "app/src/http/door.rs",
        &["CONNECTIONS_MAX: usize = 1024;"],
    ),
    (
        "queries at once of callers without an accepted credential",
        "one less than `workers`, at least 1",
        "facts/src/turns.rs",
        &["let strangers = count.saturating_sub(1).max(1);"],
    ),
    (
        "requests for quads: at once; of callers without an accepted credential; wait for a turn",
        "4; 3; 5 s",
        "app/src/connector.rs",
        &["QUADS_AT_ONCE: usize = 4;", "QUADS_WAIT: Duration = Duration::from_secs(5);"],
    ),
    (
        "request for quads, time",
        "10 s",
        "app/src/peers.rs",
        &["QUADS_TIME: Duration = Duration::from_secs(10);"],
    ),
    ("purpose", "256 bytes", "app/src/query.rs", &["PURPOSE_BYTES_MAX: usize = 256;"]),
    (
        "answer of a peer: document, list or message, quads",
        "64 KiB, 1 MiB, 64 MiB",
        "app/src/safe_client/request.rs",
        &[
            "Document => 64 << 10,",
            "Self::StatusList | Self::Message => 1 << 20,",
            "Quads => 64 << 20,",
        ],
    ),
    (
        "wait for earlier requests to one host: document or message, quads",
        "3 s, 10 s",
        "app/src/safe_client/request.rs",
        &[
            "Self::Document | Self::StatusList | Self::Message => Duration::from_secs(3),",
            "Self::Quads => Duration::from_secs(10),",
        ],
    ),
    (
        "time for a peer to answer: document, message, quads",
        "6 s, 7 s, 20 s",
        "app/src/safe_client/request.rs",
        &[
            "Self::Document | Self::StatusList => Duration::from_secs(6),",
            "Self::Message => Duration::from_secs(7),",
            "Self::Quads => Duration::from_secs(20),",
        ],
    ),
    (
        "requests at once to one host; those to hosts that strangers name",
        "4; 2",
        "app/src/safe_client/mod.rs",
        &["AT_ONCE: usize = 4;", "AT_ONCE_BY_STRANGERS: usize = 2;"],
    ),
    (
        "failures of a host in a row before a pause of 15 s",
        "5",
        "app/src/safe_client/hosts.rs",
        &["FAILURES: u32 = 5;", "PAUSE: Duration = Duration::from_secs(15);"],
    ),
];

#[test]
fn the_table_of_limits_is_that_of_the_code() {
    let mut known: BTreeMap<String, String> =
        seen().into_iter().map(|(what, value)| (what.to_owned(), value)).collect();
    for (what, value, file, lines) in SAID {
        let text = std::fs::read_to_string(root().join("connector").join(file)).unwrap();
        for line in *lines {
            assert!(text.contains(line), "{what}: {file} does not say {line}");
        }
        known.insert((*what).to_owned(), (*value).to_owned());
    }
    let text = std::fs::read_to_string(root().join("SECURITY.md")).unwrap();
    let limits = text.split("\n## Limits\n").nth(1).unwrap().split("\n## ").next().unwrap();
    let rows = limits.lines().filter_map(|line| line.strip_prefix("| ")?.split_once(" | "));
    let table: BTreeMap<String, String> = rows
        .map(|(what, rest)| (what.to_owned(), rest.split('|').next().unwrap().trim().to_owned()))
        .filter(|(what, _)| what != "what")
        .collect();
    assert_eq!(table, known);
}

#[test]
fn the_paths_that_security_md_names_are_there() {
    let text = std::fs::read_to_string(root().join("SECURITY.md")).unwrap();
    let named = text.split('`').skip(1).step_by(2).filter(|it| {
        let path = Path::new(it);
        path.extension().is_some_and(|end| end == "rs" || end == "md" || end == "toml")
            && it.contains('/')
            && !it.starts_with('.')
    });
    let named: Vec<_> = named.collect();
    assert!(named.len() > 3, "{named:?}");
    for path in named {
        assert!(root().join(path).exists(), "{path}");
    }
    // The commands that it names are those of the program.
    for command in [["doctor", ""], ["audit", "export"], ["key", "rotate"], ["journal", "verify"]] {
        let line = format!("adit {} {}", command[0], command[1]);
        assert!(text.contains(line.trim()), "{line}");
        let words = command.into_iter().filter(|it| !it.is_empty());
        let output = Command::new(program()).args(words).arg("--help").output().unwrap();
        assert!(output.status.success(), "{line}");
    }
}
