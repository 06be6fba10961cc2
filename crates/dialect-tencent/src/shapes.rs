//! Shapes of parameters. The gateway checks presence and types; what a value may be is the action's
//! own check, with codes of its own, so there are hardly any bounds here.

use dialect::constraint::{Member, Shape, TEXT, TextRules};

/// Any text.
pub(crate) static STRING: Shape = Shape::Text(TEXT);

/// Text that holds a secret.
pub(crate) static SECRET: Shape = Shape::Text(TextRules { sensitive: true, ..TEXT });

/// A `uint64`.
pub(crate) static UINT64: Shape = Shape::Unsigned;

/// An `int64`.
pub(crate) static INT64: Shape = Shape::Integer { min: i64::MIN, max: i64::MAX };

/// `KeyIds`: 1 to 100.
pub(crate) static KEY_IDS: Shape = Shape::List { min: 1, max: 100, of: &STRING };

/// `KeyIds` of white-box keys: 1 to 50.
pub(crate) static WHITE_BOX_KEY_IDS: Shape = Shape::List { min: 1, max: 50, of: &STRING };

static DEVICE_FINGERPRINT: Shape =
    Shape::Structure(&[Member::required("Identity", &STRING), Member::optional("Description", &STRING)]);

/// `DeviceFingerprints`: up to 200, and more have a code of their own.
pub(crate) static DEVICE_FINGERPRINTS: Shape = Shape::List { min: 0, max: 200, of: &DEVICE_FINGERPRINT };

static TAG: Shape = Shape::Structure(&[Member::required("TagKey", &STRING), Member::required("TagValue", &STRING)]);

/// `Tags`. The bound is ours; it keeps a body full of tags from becoming a table full of complaints.
pub(crate) static TAGS: Shape = Shape::List { min: 0, max: 1000, of: &TAG };

static TAG_VALUES: Shape = Shape::List { min: 0, max: 1000, of: &STRING };
static TAG_FILTER: Shape =
    Shape::Structure(&[Member::required("TagKey", &STRING), Member::optional("TagValue", &TAG_VALUES)]);

/// `TagFilters`.
pub(crate) static TAG_FILTERS: Shape = Shape::List { min: 0, max: 1000, of: &TAG_FILTER };

/// `MemberAccount`: means something to the administrator of an organisation only; ignored.
pub(crate) static MEMBER_ACCOUNT: Shape =
    Shape::Structure(&[Member::optional("MemberAppId", &UINT64), Member::optional("MemberUin", &UINT64)]);

/// `MemberAccounts`.
pub(crate) static MEMBER_ACCOUNTS: Shape = Shape::List { min: 0, max: 1000, of: &MEMBER_ACCOUNT };
