#![allow(clippy::all, missing_docs, clippy::print_stdout, clippy::unwrap_used, clippy::disallowed_methods, reason="scratch")]
use adit_shapes::{Scope, Severity, Shapes};
use oxrdf::Triple;
use oxttl::TurtleParser;
fn main() {
    let shapes = Shapes::bundled();
    for file in std::env::args().skip(1) {
        let bytes = std::fs::read(&file).unwrap();
        let triples: Vec<Triple> = TurtleParser::new().for_slice(&bytes).map(Result::unwrap).collect();
        let data = shapes.data(triples.iter().map(|t| t.as_ref()));
        let scope = Scope { severity: Severity::Info, each_max: 100_000, ..Scope::default() };
        for f in shapes.validate(&data, &scope).unwrap() { println!("{file}\t{}\t{}\t{}\t{}", f.shape, f.focus, f.path.map(|p| p.to_string()).unwrap_or_default(), f.value.map(|v| v.to_string()).unwrap_or_default()); }
    }
}
