"""Encryption of what must not be read from the database; the keys come from outside it.

It defends a stolen database or backup. It does not defend against one who holds the keys too.
"""

import hashlib
import os
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

VERSION = b"v1"
NONCE_BYTES = 12
KEY_ID_BYTES = 4


class SealBrokenError(Exception):
    """A sealed text cannot be opened with the keys at hand, or was tampered with."""


def key_id(key: bytes) -> bytes:
    """Return the four bytes that name a key without telling it."""
    return hashlib.sha256(b"alongside key id" + key).digest()[:KEY_ID_BYTES]


class Sealer:
    """Seals with the first key and opens with any.

    Shape: an envelope is `v1`, key id (4 bytes), nonce (12 bytes), ciphertext with its tag.
    `about` is bound to the text (record class and row): moved elsewhere, it does not open.
    """

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._first = keys[0]
        self._by_id = {key_id(key): key for key in keys}

    def seal(self, plain: bytes, about: str) -> bytes:
        """Return `plain` sealed under the first key."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = AESGCM(self._first).encrypt(nonce, plain, about.encode())
        return VERSION + key_id(self._first) + nonce + sealed

    def open(self, envelope: bytes, about: str) -> bytes:
        """Return what was sealed.

        Raises: SealBrokenError when the key is unknown, the place differs or a bit was changed.
        """
        head = len(VERSION)
        if envelope[:head] != VERSION:
            raise SealBrokenError("unknown envelope")
        key = self._by_id.get(envelope[head : head + KEY_ID_BYTES])
        if key is None:
            raise SealBrokenError("unknown key")
        start = head + KEY_ID_BYTES
        nonce, sealed = envelope[start : start + NONCE_BYTES], envelope[start + NONCE_BYTES :]
        try:
            return AESGCM(key).decrypt(nonce, sealed, about.encode())
        except InvalidTag as broken:
            raise SealBrokenError("tampered or out of place") from broken


def new_data_key() -> bytes:
    """Return a fresh 32-byte key for one person's sealed texts."""
    return AESGCM.generate_key(bit_length=256)
