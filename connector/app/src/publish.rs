//! From the files of the folder to facts that others can ask for: check, compare, publish.

use crate::clock;
use crate::connector::Connector;
use crate::error::Error;
use crate::outcome::Outcome;
use crate::partners::Description;
use crate::published::{self, Publication, Published, Source};
use crate::rules;
use adit_ingest::{Context, Problem, Routed, Severity, SourceFile, Statements};
use adit_journal::{Hash, Kind, Record};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use tokio::sync::MutexGuard;

/// The endings of the files that are read as data.
const ENDINGS: &[&str] = &["csv", "xlsx", "ttl", "nt", "nq", "trig", "jsonld", "rdf"];
/// Tables that are settings, not data.
const NOT_DATA: &[&str] = &["partners.csv"];

/// A data file as it lies in the folder.
struct File {
    name: String,
    data: Vec<u8>,
    mapping: Option<Vec<u8>>,
}

/// What the files of the folder amount to: every live source, routed, and what is new of it.
struct Prepared {
    files: Vec<File>,
    routed: Vec<Routed>,
    warnings: Vec<Problem>,
    documents: BTreeMap<String, Vec<u8>>,
}

/// What is published, for whoever compares with it or adds to it.
pub async fn published(connector: &Connector) -> Result<MutexGuard<'_, Published>, Error> {
    let mut published = connector.published.lock().await;
    // What the journal has holds, also where the last publication came no further.
    tokio::task::block_in_place(|| published.catch_up(&connector.journal, &connector.store))?;
    Ok(published)
}

/// Checks files without publishing anything.
pub async fn check(connector: &Arc<Connector>, files: &[String]) -> Result<Outcome, Error> {
    let published = published(connector).await?;
    let prepared = prepare(connector, &published, named(files), &[]).await?;
    let checked: Vec<_> = prepared.files.iter().map(|file| &file.name).collect();
    let human = format!(
        "{}{} file(s) checked, nothing stands in the way of publishing\n",
        listed(&prepared.warnings),
        checked.len()
    );
    Ok(Outcome::new(json!({ "checked": checked, "warnings": prepared.warnings }), human))
}

/// Shows what publishing would change.
pub async fn diff(connector: &Arc<Connector>, files: &[String]) -> Result<Outcome, Error> {
    let published = published(connector).await?;
    let prepared = prepare(connector, &published, named(files), &[]).await?;
    let mut sources = Vec::new();
    let mut human = listed(&prepared.warnings);
    for routed in &prepared.routed {
        let old = published.sources.get(&routed.name).and_then(|source| source.quads.as_ref());
        let old = published::quads(&connector.journal, old)?;
        let difference = adit_ingest::diff(&old, &routed.quads);
        if difference.is_empty() {
            continue;
        }
        human.push_str(&format!(
            "{}: +{} -{} facts about {} subjects\n",
            routed.name,
            difference.added.len(),
            difference.removed.len(),
            difference.subjects.len()
        ));
        for change in difference.subjects.iter().take(10) {
            human
                .push_str(&format!("  {} +{} -{}\n", change.subject, change.added, change.removed));
        }
        if difference.subjects.len() > 10 {
            human.push_str(&format!("  and {} more\n", difference.subjects.len() - 10));
        }
        sources.push(json!({
            "source": routed.name, "added": difference.added.len(),
            "removed": difference.removed.len(), "subjects": difference.subjects,
        }));
    }
    if sources.is_empty() {
        human.push_str("nothing would change\n");
    }
    Ok(Outcome::new(json!({ "changes": sources }), human))
}

/// Publishes files and withdraws sources: all in one journal entry, or nothing.
pub async fn publish(
    connector: &Arc<Connector>,
    files: &[String],
    withdraw: &[String],
) -> Result<Outcome, Error> {
    connector.config.base()?;
    let mut published = published(connector).await?;
    for name in withdraw {
        if !published.sources.contains_key(name) {
            let known: Vec<_> = published.sources.keys().cloned().collect();
            return Err(Error::NotPublished { name: name.clone(), known });
        }
        if files.contains(name) {
            let message = format!("'{name}' cannot be published and withdrawn at once");
            return Err(Error::Usage(message));
        }
    }
    // Who only withdraws does not publish what else lies in the folder, least of all the withdrawn file.
    let named = (!files.is_empty() || !withdraw.is_empty()).then_some(files);
    let prepared = prepare(connector, &published, named, withdraw).await?;
    let connector = connector.clone();
    let publication = store_blobs(&connector, &published, &prepared, withdraw)?;
    if publication.sources.is_empty() {
        let generation = connector.store.generation()?;
        let human = format!("{}nothing to publish: no fact changed\n", listed(&prepared.warnings));
        return Ok(Outcome::new(json!({ "published": [], "generation": generation }), human));
    }
    let names: Vec<_> = publication.sources.iter().map(|source| source.name.clone()).collect();
    fail::fail_point!("app.publish.before-append");
    let entry = append(&connector, &publication).await?;
    fail::fail_point!("app.publish.after-append");
    let number = entry.number;
    let facts = tokio::task::block_in_place(|| {
        let mut routed: BTreeMap<_, _> =
            prepared.routed.into_iter().map(|routed| (routed.name, routed.quads)).collect();
        let at_hand = |source: &Source| Ok(routed.remove(&source.name).unwrap_or_default());
        published.take(&connector.journal, &connector.store, &entry, at_hand)?;
        Ok::<_, Error>(connector.store.len()?)
    })?;
    let (withdrawn, names): (Vec<_>, Vec<_>) =
        names.into_iter().partition(|name| withdraw.contains(name));
    let done: Vec<_> = [("published", &names), ("withdrew", &withdrawn)]
        .into_iter()
        .filter(|(_, names)| !names.is_empty())
        .map(|(done, names)| format!("{done} {}", names.join(", ")))
        .collect();
    let human = format!(
        "{}{} as entry {number}; {facts} facts in all\n",
        listed(&prepared.warnings),
        done.join(" and ")
    );
    let body = json!({
        "published": names, "withdrawn": withdrawn, "generation": number, "facts": facts,
    });
    Ok(Outcome::new(body, human))
}

/// Reads, checks and routes the files together with everything that is published.
async fn prepare(
    connector: &Arc<Connector>,
    published: &Published,
    files: Option<&[String]>,
    withdraw: &[String],
) -> Result<Prepared, Error> {
    let files = read_files(connector.folder.root(), files)?;
    let context = context(connector).await?;
    tokio::task::block_in_place(|| {
        let (statements, warnings) = read(connector, published, &files, withdraw, &context)?;
        let routed = adit_ingest::route(statements, &context);
        Ok(Prepared { files, routed, warnings, documents: context.files })
    })
}

/// What the files and every other live source state, and what they were read against.
pub async fn stated(
    connector: &Arc<Connector>,
    published: &Published,
    files: &[String],
) -> Result<(Vec<Statements>, Context), Error> {
    let files = read_files(connector.folder.root(), named(files))?;
    let context = context(connector).await?;
    let (statements, _) =
        tokio::task::block_in_place(|| read(connector, published, &files, &[], &context))?;
    Ok((statements, context))
}

/// The statements of the files, and of every other live source; every problem at once.
fn read(
    connector: &Connector,
    published: &Published,
    files: &[File],
    withdraw: &[String],
    context: &Context,
) -> Result<(Vec<Statements>, Vec<Problem>), Error> {
    let mut statements = Vec::new();
    let mut problems = Vec::new();
    for file in files {
        let source =
            SourceFile { name: &file.name, data: &file.data, mapping: file.mapping.as_deref() };
        match adit_ingest::read(&source, context) {
            Ok(read) => statements.push(read),
            Err(found) => problems.extend(found),
        }
    }
    let own: BTreeSet<_> = files.iter().map(|file| file.name.as_str()).collect();
    for (name, source) in &published.sources {
        if !own.contains(name.as_str()) && !withdraw.contains(name) {
            let quads = published::quads(&connector.journal, source.quads.as_ref())?;
            statements.push(Statements::from_routed(name, quads));
        }
    }
    for read in &statements {
        problems.extend(read.warnings().iter().cloned());
    }
    problems.extend(adit_ingest::check(&statements, &context.vocabulary));
    // What stays after a withdrawal was checked when it was published; nobody is kept from withdrawing.
    let is_new = |name: &str| own.contains(name);
    problems.extend(rules::check(connector, &statements, is_new, context)?);
    if problems.iter().any(|problem| problem.severity == Severity::Error) {
        return Err(Error::Data(adit_ingest::in_order(problems)));
    }
    Ok((statements, adit_ingest::in_order(problems)))
}

/// Writes what is new as blobs, and says which sources the publication replaces.
fn store_blobs(
    connector: &Connector,
    published: &Published,
    prepared: &Prepared,
    withdraw: &[String],
) -> Result<Publication, Error> {
    let journal = &connector.journal;
    let mut sources = Vec::new();
    for routed in &prepared.routed {
        let text = adit_ingest::canonical_text(&routed.quads);
        let old = published.sources.get(&routed.name);
        if old.is_some_and(|old| old.quads.as_ref() == Some(&Hash::of(text.as_bytes()))) {
            continue;
        }
        let mut source = old.cloned().unwrap_or_else(|| Source {
            name: routed.name.clone(),
            file: None,
            mapping: None,
            quads: None,
            documents: Vec::new(),
        });
        source.quads = Some(journal.put_blob(text.as_bytes())?);
        // A source that was only routed anew keeps the file it came from.
        if let Some(file) = prepared.files.iter().find(|file| file.name == routed.name) {
            source.file = Some(journal.put_blob(&file.data)?);
            source.mapping = file.mapping.as_ref().map(|it| journal.put_blob(it)).transpose()?;
            source.documents = documents(connector, prepared, &text)?;
        }
        sources.push(source);
    }
    sources.extend(withdraw.iter().map(|name| Source {
        name: name.clone(),
        file: None,
        mapping: None,
        quads: None,
        documents: Vec::new(),
    }));
    Ok(Publication { sources })
}

/// The attached documents that the quads of a source mention, as blobs.
fn documents(connector: &Connector, prepared: &Prepared, quads: &str) -> Result<Vec<Hash>, Error> {
    let base = connector.config.base()?;
    let mentioned = prepared
        .documents
        .values()
        .filter(|bytes| quads.contains(adit_ingest::document_iri(base, bytes).as_str()));
    mentioned.map(|bytes| Ok(connector.journal.put_blob(bytes)?)).collect()
}

async fn append(
    connector: &Connector,
    publication: &Publication,
) -> Result<adit_journal::Entry, Error> {
    let blobs: BTreeSet<_> = publication
        .sources
        .iter()
        .flat_map(|source| {
            let own = [&source.file, &source.mapping, &source.quads].into_iter().flatten();
            own.chain(&source.documents).copied().collect::<Vec<_>>()
        })
        .collect();
    let record = Record {
        kind: Kind::Publication,
        at: clock::now().to_string(),
        body: serde_json::to_value(publication).map_err(|e| Error::Internal(e.to_string()))?,
        blobs: blobs.into_iter().collect(),
    };
    let entry = connector.journal.append_async(record).await?;
    connector.metrics.published();
    Ok(entry)
}

/// The named data files of a folder, or all of them.
fn read_files(root: &Path, names: Option<&[String]>) -> Result<Vec<File>, Error> {
    let is_all = names.is_none();
    let names = match names {
        Some(names) => names.to_vec(),
        None => data_files(root)?,
    };
    if names.is_empty() && is_all {
        return Err(Error::NoData { folder: root.to_owned() });
    }
    names
        .into_iter()
        .map(|name| {
            let path = root.join(&name);
            let data = read_file(&path, &name)?;
            let beside = root.join(format!("{name}-metadata.json"));
            let mapping = match std::fs::read(&beside) {
                Ok(mapping) => Some(mapping),
                Err(e) if e.kind() == std::io::ErrorKind::NotFound => None,
                Err(e) => return Err(Error::file(&beside, e)),
            };
            Ok(File { name, data, mapping })
        })
        .collect()
}

/// The bytes of a data file; a folder is none, and a pipe would be waited for without end.
fn read_file(path: &Path, name: &str) -> Result<Vec<u8>, Error> {
    let about = std::fs::metadata(path);
    let refused = match &about {
        Ok(about) if !about.is_file() => Some(adit_ingest::not_a_file()),
        Ok(about) => adit_ingest::too_large(about.len()),
        Err(_) => None,
    };
    let wrong = |problem: Problem| Error::Data(vec![problem.in_file(name)]);
    if let Some(problem) = refused {
        return Err(wrong(problem));
    }
    about.and_then(|_| std::fs::read(path)).map_err(|e| wrong(adit_ingest::unreadable(&e)))
}

/// The files that a command names; `None` for all of the folder.
fn named(files: &[String]) -> Option<&[String]> {
    (!files.is_empty()).then_some(files)
}

fn data_files(root: &Path) -> Result<Vec<String>, Error> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(root).map_err(|e| Error::file(root, e))? {
        let path = entry.map_err(|e| Error::file(root, e))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let is_data = path.extension().is_some_and(|e| ENDINGS.iter().any(|ending| e == *ending));
        if is_data && path.is_file() && !NOT_DATA.contains(&name.as_str()) {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

/// What files are read against: our templates, our partners, and what those publish.
async fn context(connector: &Arc<Connector>) -> Result<Context, Error> {
    let partners = connector.directory.partners()?;
    let mut known = connector.directory.descriptions();
    for partner in &partners {
        if !known.contains_key(&partner.did) && partner.did != *connector.did() {
            // A partner that cannot be reached now is named by the check if a file needs it.
            let described =
                connector.directory.describe(&connector.outbound, &partner.did, clock::now()).await;
            if let Ok(description) = described {
                known.insert(partner.did.clone(), description);
            }
        }
    }
    let makers = known
        .into_iter()
        .map(|(did, Description { identifiers, .. })| (did, identifiers))
        .collect();
    Ok(Context {
        own: connector.did().clone(),
        base: connector.config.base.clone().unwrap_or_default(),
        templates: connector.config.identifiers.clone(),
        partners,
        makers,
        vocabulary: connector.vocabulary.clone(),
        files: read_documents(&connector.folder.documents())?,
    })
}

fn read_documents(dir: &Path) -> Result<BTreeMap<String, Vec<u8>>, Error> {
    let mut documents = BTreeMap::new();
    if dir.exists() {
        for entry in std::fs::read_dir(dir).map_err(|e| Error::file(dir, e))? {
            let path = entry.map_err(|e| Error::file(dir, e))?.path();
            if path.is_file() {
                let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                documents.insert(name, std::fs::read(&path).map_err(|e| Error::file(&path, e))?);
            }
        }
    }
    Ok(documents)
}

fn listed(problems: &[Problem]) -> String {
    problems.iter().map(|problem| format!("{problem}\n")).collect()
}
