//! The keys of the folder: sealed at rest, opened when the folder is, replaced while the server answers.

mod first;
mod issued;
mod keystore;
mod life;
mod order;
mod owner;
mod secret;
mod trouble;

pub use first::{Kept, keep_first, name_in_settings, naming, note};
pub use keystore::Keystore;
pub use life::tend;
pub use order::{Rotate, list, named, retire, rotate};
pub use owner::{has_owner, keep_owner};
pub use secret::{Chosen, Places, Secret};
pub use trouble::KeyTrouble;
