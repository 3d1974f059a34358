//! The addresses of the Decentralized Claims Protocol, under `/dcp`: Credential Service and Issuer Service in one place.

use super::{Handled, authorization, problem};
use crate::clock;
use crate::connector::Connector;
use crate::dcp;
use crate::error::Error;
use actix_web::http::header::LOCATION;
use actix_web::web::{Bytes, Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use adit_credentials::dcp::{CredentialMessage, MESSAGE_BYTES_MAX, Sender, kind_of};
use jiff::Timestamp;
use serde_json::{Value, json};

type Body = Result<Bytes, actix_web::Error>;

/// A message, with who sent it and when it came.
struct Message {
    sender: Sender,
    body: Bytes,
    now: Timestamp,
}

impl Message {
    /// Reads a message after its sender was proved.
    async fn read(connector: &Connector, request: &HttpRequest, body: Body) -> Result<Self, Error> {
        let now = clock::now();
        let sender = connector.sender(authorization(request)?, now).await?;
        Ok(Self { sender, body: problem::body(body, MESSAGE_BYTES_MAX)?, now })
    }
}

/// `POST /dcp/presentations/query`
pub(super) async fn query(connector: Data<Connector>, request: HttpRequest, body: Body) -> Handled {
    let Message { sender, body, now } = Message::read(&connector, &request, body).await?;
    Ok(answer(dcp::query(&connector, &sender, &body, now)?))
}

/// `POST /dcp/credentials`: an issuer delivers, or a holder asks; the message says which.
pub(super) async fn credentials(
    connector: Data<Connector>,
    request: HttpRequest,
    body: Body,
) -> Handled {
    let Message { sender, body, now } = Message::read(&connector, &request, body).await?;
    if kind_of(&body)? == CredentialMessage::KIND {
        dcp::receive(&connector, &sender, &body, now).await?;
        return Ok(HttpResponse::Ok().finish());
    }
    let id = dcp::request(&connector.into_inner(), &sender, &body, now).await?;
    let location = request.uri().path().replace("/credentials", &format!("/requests/{id}"));
    Ok(HttpResponse::Created().insert_header((LOCATION, location)).finish())
}

/// `POST /dcp/offers`
pub(super) async fn offers(
    connector: Data<Connector>,
    request: HttpRequest,
    body: Body,
) -> Handled {
    let Message { sender, body, now } = Message::read(&connector, &request, body).await?;
    dcp::offered(&connector, &sender, &body, now).await?;
    Ok(HttpResponse::Ok().finish())
}

/// `GET /dcp/requests/{id}`
pub(super) async fn status(
    connector: Data<Connector>,
    request: HttpRequest,
    id: Path<String>,
) -> Handled {
    let sender = connector.sender(authorization(&request)?, clock::now()).await?;
    Ok(answer(dcp::status(&connector, &sender, &id)?))
}

/// `GET /dcp/metadata`
pub(super) async fn metadata(connector: Data<Connector>) -> Handled {
    Ok(HttpResponse::Ok().json(dcp::metadata(&connector)))
}

/// `POST /dcp/caller`: what a self-issued token, a presentation or a bearer proves here. The body is not read.
pub(super) async fn caller(connector: Data<Connector>, request: HttpRequest) -> Handled {
    let header = authorization(&request)?.ok_or(Error::NotABearer)?;
    let asker = connector.asker(Some(header), clock::now()).await?;
    let credentials = asker.caller.credentials().iter().map(|held| {
        json!({ "type": held.types(), "issuer": held.issuer(), "validUntil": held.valid_until() })
    });
    let credentials: Vec<_> = credentials.collect();
    Ok(answer(json!({ "did": asker.caller.did(), "credentials": credentials })))
}

fn answer(message: Value) -> HttpResponse {
    HttpResponse::Ok().insert_header(("Cache-Control", "no-store")).json(message)
}
