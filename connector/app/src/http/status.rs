//! The status lists of what this company issued, for whoever has to know whether a credential still stands.

use super::Handled;
use crate::clock;
use crate::connector::Connector;
use crate::error::Error;
use crate::lists::{self, AGE};
use crate::query::digest;
use actix_web::http::header::{CACHE_CONTROL, ETAG, IF_NONE_MATCH};
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use adit_credentials::StatusForm;

/// `GET /credentials/status/{purpose}/{list}`, a
/// [BitstringStatusListCredential](https://www.w3.org/TR/vc-bitstring-status-list/#bitstringstatuslistcredential).
pub(super) async fn list(
    connector: Data<Connector>,
    request: HttpRequest,
    path: Path<(String, String)>,
) -> Handled {
    serve(&connector, &request, &path, StatusForm::Bitstring, "application/vc+jwt")
}

/// `GET /credentials/status2021/{purpose}/{list}`, the same as a credential of the data model 1.1.
pub(super) async fn list2021(
    connector: Data<Connector>,
    request: HttpRequest,
    path: Path<(String, String)>,
) -> Handled {
    serve(&connector, &request, &path, StatusForm::List2021, "application/jwt")
}

fn serve(
    connector: &Connector,
    request: &HttpRequest,
    (purpose, list): &(String, String),
    form: StatusForm,
    media_type: &str,
) -> Handled {
    let now = clock::now();
    let which = lists::which(purpose, list).ok_or(Error::NotFound)?;
    let keys = connector.keys();
    let served = connector.lists.served(which, form, keys.signing(now), now)?;
    let served = served.ok_or(Error::NotFound)?;
    let etag = format!("\"{}\"", &digest(&served.token)[..32]);
    let left = (AGE.as_secs() - now.duration_since(served.at).as_secs()).max(0);
    let fresh = format!("public, max-age={left}, must-revalidate");
    let known = request.headers().get_all(IF_NONE_MATCH).filter_map(|line| line.to_str().ok());
    if known.flat_map(|line| line.split(',')).any(|tag| tag.trim() == etag) {
        let mut response = HttpResponse::NotModified();
        response.insert_header((ETAG, etag)).insert_header((CACHE_CONTROL, fresh));
        return Ok(response.finish());
    }
    Ok(HttpResponse::Ok()
        .content_type(media_type)
        .insert_header((ETAG, etag))
        .insert_header((CACHE_CONTROL, fresh))
        .body(served.token))
}
