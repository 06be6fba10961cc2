//! Who may call: access ids with their secrets and accounts.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use import_engine::{Material, Tenant};

/// One access id of one vendor.
#[derive(Clone)]
pub struct Credential {
    /// The id that travels with each request.
    pub access_id: String,
    /// The secret that signs.
    pub secret: Material,
    /// The account it belongs to: AWS account id, Huawei project id, Tencent Uin.
    pub account: String,
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Credential({} of {})", self.access_id, self.account)
    }
}

/// How strictly callers are held to what they say.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Trust {
    /// Configured credentials only.
    Configured,
    /// Also the public test credentials (`polykms dev`): `test`/`test` and its kin. Each dialect's
    /// `accounts.rs` says which account they are.
    Public,
    /// Any access id with any secret (`polykms dev --auth open`): the form of the request is
    /// checked, the signature is not.
    Open,
}

/// The credentials of all vendors. The same access id of two vendors is two credentials.
#[derive(Clone, Debug)]
pub struct Credentials {
    trust: Trust,
    by_vendor: HashMap<(String, String), Credential>,
    /// Names of principals by vendor and access id.
    holders: HashMap<(String, String), String>,
    /// What principals are and may do, by tenant and name: the dialect's own JSON text.
    principals: BTreeMap<(Tenant, String), String>,
}

impl Credentials {
    /// No credentials but what `trust` brings.
    pub fn new(trust: Trust) -> Self {
        Self { trust, by_vendor: HashMap::new(), holders: HashMap::new(), principals: BTreeMap::new() }
    }

    /// Adds a configured credential.
    #[must_use]
    pub fn with(mut self, vendor: &str, credential: Credential) -> Self {
        self.by_vendor.insert((vendor.to_owned(), credential.access_id.clone()), credential);
        self
    }

    /// States that a configured credential is a principal's, and not the account's own.
    #[must_use]
    pub fn held_by(mut self, vendor: &str, access_id: &str, principal: &str) -> Self {
        self.holders.insert((vendor.to_owned(), access_id.to_owned()), principal.to_owned());
        self
    }

    /// Adds a principal; `attributes` are the dialect's own JSON text.
    #[must_use]
    pub fn with_principal(mut self, tenant: Tenant, name: &str, attributes: String) -> Self {
        self.principals.insert((tenant, name.to_owned()), attributes);
        self
    }

    /// The name of the principal whose credential it is; `None` if it is the account's own.
    pub fn holder(&self, vendor: &str, access_id: &str) -> Option<&str> {
        self.holders.get(&(vendor.to_owned(), access_id.to_owned())).map(String::as_str)
    }

    /// The attributes of a configured principal.
    pub fn principal(&self, tenant: &Tenant, name: &str) -> Option<&str> {
        self.principals.get(&(tenant.clone(), name.to_owned())).map(String::as_str)
    }

    /// The names of a tenant's configured principals, in their order.
    pub fn principals(&self, tenant: &Tenant) -> impl Iterator<Item = &str> {
        self.principals.keys().filter(move |(owner, _)| owner == tenant).map(|(_, name)| name.as_str())
    }

    /// How strict to be.
    pub fn trust(&self) -> Trust {
        self.trust
    }

    /// The configured credential with this id at this vendor.
    pub fn configured(&self, vendor: &str, access_id: &str) -> Option<&Credential> {
        self.by_vendor.get(&(vendor.to_owned(), access_id.to_owned()))
    }

    /// Whether the public test credentials count.
    pub fn is_public(&self) -> bool {
        matches!(self.trust, Trust::Public | Trust::Open)
    }
}

/// The name in `test-NAME`: 1 to 64 letters, digits, `-`, `_`. Each name is a tenant of its own.
pub fn public_name(access_id: &str) -> Option<&str> {
    let name = access_id.strip_prefix("test-")?;
    let fits = (1..=64).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    fits.then_some(name)
}
