//! `adit token`

use crate::cli::Token;
use crate::command::query::presented;
use crate::control::Order;
use crate::error::Error;
use crate::token::Wanted;

/// The order.
pub fn request(token: &Token) -> Result<Order, Error> {
    Ok(Order::Token(Wanted {
        peer: token.peer.clone(),
        purpose: token.purpose.clone(),
        present: presented(&token.present)?,
        self_issued: token.dcp.then(|| token.scope.clone()),
    }))
}
