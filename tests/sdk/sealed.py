"""Opening the server's symmetric ciphertexts without the server, for who knows the material.

The layouts are those of `ciphertext.rs` of the dialects, the message key that of `docs/cryptography.md`.
"""

import base64
import functools
import hashlib
import json
import uuid

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def bind(*words: str) -> bytes:
    """Each word led by its length."""
    return b"".join(len(word.encode()).to_bytes(8) + word.encode() for word in words)


def canonical(pairs: dict[str, str], additional: bytes) -> bytes:
    """An encryption context, sorted by name."""
    words = [word for pair in sorted(pairs.items()) for word in pair]
    return len(words).to_bytes(8) + bind(*words) + additional


def open_body(material: bytes, tenant: tuple[str, str], key_id: str, material_id: str, salt: bytes, nonce: bytes,
              body: bytes, context: bytes) -> bytes:
    """AES-256-GCM or, with material of 16 bytes, SM4-GCM, under the message's own key."""
    info = bind("polykms message v1", *tenant, key_id)
    key = HKDF(hashes.SHA256(), len(material), salt, info).derive(material)
    cipher = algorithms.AES(key) if len(material) == 32 else algorithms.SM4(key)
    opener = Cipher(cipher, modes.GCM(nonce, body[-16:])).decryptor()
    opener.authenticate_additional_data(bind(key_id, material_id) + context)
    return opener.update(body[:-16]) + opener.finalize()


def open_huawei(blob: bytes, account: str, material: bytes, aad: str = "", pairs: dict[str, str] | None = None) -> bytes:
    """What encrypt-data or the calls for data keys and data key pairs made."""
    assert hashlib.sha256(blob[:-8]).digest()[:8] == blob[-8:]
    head, material_id, key_id, body = blob[:32], blob[-40:-8], blob[-76:-40].decode(), blob[32:-76]
    length = int.from_bytes(head[2:4], "little")
    # The length of a private half is not bound: it is sealed before it is known.
    bound = head[:2] + (bytes(2) if head[0] == 5 else head[2:4])
    plain = open_body(material, ("huawei", account), key_id, material_id.hex(), head[4:20], head[20:32], body,
                      canonical(pairs or {}, bound + aad.encode()))
    assert not any(plain[length:])
    return plain[:length]


def open_aws(blob: bytes, account: str, key_id: str, material: bytes, pairs: dict[str, str] | None = None) -> bytes:
    """What Encrypt made."""
    material_id, salt, nonce, body = blob[22:54], blob[54:70], blob[70:82], blob[136:]
    return open_body(material, ("aws", account), key_id, material_id.hex(), salt, nonce, body,
                     canonical(pairs or {}, b""))


def open_tencent(blob: str, account: str, material: bytes, context: dict | None = None, opener=open_body) -> bytes:
    """What Encrypt, GenerateDataKey and ReEncrypt made. Values of a context are bound as JSON."""
    head, key, tail = (base64.b64decode(part, validate=True) for part in blob.split("-k-"))
    check, rest = tail[:4], tail[4:]
    key_id = str(uuid.UUID(bytes=key))
    material_id, salt, tag = head[:32].hex(), head[32:48], head[48:]
    length = int.from_bytes(rest[12:16])
    body, padding = rest[16:16 + length], rest[16 + length:]
    assert hashlib.sha256(head + key + rest).digest()[:4] == check
    assert 1 <= len(padding) <= 16 and not any(padding) and len(rest) % 16 == 0
    written = functools.partial(json.dumps, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    pairs = {name: written(value) for name, value in (context or {}).items()}
    return opener(material, ("tencent", account), key_id, material_id, salt, rest[:12], body + tag, canonical(pairs, b""))
