//! Holes in vectors: `${name}`, `${repeat N TEXT}`.

use std::collections::HashMap;

/// What is bound to names.
#[derive(Default, Debug)]
pub struct Holes {
    values: HashMap<String, String>,
}

impl Holes {
    /// Binds a name.
    pub fn bind(&mut self, name: &str, value: &str) {
        self.values.insert(name.to_owned(), value.to_owned());
    }

    /// A value that a name must have by now.
    pub fn value(&self, name: &str) -> Result<&str, String> {
        self.values.get(name).map(String::as_str).ok_or_else(|| format!("nothing is given for {name}"))
    }

    /// A text whose holes are all filled, except those for signatures.
    pub fn filled(&self, text: &str) -> Result<String, String> {
        let mut filled = String::new();
        for piece in pieces(text) {
            match piece {
                Piece::Text(text) => filled.push_str(text),
                Piece::Hole(name) if name.starts_with("signed") => filled.push_str(&format!("${{{name}}}")),
                Piece::Hole(name) => match name.strip_prefix("repeat ").and_then(|rest| rest.split_once(' ')) {
                    Some((count, text)) => {
                        filled.push_str(&text.repeat(count.parse().map_err(|_| format!("{count} is no number"))?));
                    }
                    None => filled.push_str(self.value(name)?),
                },
            }
        }
        Ok(filled)
    }

    /// Whether a text is one hole and nothing else.
    pub fn is_hole(text: &str) -> bool {
        matches!(pieces(text).as_slice(), [Piece::Hole(_)])
    }

    /// Matches a text with holes; free ones take what is there up to what follows them.
    pub fn matched(&mut self, due: &str, found: &str) -> Result<(), String> {
        let differs = || format!("{due:?} is due, not {found:?}");
        let pieces = pieces(due);
        let mut rest = found;
        for (at, piece) in pieces.iter().enumerate() {
            let (name, value) = match piece {
                Piece::Text(text) => (None, (*text).to_owned()),
                Piece::Hole(name) => match self.values.get(*name) {
                    Some(value) => (None, value.clone()),
                    None => {
                        let end = match pieces.get(at + 1) {
                            Some(Piece::Text(next)) => rest.find(next).ok_or_else(differs)?,
                            Some(Piece::Hole(_)) => return Err("two holes touch".to_owned()),
                            None => rest.len(),
                        };
                        (Some(*name), rest[..end].to_owned())
                    }
                },
            };
            rest = rest.strip_prefix(value.as_str()).ok_or_else(differs)?;
            if let Some(name) = name {
                if value.is_empty() {
                    return Err(format!("nothing is there for {name}"));
                }
                if !name.ends_with('*') {
                    self.bind(name, &value);
                }
            }
        }
        if rest.is_empty() { Ok(()) } else { Err(differs()) }
    }
}

#[derive(Debug)]
enum Piece<'a> {
    Text(&'a str),
    Hole(&'a str),
}

fn pieces(mut text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    while let Some((before, after)) = text.split_once("${")
        && let Some((name, after)) = after.split_once('}')
    {
        if !before.is_empty() {
            pieces.push(Piece::Text(before));
        }
        pieces.push(Piece::Hole(name));
        text = after;
    }
    if !text.is_empty() {
        pieces.push(Piece::Text(text));
    }
    pieces
}
