//! The QR code of an item's own IRI.

use crate::error::Error;
use qrcode::{Color, EcLevel, QrCode};
use std::fmt::Write;

/// The light border that readers need, in modules.
const QUIET_ZONE: usize = 4;

/// A QR code as one path of an SVG: the side of its square in modules, and the path of the dark ones.
pub(super) struct Code {
    /// Modules on a side, with the quiet zone.
    pub(super) side: usize,
    /// The dark modules, for the attribute `d`.
    pub(super) path: String,
}

impl Code {
    /// The code of a text, with a quarter of its modules to spare: labels on machines get scratched.
    ///
    /// # Errors
    /// [`Error::Internal`] where the text is longer than any code.
    pub(super) fn of(text: &str) -> Result<Self, Error> {
        let code = QrCode::with_error_correction_level(text, EcLevel::Q)
            .or_else(|_| QrCode::with_error_correction_level(text, EcLevel::L))
            .map_err(|e| Error::Internal(format!("the QR code of {text}: {e}")))?;
        let width = code.width();
        let mut path = String::new();
        for (row, modules) in code.to_colors().chunks(width).enumerate() {
            let mut column = 0;
            for run in modules.chunk_by(|one, next| one == next) {
                if run[0] == Color::Dark {
                    let (x, y, length) = (column + QUIET_ZONE, row + QUIET_ZONE, run.len());
                    write!(path, "M{x} {y}h{length}v1h-{length}z")
                        .expect("a string takes any text");
                }
                column += run.len();
            }
        }
        Ok(Self { side: width + 2 * QUIET_ZONE, path })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_row_of_a_code_begins_and_ends_with_a_finder() {
        let code = Code::of("https://id.example/p/1/2").unwrap();
        assert_eq!(code.side, 29 + 8, "version 3");
        assert!(code.path.starts_with("M4 4h7v1h-7z"), "{}", code.path);
        assert!(code.path.contains("M26 4h7v1h-7z"));
    }

    #[test]
    fn a_text_that_no_code_holds_is_an_error() {
        assert!(Code::of(&"x".repeat(5000)).is_err());
    }
}
