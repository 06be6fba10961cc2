//! Known answers of both ciphers, and what must not open.

use super::*;

/// RFC 8998, appendix A.1.
#[test]
fn sm4_gcm_of_the_rfc() {
    let key = Material::new(hex::decode("0123456789abcdeffedcba9876543210").unwrap());
    let nonce: [u8; 12] = hex::decode("00001234567800000000abcd").unwrap().try_into().unwrap();
    let aad = hex::decode("feedfacedeadbeeffeedfacedeadbeefabaddad2").unwrap();
    let plain = hex::decode(
        "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccdddddddddddddddd\
         eeeeeeeeeeeeeeeeffffffffffffffffeeeeeeeeeeeeeeeeaaaaaaaaaaaaaaaa",
    )
    .unwrap();
    let expected = "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735\
                    d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d\
                    83de3541e4c2b58177e065a9bf7b62ec";
    let body = seal(sm4_gcm().unwrap(), &key, &nonce, &aad, &plain).unwrap();
    assert_eq!(hex::encode(&body), expected);
    assert_eq!(open(sm4_gcm().unwrap(), &key, &nonce, &aad, &body).unwrap().expose(), plain);
}

#[test]
fn nothing_opens_but_the_whole() {
    for (cipher, length) in [(aes_256_gcm().unwrap(), 32), (sm4_gcm().unwrap(), 16)] {
        let key = Material::new(vec![3; length]);
        let body = seal(cipher, &key, &[1; 12], b"aad", b"plaintext").unwrap();
        assert_eq!(body.len(), 9 + TAG_LENGTH);
        assert_eq!(open(cipher, &key, &[1; 12], b"aad", &body).unwrap().expose(), b"plaintext");
        let refused = |key: &Material, nonce: u8, aad: &[u8], body: &[u8]| {
            assert_eq!(open(cipher, key, &[nonce; 12], aad, body), Err(Error::CiphertextInvalid));
        };
        for cut in 0..body.len() {
            refused(&key, 1, b"aad", &body[..cut]);
        }
        for bit in 0..body.len() * 8 {
            let mut damaged = body.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            refused(&key, 1, b"aad", &damaged);
        }
        refused(&key, 1, b"aad", &[&body[..], &[0]].concat());
        refused(&key, 2, b"aad", &body);
        refused(&key, 1, b"", &body);
        refused(&Material::new(vec![4; length]), 1, b"aad", &body);
    }
}

#[test]
fn empty_plaintext_has_a_tag_too() {
    let key = Material::zeroed(32);
    let body = aes256_gcm_seal(&key, &[0; 12], b"", b"").unwrap();
    // Test case 13 of the GCM specification.
    assert_eq!(hex::encode(&body), "530f8afbc74536b9a963b4f1c4cb738b");
    assert!(aes256_gcm_open(&key, &[0; 12], b"", &body).unwrap().is_empty());
}

#[test]
fn keys_of_another_length_are_a_fault_and_no_panic() {
    for length in (0..80).filter(|length| *length != 32) {
        let key = Material::zeroed(length);
        assert!(matches!(aes256_gcm_seal(&key, &[0; 12], b"", b"x"), Err(Error::Internal(_))));
        assert!(matches!(aes256_gcm_open(&key, &[0; 12], b"", &[0; 20]), Err(Error::Internal(_))));
    }
}
