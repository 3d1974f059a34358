//! The socket in a company's own folder, by which commands reach the running server.

use super::{Cap, Failure, Response, certificates, read_body, why};
use reqwest::Client;
use reqwest::header::CONTENT_TYPE;
use std::path::Path;
use std::time::Duration;

/// Sends one command to the server that runs in the same folder.
pub async fn control(socket: &Path, command: &[u8]) -> Result<Response, Failure> {
    let url = "http://adit/control";
    let unreachable = |why: String| Failure::Unreachable { url: socket.display().to_string(), why };
    // No time limit: a publication takes as long as its files are large.
    let client = client(socket, None).map_err(unreachable)?;
    let call = client.post(url).header(CONTENT_TYPE, "application/json").body(command.to_vec());
    let response = call.send().await.map_err(|e| unreachable(why(&e)))?;
    read_body(response, url, Cap::Quads.bytes()).await
}

/// Whether a server answers at a socket; that of a server which was killed stays behind.
pub async fn is_answered(socket: &Path) -> bool {
    match client(socket, Some(Duration::from_secs(2))) {
        // Whatever it answers, it answers.
        Ok(client) => client.head("http://adit/").send().await.is_ok(),
        Err(_) => false,
    }
}

fn client(socket: &Path, within: Option<Duration>) -> Result<Client, String> {
    let tls = certificates::nobody().map_err(|e| e.to_string())?;
    let builder = Client::builder().no_proxy().unix_socket(socket.to_owned());
    let builder = builder.tls_backend_preconfigured(tls);
    let builder = match within {
        Some(within) => builder.timeout(within),
        None => builder,
    };
    builder.build().map_err(|e| why(&e))
}
