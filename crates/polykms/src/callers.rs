//! The callers' credentials, from the settings.

use dialect::{Credential, Credentials};
use import_engine::Material;

use crate::refusal::Refusal;
use crate::settings::{CredentialEntry, Settings, Vendor};
use crate::vendors::vendor;

/// The credentials that the settings list, and what the trust brings.
///
/// # Errors
/// A [`Refusal`] about a credential.
pub fn credentials(settings: &Settings) -> Result<Credentials, Refusal> {
    let mut all = Credentials::new(settings.authentication.trust.into());
    let empty = Credentials::new(dialect::Trust::Configured);
    for entry in &settings.credentials {
        let word = word(entry.vendor);
        // Without credentials, a word can only be an account in its canonical form.
        let account = vendor(word).and_then(|vendor| (vendor.resolve_account)(&empty, &entry.account));
        let Some(account) = account else {
            let (access_id, account) = (entry.access_id.clone(), entry.account.clone());
            return Err(Refusal::CredentialAccount { access_id, vendor: word, account });
        };
        let secret = secret(entry)?;
        all = all.with(word, Credential { access_id: entry.access_id.clone(), secret, account });
    }
    Ok(all)
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
