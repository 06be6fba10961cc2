//! What kinds of keys there are and what can be done with each.

use crate::words::words;

words! {
    /// The kind of a key: algorithm and size.
    pub enum KeySpec {
        /// AES with 256 bits, used in GCM.
        Aes256 = "AES_256",
        /// SM4, 128 bits, used in GCM.
        Sm4 = "SM4",
        /// HMAC with SHA-224.
        Hmac224 = "HMAC_224",
        /// HMAC with SHA-256.
        Hmac256 = "HMAC_256",
        /// HMAC with SHA-384.
        Hmac384 = "HMAC_384",
        /// HMAC with SHA-512.
        Hmac512 = "HMAC_512",
        /// HMAC with SM3.
        HmacSm3 = "HMAC_SM3",
        /// RSA with a modulus of 2048 bits.
        Rsa2048 = "RSA_2048",
        /// RSA with a modulus of 3072 bits.
        Rsa3072 = "RSA_3072",
        /// RSA with a modulus of 4096 bits.
        Rsa4096 = "RSA_4096",
        /// NIST curve P-256.
        EcP256 = "EC_P256",
        /// NIST curve P-384.
        EcP384 = "EC_P384",
        /// NIST curve P-521.
        EcP521 = "EC_P521",
        /// SECG curve secp256k1.
        EcSecp256k1 = "EC_SECP256K1",
        /// Edwards curve 25519.
        Ed25519 = "ED25519",
        /// SM2 on its own curve (GB/T 32918).
        Sm2 = "SM2",
        /// ML-DSA-44 (FIPS 204).
        MlDsa44 = "ML_DSA_44",
        /// ML-DSA-65 (FIPS 204).
        MlDsa65 = "ML_DSA_65",
        /// ML-DSA-87 (FIPS 204).
        MlDsa87 = "ML_DSA_87",
        /// ML-KEM-512 (FIPS 203).
        MlKem512 = "ML_KEM_512",
        /// ML-KEM-768 (FIPS 203).
        MlKem768 = "ML_KEM_768",
        /// ML-KEM-1024 (FIPS 203).
        MlKem1024 = "ML_KEM_1024",
    }
}

/// The family of a [`KeySpec`]: decides the form of the material.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum KeyFamily {
    /// A block-cipher key: raw bytes.
    Symmetric,
    /// An HMAC key: raw bytes.
    Mac,
    /// A private key: PKCS#8 `PrivateKeyInfo` in DER.
    Private,
}

impl KeySpec {
    /// Which family this kind belongs to.
    pub const fn family(self) -> KeyFamily {
        match self {
            Self::Aes256 | Self::Sm4 => KeyFamily::Symmetric,
            Self::Hmac224 | Self::Hmac256 | Self::Hmac384 | Self::Hmac512 | Self::HmacSm3 => KeyFamily::Mac,
            Self::Rsa2048
            | Self::Rsa3072
            | Self::Rsa4096
            | Self::EcP256
            | Self::EcP384
            | Self::EcP521
            | Self::EcSecp256k1
            | Self::Ed25519
            | Self::Sm2
            | Self::MlDsa44
            | Self::MlDsa65
            | Self::MlDsa87
            | Self::MlKem512
            | Self::MlKem768
            | Self::MlKem1024 => KeyFamily::Private,
        }
    }

    /// Whether there is a public half.
    pub const fn is_asymmetric(self) -> bool {
        matches!(self.family(), KeyFamily::Private)
    }

    /// Whether it is one of ML-DSA's parameter sets.
    pub const fn is_ml_dsa(self) -> bool {
        matches!(self, Self::MlDsa44 | Self::MlDsa65 | Self::MlDsa87)
    }

    /// Whether it is one of ML-KEM's parameter sets.
    pub const fn is_ml_kem(self) -> bool {
        matches!(self, Self::MlKem512 | Self::MlKem768 | Self::MlKem1024)
    }

    /// Modulus length in bits, for RSA kinds.
    pub const fn rsa_bits(self) -> Option<u32> {
        match self {
            Self::Rsa2048 => Some(2048),
            Self::Rsa3072 => Some(3072),
            Self::Rsa4096 => Some(4096),
            _ => None,
        }
    }
}

words! {
    /// What a key may be used for. Fixed when the key is made.
    pub enum KeyUsage {
        /// Encrypt and decrypt, and data keys for symmetric kinds.
        EncryptDecrypt = "ENCRYPT_DECRYPT",
        /// Sign and verify.
        SignVerify = "SIGN_VERIFY",
        /// Generate and verify a MAC.
        GenerateVerifyMac = "GENERATE_VERIFY_MAC",
        /// Derive a shared secret.
        KeyAgreement = "KEY_AGREEMENT",
        /// Encapsulate a shared secret and get it back.
        EncapsulateDecapsulate = "ENCAPSULATE_DECAPSULATE",
    }
}

words! {
    /// Where the material comes from.
    pub enum Origin {
        /// Made by the engine when the key was created.
        Generated = "GENERATED",
        /// Brought by the caller.
        Imported = "IMPORTED",
        /// Made in a security module of the tenant's own.
        Module = "MODULE",
        /// Half of it made by the engine, half of it kept by somebody else.
        Outside = "OUTSIDE",
    }
}

words! {
    /// The kind of key pair under which material travels.
    pub enum WrappingKeySpec {
        /// RSA with a modulus of 2048 bits.
        Rsa2048 = "RSA_2048",
        /// RSA with a modulus of 3072 bits.
        Rsa3072 = "RSA_3072",
        /// RSA with a modulus of 4096 bits.
        Rsa4096 = "RSA_4096",
        /// SM2.
        Sm2 = "SM2",
    }
}

impl WrappingKeySpec {
    /// The key kind that a wrapping key of this spec is.
    pub const fn key_spec(self) -> KeySpec {
        match self {
            Self::Rsa2048 => KeySpec::Rsa2048,
            Self::Rsa3072 => KeySpec::Rsa3072,
            Self::Rsa4096 => KeySpec::Rsa4096,
            Self::Sm2 => KeySpec::Sm2,
        }
    }
}

words! {
    /// How material is encrypted under the wrapping key for its journey.
    pub enum WrappingAlgorithm {
        /// RSA-OAEP, SHA-1 for label and MGF1, empty label.
        RsaOaepSha1 = "RSAES_OAEP_SHA_1",
        /// RSA-OAEP, SHA-256 for label and MGF1, empty label.
        RsaOaepSha256 = "RSAES_OAEP_SHA_256",
        /// RSA PKCS#1 v1.5.
        RsaPkcs1 = "RSAES_PKCS1_V1_5",
        /// RSA-OAEP (SHA-1) of an AES key, then AES-KWP (RFC 5649) of the material.
        RsaAesKeyWrapSha1 = "RSA_AES_KEY_WRAP_SHA_1",
        /// RSA-OAEP (SHA-256) of an AES key, then AES-KWP (RFC 5649) of the material.
        RsaAesKeyWrapSha256 = "RSA_AES_KEY_WRAP_SHA_256",
        /// SM2 public-key encryption, C1C3C2 in ASN.1.
        Sm2Encrypt = "SM2_ENCRYPT",
    }
}

words! {
    /// How `encrypt` and `decrypt` work.
    pub enum EncryptionAlgorithm {
        /// The authenticated symmetric cipher of the key.
        Symmetric = "SYMMETRIC_DEFAULT",
        /// RSA-OAEP with SHA-1 throughout.
        RsaOaepSha1 = "RSAES_OAEP_SHA_1",
        /// RSA-OAEP with SHA-256 throughout.
        RsaOaepSha256 = "RSAES_OAEP_SHA_256",
        /// RSA PKCS#1 v1.5 (one vendor decrypts it).
        RsaPkcs1 = "RSAES_PKCS1_V1_5",
        /// SM2, C1C3C2 in ASN.1.
        Sm2 = "SM2_ENCRYPT",
    }
}

impl EncryptionAlgorithm {
    /// Whether a key of this kind can do it.
    pub const fn fits(self, spec: KeySpec) -> bool {
        match self {
            Self::Symmetric => matches!(spec.family(), KeyFamily::Symmetric),
            Self::RsaOaepSha1 | Self::RsaOaepSha256 | Self::RsaPkcs1 => spec.rsa_bits().is_some(),
            Self::Sm2 => matches!(spec, KeySpec::Sm2),
        }
    }
}

words! {
    /// How a signature is made.
    pub enum SigningAlgorithm {
        /// RSASSA-PSS, SHA-256, salt of 32 bytes.
        RsaPssSha256 = "RSASSA_PSS_SHA_256",
        /// RSASSA-PSS, SHA-384, salt of 48 bytes.
        RsaPssSha384 = "RSASSA_PSS_SHA_384",
        /// RSASSA-PSS, SHA-512, salt of 64 bytes.
        RsaPssSha512 = "RSASSA_PSS_SHA_512",
        /// RSASSA-PKCS1-v1_5, SHA-256.
        RsaPkcs1Sha256 = "RSASSA_PKCS1_V1_5_SHA_256",
        /// RSASSA-PKCS1-v1_5, SHA-384.
        RsaPkcs1Sha384 = "RSASSA_PKCS1_V1_5_SHA_384",
        /// RSASSA-PKCS1-v1_5, SHA-512.
        RsaPkcs1Sha512 = "RSASSA_PKCS1_V1_5_SHA_512",
        /// ECDSA over SHA-256, DER.
        EcdsaSha256 = "ECDSA_SHA_256",
        /// ECDSA over SHA-384, DER.
        EcdsaSha384 = "ECDSA_SHA_384",
        /// ECDSA over SHA-512, DER.
        EcdsaSha512 = "ECDSA_SHA_512",
        /// Ed25519 over the message itself.
        Ed25519 = "ED25519_SHA_512",
        /// Ed25519ph: over a SHA-512 of the message.
        Ed25519ph = "ED25519_PH_SHA_512",
        /// SM2 signature over SM3(Z ‖ message), DER, id `1234567812345678`.
        Sm2Dsa = "SM2DSA",
        /// ML-DSA with an empty context, hedged (FIPS 204, 5.2).
        MlDsa = "ML_DSA_SHAKE_256",
    }
}

impl SigningAlgorithm {
    /// Whether a key of this kind can do it.
    pub const fn fits(self, spec: KeySpec) -> bool {
        match self {
            Self::RsaPssSha256
            | Self::RsaPssSha384
            | Self::RsaPssSha512
            | Self::RsaPkcs1Sha256
            | Self::RsaPkcs1Sha384
            | Self::RsaPkcs1Sha512 => spec.rsa_bits().is_some(),
            Self::EcdsaSha256 => matches!(spec, KeySpec::EcP256 | KeySpec::EcSecp256k1),
            Self::EcdsaSha384 => matches!(spec, KeySpec::EcP384),
            Self::EcdsaSha512 => matches!(spec, KeySpec::EcP521),
            Self::Ed25519 | Self::Ed25519ph => matches!(spec, KeySpec::Ed25519),
            Self::Sm2Dsa => matches!(spec, KeySpec::Sm2),
            Self::MlDsa => spec.is_ml_dsa(),
        }
    }

    /// Length in bytes of the digest that [`MessageForm::Digest`] brings, or [`MessageForm::ExternalMu`].
    pub const fn digest_length(self) -> usize {
        match self {
            Self::RsaPssSha256 | Self::RsaPkcs1Sha256 | Self::EcdsaSha256 | Self::Sm2Dsa => 32,
            Self::RsaPssSha384 | Self::RsaPkcs1Sha384 | Self::EcdsaSha384 => 48,
            Self::RsaPssSha512
            | Self::RsaPkcs1Sha512
            | Self::EcdsaSha512
            | Self::Ed25519
            | Self::Ed25519ph
            | Self::MlDsa => 64,
        }
    }
}

words! {
    /// Whether the caller sent the message or its digest.
    pub enum MessageForm {
        /// The message; the engine hashes it.
        Raw = "RAW",
        /// The digest; signed as it is.
        Digest = "DIGEST",
        /// The message representative µ of ML-DSA (FIPS 204, 6.2), 64 bytes; signed as it is.
        ExternalMu = "EXTERNAL_MU",
        /// The digest that Ed25519ph itself makes of the message (RFC 8032, 5.1: PH), 64 bytes; signed
        /// as it is, where [`MessageForm::Digest`] is hashed once more.
        Prehashed = "PREHASHED",
    }
}

words! {
    /// Which hash a MAC uses.
    pub enum MacAlgorithm {
        /// HMAC-SHA-224.
        HmacSha224 = "HMAC_SHA_224",
        /// HMAC-SHA-256.
        HmacSha256 = "HMAC_SHA_256",
        /// HMAC-SHA-384.
        HmacSha384 = "HMAC_SHA_384",
        /// HMAC-SHA-512.
        HmacSha512 = "HMAC_SHA_512",
        /// HMAC-SM3.
        HmacSm3 = "HMAC_SM3",
    }
}

impl MacAlgorithm {
    /// Whether a key of this kind can do it.
    pub const fn fits(self, spec: KeySpec) -> bool {
        matches!(
            (self, spec),
            (Self::HmacSha224, KeySpec::Hmac224)
                | (Self::HmacSha256, KeySpec::Hmac256)
                | (Self::HmacSha384, KeySpec::Hmac384)
                | (Self::HmacSha512, KeySpec::Hmac512)
                | (Self::HmacSm3, KeySpec::HmacSm3)
        )
    }
}
