"""Every code of the vendor: those of KMS and those that any action may answer. Each is provoked here, or elsewhere, or is
on the list of those that cannot be, with the reason.

The page docs/tencent-errors.md is generated from the lists: `POLYKMS_WRITE_DOCS=1` writes what these tests hold.
"""

import os
import re
import time

import pytest
from conftest import ROOT
from tencent_codes import COMMON, KMS, listed
from tencent_fit import FINGERPRINT, Fit
from tencent_model import ACTIONS, HERE
from tencent_support import DAY, FIPS, MISSING_KEY, SM, Kms, Raw, alias, b64, unb64
from wrapping import wrap

PAGE = ROOT / "docs" / "tencent-errors.md"
OURS = ROOT / "crates" / "dialect-tencent" / "src" / "errors.rs"
CODES = KMS | COMMON
NOW = 1_800_000_000

PROVOKED, WANTED = {}, {}


def provokes(code, how, *needs):
    """Registers a function that makes the server say this code, by actions that must be here."""

    def register(provoke):
        assert code not in PROVOKED, code
        assert set(needs) <= set(ACTIONS)
        PROVOKED[code], WANTED[code] = (how, provoke), needs
        return provoke

    return register


class Stage:
    """What provoking takes: a caller, the clocks, the server."""

    def __init__(self, kms, clock, admin):
        self.kms, self.clock, self.admin, self.fit = kms, clock, admin, Fit(kms)

    def ask(self, action, **parameters):
        """The answer to a request made by hand, signed well."""
        return self.raw(action, parameters, signed="content-type;host;x-tc-action").sign().send()

    def raw(self, action="DescribeKey", body=None, **changes):
        caller = {"access_id": self.kms.access_id, "secret": self.kms.secret}
        body = {"KeyId": MISSING_KEY} if body is None else body
        raw = Raw(self.kms.endpoint, None, action, body, **{**caller, **changes})
        return raw.set("X-TC-Region", self.kms.region)

    def without_rights(self):
        """The same for a user of the account who may do nothing."""
        users = f"tenants/tencent/{self.kms.access_id}/users/nobody"
        assert self.admin(users, "PUT", {"actions": []})[0] == 200
        status, made = self.admin(users + "/access-keys", "POST")
        assert status == 200, made
        user = Kms(self.kms.endpoint, None, access_id=made["SecretId"], secret=made["SecretKey"])
        return Stage(user, self.clock, self.admin)

    def in_region(self, region):
        return Stage(Kms(self.kms.endpoint, self.kms.name, region), self.clock, self.admin)

    def freeze(self):
        self.clock.freeze("tencent", self.kms.access_id, NOW)

    def advance(self, seconds):
        self.clock.advance("tencent", self.kms.access_id, seconds)


def by(code, how, action, make=lambda fit: fit.kms.create(), **parameters):
    """A call on a key that is made for it."""
    provokes(code, how, action)(lambda stage: stage.ask(action, KeyId=make(stage.fit), **parameters))


def plain(code, how, action, **parameters):
    """A call that names no key of ours."""
    provokes(code, how, action)(lambda stage: stage.ask(action, **parameters))


def changed(code, how, action, *needs, **parameters):
    """A good request but for these members; a function makes a member from the stage."""

    def provoke(stage):
        members = {name: make(stage) if callable(make) else make for name, make in parameters.items()}
        return stage.ask(action, **{**stage.fit.body(action), **members})

    provokes(code, how, action, *needs)(provoke)


def twice(code, how, action, *needs):
    """The same good request a second time."""

    def provoke(stage):
        body = stage.fit.body(action)
        assert stage.ask(action, **body).code is None
        return stage.ask(action, **body)

    provokes(code, how, action, *needs)(provoke)


def signed(code, how):
    """A request that goes wrong before the action is asked."""
    return provokes(code, how)


# The request, and who sends it.

plain("MissingParameter", "a required parameter is missing", "DescribeKey")
plain("UnknownParameter", "a parameter that the action does not have", "DescribeKey", KeyId=MISSING_KEY, Bogus=1)
plain("InvalidParameter", "a parameter of another type; a value that is not allowed, of actions that list no other code for it",
      "DescribeKey", KeyId=7)
plain("InvalidParameterValue", "a value that is not allowed, of actions that list this code for it; a region that is none",
      "EnableKeyRotation", KeyId=MISSING_KEY, RotateDays=6)
signed("InvalidAction", "no such action")(lambda stage: stage.ask("Bogus"))
signed("NoSuchVersion", "no such version")(
    lambda stage: stage.raw().set("X-TC-Version", "2020-01-01").sign().send())
signed("UnsupportedRegion", "a region of the vendor's without KMS")(
    lambda stage: stage.raw().set("X-TC-Region", "ap-shenzhen").sign().send())
signed("UnsupportedProtocol", "another method than GET and POST")(lambda stage: stage.raw(verb="PUT").sign().send())
signed("InvalidRequest", "a multipart body")(
    lambda stage: stage.raw().set("Content-Type", "multipart/form-data; boundary=x").sign().send())
signed("RequestSizeLimitExceeded", "a body over 10 MB, or a GET over 32 KB")(
    lambda stage: stage.ask("ListKeyDetail", SearchKeyAlias="a" * (10 * 1024 * 1024)))
signed("AuthFailure.SignatureFailure", "another signature; a POST over 1 MB under HmacSHA1 or HmacSHA256")(
    lambda stage: stage.raw(secret="another").sign().send())
signed("AuthFailure.SecretIdNotFound", "nobody has the SecretId")(
    lambda stage: stage.raw(access_id="nobody").sign().send())
signed("AuthFailure.InvalidSecretId", "a SecretId of an impossible form")(
    lambda stage: stage.raw(access_id="x" * 300).sign().send())
signed("AuthFailure.SignatureExpire", "a timestamp more than 300 seconds off")(
    lambda stage: stage.raw().at(int(time.time()) - 400).sign().send())
signed("AuthFailure.InvalidAuthorization", "an Authorization header of another form, algorithm or scope, or `SKIP`")(
    lambda stage: stage.raw().set("Authorization", "SKIP").send())
signed("AuthFailure.TokenFailure", "a token that is not the credential's, or has ended")(
    lambda stage: stage.raw().set("X-TC-Token", "x").sign().send())



def forbidden(code, how, action):
    """A call by somebody who may do nothing, about a key that is there."""

    def provoke(stage):
        return stage.without_rights().ask(action, **stage.fit.body(action))

    provokes(code, how, action)(provoke)


forbidden("UnauthorizedOperation", "a user whose rights do not name the call", "Encrypt")
forbidden("AuthFailure.UnauthorizedOperation", "the same, of the three actions that list this code for it",
          "GetDataKeyPlaintext")
forbidden("AuthFailure", "the same, of the two actions that list this code for it", "SignByAsymmetricKey")

# Keys.

plain("InvalidParameterValue.InvalidKeyId", "`KeyId` has another form", "DescribeKey", KeyId="x")
plain("InvalidParameterValue.DuplicatedKeyId", "an id stands twice in a list", "DescribeKeys", KeyIds=[MISSING_KEY] * 2)
plain("ResourceUnavailable.CmkNotFound", "no key has this id", "DescribeKey", KeyId=MISSING_KEY)
plain("InvalidParameterValue.InvalidAlias", "an alias of another form, or with the prefix of cloud products", "CreateKey",
      Alias="-a")
plain("InvalidParameterValue.InvalidType", "`Type` is not 1 or 2, and the like of data keys", "CreateKey", Alias="a", Type=3)
plain("InvalidParameterValue.InvalidKeyUsage", "no such usage; data keys and decryption of keys that are for something else",
      "CreateKey", Alias="a", KeyUsage="x")
plain("InvalidParameterValue.InvalidHsmClusterId", "no such cluster, or not the key's", "CreateKey", Alias="a",
      HsmClusterId="x")
plain("InvalidParameterValue.TagKeysDuplicated", "a tag's key stands twice", "CreateKey", Alias="a",
      Tags=[{"TagKey": "k", "TagValue": value} for value in "ab"])
twice("InvalidParameterValue.AliasAlreadyExists", "another key has the alias", "CreateKey")
provokes("UnsupportedOperation.UnsupportedKeyUsageInCurrentRegion", "SM2 outside mainland China", "CreateKey")(
    lambda stage: stage.in_region(FIPS).ask("CreateKey", Alias="a", KeyUsage="ASYMMETRIC_DECRYPT_SM2"))
changed("InvalidParameter.InvalidPendingWindowInDays", "a window out of 7 to 30 days", "ScheduleKeyDeletion",
        PendingWindowInDays=6)
by("ResourceUnavailable.CmkShouldBeDisabled", "scheduling the deletion of an enabled key", "ScheduleKeyDeletion",
   PendingWindowInDays=7)
by("ResourceUnavailable.CmkNotPendingDelete", "cancelling no deletion", "CancelKeyDeletion")
by("ResourceUnavailable.CmkStateNotSupport", "a state that the action does not take, of most actions", "CancelKeyArchive")
by("ResourceUnavailable.CmkDisabled", "use of a disabled key, or one that has no material or is to be deleted", "Encrypt",
   Fit.disabled, Plaintext="AAAA")
by("ResourceUnavailable.KeyPendingDelete", "data keys of a key that is to be deleted", "GenerateDataKey", Fit.pending,
   KeySpec="AES_256")
by("ResourceUnavailable.CmkArchived", "encryption under an archived key", "Encrypt",
   lambda fit: fit.body("CancelKeyArchive")["KeyId"], Plaintext="AAAA")


@provokes("UnsupportedOperation.NotUserCreatedCmk", "archiving or naming the key of a cloud product", "ArchiveKey")
def products_key(stage):
    status, made = stage.admin(f"tenants/tencent/{stage.kms.access_id}/default-keys/cos", "PUT", {"region": SM})
    assert status == 200, made
    return stage.ask("ArchiveKey", KeyId=made["key_id"])


@provokes("FailedOperation.CmkUsedByCloudProduct", "what would take a bound key away", "BindCloudResource", "DisableKey")
def bound(stage):
    bound = stage.fit.body("UnbindCloudResource")
    return stage.ask("DisableKey", KeyId=bound["KeyId"])


by("ResourceUnavailable.CloudResourceBindingNotFound", "no such binding", "UnbindCloudResource", ProductId="ssm",
   ResourceId="other")


# Rotation.

by("UnsupportedOperation.ExternalCmkCanNotRotate", "switching on the rotation of an external key", "EnableKeyRotation",
   lambda fit: fit.kms.external())
by("UnsupportedOperation.RotateNotSupported", "rotating while rotation is off, or an external key", "RotateKey")
by("UnsupportedOperation", "switching on the rotation of an asymmetric key", "EnableKeyRotation",
   lambda fit: fit.asymmetric("ASYMMETRIC_SIGN_VERIFY_ECC"))
twice("RequestLimitExceeded.RotateRateLimited", "a second rotation within 24 hours", "RotateKey")

# Data.

changed("InvalidParameterValue.InvalidPlaintext", "a plaintext that is no base64, or has more than 4096 bytes", "Encrypt",
        Plaintext="x")
changed("InvalidParameterValue.InvalidCiphertext", "a blob of another form, or that does not open", "Decrypt",
        EncryptionContext='{"a":"other"}')
changed("FailedOperation.EncryptionError", "an answer that cannot be put under `EncryptionPublicKey`", "Decrypt",
        EncryptionPublicKey="x")
changed("FailedOperation.DecryptError", "an asymmetric ciphertext that does not open", "AsymmetricRsaDecrypt",
        Ciphertext=b64(bytes(256)))

# Material.

by("UnsupportedOperation.NotExternalCmk", "import calls on a key of the service's own material", "DeleteImportedKeyMaterial")
changed("InvalidParameter.DecryptMaterialError", "a block that does not open, or material of another length",
        "ImportKeyMaterial", EncryptedKeyMaterial=b64(bytes(256)))


@provokes("ResourceUnavailable.TokenExpired", "an import token after a day, of another key, superseded, or none at all",
          "ImportKeyMaterial")
def token_too_old(stage):
    stage.freeze()
    body = stage.fit.body("ImportKeyMaterial")
    stage.advance(DAY)
    return stage.ask("ImportKeyMaterial", **body)


@provokes("InvalidParameterValue.MaterialNotMatch", "other material than before", "ImportKeyMaterial")
def other_material(stage):
    key_id = stage.kms.imported(bytes(16))
    given = stage.kms.parameters(key_id)
    wrapped = b64(wrap("RSAES_OAEP_SHA_256", unb64(given.PublicKey), b"m" * 16))
    return stage.ask("ImportKeyMaterial", KeyId=key_id, ImportToken=given.ImportToken, EncryptedKeyMaterial=wrapped)


# Hosted data keys.

plain("InvalidParameterValue.InvalidDataKeyId", "`DataKeyId` has another form", "DescribeDataKey", DataKeyId="x")
plain("InvalidParameterValue.DuplicatedDataKeyId", "an id stands twice in a list", "DescribeDataKeys",
      DataKeyIds=[MISSING_KEY] * 2)
plain("ResourceUnavailable.DataKeyNotFound", "no data key has this id", "DescribeDataKey", DataKeyId=MISSING_KEY)
changed("InvalidParameterValue.InvalidDataKeyName", "a name of a data key of another form", "ImportDataKey", DataKeyName="-a")
changed("InvalidParameterValue.InvalidImportKeyMaterial", "a blob to import that is none", "ImportDataKey", ImportType=1,
        ImportKeyMaterial="x")


@provokes("InvalidParameterValue.DataKeyNameAlreadyExists", "another data key has the name", "DescribeDataKey")
def data_key_name_taken(stage):
    asked = {"KeyId": stage.kms.create(), "KeySpec": "AES_256", "IsHostedByKms": 1, "DataKeyName": alias()}
    stage.kms.GenerateDataKey(**asked)
    return stage.ask("GenerateDataKey", **asked)


def of_data_key(code, how, action, make=Fit.data_key, **parameters):
    provokes(code, how, action, "EnableDataKey", "ScheduleDataKeyDeletion")(
        lambda stage: stage.ask(action, DataKeyId=make(stage.fit), **parameters))


def disabled_data_key(fit):
    return fit.body("EnableDataKey")["DataKeyId"]


def pending_data_key(fit):
    return fit.body("CancelDataKeyDeletion")["DataKeyId"]


of_data_key("ResourceUnavailable.DataKeyDisabled", "the plaintext of a disabled data key", "GetDataKeyPlaintext",
            disabled_data_key)
of_data_key("ResourceUnavailable.DataKeyPendingDelete", "the plaintext of a data key that is to be deleted",
            "GetDataKeyPlaintext", pending_data_key)
of_data_key("ResourceUnavailable.DataKeyNotPendingDelete", "cancelling no deletion of a data key", "CancelDataKeyDeletion")
of_data_key("ResourceUnavailable.DataKeyStateNotSupport", "a state of the data key that the action does not take",
            "DisableDataKey", pending_data_key)

# White-box keys.

plain("ResourceNotFound", "no white-box key has this id", "DescribeWhiteBoxKey", KeyId=MISSING_KEY)
by("FailedOperation", "deleting a white-box key that is not disabled", "DeleteWhiteBoxKey", Fit.white_box_key)
by("ResourceUnavailable.KeyDisabled", "encryption under a disabled white-box key", "EncryptByWhiteBox",
   lambda fit: fit.body("EnableWhiteBoxKey")["KeyId"], PlainText="AAAA")
changed("LimitExceeded.FingerprintsLimitExceeded", "more than 200 fingerprints", "OverwriteWhiteBoxDeviceFingerprints",
        DeviceFingerprints=[{"Identity": f"{number:08x}{FINGERPRINT[8:]}"} for number in range(201)])


@provokes("LimitExceeded.KeyLimitExceeded", "a fifty-first white-box key", "CreateWhiteBoxKey")
def too_many_white_box_keys(stage):
    for _ in range(50):
        stage.fit.white_box_key()
    return stage.ask("CreateWhiteBoxKey", Alias=alias(), Algorithm="SM4")


# What takes another place to be provoked: a server of its own, people with rights of their own.
BESIDE = {
    "InternalError": ("a fault of the server itself", "tests/sdk/test_tencent_import_codes.py"),
    "RequestLimitExceeded": ("more requests than an action takes in a second, with `tencent.request_quotas`; a server that "
                             "is too busy", "tests/sdk/test_tencent_limits.py"),
    "LimitExceeded.CmkLimitExceeded": ("more keys than `tencent.key_limit`", "tests/sdk/test_tencent_service.py"),
    "LimitExceeded.DataKeyLimitExceeded": ("more hosted data keys than `tencent.data_key_limit`",
                                           "tests/sdk/test_tencent_data_keys.py"),
    "ResourceUnavailable.NotPurchased": (
        "white-box actions of accounts without that service, with `tencent.without_white_box_keys`",
        "tests/sdk/test_tencent_white_box.py"),
    "LimitExceeded": ("a key with 1000 bindings, a bound of ours", "crates/dialect-tencent/src/attributes.rs"),
    "UnsupportedOperation.ServiceTemporaryUnavailable": (
        "changes by an account whose service is switched off, with `tencent.services`", "tests/sdk/test_tencent_service.py"),
}

# What cannot be provoked, and why.
FRONT = "said by the vendor's gateway of its own products, accounts or addresses"
COUNTED = "requests are counted by account, region and action, which is the code without more"
NOBODY = "in the SDK's list of codes, and of no action"
UNPROVOKED = {
    "ActionOffline": "no action has been taken off",
    "AuthFailure.MFAFailure": "nobody has a second factor here",
    "DryRunOperation": "no action of KMS can be tried without effect",
    "FailedOperation.RotateTaskRunning": "a rotation is done when it is answered",
    "FailedOperation.SignError": NOBODY, "FailedOperation.VerifyError": NOBODY,
    "FailedOperation.TaggingError": "tags are stored with what they are of",
    "InvalidParameterValue.TagsNotExisted": "tags need no tag service and come with their first use",
    "IpInBlacklist": FRONT, "IpNotInWhitelist": FRONT, "NoSuchProduct": FRONT, "ServiceUnavailable": FRONT,
    **{f"RequestLimitExceeded.{what}": COUNTED
       for what in ("GlobalRegionUinLimitExceeded", "IPLimitExceeded", "UinLimitExceeded")},
    "ResourceInUse": "what is in use has codes of its own", "ResourceInsufficient": "nothing of the sort runs out",
    "ResourceUnavailable": "which of its kind it is, is always said",
    "ResponseSizeLimitExceeded": "no answer is that large",
    "UnsupportedOperation.NotRoleOperation": "there are no organisations: who is named as a member is not looked at",
    "UnsupportedOperation.UserVersionNotSupport": NOBODY,
}
# Of what is not there yet. To shrink to nothing.
OPEN = CODES - set(PROVOKED) - set(BESIDE) - set(UNPROVOKED)


@pytest.mark.parametrize("code", [code for code in PROVOKED if all(HERE[action] for action in WANTED[code])])
def test_code(endpoint, tenant_name, clock, admin, code):
    _, provoke = PROVOKED[code]
    answer = provoke(Stage(Kms(endpoint, tenant_name), clock, admin))
    assert answer.code == code, answer


def test_each_code_is_on_one_list():
    lists = [set(PROVOKED), set(BESIDE), set(UNPROVOKED), OPEN]
    assert set().union(*lists) == CODES and sum(map(len, lists)) == len(CODES)
    assert len(KMS) == 65


def test_each_code_of_the_server_is_provoked_or_excused():
    """What the code can say, and nothing that it can say is forgotten."""
    said = {text for text in re.findall(r'"([A-Z]\w+(?:\.\w+)?)"', OURS.read_text()) if text in CODES}
    assert said & set(UNPROVOKED) == set(), "said after all"
    assert set(PROVOKED) | set(BESIDE) <= said | {code for code in PROVOKED if not all(HERE[a] for a in WANTED[code])}
    for code, (_, file) in BESIDE.items():
        # Beside the code a refusal goes by its own name.
        name = {"LimitExceeded": "Err(Refusal::TooManyBindings)"}.get(code, f'"{code}"')
        assert name in (ROOT / file).read_text(), (code, file)


def rows():
    for code in sorted(CODES):
        actions = sorted(action for action in ACTIONS if code in listed(action))
        if len(actions) > 4:
            actions = [f"{len(actions)} actions" if len(actions) < len(ACTIONS) else "all"]
        of = "any" if code in COMMON else ", ".join(actions) or "none"
        if code in PROVOKED:
            said = PROVOKED[code][0]
        elif code in BESIDE:
            said = f"{BESIDE[code][0]} (tested in `{BESIDE[code][1]}`)"
        elif code in UNPROVOKED:
            said = f"never: {UNPROVOKED[code]}"
        else:
            said = "not yet"
        yield f"| `{code}` | {of} | {said} |"


def test_the_page():
    head, _, _ = PAGE.read_text().partition("| code |")
    page = head + "| code | listed by | said of |\n| --- | --- | --- |\n" + "\n".join(rows()) + "\n"
    if "POLYKMS_WRITE_DOCS" in os.environ:
        PAGE.write_text(page)
    assert PAGE.read_text() == page, "POLYKMS_WRITE_DOCS=1 writes the page"
