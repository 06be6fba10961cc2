//! Texts of a policy in which `*` and `?` stand for other characters and `${…}` for a value of the
//! request.

use dialect::wildcard::{Token, fits as glob};

use super::facts::Facts;

/// A text of a policy, taken apart.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Pattern(Vec<Piece>);

#[derive(Clone, PartialEq, Eq, Debug)]
enum Piece {
    Token(Token),
    /// A policy variable: its name, and what it stands for where the request has no such key.
    Variable {
        name: String,
        default: Option<String>,
    },
}

/// Which characters of a text mean more than themselves.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Reading {
    /// `*` and `?`.
    pub wildcards: bool,
    /// `${…}`, which policies of the version of 2012 have.
    pub variables: bool,
}

impl Pattern {
    /// Reads a text. What looks like a variable and is none stays as it stands.
    pub fn read(text: &str, reading: Reading) -> Self {
        let mut pieces = Vec::with_capacity(text.len());
        let mut rest = text;
        while let Some(character) = rest.chars().next() {
            if reading.variables
                && let Some((piece, after)) = variable(rest)
            {
                pieces.push(piece);
                rest = after;
                continue;
            }
            pieces.push(Piece::Token(match character {
                '*' if reading.wildcards => Token::Any,
                '?' if reading.wildcards => Token::One,
                other => Token::Character(other),
            }));
            rest = rest.get(character.len_utf8()..).unwrap_or_default();
        }
        Self(pieces)
    }

    /// The names of the context keys that its variables look at.
    pub fn variables(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|piece| match piece {
            Piece::Variable { name, .. } => Some(name.as_str()),
            Piece::Token(_) => None,
        })
    }

    /// Whether a text fits. It does not if a variable has no single value.
    pub fn fits(&self, text: &str, facts: &Facts) -> bool {
        self.resolved(facts).is_some_and(|tokens| glob(&tokens, &characters(text), false))
    }

    /// Whether a text fits, upper and lower case of ASCII being the same.
    pub fn fits_in_any_case(&self, text: &str, facts: &Facts) -> bool {
        self.resolved(facts).is_some_and(|tokens| glob(&tokens, &characters(text), true))
    }

    /// Whether an ARN fits, each of its six parts by itself. A lone `*` takes any.
    pub fn fits_arn(&self, arn: &str, facts: &Facts) -> bool {
        let Some(tokens) = self.resolved(facts) else { return false };
        if tokens == [Token::Any] {
            return true;
        }
        let wanted: Vec<&[Token]> = tokens.splitn(6, |token| *token == Token::Character(':')).collect();
        let found: Vec<&str> = arn.splitn(6, ':').collect();
        wanted.len() == 6
            && found.len() == 6
            && wanted.iter().zip(found).all(|(wanted, found)| glob(wanted, &characters(found), false))
    }

    fn resolved(&self, facts: &Facts) -> Option<Vec<Token>> {
        let mut tokens = Vec::with_capacity(self.0.len());
        for piece in &self.0 {
            match piece {
                Piece::Token(token) => tokens.push(*token),
                Piece::Variable { name, default } => {
                    let value = match facts.get(name) {
                        Some(_) => facts.single(name)?,
                        None => default.as_deref()?,
                    };
                    // A value's own characters stand for nothing but themselves.
                    tokens.extend(value.chars().map(Token::Character));
                }
            }
        }
        Some(tokens)
    }
}

/// The variable that a text begins with, and what follows it.
fn variable(text: &str) -> Option<(Piece, &str)> {
    let (inner, after) = text.strip_prefix("${")?.split_once('}')?;
    let piece = match inner {
        "*" => Piece::Token(Token::Character('*')),
        "?" => Piece::Token(Token::Character('?')),
        "$" => Piece::Token(Token::Character('$')),
        _ => {
            let (name, default) = match inner.split_once(',') {
                Some((name, default)) => {
                    (name, Some(default.trim().strip_prefix('\'')?.strip_suffix('\'')?.to_owned()))
                }
                None => (inner, None),
            };
            let name = name.trim();
            name.contains(':').then(|| Piece::Variable { name: name.to_ascii_lowercase(), default })?
        }
    };
    Some((piece, after))
}

fn characters(text: &str) -> Vec<char> {
    text.chars().collect()
}
