//! Pages for people: the language of a request, and the headers of an answer.

use super::{Handled, accept};
use crate::connector::Connector;
use crate::error::Error;
use crate::language::Language;
use crate::page::{self, CONTENT_SECURITY_POLICY};
use actix_web::http::StatusCode;
use actix_web::http::header::{ACCEPT_LANGUAGE, HeaderValue, LINK};
use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse};
use adit_policy::Permit;
use jiff::Timestamp;
use oxrdf::NamedNode;

/// The page of an item as one caller may see it.
pub(super) async fn item(
    connector: &Data<Connector>,
    request: &HttpRequest,
    permit: &Permit,
    iri: &NamedNode,
    known_caller: bool,
    now: Timestamp,
) -> Handled {
    let language = language(connector, request);
    let page = {
        let (connector, permit, iri) = (connector.clone(), permit.clone(), iri.clone());
        web::block(move || page::item(&connector, &permit, &iri, language, known_caller, now))
            .await
            .map_err(|e| Error::Internal(e.to_string()))??
    };
    match page {
        Some(html) => Ok(answer(StatusCode::OK, language, html)),
        None => missing(connector, request, iri),
    }
}

/// The answer at an address where the caller may see nothing: a page for a browser, else the problem.
///
/// # Errors
/// [`Error::NotFound`] for a client that does not ask for HTML by name.
pub(super) fn missing(connector: &Connector, request: &HttpRequest, iri: &NamedNode) -> Handled {
    if !accept(request).is_some_and(|accept| accept.contains("text/html")) {
        return Err(Error::NotFound);
    }
    let language = language(connector, request);
    let html = page::missing(&connector.config, iri.as_str(), language)?;
    Ok(answer(StatusCode::NOT_FOUND, language, html))
}

/// `GET /`: whose connector this is, and the ways in.
pub(super) async fn landing(connector: Data<Connector>, request: HttpRequest) -> Handled {
    let language = language(&connector, &request);
    let html = page::landing(&connector.config, language)?;
    Ok(answer(StatusCode::OK, language, html))
}

/// The page with where else its facts are to be had.
pub(super) fn with_link(mut page: HttpResponse, link: &str) -> Handled {
    let link = HeaderValue::from_str(link).map_err(|e| Error::Internal(e.to_string()))?;
    page.headers_mut().insert(LINK, link);
    Ok(page)
}

/// The language of a page: the one chosen on it, else what the browser asks for, else the company's.
///
/// The choice is a query behind the item's IRI; the page names the IRI without it as its canonical address.
fn language(connector: &Connector, request: &HttpRequest) -> Language {
    let chosen = request.query_string().split('&').find_map(|it| it.strip_prefix("lang="));
    let header = request.headers().get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let own = connector.config.language.as_deref().and_then(Language::of);
    chosen.and_then(Language::of).unwrap_or_else(|| match header {
        Some(_) => Language::accepted(header),
        None => own.unwrap_or_default(),
    })
}

fn answer(status: StatusCode, language: Language, html: String) -> HttpResponse {
    HttpResponse::build(status)
        .content_type("text/html; charset=utf-8")
        .insert_header(("Content-Language", language.tag()))
        .insert_header(("Vary", "Accept, Accept-Language, Authorization"))
        .insert_header(("Cache-Control", "no-store"))
        .insert_header(("X-Content-Type-Options", "nosniff"))
        .insert_header(("Referrer-Policy", "no-referrer"))
        .insert_header(("Content-Security-Policy", CONTENT_SECURITY_POLICY.as_str()))
        .body(html)
}
