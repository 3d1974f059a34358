//! Which certificates of others are trusted, and what is told of one that is not.

use crate::error::Error;
use crate::network::Network;
use rustls::client::WebPkiServerVerifier;
use rustls::pki_types::CertificateRevocationListDer;
use rustls::pki_types::pem::PemObject;
use rustls::{
    AlertDescription, CertificateError, ClientConfig, PeerIncompatible, RootCertStore, version,
};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What is wrong with a peer's TLS.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TlsFault {
    /// It speaks no version that is still spoken.
    #[error("it speaks no TLS 1.2 or newer")]
    Version,
    /// Its certificate has ended, or has not begun.
    #[error("its certificate is not valid today ({0})")]
    Expired(String),
    /// Its certificate is another host's.
    #[error("its certificate is for another name ({0})")]
    Name(String),
    /// Nobody who is trusted issued its certificate.
    #[error("its certificate was issued by nobody who is trusted here")]
    Issuer,
    /// Its certificate was taken back.
    #[error("its certificate was revoked")]
    Revoked,
    /// The revocation list of its issuer is too old to say anything.
    #[error("the revocation list of its issuer in network.crls is out of date")]
    Crl,
    /// Something else.
    #[error("{0}")]
    Other(String),
}

impl TlsFault {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Version => "tls.version",
            Self::Expired(_) => "tls.expired",
            Self::Name(_) => "tls.name",
            Self::Issuer => "tls.issuer",
            Self::Revoked => "tls.revoked",
            Self::Crl => "tls.crl",
            Self::Other(_) => "tls.handshake",
        }
    }
}

impl From<&rustls::Error> for TlsFault {
    fn from(error: &rustls::Error) -> Self {
        use CertificateError as Wrong;
        match error {
            rustls::Error::AlertReceived(AlertDescription::ProtocolVersion)
            | rustls::Error::PeerIncompatible(
                PeerIncompatible::ServerDoesNotSupportTls12Or13
                | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig,
            ) => Self::Version,
            rustls::Error::InvalidCertificate(wrong) => match wrong {
                Wrong::Expired
                | Wrong::ExpiredContext { .. }
                | Wrong::NotValidYet
                | Wrong::NotValidYetContext { .. } => Self::Expired(wrong.to_string()),
                Wrong::NotValidForName | Wrong::NotValidForNameContext { .. } => {
                    Self::Name(wrong.to_string())
                }
                Wrong::Revoked => Self::Revoked,
                Wrong::ExpiredRevocationList | Wrong::ExpiredRevocationListContext { .. } => {
                    Self::Crl
                }
                // A self-signed certificate may say of itself that it is an issuer's.
                Wrong::UnknownIssuer => Self::Issuer,
                Wrong::Other(other) if other.to_string().contains("CaUsedAsEndEntity") => {
                    Self::Issuer
                }
                other => Self::Other(other.to_string()),
            },
            other => Self::Other(other.to_string()),
        }
    }
}

/// TLS as a client: 1.2 and 1.3, the roots of the system and of `network.roots`, the lists of `network.crls`.
///
/// Certificates of issuers that no list is there for are not checked for revocation, and no list or OCSP answer
/// is fetched: that would be a request to an address that a stranger's certificate names.
pub(super) fn client_config(network: &Network, folder: &Path) -> Result<ClientConfig, Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider.clone())
        .with_protocol_versions(&[&version::TLS13, &version::TLS12])
        .map_err(|e| Error::Internal(format!("TLS: {e}")))?;
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if let Some((path, own)) = pem_file(network.roots.as_ref(), folder)? {
        for root in own {
            roots.add(root).map_err(|e| wrong(&path, e))?;
        }
    }
    let builder = match pem_file::<CertificateRevocationListDer<'_>>(network.crls.as_ref(), folder)?
    {
        None => builder.with_root_certificates(roots),
        Some((path, lists)) => {
            let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider)
                .with_crls(lists)
                .allow_unknown_revocation_status()
                .enforce_revocation_expiration()
                .build()
                .map_err(|e| wrong(&path, e))?;
            builder.with_webpki_verifier(verifier)
        }
    };
    let mut config = builder.with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

/// TLS that trusts nobody, for a client that speaks to a socket of this machine alone.
pub(super) fn nobody() -> Result<ClientConfig, rustls::Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider);
    let builder = builder.with_protocol_versions(&[&version::TLS13])?;
    Ok(builder.with_root_certificates(RootCertStore::empty()).with_no_client_auth())
}

/// Everything of one kind in a PEM file, with its path for errors; nothing where no file is named.
fn pem_file<T: PemObject>(
    file: Option<&PathBuf>,
    folder: &Path,
) -> Result<Option<(PathBuf, Vec<T>)>, Error> {
    let Some(file) = file.filter(|file| !file.as_os_str().is_empty()) else { return Ok(None) };
    let path = folder.join(file);
    let bytes = std::fs::read(&path).map_err(|e| Error::file(&path, e))?;
    let found: Vec<_> =
        T::pem_slice_iter(&bytes).collect::<Result<_, _>>().map_err(|e| wrong(&path, e))?;
    if found.is_empty() {
        return Err(wrong(&path, "there is nothing of the kind that this setting wants in it"));
    }
    Ok(Some((path, found)))
}

fn wrong(path: &Path, why: impl std::fmt::Display) -> Error {
    Error::Settings { path: path.to_owned(), message: why.to_string() }
}
