//! `adit trust`

use crate::cli::Trust;
use crate::control::Order;

/// The order.
pub fn request(what: &Trust) -> Order {
    match what {
        Trust::Show => Order::TrustShow,
        Trust::Add { did, kind } => Order::TrustAdd { did: did.clone(), kind: kind.clone() },
    }
}
