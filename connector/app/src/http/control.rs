//! The socket in the company's folder: orders of its own people.

use crate::connector::Connector;
use crate::control::{Order, carry_out};
use crate::error::Error;
use actix_web::dev::Server;
use actix_web::web::{self, Data, Json};
use actix_web::{App, HttpResponse, HttpServer};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;
use std::sync::Arc;

/// The most bytes of an order.
const ORDER_BYTES_MAX: usize = 1 << 20;

/// The server behind the socket, which only the folder's owner can reach.
pub(super) fn server(connector: Arc<Connector>) -> Result<Server, Error> {
    let path = connector.folder.socket();
    // We hold the folder's lock, so a socket that is there belongs to nobody.
    match std::fs::remove_file(&path) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(Error::file(&path, e)),
        Ok(()) | Err(_) => {}
    }
    let listener = UnixListener::bind(&path).map_err(|e| Error::file(&path, e))?;
    let owner_only = std::fs::Permissions::from_mode(0o600);
    std::fs::set_permissions(&path, owner_only).map_err(|e| Error::file(&path, e))?;
    let data = Data::new(connector);
    let server = HttpServer::new(move || {
        App::new()
            .app_data(data.clone())
            .app_data(web::JsonConfig::default().limit(ORDER_BYTES_MAX))
            .route("/control", web::post().to(order))
            .route("/metrics", web::get().to(metrics))
    });
    let server = server.workers(1).disable_signals().listen_uds(listener);
    Ok(server.map_err(|e| Error::file(&path, e))?.run())
}

async fn order(connector: Data<Arc<Connector>>, order: Json<Order>) -> HttpResponse {
    let connector = Arc::clone(&connector);
    // On a runtime of several threads: orders wait for files and for the store.
    let handle = connector.runtime.clone();
    let done = handle.spawn(async move { carry_out(&connector, order.into_inner()).await });
    match done.await {
        Ok(reply) => HttpResponse::Ok().json(reply),
        Err(e) => HttpResponse::InternalServerError().body(e.to_string()),
    }
}

/// `GET /metrics`: who reaches the socket is the company itself.
async fn metrics(connector: Data<Arc<Connector>>) -> super::Handled {
    super::metrics::text(&connector)
}
