//! The callers' credentials, from the settings.

use dialect::principals::Rights;
use dialect::{Credential, Credentials};
use import_engine::{Material, Tenant};

use crate::refusal::Refusal;
use crate::settings::{CredentialEntry, PrincipalEntry, Settings, Vendor};
use crate::vendors::vendor;

/// The credentials that the settings list, and what the trust brings.
///
/// # Errors
/// A [`Refusal`] about a credential.
pub fn credentials(settings: &Settings) -> Result<Credentials, Refusal> {
    let mut all = Credentials::new(settings.authentication.trust.into());
    let empty = Credentials::new(dialect::Trust::Configured);
    for entry in &settings.principals {
        let tenant = Tenant::new(word(entry.vendor), entry.account.as_str());
        all = all.with_principal(tenant, &entry.name, principal(entry)?);
    }
    for entry in &settings.credentials {
        let word = word(entry.vendor);
        // Without credentials, a word can only be an account in its canonical form.
        let account = vendor(word).and_then(|vendor| (vendor.resolve_account)(&empty, &entry.account));
        let Some(account) = account else {
            let (access_id, account) = (entry.access_id.clone(), entry.account.clone());
            return Err(Refusal::CredentialAccount { access_id, vendor: word, account });
        };
        if let Some(name) = &entry.principal {
            if all.principal(&Tenant::new(word, account.as_str()), name).is_none() {
                let cause = format!("it is not among the principals, but the credential {} is its", entry.access_id);
                return Err(Refusal::Principal { name: name.clone(), account, cause });
            }
            all = all.held_by(word, &entry.access_id, name);
        }
        let secret = secret(entry)?;
        all = all.with(word, Credential { access_id: entry.access_id.clone(), secret, account });
    }
    Ok(all)
}

/// What is kept of a principal, checked.
fn principal(entry: &PrincipalEntry) -> Result<String, Refusal> {
    let refusal =
        |cause: String| Refusal::Principal { name: entry.name.clone(), account: entry.account.clone(), cause };
    let empty = Credentials::new(dialect::Trust::Configured);
    let word = word(entry.vendor);
    if vendor(word).and_then(|vendor| (vendor.resolve_account)(&empty, &entry.account)).is_none() {
        return Err(refusal(format!("this is no account of {word}")));
    }
    let has_policies =
        !(entry.path.is_empty() && entry.tags.is_empty() && entry.policies.is_empty() && entry.policy_files.is_empty());
    let has_actions = ![&entry.actions, &entry.denied_actions, &entry.resources, &entry.trusted_accounts]
        .into_iter()
        .all(Vec::is_empty);
    match entry.vendor {
        Vendor::Aws if has_actions => Err(refusal("with AWS, rights are policies, not actions".to_owned())),
        Vendor::Aws => {
            let mut policies = entry.policies.clone();
            for file in &entry.policy_files {
                let text = std::fs::read_to_string(file);
                policies.push(text.map_err(|error| refusal(format!("{}: {error}", file.display())))?);
            }
            dialect_aws::configured_principal(&entry.name, &entry.path, entry.tags.clone(), &policies).map_err(refusal)
        }
        Vendor::Huawei | Vendor::Tencent if has_policies => {
            Err(refusal(format!("with {word}, rights are actions; path, tags and policies are AWS's")))
        }
        Vendor::Huawei | Vendor::Tencent => {
            let rights = Rights {
                actions: entry.actions.clone(),
                denied_actions: entry.denied_actions.clone(),
                resources: entry.resources.clone(),
            };
            let configured = if entry.vendor == Vendor::Huawei {
                dialect_huawei::configured_principal
            } else {
                dialect_tencent::configured_principal
            };
            configured(&entry.account, &entry.name, rights, entry.trusted_accounts.clone()).map_err(refusal)
        }
    }
}

fn word(vendor: Vendor) -> &'static str {
    match vendor {
        Vendor::Aws => dialect_aws::VENDOR,
        Vendor::Huawei => dialect_huawei::VENDOR,
        Vendor::Tencent => dialect_tencent::VENDOR,
    }
}

fn secret(entry: &CredentialEntry) -> Result<Material, Refusal> {
    let refusal =
        |cause: &str| Refusal::CredentialSecret { access_id: entry.access_id.clone(), cause: cause.to_owned() };
    let text = match (&entry.secret, &entry.secret_file, &entry.secret_env) {
        (Some(secret), None, None) => Material::copy_of(secret.expose().as_bytes()),
        (None, Some(file), None) => {
            let bytes = std::fs::read(file).map_err(|error| refusal(&format!("{}: {error}", file.display())))?;
            let bytes = Material::new(bytes);
            Material::copy_of(bytes.expose().trim_ascii())
        }
        (None, None, Some(variable)) => {
            Material::new(std::env::var(variable).map_err(|_| refusal(&format!("{variable} is not set")))?.into_bytes())
        }
        (None, None, None) => return Err(refusal("none is given")),
        _ => return Err(refusal("more than one is given")),
    };
    if text.is_empty() { Err(refusal("it is empty")) } else { Ok(text) }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;
    use crate::settings::{Base, load};

    const POLICY: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"kms:*","Resource":"*"}}"#;

    fn made(text: &str) -> Result<Credentials, Refusal> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        credentials(&load(&Base::File(file.path().to_owned()), Vec::new()).unwrap())
    }

    fn with(principal: &str, credential: &str) -> String {
        format!(
            "[[principals]]\naccount = \"111122223333\"\n{principal}\n[[credentials]]\nvendor = \"aws\"\n\
             access_id = \"A\"\nsecret = \"s\"\naccount = \"111122223333\"\n{credential}\n"
        )
    }

    #[test]
    fn credentials_may_be_a_principals() {
        let name = "name = \"user/alice\"";
        let policies = format!("{name}\npolicies = ['{POLICY}']\npath = \"/a/\"\ntags = {{ t = \"1\" }}");
        let all = made(&with(&policies, "principal = \"user/alice\"")).unwrap();
        let tenant = Tenant::new("aws", "111122223333");
        assert_eq!(all.holder("aws", "A"), Some("user/alice"));
        assert!(all.principal(&tenant, "user/alice").unwrap().contains("kms:*"));
        assert_eq!(all.principals(&tenant).collect::<Vec<_>>(), ["user/alice"]);
        assert_eq!(made(&with(name, "")).unwrap().holder("aws", "A"), None);
    }

    #[test]
    fn other_vendors_principals_have_actions() {
        let project = "0dea2644dc80d5d22ff1c01e3ebea6fc";
        let text = |principal: &str| {
            format!(
                "[[principals]]\nvendor = \"huawei\"\naccount = \"{project}\"\nname = \"user/bob\"\n{principal}\n\
                 [[credentials]]\nvendor = \"huawei\"\naccess_id = \"A\"\nsecret = \"s\"\naccount = \"{project}\"\n\
                 principal = \"user/bob\"\n"
            )
        };
        let all = made(&text("actions = [\"kms:cmk:get\"]")).unwrap();
        assert_eq!(all.holder("huawei", "A"), Some("user/bob"));
        assert!(all.principal(&Tenant::new("huawei", project), "user/bob").unwrap().contains("kms:cmk:get"));
        for bad in ["actions = [\"get\"]", "path = \"/a/\"", "trusted_accounts = [\"x\"]", "resources = [\"*\"]"] {
            assert!(matches!(made(&text(bad)).unwrap_err(), Refusal::Principal { .. }), "{bad}");
        }
    }

    #[test]
    fn tencents_principals_may_be_restricted_to_keys() {
        let text = |principal: &str| {
            format!(
                "[[principals]]\nvendor = \"tencent\"\naccount = \"100012345678\"\nname = \"role/ci\"\n{principal}\n"
            )
        };
        let all = made(&text("actions = [\"kms:*\"]\nresources = [\"qcs::kms:::key/*\"]")).unwrap();
        let kept = all.principal(&Tenant::new("tencent", "100012345678"), "role/ci").unwrap();
        assert!(kept.contains("qcs::kms:::key/*"));
        for bad in ["resources = [\"key\"]", "policies = [\"x\"]", "trusted_accounts = [\"x\"]"] {
            assert!(matches!(made(&text(bad)).unwrap_err(), Refusal::Principal { .. }), "{bad}");
        }
    }

    #[test]
    fn principals_that_cannot_be_are_refused() {
        let own = "principal = \"user/alice\"";
        for (principal, credential) in [
            ("name = \"user/bob\"", own),
            ("name = \"alice\"", ""),
            ("name = \"user/a b\"", ""),
            ("name = \"user/alice\"\npath = \"x\"", own),
            ("name = \"user/alice\"\npolicies = [\"{}\"]", own),
            ("name = \"user/alice\"\npolicy_files = [\"/nowhere/at/all\"]", own),
            ("name = \"user/alice\"\nactions = [\"kms:Encrypt\"]", own),
            ("name = \"user/alice\"\nresources = [\"*\"]", own),
            ("name = \"user/alice\"\nvendor = \"tencent\"\npath = \"/a/\"", ""),
        ] {
            let refusal = made(&with(principal, credential)).unwrap_err();
            assert!(matches!(refusal, Refusal::Principal { .. }), "{principal}: {refusal}");
        }
    }
}
