use crate::{Limits, QueryText, Refusal};

fn gate(text: &str) -> Result<(), Refusal> {
    QueryText::scan(text, None, &Limits::default())?.parse().map(drop)
}

fn nested(open: &str, middle: &str, close: &str, depth: usize) -> String {
    format!("{}{middle}{}", open.repeat(depth), close.repeat(depth))
}

/// Copies of a text, in which `N` is numbered.
fn many(text: &str, count: usize) -> String {
    (0..count).map(|n| text.replace('N', &n.to_string())).collect::<Vec<_>>().join(" ")
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
            format!("SELECT * {{ {} }}", "?s ?p ?o . ".repeat(65)),
            "sparql.patterns",
            "the query has 65 triple patterns and paths, at most 64 are joined; ask in several queries",
        ),
        (
            format!("SELECT * {{ ?s {} ?o }}", ["<urn:x:p>"; 70].join("/")),
            "sparql.patterns",
            "the query has 70 triple patterns and paths, at most 64 are joined; ask in several queries",
        ),
        (
            format!("SELECT * {{ {} }}", many("VALUES ?N { 1 2 }", 14)),
            "sparql.values",
            "the VALUES of the query make 16384 rows of each other, at most 10000 are looked at; write the rows that are meant into one block, or ask in parts",
        ),
        (
            format!(
                "SELECT * {{ {{ {} }} VALUES ?none {{}} }}",
                many("VALUES ?N { 1 2 3 4 5 6 7 8 9 0 }", 9)
            ),
            "sparql.values",
            "the VALUES of the query make 100000 rows of each other, at most 10000 are looked at",
        ),
        (
            format!(
                "SELECT * {{ VALUES ?x {{ {0} }} FILTER NOT EXISTS {{ VALUES ?y {{ {0} }} }} }}",
                "1 ".repeat(101)
            ),
            "sparql.values",
            "the VALUES of the query make 10201 rows of each other",
        ),
        (
            format!("SELECT * {{ ?s ?p ?o FILTER(REGEX(?o, '{}')) }}", "a".repeat(1025)),
            "sparql.regex",
            "a regular expression has 1025 bytes, at most 1024 are read; compare with IN or VALUES",
        ),
        (
            format!("SELECT (REPLACE('a', '{}', 'b') AS ?x) {{}}", "a".repeat(1025)),
            "sparql.regex",
            "a regular expression has 1025 bytes, at most 1024 are read; compare with IN or VALUES",
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
        format!("SELECT * {{ ?s ?p ?o . {} }}", "?s <urn:x:#(a)'> 1 . ".repeat(63)),
        format!(
            "PREFIX union: <urn:x:> SELECT * {{ {} }}",
            "?union union:union ?union .".repeat(64)
        ),
        format!("SELECT * {{ ?s ?p ?o FILTER({}) }}", nested("(", "1", ")", 60)),
        format!("SELECT * {{ VALUES ?x {{ {} }} }}", "-1 ".repeat(1000)),
        "SELECT * { ?s ?p ?o FILTER(?o<3 && 4>?o) }".to_owned(),
    ];
    for text in table {
        assert_eq!(gate(&text), Ok(()), "{text}");
    }
}

#[test]
fn admits_what_the_limits_of_a_worker_are_for() {
    let table = [
        "SELECT * { ?a ?p ?b . ?c ?q ?d } ORDER BY ?b ?d".to_owned(),
        "SELECT * { ?a ((<urn:x:p>*)*)* ?b }".to_owned(),
        format!("SELECT * {{ {} }}", many("VALUES ?N { 1 2 }", 13)),
        format!(
            "SELECT * {{ {{ VALUES ?x {{ {0} }} }} UNION {{ VALUES ?x {{ {0} }} }} }}",
            "1 ".repeat(5000)
        ),
        format!(
            "SELECT * {{ VALUES ?x {{ {0} }} MINUS {{ VALUES ?x {{ {0} }} }} }}",
            "1 ".repeat(9000)
        ),
        format!("SELECT * {{ ?s ?p ?o FILTER(REGEX(?o, '{}')) }}", "a".repeat(1024)),
    ];
    for text in table {
        assert_eq!(gate(&text), Ok(()), "{text}");
    }
}

/// Texts of which a wrong reading hides brackets: in an IRI, a comment, a string that is none.
#[test]
fn no_reading_of_a_text_hides_its_depth() {
    let deep = nested("(", "1", ")", 100);
    let table = [
        format!("ASK {{ VALUES ?x {{ '''a' }} FILTER{deep} }}"),
        format!("ASK {{ VALUES ?x {{ \"\"\"a\" }} FILTER{deep} }}"),
        format!("ASK {{ ?s <urn:x\\u0041#> 1 FILTER{deep} }}"),
        format!("ASK {{ FILTER(1<'x>' && {deep}) }}"),
        format!("ASK {{ BIND(1 AS ?a) FILTER(?a<1#>'''\n && {deep}) }} # '''"),
        format!("PREFIX a: <urn:x> ASK {{ ?s a:b\\'c 1 FILTER{deep} }} # '"),
        format!("ASK {{ ?s ?p 'a' FILTER('\\'' != {deep}) }}"),
    ];
    for text in table {
        assert_eq!(gate(&text).unwrap_err().code(), "sparql.depth", "{text}");
    }
}

/// The scan reads brackets as they stand. A parser that took escapes for what they mean, as
/// [SPARQL 1.1, 19.2](https://www.w3.org/TR/sparql11-query/#codepointEscape) lets it, would see others than the scan.
#[test]
fn an_escaped_bracket_is_none_to_the_parser_either() {
    let escaped = |depth| format!("ASK {{ FILTER{} }}", nested("\\u0028", "1", "\\u0029", depth));
    for depth in [1, 100] {
        assert_eq!(gate(&escaped(depth)).unwrap_err().code(), "sparql.syntax");
    }
    assert_eq!(gate("ASK { FILTER(1) }"), Ok(()));
    assert_eq!(gate("ASK { FILTER(\"\\u0028\" = '\\u0029') }"), Ok(()));
}

/// The longest chains that a text can hold: to read and to let go of them takes no more stack than there is.
#[test]
fn the_longest_chains_are_refused_by_their_depth() {
    let chain = |link: &str| link.repeat(64_000 / link.len());
    let table = [
        format!("ASK {{ FILTER(1{}) }}", chain("+1")),
        format!("ASK {{ FILTER(1{}) }}", chain("||1")),
        format!("ASK {{ ?s a{} ?o }}", chain("|a")),
        format!("ASK {{ {} }}", chain("OPTIONAL{}")),
        format!("ASK {{ {} }}", chain("MINUS{}")),
        format!("ASK {{ {} }}", chain("GRAPH?g{}")),
    ];
    for text in table {
        assert_eq!(gate(&text).unwrap_err().code(), "sparql.depth", "{text:.60}");
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
