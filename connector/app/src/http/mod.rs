//! The HTTP side: every route on one page.

mod control;
mod item;
mod quads;
mod sparql;
mod wellknown;

use crate::clock;
use crate::connector::Connector;
use crate::error::Error;
use crate::{invite, token};
use actix_web::http::StatusCode;
use actix_web::http::header::{AUTHORIZATION, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::web::{self, Data, Json};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

/// The most bytes of a JSON body.
const JSON_BYTES_MAX: usize = 256 << 10;
/// The most bytes of a request for quads.
const QUADS_BYTES_MAX: usize = 1 << 20;

/// What every handler returns.
type Handled = Result<HttpResponse, Error>;

/// The routes.
fn routes(config: &mut web::ServiceConfig) {
    let bad_json = web::JsonConfig::default().limit(JSON_BYTES_MAX).error_handler(|error, _| {
        Error::Usage(format!("the body is not the JSON expected here: {error}")).into()
    });
    config
        .app_data(bad_json)
        .app_data(web::PayloadConfig::new(QUADS_BYTES_MAX))
        .route("/sparql", web::get().to(sparql::get))
        .route("/sparql", web::post().to(sparql::post))
        .route("/quads", web::post().to(quads::quads))
        .route("/summary", web::get().to(quads::summary))
        .route("/token", web::post().to(give_token))
        .route("/join", web::post().to(welcome))
        .route("/.well-known/did.json", web::get().to(wellknown::did))
        .route("/.well-known/adit.json", web::get().to(wellknown::description))
        .route("/healthz", web::get().to(wellknown::alive))
        .route("/readyz", web::get().to(wellknown::ready))
        .default_service(web::get().to(item::item));
}

/// Answers at an address and at the folder's socket until the process is told to end.
///
/// `listening` is called with the address, once requests are answered.
pub async fn serve(
    connector: Arc<Connector>,
    address: SocketAddr,
    listening: impl FnOnce(SocketAddr) -> Result<(), Error>,
) -> Result<(), Error> {
    let wrong = |e: std::io::Error| Error::Usage(format!("cannot answer on {address}: {e}"));
    let listener = TcpListener::bind(address).map_err(wrong)?;
    let bound = listener.local_addr().map_err(wrong)?;
    let data = Data::from(connector.clone());
    let public = HttpServer::new(move || App::new().app_data(data.clone()).configure(routes))
        .workers(2)
        .keep_alive(Duration::from_secs(75))
        .client_request_timeout(Duration::from_secs(10))
        .shutdown_timeout(20)
        .listen(listener)
        .map_err(wrong)?
        .run();
    let private = control::server(connector.clone())?;
    // The workers start before the first query waits for them.
    connector.workers().await?;
    listening(bound)?;
    // The public side hears the signal to end; the private side ends with it.
    let private_handle = private.handle();
    let public = async {
        let end = public.await;
        private_handle.stop(true).await;
        end
    };
    let (public_end, private_end) = futures_util::join!(public, private);
    public_end.and(private_end).map_err(|e| Error::Internal(format!("the server: {e}")))
}

async fn give_token(connector: Data<Connector>, body: Json<token::Exchange>) -> Handled {
    let bearer = token::give(&connector, body.into_inner(), clock::now()).await?;
    Ok(HttpResponse::Ok().insert_header(("Cache-Control", "no-store")).json(bearer))
}

async fn welcome(connector: Data<Connector>, body: Json<invite::Acceptance>) -> Handled {
    Ok(HttpResponse::Ok().json(invite::welcome(&connector, body.into_inner()).await?))
}

/// The `Authorization` header.
fn authorization(request: &HttpRequest) -> Result<Option<&str>, Error> {
    let Some(header) = request.headers().get(AUTHORIZATION) else { return Ok(None) };
    header.to_str().map(Some).map_err(|_| Error::NotABearer)
}

/// An error as an answer, in the form of [RFC 9457](https://www.rfc-editor.org/rfc/rfc9457#name-the-problem-details-json-ob).
impl actix_web::ResponseError for Error {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.problem().status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        let mut problem = self.problem();
        if self.is_ours() {
            tracing::error!(code = problem.code, error = problem.title, "a fault of ours");
            problem.title = "this connector failed; its operator finds the cause in its log".into();
            problem.detail = serde_json::Value::Null;
            problem.fix = None;
        }
        let mut response = HttpResponse::build(self.status_code());
        if problem.status == 401 {
            response.insert_header((WWW_AUTHENTICATE, "Bearer"));
        }
        if problem.status == 503 {
            response.insert_header((RETRY_AFTER, "2"));
        }
        response.content_type("application/problem+json").body(problem.to_json().to_string())
    }
}
