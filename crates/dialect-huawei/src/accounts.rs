//! Which account a credential is, and how an account is written.
//!
//! An account is a project id: 32 lower-case hex digits, as in every path. A configured credential
//! is one project. In development `test` is whatever project its path names, and `test-NAME` is
//! that project in a world of its own: the account is then `PROJECT/NAME`, so that two names never
//! meet, not even under one project id.

use dialect::credentials::public_name;
use dialect::{Credentials, Trust};
use import_engine::Material;
use import_engine::primitives::sha256;

use crate::VENDOR;
use crate::settings::DEFAULT_REGION;

/// The access id, and at the same time the user name, that everybody knows in development.
const PUBLIC: &str = "test";
/// The name of the domain that all accounts without a name belong to.
pub(crate) const PLAIN_DOMAIN: &str = "polykms";

/// Whose an access id or a user name is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Holder {
    /// The public one: any project, seen by everybody.
    Public,
    /// A public one with a name: any project, seen under that name only.
    Named(String),
    /// A configured one: this project and no other.
    Project(String),
}

/// What proves that a caller is who they say.
#[derive(Debug)]
pub(crate) enum Secret {
    /// Knowing this.
    Is(Material),
    /// Nothing: the server takes any credential.
    Any,
}

/// Looks an access id (or a user name, which is the same here) up.
pub(crate) fn holder(credentials: &Credentials, access_id: &str) -> Option<(Holder, Secret)> {
    let is_open = credentials.trust() == Trust::Open;
    let secret = |known: Material| if is_open { Secret::Any } else { Secret::Is(known) };
    if let Some(configured) = credentials.configured(VENDOR, access_id) {
        return Some((Holder::Project(configured.account.clone()), secret(configured.secret.clone())));
    }
    let public = || secret(Material::copy_of(PUBLIC.as_bytes()));
    if credentials.is_public() && access_id == PUBLIC {
        return Some((Holder::Public, public()));
    }
    if credentials.is_public()
        && let Some(name) = public_name(access_id)
    {
        return Some((Holder::Named(name.to_owned()), public()));
    }
    (is_open && !access_id.is_empty()).then(|| (Holder::Named(name_for(access_id)), Secret::Any))
}

/// A name for an access id that has no public form: itself if it could be one.
fn name_for(access_id: &str) -> String {
    if public_name(&format!("{PUBLIC}-{access_id}")).is_some() {
        access_id.to_owned()
    } else {
        hash_id(&["open", access_id])
    }
}

impl Holder {
    /// Whose an account is, as far as its users are concerned: of one with a name, all projects of
    /// that name; of one without, that project.
    pub(crate) fn of_account(account: &str) -> Self {
        match account.split_once('/') {
            Some((_, name)) => Self::Named(name.to_owned()),
            None => Self::Project(account.to_owned()),
        }
    }

    /// The account in which the users of this holder's domain are kept: a project's is itself, a
    /// domain's the project that it is told to have in the default region.
    pub(crate) fn home(&self) -> String {
        let project = self.project_in(DEFAULT_REGION);
        self.account(&project).unwrap_or(project)
    }

    /// The id of the user that the account itself is.
    pub(crate) fn root_id(&self) -> String {
        match self {
            Self::Public => hash_id(&["user", PUBLIC]),
            Self::Named(name) => hash_id(&["user", &format!("{PUBLIC}-{name}")]),
            Self::Project(project) => hash_id(&["user", "root", project]),
        }
    }

    /// The name of the user that the account itself is, who came with an access id.
    pub(crate) fn root_name(&self, access_id: &str) -> String {
        match self {
            Self::Public => PUBLIC.to_owned(),
            Self::Named(name) => format!("{PUBLIC}-{name}"),
            Self::Project(_) => access_id.to_owned(),
        }
    }

    /// The name of the domain.
    pub(crate) fn domain_name(&self) -> String {
        match self {
            Self::Public | Self::Project(_) => PLAIN_DOMAIN.to_owned(),
            Self::Named(name) => format!("{PUBLIC}-{name}"),
        }
    }

    /// The account that this holder has in a project; `None` if the project is not theirs.
    pub(crate) fn account(&self, project: &str) -> Option<String> {
        match self {
            Self::Public => Some(project.to_owned()),
            Self::Named(name) => Some(format!("{project}/{name}")),
            Self::Project(own) => (own == project).then(|| own.clone()),
        }
    }

    /// The one project that the vendor tells this holder to have in a region.
    pub(crate) fn project_in(&self, region: &str) -> String {
        match self {
            Self::Public => hash_id(&["project", PUBLIC, region]),
            Self::Named(name) => hash_id(&["project", PUBLIC, region, name]),
            Self::Project(own) => own.clone(),
        }
    }

    /// Whether this is the project that the holder is told to have in this region, and in no other.
    pub(crate) fn is_told(&self, project: &str, region: &str) -> bool {
        match self {
            Self::Public | Self::Named(_) => self.project_in(region) == project,
            Self::Project(_) => false,
        }
    }

    /// The domain (the vendor's word for a customer's account) that all projects of this holder
    /// belong to.
    pub(crate) fn domain(&self) -> String {
        match self {
            Self::Public | Self::Project(_) => domain_of(""),
            Self::Named(name) => domain_of(name),
        }
    }
}

/// The domain id of an account: one domain for each name, and one for all accounts without.
pub(crate) fn domain_id(account: &str) -> String {
    domain_of(account.split_once('/').map_or("", |(_, name)| name))
}

/// The account in which the users of an account's domain are kept.
pub(crate) fn home(account: &str) -> String {
    Holder::of_account(account).home()
}

/// The id of the domain of a name; of an empty one, that of all accounts without a name.
pub(crate) fn domain_of(name: &str) -> String {
    hash_id(&["domain", name])
}

/// An identifier in the vendor's form (32 lower-case hex digits) that is always the same for the
/// same words.
pub(crate) fn hash_id(words: &[&str]) -> String {
    let mut text = String::from("polykms huawei");
    for word in words {
        text.push('\0');
        text.push_str(word);
    }
    let mut id = hex::encode(sha256(text.as_bytes()));
    id.truncate(32);
    id
}

/// Whether a text is a project id.
pub(crate) fn is_project_id(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// The project that `GET /v3/projects?name=REGION` tells a public access id (`test`, `test-NAME`);
/// `None` for others.
pub fn default_project(access_id: &str, region: &str) -> Option<String> {
    public_holder(access_id).map(|holder| holder.project_in(region))
}

/// The account of a public access id in the project that the vendor would tell it in the default
/// region; `None` for others.
pub fn public_account(access_id: &str) -> Option<String> {
    let holder = public_holder(access_id)?;
    holder.account(&holder.project_in(DEFAULT_REGION))
}

fn public_holder(access_id: &str) -> Option<Holder> {
    if access_id == PUBLIC {
        return Some(Holder::Public);
    }
    public_name(access_id).map(|name| Holder::Named(name.to_owned()))
}

/// The account that a word of the admin API means: a project id, `PROJECT/NAME` (what `test-NAME`
/// has in a project of the caller's choice), a configured access id, or, where public credentials
/// count, `test` or `test-NAME` (their project in the default region).
pub fn resolve_account(credentials: &Credentials, word: &str) -> Option<String> {
    let (project, name) = word.split_once('/').map_or((word, None), |(project, name)| (project, Some(name)));
    if is_project_id(project) {
        let fits = name.is_none_or(|name| public_name(&format!("{PUBLIC}-{name}")).is_some());
        return fits.then(|| word.to_owned());
    }
    let (holder, _) = holder(credentials, word)?;
    holder.account(&holder.project_in(DEFAULT_REGION))
}

#[cfg(test)]
mod tests {
    use super::*;
    use dialect::Credential;

    const PROJECT: &str = "0dea2644dc80d5d22ff1c01e3ebea6fc";

    fn credentials(trust: Trust) -> Credentials {
        Credentials::new(trust).with(
            VENDOR,
            Credential { access_id: "AK".to_owned(), secret: Material::copy_of(b"SK"), account: PROJECT.to_owned() },
        )
    }

    fn account(trust: Trust, access_id: &str, project: &str) -> Option<String> {
        holder(&credentials(trust), access_id)?.0.account(project)
    }

    #[test]
    fn public_ids_count_in_development_only() {
        assert_eq!(account(Trust::Public, "test", PROJECT).as_deref(), Some(PROJECT));
        assert_eq!(account(Trust::Public, "test-a", PROJECT), Some(format!("{PROJECT}/a")));
        assert_eq!(account(Trust::Configured, "test", PROJECT), None);
        assert_eq!(account(Trust::Configured, "test-a", PROJECT), None);
        assert_eq!(account(Trust::Public, "somebody", PROJECT), None);
        assert_eq!(account(Trust::Open, "somebody", PROJECT), Some(format!("{PROJECT}/somebody")));
    }

    #[test]
    fn a_configured_id_has_one_project() {
        let other = "ffffffffffffffffffffffffffffffff";
        assert_eq!(account(Trust::Configured, "AK", PROJECT).as_deref(), Some(PROJECT));
        assert_eq!(account(Trust::Configured, "AK", other), None);
    }

    #[test]
    fn words_of_the_admin_api() {
        let known = |word: &str| resolve_account(&credentials(Trust::Public), word);
        assert_eq!(known(PROJECT).as_deref(), Some(PROJECT));
        assert_eq!(known(&format!("{PROJECT}/a")), Some(format!("{PROJECT}/a")));
        assert_eq!(known(&format!("{PROJECT}/")), None);
        assert_eq!(known("AK").as_deref(), Some(PROJECT));
        assert_eq!(known("test-a"), public_account("test-a"));
        assert!(known("test-a").unwrap().ends_with("/a"));
        assert_eq!(known("nobody"), None);
        assert_eq!(resolve_account(&credentials(Trust::Configured), "test"), None);
    }

    #[test]
    fn projects_and_domains_do_not_meet() {
        let regions = ["cn-north-4", "cn-east-3"];
        let mut projects: Vec<_> = ["test", "test-a", "test-b"]
            .iter()
            .flat_map(|id| regions.iter().map(|region| default_project(id, region).unwrap()))
            .collect();
        assert!(projects.iter().all(|project| is_project_id(project)));
        projects.sort();
        projects.dedup();
        assert_eq!(projects.len(), 6);
        assert_eq!(domain_id(&format!("{PROJECT}/a")), Holder::Named("a".to_owned()).domain());
        assert_eq!(domain_id(PROJECT), Holder::Public.domain());
        assert_ne!(domain_id(PROJECT), domain_id(&format!("{PROJECT}/a")));
    }
}
