//! `adit init`: make a folder a company's, or a client's.

use crate::cli::Init;
use crate::clock;
use crate::config::{Config, Network};
use crate::error::Error;
use crate::folder::{self, Folder};
use crate::outcome::Outcome;
use crate::settings::SETTINGS;
use crate::{keys, wallet};
use adit_credentials::{Claims, Keypair, TrustList, did_jwk, did_web_url};
use adit_ingest::Templates;
use adit_journal::{Journal, Kind, Record};
use adit_vocab::{Did, adit};
use jiff::SignedDuration;
use serde_json::json;

/// How long the credential of a company's own people is valid.
const OWNER_LIFE: SignedDuration = SignedDuration::from_hours(5 * 365 * 24);

/// Makes what is missing, and leaves alone what is there.
pub async fn run(folder: &Folder, init: &Init) -> Result<Outcome, Error> {
    let wanted = init.did.as_deref().map(did).transpose()?;
    check(init)?;
    let is_new = !folder.key().exists();
    let key = if is_new { Keypair::generate()? } else { keys::read(&folder.key())? };
    let (config, text) = if folder.settings().exists() {
        (Config::read(folder)?, None)
    } else {
        let text = settings(init, wanted.clone(), &key).to_text();
        (Config::parse(&text, folder)?, Some(text))
    };
    if let Some(other) = wanted.filter(|wanted| *wanted != config.did) {
        return Err(Error::Usage(format!(
            "{} is the folder of {}; make one of its own for {other}: adit -C FOLDER init --did {other}",
            folder.root().display(),
            config.did
        )));
    }
    // Nothing is written before everything is known to be right.
    std::fs::create_dir_all(folder.root()).map_err(|e| Error::file(folder.root(), e))?;
    if is_new {
        keys::write(&folder.key(), &key)?;
    }
    if let Some(text) = text {
        folder::write(&folder.settings(), text.as_bytes(), false)?;
    }
    let is_company = config.base.is_some();
    if is_company || config.did.method() != "jwk" {
        for (name, text) in adit_policy::TEMPLATES {
            make(&folder.policies().join(name), text)?;
        }
        own_trust(folder, &config.did)?;
        own_credential(folder, &key, &config.did)?;
    } else {
        // A client asks and is never asked.
        for (name, text) in adit_policy::CLIENT_TEMPLATES {
            make(&folder.policies().join(name), text)?;
        }
    }
    make(&folder.partners(), "number;did;name\n")?;
    if is_new {
        note_key(folder, &key).await?;
    }
    let next = if is_company {
        "next: adit join INVITATION, or put a data file here and run adit map FILE"
    } else {
        "next: hand your DID to whoever issues your credential, put the credential into credentials/"
    };
    let human =
        format!("{} is {} in {}\n{next}\n", config.name, config.did, folder.root().display());
    Ok(Outcome::new(json!({ "did": config.did, "name": config.name, "base": config.base }), human))
}

/// The first entry of the journal: the key that everything after it is signed with.
async fn note_key(folder: &Folder, key: &Keypair) -> Result<(), Error> {
    let _lock = folder.lock()?;
    let body = json!({ "made": key.public().to_jwk() });
    let at = clock::now().to_string();
    let record = Record { kind: Kind::Key, at, body, blobs: Vec::new() };
    Journal::open(&folder.state())?.append_async(record).await?;
    Ok(())
}

fn make(path: &std::path::Path, text: &str) -> Result<(), Error> {
    if path.exists() { Ok(()) } else { folder::write(path, text.as_bytes(), false) }
}

/// The DID that a company wants, which others must be able to resolve.
fn did(text: &str) -> Result<Did, Error> {
    let did: Did = text.parse()?;
    if did.method() != "jwk" {
        did_web_url(&did)?;
    }
    Ok(did)
}

/// Checks what the flags say, all at once and by their names.
fn check(init: &Init) -> Result<(), Error> {
    let flags = [
        ("base", "--base", &init.base),
        ("time_zone", "--time-zone", &init.time_zone),
        ("country", "--country", &init.country),
    ];
    let wrong: Vec<_> = flags
        .into_iter()
        .filter_map(|(key, flag, value)| {
            let setting = SETTINGS.iter().find(|setting| setting.key == key)?;
            let wrong = setting.check(value.as_ref()?).err()?;
            Some(format!("{flag} {wrong}"))
        })
        .collect();
    if wrong.is_empty() { Ok(()) } else { Err(Error::Usage(wrong.join("\n"))) }
}

fn settings(init: &Init, wanted: Option<Did>, key: &Keypair) -> Config {
    let did = wanted.unwrap_or_else(|| did_jwk(key.public()));
    let domain = (did.method() == "web").then(|| did.id().to_owned());
    let plain = domain.as_deref().filter(|domain| !domain.contains([':', '%']));
    let base =
        init.base.clone().or_else(|| plain.map(|domain| format!("https://connector.{domain}")));
    let item = |path: &str| plain.map(|domain| format!("https://id.{domain}/{path}"));
    Config {
        name: init.name.clone().or(domain.clone()).unwrap_or_else(|| "a client".to_owned()),
        did,
        listen: base.is_some().then_some(init.listen),
        base,
        time_zone: init.time_zone.clone(),
        country: init.country.clone(),
        language: None,
        workers: None,
        log: None,
        identifiers: Templates {
            item: item("p/{part}/{serial}"),
            batch: item("b/{batch}"),
            model: item("m/{part}"),
            place: item("place/{place}"),
        },
        network: Network { hosts: Default::default(), hosts_file: init.hosts_file.clone() },
    }
}

/// A company trusts itself to say who its own people and its partners are.
fn own_trust(folder: &Folder, own: &Did) -> Result<(), Error> {
    if folder.trust().exists() {
        return Ok(());
    }
    let mut trust = TrustList::default();
    let types = [adit::OWNER_CREDENTIAL.as_str(), adit::PARTNER_CREDENTIAL.as_str()];
    let note = "ourselves: who our own people are, and who our partners are";
    trust.add(own, types, Some(note.to_owned()))?;
    folder::write(&folder.trust(), trust.to_text().as_bytes(), false)
}

/// The credential of the company's own people, issued to itself.
fn own_credential(folder: &Folder, key: &Keypair, own: &Did) -> Result<(), Error> {
    let path = folder.credentials().join("owner.jwt");
    if path.exists() {
        return Ok(());
    }
    let now = clock::now();
    let claims = Claims {
        id: format!("urn:uuid:{}", clock::random_id()),
        types: vec![adit::OWNER_CREDENTIAL.as_str().to_owned()],
        subject: own.clone(),
        valid_from: now,
        valid_until: now.saturating_add(OWNER_LIFE).unwrap_or(now),
        extra: Default::default(),
    };
    wallet::keep(folder, "owner", &adit_credentials::issue(key, own, &claims, now)?)
}
