//! A key that is ready for use.

use std::fmt;

use ed25519_dalek::{Signature, SigningKey};
use openssl::pkey::{PKey, Private};
use openssl::sign::Signer;

use super::curve::curve;
use super::digest::mac_hash;
use super::hash::sha512;
use super::maximum::plaintext_maximum;
use super::oaep::OaepHash;
use super::prehash::Prehash;
use super::sealing::{BlockCipher, SealedData};
use super::{Refused, ecdh, ed25519, ml_dsa, ml_kem, pkcs1, signing, sm2};
use crate::chance::Chance;
use crate::error::Error;
use crate::material::Material;
use crate::policy::PssSalt;
use crate::spec::{EncryptionAlgorithm, KeySpec, MacAlgorithm, MessageForm, SigningAlgorithm};

/// A key, parsed once and used many times: a freshly parsed RSA key costs double on its first
/// private operation. Shared between threads freely.
///
/// Every method refuses with [`Error::Internal`] an algorithm that does not go with the key's
/// kind: the engine has already asked `fits` and knows the key's name for its answer.
pub struct LoadedKey {
    spec: KeySpec,
    parsed: Parsed,
}

enum Parsed {
    Symmetric(BlockCipher, Material),
    Mac(PKey<Private>),
    /// RSA and the curves of ECDSA.
    Digests(PKey<Private>),
    /// OpenSSL's safe interface has no Ed25519ph, so there is a second form for that.
    Ed25519(PKey<Private>, Box<SigningKey>),
    /// With what SM2 puts in front of signed messages.
    Sm2(PKey<Private>, [u8; 32]),
    MlDsa(ml_dsa::Key),
    MlKem(ml_kem::Key),
}

impl LoadedKey {
    /// Parses canonical material.
    ///
    /// # Errors
    /// [`Error::Internal`] if it does not parse. Whether an RSA key has the kind's size, or a curve
    /// key the kind's curve, is not asked again: [`canonical`](super::canonical) has seen to it.
    pub fn load(spec: KeySpec, material: &Material) -> Result<Self, Error> {
        let private = || PKey::private_key_from_pkcs8(material.expose()).map_err(Error::internal);
        let parsed = match spec {
            KeySpec::Aes256 => Parsed::Symmetric(BlockCipher::Aes256, material.clone()),
            KeySpec::Sm4 => Parsed::Symmetric(BlockCipher::Sm4, material.clone()),
            KeySpec::Hmac224 | KeySpec::Hmac256 | KeySpec::Hmac384 | KeySpec::Hmac512 | KeySpec::HmacSm3 => {
                Parsed::Mac(PKey::hmac(material.expose()).map_err(Error::internal)?)
            }
            KeySpec::Rsa2048
            | KeySpec::Rsa3072
            | KeySpec::Rsa4096
            | KeySpec::EcP256
            | KeySpec::EcP384
            | KeySpec::EcP521
            | KeySpec::EcSecp256k1 => Parsed::Digests(private()?),
            KeySpec::Ed25519 => {
                let seed = ed25519::seed(material.expose()).ok_or_else(|| Error::internal("not an Ed25519 key"))?;
                Parsed::Ed25519(private()?, Box::new(SigningKey::from_bytes(seed)))
            }
            KeySpec::Sm2 => {
                let key = private()?;
                let z = sm2::identity_digest(&key).map_err(Error::internal)?;
                Parsed::Sm2(key, z)
            }
            KeySpec::MlDsa44 | KeySpec::MlDsa65 | KeySpec::MlDsa87 => Parsed::MlDsa(ml_dsa::load(spec, material)?),
            KeySpec::MlKem512 | KeySpec::MlKem768 | KeySpec::MlKem1024 => Parsed::MlKem(ml_kem::load(spec, material)?),
        };
        Ok(Self { spec, parsed })
    }

    /// Encrypts under a symmetric key. A fresh message key comes from HKDF-SHA-256 over the
    /// material with a random salt and `info`; then AES-256-GCM or SM4-GCM with a random nonce.
    ///
    /// # Errors
    /// [`Error::PlaintextTooLong`] beyond one mebibyte; [`Error::Internal`].
    pub fn seal(&self, info: &[u8], aad: &[u8], plaintext: &[u8], chance: &dyn Chance) -> Result<SealedData, Error> {
        match &self.parsed {
            Parsed::Symmetric(cipher, material) => cipher.seal(material, info, aad, plaintext, chance),
            _ => Err(self.unfit(EncryptionAlgorithm::Symmetric.word())),
        }
    }

    /// Opens what [`Self::seal`] made with the same `info` and `aad`.
    ///
    /// # Errors
    /// [`Error::CiphertextInvalid`] if anything about it is wrong; [`Error::Internal`].
    pub fn open(&self, info: &[u8], aad: &[u8], data: &SealedData) -> Result<Material, Error> {
        match &self.parsed {
            Parsed::Symmetric(cipher, material) => cipher.open(material, info, aad, data),
            _ => Err(self.unfit(EncryptionAlgorithm::Symmetric.word())),
        }
    }

    /// Encrypts with the public half. RSA: as long as the modulus. SM2: DER, of at least one byte
    /// of plaintext.
    ///
    /// # Errors
    /// [`Error::PlaintextTooLong`] with what [`plaintext_maximum`] says; [`Error::Internal`].
    pub fn encrypt(&self, algorithm: EncryptionAlgorithm, plaintext: &[u8]) -> Result<Vec<u8>, Error> {
        let maximum = plaintext_maximum(algorithm, self.spec);
        let encrypted = match (&self.parsed, algorithm) {
            _ if !algorithm.fits(self.spec) => return Err(self.unfit(algorithm.word())),
            _ if plaintext.len() > maximum => return Err(Error::PlaintextTooLong { maximum }),
            (Parsed::Digests(key), EncryptionAlgorithm::RsaOaepSha1) => OaepHash::Sha1.encrypt(key, plaintext),
            (Parsed::Digests(key), EncryptionAlgorithm::RsaOaepSha256) => OaepHash::Sha256.encrypt(key, plaintext),
            (Parsed::Digests(key), EncryptionAlgorithm::RsaPkcs1) => pkcs1::encrypt(key, plaintext),
            (Parsed::Sm2(key, _), EncryptionAlgorithm::Sm2) => sm2::encrypt(key, plaintext),
            _ => return Err(self.unfit(algorithm.word())),
        };
        encrypted.map_err(Error::internal)
    }

    /// Decrypts with the private half. Under PKCS#1 v1.5 whoever may ask this question learns
    /// whether a block is well formed; that is the algorithm's nature, not ours to mend.
    ///
    /// # Errors
    /// [`Error::CiphertextInvalid`], one answer for every kind of damage; [`Error::Internal`].
    pub fn decrypt(&self, algorithm: EncryptionAlgorithm, ciphertext: &[u8]) -> Result<Material, Error> {
        let decrypted = match (&self.parsed, algorithm) {
            _ if !algorithm.fits(self.spec) => return Err(self.unfit(algorithm.word())),
            (Parsed::Digests(key), EncryptionAlgorithm::RsaOaepSha1) => OaepHash::Sha1.decrypt(key, ciphertext),
            (Parsed::Digests(key), EncryptionAlgorithm::RsaOaepSha256) => OaepHash::Sha256.decrypt(key, ciphertext),
            (Parsed::Digests(key), EncryptionAlgorithm::RsaPkcs1) => {
                pkcs1::decrypt(key, ciphertext, &(0..=plaintext_maximum(algorithm, self.spec)))
            }
            (Parsed::Sm2(key, _), EncryptionAlgorithm::Sm2) => sm2::decrypt(key, ciphertext),
            _ => return Err(self.unfit(algorithm.word())),
        };
        decrypted.map_err(|Refused| Error::CiphertextInvalid)
    }

    /// Signs. RSA signatures are as long as the modulus, Ed25519 ones 64 bytes, ECDSA and SM2 ones
    /// DER of r and s. Ed25519ph hashes the 64 bytes
    /// that it is given as a digest once more (FIPS 186-5, 7.8.1), and takes prehashed ones as they are.
    /// ML-DSA ones are as long as the parameter set says, and never twice the same.
    ///
    /// # Errors
    /// [`Error::MessageFormUnfit`] for Ed25519 over a digest, Ed25519ph over a message, ML-DSA over a digest, and µ
    /// and a prehash for anything else; [`Error::DigestLength`]; [`Error::Internal`].
    pub fn sign(&self, algorithm: SigningAlgorithm, form: MessageForm, message: &[u8]) -> Result<Vec<u8>, Error> {
        match self.signable(algorithm, form, message)? {
            Signable::Digest(key, digest) => signing::sign_digest(key, algorithm, &digest).map_err(Error::internal),
            Signable::Message(key) => signing::sign_ed25519(key, message).map_err(Error::internal),
            Signable::Prehashed(key, prehash) => key
                .sign_prehashed(prehash, None)
                .map(|signature| signature.to_bytes().to_vec())
                .map_err(|_| Error::internal("Ed25519ph did not sign")),
            Signable::Mu(key, mu) => key.sign(&mu),
        }
    }

    /// Whether a signature is right. One that is malformed is just not right. RSASSA-PSS must have
    /// the salt length that [`Self::sign`] gives it, that of the digest.
    ///
    /// # Errors
    /// As for [`Self::sign`].
    pub fn verify(
        &self,
        algorithm: SigningAlgorithm,
        form: MessageForm,
        message: &[u8],
        signature: &[u8],
    ) -> Result<bool, Error> {
        self.verify_salted(algorithm, form, message, signature, PssSalt::AsDigest)
    }

    /// As [`Self::verify`], with the vendor's rule for the salts of RSASSA-PSS.
    ///
    /// # Errors
    /// As for [`Self::sign`].
    pub fn verify_salted(
        &self,
        algorithm: SigningAlgorithm,
        form: MessageForm,
        message: &[u8],
        signature: &[u8],
        salt: PssSalt,
    ) -> Result<bool, Error> {
        match self.signable(algorithm, form, message)? {
            Signable::Digest(key, digest) => {
                signing::verify_digest_salted(key, algorithm, &digest, signature, salt).map_err(Error::internal)
            }
            Signable::Message(key) => signing::verify_ed25519(key, message, signature).map_err(Error::internal),
            Signable::Prehashed(key, prehash) => Ok(Signature::from_slice(signature)
                .is_ok_and(|signature| key.verify_prehashed(prehash, None, &signature).is_ok())),
            Signable::Mu(key, mu) => Ok(key.verify(&mu, signature)),
        }
    }

    fn signable(&self, algorithm: SigningAlgorithm, form: MessageForm, message: &[u8]) -> Result<Signable<'_>, Error> {
        match (&self.parsed, algorithm, form) {
            _ if !algorithm.fits(self.spec) => Err(self.unfit(algorithm.word())),
            (Parsed::Digests(key), ..) => Ok(Signable::Digest(key, signing::digest(algorithm, form, message, None)?)),
            (Parsed::Sm2(key, z), ..) => Ok(Signable::Digest(key, signing::digest(algorithm, form, message, Some(z))?)),
            (Parsed::Ed25519(key, _), SigningAlgorithm::Ed25519, MessageForm::Raw) => Ok(Signable::Message(key)),
            (Parsed::Ed25519(_, key), SigningAlgorithm::Ed25519ph, MessageForm::Digest | MessageForm::Prehashed) => {
                let digest: [u8; 64] = message.try_into().map_err(|_| Error::DigestLength)?;
                let prehash = if form == MessageForm::Prehashed { digest } else { sha512(&digest) };
                Ok(Signable::Prehashed(key, Prehash(prehash)))
            }
            (Parsed::Ed25519(..), ..) => Err(Error::MessageFormUnfit),
            (Parsed::MlDsa(key), _, MessageForm::Raw) => Ok(Signable::Mu(key, key.mu(message)?)),
            (Parsed::MlDsa(key), _, MessageForm::ExternalMu) => {
                Ok(Signable::Mu(key, message.try_into().map_err(|_| Error::DigestLength)?))
            }
            (Parsed::MlDsa(_), _, MessageForm::Digest | MessageForm::Prehashed) => Err(Error::MessageFormUnfit),
            (Parsed::Symmetric(..) | Parsed::Mac(_) | Parsed::MlKem(_), ..) => Err(self.unfit(algorithm.word())),
        }
    }

    /// The HMAC of a message, as long as its hash. Compare with
    /// [`constant_time_eq`](crate::constant_time_eq).
    ///
    /// # Errors
    /// [`Error::Internal`].
    pub fn mac(&self, algorithm: MacAlgorithm, message: &[u8]) -> Result<Vec<u8>, Error> {
        match &self.parsed {
            Parsed::Mac(key) if algorithm.fits(self.spec) => Signer::new(mac_hash(algorithm), key)
                .and_then(|mut signer| signer.sign_oneshot_to_vec(message))
                .map_err(Error::internal),
            _ => Err(self.unfit(algorithm.word())),
        }
    }

    /// The secret that the key shares with a peer on its curve: the x coordinate, without any
    /// derivation after it. `peer` is a `SubjectPublicKeyInfo` in DER.
    ///
    /// # Errors
    /// [`Error::PeerKeyUnfit`] for everything that is wrong with the peer's key;
    /// [`Error::Internal`].
    pub fn agree(&self, peer: &[u8]) -> Result<Material, Error> {
        match (&self.parsed, curve(self.spec)) {
            (Parsed::Digests(key) | Parsed::Sm2(key, _), Some(curve)) => {
                ecdh::shared_secret(key, curve, peer).map_err(|Refused| Error::PeerKeyUnfit)
            }
            _ => Err(self.unfit("ECDH")),
        }
    }

    /// A fresh secret of 32 bytes and its encapsulated form, for whoever has the private half.
    ///
    /// # Errors
    /// [`Error::Internal`].
    pub fn encapsulate(&self, chance: &dyn Chance) -> Result<(Material, Vec<u8>), Error> {
        match &self.parsed {
            Parsed::MlKem(key) => key.encapsulate(chance),
            _ => Err(self.unfit("ML_KEM")),
        }
    }

    /// The secret in an encapsulated form. One that was damaged or made for another key gives a secret that nobody
    /// else has, never an error (implicit rejection; FIPS 203, 6.3).
    ///
    /// # Errors
    /// [`Error::CiphertextInvalid`] if the length is not that of the parameter set; [`Error::Internal`].
    pub fn decapsulate(&self, ciphertext: &[u8]) -> Result<Material, Error> {
        match &self.parsed {
            Parsed::MlKem(key) => key.decapsulate(ciphertext).ok_or(Error::CiphertextInvalid),
            _ => Err(self.unfit("ML_KEM")),
        }
    }

    /// Whether a private operation takes longer than about 100 µs and so belongs on a thread that
    /// may block. From measurements: RSA 220 and more, P-384 540, P-521 1290, secp256k1 and SM2 250,
    /// ML-DSA 760 and more, ML-KEM about 100.
    pub fn is_slow(&self) -> bool {
        match self.spec {
            KeySpec::Rsa2048
            | KeySpec::Rsa3072
            | KeySpec::Rsa4096
            | KeySpec::EcP384
            | KeySpec::EcP521
            | KeySpec::EcSecp256k1
            | KeySpec::Sm2
            | KeySpec::MlDsa44
            | KeySpec::MlDsa65
            | KeySpec::MlDsa87 => true,
            KeySpec::Aes256
            | KeySpec::Sm4
            | KeySpec::Hmac224
            | KeySpec::Hmac256
            | KeySpec::Hmac384
            | KeySpec::Hmac512
            | KeySpec::HmacSm3
            | KeySpec::EcP256
            | KeySpec::Ed25519
            | KeySpec::MlKem512
            | KeySpec::MlKem768
            | KeySpec::MlKem1024 => false,
        }
    }

    fn unfit(&self, algorithm: &'static str) -> Error {
        Error::internal(format!("{algorithm} asked of a key of kind {}", self.spec))
    }
}

/// What a signature is made over, and with what.
enum Signable<'a> {
    Digest(&'a PKey<Private>, Vec<u8>),
    Message(&'a PKey<Private>),
    Prehashed(&'a SigningKey, Prehash),
    Mu(&'a ml_dsa::Key, [u8; 64]),
}

impl fmt::Debug for LoadedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}
