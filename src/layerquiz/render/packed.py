"""Texts that repeat themselves, packed for a page: shorter, and the same bytes on every Python.

A page unpacks them in a few lines. What the standard library's compression gives depends on how Python was built. Here
a byte below 128 is followed by as many bytes and one more, as they are; one from 128 on stands for 4 bytes and more
that were seen before, as far back as the two bytes behind it say.
"""

from __future__ import annotations

SHORTEST, LONGEST = 4, 131
FARTHEST = 65_535
MOST_PLAIN = 128
COPIED = 128


def packed(data: bytes) -> bytes:
    """Return data in which what was seen before is named, not repeated."""
    out, plain, seen = bytearray(), bytearray(), dict[bytes, int]()
    place = 0
    while place < len(data):
        start = seen.get(data[place : place + SHORTEST], -1)
        length = _same(data, start, place) if 0 <= place - start <= FARTHEST and start >= 0 else 0
        if length >= SHORTEST:
            _put(out, plain)
            out += bytes((COPIED + length - SHORTEST, *(place - start).to_bytes(2, "big")))
        else:
            length = 1
            plain.append(data[place])
        for passed in range(place, place + length):
            seen[data[passed : passed + SHORTEST]] = passed
        place += length
    _put(out, plain)
    return bytes(out)


def _same(data: bytes, start: int, place: int) -> int:
    """Return how many bytes are the same at two places."""
    length = 0
    while length < LONGEST and place + length < len(data) and data[start + length] == data[place + length]:
        length += 1
    return length


def _put(out: bytearray, plain: bytearray) -> None:
    """Put bytes as they are, in runs."""
    for start in range(0, len(plain), MOST_PLAIN):
        run = plain[start : start + MOST_PLAIN]
        out += bytes((len(run) - 1, *run))
    plain.clear()
