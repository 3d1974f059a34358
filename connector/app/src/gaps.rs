//! What the passports still lack of what the profiles ask for.

use crate::connector::Connector;
use crate::error::Error;
use crate::language::Language;
use crate::outcome::Outcome;
use crate::{publish, rules};
use adit_shapes::Gap;
use adit_vocab::{Vocabulary, shorten};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::sync::Arc;

/// Which files, and in which language the fields are named.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Wanted {
    /// The files; all of the folder, with what is published, if none is named.
    pub files: Vec<String>,
    /// In which language the fields are named.
    pub language: Language,
}

/// Lists the fields that items lack, neither themselves nor by their model; the largest gaps first.
pub async fn gaps(connector: &Arc<Connector>, wanted: Wanted) -> Result<Outcome, Error> {
    let published = publish::published(connector).await?;
    let (statements, context) = publish::stated(connector, &published, &wanted.files).await?;
    let gaps = tokio::task::block_in_place(|| rules::gaps(connector, &statements, &context))?;
    let open: Vec<_> = gaps.iter().filter(|gap| gap.missing > 0).collect();
    let named = |gap: &&Gap| name(&connector.vocabulary, gap, wanted.language.tag());
    let listed: Vec<Value> = open.iter().map(|gap| in_json(gap, &named(gap))).collect();
    let human = match open.is_empty() {
        true => "nothing is missing: every item has the fields of its profile\n".to_owned(),
        false => open.iter().map(|gap| line(gap, &named(gap))).collect(),
    };
    Ok(Outcome::new(json!({ "gaps": listed }), human))
}

fn name(vocabulary: &Vocabulary, gap: &Gap, language: &str) -> String {
    let fields = vocabulary.profiles().iter().flat_map(|profile| &profile.fields);
    let mut same = fields.filter(|field| field.predicate == gap.field.as_str());
    same.next().map(|field| field.words.label(language).to_owned()).unwrap_or_default()
}

fn in_json(gap: &Gap, name: &str) -> Value {
    json!({
        "field": gap.field.as_str(), "name": name, "shape": gap.shape.as_str(),
        "asked": gap.asked, "missing": gap.missing, "inherited": gap.inherited,
        "examples": examples(gap),
    })
}

fn line(gap: &Gap, name: &str) -> String {
    format!(
        "{:>7} of {:<7} {name} ({}), such as {}\n",
        gap.missing,
        gap.asked,
        shorten(gap.field.as_str()),
        examples(gap).first().map_or("", String::as_str)
    )
}

fn examples(gap: &Gap) -> Vec<String> {
    gap.examples.iter().map(|item| item.to_string().replace(['<', '>'], "")).collect()
}
