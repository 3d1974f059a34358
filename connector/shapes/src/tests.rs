//! The rules on the files of `tests/shapes`, and the engine on what no file shows.

use crate::*;
use oxrdf::Triple;
use oxttl::TurtleParser;
use std::path::{Path, PathBuf};

mod engine;
mod rules;

const PREFIXES: &str = "
    PREFIX adit: <https://w3id.org/adit/ns#> PREFIX schema: <https://schema.org/> PREFIX sh: <http://www.w3.org/ns/shacl#>
    PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> PREFIX p: <https://id.shop.example/p/> PREFIX i: <https://id.shop.example/i/>
    PREFIX m: <https://id.shop.example/m/> PREFIX x: <https://shop.example/profile#> PREFIX rule: <https://w3id.org/adit/shapes#> ";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn files(folder: &str) -> Vec<(String, Vec<Triple>)> {
    let mut files: Vec<_> = std::fs::read_dir(root().join("tests/shapes").join(folder))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            (name, turtle(&std::fs::read_to_string(path).unwrap()))
        })
        .collect();
    files.sort_by(|left, right| left.0.cmp(&right.0));
    files
}

fn turtle(text: &str) -> Vec<Triple> {
    TurtleParser::new().for_slice(text).map(Result::unwrap).collect()
}

fn found(shapes: &Shapes, triples: &[Triple], scope: &Scope<'_>) -> Vec<Finding> {
    shapes.validate(&shapes.data(triples.iter().map(Triple::as_ref)), scope).unwrap()
}

fn broken(triples: &[Triple]) -> Vec<Finding> {
    found(Shapes::bundled(), triples, &Scope::default())
}
