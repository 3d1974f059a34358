//! The HTTP side: every route on one page.

pub mod limits;

mod door;
mod framing;
mod gate;

mod control;
mod dcp;
mod description;
mod errors;
mod html;
mod item;
mod linkset;
mod metrics;
mod openapi;
mod problem;
mod quads;
mod sparql;
mod status;
mod wellknown;

use crate::clock;
use crate::connector::Connector;
use crate::error::Error;
use crate::tls::{self, Served};
use crate::{invite, token};
use actix_cors::Cors;
use actix_web::body::BoxBody;
use actix_web::dev::{HttpServiceFactory, ServiceRequest};
use actix_web::http::Method;
use actix_web::http::header::{ACCEPT, ALLOW, AUTHORIZATION};
use actix_web::middleware::{Condition, DefaultHeaders, Next, from_fn};
use actix_web::web::{self, Data, Json};
use actix_web::{FromRequest, Handler, HttpRequest, HttpResponse, Route, guard};
use door::Door;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

/// The most bytes of a JSON body.
const JSON_BYTES_MAX: usize = 256 << 10;
/// The most bytes of a request for quads, and of a query with what stands around it.
const BODY_BYTES_MAX: usize = 1 << 20;
/// How long a browser may remember what it may ask, in seconds.
const PREFLIGHT_S: usize = 24 * 60 * 60;

/// What a page of another origin may read of our headers.
const EXPOSED: (&str, &str) =
    ("Access-Control-Expose-Headers", "Adit-Tiers, Adit-Withheld, Link, WWW-Authenticate");

/// What a page of ours may load: nothing but its own styles and pictures.
const PAGE_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/// What every handler returns.
type Handled = Result<HttpResponse, Error>;

/// An address, and what is answered there.
struct Address {
    /// The path, in the form of actix; `openapi.json` documents it, and a test holds the two together.
    path: &'static str,
    /// Whether pages of other origins may ask.
    is_open: bool,
    /// By method; whoever answers `GET` answers `HEAD`.
    methods: Methods,
}

type Methods = &'static [(&'static str, fn() -> Route)];

/// Everything that is answered; the first path that fits is taken.
const ADDRESSES: &[Address] = &[
    open("/", &[("GET", || get(html::landing))]),
    open("/sparql", &[("GET", || get(sparql::get)), ("POST", || web::post().to(sparql::post))]),
    open("/summary", &[("GET", || get(quads::summary))]),
    closed("/quads", &[("POST", || web::post().to(quads::quads))]),
    open("/token", &[("POST", || web::post().to(give_token))]),
    closed("/join", &[("POST", || web::post().to(welcome))]),
    open("/.well-known/did.json", &[("GET", || get(wellknown::did))]),
    open("/.well-known/security.txt", &[("GET", || get(wellknown::security))]),
    open("/.well-known/adit.json", &[("GET", || get(wellknown::description))]),
    open("/openapi.json", &[("GET", || get(openapi::document))]),
    open("/credentials/status/{purpose}/{list}", &[("GET", || get(status::list))]),
    open("/credentials/status2021/{purpose}/{list}", &[("GET", || get(status::list2021))]),
    open("/errors", &[("GET", || get(errors::list))]),
    open("/errors/{code}", &[("GET", || get(errors::one))]),
    closed("/dcp/presentations/query", &[("POST", || web::post().to(dcp::query))]),
    closed("/dcp/credentials", &[("POST", || web::post().to(dcp::credentials))]),
    closed("/dcp/offers", &[("POST", || web::post().to(dcp::offers))]),
    closed("/dcp/requests/{id}", &[("GET", || get(dcp::status))]),
    closed("/dcp/metadata", &[("GET", || get(dcp::metadata))]),
    closed("/dcp/caller", &[("POST", || web::post().to(dcp::caller))]),
    closed("/healthz", &[("GET", || get(wellknown::alive))]),
    closed("/readyz", &[("GET", || get(wellknown::ready))]),
    closed("/metrics", &[("GET", || get(metrics::over_http))]),
    // Any other address is the item whose IRI it is.
    open("/{path:.*}", &[("GET", || get(item::item))]),
];

const fn open(path: &'static str, methods: Methods) -> Address {
    Address { path, is_open: true, methods }
}

const fn closed(path: &'static str, methods: Methods) -> Address {
    Address { path, is_open: false, methods }
}

/// A handler of `GET`, which answers `HEAD` too.
fn get<F, Args>(handler: F) -> Route
where
    F: Handler<Args>,
    Args: FromRequest + 'static,
    F::Output: actix_web::Responder + 'static,
{
    web::route().guard(guard::Any(guard::Get()).or(guard::Head())).to(handler)
}

impl Address {
    /// The methods, as the header `Allow` lists them.
    fn allowed(&self) -> Vec<&'static str> {
        let mut allowed: Vec<_> = self.methods.iter().map(|(method, _)| *method).collect();
        if allowed.contains(&"GET") {
            allowed.push("HEAD");
        }
        allowed.push("OPTIONS");
        allowed
    }

    fn resource(&self) -> impl HttpServiceFactory + use<> {
        let (allowed, is_open) = (self.allowed(), self.is_open);
        let cors = cors(allowed.clone());
        let allowed = allowed.join(", ");
        let other = move |request: HttpRequest| {
            let allowed = allowed.clone();
            async move { other_method(&request, allowed) }
        };
        let resource = web::resource(self.path);
        self.methods
            .iter()
            .fold(resource, |resource, (_, route)| resource.route(route()))
            .default_service(web::route().to(other))
            .wrap(from_fn(move |request: ServiceRequest, next: Next<BoxBody>| {
                gate::answer(is_open, request, next)
            }))
            .wrap(Condition::new(self.is_open, cors))
            .wrap(Condition::new(self.is_open, DefaultHeaders::new().add(EXPOSED)))
    }
}

/// What a browser may do for a page of another origin, by the
/// [Fetch standard](https://fetch.spec.whatwg.org/#http-cors-protocol).
///
/// Any page may ask, because nothing here is decided by where a request comes from: no cookie is read, and a
/// bearer is in the page's hands or in nobody's. A preflight is answered before any header is looked at.
fn cors(methods: Vec<&'static str>) -> Cors {
    Cors::default()
        .allow_any_origin()
        .send_wildcard()
        .allowed_methods(methods)
        .allow_any_header()
        // The answer is the same for every origin.
        .disable_vary_header()
        .max_age(PREFLIGHT_S)
}

/// `OPTIONS`, and every method that an address does not know.
fn other_method(request: &HttpRequest, allowed: String) -> Handled {
    if request.method() == Method::OPTIONS {
        return Ok(HttpResponse::NoContent().insert_header((ALLOW, allowed)).finish());
    }
    Err(Error::Method { got: request.method().to_string(), allowed })
}

/// The routes.
fn routes(config: &mut web::ServiceConfig) {
    config
        .app_data(problem::of_json(JSON_BYTES_MAX))
        .app_data(web::PayloadConfig::new(BODY_BYTES_MAX));
    for address in ADDRESSES {
        config.service(address.resource());
    }
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
    let served = Served::read(&connector.config, &connector.folder)?;
    if served.is_none() {
        tls::check_plain(address, &connector.config, &connector.folder)?;
    }
    if let Some(served) = &served {
        drop(connector.served.set(served.clone()));
    }
    let listener = TcpListener::bind(address).map_err(wrong)?;
    let bound = listener.local_addr().map_err(wrong)?;
    let tls = served.as_ref().map(Served::server_config).transpose()?;
    let public = Door::new(connector.clone(), tls).serve(listener, routes).map_err(wrong)?;
    let private = control::server(connector.clone())?;
    // The workers start before the first query waits for them.
    connector.workers().await?;
    listening(bound)?;
    crate::dcp::start(&connector)?;
    // The public side hears the signal to end; the private side ends with it.
    let private_handle = private.handle();
    let public = async {
        let end = public.await;
        private_handle.stop(true).await;
        end
    };
    let watching = tls::watch(&connector, served);
    let (public_end, private_end) = tokio::select! {
        ends = async { futures_util::join!(public, private) } => ends,
        () = watching => (Ok(()), Ok(())),
    };
    public_end.and(private_end).map_err(|e| Error::Internal(format!("the server: {e}")))
}

async fn give_token(
    connector: Data<Connector>,
    request: HttpRequest,
    body: Json<token::Exchange>,
) -> Handled {
    let shown = authorization(&request)?;
    fail::fail_point!("app.http.token");
    let bearer = token::give(&connector, body.into_inner(), shown, clock::now()).await?;
    Ok(HttpResponse::Ok().insert_header(("Cache-Control", "no-store")).json(bearer))
}

async fn welcome(connector: Data<Connector>, body: Json<invite::Acceptance>) -> Handled {
    Ok(HttpResponse::Ok().json(invite::welcome(&connector, body.into_inner()).await?))
}

/// The `Accept` header; several are one list.
fn accept(request: &HttpRequest) -> Option<String> {
    let lines: Vec<_> =
        request.headers().get_all(ACCEPT).filter_map(|line| line.to_str().ok()).collect();
    (!lines.is_empty()).then(|| lines.join(","))
}

/// The `Authorization` header.
fn authorization(request: &HttpRequest) -> Result<Option<&str>, Error> {
    let Some(header) = request.headers().get(AUTHORIZATION) else { return Ok(None) };
    header.to_str().map(Some).map_err(|_| Error::NotABearer)
}
