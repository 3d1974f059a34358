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
    assert!(["404", "405"].contains(&status(&[&order[..], &[&url("/control")]].concat()).as_str()));
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

/// The numbers of the table of limits, by what stands in its first column.
fn table() -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(root().join("SECURITY.md")).unwrap();
    let rows = text.lines().filter_map(|line| line.strip_prefix("| ")?.split_once(" | "));
    rows.map(|(what, rest)| (what.to_owned(), rest.split('|').next().unwrap().trim().to_owned()))
        .collect()
}

#[test]
fn the_table_of_limits_is_that_of_the_code() {
    let table = table();
    let queries = adit_facts::Limits::default();
    let kib = |bytes: usize| format!("{} KiB", bytes / 1024);
    for (what, value) in [
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
        ("query, wall time", format!("{} s", queries.wall.as_secs())),
        ("rows of an answer", queries.rows.to_string()),
    ] {
        assert_eq!(table.get(what), Some(&value), "{what}");
    }
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
