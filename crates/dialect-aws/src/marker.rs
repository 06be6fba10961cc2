//! Where a list goes on: opaque to clients, and good for the list only that gave it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::errors::Refusal;

/// The markers of one list, by what stands in them before the name that the list continues after.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Marker(pub &'static str);

impl Marker {
    /// The marker after a name.
    pub fn write(self, name: &str) -> String {
        STANDARD.encode(format!("{}{name}", self.0))
    }

    /// The name that a marker continues after.
    ///
    /// # Errors
    /// [`Refusal::InvalidMarker`] if no page of this list ended with it.
    pub fn read(self, marker: &str) -> Result<String, Refusal> {
        let bytes = STANDARD.decode(marker).map_err(|_| Refusal::InvalidMarker)?;
        let text = String::from_utf8(bytes).map_err(|_| Refusal::InvalidMarker)?;
        text.strip_prefix(self.0).map(str::to_owned).ok_or(Refusal::InvalidMarker)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markers_come_back_and_others_do_not() {
        let marker = Marker("tags/");
        assert_eq!(marker.read(&marker.write("ä/ö")), Ok("ä/ö".to_owned()));
        for bad in ["x", "dGFn", "/w==", &Marker("keys/").write("k")] {
            assert_eq!(marker.read(bad), Err(Refusal::InvalidMarker), "{bad}");
        }
    }
}
