//! Which curve a kind of key lives on.

use openssl::nid::Nid;

use crate::spec::KeySpec;

/// OpenSSL's number of the Weierstrass curve of a kind of key; `None` for RSA, Ed25519, the
/// post-quantum and the raw kinds.
pub(super) const fn curve(spec: KeySpec) -> Option<Nid> {
    match spec {
        KeySpec::EcP256 => Some(Nid::X9_62_PRIME256V1),
        KeySpec::EcP384 => Some(Nid::SECP384R1),
        KeySpec::EcP521 => Some(Nid::SECP521R1),
        KeySpec::EcSecp256k1 => Some(Nid::SECP256K1),
        KeySpec::Sm2 => Some(Nid::SM2),
        KeySpec::Aes256
        | KeySpec::Sm4
        | KeySpec::Hmac224
        | KeySpec::Hmac256
        | KeySpec::Hmac384
        | KeySpec::Hmac512
        | KeySpec::HmacSm3
        | KeySpec::Rsa2048
        | KeySpec::Rsa3072
        | KeySpec::Rsa4096
        | KeySpec::Ed25519
        | KeySpec::MlDsa44
        | KeySpec::MlDsa65
        | KeySpec::MlDsa87
        | KeySpec::MlKem512
        | KeySpec::MlKem768
        | KeySpec::MlKem1024 => None,
    }
}
