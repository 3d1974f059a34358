//! The files of `tests/hostile`.

use crate::attack::peer::forbidden;
use crate::attack::request::Request;
use crate::circle::root;
use crate::client::encoded;
use serde::Deserialize;

/// A file of `tests/hostile`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Case {
    /// The row of the attack table, or where else it comes from.
    pub(super) row: String,
    query: Option<Text>,
    /// Bytes that are no text.
    hex: Option<String>,
    /// `update` as a form, or a media type; else as the body of a query.
    sent: Option<String>,
    /// The answer: `200`, a status and a code, or `cut` and the code of which the client sees the early end.
    pub(super) answer: String,
}

/// The text of a query, some of it repeated, with `$N` for the number of the repetition and `$M` for the next one.
#[derive(Deserialize)]
#[serde(untagged)]
enum Text {
    Once(String),
    Times(String, usize),
    Parts(Vec<Text>),
}

impl Text {
    fn write(&self, to: &mut String) {
        match self {
            Self::Once(text) => to.push_str(text),
            Self::Times(text, times) => {
                for number in 0..*times {
                    let next = (number + 1).to_string();
                    to.push_str(&text.replace("$N", &number.to_string()).replace("$M", &next));
                }
            }
            Self::Parts(parts) => parts.iter().for_each(|part| part.write(to)),
        }
    }
}

impl Case {
    /// All of them, by the names of their files.
    pub(super) fn all() -> Vec<(String, Self)> {
        let files = std::fs::read_dir(root().join("tests/hostile")).unwrap();
        let mut cases: Vec<_> = files
            .map(|file| {
                let path = file.unwrap().path();
                let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
                let text = std::fs::read_to_string(&path).unwrap();
                (name, toml::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display())))
            })
            .collect();
        cases.sort_by(|(a, _), (b, _)| a.cmp(b));
        cases
    }

    /// Whether nothing but the time ends it.
    pub(super) fn is_of_time(&self) -> bool {
        self.answer == "504 query.deadline"
    }

    /// What its sender sees, and the code that is written down.
    pub(super) fn outcome(&self) -> (&str, Option<&str>) {
        match self.answer.split_once(' ') {
            Some(("cut", code)) => ("cut", Some(code)),
            Some((_, code)) => (&self.answer, Some(code)),
            None => (&self.answer, None),
        }
    }

    /// So much of the query that nothing else begins like it.
    pub(super) fn beginning(&self) -> Vec<u8> {
        self.body().into_iter().take(80).collect()
    }

    fn body(&self) -> Vec<u8> {
        match (&self.query, &self.hex) {
            (Some(query), None) => {
                let mut text = String::new();
                query.write(&mut text);
                text.replace("$FORBIDDEN", &format!("http://{}", forbidden().address)).into_bytes()
            }
            (None, Some(hex)) => {
                let pairs = hex.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).unwrap());
                pairs.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect()
            }
            _ => panic!("a query or bytes"),
        }
    }

    pub(super) fn request(&self) -> Request {
        let body = self.body();
        match self.sent.as_deref() {
            None => Request::post("/sparql", "application/sparql-query", body),
            Some("update") => {
                let form = format!("update={}", encoded(&String::from_utf8(body).unwrap()));
                Request::post("/sparql", "application/x-www-form-urlencoded", form)
            }
            Some(media_type) => Request::post("/sparql", media_type, body),
        }
    }
}
