//! Everything that travels: which wrapping carries which kind, and that damage is one refusal.

use std::ops::RangeInclusive;

use openssl::rsa::{Padding, Rsa};

use crate::der::{octets, sequence, tlv};
use crate::wrap::{wrap, wrap_two_fields, wrap_two_fields_under};
use import_engine::primitives::{canonical, generate, generate_wrapping_pair};
use import_engine::wrapping::{Wrapped, aes_kwp_unwrap, aes_kwp_wrap, unwrap};
use import_engine::{
    Error, KeyFamily, KeySpec, Material, PrivateKeyForm, SystemChance, WrappingAlgorithm, WrappingKeySpec,
};

use PrivateKeyForm::{OneField, TwoFields};
use WrappingAlgorithm::{RsaAesKeyWrapSha1, RsaAesKeyWrapSha256, RsaOaepSha1, RsaOaepSha256, RsaPkcs1, Sm2Encrypt};

struct Pair {
    spec: WrappingKeySpec,
    public: Vec<u8>,
    private: Material,
}

fn pair(spec: WrappingKeySpec) -> Pair {
    let (public, private) = generate_wrapping_pair(spec).unwrap();
    Pair { spec, public, private }
}

impl Pair {
    fn carries(&self, algorithm: WrappingAlgorithm) -> bool {
        (algorithm == Sm2Encrypt) == (self.spec == WrappingKeySpec::Sm2)
    }

    /// Bytes that fit into one go.
    fn capacity(&self, algorithm: WrappingAlgorithm) -> usize {
        let size = self.spec.key_spec().rsa_bits().unwrap_or(0) as usize / 8;
        match algorithm {
            RsaOaepSha1 => size - 42,
            RsaOaepSha256 => size - 66,
            RsaPkcs1 => size - 11,
            RsaAesKeyWrapSha1 | RsaAesKeyWrapSha256 | Sm2Encrypt => usize::MAX,
        }
    }

    fn open(
        &self,
        algorithm: WrappingAlgorithm,
        spec: KeySpec,
        form: PrivateKeyForm,
        blob: &[u8],
        field: Option<&[u8]>,
    ) -> Result<Material, Error> {
        let wrapped = Wrapped { blob: blob.to_vec(), private_key: field.map(<[u8]>::to_vec) };
        unwrap(algorithm, &self.private, spec, form, lengths(spec).as_ref(), &wrapped)
    }
}

fn lengths(spec: KeySpec) -> Option<RangeInclusive<usize>> {
    match spec {
        KeySpec::Aes256 => Some(32..=32),
        KeySpec::Sm4 => Some(16..=16),
        KeySpec::Hmac224 => Some(28..=64),
        KeySpec::Hmac256 | KeySpec::HmacSm3 => Some(32..=64),
        KeySpec::Hmac384 => Some(48..=128),
        KeySpec::Hmac512 => Some(64..=128),
        _ => None,
    }
}

#[test]
fn every_wrapping_carries_every_kind_that_fits() {
    let materials: Vec<_> = KeySpec::ALL.iter().map(|spec| (*spec, generate(*spec, &SystemChance).unwrap())).collect();
    let mut carried = 0;
    for pair in WrappingKeySpec::ALL.iter().copied().map(pair) {
        for algorithm in WrappingAlgorithm::ALL.iter().copied().filter(|algorithm| pair.carries(*algorithm)) {
            for (spec, material) in &materials {
                // Large RSA material costs its check of parts each time; one wrapping key will do.
                let costly = matches!(spec, KeySpec::Rsa3072 | KeySpec::Rsa4096);
                if costly && pair.spec != WrappingKeySpec::Rsa2048 {
                    continue;
                }
                let what = format!("{spec} under {algorithm} with {}", pair.spec);
                if material.len() <= pair.capacity(algorithm) {
                    let blob = wrap(algorithm, &pair.public, material.expose());
                    assert_eq!(pair.open(algorithm, *spec, OneField, &blob, None), Ok(material.clone()), "{what}");
                    carried += 1;
                }
                let (blob, field) = wrap_two_fields(algorithm, &pair.public, material.expose());
                let opened = pair.open(algorithm, *spec, TwoFields, &blob, Some(&field));
                match spec.family() {
                    KeyFamily::Private => assert_eq!(opened, Ok(material.clone()), "{what}"),
                    // The form is for private keys; the first field is the material then.
                    KeyFamily::Symmetric | KeyFamily::Mac => {
                        let fits = lengths(*spec).unwrap().contains(&32);
                        assert_eq!(opened.is_ok(), fits, "{what}");
                    }
                }
                carried += 1;
            }
        }
    }
    assert!(carried > 350, "{carried}");
}

#[test]
fn raw_lengths_are_a_range_under_every_algorithm() {
    let rsa = pair(WrappingKeySpec::Rsa2048);
    let sm2 = pair(WrappingKeySpec::Sm2);
    for algorithm in WrappingAlgorithm::ALL.iter().copied() {
        let pair = if rsa.carries(algorithm) { &rsa } else { &sm2 };
        for length in [1, 15, 16, 17, 31, 32, 33, 48, 63, 64, 65, 128, 129] {
            for spec in [KeySpec::Aes256, KeySpec::Sm4, KeySpec::Hmac256, KeySpec::Hmac512] {
                let material = Material::new(vec![0x21; length]);
                let blob = wrap(algorithm, &pair.public, material.expose());
                let expected = match (lengths(spec).unwrap().contains(&length), algorithm) {
                    (true, _) => Ok(material),
                    (false, RsaPkcs1) => Err(Error::UnwrapFailed),
                    (false, _) => Err(Error::MaterialUnfit),
                };
                assert_eq!(pair.open(algorithm, spec, OneField, &blob, None), expected, "{algorithm} {spec} {length}");
            }
        }
    }
}

#[test]
fn a_kind_without_lengths_takes_no_raw_material() {
    let pair = pair(WrappingKeySpec::Rsa2048);
    let wrapped = Wrapped { blob: wrap(RsaOaepSha256, &pair.public, &[1; 32]), private_key: None };
    let opened = unwrap(RsaOaepSha256, &pair.private, KeySpec::Aes256, OneField, None, &wrapped);
    assert_eq!(opened, Err(Error::MaterialUnfit));
}

/// Cut at every byte, extended, every byte damaged, another key, another algorithm: one refusal.
#[test]
fn damage_of_any_kind_is_one_refusal() {
    let rsa = pair(WrappingKeySpec::Rsa2048);
    let other_rsa = pair(WrappingKeySpec::Rsa2048);
    let sm2 = pair(WrappingKeySpec::Sm2);
    let other_sm2 = pair(WrappingKeySpec::Sm2);
    for algorithm in WrappingAlgorithm::ALL.iter().copied() {
        let (pair, other) = if rsa.carries(algorithm) { (&rsa, &other_rsa) } else { (&sm2, &other_sm2) };
        let good = wrap(algorithm, &pair.public, &[0x42; 32]);
        let refused = |blob: &[u8], what: &str| {
            let opened = pair.open(algorithm, KeySpec::Aes256, OneField, blob, None);
            assert_eq!(opened, Err(Error::UnwrapFailed), "{algorithm}: {what}");
        };
        for cut in 0..good.len() {
            refused(&good[..cut], &format!("cut to {cut}"));
        }
        for more in [1, 8, 16, 40] {
            refused(&[&good[..], &vec![0; more]].concat(), &format!("extended by {more}"));
            refused(&[&vec![0; more], &good[..]].concat(), &format!("pushed by {more}"));
        }
        for position in 0..good.len() {
            let mut damaged = good.clone();
            damaged[position] ^= 1 << (position % 8);
            refused(&damaged, &format!("bit {} of byte {position}", position % 8));
        }
        for value in [0, 1, 0x30, 0xff] {
            refused(&vec![value; good.len()], &format!("all {value}"));
        }
        refused(&wrap(algorithm, &other.public, &[0x42; 32]), "another key's");
        refused(&[], "empty");
        refused(&vec![4; 100_000], "huge");
        for foreign in WrappingAlgorithm::ALL.iter().copied() {
            if foreign != algorithm && pair.carries(foreign) && pair.carries(algorithm) {
                refused(&wrap(foreign, &pair.public, &[0x42; 32]), foreign.word());
            }
        }
    }
}

/// The same number with its leading zero byte dropped or doubled: OpenSSL would take the shorter one.
#[test]
fn rsa_blocks_have_the_length_of_the_modulus() {
    let pair = pair(WrappingKeySpec::Rsa2048);
    for algorithm in [RsaOaepSha1, RsaOaepSha256, RsaPkcs1] {
        let good =
            std::iter::repeat_with(|| wrap(algorithm, &pair.public, &[0x42; 32])).find(|blob| blob[0] == 0).unwrap();
        let open = |blob: &[u8]| pair.open(algorithm, KeySpec::Aes256, OneField, blob, None);
        assert_eq!(open(&good), Ok(Material::new(vec![0x42; 32])));
        assert_eq!(open(&good[1..]), Err(Error::UnwrapFailed), "{algorithm}");
        assert_eq!(open(&[&[0], &good[..]].concat()), Err(Error::UnwrapFailed), "{algorithm}");
    }
}

/// A private key that fills the whole block, encrypted without any padding.
#[test]
fn a_private_key_without_padding_is_no_pkcs1_block() {
    let pair = pair(WrappingKeySpec::Rsa2048);
    let p256 = generate(KeySpec::EcP256, &SystemChance).unwrap();
    let filled = |filler: usize| {
        let value = tlv(0x31, &octets(&vec![0; filler]));
        let attribute = sequence(&[&[0x06, 0x03, 0x2a, 0x03, 0x04], &value]);
        tlv(0x30, &[&p256.expose()[3..], &tlv(0xa0, &attribute)].concat())
    };
    let block = (0..200).map(filled).find(|block| block.len() == 256).unwrap();
    assert_eq!(canonical(KeySpec::EcP256, Material::copy_of(&block), None), Ok(p256));

    let key = Rsa::public_key_from_der(&pair.public).unwrap();
    let mut blob = vec![0; 256];
    key.public_encrypt(&block, &mut blob, Padding::NONE).unwrap();
    assert_eq!(pair.open(RsaPkcs1, KeySpec::EcP256, OneField, &blob, None), Err(Error::UnwrapFailed));
}

/// Under PKCS#1 v1.5, OpenSSL's own unpadding would accept about one in 250 of these.
#[test]
fn two_thousand_damaged_pkcs1_blocks() {
    let pair = pair(WrappingKeySpec::Rsa2048);
    let good = wrap(RsaPkcs1, &pair.public, &[0x42; 32]);
    for round in 0..2000usize {
        let mut damaged = good.clone();
        let position = 1 + round % (damaged.len() - 1);
        damaged[position] = damaged[position].wrapping_add(1 + (round / 255 % 255) as u8);
        let opened = pair.open(RsaPkcs1, KeySpec::Aes256, OneField, &damaged, None);
        assert_eq!(opened, Err(Error::UnwrapFailed));
    }
}

#[test]
fn material_of_another_kind_is_unfit_once_it_has_opened() {
    let pair = pair(WrappingKeySpec::Rsa4096);
    let p256 = generate(KeySpec::EcP256, &SystemChance).unwrap();
    for algorithm in [RsaOaepSha1, RsaOaepSha256, RsaAesKeyWrapSha1, RsaAesKeyWrapSha256] {
        let blob = wrap(algorithm, &pair.public, p256.expose());
        assert_eq!(pair.open(algorithm, KeySpec::EcP384, OneField, &blob, None), Err(Error::MaterialUnfit));
        assert_eq!(pair.open(algorithm, KeySpec::EcP256, OneField, &blob, None), Ok(p256.clone()));
        let blob = wrap(algorithm, &pair.public, b"no key at all");
        assert_eq!(pair.open(algorithm, KeySpec::EcP256, OneField, &blob, None), Err(Error::MaterialUnfit));
    }
    // PKCS#1 v1.5 has one refusal for this, too.
    let blob = wrap(RsaPkcs1, &pair.public, p256.expose());
    assert_eq!(pair.open(RsaPkcs1, KeySpec::EcP384, OneField, &blob, None), Err(Error::UnwrapFailed));
    let blob = wrap(RsaPkcs1, &pair.public, b"no key at all");
    assert_eq!(pair.open(RsaPkcs1, KeySpec::EcP256, OneField, &blob, None), Err(Error::UnwrapFailed));
}

#[test]
fn what_opens_leaves_in_canonical_form() {
    let pair = pair(WrappingKeySpec::Rsa4096);
    let p256 = generate(KeySpec::EcP256, &SystemChance).unwrap();
    // Attributes at the end: legal, and gone afterwards.
    let mut with_attributes = p256.expose().to_vec();
    with_attributes.extend([0xa0, 0]);
    with_attributes[2] += 2;
    assert_eq!(canonical(KeySpec::EcP256, Material::copy_of(&with_attributes), None).as_ref(), Ok(&p256));
    let blob = wrap(RsaAesKeyWrapSha256, &pair.public, &with_attributes);
    assert_eq!(pair.open(RsaAesKeyWrapSha256, KeySpec::EcP256, OneField, &blob, None), Ok(p256));
}

#[test]
fn key_wrap_takes_ephemeral_keys_of_three_sizes() {
    let pair = pair(WrappingKeySpec::Rsa2048);
    for (algorithm, oaep) in [(RsaAesKeyWrapSha1, RsaOaepSha1), (RsaAesKeyWrapSha256, RsaOaepSha256)] {
        for size in 1..=64 {
            let ephemeral = vec![0x77; size];
            let kek = if matches!(size, 16 | 24 | 32) { ephemeral.clone() } else { vec![0x77; 32] };
            let field = aes_kwp_wrap(&kek, &[5; 32]).unwrap();
            let blob = [wrap(oaep, &pair.public, &ephemeral), field].concat();
            let opened = pair.open(algorithm, KeySpec::Aes256, OneField, &blob, None);
            if matches!(size, 16 | 24 | 32) {
                assert_eq!(opened, Ok(Material::new(vec![5; 32])));
            } else {
                assert_eq!(opened, Err(Error::UnwrapFailed), "{size}");
            }
        }
    }
}

#[test]
fn two_fields_refuse_in_order() {
    let rsa = pair(WrappingKeySpec::Rsa2048);
    let sm2 = pair(WrappingKeySpec::Sm2);
    let material = generate(KeySpec::EcP256, &SystemChance).unwrap();
    let foreign = generate(KeySpec::EcSecp256k1, &SystemChance).unwrap();
    for algorithm in WrappingAlgorithm::ALL.iter().copied() {
        let pair = if rsa.carries(algorithm) { &rsa } else { &sm2 };
        let checked = |error: Error| if algorithm == RsaPkcs1 { Error::UnwrapFailed } else { error };
        let open = |blob: &[u8], field: Option<&[u8]>| pair.open(algorithm, KeySpec::EcP256, TwoFields, blob, field);
        let (blob, field) = wrap_two_fields(algorithm, &pair.public, material.expose());
        assert_eq!(open(&blob, Some(&field)), Ok(material.clone()));

        assert_eq!(open(&blob, None), Err(Error::PrivateKeyMissing));
        assert_eq!(open(b"nonsense", None), Err(Error::PrivateKeyMissing));
        assert_eq!(open(b"nonsense", Some(&field)), Err(Error::UnwrapFailed));
        assert_eq!(open(b"nonsense", Some(b"")), Err(Error::UnwrapFailed));
        let mut damaged = blob.clone();
        *damaged.last_mut().unwrap() ^= 1;
        assert_eq!(open(&damaged, Some(&field)), Err(Error::UnwrapFailed));

        for cut in 0..field.len() {
            assert_eq!(open(&blob, Some(&field[..cut])), Err(checked(Error::PrivateKeyUnfit)), "{cut}");
        }
        for position in 0..field.len() {
            let mut damaged = field.clone();
            damaged[position] ^= 0x80;
            assert_eq!(open(&blob, Some(&damaged)), Err(checked(Error::PrivateKeyUnfit)));
        }
        assert_eq!(open(&blob, Some(&vec![0; 80_000])), Err(checked(Error::PrivateKeyUnfit)));

        // It opened under a key that its maker knew, so this may be told under PKCS#1 as well.
        let (blob, field) = wrap_two_fields(algorithm, &pair.public, foreign.expose());
        assert_eq!(open(&blob, Some(&field)), Err(Error::PrivateKeyUnfit));

        for size in [16, 24, 32] {
            let (blob, field) = wrap_two_fields_under(algorithm, &pair.public, &vec![3; size], material.expose());
            let expected = if size == 24 { Err(checked(Error::TemporaryKeyUnfit)) } else { Ok(material.clone()) };
            assert_eq!(open(&blob, Some(&field)), expected, "{size}");
        }
        for size in [1, 15, 17, 31, 33, 48] {
            let (_, field) = wrap_two_fields(algorithm, &pair.public, material.expose());
            let blob = wrap(algorithm, &pair.public, &vec![3; size]);
            assert_eq!(open(&blob, Some(&field)), Err(checked(Error::TemporaryKeyUnfit)), "{size}");
        }
    }
}

/// RFC 5649, section 6.
#[test]
fn key_wrap_with_padding_of_the_rfc() {
    let kek = hex::decode("5840df6e29b02af1ab493b705bf16ea1ae8338f4dcc176a8").unwrap();
    for (plain, wrapped) in [
        (
            "c37b7e6492584340bed12207808941155068f738",
            "138bdeaa9b8fa7fc61f97742e72248ee5ae6ae5360d1ae6a5f54f373fa543b6a",
        ),
        ("466f7250617369", "afbeb0f07dfbf5419200f2ccb50bb24f"),
    ] {
        let (plain, wrapped) = (hex::decode(plain).unwrap(), hex::decode(wrapped).unwrap());
        assert_eq!(aes_kwp_wrap(&kek, &plain).unwrap(), wrapped);
        assert_eq!(aes_kwp_unwrap(&kek, &wrapped).unwrap().expose(), plain);
        for bit in 0..wrapped.len() * 8 {
            let mut damaged = wrapped.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            assert!(aes_kwp_unwrap(&kek, &damaged).is_err());
        }
    }
}

/// DER as OpenSSL writes it, and C1 C3 C2 as others do, with the prefix of a point and without.
#[test]
fn sm2_comes_in_three_forms() {
    let pair = pair(WrappingKeySpec::Sm2);
    for round in 0..200 {
        let material = vec![round as u8; 16];
        let der = wrap(Sm2Encrypt, &pair.public, &material);
        let raw = raw_sm2(&der);
        let prefixed = [&[4], &raw[..]].concat();
        for blob in [&der, &raw, &prefixed] {
            let opened = pair.open(Sm2Encrypt, KeySpec::Sm4, OneField, blob, None);
            assert_eq!(opened, Ok(Material::copy_of(&material)), "{}", hex::encode(blob));
            let extended = [&blob[..], &[0]].concat();
            let opened = pair.open(Sm2Encrypt, KeySpec::Sm4, OneField, &extended, None);
            assert_eq!(opened, Err(Error::UnwrapFailed));
        }
    }

    // A raw form that happens to begin with the prefix byte.
    let tricky =
        std::iter::repeat_with(|| raw_sm2(&wrap(Sm2Encrypt, &pair.public, &[9; 16]))).find(|raw| raw[0] == 4).unwrap();
    assert_eq!(pair.open(Sm2Encrypt, KeySpec::Sm4, OneField, &tricky, None), Ok(Material::new(vec![9; 16])));

    let raw = raw_sm2(&wrap(Sm2Encrypt, &pair.public, &[9; 16]));
    for cut in 0..raw.len() {
        for blob in [raw[..cut].to_vec(), [&[4], &raw[..cut]].concat()] {
            let opened = pair.open(Sm2Encrypt, KeySpec::Sm4, OneField, &blob, None);
            assert_eq!(opened, Err(Error::UnwrapFailed), "{cut}");
        }
    }
}

/// `x ‖ y ‖ digest ‖ text` of a short ciphertext in DER.
fn raw_sm2(der: &[u8]) -> Vec<u8> {
    let mut rest = &der[if der[1] < 0x80 { 2 } else { 3 }..];
    let mut raw = Vec::new();
    for index in 0..4 {
        let length = usize::from(rest[1]);
        let value = &rest[2..2 + length];
        if index < 2 {
            let value = value.strip_prefix(&[0]).unwrap_or(value);
            raw.extend(vec![0; 32 - value.len()]);
            raw.extend(value);
        } else {
            raw.extend(value);
        }
        rest = &rest[2 + length..];
    }
    assert!(rest.is_empty());
    raw
}

#[test]
fn a_wrapping_key_that_is_none_is_a_fault() {
    let wrapped = Wrapped { blob: vec![1; 256], private_key: None };
    let opened =
        unwrap(RsaOaepSha256, &Material::new(vec![1; 64]), KeySpec::Aes256, OneField, Some(&(32..=32)), &wrapped);
    assert!(matches!(opened, Err(Error::Internal(_))));
}
