"""The error codes that the page of ImportKeyMaterial lists: each is provoked, and nothing changes."""

import os
import pathlib
import re
import sqlite3
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from conftest import PostgresDatabase, Server, running

from tencent_support import DAY, FIPS, MATERIAL_LENGTH, MISSING_KEY, Kms, b64, refused, unb64, unchanged
from wrapping import wrap

NOW = 1_800_000_000
PAGE = {
    "InternalError",
    "InvalidParameter",
    "InvalidParameter.DecryptMaterialError",
    "InvalidParameterValue.MaterialNotMatch",
    "ResourceUnavailable.CmkNotFound",
    "ResourceUnavailable.CmkStateNotSupport",
    "ResourceUnavailable.TokenExpired",
    "UnsupportedOperation.NotExternalCmk",
    "UnsupportedOperation.ServiceTemporaryUnavailable",
}


def blob(given, material):
    return b64(wrap("RSAES_OAEP_SHA_256", unb64(given.PublicKey), material))


def test_the_codes_that_a_caller_brings_about(endpoint, tenant_name, clock):
    kms = Kms(endpoint, tenant_name, FIPS)
    clock.freeze("tencent", kms.access_id, NOW)
    secret = os.urandom(MATERIAL_LENGTH[FIPS])
    key_id, own, disabled = kms.imported(secret), kms.create(), kms.imported(secret)
    kms.DisableKey(KeyId=disabled)
    given, of_disabled = kms.parameters(key_id), kms.parameters(disabled)
    good = {"KeyId": key_id, "ImportToken": given.ImportToken, "EncryptedKeyMaterial": blob(given, secret)}
    provoked = set()

    def provoke(code, **change):
        with unchanged(kms, key_id, own, disabled), refused(code):
            kms.ImportKeyMaterial(**{**good, **change})
        provoked.add(code)

    provoke("InvalidParameter", ValidTo=NOW)
    provoke("InvalidParameter", ValidTo=2147443201)
    for length in (0, 16, 31, 33, 64):
        provoke("InvalidParameter.DecryptMaterialError", EncryptedKeyMaterial=blob(given, bytes(length)))
    provoke("InvalidParameter.DecryptMaterialError", EncryptedKeyMaterial=b64(bytes(256)))
    provoke("InvalidParameter.DecryptMaterialError", EncryptedKeyMaterial="no base64")
    provoke("InvalidParameterValue.MaterialNotMatch", EncryptedKeyMaterial=blob(given, os.urandom(32)))
    provoke("ResourceUnavailable.CmkNotFound", KeyId=MISSING_KEY)
    provoke("ResourceUnavailable.CmkStateNotSupport", KeyId=disabled, ImportToken=of_disabled.ImportToken,
            EncryptedKeyMaterial=blob(of_disabled, secret))
    provoke("ResourceUnavailable.TokenExpired", ImportToken=of_disabled.ImportToken)
    provoke("UnsupportedOperation.NotExternalCmk", KeyId=own)
    clock.advance("tencent", kms.access_id, DAY - 1)
    kms.ImportKeyMaterial(**good)
    clock.advance("tencent", kms.access_id, 1)
    provoke("ResourceUnavailable.TokenExpired")
    # The two that are left have servers of their own below.
    assert PAGE - provoked == {"InternalError", "UnsupportedOperation.ServiceTemporaryUnavailable"}


def test_what_one_key_makes_another_does_not_open(endpoint, tenant_name):
    """The same material in two keys: a ciphertext says whose it is, and another's name in it does not help."""
    kms = Kms(endpoint, tenant_name, FIPS)
    secret = os.urandom(32)
    one, other = kms.imported(secret), kms.imported(secret)
    mine, theirs = kms.seal(one, b"mine").split("-k-"), kms.seal(other, b"theirs").split("-k-")
    assert kms.Decrypt(CiphertextBlob="-k-".join(mine)).KeyId == one
    with refused("InvalidParameterValue.InvalidCiphertext"):
        kms.open("-k-".join([mine[0], theirs[1], mine[2]]))
    # The other one is there and could be used, but is of no use for it.
    kms.DeleteImportedKeyMaterial(KeyId=one)
    with refused("ResourceUnavailable.CmkDisabled"):
        kms.open("-k-".join(mine))
    assert kms.open("-k-".join(theirs)) == b"theirs"


def test_the_code_of_an_account_without_the_service(endpoint, tmp_path):
    name = "import-off"
    uin = uin_of(endpoint, name)
    with running(tmp_path, {f"POLYKMS__TENCENT__SERVICES__{uin}": "arrears"}) as server:
        with refused("UnsupportedOperation.ServiceTemporaryUnavailable"):
            Kms(server.url, name, FIPS).ImportKeyMaterial(KeyId=MISSING_KEY, ImportToken="AAAA", EncryptedKeyMaterial="AAAA")


def uin_of(endpoint, name):
    """The account of an access id, which is the same on every server."""
    kms = Kms(endpoint, name, FIPS)
    listed = kms.ListKeyDetail(Limit=1).KeyMetadatas
    return (listed[0] if listed else kms.describe(kms.create())).CreatorUin


class Breakable:
    """A server whose database loses the table of import parameters when it is told to."""

    def __init__(self, folder: pathlib.Path):
        self.file = folder / "keys.sqlite"
        self.postgres = PostgresDatabase() if os.environ.get("POLYKMS_TEST_DATABASE") == "postgres" else None
        self.server = Server(folder, self.postgres.url if self.postgres else f"sqlite:{self.file}")

    def lose(self):
        statement = "ALTER TABLE import_parameters RENAME TO lost"
        if not self.postgres:
            with sqlite3.connect(self.file) as connection:
                connection.execute(statement)
            return
        import pg8000.native

        url = urlsplit(self.postgres.url)
        with pg8000.native.Connection(url.username, host=url.hostname, port=url.port or 5432, password=url.password,
                                      database=url.path.lstrip("/")) as connection:
            connection.run(statement)

    def log(self):
        return self.server.log.read_text(errors="replace")


@contextmanager
def breakable(folder):
    broken = Breakable(folder)
    try:
        yield broken
    finally:
        # Not stopped as usual: its log holds the fault that was brought about.
        broken.server.process.kill()
        broken.server.process.wait()
        if broken.postgres:
            broken.postgres.drop()


def test_the_code_of_a_fault_tells_nothing_of_it(tmp_path):
    with breakable(tmp_path) as broken:
        kms = Kms(broken.server.url, "fault", FIPS)
        secret = os.urandom(32)
        key_id = kms.imported(secret)
        given = kms.parameters(key_id)
        wrapped = blob(given, secret)
        broken.lose()
        with unchanged(kms, key_id), refused("InternalError"):
            kms.ImportKeyMaterial(KeyId=key_id, ImportToken=given.ImportToken, EncryptedKeyMaterial=wrapped)
        with pytest.raises(Exception) as caught:
            kms.ImportKeyMaterial(KeyId=key_id, ImportToken=given.ImportToken, EncryptedKeyMaterial=wrapped)
        assert caught.value.get_message() == "Internal error."
        assert kms.open(kms.seal(key_id)) == b"plaintext"
        # Only the log says why, and no secret.
        assert re.search(r'"level":"ERROR".*import_parameters', broken.log())
        assert wrapped not in broken.log() and given.ImportToken not in broken.log()
