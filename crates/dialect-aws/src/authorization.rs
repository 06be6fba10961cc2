//! What a caller may do.
//!
//! One door: every operation that names a key comes through [`identifiers::admit`](crate::identifiers::admit),
//! which asks [`on_key`]; every other one asks [`on_account`], and those that name an alias also
//! [`on_alias`]. What the policies say is put together in [`decide`]; what they ask about is gathered
//! here, and only what one of them looks at is read.

use chrono::{DateTime, SecondsFormat};
use dialect::principals::ROOT;
use dialect::{Call, Kept};
use import_engine::store::Grant;
use import_engine::{EncryptionContext, Error, Key, Tenant};

use crate::attributes::Attributes;
use crate::caller::{self, Caller, Record, root_arn};
use crate::circumstances::Circumstances;
use crate::decision::{Denial, Enforced, Resource, decide};
use crate::errors::Refusal;
use crate::grants::{self, Terms};
use crate::iam::{Asked, Document, Facts, Judged};
use crate::identifiers::{Target, alias_arn, key_arn};
use crate::{key_policy, names};

/// The most aliases of a key that a policy gets to see: as many as a key may have.
const ALIASES_MAX: u32 = 1000;

/// What an operation wants permission for.
#[derive(Clone, Debug)]
pub(crate) struct Access<'a> {
    /// The action without `kms:`, mostly the operation's name.
    pub action: &'static str,
    /// The encryption context, for operations that have one: grants look at it.
    pub context: Option<&'a EncryptionContext>,
    /// The grant tokens that came along.
    pub tokens: &'a [String],
    /// The alias by which the key was named.
    pub alias: Option<String>,
    /// The terms of the grant that shall be made, if one shall.
    pub grant: Option<&'a Terms>,
    /// The measurements of the attested environment that the answer is for, by register.
    pub measurements: &'a [(u8, String)],
}

impl<'a> Access<'a> {
    /// Permission for an action, nothing else being known.
    pub fn to(action: &'static str) -> Self {
        Self { action, context: None, tokens: &[], alias: None, grant: None, measurements: &[] }
    }

    /// With the encryption context of the request.
    #[must_use]
    pub fn with_context(mut self, context: &'a EncryptionContext) -> Self {
        self.context = Some(context);
        self
    }

    /// With the measurements of the attested environment that the answer is for.
    #[must_use]
    pub fn with_measurements(mut self, measurements: &'a [(u8, String)]) -> Self {
        self.measurements = measurements;
        self
    }

    /// With the grant tokens of the request.
    #[must_use]
    pub fn with_tokens(mut self, tokens: &'a [String]) -> Self {
        self.tokens = tokens;
        self
    }

    /// With the terms of the grant that shall be made: who makes grants by a grant may make narrower
    /// ones only.
    #[must_use]
    pub fn with_grant(mut self, grant: &'a Terms) -> Self {
        self.grant = Some(grant);
        self
    }
}

/// Whether the caller may do this with this key.
///
/// # Errors
/// [`Refusal::Denied`], [`Refusal::InvalidGrantToken`], and of the engine that there is no such key,
/// which is told only in the key's own account.
pub(crate) async fn on_key(call: &Call, target: &Target, access: &Access<'_>) -> Result<(), Refusal> {
    grants::check_tokens(call, access.tokens)?;
    let caller = caller::of(call)?;
    let is_own = target.scope.tenant == call.scope.tenant;
    if is_own && caller.is_trusted {
        return Ok(());
    }
    let key = match call.engine.describe_key(&target.scope, &target.id).await {
        Err(Error::KeyNotFound(_)) if !is_own => return Err(hidden(call, access)?),
        other => other?,
    };
    let policy = key_policy::kept(Attributes::of(&key.attributes)?.policy.as_deref(), &key.scope)?;
    let arn = key_arn(&key.scope, &key.id);
    let mut facts = facts(call, caller, access, Some(&policy)).await?;
    add_key(&mut facts, call, caller, &policy, &key).await?;
    let resource = Resource::Key { owner: &key.scope.tenant.account, policy: &policy };
    match ask(call, caller, access, &arn, resource, &facts).await {
        // A grant makes up for silence, never for a no.
        Err(Refusal::Denied(denied)) if !denied.denial.is_explicit() => {
            let action = format!("kms:{}", access.action);
            let asked = Asked { action: &action, resource: &arn, facts: &facts };
            let mut names = names_of(caller);
            if caller.judge_session(&asked) == Judged::Silent {
                // A session is held to what its policies leave, but for what it has itself.
                names.truncate(1);
            } else if caller.judge(&asked) == Judged::Allowed {
                // A grant to an account is for those in it whose own policies allow it.
                names.push(root_arn(caller.subject.partition, &caller.subject.account));
            }
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let is_granted = grants::allow(call, target, &names, access).await?;
            if is_granted { Ok(()) } else { Err(Refusal::Denied(denied)) }
        }
        outcome => outcome,
    }
}

/// What a caller goes by as a party to grants: themselves, and the role of a session.
fn names_of(caller: &Caller) -> Vec<String> {
    let subject = &caller.subject;
    std::iter::once(&subject.arn).chain(&subject.role).cloned().collect()
}

/// Whether the caller may give a grant up: whom the grant names for it, the grantee if that is among
/// its operations, and whoever may in the account that made it.
///
/// # Errors
/// [`Refusal::Denied`].
pub(crate) async fn to_retire(call: &Call, grant: &Grant) -> Result<(), Refusal> {
    let caller = caller::of(call)?;
    let access = Access::to("RetireGrant");
    let own = on_plain(call, &access, &key_arn(&grant.scope, &grant.key)).await;
    let account = root_arn(caller.subject.partition, &caller.subject.account);
    let mut names = names_of(caller);
    match &own {
        // What an account may, may those in it whose own policies allow it.
        Ok(()) => names.push(account.clone()),
        Err(Refusal::Denied(denied)) if !denied.denial.is_explicit() => {}
        Err(_) => return own,
    }
    if grants::retires(grant, &names)? {
        Ok(())
    } else if grant.issuer == account {
        own
    } else {
        Err(hidden(call, &access)?)
    }
}

/// Whether the caller may do this in the account, where no single key is named.
///
/// # Errors
/// [`Refusal::Denied`].
pub(crate) async fn on_account(call: &Call, access: &Access<'_>) -> Result<(), Refusal> {
    on_plain(call, access, "*").await
}

/// Whether the caller may do this with an alias of the account, which has no policy of its own.
///
/// # Errors
/// [`Refusal::Denied`].
pub(crate) async fn on_alias(call: &Call, name: &str, access: &Access<'_>) -> Result<(), Refusal> {
    on_plain(call, access, &alias_arn(&call.scope, name)).await
}

/// Whether the caller may do this with a key of the account that is still to be made.
///
/// # Errors
/// [`Refusal::Denied`].
pub(crate) async fn on_new_key(call: &Call, access: &Access<'_>) -> Result<(), Refusal> {
    on_plain(call, access, &key_arn(&call.scope, &"*".into())).await
}

async fn on_plain(call: &Call, access: &Access<'_>, resource: &str) -> Result<(), Refusal> {
    let caller = caller::of(call)?;
    if caller.is_trusted {
        return Ok(());
    }
    let facts = facts(call, caller, access, None).await?;
    ask(call, caller, access, resource, Resource::Plain, &facts).await
}

/// The context keys of a request but for those of a key.
///
/// # Errors
/// Of the engine.
pub(crate) async fn facts(
    call: &Call,
    caller: &Caller,
    access: &Access<'_>,
    policy: Option<&Document>,
) -> Result<Facts, Refusal> {
    let mut facts = call.settings::<Circumstances>()?.facts(access.action);
    caller.add_facts(&mut facts);
    if let Some(alias) = &access.alias {
        facts.add("kms:RequestAlias", alias.as_str());
    }
    for (register, digest) in access.measurements {
        facts.add(&format!("kms:RecipientAttestation:PCR{register}"), digest.as_str());
        // The first register is the enclave's image.
        if *register == 0 {
            facts.add("kms:RecipientAttestation:ImageSha384", digest.as_str());
        }
    }
    let looks_at = |key: &str| caller.looks_at(key) || policy.is_some_and(|policy| policy.looks_at(key));
    if looks_at("aws:currenttime") || looks_at("aws:epochtime") {
        let now = call.engine.now(&call.scope.tenant).await?;
        facts.add("aws:EpochTime", now.seconds().to_string());
        let text = DateTime::from_timestamp_micros(now.0).map(|now| now.to_rfc3339_opts(SecondsFormat::Millis, true));
        facts.set("aws:CurrentTime", text);
    }
    Ok(facts)
}

/// The context keys that a key gives.
async fn add_key(facts: &mut Facts, call: &Call, caller: &Caller, policy: &Document, key: &Key) -> Result<(), Refusal> {
    for (name, value) in [
        ("kms:KeySpec", names::key_spec_word(key.spec)),
        ("kms:CustomerMasterKeySpec", names::key_spec_word(key.spec)),
        ("kms:KeyUsage", names::usage_word(key.usage)),
        ("kms:CustomerMasterKeyUsage", names::usage_word(key.usage)),
        ("kms:KeyOrigin", names::origin_word(key.origin)),
        ("kms:MultiRegion", if key.id.as_str().starts_with("mrk-") { "true" } else { "false" }),
        ("aws:ResourceAccount", &key.scope.tenant.account),
    ] {
        facts.set(name, [value]);
    }
    for tag in Attributes::of(&key.attributes)?.tags {
        facts.set(&format!("aws:ResourceTag/{}", tag.tag_key), [tag.tag_value]);
    }
    if caller.looks_at("kms:resourcealiases") || policy.looks_at("kms:resourcealiases") {
        let page = call.engine.list_labels(&key.scope, Some(&key.id), None, ALIASES_MAX).await?;
        facts.set("kms:ResourceAliases", page.labels.into_iter().map(|label| label.name));
    }
    Ok(())
}

/// Lets the policies decide; whether they count at all is looked up only where they refuse.
async fn ask(
    call: &Call,
    caller: &Caller,
    access: &Access<'_>,
    arn: &str,
    resource: Resource<'_>,
    facts: &Facts,
) -> Result<(), Refusal> {
    let action = format!("kms:{}", access.action);
    let asked = Asked { action: &action, resource: arn, facts };
    let Err(denial) = decide(caller, &asked, resource, Enforced::ALL) else { return Ok(()) };
    let owner = match resource {
        Resource::Plain => &caller.subject.account,
        Resource::Key { owner, .. } => owner,
    };
    let in_caller = is_enforced(call, &caller.subject.account).await?;
    let in_owner = if *owner == caller.subject.account { in_caller } else { is_enforced(call, owner).await? };
    let enforced = Enforced { caller: in_caller, owner: in_owner };
    let outcome = if enforced == Enforced::ALL { Err(denial) } else { decide(caller, &asked, resource, enforced) };
    outcome.map_err(|denial| {
        let principal = caller.subject.arn.clone();
        Refusal::Denied(Box::new(Denied { principal, action: access.action, resource: arn.to_owned(), denial }))
    })
}

/// Whether policies are enforced in an account.
async fn is_enforced(call: &Call, account: &str) -> Result<bool, Error> {
    let tenant = Tenant::new(call.scope.tenant.vendor.as_str(), account);
    let said = match call.engine.principal(&tenant, ROOT).await? {
        Some(root) => Record::of(&root.attributes)?.enforced,
        None => None,
    };
    let settings = &call.settings::<Circumstances>()?.settings;
    Ok(said.unwrap_or_else(|| settings.enforces_policies_in(account)))
}

/// What is told of a key of another account that is not there: nothing else than of one that may not
/// be used.
///
/// # Errors
/// Of the engine, if the caller is not known.
pub(crate) fn hidden(call: &Call, access: &Access<'_>) -> Result<Refusal, Error> {
    let principal = caller::of(call)?.subject.arn.clone();
    let denial = Denial::Foreign { denies: false };
    Ok(Refusal::Denied(Box::new(Denied { principal, action: access.action, resource: String::new(), denial })))
}

/// A refusal by policies.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Denied {
    /// The caller's ARN.
    pub principal: String,
    /// The action without `kms:`.
    pub action: &'static str,
    /// The ARN of the key or alias, or `*`.
    pub resource: String,
    /// Why.
    pub denial: Denial,
}

impl Denied {
    /// The sentence. Unverified but for the first of the texts without a policy: the others follow
    /// IAM's own.
    pub fn message(&self) -> String {
        let Self { principal, action, resource, denial } = self;
        let start = format!("User: {principal} is not authorized to perform: kms:{action} on");
        match denial {
            Denial::KeyDenies => {
                format!("{start} resource: {resource} with an explicit deny in a resource-based policy")
            }
            Denial::CallerDenies => {
                format!("{start} resource: {resource} with an explicit deny in an identity-based policy")
            }
            Denial::SessionDenies => {
                format!("{start} resource: {resource} with an explicit deny in a session policy")
            }
            Denial::NoKeyPolicy => {
                format!("{start} resource: {resource} because no resource-based policy allows the kms:{action} action")
            }
            Denial::NoCallerPolicy => {
                format!("{start} resource: {resource} because no identity-based policy allows the kms:{action} action")
            }
            Denial::NoSessionPolicy => {
                format!("{start} resource: {resource} because no session policy allows the kms:{action} action")
            }
            Denial::Foreign { .. } => format!(
                "{start} this resource because the resource does not exist in this Region, no resource-based policies \
                 allow access, or a resource-based policy explicitly denies access"
            ),
        }
    }
}
