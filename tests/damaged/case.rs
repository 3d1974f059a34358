//! One case: what is wrong, and what is said.

use crate::circle::root;
use serde::Deserialize;
use std::path::PathBuf;

/// One `[[case]]`; `README.md` beside this file says what each key means.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    pub name: String,
    pub table: Option<String>,
    pub header: Option<String>,
    pub rows: Option<String>,
    #[serde(default)]
    pub change: Vec<[String; 2]>,
    #[serde(default)]
    pub files: Vec<[String; 2]>,
    #[serde(default)]
    pub hex: Vec<[String; 2]>,
    pub make: Option<[String; 2]>,
    pub command: Option<Vec<String>>,
    pub get: Option<String>,
    pub post: Option<String>,
    pub bearer: Option<String>,
    #[serde(default = "six")]
    pub exit: i32,
    #[serde(default = "data")]
    pub code: String,
    pub status: Option<u16>,
    pub says: String,
}

/// What came back.
pub struct Answer {
    pub says: String,
    /// What is not as the case says, beside the words.
    pub mistakes: Vec<String>,
}

#[derive(Deserialize)]
struct Cases {
    case: Vec<Case>,
}

fn six() -> i32 {
    6
}

fn data() -> String {
    "data".to_owned()
}

fn path(file: &str) -> PathBuf {
    root().join("tests/damaged/cases").join(file).with_extension("toml")
}

impl Case {
    pub fn read(file: &str) -> Vec<Self> {
        let text = std::fs::read_to_string(path(file)).unwrap();
        toml::from_str::<Cases>(&text).unwrap_or_else(|e| panic!("{file}: {e}")).case
    }

    /// Whether this was to be said; an ellipsis at the end stands for what a library says beyond.
    pub fn is_what_is_said(&self, says: &str) -> bool {
        match self.says.trim_end().strip_suffix('…') {
            Some(begin) => says.starts_with(begin),
            None => says.trim_end() == self.says.trim_end(),
        }
    }

    /// Writes what was said into the case of that name.
    pub fn write_down(file: &str, name: &str, says: &str) {
        let text = std::fs::read_to_string(path(file)).unwrap();
        let at = text.find(&format!("name = \"{name}\"\n")).unwrap();
        let open = at + text[at..].find("says = '''\n").unwrap() + "says = '''\n".len();
        let close = open + text[open..].find("'''").unwrap();
        let says = format!("{}\n", says.trim_end());
        std::fs::write(path(file), [&text[..open], &says, &text[close..]].concat()).unwrap();
    }
}
