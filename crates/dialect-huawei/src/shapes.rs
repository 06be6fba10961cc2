//! Shapes of members, named as the vendor's pages name them.

use dialect::constraint::{Member, Shape, TEXT, TextRules};

/// A pattern whose whole breach is one violation, the length included.
const fn pattern(pattern: &'static str) -> Shape {
    Shape::pattern(0, usize::MAX, pattern)
}

/// A key id: UUID form with all letters, as documented.
pub(crate) static KEY_ID: Shape = pattern("[0-9a-z]{8}-[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{12}");
/// A key id: UUID form with hex digits only, as sign, verify and decrypt-data want it.
pub(crate) static KEY_ID_HEX: Shape = pattern("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
/// A key id, or in its place an alias or the resource name of one, for the calls that take them; see
/// `aliases::resolve`.
pub(crate) static KEY_NAME: Shape = pattern(
    "[0-9a-z]{8}-[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{12}|alias/[a-zA-Z0-9:/_-]{1,255}|\
     kms:[a-z0-9-]{1,64}:[0-9a-z]{32}:alias:[a-zA-Z0-9:/_-]{1,255}",
);
/// The same, for calls whose key ids have hex digits only.
pub(crate) static KEY_NAME_HEX: Shape = pattern(
    "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|alias/[a-zA-Z0-9:/_-]{1,255}|\
     kms:[a-z0-9-]{1,64}:[0-9a-z]{32}:alias:[a-zA-Z0-9:/_-]{1,255}",
);
/// The number of a request: has no effect, but is checked.
pub(crate) static SEQUENCE: Shape = pattern("[0-9a-z]{8}-[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{12}");
/// The alias of a key. The ending `/default` is the vendor's own and refused beside this.
pub(crate) static ALIAS: Shape = pattern("[a-zA-Z0-9:/_-]{1,255}");
/// The description of a key.
pub(crate) static DESCRIPTION: Shape = Shape::text(0, 255);
/// An enterprise project.
pub(crate) static ENTERPRISE_PROJECT: Shape = pattern("0|[0-9a-z]{8}-[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{12}");
/// An enterprise project, or all of them.
pub(crate) static ENTERPRISE_PROJECT_FILTER: Shape =
    pattern("all|0|[0-9a-z]{8}-[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{12}");
/// A word that the operation looks up itself, because its refusal depends on what it is of.
pub(crate) static WORD: Shape = Shape::text(0, 64);
/// Where the material comes from.
pub(crate) static ORIGIN: Shape = Shape::one_of(&["kms", "external"]);
/// A state to look for.
pub(crate) static STATE_FILTER: Shape = pattern("[1-5]");
/// How many entries a page has. The upper bound is the default, beyond which the vendor names none.
pub(crate) static LIMIT: Shape = Shape::Numeric { min: 1, max: 2000 };
/// Where a page starts.
pub(crate) static MARKER: Shape = Shape::Numeric { min: 0, max: i64::MAX };
/// Days until a deletion.
pub(crate) static PENDING_DAYS: Shape = Shape::Numeric { min: 7, max: 1096 };
/// Days between two rotations.
pub(crate) static ROTATION_INTERVAL: Shape = Shape::Numeric { min: 30, max: 365 };
/// A number of bits; that it must be a multiple of 8 is told apart.
pub(crate) static BITS: Shape = Shape::Numeric { min: 8, max: 8192 };
/// A number of bytes of a data key.
pub(crate) static DATA_KEY_BYTES: Shape = Shape::Numeric { min: 1, max: 1024 };
/// Seconds since 1970. The bounds keep the product with a million within 64 bits; what lies in the
/// past is told apart.
pub(crate) static SECONDS: Shape = Shape::Numeric { min: i64::MIN / 1_000_000, max: i64::MAX / 1_000_000 };
/// An import token.
pub(crate) static IMPORT_TOKEN: Shape = pattern("[0-9a-zA-Z+/=]{200,6144}");
/// Wrapped material or a wrapped temporary key: one block. See the setting `strict_lengths` for the
/// least of the documented lengths, which shuts out SM2 blocks.
pub(crate) static WRAPPED_BLOCK: Shape = pattern("[0-9a-zA-Z+/=]{1,360}");
/// A wrapped private key. See the setting `strict_lengths` for the documented
/// lengths.
pub(crate) static WRAPPED: Shape = pattern("[0-9a-zA-Z+/=]{1,6144}");
/// Text that is bound to a ciphertext, at most 128 bytes; the bytes are counted beside this.
pub(crate) static AAD: Shape = Shape::text(0, 128);
/// Looked at in `context.rs`.
pub(crate) static CONTEXT: Shape = Shape::Any;
/// The plaintext of encrypt-data. The vendor's pattern is `^.{1,4096}$`.
// Unverified: whether that dot shuts out line breaks. Texts of several lines are taken.
pub(crate) static PLAIN_TEXT: Shape = Shape::Text(TextRules { min: 1, max: 4096, sensitive: true, ..TEXT });
/// The ciphertext of decrypt-data.
pub(crate) static CIPHER_TEXT: Shape = pattern("[0-9a-zA-Z+/=]{128,5648}");
/// A data key with its digest, hex: up to 1024 and 32 bytes.
pub(crate) static PLAIN_DATA_KEY: Shape =
    Shape::Text(TextRules { min: 2, max: 2112, pattern: Some("[0-9A-Fa-f]+"), sensitive: true, ..TEXT });
/// A sealed data key, hex.
pub(crate) static SEALED_DATA_KEY: Shape = Shape::pattern(2, 8192, "[0-9A-Fa-f]+");
/// Base64 of up to 4096 bytes; the bytes are counted by the operation.
pub(crate) static MESSAGE: Shape = Shape::pattern(1, 5464, "[0-9a-zA-Z+/=]+");
/// A signature, base64.
pub(crate) static SIGNATURE: Shape = Shape::pattern(1, 2048, "[0-9a-zA-Z+/=]+");
/// A MAC, hex.
pub(crate) static MAC: Shape = Shape::pattern(2, 1024, "[0-9A-Fa-f]+");
/// Any ciphertext, of data (base64) or of a data key (hex). The longest are those of data keys under
/// the size of a request.
pub(crate) static ANY_CIPHER_TEXT: Shape = Shape::pattern(1, 8192, "[0-9a-zA-Z+/=]+");
/// Whether something is wanted.
pub(crate) static FLAG: Shape = Shape::Boolean;
/// How keys agree on a secret.
pub(crate) static KEY_AGREEMENT_ALGORITHM: Shape = Shape::one_of(&["ECDH"]);
/// The public key of a peer, base64 of DER.
pub(crate) static PEER_KEY: Shape = Shape::pattern(1, 8192, "[0-9a-zA-Z+/=]+");
/// Whom an answer is for.
pub(crate) static RECIPIENT: Shape = Shape::Structure(&[
    Member::optional("attestation_document", &ATTESTATION_DOCUMENT),
    Member::optional("key_encryption_algorithm", &KEY_ENCRYPTION_ALGORITHM),
]);
/// An attestation document, base64; whatever is wrong with it is told with a code of its own.
static ATTESTATION_DOCUMENT: Shape = Shape::text(0, 96 * 1024);
/// How an answer is sealed for a recipient.
static KEY_ENCRYPTION_ALGORITHM: Shape = Shape::one_of(&["RSAES_OAEP_SHA_256"]);
/// Whether the message or its digest was sent.
pub(crate) static MESSAGE_TYPE: Shape = Shape::one_of(&["DIGEST", "RAW"]);

/// The code of a region. Whether it is served is told apart.
pub(crate) static REGION: Shape = Shape::text(1, 64);
/// A project: 32 hex digits.
pub(crate) static PROJECT: Shape = pattern("[0-9a-f]{32}");
/// A certificate, which is taken as it comes.
pub(crate) static CERTIFICATE: Shape = Shape::text(0, 16_384);
/// A key store in a path. Whether there is one of this name is told apart.
pub(crate) static KEYSTORE_ID: Shape = Shape::text(1, 64);

/// The calls that only name a key store.
pub(crate) const OPERATE_KEYSTORE: &[Member] = &[Member::required("keystore_id", &KEYSTORE_ID)];
/// The name or the value of a tag, whose lengths are settings; `tags.rs` holds the rules.
pub(crate) static TAG_TEXT: Shape = Shape::text(0, usize::MAX);
/// A tag, or a field to match. What must be there besides its name depends on the call.
pub(crate) static TAG: Shape =
    Shape::Structure(&[Member::required("key", &TAG_TEXT), Member::optional("value", &TAG_TEXT)]);
/// Some tags.
pub(crate) static TAG_LIST: Shape = Shape::List { min: 0, max: usize::MAX, of: &TAG };
/// Whether tags are put on or taken off.
pub(crate) static TAG_BATCH_ACTION: Shape = Shape::one_of(&["create", "delete"]);
/// Whether keys are listed or counted.
pub(crate) static TAG_FILTER_ACTION: Shape = Shape::one_of(&["filter", "count"]);
/// How many keys a page of those with some tags has.
pub(crate) static TAG_FILTER_LIMIT: Shape = Shape::Numeric { min: 1, max: 1000 };
/// The values that a tag may have.
static TAG_VALUES: Shape = Shape::List { min: 0, max: usize::MAX, of: &TAG_TEXT };
/// A tag to look for.
static TAG_FILTER: Shape =
    Shape::Structure(&[Member::required("key", &TAG_TEXT), Member::optional("values", &TAG_VALUES)]);
/// Tags to look for.
pub(crate) static TAG_FILTERS: Shape = Shape::List { min: 0, max: usize::MAX, of: &TAG_FILTER };
/// The only kind of resource that is looked for by tags.
pub(crate) static RESOURCE_TYPE: Shape = Shape::one_of(&["resource_instances"]);
/// Aliases to be taken off a key. Their form does not matter: one that cannot be is not there.
pub(crate) static ALIAS_LIST: Shape = Shape::List { min: 1, max: 50, of: &ALIAS_TEXT };
static ALIAS_TEXT: Shape = Shape::text(0, usize::MAX);
/// How many aliases a page has.
pub(crate) static ALIAS_LIMIT: Shape = Shape::Numeric { min: 1, max: 100 };
/// The alias after which a page starts.
pub(crate) static ALIAS_MARKER: Shape = Shape::text(0, 255);
/// A member that the operation looks at itself.
pub(crate) static ANY: Shape = Shape::Any;

/// Those calls that only name a key and take an alias in place of its identifier.
pub(crate) const OPERATE_NAMED_KEY: &[Member] =
    &[Member::required("key_id", &KEY_NAME), Member::optional("sequence", &SEQUENCE)];

/// An identifier in UUID form, hex digits of either case, as the calls of the trusted keyspace take.
pub(crate) static ANY_UUID: Shape =
    pattern("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}");
/// How many entries a page of a keyspace has.
pub(crate) static KEYSPACE_LIMIT: Shape = Shape::Numeric { min: 1, max: 100 };
/// What an access point is.
pub(crate) static ACCESS_POINT_TYPE: Shape = Shape::Numeric { min: 1, max: 3 };
/// The description of an access point.
pub(crate) static ACCESS_POINT_DESCRIPTION: Shape = Shape::text(1, 255);
/// What an access point is known by. Unverified: the bound.
pub(crate) static IDENTITY: Shape = Shape::text(0, 4096);
/// A key policy, JSON text. Unverified: the bound.
pub(crate) static KEY_POLICY_TEXT: Shape = Shape::text(0, 8192);
/// The description of a key policy. Unverified: the bound.
pub(crate) static POLICY_DESCRIPTION: Shape = Shape::text(0, 255);
/// The length of the data key of a capsule, in bits; which of two it is, the operation looks for itself.
pub(crate) static CAPSULE_BITS: Shape = Shape::Numeric { min: 128, max: 256 };
/// The public key of whoever shall read the answer.
pub(crate) static RECIPIENT_KEY: Shape = Shape::text(1, 8192);
/// A capsule, base64.
pub(crate) static CAPSULE: Shape = Shape::text(1, 131_072);
/// How a PIN travels.
pub(crate) static PIN_TYPE: Shape = Shape::one_of(&["PlainText", "CipherText"]);
/// A user or a domain.
pub(crate) static PRINCIPAL: Shape = pattern("[a-zA-Z0-9]{1,64}");
/// What a grant's grantee is.
pub(crate) static GRANTEE_TYPE: Shape = Shape::one_of(&["user", "domain"]);
/// What a grant allows; the words are looked up by the operation, repeated ones by it as well.
pub(crate) static GRANT_OPERATIONS: Shape = Shape::List { min: 1, max: 9, of: &WORD };
/// How many grants a page has.
pub(crate) static GRANT_LIMIT: Shape = Shape::Numeric { min: 1, max: 100 };
/// A grant.
static GRANT_ID: Shape = pattern("[A-Fa-f0-9]{64}");
/// The calls that name a grant.
pub(crate) const GRANT_REF: &[Member] = &[
    Member::required("key_id", &KEY_ID),
    Member::required("grant_id", &GRANT_ID),
    Member::optional("sequence", &SEQUENCE),
];

/// The many calls that only name a key.
pub(crate) const OPERATE_KEY: &[Member] =
    &[Member::required("key_id", &KEY_ID), Member::optional("sequence", &SEQUENCE)];
