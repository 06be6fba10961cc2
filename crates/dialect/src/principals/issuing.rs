//! New access keys: what they look like is the vendor's, that nobody can guess them is not.

use std::ops::Range;

use import_engine::{Engine, Error, Material, NewAccessKey, Tenant, Timestamp};
use zeroize::Zeroizing;

/// How often an id is drawn until one is free.
const DRAWS: u32 = 4;

/// A text that is drawn by lot.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Drawn {
    /// How it begins.
    pub start: &'static str,
    /// What the rest of it consists of: up to 256 letters of ASCII.
    pub letters: &'static [u8],
    /// How long it is in all.
    pub length: usize,
}

impl Drawn {
    /// A new one.
    ///
    /// # Errors
    /// [`Error::Internal`].
    pub fn draw(&self, engine: &Engine) -> Result<Zeroizing<String>, Error> {
        let count = self.letters.len();
        // Bytes from here on would make the first letters likelier than the others.
        let fair = 256_usize.checked_rem(count).map(|rest| 256 - rest).ok_or_else(|| Error::internal("no letters"))?;
        let mut text = Zeroizing::new(String::with_capacity(self.length));
        text.push_str(self.start);
        while text.len() < self.length {
            let bytes = engine.random(self.length)?;
            let letters = bytes.expose().iter().map(|byte| usize::from(*byte)).filter(|byte| *byte < fair);
            for letter in letters.filter_map(|byte| self.letters.get(byte % count)).take(self.length - text.len()) {
                text.push(char::from(*letter));
            }
        }
        Ok(text)
    }

    /// Whether a text could have been drawn.
    pub fn fits(&self, text: &str) -> bool {
        text.len() == self.length
            && text.strip_prefix(self.start).is_some_and(|rest| rest.bytes().all(|byte| self.letters.contains(&byte)))
    }
}

/// How a vendor's access keys look.
#[derive(Clone, Copy, Debug)]
pub struct Issuing {
    /// Ids of access keys that last.
    pub lasting: Drawn,
    /// Ids of access keys that end.
    pub temporary: Drawn,
    /// Secrets.
    pub secret: Drawn,
    /// The tokens that come along with access keys that end.
    pub token: Drawn,
    /// Whether a token names its access key: behind its beginning stands that of the id without its own.
    pub token_names_key: bool,
}

/// A new access key. Its secrets are shown this once.
#[derive(Debug)]
pub struct Issued {
    /// The id.
    pub id: String,
    /// The secret.
    pub secret: Zeroizing<String>,
    /// The token that has to come along, if the key ends.
    pub token: Option<Zeroizing<String>>,
    /// When it ends, in the tenant's clock.
    pub expires_at: Option<Timestamp>,
}

impl Issuing {
    /// Whether an id looks like those that are issued.
    pub fn could_be(&self, access_id: &str) -> bool {
        self.lasting.fits(access_id) || self.temporary.fits(access_id)
    }

    /// A token that was drawn, naming an access key that ends if tokens do.
    fn named(&self, mut token: Zeroizing<String>, id: &str) -> Zeroizing<String> {
        let named = self.name_in(&token).zip(id.get(self.temporary.start.len()..));
        if let Some((place, name)) = named.filter(|(place, name)| self.token_names_key && place.len() == name.len()) {
            token.replace_range(place, name);
        }
        token
    }

    /// Where in a token its access key is named; nowhere if it is no token.
    fn name_in(&self, token: &str) -> Option<Range<usize>> {
        let start = self.token.start.len();
        let place = start..start.checked_add(self.temporary.length)?.checked_sub(self.temporary.start.len())?;
        (self.token.fits(token) && token.get(place.clone()).is_some()).then_some(place)
    }

    /// The id of the access key that a token names, if tokens do. Anybody can write such a token.
    pub fn named_by(&self, token: &str) -> Option<String> {
        let name = token.get(self.name_in(token)?)?;
        self.token_names_key.then(|| format!("{}{name}", self.temporary.start))
    }

    /// Makes an access key of a principal, which lasts or ends after so many seconds. `attributes`
    /// are kept with it. Nothing if there is no such principal.
    ///
    /// # Errors
    /// Of the engine.
    pub async fn issue(
        &self,
        engine: &Engine,
        tenant: &Tenant,
        principal: &str,
        seconds: Option<i64>,
        attributes: &str,
    ) -> Result<Option<Issued>, Error> {
        for _ in 0..DRAWS {
            let secret = self.secret.draw(engine)?;
            let form = if seconds.is_some() { self.temporary } else { self.lasting };
            let id = form.draw(engine)?;
            let token = seconds.map(|_| self.token.draw(engine).map(|token| self.named(token, &id))).transpose()?;
            let new = NewAccessKey {
                tenant: tenant.clone(),
                principal: principal.to_owned(),
                id: id.to_string(),
                secret: Material::copy_of(secret.as_bytes()),
                token: token.as_ref().map(|token| Material::copy_of(token.as_bytes())),
                lifetime_seconds: seconds,
                attributes: attributes.to_owned(),
            };
            match engine.issue_access_key(&new).await {
                Err(Error::NameTaken(_)) => {}
                outcome => {
                    let made = outcome?;
                    return Ok(made.map(|key| Issued { id: key.id, secret, token, expires_at: key.expires_at }));
                }
            }
        }
        Err(Error::Busy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_may_name_its_key() {
        let drawn = |start, length| Drawn { start, letters: b"xyz", length };
        let issuing = Issuing {
            lasting: drawn("AK", 4),
            temporary: drawn("AK", 5),
            secret: drawn("", 3),
            token: drawn("T", 8),
            token_names_key: true,
        };
        let token = Zeroizing::new("Txxxxxxx".to_owned());
        let named = issuing.named(token.clone(), "AKyzy");
        assert_eq!(*named, "Tyzyxxxx");
        assert_eq!(issuing.named_by(&named).as_deref(), Some("AKyzy"));
        for other in ["", "Tyzy", "Tyzyxxxxx", "xyzyxxxx", "Tyzyxxx\u{e9}"] {
            assert_eq!(issuing.named_by(other), None, "{other}");
        }
        // Nothing is put where it does not fit, nor where tokens do not name keys.
        assert_eq!(issuing.named(token.clone(), "AK"), token);
        let silent = Issuing { token_names_key: false, ..issuing };
        assert_eq!(silent.named(token.clone(), "AKyzy"), token);
        assert_eq!(silent.named_by(&named), None);
        let short = Issuing { token: drawn("T", 3), ..issuing };
        assert_eq!(*short.named(Zeroizing::new("Txx".to_owned()), "AKyzy"), "Txx");
    }

    #[test]
    fn a_text_fits_what_it_could_be_drawn_from() {
        let drawn = Drawn { start: "AK", letters: b"xyz", length: 5 };
        for (text, expected) in
            [("AKxyz", true), ("AKxxx", true), ("AKxy", false), ("AKxyzz", false), ("KAxyz", false), ("AKabc", false)]
        {
            assert_eq!(drawn.fits(text), expected, "{text}");
        }
    }
}
