//! Public keys as PEM (RFC 7468).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

const BEGIN: &str = "-----BEGIN PUBLIC KEY-----";
const END: &str = "-----END PUBLIC KEY-----";
/// Characters of a line.
const LINE: usize = 64;
/// The most characters of a text that is looked at: far more than any public key has.
const TEXT_MAX: usize = 64 * 1024;

/// A `SubjectPublicKeyInfo` as PEM, every line with this end, the last one too.
pub fn write_public_key(spki: &[u8], line_end: &str) -> String {
    let text = STANDARD.encode(spki);
    let mut pem = format!("{BEGIN}{line_end}");
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let (line, after) = rest.split_at_checked(LINE).unwrap_or((rest, ""));
        pem.push_str(line);
        pem.push_str(line_end);
        rest = after;
    }
    pem.push_str(END);
    pem.push_str(line_end);
    pem
}

/// The bytes in a PEM, however its lines end, with spaces for their ends, or with none at all; `None` if it is no PEM of a
/// public key.
pub fn read_public_key(text: &str) -> Option<Vec<u8>> {
    if text.len() > TEXT_MAX {
        return None;
    }
    let body = text.trim().strip_prefix(BEGIN)?.strip_suffix(END)?;
    let body: String = body.split_ascii_whitespace().collect();
    STANDARD.decode(body).ok().filter(|bytes| !bytes.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_as_wanted() {
        let pem = write_public_key(&[7; 91], "\r\n");
        let lines: Vec<_> = pem.split("\r\n").collect();
        assert_eq!(lines.len(), 5);
        assert_eq!((lines[0], lines[1].len(), lines[3], lines[4]), (BEGIN, 64, END, ""));
        assert_eq!(pem.bytes().filter(|byte| *byte == b'\n').count(), 4);
        assert!(!write_public_key(&[7; 96], "\n").contains("\n\n"));
    }

    #[test]
    fn what_is_written_can_be_read_however_it_is_broken() {
        for length in [1, 48, 91, 96, 294] {
            let bytes = vec![7; length];
            let pem = write_public_key(&bytes, "\n");
            for text in [pem.clone(), pem.replace('\n', "\r\n"), pem.replace('\n', " "), pem.replace('\n', "")] {
                assert_eq!(read_public_key(&text), Some(bytes.clone()), "{text}");
            }
        }
    }

    #[test]
    fn nothing_else_is_a_public_key() {
        let body = STANDARD.encode([7; 30]);
        for bad in [
            "",
            BEGIN,
            &body,
            &format!("{BEGIN}{END}"),
            &format!("{BEGIN}{body}"),
            &format!("{BEGIN}{body}x{END}"),
            &format!("{BEGIN}{body}{END}{body}"),
            &format!("-----BEGIN RSA PUBLIC KEY-----{body}-----END RSA PUBLIC KEY-----"),
            &format!("{BEGIN}{}{END}", "A".repeat(TEXT_MAX)),
        ] {
            assert_eq!(read_public_key(bad), None, "{bad}");
        }
    }
}
