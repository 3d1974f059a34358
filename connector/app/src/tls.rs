//! TLS as a server: the certificate that this connector answers with, and a new one without a restart.

use crate::clock;
use crate::config::Config;
use crate::connector::Connector;
use crate::error::Error;
use crate::folder::Folder;
use crate::keys::KeyTrouble;
use jiff::Timestamp;
use rustls::client::verify_server_name;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::server::{ClientHello, ParsedCertificate, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{ServerConfig, version};
use std::net::SocketAddr;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, RwLock};
use std::time::Duration;

/// How often the files are looked at.
const LOOK: Duration = Duration::from_secs(1);

/// The certificate that is answered with, and the files that it comes from.
pub struct Served {
    certificate: PathBuf,
    key: PathBuf,
    /// The host of the connector's address, which the certificate should be for.
    host: Option<String>,
    state: RwLock<State>,
}

struct State {
    current: Loaded,
    refused: Option<String>,
}

/// A certificate with its key, as two files hold them.
#[derive(Clone)]
struct Loaded {
    key: Arc<CertifiedKey>,
    until: Timestamp,
    doubt: Option<String>,
}

/// What there is to say about the certificate, for `adit doctor`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The file.
    pub certificate: PathBuf,
    /// Until when it is valid.
    pub until: Timestamp,
    /// Why others will not trust it, if that can be seen from here.
    pub doubt: Option<String>,
    /// Why newer files were not taken, if they were not.
    pub refused: Option<String>,
}

impl Served {
    /// The certificate that the settings name; `None` where they name none.
    ///
    /// # Errors
    /// A file that cannot be read, a key that is another certificate's or that anybody can read. One that has ended
    /// or is for another name is taken, with a warning: it serves better than nothing.
    pub fn read(config: &Config, folder: &Folder) -> Result<Option<Arc<Self>>, Error> {
        let file = |file: &Option<PathBuf>| {
            let file = file.as_ref().filter(|file| !file.as_os_str().is_empty())?;
            Some(folder.root().join(file))
        };
        let (certificate, key) = match (file(&config.tls.certificate), file(&config.tls.key)) {
            (None, None) => return Ok(None),
            (Some(certificate), Some(key)) => (certificate, key),
            (Some(_), None) | (None, Some(_)) => {
                let message = "tls.certificate and tls.key belong together; set both".to_owned();
                return Err(Error::Settings { path: folder.settings(), message });
            }
        };
        let host = config.base.as_deref().and_then(host_of);
        let current = Loaded::read(&certificate, &key, host.as_deref())?;
        if let Some(doubt) = &current.doubt {
            tracing::warn!(certificate = %certificate.display(), doubt, "others will not trust us");
        }
        let state = RwLock::new(State { current, refused: None });
        Ok(Some(Arc::new(Self { certificate, key, host, state })))
    }

    /// TLS 1.2 and 1.3, always with the certificate of the moment.
    pub fn server_config(self: &Arc<Self>) -> Result<ServerConfig, Error> {
        let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(&[&version::TLS13, &version::TLS12])
            .map_err(|e| Error::Internal(format!("TLS: {e}")))?;
        Ok(builder.with_no_client_auth().with_cert_resolver(self.clone()))
    }

    /// Reads the files again. Connections that stand keep what they began with; new ones get the new certificate.
    ///
    /// Files that cannot be used, or that others would not trust while they trust the one before, change nothing.
    pub fn reload(&self) {
        let read = Loaded::read(&self.certificate, &self.key, self.host.as_deref());
        let read = read.map_err(|e| e.to_string());
        let mut state = self.state.write().expect("no holder of the lock panics");
        let certificate = self.certificate.display();
        let refused = match read {
            Ok(new) if new.key.cert == state.current.key.cert => {
                state.current = new;
                None
            }
            Ok(new) if new.doubt.is_none() || state.current.doubt.is_some() => {
                tracing::info!(%certificate, until = %new.until, "a new certificate");
                state.current = new;
                None
            }
            Ok(new) => new.doubt,
            Err(wrong) => Some(wrong),
        };
        if let Some(refused) = &refused {
            tracing::warn!(%certificate, refused, "not taken; the certificate before is kept");
        }
        state.refused = refused;
    }

    /// What there is to say about the certificate.
    pub fn standing(&self) -> Standing {
        let state = self.state.read().expect("no holder of the lock panics");
        Standing {
            certificate: self.certificate.clone(),
            until: state.current.until,
            doubt: state.current.doubt.clone(),
            refused: state.refused.clone(),
        }
    }
}

impl ResolvesServerCert for Served {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.state.read().expect("no holder of the lock panics").current.key.clone())
    }
}

impl std::fmt::Debug for Served {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Served").field("certificate", &self.certificate).finish_non_exhaustive()
    }
}

impl Loaded {
    fn read(certificate: &Path, key: &Path, host: Option<&str>) -> Result<Self, Error> {
        let wrong = |path: &Path, why: &dyn std::fmt::Display| Error::Settings {
            path: path.to_owned(),
            message: why.to_string(),
        };
        let bytes = std::fs::read(certificate).map_err(|e| Error::file(certificate, e))?;
        let chain: Vec<_> = CertificateDer::pem_slice_iter(&bytes)
            .collect::<Result<_, _>>()
            .map_err(|e| wrong(certificate, &e))?;
        let first = chain.first().ok_or_else(|| wrong(certificate, &"no certificate is in it"))?;
        let (from, until) = validity(first).map_err(|e| wrong(certificate, &e))?;
        let doubt = doubt(first, (from, until), host);
        let metadata = std::fs::metadata(key).map_err(|e| Error::file(key, e))?;
        let mode = metadata.permissions().mode() & 0o777;
        // A group may read it: certificates are often renewed by another user.
        if mode & 0o007 != 0 {
            return Err(KeyTrouble::Readable { path: key.to_owned(), mode }.into());
        }
        let bytes = std::fs::read(key).map_err(|e| Error::file(key, e))?;
        let private = PrivateKeyDer::from_pem_slice(&bytes).map_err(|e| wrong(key, &e))?;
        // Fails where the two do not belong together.
        let key = CertifiedKey::from_der(chain, private, &ring::default_provider())
            .map_err(|e| wrong(key, &format!("does not fit {}: {e}", certificate.display())))?;
        Ok(Self { key: Arc::new(key), until, doubt })
    }
}

/// From when and until when a certificate is valid, see
/// [RFC 5280, Validity](https://www.rfc-editor.org/rfc/rfc5280#section-4.1.2.5).
fn validity(certificate: &CertificateDer<'_>) -> Result<(Timestamp, Timestamp), String> {
    let (_, parsed) =
        x509_parser::parse_x509_certificate(certificate).map_err(|e| e.to_string())?;
    let (from, until) = (parsed.validity().not_before, parsed.validity().not_after);
    let time = |it: x509_parser::time::ASN1Time| {
        Timestamp::from_second(it.timestamp()).map_err(|e| e.to_string())
    };
    Ok((time(from)?, time(until)?))
}

/// Why others will not trust a certificate, as far as that can be seen without their roots.
fn doubt(
    certificate: &CertificateDer<'_>,
    (from, until): (Timestamp, Timestamp),
    host: Option<&str>,
) -> Option<String> {
    if let Some(doubt) = out_of_time(from, until, clock::now()) {
        return Some(doubt);
    }
    let host = host?;
    let name = ServerName::try_from(host).ok()?;
    let parsed = ParsedCertificate::try_from(certificate).ok()?;
    let is_for = verify_server_name(&parsed, &name).is_ok();
    (!is_for).then(|| format!("it is not for {host}, the host of the connector's address"))
}

fn out_of_time(from: Timestamp, until: Timestamp, now: Timestamp) -> Option<String> {
    if now < from {
        return Some(format!("it begins {from}"));
    }
    (until < now).then(|| format!("it ended {until}"))
}

fn host_of(base: &str) -> Option<String> {
    url::Url::parse(base).ok()?.host_str().map(str::to_owned)
}

/// Refuses to answer without TLS where others than this machine can hear it.
pub fn check_plain(address: SocketAddr, config: &Config, folder: &Folder) -> Result<(), Error> {
    if address.ip().is_loopback() || config.tls.by_proxy {
        return Ok(());
    }
    let message = format!(
        "listen is {address}, where plain HTTP would leave this machine; set tls.certificate and tls.key, \
         or tls.by_proxy = true where a web server in front speaks TLS"
    );
    Err(Error::Settings { path: folder.settings(), message })
}

/// Takes new certificates, roots and revocation lists as their files change; never ends.
pub async fn watch(connector: &Connector, served: Option<Arc<Served>>) {
    let own = served.iter().flat_map(|it| [it.certificate.clone(), it.key.clone()]).collect();
    let mut own = Watched::new(own);
    let mut of_others = Watched::new(connector.outbound.files());
    // What changed after it was read at start and before it was stamped here would otherwise never be seen.
    if let Some(served) = &served {
        served.reload();
    }
    if let Err(e) = connector.outbound.reload() {
        tracing::warn!(error = %e, "not taken; those before are kept");
    }
    loop {
        tokio::time::sleep(LOOK).await;
        if own.changed()
            && let Some(served) = &served
        {
            served.reload();
        }
        if of_others.changed() {
            match connector.outbound.reload() {
                Ok(()) => tracing::info!("new roots and revocation lists"),
                Err(e) => tracing::warn!(error = %e, "not taken; those before are kept"),
            }
        }
    }
}

/// Files, and how they were when they were last looked at.
struct Watched {
    files: Vec<PathBuf>,
    seen: Vec<Option<[i64; 4]>>,
}

impl Watched {
    fn new(files: Vec<PathBuf>) -> Self {
        let seen = files.iter().map(|file| stamp(file)).collect();
        Self { files, seen }
    }

    fn changed(&mut self) -> bool {
        let now: Vec<_> = self.files.iter().map(|file| stamp(file)).collect();
        let changed = now != self.seen;
        self.seen = now;
        changed
    }
}

/// What changes when a file does, or who may read it: the time of its last change, its length and place on the disk.
fn stamp(file: &Path) -> Option<[i64; 4]> {
    let it = std::fs::metadata(file).ok()?;
    Some([it.ctime(), it.ctime_nsec(), it.size().cast_signed(), it.ino().cast_signed()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_is_doubted_before_it_begins_and_after_it_ended() {
        let [before, from, until, after] = [0, 10, 20, 30].map(|it| Timestamp::new(it, 0).unwrap());
        assert_eq!(out_of_time(from, until, before).unwrap(), format!("it begins {from}"));
        assert_eq!(out_of_time(from, until, from), None);
        assert_eq!(out_of_time(from, until, until), None);
        assert_eq!(out_of_time(from, until, after).unwrap(), format!("it ended {until}"));
    }

    #[test]
    fn a_key_that_becomes_readable_is_looked_at_again() {
        let folder = tempfile::tempdir().unwrap();
        let key = folder.path().join("key.pem");
        std::fs::write(&key, "key").unwrap();
        let mut watched = Watched::new(vec![key.clone()]);
        assert!(!watched.changed());
        std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).unwrap();
        assert!(watched.changed() && !watched.changed());
    }
}
