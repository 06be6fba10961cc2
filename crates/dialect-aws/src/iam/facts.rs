//! What the conditions of a policy look at: context keys with their values.

use std::collections::BTreeMap;

/// Context keys of one request. Their names are compared without regard to case.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(crate) struct Facts(BTreeMap<String, Vec<String>>);

impl Facts {
    /// Adds a value to a key.
    pub fn add(&mut self, name: &str, value: impl Into<String>) {
        self.0.entry(name.to_ascii_lowercase()).or_default().push(value.into());
    }

    /// Gives a key these values and no others. Without values there is no such key.
    pub fn set<V: Into<String>>(&mut self, name: &str, values: impl IntoIterator<Item = V>) {
        let values: Vec<String> = values.into_iter().map(Into::into).collect();
        if values.is_empty() {
            self.0.remove(&name.to_ascii_lowercase());
        } else {
            self.0.insert(name.to_ascii_lowercase(), values);
        }
    }

    /// The values of a key; `None` if the request has no such key.
    pub fn get(&self, name: &str) -> Option<&[String]> {
        self.0.get(&name.to_ascii_lowercase()).map(Vec::as_slice)
    }

    /// The value of a key that has exactly one.
    pub fn single(&self, name: &str) -> Option<&str> {
        match self.get(name) {
            Some([value]) => Some(value),
            _ => None,
        }
    }

    /// Takes in all keys of another set; its values replace those that are here.
    pub fn extend(&mut self, other: &Self) {
        self.0.extend(other.0.iter().map(|(name, values)| (name.clone(), values.clone())));
    }
}
