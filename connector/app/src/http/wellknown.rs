//! What anybody may know: who this is, and whether it runs.

use super::Handled;
use crate::connector::Connector;
use crate::invite;
use actix_web::HttpResponse;
use actix_web::web::Data;
use serde_json::json;

/// `GET /.well-known/did.json`, see [did:web](https://w3c-ccg.github.io/did-method-web/#read-resolve).
pub(super) async fn did(connector: Data<Connector>) -> Handled {
    let document = connector.own_document()?.to_string();
    Ok(HttpResponse::Ok().content_type("application/did+json").body(document))
}

/// `GET /.well-known/adit.json`
pub(super) async fn description(connector: Data<Connector>) -> Handled {
    Ok(HttpResponse::Ok().json(invite::description(&connector)?))
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
