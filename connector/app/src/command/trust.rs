//! `adit trust`

use crate::cli::Trust;
use crate::control::Order;

/// The order.
pub fn request(what: &Trust) -> Order {
    match what {
        Trust::Show => Order::TrustShow,
        Trust::Block { did } => Order::TrustBlock { did: did.clone(), blocked: true },
        Trust::Unblock { did } => Order::TrustBlock { did: did.clone(), blocked: false },
        Trust::Add { did, kind } => Order::TrustAdd { did: did.clone(), kind: kind.clone() },
    }
}
