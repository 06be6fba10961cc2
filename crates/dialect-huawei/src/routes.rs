//! Finding the line of the table that a request is for. Works on the path as it was sent: a `%2F`
//! does not make a new segment.

use dialect::Entry;
use dialect::signature::percent_decode;

use crate::errors::Refusal;

/// One line of the table: what a request must look like, and what serves it.
pub(crate) struct Route {
    /// The HTTP method.
    pub method: &'static str,
    /// The path; see [`Route::new`].
    pub template: &'static str,
    /// What serves it.
    pub entry: Entry<Refusal>,
    /// The IAM actions that allow it, any of them: the older name and the newer one.
    pub actions: &'static [&'static str],
    /// The status of its success. With 204 there is no body.
    pub status: u16,
}

impl Route {
    /// A route that answers 200. In the template `{name}` stands for one segment, whose value
    /// becomes the member of that name; `{name..}`, at its end, for everything that is left.
    pub(crate) const fn new(
        method: &'static str,
        template: &'static str,
        entry: Entry<Refusal>,
        actions: &'static [&'static str],
    ) -> Self {
        Self { method, template, entry, actions, status: 200 }
    }

    /// The same route, with another status of success.
    #[must_use]
    pub(crate) const fn answering(self, status: u16) -> Self {
        Self { status, ..self }
    }

    /// Whether there is anything to say in a body.
    pub(crate) fn takes_body(&self) -> bool {
        self.entry.input.iter().any(|member| !self.names().any(|name| name == member.name))
    }

    /// The names in the template.
    fn names(&self) -> impl Iterator<Item = &'static str> {
        self.template
            .split('/')
            .filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
            .map(|name| name.strip_suffix("..").unwrap_or(name))
    }

    /// The values of the template's names, if method and path are this route's.
    fn matched<'a>(&self, method: &str, path: &'a str) -> Option<Vec<(&'static str, &'a str)>> {
        if method != self.method {
            return None;
        }
        let mut values = Vec::new();
        let mut rest = Some(path);
        for wanted in self.template.split('/') {
            let (segment, after) = match rest?.split_once('/') {
                Some((segment, after)) => (segment, Some(after)),
                None => (rest?, None),
            };
            let name = wanted.strip_prefix('{').and_then(|name| name.strip_suffix('}'));
            match (name, name.and_then(|name| name.strip_suffix(".."))) {
                // Clients that do not encode what they put into a path send its slashes as they are.
                (_, Some(name)) => {
                    values.push((name, rest.filter(|rest| !rest.is_empty())?));
                    return Some(values);
                }
                (Some(name), None) if !segment.is_empty() => values.push((name, segment)),
                (None, None) if wanted == segment => {}
                _ => return None,
            }
            rest = after;
        }
        rest.is_none().then_some(values)
    }
}

/// A route and what its names stand for.
pub(crate) struct Match {
    pub route: &'static Route,
    values: Vec<(&'static str, Option<String>)>,
}

impl Match {
    /// The decoded value of a name; `None` if it is not text.
    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        self.values.iter().find(|(known, _)| *known == name).and_then(|(_, value)| value.as_deref())
    }

    /// All names with their decoded values; `None` where it is not text.
    pub(crate) fn values(&self) -> impl Iterator<Item = (&'static str, Option<&str>)> {
        self.values.iter().map(|(name, value)| (*name, value.as_deref()))
    }
}

/// The first line that a request fits. Literal segments stand before names in the table.
pub(crate) fn find(table: &'static [Route], method: &str, path: &str) -> Option<Match> {
    table.iter().find_map(|route| {
        let values = route.matched(method, path)?;
        let values =
            values.into_iter().map(|(name, raw)| (name, String::from_utf8(percent_decode(raw)).ok())).collect();
        Some(Match { route, values })
    })
}
