//! What loaded keys do, against published vectors and against themselves.

use crate::der::{EC, ED25519, octets, pkcs8, sec1};
use import_engine::primitives::{
    LoadedKey, SealedData, aes256_gcm_open, aes256_gcm_seal, canonical, generate, generate_wrapping_pair, hmac_sha256,
    plaintext_maximum, public_key, self_test, signature_der,
};
use import_engine::wrapping::{Wrapped, unwrap};
use import_engine::{
    Chance, EncryptionAlgorithm, Error, KeyFamily, KeySpec, MacAlgorithm, Material, MessageForm, PrivateKeyForm,
    PssSalt, SigningAlgorithm, SystemChance, WrappingAlgorithm, WrappingKeySpec,
};
use openssl::ecdsa::EcdsaSig;
use openssl::hash::{MessageDigest, hash};
use openssl::pkey::PKey;
use openssl::rsa::Padding;
use openssl::sign::{RsaPssSaltlen, Signer, Verifier};

use MessageForm::{Digest, Prehashed, Raw};

fn loaded(spec: KeySpec) -> LoadedKey {
    LoadedKey::load(spec, &generate(spec, &SystemChance).unwrap()).unwrap()
}

fn is_fault<T>(result: Result<T, Error>) -> bool {
    matches!(result, Err(Error::Internal(_)))
}

#[test]
fn self_test_passes_and_names_what_fails() {
    struct Broken;
    impl Chance for Broken {
        fn fill(&self, _: &mut [u8]) -> Result<(), Error> {
            Err(Error::internal("no entropy"))
        }
        fn fill_secret(&self, _: &mut [u8]) -> Result<(), Error> {
            Err(Error::internal("no entropy"))
        }
    }
    self_test(&SystemChance).unwrap();
    let Err(Error::Internal(fault)) = self_test(&Broken) else { panic!("passed without randomness") };
    assert_eq!(fault.to_string(), "cryptographic self-test: randomness fails: internal fault: no entropy");
}

#[test]
fn loaded_keys_are_shared_and_print_nothing() {
    fn shared<T: Send + Sync>() {}
    shared::<LoadedKey>();
    assert_eq!(format!("{:?}", loaded(KeySpec::Ed25519)), "[redacted]");
}

#[test]
fn sealed_data_opens_with_everything_right_and_not_otherwise() {
    for spec in [KeySpec::Aes256, KeySpec::Sm4] {
        let key = loaded(spec);
        let data = key.seal(b"info", b"aad", b"plaintext", &SystemChance).unwrap();
        assert_eq!(data.body.len(), 9 + 16);
        assert_eq!(key.open(b"info", b"aad", &data).unwrap().expose(), b"plaintext");
        let again = key.seal(b"info", b"aad", b"plaintext", &SystemChance).unwrap();
        assert!(again.salt != data.salt && again.nonce != data.nonce && again.body != data.body);

        let refused = |info: &[u8], aad: &[u8], data: &SealedData| {
            assert_eq!(key.open(info, aad, data), Err(Error::CiphertextInvalid), "{spec}");
        };
        refused(b"INFO", b"aad", &data);
        refused(b"info", b"AAD", &data);
        refused(b"", b"aad", &data);
        refused(b"info", b"", &data);
        let mut damaged = data.clone();
        damaged.salt[15] ^= 1;
        refused(b"info", b"aad", &damaged);
        let mut damaged = data.clone();
        damaged.nonce[0] ^= 1;
        refused(b"info", b"aad", &damaged);
        for cut in 0..data.body.len() {
            refused(b"info", b"aad", &SealedData { body: data.body[..cut].to_vec(), ..data.clone() });
        }
        assert_eq!(loaded(spec).open(b"info", b"aad", &data), Err(Error::CiphertextInvalid));

        let empty = key.seal(b"", b"", b"", &SystemChance).unwrap();
        assert!(key.open(b"", b"", &empty).unwrap().is_empty());
        let maximum = plaintext_maximum(EncryptionAlgorithm::Symmetric, spec);
        assert!(key.seal(b"", b"", &vec![0; maximum], &SystemChance).is_ok());
        let refused = key.seal(b"", b"", &vec![0; maximum + 1], &SystemChance);
        assert_eq!(refused, Err(Error::PlaintextTooLong { maximum }));
    }
}

/// What is stored in ciphertexts must stay readable: fixed key, fixed chance, and answers computed
/// by other code (Python's `hmac` and `cryptography`).
#[test]
fn sealed_data_is_what_it_was() {
    struct Counting;
    impl Chance for Counting {
        fn fill(&self, buffer: &mut [u8]) -> Result<(), Error> {
            buffer.iter_mut().zip(0..).for_each(|(to, count)| *to = count);
            Ok(())
        }
        fn fill_secret(&self, buffer: &mut [u8]) -> Result<(), Error> {
            self.fill(buffer)
        }
    }
    for (spec, length, expected) in [
        (KeySpec::Aes256, 32, "8d7757aa21a2d1a762b4d5c5554d1a12468ad7a6c87eda7040"),
        (KeySpec::Sm4, 16, "7c3334159866bc067793b4a3e6dda99b53e21a86023b0b36c0"),
    ] {
        let key = LoadedKey::load(spec, &Material::new(vec![0x5a; length])).unwrap();
        let data = key.seal(b"polykms", b"context", b"plaintext", &Counting).unwrap();
        assert_eq!(data.salt, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
        assert_eq!(data.nonce, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
        assert_eq!(hex::encode(&data.body), expected);
    }
}

#[test]
fn asymmetric_encryption_up_to_the_maximum() {
    for spec in [KeySpec::Rsa2048, KeySpec::Sm2] {
        let key = loaded(spec);
        for algorithm in EncryptionAlgorithm::ALL.iter().copied() {
            if !algorithm.fits(spec) {
                assert!(is_fault(key.encrypt(algorithm, b"x")) && is_fault(key.decrypt(algorithm, b"x")));
                continue;
            }
            let maximum = plaintext_maximum(algorithm, spec);
            for length in [1, 32, maximum.min(4096)] {
                let plaintext = vec![0xa7; length];
                let ciphertext = key.encrypt(algorithm, &plaintext).unwrap();
                assert_eq!(key.decrypt(algorithm, &ciphertext).unwrap().expose(), plaintext);
            }
            let too_long = key.encrypt(algorithm, &vec![0; maximum + 1]);
            assert_eq!(too_long, Err(Error::PlaintextTooLong { maximum }));

            let ciphertext = key.encrypt(algorithm, b"plaintext").unwrap();
            let refused = |ciphertext: &[u8]| {
                assert_eq!(key.decrypt(algorithm, ciphertext), Err(Error::CiphertextInvalid), "{algorithm}");
            };
            for cut in 0..ciphertext.len() {
                refused(&ciphertext[..cut]);
            }
            refused(&[&ciphertext[..], &[0]].concat());
            refused(&[&[0], &ciphertext[..]].concat());
            for position in 0..ciphertext.len() {
                let mut damaged = ciphertext.clone();
                damaged[position] ^= 1;
                refused(&damaged);
            }
        }
    }
}

#[test]
fn rsa_encrypts_nothing_too() {
    let key = loaded(KeySpec::Rsa2048);
    for algorithm in
        [EncryptionAlgorithm::RsaOaepSha1, EncryptionAlgorithm::RsaOaepSha256, EncryptionAlgorithm::RsaPkcs1]
    {
        let ciphertext = key.encrypt(algorithm, b"").unwrap();
        assert!(key.decrypt(algorithm, &ciphertext).unwrap().is_empty());
    }
}

fn hash_of(algorithm: SigningAlgorithm, message: &[u8]) -> Vec<u8> {
    let digest = match algorithm.digest_length() {
        32 => MessageDigest::sha256(),
        48 => MessageDigest::sha384(),
        _ => MessageDigest::sha512(),
    };
    hash(digest, message).unwrap().to_vec()
}

#[test]
fn signatures_of_every_kind() {
    // ML-DSA's are long, and have a file of their own.
    let left_out = |spec: &KeySpec| spec.is_ml_dsa() || matches!(spec, KeySpec::Rsa3072 | KeySpec::Rsa4096);
    for spec in KeySpec::ALL.iter().copied().filter(|spec| !left_out(spec)) {
        let (key, stranger) = (loaded(spec), loaded(spec));
        for algorithm in SigningAlgorithm::ALL.iter().copied() {
            if !algorithm.fits(spec) {
                assert!(is_fault(key.sign(algorithm, Raw, b"x")), "{spec} {algorithm}");
                assert!(is_fault(key.verify(algorithm, Raw, b"x", b"y")), "{spec} {algorithm}");
                continue;
            }
            let digest = hash_of(algorithm, b"message");
            let forms = match algorithm {
                SigningAlgorithm::Ed25519 => vec![(Raw, &b"message"[..])],
                SigningAlgorithm::Ed25519ph => vec![(Digest, &digest[..])],
                _ => vec![(Raw, &b"message"[..]), (Digest, &digest[..])],
            };
            for (form, message) in forms.iter().copied() {
                let signature = key.sign(algorithm, form, message).unwrap();
                let verify = |signature: &[u8]| key.verify(algorithm, form, message, signature).unwrap();
                assert!(verify(&signature), "{spec} {algorithm} {form}");
                assert!(!stranger.verify(algorithm, form, message, &signature).unwrap());
                let mut other = message.to_vec();
                other[0] ^= 1;
                assert!(!key.verify(algorithm, form, &other, &signature).unwrap());
                for cut in 0..signature.len() {
                    assert!(!verify(&signature[..cut]));
                }
                assert!(!verify(&[&signature[..], &[0]].concat()));
                for position in 0..signature.len() {
                    let mut damaged = signature.clone();
                    damaged[position] ^= 4;
                    assert!(!verify(&damaged), "{algorithm} {position}");
                }
                // A hash of the message is the message's digest, except where SM2 puts Z in front.
                if forms.len() == 2 && spec != KeySpec::Sm2 {
                    assert!(key.verify(algorithm, Raw, b"message", &signature).unwrap());
                    assert!(key.verify(algorithm, Digest, &digest, &signature).unwrap());
                }
            }
            if algorithm != SigningAlgorithm::Ed25519 {
                for length in [0, 1, 20, 31, 33, 63, 65, 128] {
                    let wrong = vec![1; length];
                    assert_eq!(key.sign(algorithm, Digest, &wrong), Err(Error::DigestLength), "{algorithm} {length}");
                    assert_eq!(key.verify(algorithm, Digest, &wrong, b"x"), Err(Error::DigestLength));
                }
            }
        }
    }
}

#[test]
fn ed25519_takes_each_form_where_it_belongs() {
    let key = loaded(KeySpec::Ed25519);
    for (algorithm, form) in [(SigningAlgorithm::Ed25519, Digest), (SigningAlgorithm::Ed25519ph, Raw)] {
        assert_eq!(key.sign(algorithm, form, &[0; 64]), Err(Error::MessageFormUnfit));
        assert_eq!(key.verify(algorithm, form, &[0; 64], &[0; 64]), Err(Error::MessageFormUnfit));
    }
}

/// OpenSSL's own reading of the same algorithms, over the whole message and with the public key.
#[test]
fn others_verify_our_signatures() {
    for (spec, algorithm, digest) in [
        (KeySpec::Rsa2048, SigningAlgorithm::RsaPkcs1Sha256, MessageDigest::sha256()),
        (KeySpec::Rsa2048, SigningAlgorithm::RsaPkcs1Sha512, MessageDigest::sha512()),
        (KeySpec::EcP256, SigningAlgorithm::EcdsaSha256, MessageDigest::sha256()),
        (KeySpec::EcP384, SigningAlgorithm::EcdsaSha384, MessageDigest::sha384()),
        (KeySpec::EcP521, SigningAlgorithm::EcdsaSha512, MessageDigest::sha512()),
        (KeySpec::EcSecp256k1, SigningAlgorithm::EcdsaSha256, MessageDigest::sha256()),
    ] {
        let material = generate(spec, &SystemChance).unwrap();
        let signature = LoadedKey::load(spec, &material).unwrap().sign(algorithm, Raw, b"message").unwrap();
        let public = PKey::public_key_from_der(&public_key(spec, &material).unwrap().unwrap()).unwrap();
        let mut verifier = Verifier::new(digest, &public).unwrap();
        assert!(verifier.verify_oneshot(&signature, b"message").unwrap(), "{algorithm}");
    }
}

/// RFC 8032, section 7.3. What is handed in is what gets hashed: the message there has three bytes,
/// the member that callers send has 64.
#[test]
fn ed25519ph_hashes_what_it_is_given() {
    let seed = hex::decode("833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42").unwrap();
    let material = Material::new(pkcs8(ED25519, &octets(&seed)));
    let public = public_key(KeySpec::Ed25519, &material).unwrap().unwrap();
    assert!(hex::encode(public).ends_with("ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf"));

    let key = LoadedKey::load(KeySpec::Ed25519, &material).unwrap();
    let published = hex::decode(
        "98a70222f0b8121aa9d30f813d683f809e462b469c7ff87639499bb94e6dae41\
         31f85042463c2a355a2003d062adf5aaa10b8c61e636062aaad11c2a26083406",
    )
    .unwrap();
    // The published message is no digest, so it goes to the library that signs underneath, and ours
    // is held against that.
    let signer = ed25519_dalek::SigningKey::from_bytes(seed.as_slice().try_into().unwrap());
    let underneath = |message: &[u8]| {
        use sha2::Digest as _;
        signer.sign_prehashed(sha2::Sha512::new_with_prefix(message), None).unwrap().to_bytes().to_vec()
    };
    assert_eq!(underneath(b"abc"), published);
    let digest = hash(MessageDigest::sha512(), b"abc").unwrap();
    let signature = key.sign(SigningAlgorithm::Ed25519ph, Digest, &digest).unwrap();
    assert_eq!(signature, underneath(&digest));
    assert!(key.verify(SigningAlgorithm::Ed25519ph, Digest, &digest, &signature).unwrap());
    assert!(!key.verify(SigningAlgorithm::Ed25519ph, Digest, &digest, &published).unwrap());
    // A prehash is what the algorithm would make of the message, and is not hashed again.
    assert_eq!(key.sign(SigningAlgorithm::Ed25519ph, Prehashed, &digest).unwrap(), published);
    assert!(key.verify(SigningAlgorithm::Ed25519ph, Prehashed, &digest, &published).unwrap());
    assert!(!key.verify(SigningAlgorithm::Ed25519ph, Prehashed, &digest, &signature).unwrap());
    assert_eq!(key.sign(SigningAlgorithm::Ed25519ph, Prehashed, &digest[1..]), Err(Error::DigestLength));
    assert_eq!(key.sign(SigningAlgorithm::Ed25519, Prehashed, &digest), Err(Error::MessageFormUnfit));
}

/// The examples of GB/T 32918.5, annexes A and C: digest, signature, ciphertext.
#[test]
fn sm2_of_the_standard() {
    let scalar = hex::decode("3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8").unwrap();
    let oid = [0x06, 0x08, 0x2a, 0x81, 0x1c, 0xcf, 0x55, 0x01, 0x82, 0x2d];
    let encoded = pkcs8(&[EC, &oid].concat(), &sec1(&scalar, None, None));
    let material = canonical(KeySpec::Sm2, Material::new(encoded), None).unwrap();
    let spki = public_key(KeySpec::Sm2, &material).unwrap().unwrap();
    assert!(hex::encode(spki).ends_with(
        "09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020\
         ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13"
    ));

    let key = LoadedKey::load(KeySpec::Sm2, &material).unwrap();
    let number = |text: &str| {
        let bytes = hex::decode(text).unwrap();
        crate::der::integer(&bytes)
    };
    let signature = crate::der::sequence(&[
        &number("f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3"),
        &number("b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa"),
    ]);
    let digest = hex::decode("f0b43e94ba45accaace692ed534382eb17e6ab5a19ce7b31f4486fdfc0d28640").unwrap();
    assert!(key.verify(SigningAlgorithm::Sm2Dsa, Raw, b"message digest", &signature).unwrap());
    assert!(key.verify(SigningAlgorithm::Sm2Dsa, Digest, &digest, &signature).unwrap());
    let ours = key.sign(SigningAlgorithm::Sm2Dsa, Raw, b"message digest").unwrap();
    assert!(key.verify(SigningAlgorithm::Sm2Dsa, Digest, &digest, &ours).unwrap());

    let raw = "04ebfc718e8d1798620432268e77feb6415e2ede0e073c0f4f640ecd2e149a73e858f9d81e5430a57b36daab8f950a3c64e6ee\
               6a63094d99283aff767e124df059983c18f809e262923c53aec295d30383b54e39d609d160afcb1908d0bd876621886ca989ca\
               9c7d58087307ca93092d651efa";
    let wrapped = Wrapped { blob: hex::decode(raw).unwrap(), private_key: None };
    let opened = unwrap(
        WrappingAlgorithm::Sm2Encrypt,
        &material,
        KeySpec::Hmac256,
        PrivateKeyForm::OneField,
        Some(&(1..=64)),
        &wrapped,
    );
    assert_eq!(opened.unwrap().expose(), b"encryption standard");
}

#[test]
fn which_salts_are_good_is_the_vendors_choice() {
    let material = generate(KeySpec::Rsa2048, &SystemChance).unwrap();
    let (key, private) = (
        LoadedKey::load(KeySpec::Rsa2048, &material).unwrap(),
        PKey::private_key_from_pkcs8(material.expose()).unwrap(),
    );
    for length in [0, 20, 32, 222] {
        let mut signer = Signer::new(MessageDigest::sha256(), &private).unwrap();
        signer.set_rsa_padding(Padding::PKCS1_PSS).unwrap();
        signer.set_rsa_pss_saltlen(RsaPssSaltlen::custom(length)).unwrap();
        let signature = signer.sign_oneshot_to_vec(b"message").unwrap();
        for (salt, good) in [(PssSalt::AsDigest, length == 32), (PssSalt::Any, true)] {
            let valid = |message| key.verify_salted(SigningAlgorithm::RsaPssSha256, Raw, message, &signature, salt);
            assert_eq!(valid(b"message"), Ok(good), "{length} {salt:?}");
            assert_eq!(valid(b"massage"), Ok(false));
        }
    }
}

#[test]
fn halves_of_a_signature_become_der() {
    for halves in [vec![1; 64], vec![0xff; 64], [vec![0; 31], vec![1], vec![0x80; 32]].concat()] {
        let signature = EcdsaSig::from_der(&signature_der(&halves).unwrap()).unwrap();
        let numbers = [signature.r(), signature.s()].map(|number| number.to_vec_padded(32).unwrap());
        assert_eq!(numbers.concat(), halves);
    }
    assert_eq!(signature_der(b""), None);
    assert_eq!(signature_der(&[1; 63]), None);
}

#[test]
fn macs_belong_to_their_kinds() {
    for spec in KeySpec::ALL.iter().copied().filter(|spec| spec.rsa_bits().is_none()) {
        let key = loaded(spec);
        for algorithm in MacAlgorithm::ALL.iter().copied() {
            let mac = key.mac(algorithm, b"message");
            match algorithm.fits(spec) {
                true => assert_eq!(mac.unwrap().len(), generate(spec, &SystemChance).unwrap().len()),
                false => assert!(is_fault(mac), "{spec} {algorithm}"),
            }
        }
    }
}

#[test]
fn hmac_runs_its_parts_together() {
    // RFC 4231, test case 2.
    let expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
    for parts in [&[&b"what do ya want for nothing?"[..]][..], &[b"what do ya ", b"", b"want for nothing?"]] {
        assert_eq!(hex::encode(hmac_sha256(b"Jefe", parts).unwrap()), expected);
    }
    assert!(is_fault(hmac_sha256(b"", &[b"x"])));
}

#[test]
fn the_plain_cipher_for_sealing() {
    let key = generate(KeySpec::Aes256, &SystemChance).unwrap();
    let body = aes256_gcm_seal(&key, &[1; 12], b"aad", b"secret").unwrap();
    assert_eq!(aes256_gcm_open(&key, &[1; 12], b"aad", &body).unwrap().expose(), b"secret");
    assert_eq!(aes256_gcm_open(&key, &[1; 12], b"dab", &body), Err(Error::CiphertextInvalid));
}

#[test]
fn wrapping_pairs_are_pairs() {
    for spec in [WrappingKeySpec::Rsa2048, WrappingKeySpec::Sm2] {
        let (public, private) = generate_wrapping_pair(spec).unwrap();
        assert_eq!(public_key(spec.key_spec(), &private), Ok(Some(public)));
        assert_eq!(canonical(spec.key_spec(), private.clone(), None), Ok(private));
    }
}

#[test]
fn material_of_another_kind_does_not_load() {
    for spec in KeySpec::ALL.iter().copied().filter(|spec| spec.family() == KeyFamily::Private) {
        assert!(is_fault(LoadedKey::load(spec, &Material::zeroed(32))), "{spec}");
    }
    assert!(is_fault(LoadedKey::load(KeySpec::Hmac256, &Material::zeroed(0))));
}
