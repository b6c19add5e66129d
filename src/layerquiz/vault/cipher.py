"""The format of a locked file: scrypt makes a key of a passphrase, AES-GCM encrypts and guards the content.

A file begins with a head: a mark, the version, the cost of scrypt, its salt, a check of the passphrase, and the file's
own salt, from which its key is derived (HKDF). The content follows in chunks, each encrypted with its number and with
whether it is the last one, and bound to the head and to the name of the file: what is changed, cut off, put in another
order or under another name is refused. One run of scrypt serves all files with the same salt.
"""

from __future__ import annotations

import hmac
import os
import struct
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from layerquiz.errors import LayerquizError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MARK = b"layerquiz locked"
VERSION = 1
HEAD = struct.Struct(">16sBBBB16s16s16s")
COST = 17
"""The logarithm of scrypt's cost: 2^17 blocks of 1 KiB take 128 MiB and about half a second."""

MOST_COST = 20
"""A head that asks for more is no head of ours: it would take gigabytes."""

BLOCK, PARALLEL = 8, 1
CHUNK = 1 << 20
TAG = 16
SHORTEST = 8


def checked(passphrase: str) -> str:
    """Return a passphrase as it is used: the same for all ways to type its letters. Raises `LayerquizError`."""
    found = _normal(passphrase)
    if len(found) < SHORTEST:
        what, cure = f"the passphrase has fewer than {SHORTEST} characters", "Four words that nobody guesses are better"
        raise LayerquizError(what, cure=cure, slug="passphrase")
    return found


def _normal(passphrase: str) -> str:
    return unicodedata.normalize("NFC", passphrase)


@dataclass(frozen=True, slots=True)
class Head:
    """How a file was locked."""

    cost: int
    block: int
    parallel: int
    salt: bytes
    check: bytes
    own: bytes

    @property
    def content(self) -> bytes:
        """Return the head as it stands in the file."""
        return HEAD.pack(MARK, VERSION, self.cost, self.block, self.parallel, self.salt, self.check, self.own)

    @classmethod
    def read(cls, content: bytes, where: str) -> Head:
        """Return the head of a locked file. Raises `LayerquizError` where there is none that this version knows."""
        if len(content) < HEAD.size or not content.startswith(MARK):
            raise _spoilt(where)
        _, version, cost, *rest = HEAD.unpack(content)
        if version != VERSION:
            what, cure = "a later layerquiz locked this", "Update layerquiz"
            raise LayerquizError(what, where=where, cure=cure, slug="locked-version")
        if not 1 <= cost <= MOST_COST or tuple(rest[:2]) != (BLOCK, PARALLEL):
            raise _spoilt(where)
        return cls(cost, *rest)


def _spoilt(where: str) -> LayerquizError:
    what = "this locked file was changed, cut off or renamed after it was locked"
    return LayerquizError(what, where=where, cure="Put back a copy of it as it was", slug="locked-changed")


class Lock:
    """A passphrase, and the keys that scrypt makes of it: one for each salt, made once."""

    def __init__(self, passphrase: str, cost: int = COST) -> None:
        self._passphrase, self._cost = _normal(passphrase).encode(), cost
        self._salt = os.urandom(16)
        self._made: dict[tuple[int, bytes], bytes] = {}

    def joins(self, head: Head) -> None:
        """Lock further files with the salt of one that is locked already."""
        self._cost, self._salt = head.cost, head.salt

    def opens(self, head: Head) -> bool:
        """Say whether the passphrase is that of a file."""
        return hmac.compare_digest(self._derived(head, b"check")[:16], head.check)

    def locked(self, name: str, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """Yield the content of a locked file that is called `name` in its folder. A short passphrase locks nothing."""
        checked(self._passphrase.decode())
        empty = Head(self._cost, BLOCK, PARALLEL, self._salt, b"", b"")
        own = os.urandom(16)
        head = Head(self._cost, BLOCK, PARALLEL, self._salt, self._derived(empty, b"check")[:16], own)
        yield head.content
        cipher, bound = _cipher(self._derived(head, b"file" + own)), head.content + name.encode()
        for number, (chunk, is_last) in enumerate(_chunks(pieces)):
            yield cipher.encrypt(_nonce(number, is_last), chunk, bound)

    def opened(self, name: str, stream: BinaryIO, where: str) -> Iterator[bytes]:
        """Yield what a locked file holds. Raises `LayerquizError` for a wrong passphrase and for a changed file."""
        from cryptography.exceptions import InvalidTag

        head = Head.read(stream.read(HEAD.size), where)
        if not self.opens(head):
            what, cure = "the passphrase is another one", "Type it again: capitals and spaces matter"
            raise LayerquizError(what, where=where, cure=cure, slug="passphrase")
        cipher, bound = _cipher(self._derived(head, b"file" + head.own)), head.content + name.encode()
        number, chunk = 0, stream.read(CHUNK + TAG)
        while True:
            following = stream.read(CHUNK + TAG)
            try:
                yield cipher.decrypt(_nonce(number, not following), chunk, bound)
            except InvalidTag:
                raise _spoilt(where) from None
            if not following:
                return
            number, chunk = number + 1, following

    def _derived(self, head: Head, use: bytes) -> bytes:
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF

        return HKDF(SHA256(), 32, None, use).derive(self._key(head))

    def _key(self, head: Head) -> bytes:
        from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

        place = (head.cost, head.salt)
        if place not in self._made:
            scrypt = Scrypt(head.salt, 32, 2**head.cost, BLOCK, PARALLEL)
            self._made[place] = scrypt.derive(self._passphrase)
        return self._made[place]


def _cipher(key: bytes) -> AESGCM:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(key)


def _nonce(number: int, is_last: bool) -> bytes:
    """Return what is used once: a file has a key of its own, so its chunks are counted."""
    return number.to_bytes(11, "big") + bytes([is_last])


def _chunks(pieces: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Yield content in chunks of one size, each with whether it is the last; an empty file is one empty chunk."""
    held = bytearray()
    for piece in pieces:
        held += piece
        while len(held) > CHUNK:
            yield bytes(held[:CHUNK]), False
            del held[:CHUNK]
    yield bytes(held), True
