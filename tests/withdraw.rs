//! What was published goes away again, while its file still lies in the folder.

use crate::circle::{adit, text};
use std::path::Path;

fn done(folder: &Path, arguments: &[&str]) -> String {
    let output = adit(folder, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    text(&output)
}

/// A company that has published two files of a fact each.
fn company() -> tempfile::TempDir {
    let folder = tempfile::Builder::new().prefix("adit-withdraw-").tempdir().unwrap();
    done(folder.path(), &["init", "--did", "did:web:shop.example", "--name", "Shop"]);
    for name in ["a", "b"] {
        let fact =
            format!("<https://connector.shop.example/{name}> <https://schema.org/name> '{name}' .");
        std::fs::write(folder.path().join(format!("{name}.ttl")), fact).unwrap();
    }
    assert!(done(folder.path(), &["publish"]).contains("published a.ttl, b.ttl"));
    folder
}

fn names(folder: &Path) -> String {
    let query = "SELECT ?name { VALUES ?s { <https://connector.shop.example/a> <https://connector.shop.example/b> } ?s <https://schema.org/name> ?name } ORDER BY ?name";
    done(folder, &["query", "--text", query, "--format", "csv"]).replace("\r\n", " ")
}

#[test]
fn what_is_withdrawn_is_gone_although_its_file_is_there() {
    let folder = company();
    let folder = folder.path();
    assert_eq!(names(folder), "name a b ");
    let said = done(folder, &["publish", "--withdraw", "a.ttl"]);
    assert!(said.starts_with("withdrew a.ttl as entry "), "{said}");
    assert!(said.contains("; 1 facts in all"), "{said}");
    assert_eq!(names(folder), "name b ");
    // The store says what the journal says.
    assert!(done(folder, &["rebuild"]).contains("equal to the one before"));
    // The next withdrawal does not bring back what is gone; nor does a broken file stand in its way.
    std::fs::write(folder.join("c.ttl"), "<broken").unwrap();
    done(folder, &["publish", "--withdraw", "b.ttl"]);
    assert_eq!(names(folder), "name ");
    std::fs::remove_file(folder.join("c.ttl")).unwrap();
    assert!(done(folder, &["diff"]).contains("a.ttl: +1 -0 facts"));
    assert!(done(folder, &["publish"]).contains("published a.ttl, b.ttl"));
    assert_eq!(names(folder), "name a b ");
}

#[test]
fn one_file_goes_while_another_comes() {
    let folder = company();
    let folder = folder.path();
    let more = "<https://connector.shop.example/b> <https://schema.org/name> 'b', 'bb' .";
    std::fs::write(folder.join("b.ttl"), more).unwrap();
    let said = done(folder, &["publish", "b.ttl", "--withdraw", "a.ttl"]);
    assert!(said.starts_with("published b.ttl and withdrew a.ttl as entry "), "{said}");
    assert_eq!(names(folder), "name b bb ");
    let refused = adit(folder, &["publish", "b.ttl", "--withdraw", "b.ttl"]);
    assert_eq!(refused.status.code(), Some(2));
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(said.contains("'b.ttl' cannot be published and withdrawn at once"), "{said}");
}
