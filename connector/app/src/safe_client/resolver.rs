//! The resolver behind every connection: an answer with one forbidden address is no answer.

use super::addresses;
use super::failure::Blocked;
use crate::network::{Cidrs, Network};
use hickory_resolver::TokioResolver;
use hickory_resolver::config::{
    ConnectionConfig, LookupIpStrategy, NameServerConfig, ResolverConfig,
};
use hickory_resolver::net::NetError;
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

/// How long one name server has for one try; all tries end with the time to connect.
const TRY: Duration = Duration::from_millis(1500);

/// Looks names up and checks every address of the answer.
///
/// The connection is made to these addresses and no others, so that a name which leads elsewhere a moment later
/// leads nowhere. The name of the configured proxy is exempt: the operator wrote it.
pub(super) struct Resolver {
    /// What asks, or why nothing can: a machine without name servers still has companies on loopback.
    inner: Result<TokioResolver, String>,
    allowed: Arc<Cidrs>,
    exempt: Option<String>,
}

impl Resolver {
    /// The resolver of the system, or of the name server that the settings name.
    pub(super) fn new(network: &Network, exempt: Option<String>) -> Self {
        let provider = TokioRuntimeProvider::default();
        let builder = match network.dns {
            Some(server) => Ok(TokioResolver::builder_with_config(only(server), provider)),
            None => TokioResolver::builder(provider),
        };
        let inner = builder.and_then(|mut builder| {
            let options = builder.options_mut();
            // Both kinds of address, so that all are checked.
            options.ip_strategy = LookupIpStrategy::Ipv4AndIpv6;
            options.timeout = TRY;
            builder.build()
        });
        let inner = inner.map_err(|e| format!("no name server: {e}"));
        Self { inner, allowed: Arc::new(network.allow.clone()), exempt }
    }
}

/// One name server, by UDP and TCP.
fn only(server: SocketAddr) -> ResolverConfig {
    let at_port = |mut connection: ConnectionConfig| {
        connection.port = server.port();
        connection
    };
    let connections = vec![at_port(ConnectionConfig::udp()), at_port(ConnectionConfig::tcp())];
    let server = NameServerConfig::new(server.ip(), true, connections);
    ResolverConfig::from_parts(None, Vec::new(), vec![server])
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (inner, allowed) = (self.inner.clone(), self.allowed.clone());
        let is_exempt = self.exempt.as_deref() == Some(name.as_str());
        Box::pin(async move {
            // With a last dot: a name is whole, whatever search list the system has.
            let name = name.as_str();
            let answer = inner?.lookup_ip(format!("{name}.")).await.map_err(|e| told(name, &e))?;
            let addresses: Vec<IpAddr> = answer.iter().collect();
            if !is_exempt {
                for ip in &addresses {
                    if let Some(what) = addresses::forbidden(*ip, &allowed) {
                        return Err(Blocked { name: name.to_owned(), ip: *ip, what }.into());
                    }
                }
            }
            Ok(Box::new(addresses.into_iter().map(|ip| SocketAddr::new(ip, 0))) as Addrs)
        })
    }
}

/// What a failed look-up means, as people say it.
fn told(name: &str, error: &NetError) -> String {
    match error.is_nx_domain() || error.is_no_records_found() {
        true => format!("no address is known for the name {name}"),
        false => format!("the name {name} cannot be looked up: {error}"),
    }
}
