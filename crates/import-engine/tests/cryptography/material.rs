//! What counts as material, what does not, and that there is one form of it.

use crate::der::{EC, ED25519, RSA, RSA_PSS, bits, indefinite, integer, octets, pkcs8, sec1, sequence, tlv};
use import_engine::primitives::{LoadedKey, PKCS8_MAX, Unfit, canonical, generate, identity, public_key};
use import_engine::{KeyFamily, KeySpec, Material, MessageForm, SigningAlgorithm, SystemChance};
use openssl::bn::{BigNum, BigNumContext};
use openssl::ec::{Asn1Flag, EcGroup, EcKey, EcPoint, PointConversionForm};
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;

fn of(spec: KeySpec, bytes: &[u8]) -> Result<Material, Unfit> {
    canonical(spec, Material::copy_of(bytes), None)
}

#[track_caller]
fn refused(spec: KeySpec, bytes: &[u8]) {
    assert_eq!(of(spec, bytes), Err(Unfit), "{spec} {}", hex::encode(bytes));
}

/// Accepted, and the same as `expected` once in canonical form.
#[track_caller]
fn same(spec: KeySpec, bytes: &[u8], expected: &Material) {
    assert_eq!(of(spec, bytes).map(|material| hex::encode(material.expose())), Ok(hex::encode(expected.expose())));
}

const CURVES: [(KeySpec, Nid, usize); 5] = [
    (KeySpec::EcP256, Nid::X9_62_PRIME256V1, 32),
    (KeySpec::EcP384, Nid::SECP384R1, 48),
    (KeySpec::EcP521, Nid::SECP521R1, 66),
    (KeySpec::EcSecp256k1, Nid::SECP256K1, 32),
    (KeySpec::Sm2, Nid::SM2, 32),
];

fn oid(curve: Nid) -> Vec<u8> {
    let named = EcKey::from_curve_name(curve).unwrap();
    // A public key names its curve; this takes the name out of one.
    let mut context = BigNumContext::new().unwrap();
    let mut point = EcPoint::new(named.group()).unwrap();
    point.mul_generator2(named.group(), &BigNum::from_u32(1).unwrap(), &mut context).unwrap();
    let spki = EcKey::from_public_key(named.group(), &point).unwrap().public_key_to_der().unwrap();
    let start = if spki[1] & 0x80 == 0 { 2 } else { 2 + usize::from(spki[1] & 0x7f) } + 2 + EC.len();
    spki[start..start + 2 + usize::from(spki[start + 1])].to_vec()
}

struct OnCurve {
    scalar: Vec<u8>,
    point: Vec<u8>,
    compressed: Vec<u8>,
    order: BigNum,
    oid: Vec<u8>,
}

fn on_curve(curve: Nid, size: usize) -> OnCurve {
    let group = EcGroup::from_curve_name(curve).unwrap();
    let key = EcKey::generate(&group).unwrap();
    let mut context = BigNumContext::new().unwrap();
    let mut order = BigNum::new().unwrap();
    group.order(&mut order, &mut context).unwrap();
    let mut bytes = |form| key.public_key().to_bytes(&group, form, &mut context).unwrap();
    OnCurve {
        point: bytes(PointConversionForm::UNCOMPRESSED),
        compressed: bytes(PointConversionForm::COMPRESSED),
        scalar: key.private_key().to_vec_padded(size as i32).unwrap(),
        order,
        oid: oid(curve),
    }
}

#[test]
fn raw_material_is_a_matter_of_length() {
    for (spec, lengths, good, bad) in [
        (KeySpec::Aes256, 32..=32, vec![32], vec![0, 16, 24, 31, 33]),
        (KeySpec::Sm4, 16..=16, vec![16], vec![0, 15, 17, 32]),
        (KeySpec::Hmac256, 32..=128, vec![32, 33, 128], vec![0, 31, 129]),
    ] {
        for length in good {
            let material = Material::new(vec![7; length]);
            assert_eq!(canonical(spec, material.clone(), Some(&lengths)), Ok(material.clone()));
            assert_eq!(canonical(spec, material, None), Err(Unfit));
        }
        for length in bad {
            assert_eq!(canonical(spec, Material::new(vec![7; length]), Some(&lengths)), Err(Unfit), "{spec} {length}");
        }
        assert_eq!(canonical(spec, Material::zeroed(0), Some(&(0..=99))), Err(Unfit));
    }
}

#[test]
fn generated_material_is_canonical() {
    let sizes = |spec| match spec {
        KeySpec::Sm4 => 16..=16,
        KeySpec::Hmac224 => 28..=28,
        KeySpec::Aes256 | KeySpec::Hmac256 | KeySpec::HmacSm3 => 32..=32,
        KeySpec::Hmac384 => 48..=48,
        KeySpec::Hmac512 => 64..=64,
        KeySpec::EcP256 | KeySpec::Sm2 => 138..=138,
        KeySpec::EcP384 => 185..=185,
        KeySpec::EcP521 => 241..=241,
        KeySpec::EcSecp256k1 => 135..=135,
        KeySpec::Ed25519 => 48..=48,
        KeySpec::Rsa2048 => 1214..=1219,
        KeySpec::Rsa3072 => 1790..=1796,
        KeySpec::Rsa4096 => 2370..=2376,
        KeySpec::MlDsa44 | KeySpec::MlDsa65 | KeySpec::MlDsa87 => 54..=54,
        KeySpec::MlKem512 | KeySpec::MlKem768 | KeySpec::MlKem1024 => 86..=86,
    };
    for spec in KeySpec::ALL.iter().copied() {
        let material = generate(spec, &SystemChance).unwrap();
        assert!(sizes(spec).contains(&material.len()), "{spec} {}", material.len());
        assert_eq!(canonical(spec, material.clone(), Some(&(1..=64))), Ok(material.clone()), "{spec}");
        LoadedKey::load(spec, &material).unwrap();
        let public = public_key(spec, &material).unwrap();
        let identity = identity(spec, &material).unwrap();
        if spec.rsa_bits().is_none() {
            assert_ne!(material, generate(spec, &SystemChance).unwrap(), "{spec}");
        }
        match (spec.family(), public) {
            (KeyFamily::Private, Some(public)) => assert_eq!(identity.expose(), public),
            (KeyFamily::Symmetric | KeyFamily::Mac, None) => assert_eq!(identity, material),
            (family, _) => panic!("{spec} {family:?}"),
        }
    }
}

#[test]
fn no_kind_takes_the_key_of_another() {
    let keys: Vec<_> = KeySpec::ALL
        .iter()
        .filter(|spec| spec.is_asymmetric())
        .map(|spec| (*spec, generate(*spec, &SystemChance).unwrap()))
        .collect();
    for (spec, _) in &keys {
        for (other, material) in &keys {
            assert_eq!(of(*spec, material.expose()).is_ok(), spec == other, "{other} as {spec}");
        }
    }
}

#[test]
fn curve_keys_come_in_many_forms_and_leave_in_one() {
    for (spec, curve, size) in CURVES {
        let key = on_curve(curve, size);
        let algorithm = [EC, &key.oid].concat();
        let full = pkcs8(&algorithm, &sec1(&key.scalar, None, Some(&key.point)));
        let expected = of(spec, &full).unwrap();
        assert_eq!(expected.expose(), full, "{spec}");
        for form in [
            sec1(&key.scalar, None, None),
            sec1(&key.scalar, None, Some(&key.compressed)),
            sec1(&key.scalar, Some(&key.oid), None),
            sec1(&key.scalar, Some(&key.oid), Some(&key.point)),
            sec1(&[&[0], &key.scalar[..]].concat(), None, Some(&key.point)),
        ] {
            same(spec, &pkcs8(&algorithm, &form), &expected);
        }
        let spki = public_key(spec, &expected).unwrap().unwrap();
        assert!(spki.ends_with(&key.point), "{spec}: the point is uncompressed");

        // BER: the outer length indefinite, or in more bytes than it needs; attributes at the end.
        same(spec, &indefinite(&full), &expected);
        let content = &full[if full[1] < 0x80 { 2 } else { 3 }..];
        same(spec, &[&[0x30, 0x83, 0, 0, content.len() as u8][..], content].concat(), &expected);
        same(spec, &tlv(0x30, &[content, &tlv(0xa0, &[])].concat()), &expected);
    }
}

#[test]
fn curve_keys_that_are_not_keys() {
    for (spec, curve, size) in CURVES {
        let key = on_curve(curve, size);
        let algorithm = [EC, &key.oid].concat();
        let inner = sec1(&key.scalar, None, Some(&key.point));
        let full = pkcs8(&algorithm, &inner);

        // Trailing bytes, truncation at every byte, other containers.
        refused(spec, &[&full[..], &[0]].concat());
        refused(spec, &[&full[..], &[0; 40]].concat());
        for cut in 0..full.len() {
            refused(spec, &full[..cut]);
        }
        refused(spec, &inner);
        refused(spec, &sec1(&key.scalar, Some(&key.oid), Some(&key.point)));
        refused(spec, &sequence(&[&sequence(&[EC, &key.oid]), &bits(&key.point)]));
        refused(spec, full.iter().map(|byte| byte ^ 0x20).collect::<Vec<_>>().as_slice());
        refused(spec, &[b"-----BEGIN PRIVATE KEY-----\n".as_slice(), &full].concat());

        // Scalars out of range.
        let padded = |number: &BigNum| number.to_vec_padded(size as i32).unwrap();
        let mut above = key.order.to_owned().unwrap();
        above.add_word(1).unwrap();
        for scalar in [vec![0; size], padded(&key.order), padded(&above), vec![0xff; size]] {
            refused(spec, &pkcs8(&algorithm, &sec1(&scalar, None, None)));
            refused(spec, &pkcs8(&algorithm, &sec1(&scalar, None, Some(&key.point))));
        }

        // The point of another key, off the curve, cut short.
        let other = on_curve(curve, size);
        let mut off = key.point.clone();
        *off.last_mut().unwrap() ^= 1;
        for point in [&other.point, &other.compressed, &off, &key.point[..size].to_vec()] {
            refused(spec, &pkcs8(&algorithm, &sec1(&key.scalar, None, Some(point))));
        }

        // No curve, NULL as curve, an unknown curve.
        refused(spec, &pkcs8(EC, &inner));
        refused(spec, &pkcs8(&[EC, &[5, 0]].concat(), &inner));
        refused(spec, &pkcs8(&[EC, &[6, 3, 42, 3, 4]].concat(), &inner));
    }
}

/// Whoever gives parameters chooses the generator: the trick of CVE-2020-0601.
#[test]
fn curve_parameters_written_out_are_refused() {
    for (spec, curve, _) in CURVES {
        let mut group = EcGroup::from_curve_name(curve).unwrap();
        group.set_asn1_flag(Asn1Flag::EXPLICIT_CURVE);
        let key = PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap();
        let explicit = key.private_key_to_pkcs8().unwrap();
        assert!(explicit.len() > 250, "{spec}: parameters are written out");
        refused(spec, &explicit);
    }
}

#[test]
fn the_last_sm2_scalar_cannot_sign_and_is_refused() {
    let key = on_curve(Nid::SM2, 32);
    let mut last = key.order.to_owned().unwrap();
    last.sub_word(1).unwrap();
    let algorithm = [EC, &key.oid].concat();
    refused(KeySpec::Sm2, &pkcs8(&algorithm, &sec1(&last.to_vec(), None, None)));
    last.sub_word(1).unwrap();
    let material = of(KeySpec::Sm2, &pkcs8(&algorithm, &sec1(&last.to_vec(), None, None))).unwrap();
    let key = LoadedKey::load(KeySpec::Sm2, &material).unwrap();
    let signature = key.sign(SigningAlgorithm::Sm2Dsa, MessageForm::Raw, b"message").unwrap();
    assert!(key.verify(SigningAlgorithm::Sm2Dsa, MessageForm::Raw, b"message", &signature).unwrap());
}

#[test]
fn ed25519() {
    let spec = KeySpec::Ed25519;
    let seed = [9; 32];
    let full = pkcs8(ED25519, &octets(&seed));
    let expected = of(spec, &full).unwrap();
    assert_eq!(expected.expose(), full);
    same(spec, &indefinite(&full), &expected);
    refused(spec, &pkcs8(ED25519, &octets(&seed[..31])));
    refused(spec, &pkcs8(ED25519, &octets(&[9; 33])));
    refused(spec, &pkcs8(ED25519, &seed));
    refused(spec, &pkcs8(&[ED25519, &[5, 0]].concat(), &octets(&seed)));
    refused(spec, &[&full[..], &[0]].concat());
    refused(spec, &seed);
    // X25519 has the same form.
    refused(spec, &pkcs8(&[0x06, 0x03, 0x2b, 0x65, 0x6e], &octets(&seed)));
    for cut in 0..full.len() {
        refused(spec, &full[..cut]);
    }
}

fn rsa_parts(key: &Rsa<Private>) -> [BigNum; 8] {
    let own = |number: Option<&openssl::bn::BigNumRef>| number.unwrap().to_owned().unwrap();
    [
        own(Some(key.n())),
        own(Some(key.e())),
        own(Some(key.d())),
        own(key.p()),
        own(key.q()),
        own(key.dmp1()),
        own(key.dmq1()),
        own(key.iqmp()),
    ]
}

fn rsa_pkcs1(parts: &[BigNum; 8]) -> Vec<u8> {
    let numbers: Vec<_> = parts.iter().map(|part| integer(&part.to_vec())).collect();
    tlv(0x30, &[vec![2, 1, 0], numbers.concat()].concat())
}

#[test]
fn rsa_keys_whose_parts_do_not_belong_together() {
    let spec = KeySpec::Rsa2048;
    let key = Rsa::generate(2048).unwrap();
    let parts = rsa_parts(&key);
    let full = pkcs8(RSA, &rsa_pkcs1(&parts));
    let expected = of(spec, &full).unwrap();
    assert_eq!(expected.expose(), full);
    same(spec, &indefinite(&full), &expected);

    refused(spec, &[&full[..], &[0]].concat());
    refused(spec, &[&full[..], &[0; 40]].concat());
    refused(spec, &rsa_pkcs1(&parts));
    refused(spec, &pkcs8(RSA_PSS, &rsa_pkcs1(&parts)));
    refused(spec, &expected_public(&expected));
    for cut in (0..full.len()).step_by(7) {
        refused(spec, &full[..cut]);
    }
    // Each number off by two: modulus, exponents, primes, CRT parts.
    for index in 0..8 {
        let mut wrong = rsa_parts(&key);
        wrong[index].add_word(2).unwrap();
        refused(spec, &pkcs8(RSA, &rsa_pkcs1(&wrong)));
        wrong[index].clear();
        refused(spec, &pkcs8(RSA, &rsa_pkcs1(&wrong)));
    }
    for exponent in ["1", "2", "65536", "010000000000000001"] {
        let mut wrong = rsa_parts(&key);
        wrong[1] = BigNum::from_hex_str(exponent).unwrap();
        refused(spec, &pkcs8(RSA, &rsa_pkcs1(&wrong)));
    }
    // d and e of 1 do belong together.
    let mut trivial = rsa_parts(&key);
    for index in [1, 2, 5, 6] {
        trivial[index] = BigNum::from_u32(1).unwrap();
    }
    refused(spec, &pkcs8(RSA, &rsa_pkcs1(&trivial)));
    // No CRT parts at all.
    let mut bare = rsa_parts(&key);
    for part in &mut bare[3..] {
        part.clear();
    }
    refused(spec, &pkcs8(RSA, &rsa_pkcs1(&bare)));
    // Other sizes.
    for bits in [1024, 2040, 2056] {
        let other = PKey::from_rsa(Rsa::generate(bits).unwrap()).unwrap();
        refused(spec, &other.private_key_to_pkcs8().unwrap());
    }
}

fn expected_public(material: &Material) -> Vec<u8> {
    public_key(KeySpec::Rsa2048, material).unwrap().unwrap()
}

#[test]
fn an_rsa_key_is_itself_with_its_primes_swapped() {
    let key = Rsa::generate(2048).unwrap();
    let [n, e, d, p, q, dp, dq, _] = rsa_parts(&key);
    let mut context = BigNumContext::new().unwrap();
    let mut inverse = BigNum::new().unwrap();
    inverse.mod_inverse(&p, &q, &mut context).unwrap();
    let straight = of(KeySpec::Rsa2048, &pkcs8(RSA, &rsa_pkcs1(&rsa_parts(&key)))).unwrap();
    let swapped = of(KeySpec::Rsa2048, &pkcs8(RSA, &rsa_pkcs1(&[n, e, d, q, p, dq, dp, inverse]))).unwrap();
    assert_ne!(straight, swapped);
    assert_eq!(identity(KeySpec::Rsa2048, &straight), identity(KeySpec::Rsa2048, &swapped));
}

/// Keys that are sound in themselves: only the size of the exponent is at issue.
#[test]
fn rsa_exponents_have_at_most_64_bits() {
    for (exponent, fits) in [("3", true), ("FFFFFFFFFFFFFFC5", true), ("01000000000000000D", false)] {
        let exponent = BigNum::from_hex_str(exponent).unwrap();
        let key = PKey::from_rsa(Rsa::generate_with_e(2048, &exponent).unwrap()).unwrap();
        let material = of(KeySpec::Rsa2048, &key.private_key_to_pkcs8().unwrap());
        assert_eq!(material.is_ok(), fits, "{exponent}");
    }
}

#[test]
fn composite_primes_are_refused() {
    while !composite_prime_is_refused() {}
}

/// n = p·q with p itself composite, and everything else computed to match. False if n fell one bit
/// short, so that it would be refused for that alone.
fn composite_prime_is_refused() -> bool {
    let (small, large) = (Rsa::generate(1024).unwrap(), Rsa::generate(2048).unwrap());
    let mut context = BigNumContext::new().unwrap();
    let p = small.n().to_owned().unwrap();
    let q = large.p().unwrap().to_owned().unwrap();
    let one = BigNum::from_u32(1).unwrap();
    let new = || BigNum::new().unwrap();
    let (mut n, mut p1, mut q1, mut phi, mut d) = (new(), new(), new(), new(), new());
    n.checked_mul(&p, &q, &mut context).unwrap();
    p1.checked_sub(&p, &one).unwrap();
    q1.checked_sub(&q, &one).unwrap();
    phi.checked_mul(&p1, &q1, &mut context).unwrap();
    let e = BigNum::from_u32(65537).unwrap();
    d.mod_inverse(&e, &phi, &mut context).unwrap();
    let (mut dp, mut dq, mut inverse) = (new(), new(), new());
    dp.nnmod(&d, &p1, &mut context).unwrap();
    dq.nnmod(&d, &q1, &mut context).unwrap();
    inverse.mod_inverse(&q, &p, &mut context).unwrap();
    if n.num_bits() != 2048 {
        return false;
    }
    refused(KeySpec::Rsa2048, &pkcs8(RSA, &rsa_pkcs1(&[n, e, d, p, q, dp, dq, inverse])));
    true
}

/// The check of a key of 8192 bits takes three seconds; the size must be judged before.
#[test]
fn oversized_keys_are_refused_quickly() {
    let parts: Vec<BigNum> = [8192, 17, 8190, 4096, 4096, 4095, 4095, 4095]
        .map(|bits: i32| {
            let mut number = BigNum::new().unwrap();
            number.rand(bits, openssl::bn::MsbOption::ONE, true).unwrap();
            number
        })
        .into();
    let bytes = pkcs8(RSA, &rsa_pkcs1(&parts.try_into().unwrap()));
    assert!(bytes.len() < PKCS8_MAX);
    let start = std::time::Instant::now();
    for spec in [KeySpec::Rsa2048, KeySpec::Rsa3072, KeySpec::Rsa4096] {
        refused(spec, &bytes);
    }
    assert!(start.elapsed() < std::time::Duration::from_secs(3));
    refused(KeySpec::Rsa2048, &tlv(0x30, &[0; PKCS8_MAX]));
}
