//! `KeyUsage`: one word for what a key is and what it is for, and where it is offered.

use import_engine::{Key, KeySpec, KeyUsage};

use crate::regions::Edition;

/// The usage of symmetric keys, and of CreateKey when none is given.
pub(crate) const ENCRYPT_DECRYPT: &str = "ENCRYPT_DECRYPT";

/// The list of ListAlgorithms in which a usage stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Group {
    /// `SymmetricAlgorithms`.
    Symmetric,
    /// `AsymmetricAlgorithms`.
    Asymmetric,
    /// `AsymmetricSignVerifyAlgorithms`.
    SignVerify,
}

/// A usage in the editions that offer it with the same kind of key.
#[derive(PartialEq, Eq, Debug)]
pub(crate) struct Usage {
    /// `KeyUsage`.
    pub word: &'static str,
    /// `Algorithm` of ListAlgorithms.
    pub algorithm: &'static str,
    /// Where ListAlgorithms shows it.
    pub group: Group,
    /// The engine's kind of key.
    pub spec: KeySpec,
    /// The engine's usage.
    pub usage: KeyUsage,
    /// The editions.
    editions: &'static [Edition],
}

const SM: &[Edition] = &[Edition::Sm];
const FIPS: &[Edition] = &[Edition::Fips];
const BOTH: &[Edition] = &[Edition::Sm, Edition::Fips];

/// Every usage there is, in the order in which they are listed.
// Unverified: that SM2 is offered by the SM edition only and everything else by both; the algorithms' names except SM4, SM2
// and RSA_2048. Of the post-quantum usages the words, the parameter sets, and that they stand among the asymmetric ones:
// no document names them.
static USAGES: &[Usage] = &[
    entry(ENCRYPT_DECRYPT, "SM4", Group::Symmetric, KeySpec::Sm4, KeyUsage::EncryptDecrypt, SM),
    entry(ENCRYPT_DECRYPT, "AES_256", Group::Symmetric, KeySpec::Aes256, KeyUsage::EncryptDecrypt, FIPS),
    entry("ASYMMETRIC_DECRYPT_SM2", "SM2", Group::Asymmetric, KeySpec::Sm2, KeyUsage::EncryptDecrypt, SM),
    entry(
        "ASYMMETRIC_DECRYPT_RSA_2048",
        "RSA_2048",
        Group::Asymmetric,
        KeySpec::Rsa2048,
        KeyUsage::EncryptDecrypt,
        BOTH,
    ),
    entry(
        "POST_QUANTUM_ENCRYPT_DECRYPT",
        "ML_KEM_1024",
        Group::Asymmetric,
        KeySpec::MlKem1024,
        KeyUsage::EncapsulateDecapsulate,
        BOTH,
    ),
    entry("ASYMMETRIC_SIGN_VERIFY_SM2", "SM2", Group::SignVerify, KeySpec::Sm2, KeyUsage::SignVerify, SM),
    entry("ASYMMETRIC_SIGN_VERIFY_ECC", "ECC_P256_R1", Group::SignVerify, KeySpec::EcP256, KeyUsage::SignVerify, BOTH),
    entry(
        "ASYMMETRIC_SIGN_VERIFY_RSA_2048",
        "RSA_2048",
        Group::SignVerify,
        KeySpec::Rsa2048,
        KeyUsage::SignVerify,
        BOTH,
    ),
    entry(
        "ASYMMETRIC_SIGN_VERIFY_ECDSA384",
        "ECDSA384",
        Group::SignVerify,
        KeySpec::EcP384,
        KeyUsage::SignVerify,
        BOTH,
    ),
    entry("POST_QUANTUM_SIGN_VERIFY", "ML_DSA_87", Group::SignVerify, KeySpec::MlDsa87, KeyUsage::SignVerify, BOTH),
];

const fn entry(
    word: &'static str,
    algorithm: &'static str,
    group: Group,
    spec: KeySpec,
    usage: KeyUsage,
    editions: &'static [Edition],
) -> Usage {
    Usage { word, algorithm, group, spec, usage, editions }
}

/// What an edition offers, in the order in which it is listed.
pub(crate) fn offered(edition: Edition) -> impl Iterator<Item = &'static Usage> {
    USAGES.iter().filter(move |usage| usage.editions.contains(&edition))
}

/// What a symmetric key is in a region of an edition.
pub(crate) const fn symmetric_spec(edition: Edition) -> KeySpec {
    match edition {
        Edition::Sm => KeySpec::Sm4,
        Edition::Fips => KeySpec::Aes256,
    }
}

/// Whether there is a usage of this name in any edition.
pub(crate) fn is_usage(word: &str) -> bool {
    USAGES.iter().any(|usage| usage.word == word)
}

/// `KeyUsage` of a key.
pub(crate) fn key_usage(key: &Key) -> &'static str {
    let found = USAGES.iter().find(|usage| usage.spec == key.spec && usage.usage == key.usage);
    // Keys of other kinds are not made here.
    found.map_or(ENCRYPT_DECRYPT, |usage| usage.word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use import_engine::usage_fits;

    #[test]
    fn every_usage_is_sound_and_tells_its_keys_apart() {
        for (at, usage) in USAGES.iter().enumerate() {
            assert!(usage_fits(usage.spec, usage.usage), "{}", usage.word);
            assert_eq!(usage.group == Group::Symmetric, !usage.spec.is_asymmetric());
            assert_eq!(usage.group == Group::SignVerify, usage.usage == KeyUsage::SignVerify);
            let alike = USAGES.iter().skip(at + 1).filter(|o| (o.spec, o.usage) == (usage.spec, usage.usage));
            assert_eq!(alike.count(), 0, "{}", usage.word);
        }
    }

    #[test]
    fn an_edition_offers_a_word_once() {
        for edition in [Edition::Sm, Edition::Fips] {
            let mut words: Vec<_> = offered(edition).map(|usage| usage.word).collect();
            words.sort_unstable();
            assert!(words.windows(2).all(|pair| pair[0] != pair[1]));
            assert!(words.iter().all(|word| is_usage(word)));
            assert_eq!(words.contains(&"ASYMMETRIC_DECRYPT_SM2"), edition == Edition::Sm);
            let symmetric = offered(edition).find(|usage| usage.group == Group::Symmetric);
            assert_eq!(symmetric.map(|usage| usage.spec), Some(symmetric_spec(edition)));
        }
        assert!(!is_usage("encrypt_decrypt"));
    }
}
