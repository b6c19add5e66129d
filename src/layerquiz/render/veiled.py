"""What a page holds and its source does not show: answers that are found by typing them, and texts behind a veil.

This hinders reading, not attacks: whoever takes the trouble can try numbers until one is found. There is no chance in
it, so that the same questions give the same bytes.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping

from layerquiz.render.packed import packed

ITERATIONS = 2_000
"""So that a typed answer is looked up at once on a phone, and a sheet of hundreds of answers is made in a second."""

TAG = 6
"""The bytes by which an answer is found; two answers to one blank share theirs once in 10^11 blanks."""


def stretched(secret: str, salt: str, length: int, iterations: int) -> bytes:
    """Return so many bytes that follow from a secret: PBKDF2 with HMAC-SHA-256, as browsers have it too."""
    return hashlib.pbkdf2_hmac("sha256", secret.encode(), salt.encode(), iterations, length)


def locked(answers: Mapping[str, int], salt: str) -> str:
    """Return answers with a number below 65,536 each, which whoever types the answer can read.

    Each is a tag by which it is found and its number, masked with what follows from the answer.
    """
    return _text(b"".join(sorted(_record(answer, number, salt) for answer, number in answers.items())))


def _record(answer: str, number: int, salt: str) -> bytes:
    known = stretched(answer, salt, TAG + 2, ITERATIONS)
    return known[:TAG] + _masked(number.to_bytes(2, "big"), known[TAG:])


def veiled(text: str, salt: str) -> str:
    """Return a text so that it cannot be read in the source; the page knows how to lift the veil."""
    plain = packed(text.encode())
    return _text(_masked(plain, stretched(salt, salt, len(plain), 1)))


def _masked(data: bytes, mask: bytes) -> bytes:
    return bytes(one ^ other for one, other in zip(data, mask, strict=True))


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
