use crate::{Limits, QueryText, Refusal};

fn gate(text: &str) -> Result<(), Refusal> {
    QueryText::scan(text, None, &Limits::default())?.parse().map(drop)
}

fn nested(open: &str, middle: &str, close: &str, depth: usize) -> String {
    format!("{}{middle}{}", open.repeat(depth), close.repeat(depth))
}

#[test]
fn refuses_with_the_exact_text() {
    let filter = |inner: String| format!("SELECT * {{ ?s ?p ?o\nFILTER({inner}) }}");
    let table = [
        (
            " ".repeat(70_000),
            "sparql.size",
            "the query has 70000 bytes, at most 65536 are read; split it or send fewer VALUES",
        ),
        (
            filter(nested("(", "1", ")", 100)),
            "sparql.depth",
            "brackets are nested more than 64 deep at line 2, column 70; flatten the query",
        ),
        (
            nested("{", "", "}", 1000),
            "sparql.depth",
            "brackets are nested more than 64 deep at line 1, column 65; flatten the query",
        ),
        (
            filter("! ".repeat(100)),
            "sparql.depth",
            "more than 64 signs follow each other at line 2, column 136; one '!' or '-' is enough",
        ),
        (
            format!("SELECT * {{ {{}} {} }}", "UNION {}".repeat(65)),
            "sparql.depth",
            "the query has more than 64 UNION branches; use VALUES",
        ),
        (
            filter(format!("1{}", "||1".repeat(5000))),
            "sparql.depth",
            "operators are chained or nested 5003 deep, at most 256 are evaluated; use IN, VALUES or fewer blocks",
        ),
        (
            "SELECT * {\n ?s ?p }".to_owned(),
            "sparql.syntax",
            "the query is not SPARQL 1.1: it goes wrong at line 2, column 9, after '?s ?p }'",
        ),
        (
            "ASK { SERVICE SILENT ?where { ?s ?p ?o } }".to_owned(),
            "sparql.service",
            "SERVICE is not answered here; ask your own connector without SERVICE, it finds the holders",
        ),
        (
            "ASK { FILTER NOT EXISTS { { SELECT * { SERVICE <urn:x:s> {} } } } }".to_owned(),
            "sparql.service",
            "SERVICE is not answered here; ask your own connector without SERVICE, it finds the holders",
        ),
        (
            "CLEAR ALL".to_owned(),
            "sparql.update",
            "updates are not accepted here; facts change only by publication",
        ),
        (
            "LOAD <file:///etc/passwd>".to_owned(),
            "sparql.update",
            "updates are not accepted here; facts change only by publication",
        ),
    ];
    for (text, code, message) in table {
        let refusal = gate(&text).unwrap_err();
        assert_eq!(refusal.code(), code);
        assert!(refusal.to_string().starts_with(message), "{refusal}");
    }
    let refusal = QueryText::scan("ASK {}", Some("no base"), &Limits::default()).unwrap().parse();
    assert!(
        refusal.unwrap_err().to_string().starts_with("'no base' cannot be the base of a query")
    );
}

#[test]
fn passes_what_only_looks_deep() {
    let table = [
        format!("SELECT * {{ ?s ?p \"{}\" }}", "(".repeat(500)),
        format!("SELECT * {{ ?s ?p '''{}' ''' }}", "{".repeat(500)),
        format!("SELECT * {{ ?s ?p 'a\\'{}' }}", "[".repeat(500)),
        format!("SELECT * {{ ?s ?p ?o }} # {}", "(".repeat(500)),
        format!("SELECT * {{ ?s ?p ?o . {} }}", "?s <urn:x:#(a)'> 1 . ".repeat(500)),
        format!("PREFIX union: <urn:x:> SELECT * {{ {} }}", "?union union:union 1 .".repeat(100)),
        format!("SELECT * {{ ?s ?p ?o FILTER({}) }}", nested("(", "1", ")", 60)),
        format!("SELECT * {{ VALUES ?x {{ {} }} }}", "-1 ".repeat(1000)),
        "SELECT * { ?s ?p ?o FILTER(?o<3 && 4>?o) }".to_owned(),
    ];
    for text in table {
        assert_eq!(gate(&text), Ok(()), "{text}");
    }
}

#[test]
fn no_bytes_break_the_scan() {
    let mut rng = fastrand::Rng::with_seed(7);
    let words =
        ["(", ")", "{", "}", "<", ">", "'", "\"", "'''", "#", "\n", "\\", "é", "union", " ", "?a"];
    for _ in 0..5000 {
        let text: String = (0..rng.usize(..40)).map(|_| words[rng.usize(..words.len())]).collect();
        drop(QueryText::scan(&text, None, &Limits::default()));
    }
}
