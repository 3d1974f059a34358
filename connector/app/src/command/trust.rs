//! `adit trust`

use crate::cli::{Circle, Trust};
use crate::command::asked::period;
use crate::control::Order;
use crate::error::Error;
use crate::folder::Folder;
use crate::trust::Wanted;
use std::path::{Path, PathBuf};

/// The order.
///
/// # Errors
/// What is no DID, or no date.
pub fn request(folder: &Folder, what: &Trust) -> Result<Order, Error> {
    Ok(Order::Trust(match what {
        Trust::Show => Wanted::Show,
        Trust::Block { did } => Wanted::Block { did: did.parse()?, blocked: true },
        Trust::Unblock { did } => Wanted::Block { did: did.parse()?, blocked: false },
        Trust::Add { did, kind, from, until, note } => {
            let asked = period(folder, from.as_ref(), until.as_ref())?;
            let (kind, note) = (kind.clone(), note.clone());
            Wanted::Add { did: did.parse()?, kind, from: asked.since, until: asked.until, note }
        }
        Trust::Refuse { did, kind } => Wanted::Refuse { did: did.parse()?, kind: kind.clone() },
        Trust::Remove { did } => Wanted::Remove { did: did.parse()? },
        Trust::Sign { file, output } => {
            let is_draft = file.extension().is_some_and(|extension| extension == "toml");
            let output = match output {
                Some(output) => output,
                None if is_draft => &file.with_extension("list"),
                None => file,
            };
            Wanted::Sign { file: absolute(file)?, output: absolute(output)? }
        }
        Trust::Circle(Circle::Draft { circle, output }) => {
            Wanted::Draft { circle: circle.clone(), output: absolute(output)? }
        }
        Trust::Circle(Circle::Add { list, pin }) => {
            let from = match list.starts_with("https://") {
                true => list.clone(),
                false => absolute(Path::new(list))?.display().to_string(),
            };
            Wanted::AddCircle { from, pin: pin.clone() }
        }
        Trust::Circle(Circle::Remove { circle }) => Wanted::RemoveCircle { circle: circle.clone() },
    }))
}

/// The server works in another folder than whoever types.
fn absolute(path: &Path) -> Result<PathBuf, Error> {
    std::path::absolute(path).map_err(|e| Error::file(path, e))
}
