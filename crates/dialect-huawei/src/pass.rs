//! IAM tokens: what `X-Auth-Token` carries.
//!
//! A token is a sealed note of who got it, for which project, until when. Nothing is stored: it
//! survives restarts, every replica reads it, and it ends by itself. Who holds the user name is
//! looked up anew with every use, so a credential that is taken away takes its tokens with it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use import_engine::{Engine, Error, Timestamp};
use serde::{Deserialize, Serialize};

use crate::VENDOR;

/// How long a token is good, in seconds.
pub(crate) const LIFETIME_SECONDS: i64 = 24 * 60 * 60;

const KIND: &str = "iam token";

/// Whom a token is for.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
pub(crate) enum Bearer {
    /// Whoever has this access id.
    AccessId(String),
    /// A user or an agency.
    Member {
        /// The home account of their domain.
        home: String,
        /// The principal's name there.
        name: String,
        /// Their id as a user. Whoever is given the same name later is somebody else.
        user_id: String,
        /// Of an agency: the session's name.
        session: String,
        /// Of a user who told a password: which one it was ([`Password::version`](crate::directory::Password)).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        password: Option<String>,
    },
}

/// What a token says. Its instants are real time.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
pub(crate) struct Pass {
    /// Whom it is for.
    pub bearer: Bearer,
    /// The project it is for; none if it is for the whole domain.
    pub project: Option<String>,
    /// The region that the project was named by, if it was.
    pub region: Option<String>,
    /// Its end, in microseconds since 1970.
    expires_at: i64,
}

impl Pass {
    /// A token from now on.
    pub(crate) fn new(bearer: Bearer, project: Option<String>, region: Option<String>, now: Timestamp) -> Self {
        Self { bearer, project, region, expires_at: now.plus_seconds(LIFETIME_SECONDS).0 }
    }

    /// From when on it is no longer good.
    pub(crate) fn expires_at(&self) -> Timestamp {
        Timestamp(self.expires_at)
    }

    /// The text that the caller gets.
    pub(crate) fn seal(&self, engine: &Engine) -> Result<String, Error> {
        let plain = serde_json::to_vec(self).map_err(Error::internal)?;
        Ok(STANDARD.encode(engine.seal_handout(VENDOR, KIND, &plain)?))
    }

    /// Reads a token back; `None` for anything that this server did not make.
    pub(crate) fn open(engine: &Engine, text: &str) -> Result<Option<Self>, Error> {
        let Ok(sealed) = STANDARD.decode(text) else { return Ok(None) };
        match engine.open_handout(VENDOR, KIND, &sealed) {
            Ok(plain) => Ok(serde_json::from_slice(plain.expose()).ok()),
            Err(Error::CiphertextInvalid) => Ok(None),
            Err(fault) => Err(fault),
        }
    }
}
