//! What every request of the public side passes before its handler, and every answer after.
//!
//! In this order: what the [door](super::door) refused; who may ask again so soon; a time for the body to arrive; pages
//! of browsers where something is changed. A handler that panics is answered for, and each refusal is written down.

use super::door::Door;
use crate::clock;
use crate::connector::Connector;
use crate::error::Error;
use crate::query::digest;
use crate::refused::{self, Refused};
use actix_web::HttpMessage;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::error::PayloadError;
use actix_web::http::Method;
use actix_web::http::header::{
    AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, ORIGIN,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
};
use actix_web::middleware::Next;
use actix_web::web::{Bytes, Data};
use futures_util::{FutureExt, StreamExt, stream};
use std::io;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::time::Duration;
use tokio::time::sleep;

/// How long a browser remembers to come back with TLS alone: a year.
const HSTS: &str = "max-age=31536000";
/// The methods that are named in the journal.
const METHODS: [&str; 9] =
    ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT"];
/// The bodies that a page of another origin can send without asking first, see the
/// [Fetch standard](https://fetch.spec.whatwg.org/#cors-safelisted-request-header).
const OF_FORMS: [&str; 3] =
    ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain"];

/// Lets a request through to its address, or answers it.
pub(super) async fn pass(
    connector: Data<Connector>,
    door: Data<Door>,
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let at_the_door = door.refusal(request.headers());
    let is_read = at_the_door.is_none();
    let method = if is_read { name_of(request.method()) } else { "none" };
    let token = token_of(&request).map(digest);
    let answering = async {
        if let Err(error) = at_the_door.map_or_else(|| count(&connector, &request), Err) {
            return Ok(request.error_response(error));
        }
        hurry(&mut request, connector.config.limits.body_time());
        next.call(request).await.map(ServiceResponse::map_into_boxed_body)
    };
    let (answer, call) = refused::watched(answering).await;
    let answer: ServiceResponse<BoxBody> = answer?;
    let error = answer.response().error().and_then(|error| error.as_error::<Error>());
    // The no of a policy is in the journal as a decision.
    if let Some(error) = error.filter(|error| !matches!(error, Error::Refused(_))) {
        let route = answer.request().match_pattern().filter(|_| is_read);
        let refused = Refused::of(error, method, route.as_deref().unwrap_or("none"));
        connector.note_refused(refused.by(call, token), clock::now()).await;
    }
    let mut answer = answer;
    secure(answer.headers_mut(), door.has_tls());
    Ok(answer)
}

/// Answers at one address; a handler that panics takes nothing else with it.
pub(super) async fn answer(
    is_open: bool,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    if !is_open && request.method() == Method::POST && is_of_a_page(request.headers()) {
        return Ok(request.error_response(Error::FromAPage));
    }
    let http = request.request().clone();
    match AssertUnwindSafe(next.call(request)).catch_unwind().await {
        Ok(answer) => Ok(answer?.map_into_boxed_body()),
        // The hook of the process has told where.
        Err(_) => Ok(ServiceResponse::from_err(Error::Internal("a handler panicked".into()), http)),
    }
}

/// What follows `Bearer`, or whatever scheme there is.
fn token_of(request: &ServiceRequest) -> Option<&str> {
    let header = request.headers().get(AUTHORIZATION)?.to_str().ok()?;
    Some(header.split_once(' ').map_or(header, |(_, token)| token).trim())
}

/// A method as the journal names it: what else there may be is as long as the caller likes.
fn name_of(method: &Method) -> &'static str {
    METHODS.into_iter().find(|it| *it == method.as_str()).unwrap_or("other")
}

/// Counts the request for its address, or for the DID of whoever is known by an earlier exchange.
fn count(connector: &Connector, request: &ServiceRequest) -> Result<(), Error> {
    if matches!(request.path(), "/healthz" | "/readyz") {
        return Ok(());
    }
    let session = token_of(request).and_then(|it| connector.sessions.find(it, clock::now()));
    if let Some(session) = session.filter(|session| session.caller.did().is_some()) {
        return connector.greet(&session.caller);
    }
    match connector.config.limits.address_of(request) {
        Some(address) => connector.rates.count_address(address),
        None => Ok(()),
    }
}

/// Whether a browser sends this for a page: it says of which, or the body is one that a form can send.
fn is_of_a_page(headers: &HeaderMap) -> bool {
    let media_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let media_type = media_type.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    headers.contains_key(ORIGIN) || OF_FORMS.iter().any(|it| media_type.eq_ignore_ascii_case(it))
}

/// Ends a body that does not arrive in time.
fn hurry(request: &mut ServiceRequest, time: Duration) {
    let payload = match request.take_payload() {
        none @ Payload::None => return request.set_payload(none),
        payload => payload,
    };
    let parts = stream::unfold((payload, Box::pin(sleep(time))), |(mut payload, mut end)| async {
        let part: Result<Bytes, PayloadError> = tokio::select! {
            biased;
            part = payload.next() => part?,
            () = &mut end => Err(PayloadError::Io(io::ErrorKind::TimedOut.into())),
        };
        Some((part, (payload, end)))
    });
    let parts: Pin<Box<dyn stream::Stream<Item = _>>> = Box::pin(parts);
    request.set_payload(Payload::from(parts));
}

/// What every answer tells a browser.
fn secure(headers: &mut HeaderMap, has_tls: bool) {
    let mut say = |name: HeaderName, value: &'static str| {
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    };
    say(X_CONTENT_TYPE_OPTIONS, "nosniff");
    if has_tls {
        say(STRICT_TRANSPORT_SECURITY, HSTS);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_journal_names_known_methods_alone() {
        assert_eq!(name_of(&Method::GET), "GET");
        for other in ["get", "PROPFIND", &"A".repeat(8000)] {
            assert_eq!(name_of(&Method::from_bytes(other.as_bytes()).unwrap()), "other");
        }
    }
}
