//! What rights are rights to: names of six segments between colons,
//! `qcs::kms:<region>:uin/<account>:key/creatorUin/<creator>/<id>`.

use std::fmt;

use dialect::wildcard::{fits, tokens};

use crate::identity::resource_id;

/// What a request is about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Resource {
    region: String,
    account: String,
    path: String,
}

impl Resource {
    /// All keys of an account in a region: what requests are about that name none.
    pub fn all(account: &str, region: &str) -> Self {
        Self::new(account, region, "key/*".to_owned())
    }

    /// One key, hosted data key or white-box key.
    pub fn one(account: &str, region: &str, creator_uin: &str, id: &str) -> Self {
        Self::new(account, region, format!("key/{}", resource_id(creator_uin, id)))
    }

    fn new(account: &str, region: &str, path: String) -> Self {
        Self { region: region.to_owned(), account: account.to_owned(), path }
    }

    /// Whether a right to what a pattern names is one to this. A region or an account that the pattern
    /// leaves empty is any.
    pub fn is_covered_by(&self, pattern: &str) -> bool {
        let Some(pattern) = Pattern::read(pattern) else { return false };
        let covers = |pattern: &str, text: &str| fits(&tokens(pattern), &text.chars().collect::<Vec<char>>(), false);
        match pattern {
            Pattern::Everything => true,
            Pattern::Named { region, account, path } => {
                (region.is_empty() || covers(region, &self.region))
                    && (account.is_empty() || covers(account, &format!("uin/{}", self.account)))
                    && covers(path, &self.path)
            }
        }
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "qcs::kms:{}:uin/{}:{}", self.region, self.account, self.path)
    }
}

/// What a right may be restricted to.
enum Pattern<'a> {
    Everything,
    Named { region: &'a str, account: &'a str, path: &'a str },
}

/// The most characters of a pattern.
const LENGTH_MAX: usize = 256;

impl<'a> Pattern<'a> {
    fn read(text: &'a str) -> Option<Self> {
        if text == "*" {
            return Some(Self::Everything);
        }
        let is_sound = text.len() <= LENGTH_MAX && text.bytes().all(|byte| byte.is_ascii_graphic());
        let mut segments = text.split(':');
        // The second is that of projects, which resources of this service are in none of.
        let (Some("qcs"), Some(""), Some("kms" | "*")) = (segments.next(), segments.next(), segments.next()) else {
            return None;
        };
        let (region, account, path) = (segments.next()?, segments.next()?, segments.next()?);
        let is_account = account.is_empty() || account == "*" || account.starts_with("uin/");
        let is_path = path == "*" || path.starts_with("key/");
        let is_whole = segments.next().is_none();
        (is_sound && is_whole && is_account && is_path).then_some(Self::Named { region, account, path })
    }
}

/// Whether a text is something that rights can be restricted to; `*` in it stands for any characters.
pub(crate) fn is_pattern(text: &str) -> bool {
    Pattern::read(text).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_the_vendors() {
        let one = Resource::one("100", "ap-guangzhou", "200", "k");
        assert_eq!(one.to_string(), "qcs::kms:ap-guangzhou:uin/100:key/creatorUin/200/k");
        assert_eq!(Resource::all("100", "").to_string(), "qcs::kms::uin/100:key/*");
    }

    #[test]
    fn patterns_cover_what_they_name() {
        let one = Resource::one("100", "ap-guangzhou", "200", "k");
        let all = Resource::all("100", "ap-guangzhou");
        for (pattern, covers_one, covers_all) in [
            ("*", true, true),
            ("qcs::kms:::key/*", true, true),
            ("qcs::kms::uin/100:*", true, true),
            ("qcs::kms:ap-guangzhou:uin/100:key/*", true, true),
            ("qcs::kms:ap-*:*:key/*", true, true),
            ("qcs::kms:ap-guangzhou:uin/100:key/creatorUin/*", true, false),
            ("qcs::kms:ap-guangzhou:uin/100:key/creatorUin/200/*", true, false),
            ("qcs::kms:ap-guangzhou:uin/100:key/creatorUin/200/k", true, false),
            ("qcs::kms:ap-guangzhou:uin/100:key/creatorUin/200/K", false, false),
            ("qcs::kms:ap-guangzhou:uin/100:key/creatorUin/100/*", false, false),
            ("qcs::kms:ap-shanghai::key/*", false, false),
            ("qcs::kms::uin/101:key/*", false, false),
            ("qcs::kms::uin/10:key/*", false, false),
        ] {
            assert!(is_pattern(pattern), "{pattern}");
            assert_eq!((one.is_covered_by(pattern), all.is_covered_by(pattern)), (covers_one, covers_all), "{pattern}");
        }
    }

    #[test]
    fn what_is_no_pattern() {
        for bad in [
            "",
            "key/*",
            "qcs::kms",
            "qcs::kms:::",
            "qcs::kms:::disk/1",
            "qcs::cos:::key/*",
            "qcs:1:kms:::key/*",
            "acs::kms:::key/*",
            "qcs::kms::100:key/*",
            "qcs::kms:::key/a:b",
            "qcs::kms:::key/ ",
            &format!("qcs::kms:::key/{}", "x".repeat(LENGTH_MAX)),
        ] {
            assert!(!is_pattern(bad), "{bad}");
            assert!(!Resource::all("100", "").is_covered_by(bad), "{bad}");
        }
    }
}
