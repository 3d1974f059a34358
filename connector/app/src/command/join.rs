//! `adit join`

use crate::control::Order;
use crate::error::Error;
use crate::folder::Folder;
use std::path::Path;

/// The order.
pub fn request(invitation: &Path) -> Result<Order, Error> {
    let text = Folder::text(invitation)?;
    let invitation = serde_json::from_str(&text).map_err(|e| Error::Settings {
        path: invitation.to_owned(),
        message: format!("this is not an invitation as adit invite writes it: {e}"),
    })?;
    Ok(Order::Join(invitation))
}
