//! Requests of the admin API that are a dialect's matter: who may act for its tenants.

use import_engine::Error;
use serde_json::Value;

/// A request about one tenant.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// `GET`, `PUT`, `POST`, `DELETE`.
    pub method: &'a str,
    /// The path after the tenant's.
    pub path: &'a [&'a str],
    /// The body; null if there is none.
    pub body: &'a Value,
}

/// Why a request was not answered.
#[derive(Debug, PartialEq)]
pub enum Unanswered {
    /// There is nothing at this path.
    NotThere,
    /// What is there takes these methods only.
    Method(&'static [&'static str]),
    /// The body does not say what it should; the sentence.
    Bad(String),
    /// What is asked about does not exist; the sentence.
    Missing(String),
    /// It cannot be, as things are; the sentence.
    Conflict(String),
    /// The engine refused.
    Engine(Error),
}

impl Unanswered {
    /// A body that does not say what it should.
    pub fn bad(sentence: impl Into<String>) -> Self {
        Self::Bad(sentence.into())
    }

    /// The refusal as a sentence.
    pub fn sentence(self) -> String {
        match self {
            Self::NotThere => "there is nothing here".to_owned(),
            Self::Method(methods) => format!("this takes {}", methods.join(" or ")),
            Self::Bad(sentence) | Self::Missing(sentence) | Self::Conflict(sentence) => sentence,
            Self::Engine(error) => error.to_string(),
        }
    }
}

impl From<Error> for Unanswered {
    fn from(error: Error) -> Self {
        Self::Engine(error)
    }
}

impl Asked<'_> {
    /// Refuses other methods.
    ///
    /// # Errors
    /// [`Unanswered::Method`].
    pub fn only(&self, methods: &'static [&'static str]) -> Result<(), Unanswered> {
        if methods.contains(&self.method) { Ok(()) } else { Err(Unanswered::Method(methods)) }
    }
}
