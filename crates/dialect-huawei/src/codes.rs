//! The vendor's error codes that the service itself answers with, as its table of codes has them:
//! code, HTTP status, text.

/// Declares an enum whose variants carry a code, a status and a text.
macro_rules! codes {
    ($($(#[$meta:meta])* $variant:ident = $code:literal, $status:literal, $message:literal;)+) => {
        /// A refusal of the KMS service.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub(crate) enum Code { $($(#[$meta])* $variant,)+ }

        impl Code {
            /// All of them.
            #[cfg(test)]
            pub(crate) const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// `KMS.` and four digits.
            pub(crate) const fn text(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }

            /// The HTTP status.
            pub(crate) const fn status(self) -> u16 {
                match self { $(Self::$variant => $status,)+ }
            }

            /// The text, as documented.
            pub(crate) const fn message(self) -> &'static str {
                match self { $(Self::$variant => $message,)+ }
            }
        }
    };
}

codes! {
    /// Something broke.
    Broken = "KMS.0101", 500, "KMS error.";
    /// Try again.
    Busy = "KMS.0104", 503, "A system exception occurred. Contact technical support.";
    /// What only the primary of a key can do.
    Replica = "KMS.0106", 400, "It is replica service, readonly api allowed.";
    /// The gateway has the route, the service has not.
    InvalidUrl = "KMS.0201", 400, "Invalid request URL.";
    /// The body is not JSON.
    InvalidJson = "KMS.0202", 400, "Invalid JSON format of the request message.";
    /// The body is too large for the service.
    BodyTooLong = "KMS.0203", 400, "Request message too long.";
    /// A required member is missing.
    Missing = "KMS.0204", 400, "Parameters missing in the request message.";
    /// A key id of the wrong form.
    InvalidKeyId = "KMS.0205", 400, "Invalid key ID.";
    /// A sequence number of the wrong form.
    InvalidSequence = "KMS.0206", 400, "Invalid sequence number.";
    /// No such key of this project.
    NoSuchKey = "KMS.0207", 404, "The key does not exist.";
    /// An encryption context of the wrong form.
    InvalidContext = "KMS.0208", 400, "Invalid value of value encryption_context.";
    /// The key is disabled.
    Disabled = "KMS.0209", 400, "The key has been disabled.";
    /// The key is about to be deleted.
    PendingDeletion = "KMS.0210", 400, "The key is in Scheduled deletion state and cannot be used.";
    /// Not for the keys that the vendor's services made.
    DefaultKey = "KMS.0211", 400, "Cannot perform this operation on Default Master Keys.";
    /// Looking for something else than keys.
    InvalidResourceType = "KMS.0212", 400, "Invalid resource type.";
    /// A JSON value of the wrong type.
    InvalidFormat = "KMS.0214", 400, "The request format is invalid.";
    /// The token has other characters than tokens have.
    TokenForm = "KMS.0301", 403, "Invalid or null X-Auth-Token.";
    /// Whoever the token is for is gone.
    TokenUnknown = "KMS.0302", 403, "Invalid X-Auth-Token.";
    /// The token is over.
    TokenOver = "KMS.0303", 403, "X-Auth-Token expired.";
    /// The token is for the project of another region.
    TokenRegion = "KMS.0305", 403, "Invalid X-Auth-Token project name.";
    /// The caller, or whom it calls for, has no right to this.
    NoAccess = "KMS.0306", 403, "No access permissions.";
    /// The caller's rights do not say so.
    NoRight = "KMS.0307", 403, "No access permissions.";
    /// Something about a member is wrong that has no code of its own.
    InvalidParameter = "KMS.0308", 400, "Invalid parameter.";
    /// Import calls on a key that the service made.
    NotExternal = "KMS.0309", 400, "External keys required.";
    /// Import calls outside the state that waits for material.
    NotPendingImport = "KMS.0310", 400, "The key is not in Pending import state.";
    /// The wrapped block does not open.
    UnwrapFailed = "KMS.0311", 400, "Failed to decrypt data using the RSA private key.";
    /// Keys with imported material are not rotated.
    ExternalRotates = "KMS.0312", 400, "External keys cannot be rotated.";
    /// The key is not rotated, and so there is nothing to change about it.
    RotationOff = "KMS.0313", 400, "Key rotation is not enabled.";
    /// Not this kind of rotation here.
    RotationUnsupported = "KMS.0319", 400, "Rotation not supported in the current KMS version.";
    /// The path names another project than the credential has.
    ForeignProject = "KMS.0321", 403, "URIs in URL and X-Auth-Token do not match.";
    /// Asymmetric keys are not rotated.
    AsymmetricRotates = "KMS.0324", 400, "RSA keys cannot be rotated.";
    /// Not for asymmetric keys.
    Asymmetric = "KMS.0325", 400, "The asymmetric key is not support this operation.";
    /// The digest does not have the hash's length.
    DigestLength = "KMS.0329", 400, "Hash algorithm does not match the digest length.";
    /// Not for symmetric keys.
    Symmetric = "KMS.0331", 400, "The symmetric key is not support this operation.";
    /// The algorithm does not go with the key.
    SigningAlgorithm = "KMS.0332", 400, "This key is not support the signing algorithm.";
    /// The key encrypts and does not sign.
    Encrypts = "KMS.0334", 400, "The cmk is used to encrypt and decrypt.";
    /// The key signs and does not encrypt.
    Signs = "KMS.0335", 400, "The cmk is used to sign and verify.";
    /// Keys in key stores are not rotated.
    KeystoreRotates = "KMS.0338", 400, "The custom keystore do not support rotation.";
    /// Nothing is imported into key stores.
    KeystoreImports = "KMS.0339", 400, "The custom keystore do not support import key.";
    /// There are no key stores of this kind here.
    NoKeystore = "KMS.0340", 400, "not support keystore.";
    /// Not for HMAC keys.
    Hmac = "KMS.0341", 400, "The hmac key do not support this operation.";
    /// No tags at all.
    EmptyTagList = "KMS.0401", 400, "Tag list cannot be empty.";
    /// A field cannot be matched with this.
    InvalidMatchValue = "KMS.0402", 400, "Invalid match value.";
    /// There is no such field to match.
    InvalidMatchKey = "KMS.0403", 400, "Invalid match key.";
    /// Neither of the things that a call can do.
    InvalidAction = "KMS.0404", 400, "Invalid action.";
    /// A tag's value has forbidden characters.
    InvalidTagValue = "KMS.0405", 400, "Invalid tag value.";
    /// A tag's key has forbidden characters.
    InvalidTagKey = "KMS.0406", 400, "Invalid tag key.";
    /// More tags in a list than a key can have.
    TagListSize = "KMS.0407", 400, "Invalid tag list size.";
    /// More tags than a key may have.
    TooManyTags = "KMS.0409", 400, "Too many tags.";
    /// A tag's value is too long.
    TagValueLength = "KMS.0410", 400, "Invalid tag value length.";
    /// A tag's key is too long or empty.
    TagKeyLength = "KMS.0411", 400, "Invalid tag key length.";
    /// A tag's key stands twice in a list.
    InvalidTagList = "KMS.0412", 400, "Invalid tag list.";
    /// More values in a filter than a key can have tags.
    TooManyTagValues = "KMS.0413", 400, "Too many tag values.";
    /// A filter says something twice.
    InvalidTags = "KMS.0414", 400, "Invalid tags.";
    /// A field is matched twice.
    InvalidMatches = "KMS.0415", 400, "Invalid matches.";
    /// The key has no such tag.
    NoSuchTag = "KMS.0416", 404, "Invalid tag ID.";
    /// A start of a page of keys with tags, of the wrong form.
    InvalidTagOffset = "KMS.0417", 400, "Invalid offset.";
    /// Counting takes no pages.
    OffsetNotRequired = "KMS.0418", 400, "Offset is not required.";
    /// An alias of the wrong form.
    InvalidAlias = "KMS.1101", 400, "Invalid key_alias.";
    /// A description that is too long.
    InvalidDescription = "KMS.1103", 400, "Invalid key_description.";
    /// The alias is taken.
    AliasTaken = "KMS.1104", 400, "Duplicate key aliases.";
    /// No room for another key.
    TooManyKeys = "KMS.1105", 400, "Too many keys.";
    /// No such kind of key.
    InvalidSpec = "KMS.1110", 400, "Invalid alg_type.";
    /// Keys on curves do not encrypt.
    CurveEncrypts = "KMS.1114", 400, "EC keys do not support to encrypt/decrypt.";
    /// Symmetric keys do not sign.
    SymmetricSigns = "KMS.1115", 400, "Symmetric keys do not support to sign/verify.";
    /// Only a disabled key can be enabled.
    NotDisabled = "KMS.1201", 400, "The key is not disabled.";
    /// Only an enabled key can be disabled, or used.
    NotEnabled = "KMS.1301", 400, "The key is not enabled.";
    /// A deletion window out of range.
    PendingDays = "KMS.1401", 400, "Set the pending deletion period between 7 to 1096 days.";
    /// The key is to be deleted already.
    AlreadyScheduled = "KMS.1402", 400, "The key is already in Pending deletion state.";
    /// A replica has its material from the primary.
    ReplicaImports = "KMS.1404", 400, "This region is not the original region of the key, and it is not allowed to import-key-material.";
    /// The key is not to be deleted.
    NotScheduled = "KMS.1501", 400, "The key is not in Pending deletion state.";
    /// A page size out of range.
    InvalidLimit = "KMS.1601", 400, "Invalid limit.";
    /// A page start out of range.
    InvalidMarker = "KMS.1602", 400, "marker must be greater than or equals 0.";
    /// A page start out of range, of lists that call it so.
    InvalidOffset = "KMS.1603", 400, "Invalid offset.";
    /// A number of random bits out of range. The text is from an older version.
    RandomLength = "KMS.1801", 400, "random_data_length must be 512 bits.";
    /// A number of random bits that is no number of bytes.
    RandomLengthBits = "KMS.1802", 400, "random_data_length must be a multiple of 8.";
    /// A length of data key out of range.
    DatakeyLength = "KMS.1901", 400, "datakey_length must be in the range 8 bits to 8,192 bits.";
    /// No such kind of data key. The text is from an older version.
    DatakeySpec = "KMS.1902", 400, "key_spec can only be AES_128 or AES_256.";
    /// A length of data key that is no number of bytes.
    DatakeyLengthBits = "KMS.1903", 400, "datakey_length must be a multiple of 8.";
    /// More than fits under an RSA key.
    DatakeyTooLong = "KMS.1904", 400, "The rsa wrapping data key is over length 1520 bits.";
    /// A plaintext of the wrong form or length.
    InvalidPlaintext = "KMS.2101", 400, "Invalid plain_text.";
    /// A length of data key out of range. The text is from an older version.
    PlainLength = "KMS.2102", 400, "datakey_plain_length must be 64 bytes.";
    /// The digest after the data key is not its digest.
    PlainDigest = "KMS.2103", 400, "Failed to verify the DEK hash.";
    /// The data key is not as long as it says.
    PlainLengthDiffers = "KMS.2104", 400, "The length of plain_text does not match datakey_plain_length.";
    /// The algorithm does not go with a symmetric key.
    SymmetricAlgorithm = "KMS.2105", 400, "The symmetric key not support this encryption algorithm.";
    /// The algorithm does not go with an RSA key.
    RsaAlgorithm = "KMS.2106", 400, "The rsa key not support this encryption algorithm.";
    /// More than fits into the modulus.
    RsaPlaintextTooLong = "KMS.2108", 400, "The rsa encryption plain_text is over length.";
    /// A ciphertext that does not open.
    InvalidCiphertext = "KMS.2201", 400, "Invalid cipher_text.";
    /// A length of data key out of range. The text is from an older version.
    CipherLength = "KMS.2202", 400, "datakey_cipher_length must be 64 bytes.";
    /// The sealed data key is not as long as was said.
    CipherLengthDiffers = "KMS.2204", 400, "The length of cipher_text does not match datakey_cipher_length.";
    /// A grant that allows nothing but to make grants.
    OnlyCreateGrant = "KMS.2401", 400, "Specify an operation in addition to create-grant.";
    /// Nobody can have this id.
    InvalidPrincipal = "KMS.2402", 400, "Invalid user ID.";
    /// The key has as many grants as it may have.
    TooManyGrants = "KMS.2404", 400, "Too many CMK grants.";
    /// No such grant.
    InvalidGrantId = "KMS.2501", 400, "Invalid grant ID.";
    /// The grant is another key's.
    GrantOfOtherKey = "KMS.2502", 400, "grant_id and key_id do not match.";
    /// The import token is over.
    ImportTokenOver = "KMS.2601", 400, "Token expired.";
    /// The material would expire before it arrives.
    ExpiryPast = "KMS.2602", 400, "Key expiration time must be later than the current time.";
    /// The import token is another key's.
    ImportTokenForOther = "KMS.2603", 400, "Key IDs in the imported key and token do not match.";
    /// The material has the wrong length. The text says bits where bytes are meant.
    MaterialLength = "KMS.2604", 400, "The external key plaintext length must be 32 bits.";
    /// The import token is not one of ours.
    ImportTokenBad = "KMS.2605", 400, "Token verification failed.";
    /// Other material than before.
    MaterialDiffers = "KMS.2606", 400, "You are importing a deleted key again. The imported plaintext must be the same as the deleted key plaintext.";
    /// An asymmetric key without its second field.
    PrivateKeyMissing = "KMS.2608", 400, "The imported asymmetric private key can not be null.";
    /// A private key that does not open or is none of the kind.
    PrivateKeyBad = "KMS.2609", 400, "The imported asymmetric private is invalid.";
    /// A temporary key of an impossible length.
    TemporaryKeyLength = "KMS.2610", 400, "The temporary key length must be 16 or 32.";
    /// There is no material to delete.
    NoMaterial = "KMS.2701", 400, "Key material is not in Enabled or Disabled state and cannot be deleted.";
    /// Material of asymmetric keys stays.
    PrivateKeyStays = "KMS.2702", 400, "The imported private key material can not be deleted.";
    /// The key is rotated already.
    RotationOn = "KMS.2901", 400, "Key rotation is not disabled.";
    /// A rotation interval out of range.
    RotationInterval = "KMS.3001", 400, "Invalid rotation_interval.";
    /// There is a replica in the region already.
    ReplicaExists = "KMS.3801", 400, "KMS key sync enable and configuration failed.";
    /// The replica's state does not allow that it becomes the primary.
    ReplicaState = "KMS.3802", 400, "Failed to sync operation convert to born region.";
    /// The key has no replicas.
    NoReplicas = "KMS.3803", 400, "The key of born region is turned off sync, so no operation can be performed.";
    /// An attestation document that is none, or that nobody trusted has signed.
    Attestation = "KMS.3804", 400, "AttestationDocument parsing failed.";
    /// There is no root to trust documents under.
    NoAttestationRoot = "KMS.3806", 500, "Unable to obtain enclave root certificate, please contact technical support.";
    /// No such key store. Unverified: its text; the vendor's table does not have this code.
    NoSuchKeystore = "KMS.8003", 400, "The keystore does not exist.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_code_stands_once() {
        let mut codes: Vec<_> = Code::ALL.iter().map(|code| code.text()).collect();
        assert!(codes.is_sorted());
        codes.dedup();
        assert_eq!(codes.len(), Code::ALL.len());
        for code in Code::ALL {
            assert!((400..=503).contains(&code.status()));
            assert!(!code.message().is_empty());
        }
    }
}
