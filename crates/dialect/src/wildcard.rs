//! Texts in which `*` and `?` stand for other characters.

/// One element of a pattern.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Token {
    /// This character.
    Character(char),
    /// One character, whichever.
    One,
    /// Any characters, or none.
    Any,
}

/// The tokens of a text in which `*` stands for any characters.
pub fn tokens(text: &str) -> Vec<Token> {
    text.chars().map(|character| if character == '*' { Token::Any } else { Token::Character(character) }).collect()
}

/// Whether tokens take in a whole text: the last `*` that was passed takes one character more
/// whenever what follows it does not fit.
pub fn fits(tokens: &[Token], text: &[char], in_any_case: bool) -> bool {
    let same = |wanted: char, found: char| wanted == found || (in_any_case && wanted.eq_ignore_ascii_case(&found));
    let (mut at, mut position) = (0usize, 0usize);
    let mut last_star: Option<(usize, usize)> = None;
    while position < text.len() {
        let step = match (tokens.get(at), text.get(position)) {
            (Some(Token::Any), _) => {
                last_star = Some((at + 1, position));
                at += 1;
                continue;
            }
            (Some(Token::One), Some(_)) => true,
            (Some(Token::Character(wanted)), Some(found)) => same(*wanted, *found),
            _ => false,
        };
        if step {
            at += 1;
            position += 1;
        } else if let Some((after_star, taken_to)) = last_star {
            at = after_star;
            position = taken_to + 1;
            last_star = Some((after_star, taken_to + 1));
        } else {
            return false;
        }
    }
    tokens.get(at..).is_some_and(|rest| rest.iter().all(|token| *token == Token::Any))
}
