//! Parameters as they stand in a query string or a form body.

use zeroize::Zeroizing;

use crate::errors::Refusal;

/// One parameter, decoded. The value may be a plaintext, so it is wiped on drop.
pub(crate) struct Parameter {
    /// Its name, with dots for members and list items.
    pub name: String,
    /// Its value.
    pub value: Zeroizing<String>,
}

/// The parameters of a query string or form body, in the order received.
///
/// # Errors
/// An item without `=`, a name given twice, or anything that is not UTF-8.
pub(crate) fn parse(text: &str) -> Result<Vec<Parameter>, Refusal> {
    let mut parameters: Vec<Parameter> = Vec::new();
    for item in text.split('&').filter(|item| !item.is_empty()) {
        let (name, value) = item.split_once('=').ok_or(Refusal::UnsplitItem)?;
        let name = decode(name).ok_or(Refusal::NotText)?.to_string();
        let value = decode(value).ok_or(Refusal::NotText)?;
        parameters.push(Parameter { name, value });
    }
    let mut names: Vec<&str> = parameters.iter().map(|parameter| parameter.name.as_str()).collect();
    names.sort_unstable();
    if let Some(twice) = names.windows(2).find(|pair| pair[0] == pair[1]) {
        return Err(Refusal::Repeated(twice[0].to_owned()));
    }
    Ok(parameters)
}

/// Undoes percent-encoding; `+` is a space. A stray `%` stays as it is.
fn decode(text: &str) -> Option<Zeroizing<String>> {
    // Decoding never makes text longer, so the vector does not grow and leaves no copy behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len()));
    let mut rest = text.as_bytes();
    while let Some((&first, others)) = rest.split_first() {
        let (byte, left) = match (first, others) {
            (b'+', _) => (b' ', others),
            (b'%', [high, low, left @ ..]) => match (hex_digit(*high), hex_digit(*low)) {
                (Some(high), Some(low)) => (high * 16 + low, left),
                _ => (first, others),
            },
            _ => (first, others),
        };
        bytes.push(byte);
        rest = left;
    }
    match String::from_utf8(std::mem::take(&mut *bytes)) {
        Ok(text) => Some(Zeroizing::new(text)),
        Err(error) => {
            drop(Zeroizing::new(error.into_bytes()));
            None
        }
    }
}

fn hex_digit(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(text: &str) -> Vec<(String, String)> {
        parse(text).unwrap().into_iter().map(|found| (found.name, found.value.to_string())).collect()
    }

    #[test]
    fn decodes_in_order() {
        let expected = [("b".to_owned(), "1 2".to_owned()), ("a.0".to_owned(), "%é=".to_owned())];
        assert_eq!(pairs("b=1+2&&a%2E0=%%c3%a9%3D"), expected);
        assert!(pairs("").is_empty());
    }

    #[test]
    fn refuses_what_is_ambiguous() {
        assert_eq!(parse("a=1&b").err(), Some(Refusal::UnsplitItem));
        assert_eq!(parse("a=1&b=2&%61=3").err(), Some(Refusal::Repeated("a".into())));
        assert_eq!(parse("a=%ff").err(), Some(Refusal::NotText));
    }
}
