//! Sealed bytes that a dialect hands to its callers and gets back: session tokens, paging marks.
//!
//! Nothing is stored. What a handout says is the dialect's matter, and so is its end, which has to
//! stand inside.

use crate::engine::Engine;
use crate::error::Error;
use crate::material::Material;
use crate::sealing::Purpose;

impl Engine {
    /// Seals bytes so that only this server, or another replica on the same master key, can read
    /// them, and nobody else can make or change them. `kind` keeps one vendor's kinds of handout
    /// apart.
    ///
    /// # Errors
    /// [`Error::Internal`].
    pub fn seal_handout(&self, vendor: &str, kind: &str, plain: &[u8]) -> Result<Vec<u8>, Error> {
        Ok(self.sealing.seal(Purpose::Handout, &place(vendor, kind), plain)?.0)
    }

    /// Opens what [`Engine::seal_handout`] made for this vendor and kind.
    ///
    /// # Errors
    /// [`Error::CiphertextInvalid`] for anything else.
    pub fn open_handout(&self, vendor: &str, kind: &str, sealed: &[u8]) -> Result<Material, Error> {
        self.sealing.open(Purpose::Handout, &place(vendor, kind), sealed)
    }
}

/// The second word of a place is the account, which a handout has not.
fn place<'a>(vendor: &'a str, kind: &'a str) -> [&'a str; 3] {
    [vendor, "", kind]
}
