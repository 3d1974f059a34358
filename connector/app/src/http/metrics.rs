//! `/metrics`: what is counted, for the company's own people; see `connector/decisions/2026-11-22-metrics.md`.

use super::{Handled, authorization};
use crate::clock;
use crate::connector::Connector;
use crate::error::Error;
use crate::metrics::MEDIA_TYPE;
use crate::query;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

/// `GET /metrics`, with a bearer of the company's own people.
pub(super) async fn over_http(connector: Data<Connector>, request: HttpRequest) -> Handled {
    let now = clock::now();
    let asker = connector.asker(authorization(&request)?, now).await?;
    let permit = query::decide(&connector, &asker, None, "metrics", "", now).await?;
    if !permit.sees_all_audiences() {
        return Err(Error::OwnPeopleOnly);
    }
    text(&connector)
}

/// The same through the folder's socket, which only its owner can reach.
pub(super) fn text(connector: &Connector) -> Handled {
    let text = connector.metrics.to_text(connector)?;
    Ok(HttpResponse::Ok()
        .content_type(MEDIA_TYPE)
        .insert_header(("Cache-Control", "no-store"))
        .body(text))
}

/// Counts each answer by the pattern of its address, and each refusal by its code.
pub(super) async fn count(
    connector: Data<Connector>,
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let response = next.call(request).await?;
    let route = response.request().match_pattern();
    connector.metrics.answered(route.as_deref().unwrap_or("none"), response.status().as_u16());
    let error = response.response().error();
    if let Some(error) = error.and_then(|error| error.as_error::<Error>()) {
        connector.metrics.refused(error.code());
    }
    Ok(response)
}
