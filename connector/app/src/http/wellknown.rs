//! What anybody may know: who this is, and whether it runs.

use super::Handled;
use crate::config::Config;
use crate::connector::Connector;
use crate::error::Error;
use crate::{clock, invite};
use actix_web::HttpResponse;
use actix_web::web::Data;
use jiff::Timestamp;
use serde_json::json;

const DAY_S: i64 = 24 * 60 * 60;
/// How long `security.txt` holds where no setting says so; the standard recommends less than a year.
const SECURITY_DAYS: i64 = 182;

/// `GET /.well-known/did.json`, see [did:web](https://w3c-ccg.github.io/did-method-web/#read-resolve).
pub(super) async fn did(connector: Data<Connector>) -> Handled {
    let document = connector.own_document(clock::now())?.to_string();
    Ok(HttpResponse::Ok().content_type("application/did+json").body(document))
}

/// `GET /.well-known/adit.json`
pub(super) async fn description(connector: Data<Connector>) -> Handled {
    Ok(HttpResponse::Ok().json(invite::description(&connector)?))
}

/// `GET /.well-known/security.txt`: where a weakness is reported. Without a contact in the settings there is none to
/// name, and the file, which must name one, is not there.
pub(super) async fn security(connector: Data<Connector>) -> Handled {
    let text = security_txt(&connector.config, clock::now()).ok_or(Error::NotFound)?;
    Ok(HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(text))
}

/// Implements [RFC 9116, Specification](https://www.rfc-editor.org/rfc/rfc9116#section-2).
fn security_txt(config: &Config, now: Timestamp) -> Option<String> {
    let contact = config.security_contact.as_ref()?;
    // Whole days, so that two answers of one day are equal.
    let day = now.as_second() - now.as_second().rem_euclid(DAY_S);
    let half_a_year = Timestamp::from_second(day + SECURITY_DAYS * DAY_S).unwrap_or(now);
    let expires = config.security_expires.unwrap_or(half_a_year);
    let base = config.base.as_deref()?;
    Some(format!(
        "Contact: {contact}\nExpires: {expires}\nPreferred-Languages: en, sv, fi\n\
         Canonical: {base}/.well-known/security.txt\n"
    ))
}

/// `GET /healthz`: the process answers.
pub(super) async fn alive() -> HttpResponse {
    HttpResponse::Ok().json(json!({ "status": "ok" }))
}

/// `GET /readyz`: the fact store has applied every publication of the journal.
pub(super) async fn ready(connector: Data<Connector>) -> Handled {
    let generation = connector.store.generation()?;
    // A publication under way holds the lock; what was published before it is still answered.
    let behind = match connector.published.try_lock() {
        Ok(published) => published.entry > generation,
        Err(_) => false,
    };
    let status = if behind { "catching up" } else { "ready" };
    let body = json!({ "status": status, "generation": generation });
    Ok(if behind {
        HttpResponse::ServiceUnavailable().json(body)
    } else {
        HttpResponse::Ok().json(body)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::folder::Folder;

    #[test]
    fn security_txt_names_a_contact_or_is_not_there() {
        let company = "did = \"did:web:shop.example\"\nname = \"Shop\"\n\
                       base = \"https://connector.shop.example\"\n";
        let told = |more: &str| {
            let config = Config::parse(&format!("{company}{more}"), &Folder::at("/nowhere"));
            security_txt(&config.unwrap(), "2026-11-22T16:50:00Z".parse().unwrap())
        };
        assert_eq!(told(""), None);
        let contact = "security_contact = \"mailto:security@shop.example\"\n";
        let rest = "Preferred-Languages: en, sv, fi\n\
                    Canonical: https://connector.shop.example/.well-known/security.txt\n";
        let expected = |expires: &str| {
            Some(format!("Contact: mailto:security@shop.example\nExpires: {expires}\n{rest}"))
        };
        assert_eq!(told(contact), expected("2027-05-23T00:00:00Z"));
        let until = "security_expires = \"2027-01-31T00:00:00Z\"\n";
        assert_eq!(told(&format!("{contact}{until}")), expected("2027-01-31T00:00:00Z"));
    }

    #[test]
    fn a_contact_is_one_address() {
        for wrong in ["security@shop.example", "http://a.example", "mailto:", "mailto:a\nX: b"] {
            let settings = format!(
                "did = \"did:web:a.example\"\nname = \"A\"\nsecurity_contact = {wrong:?}\n"
            );
            let error = Config::parse(&settings, &Folder::at("/nowhere")).unwrap_err();
            assert!(error.to_string().contains("security_contact"), "{wrong}: {error}");
        }
    }
}
