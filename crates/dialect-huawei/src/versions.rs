//! `GET /` and `GET /{version_id}`: which versions of the API there are. Nobody has to say who
//! they are.

use serde::Serialize;

/// The one version.
const VERSION: &str = "v1.0";

#[derive(Serialize)]
struct Link {
    href: String,
    rel: &'static str,
}

#[derive(Serialize)]
struct ApiVersion {
    id: &'static str,
    links: [Link; 1],
    version: &'static str,
    status: &'static str,
    updated: &'static str,
    min_version: &'static str,
}

#[derive(Serialize)]
struct Versions {
    versions: [ApiVersion; 1],
}

#[derive(Serialize)]
struct OneVersion {
    version: ApiVersion,
}

/// What a version query asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Query {
    /// All of them.
    All,
    /// The one there is.
    One,
}

/// The version query that a request is, if it is one. The link in an answer ends in a slash, so
/// following it works too.
pub(crate) fn query(method: &str, path: &str) -> Option<Query> {
    match (method, path) {
        ("GET", "/") => Some(Query::All),
        ("GET", "/v1.0" | "/v1.0/") => Some(Query::One),
        _ => None,
    }
}

/// The name under which a version query is logged.
pub(crate) const fn name(query: Query) -> &'static str {
    match query {
        Query::All => "versions",
        Query::One => "version",
    }
}

/// The answer; `base` is the URL of this server without a slash at its end.
pub(crate) fn answer(query: Query, base: &str) -> serde_json::Result<Vec<u8>> {
    let version = ApiVersion {
        id: VERSION,
        links: [Link { href: format!("{base}/{VERSION}/"), rel: "self" }],
        version: "",
        status: "CURRENT",
        updated: "2016-10-29T02:00:00Z",
        min_version: "",
    };
    match query {
        Query::All => serde_json::to_vec(&Versions { versions: [version] }),
        Query::One => serde_json::to_vec(&OneVersion { version }),
    }
}
