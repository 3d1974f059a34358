//! [did:web](https://w3c-ccg.github.io/did-method-web/#web-did-method-specification): a document at an address.

use super::refuse;
use crate::Refusal;
use adit_vocab::Did;

/// The address of the document of a `did:web`.
///
/// The grammar is stricter than the method's: host names in lower case ASCII with a letter in the last label and no
/// internationalised label, `%3A` before a port and no other escape, no empty or dotted path segment. So each document
/// has one DID, and none looks like another's.
///
/// Implements [did:web, Read](https://w3c-ccg.github.io/did-method-web/#read-resolve).
///
/// ```
/// use adit_credentials::did_web_url;
/// let url = |did: &str| did_web_url(&did.parse().unwrap()).ok();
/// assert_eq!(url("did:web:mill.example").unwrap(), "https://mill.example/.well-known/did.json");
/// assert_eq!(url("did:web:mill.example%3A8443:north").unwrap(), "https://mill.example:8443/north/did.json");
/// assert_eq!(url("did:web:mill.example%2Fx"), None);
/// ```
///
/// # Errors
/// Another method, or an id that the grammar does not allow.
pub fn did_web_url(did: &Did) -> Result<String, Refusal> {
    if did.method() != "web" {
        return Err(refuse(did, "it is no did:web, so it has no address"));
    }
    let mut segments = did.id().split(':');
    let authority = segments.next().unwrap_or_default();
    let (host, port) = match authority.split_once("%3A") {
        Some((host, port)) => (host, Some(port)),
        None => (authority, None),
    };
    if !is_host(host) {
        return Err(refuse(did, "its host is not a domain name in lower case"));
    }
    if host.split('.').any(|label| label.starts_with("xn--")) {
        return Err(refuse(did, "its host is internationalised, so it may look like another's"));
    }
    let port_fits = port.is_none_or(|port| {
        port.parse::<u16>().is_ok_and(|number| number > 0 && number.to_string() == port)
    });
    if !port_fits {
        return Err(refuse(did, "its port is not a number from 1 to 65535"));
    }
    let path: Vec<_> = segments.collect();
    if !path.iter().all(|segment| is_segment(segment)) {
        return Err(refuse(did, "its path has a segment that is empty, dotted or escaped"));
    }
    let authority = authority.replace("%3A", ":");
    let path = if path.is_empty() { ".well-known".to_owned() } else { path.join("/") };
    Ok(format!("https://{authority}/{path}/did.json"))
}

fn is_host(host: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    // A last label without a letter would be an IPv4 address in one of its spellings.
    let last = host.rsplit('.').next().unwrap_or_default();
    host.len() <= 253
        && host.split('.').all(is_label)
        && last.bytes().any(|b| b.is_ascii_lowercase())
        && !last.starts_with("0x")
}

fn is_segment(segment: &str) -> bool {
    !segment.is_empty()
        && !segment.starts_with('.')
        && segment.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
}
