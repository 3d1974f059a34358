//! `adit init`: make a folder a company's, or a client's.

use crate::cli::Init;
use crate::clock;
use crate::command::key::algorithm;
use crate::config::{self, Config};
use crate::error::Error;
use crate::folder::{self, Folder};
use crate::keys::{self, Kept, Keystore};
use crate::network::{Network, Tls};
use crate::outcome::Outcome;
use crate::settings::SETTINGS;
use adit_credentials::{Keypair, Keys, TrustList, did_jwk, did_web_url};
use adit_ingest::Templates;
use adit_vocab::{Did, adit};
use serde_json::json;

/// Makes what is missing, and leaves alone what is there.
pub async fn run(folder: &Folder, init: &Init) -> Result<Outcome, Error> {
    let wanted = init.did.as_deref().map(did).transpose()?;
    check(init)?;
    let now = clock::now();
    let is_new = !Keystore::exists(folder);
    let keys = if is_new {
        Keys::new(Keypair::generate_for(algorithm(init.kind))?, now)
    } else {
        Keystore::open(folder, &opening(folder)?)?.1
    };
    let key = keys.issuing();
    let (config, text) = if folder.settings().exists() {
        (Config::read(folder)?, None)
    } else {
        let text = settings(init, wanted.clone(), key).to_text();
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
    let kept = match is_new {
        true => Some(keys::keep_first(folder, &config, &keys, init.passphrase_file.as_deref())?),
        false => None,
    };
    if let Some(text) = text {
        folder::write(&folder.settings(), text.as_bytes(), false)?;
    }
    if let Some(Kept::By(file)) = &kept {
        keys::name_in_settings(folder, file)?;
    }
    let is_company = config.base.is_some();
    if is_company || config.did.method() != "jwk" {
        for (name, text) in adit_policy::TEMPLATES {
            make(&folder.policies().join(name), text)?;
        }
        own_trust(folder, &config.did)?;
        if !keys::has_owner(folder) {
            keys::keep_owner(folder, key, &config.did, now)?;
        }
    } else {
        // A client asks and is never asked.
        for (name, text) in adit_policy::CLIENT_TEMPLATES {
            make(&folder.policies().join(name), text)?;
        }
    }
    make(&folder.partners(), "number;did;name\n")?;
    if is_new {
        let _lock = folder.lock()?;
        keys::note(folder, json!({ "made": key.public().to_jwk() })).await?;
    }
    let next = if is_company {
        "next: adit join INVITATION, or put a data file here and run adit map FILE"
    } else {
        "next: hand your DID to whoever issues your credential, put the credential into credentials/"
    };
    let (name, did, root) = (&config.name, &config.did, folder.root().display());
    let human = format!("{name} is {did} in {root}\n{}{next}\n", told(kept.as_ref()));
    let file = match &kept {
        Some(Kept::By(file)) => Some(file),
        Some(Kept::Sealed | Kept::Plain) | None => None,
    };
    let json = json!({ "did": did, "name": name, "base": config.base, "passphraseFile": file });
    Ok(Outcome::new(json, human))
}

/// How the key is kept, for people.
fn told(kept: Option<&Kept>) -> String {
    match kept {
        Some(Kept::By(file)) => format!(
            "the key is sealed; {} opens it. Keep a copy of that file apart from the folder: without it the key is lost\n",
            file.display()
        ),
        Some(Kept::Plain) => {
            "the key lies in the folder in the clear, as no place outside it can be written; adit key seal --passphrase-file FILE seals it\n"
                .to_owned()
        }
        Some(Kept::Sealed) | None => String::new(),
    }
}

/// The settings that open keys which are there already, also where `adit.toml` is not.
fn opening(folder: &Folder) -> Result<Config, Error> {
    match folder.settings().exists() {
        true => Config::read(folder),
        false => Config::parse("did = \"did:web:new.example\"\nname = \"new\"\n", folder),
    }
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
        security_contact: None,
        security_expires: None,
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
        issuance: Default::default(),
        network: Network { hosts_file: init.hosts_file.clone(), ..Network::default() },
        tls: Tls::default(),
        keys: config::Keys::default(),
        limits: Default::default(),
        queries: Default::default(),
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
