//! Rights as a list of actions, for vendors whose policies are not spoken here.

use serde::{Deserialize, Serialize};

use crate::wildcard::{fits, tokens};

/// The longest pattern.
const LENGTH_MAX: usize = 128;
/// The most patterns of one kind.
const COUNT_MAX: usize = 512;

/// What somebody may do in a tenant.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Standing {
    /// Everything.
    Root,
    /// This.
    Limited(Rights),
}

impl Standing {
    /// Whether they may do what goes by one or several names, on whatever it is.
    pub fn allows(&self, names: &[&str]) -> bool {
        match self {
            Self::Root => true,
            Self::Limited(rights) => rights.allow(names),
        }
    }
}

/// What somebody may do: patterns of actions, in which `*` stands for any characters.
#[derive(Clone, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct Rights {
    /// What is allowed.
    pub actions: Vec<String>,
    /// What is not, whatever is allowed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub denied_actions: Vec<String>,
    /// On what it is allowed, in the vendor's words; none stands for everything. The vendor's dialect
    /// reads them: [`Rights::allow`] does not.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<String>,
}

impl Rights {
    /// Whether something is allowed that goes by one or several names: one of them suffices to allow
    /// it, and one to deny it. Upper and lower case are the same.
    pub fn allow(&self, names: &[&str]) -> bool {
        takes(&self.actions, names) && !self.deny(names)
    }

    /// Whether something is denied.
    pub fn deny(&self, names: &[&str]) -> bool {
        takes(&self.denied_actions, names)
    }

    /// Holds the patterns against the form of actions.
    ///
    /// # Errors
    /// A sentence that says what is wrong.
    pub fn check(&self) -> Result<(), String> {
        if self.resources.len() > COUNT_MAX {
            return Err(format!("there are at most {COUNT_MAX} resources"));
        }
        for patterns in [&self.actions, &self.denied_actions] {
            if patterns.len() > COUNT_MAX {
                return Err(format!("there are at most {COUNT_MAX} actions"));
            }
            if let Some(bad) = patterns.iter().find(|pattern| !is_pattern(pattern)) {
                return Err(format!("{bad} is no action: they are written as kms:WORD, with * for any characters"));
            }
        }
        Ok(())
    }
}

fn takes(patterns: &[String], names: &[&str]) -> bool {
    patterns.iter().any(|pattern| {
        let tokens = tokens(pattern);
        names.iter().any(|name| fits(&tokens, &name.chars().collect::<Vec<char>>(), true))
    })
}

fn is_pattern(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b":*_-/".contains(&byte);
    text.len() <= LENGTH_MAX && text.bytes().all(fits) && (text == "*" || text.contains(':'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rights(actions: &[&str], denied: &[&str]) -> Rights {
        let texts = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        Rights { actions: texts(actions), denied_actions: texts(denied), resources: Vec::new() }
    }

    #[test]
    fn patterns_allow_and_deny() {
        for (actions, denied, names, expected) in [
            (&["kms:cmk:get"][..], &[][..], &["kms:cmk:get"][..], true),
            (&["kms:cmk:get"], &[], &["kms:cmk:getMaterial"], false),
            (&["KMS:CMK:GET"], &[], &["kms:cmk:get"], true),
            (&["kms:cmk:*"], &[], &["kms:dek:create", "kms:cmk:createDataKey"], true),
            (&["kms:cmk:*"], &["kms:dek:*"], &["kms:dek:create", "kms:cmk:createDataKey"], false),
            (&["kms:*:*"], &["kms:cmk:delete"], &["kms:cmk:get"], true),
            (&["*"], &[], &["anything"], true),
            (&[], &[], &["kms:cmk:get"], false),
            (&["kms:*:get"], &[], &["kms:cmk:list"], false),
        ] {
            assert_eq!(rights(actions, denied).allow(names), expected, "{actions:?} {denied:?} {names:?}");
        }
    }

    #[test]
    fn a_root_may_do_everything() {
        assert!(Standing::Root.allows(&["kms:any"]));
        assert!(Standing::Limited(rights(&["kms:a"], &[])).allows(&["kms:b", "kms:a"]));
        assert!(!Standing::Limited(rights(&["kms:a"], &[])).allows(&["kms:b"]));
    }

    #[test]
    fn what_is_no_action() {
        assert!(rights(&["*", "kms:Encrypt", "kms:cmk:get", "kms:*:*"], &["kms:cmk:*"]).check().is_ok());
        for bad in ["", "kms", "kms.cmk:get", "kms:cmk:get ", &format!("kms:{}", "x".repeat(LENGTH_MAX))] {
            assert!(rights(&[bad], &[]).check().is_err(), "{bad}");
            assert!(rights(&[], &[bad]).check().is_err(), "{bad}");
        }
    }
}
