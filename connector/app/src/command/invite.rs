//! `adit invite`

use crate::cli::Invite;
use crate::control::Order;
use crate::error::Error;
use crate::invite::Invitee;

/// The order.
pub fn request(invite: &Invite) -> Result<Order, Error> {
    Ok(Order::Invite(Invitee {
        did: invite.did.parse()?,
        number: invite.number.clone(),
        name: invite.name.clone(),
        output: std::path::absolute(&invite.output).map_err(|e| Error::file(&invite.output, e))?,
    }))
}
