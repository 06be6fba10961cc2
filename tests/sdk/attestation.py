"""Attestation documents as enclaves make them, and answers for enclaves opened outside the server."""

import datetime
import functools
import pathlib
import subprocess

from asn1crypto import cms
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7
from cryptography.x509.oid import NameOID

# Whoever has this file signs documents that a server in development trusts.
ROOT = (pathlib.Path(__file__).parents[2] / "config" / "dev_attestation_root.pem").read_bytes()
HOUR = datetime.timedelta(hours=1)
PCRS = {0: bytes(range(48)), 1: bytes(48), 2: b"\x01" * 48}


# CBOR (RFC 8949), as much of it as a document needs.


def cbor(value):
    if value is None:
        return b"\xf6"
    if isinstance(value, int):
        return head(0, value) if value >= 0 else head(1, -1 - value)
    if isinstance(value, bytes):
        return head(2, len(value)) + value
    if isinstance(value, str):
        return head(3, len(value.encode())) + value.encode()
    if isinstance(value, list):
        return head(4, len(value)) + b"".join(map(cbor, value))
    return head(5, len(value)) + b"".join(cbor(name) + cbor(item) for name, item in value.items())


def head(major, number):
    if number < 24:
        return bytes([major << 5 | number])
    size = next(size for size in (1, 2, 4, 8) if number < 1 << 8 * size)
    return bytes([major << 5 | 24 + (1, 2, 4, 8).index(size)]) + number.to_bytes(size, "big")


# Certificates.


def name(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def certificate(subject, key, issuer, issuer_key, authority, start=-HOUR, end=HOUR):
    now = datetime.datetime.now(datetime.timezone.utc)
    builder = x509.CertificateBuilder(issuer, name(subject), key.public_key(), x509.random_serial_number(),
                                      now + start, now + end)
    builder = builder.add_extension(x509.BasicConstraints(authority, None), True)
    return builder.sign(issuer_key, hashes.SHA384())


def der(thing):
    return thing.public_bytes(serialization.Encoding.DER)


def curve_key(curve=ec.SECP384R1):
    return ec.generate_private_key(curve())


class Authority:
    """A root, an intermediate, and a leaf for every enclave."""

    def __init__(self, root=None, root_key=None, **between):
        self.root_key = root_key or curve_key()
        self.root = root or certificate("root", self.root_key, name("root"), self.root_key, True)
        self.key = curve_key()
        self.between = certificate("between", self.key, self.root.subject, self.root_key,
                                   **{"authority": True, **between})

    def leaf(self, curve=ec.SECP384R1, **more):
        key = curve_key(curve)
        return key, certificate("enclave", key, self.between.subject, self.key, False, **more)


@functools.cache
def trusted():
    return Authority(x509.load_pem_x509_certificate(ROOT), serialization.load_pem_private_key(ROOT, None))


@functools.cache
def enclave(bits=2048):
    return rsa.generate_private_key(65537, bits)


def spki(key):
    return key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def content(authority, leaf, **changes):
    """What an enclave says; `None` as a change leaves the member out."""
    members = {
        "module_id": "i-0123456789abcdef0-enc0123456789abcde", "digest": "SHA384", "timestamp": 1700000000000,
        "pcrs": PCRS, "certificate": der(leaf), "cabundle": [der(authority.root), der(authority.between)],
        "public_key": spki(enclave()), "user_data": b"", "nonce": b"nonce",
    }
    members.update(changes)
    return {name: value for name, value in members.items() if value is not ...}


def signed(payload, key, protected=None, tag=b""):
    """COSE_Sign1 (RFC 9052, 4.4) with ES384."""
    protected = cbor({1: -35}) if protected is None else protected
    statement = cbor(["Signature1", protected, b"", payload])
    size = (key.key_size + 7) // 8
    r, s = utils.decode_dss_signature(key.sign(statement, ec.ECDSA(hashes.SHA384())))
    signature = r.to_bytes(size, "big") + s.to_bytes(size, "big")
    return tag + b"\x84" + cbor(protected) + b"\xa0" + cbor(payload) + cbor(signature)


def document(authority=None, leaf=None, tag=b"", protected=None, **changes):
    authority = authority or trusted()
    key, leaf = leaf or authority.leaf()
    return signed(cbor(content(authority, leaf, **changes)), key, protected, tag)


def opened(envelope, key=None):
    """The content of an EnvelopedData, taken apart by hand."""
    key = key or enclave()
    info = cms.ContentInfo.load(envelope, strict=True)
    assert info["content_type"].native == "enveloped_data"
    data = info["content"]
    assert data["version"].native == "v2" and len(data["recipient_infos"]) == 1
    transport = data["recipient_infos"][0].chosen
    assert transport["version"].native == "v2" and len(transport["rid"].native) == 32
    scheme = transport["key_encryption_algorithm"]
    assert scheme["algorithm"].native == "rsaes_oaep"
    assert scheme["parameters"]["hash_algorithm"]["algorithm"].native == "sha256"
    assert scheme["parameters"]["mask_gen_algorithm"]["parameters"]["algorithm"].native == "sha256"
    oaep = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
    content_key = key.decrypt(transport["encrypted_key"].native, oaep)
    sealed = data["encrypted_content_info"]
    assert sealed["content_type"].native == "data" and len(content_key) == 32
    method = sealed["content_encryption_algorithm"]
    assert method["algorithm"].native == "aes256_cbc"
    cipher = Cipher(algorithms.AES(content_key), modes.CBC(method["parameters"].native)).decryptor()
    plain = cipher.update(sealed["encrypted_content"].native) + cipher.finalize()
    unpadder = PKCS7(128).unpadder()
    return unpadder.update(plain) + unpadder.finalize()


def opened_by_openssl(envelope, folder, key=None):
    (folder / "key.pem").write_bytes((key or enclave()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    (folder / "envelope").write_bytes(envelope)
    command = ["openssl", "cms", "-decrypt", "-inform", "DER", "-in", folder / "envelope", "-inkey",
               folder / "key.pem"]
    return subprocess.run(command, check=True, capture_output=True).stdout
