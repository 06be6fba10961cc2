"""What a client does before an import: wraps material under the public key that it was handed.

Algorithms go by the words of the vendors, which agree but for SM2.
"""

import os
import secrets

from cryptography.hazmat.primitives import hashes, keywrap, serialization
from cryptography.hazmat.primitives.asymmetric import padding

SM2_WORDS = {"SM2PKE", "SM2_ENCRYPT", "SM2"}

# The curve of GB/T 32918.5.
P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
A = P - 3
N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
G = (
    0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
    0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0,
)


def wrap(algorithm: str, public_key_der: bytes, plain: bytes) -> bytes:
    """Wraps `plain` under a SubjectPublicKeyInfo. The key-wrap algorithms use a fresh AES-256 key."""
    if algorithm in SM2_WORDS:
        return sm2_encrypt(public_key_der, plain)
    key = serialization.load_der_public_key(public_key_der)
    if algorithm == "RSAES_PKCS1_V1_5":
        return key.encrypt(plain, padding.PKCS1v15())
    if algorithm.startswith("RSAES_OAEP_"):
        return key.encrypt(plain, oaep(algorithm))
    if algorithm.startswith("RSA_AES_KEY_WRAP_"):
        return rsa_aes_key_wrap(algorithm, public_key_der, os.urandom(32), plain)
    raise ValueError(algorithm)


def wrap_two_fields(algorithm: str, public_key_der: bytes, pkcs8: bytes, temporary: bytes | None = None):
    """A temporary AES key under the wrapping key, and the PKCS#8 bytes under that with AES-KWP."""
    temporary = os.urandom(32) if temporary is None else temporary
    return wrap(algorithm, public_key_der, temporary), keywrap.aes_key_wrap_with_padding(temporary, pkcs8)


def rsa_aes_key_wrap(algorithm: str, public_key_der: bytes, ephemeral: bytes, plain: bytes) -> bytes:
    """RSA-OAEP of an AES key, then AES-KWP (RFC 5649) of the material under it."""
    key = serialization.load_der_public_key(public_key_der)
    return key.encrypt(ephemeral, oaep(algorithm)) + keywrap.aes_key_wrap_with_padding(ephemeral, plain)


def oaep(algorithm: str) -> padding.OAEP:
    """The hash is that of the algorithm's name, for label and MGF1 alike."""
    hash_class = hashes.SHA1 if algorithm.endswith("SHA_1") else hashes.SHA256
    return padding.OAEP(padding.MGF1(hash_class()), hash_class(), None)


def private_key_der(key) -> bytes:
    """PKCS#8 in DER, unencrypted."""
    return key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def public_key_der(key) -> bytes:
    """SubjectPublicKeyInfo in DER."""
    return key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )


# SM2, which `cryptography` has not: enough of it to encrypt, decrypt and make keys.


def sm2_encrypt(public_key_der: bytes, plain: bytes) -> bytes:
    """SM2 public-key encryption: C1, C3, C2 in ASN.1."""
    point = public_key_der[-65:]
    assert point[0] == 4, "an uncompressed point"
    public = (int.from_bytes(point[1:33]), int.from_bytes(point[33:]))
    while True:
        k = secrets.randbelow(N - 1) + 1
        x1, y1 = multiply(k, G)
        x2, y2 = (value.to_bytes(32) for value in multiply(k, public))
        mask = sm2_kdf(x2 + y2, len(plain))
        if any(mask):
            break
    c2 = bytes(a ^ b for a, b in zip(plain, mask))
    c3 = sm3(x2 + plain + y2)
    return der(0x30, der_integer(x1) + der_integer(y1) + der(0x04, c3) + der(0x04, c2))


def sm2_decrypt(scalar: int, blob: bytes) -> bytes:
    """The other direction, for a key whose scalar is known."""
    body = der_content(blob)
    x1, rest = der_next(body)
    y1, rest = der_next(rest)
    c3, rest = der_next(rest)
    c2, _ = der_next(rest)
    shared = multiply(scalar, (int.from_bytes(x1), int.from_bytes(y1)))
    x2, y2 = (value.to_bytes(32) for value in shared)
    plain = bytes(a ^ b for a, b in zip(c2, sm2_kdf(x2 + y2, len(c2))))
    assert sm3(x2 + plain + y2) == c3, "the integrity value"
    return plain


def sm2_key() -> tuple[int, bytes, bytes]:
    """A fresh key: its scalar, PKCS#8, SubjectPublicKeyInfo."""
    scalar = secrets.randbelow(N - 2) + 1
    x, y = multiply(scalar, G)
    point = b"\x04" + x.to_bytes(32) + y.to_bytes(32)
    # id-ecPublicKey with the curve 1.2.156.10197.1.301.
    kind = der(0x30, bytes.fromhex("06072a8648ce3d020106082a811ccf5501822d"))
    public = der(0x03, b"\x00" + point)
    private = der(0x30, der_integer(1) + der(0x04, scalar.to_bytes(32)) + der(0xA1, public))
    pkcs8 = der(0x30, der_integer(0) + kind + der(0x04, private))
    return scalar, pkcs8, der(0x30, kind + public)


def sm2_verify(spki: bytes, digest: bytes, signature: bytes) -> bool:
    """Whether a DER signature over SM3(Z, message), given as `digest`, is genuine."""
    body = der_content(signature)
    r, rest = der_next(body)
    s, _ = der_next(rest)
    r, s = int.from_bytes(r), int.from_bytes(s)
    point = spki[-64:]
    public = (int.from_bytes(point[:32]), int.from_bytes(point[32:]))
    t = (r + s) % N
    x, _ = add(multiply(s, G), multiply(t, public))
    return (int.from_bytes(digest) + x) % N == r


def sm2_digest(spki: bytes, message: bytes, identity: bytes = b"1234567812345678") -> bytes:
    """SM3(Z, message) as a signer computes it."""
    b = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
    parts = [(len(identity) * 8).to_bytes(2), identity]
    parts += [value.to_bytes(32) for value in (A, b, *G)]
    return sm3(sm3(b"".join(parts) + spki[-64:]) + message)


def sm3(data: bytes) -> bytes:
    digest = hashes.Hash(hashes.SM3())
    digest.update(data)
    return digest.finalize()


def sm2_kdf(shared: bytes, length: int) -> bytes:
    blocks = (sm3(shared + counter.to_bytes(4)) for counter in range(1, length // 32 + 2))
    return b"".join(blocks)[:length]


def add(p, q):
    """Sum of two points; None is the point at infinity."""
    if p is None or q is None:
        return p or q
    if p[0] == q[0] and (p[1] + q[1]) % P == 0:
        return None
    if p == q:
        slope = (3 * p[0] * p[0] + A) * pow(2 * p[1], -1, P)
    else:
        slope = (q[1] - p[1]) * pow(q[0] - p[0], -1, P)
    x = (slope * slope - p[0] - q[0]) % P
    return x, (slope * (p[0] - x) - p[1]) % P


def multiply(k: int, point):
    total = None
    while k:
        if k & 1:
            total = add(total, point)
        point = add(point, point)
        k >>= 1
    return total


def der(tag: int, content: bytes) -> bytes:
    length = len(content)
    if length < 128:
        return bytes([tag, length]) + content
    size = length.to_bytes((length.bit_length() + 7) // 8)
    return bytes([tag, 128 | len(size)]) + size + content


def der_integer(value: int) -> bytes:
    return der(0x02, value.to_bytes(value.bit_length() // 8 + 1))


def der_next(data: bytes) -> tuple[bytes, bytes]:
    """The content of the first element, and what follows it."""
    length, start = data[1], 2
    if length & 128:
        start += length & 127
        length = int.from_bytes(data[2:start])
    return data[start : start + length], data[start + length :]


def der_content(data: bytes) -> bytes:
    content, rest = der_next(data)
    assert not rest
    return content
