"""A migration there and back, by the vendors' SDKs: the same material at AWS, Huawei Cloud and Tencent Cloud, and what
programs keep, data keys and what they have sealed under them, taken along from one to the next."""

import hashlib
import os

import aws_support
import huawei_support
import pytest
import tencent_support
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from huawei_support import b64, unb64

CONTEXT = {"file": "a.txt", "\u00fc": "\u4e2d"}
DATA = b"what the data keys are for"


class Aws:
    """A key of imported material at AWS, and what a program does with it."""

    lost = "KMSInvalidStateException"
    differs = "IncorrectKeyMaterialException"

    def __init__(self, endpoint, name):
        self.kms, self.refused = aws_support.Kms(endpoint, name), aws_support.refused
        self.key_id = self.kms.external()

    def bring(self, material):
        self.kms.bring_plain(self.key_id, material)

    def delete(self):
        self.kms.delete_imported_key_material(KeyId=self.key_id)

    def is_waiting(self):
        return self.kms.state(self.key_id) == "PendingImport"

    def seal(self, data_key):
        return self.kms.encrypt(KeyId=self.key_id, Plaintext=data_key, EncryptionContext=CONTEXT)["CiphertextBlob"]

    def open(self, blob):
        return self.kms.decrypt(CiphertextBlob=blob, EncryptionContext=CONTEXT)["Plaintext"]

    def new_data_key(self):
        made = self.kms.generate_data_key(KeyId=self.key_id, KeySpec="AES_256", EncryptionContext=CONTEXT)
        return made["Plaintext"], made["CiphertextBlob"]

    def in_bytes(self, blob):
        return blob

    def does_not_open(self, blob):
        with self.refused("InvalidCiphertextException"):
            self.kms.decrypt(CiphertextBlob=blob, KeyId=self.key_id)
        with self.refused("InvalidCiphertextException"):
            self.kms.decrypt(CiphertextBlob=blob)


class Huawei:
    """The same at Huawei Cloud."""

    lost = "KMS.1301"
    differs = "KMS.2606"

    def __init__(self, endpoint, name):
        self.kms, self.refused = huawei_support.Kms(endpoint, name), huawei_support.refused
        self.key_id = self.kms.external()

    def bring(self, material):
        self.kms.bring(self.key_id, material)

    def delete(self):
        self.kms.delete_imported_key_material(key_id=self.key_id)

    def is_waiting(self):
        return self.kms.list_key_detail(key_id=self.key_id).key_info.key_state == "5"

    def seal(self, data_key):
        text = data_key.hex() + hashlib.sha256(data_key).hexdigest()
        return self.kms.encrypt_datakey(key_id=self.key_id, plain_text=text, datakey_plain_length=str(len(data_key)),
                                        additional_authenticated_data=str(CONTEXT)).cipher_text

    def open(self, sealed):
        opened = self.kms.decrypt_datakey(key_id=self.key_id, cipher_text=sealed, datakey_cipher_length="32",
                                          additional_authenticated_data=str(CONTEXT))
        data_key = bytes.fromhex(opened.data_key)
        assert opened.datakey_dgst.lower() == hashlib.sha256(data_key).hexdigest()
        return data_key

    def new_data_key(self):
        made = self.kms.create_datakey(key_id=self.key_id, datakey_length="256",
                                       additional_authenticated_data=str(CONTEXT))
        return bytes.fromhex(made.plain_text), made.cipher_text

    def in_bytes(self, sealed):
        return bytes.fromhex(sealed)

    def does_not_open(self, blob):
        with self.refused("KMS.2201"):
            self.kms.decrypt_datakey(key_id=self.key_id, cipher_text=blob.hex(), datakey_cipher_length="32")
        with self.refused("KMS.2201"):
            self.kms.decrypt_data(cipher_text=b64(blob))


class Tencent:
    """The same at Tencent Cloud, in a region whose keys have 32 bytes."""

    lost = "ResourceUnavailable.CmkDisabled"
    differs = "InvalidParameterValue.MaterialNotMatch"
    context = '{"file": "a.txt", "\\u00fc": "\\u4e2d"}'

    def __init__(self, endpoint, name):
        self.kms, self.refused = tencent_support.Kms(endpoint, name, tencent_support.FIPS), tencent_support.refused
        self.key_id = self.kms.external()

    def bring(self, material):
        self.kms.bring(self.key_id, material)

    def delete(self):
        self.kms.DeleteImportedKeyMaterial(KeyId=self.key_id)

    def is_waiting(self):
        return self.kms.state(self.key_id) == "PendingImport"

    def seal(self, data_key):
        return self.kms.seal(self.key_id, data_key, EncryptionContext=self.context)

    def open(self, blob):
        return self.kms.open(blob, EncryptionContext=self.context)

    def new_data_key(self):
        made = self.kms.GenerateDataKey(KeyId=self.key_id, KeySpec="AES_256", EncryptionContext=self.context)
        return unb64(made.Plaintext), made.CiphertextBlob

    def in_bytes(self, blob):
        return b"".join(unb64(part) for part in blob.split("-k-"))

    def does_not_open(self, blob):
        # As base64, and in the form that this vendor's blobs have.
        for text in (b64(blob), "-k-".join(map(b64, (blob[:64], blob[64:80], blob[80:])))):
            with self.refused("InvalidParameterValue.InvalidCiphertext"):
                self.kms.open(text)


VENDORS = (Aws, Huawei, Tencent)


@pytest.fixture
def vendors(endpoint, tenant_name):
    """A key at each vendor, with the same material in it."""
    material = os.urandom(32)
    made = [vendor(endpoint, tenant_name) for vendor in VENDORS]
    for vendor in made:
        assert vendor.is_waiting()
        vendor.bring(material)
        assert not vendor.is_waiting()
        vendor.material = material
    return made


def test_there_and_back(vendors):
    aws, huawei, tencent = vendors
    # A program at AWS: three data keys, something sealed under each.
    made = [aws.new_data_key() for _ in range(3)]
    nonce = bytes(12)
    sealed_data = [AESGCM(data_key).encrypt(nonce, DATA, None) for data_key, _ in made]
    at_aws = [blob for _, blob in made]

    # Each is opened where it is and sealed again at the next.
    def move(sealed, origin, target):
        return [target.seal(origin.open(blob)) for blob in sealed]

    at_huawei = move(at_aws, aws, huawei)
    at_tencent = move(at_huawei, huawei, tencent)
    again_at_huawei = move(at_tencent, tencent, huawei)
    again_at_aws = move(again_at_huawei, huawei, aws)

    # At every place they open what was sealed at first.
    for vendor, sealed in [(aws, at_aws), (huawei, at_huawei), (tencent, at_tencent), (huawei, again_at_huawei),
                           (aws, again_at_aws)]:
        assert [AESGCM(vendor.open(blob)).decrypt(nonce, data, None) for blob, data in zip(sealed, sealed_data)] == [DATA] * 3
    # Sealing the same twice never makes the same.
    everything = [*at_aws, *again_at_aws, *at_huawei, *again_at_huawei, *at_tencent]
    assert len(set(everything)) == len(everything)

    # The material goes and comes back; the first ciphertexts are as good as ever.
    for vendor, sealed in zip(vendors, (at_aws, at_huawei, at_tencent)):
        vendor.delete()
        assert vendor.is_waiting()
        with vendor.refused(vendor.lost):
            vendor.open(sealed[0])
        with vendor.refused(vendor.differs):
            vendor.bring(os.urandom(32))
        assert vendor.is_waiting()
        # The others have their own.
        others = [other for other in vendors if other is not vendor]
        assert not any(other.is_waiting() for other in others)
        vendor.bring(vendor.material)
        assert [vendor.open(blob) for blob in sealed] == [data_key for data_key, _ in made]
    assert [aws.open(blob) for blob in at_aws] == [aws.open(blob) for blob in again_at_aws]


@pytest.mark.parametrize("origin", range(3), ids=[vendor.__name__ for vendor in VENDORS])
def test_no_ciphertext_opens_at_another_vendor(vendors, origin):
    """The keys hold the same bytes, and still what one vendor sealed is nothing to another."""
    maker = vendors[origin]
    data_key, sealed = maker.new_data_key()
    for blob in (maker.in_bytes(sealed), maker.in_bytes(maker.seal(data_key))):
        for other in vendors:
            if other is not maker:
                other.does_not_open(blob)
    assert maker.open(sealed) == data_key
