"""The format of locked files: what was locked comes back, and nothing else does."""

from __future__ import annotations

import io

import pytest

from layerquiz.errors import LayerquizError
from layerquiz.vault import cipher
from layerquiz.vault.cipher import CHUNK, HEAD, TAG, Lock

WORDS = "correct horse battery"
CHEAP = 4


def lock(words: str = WORDS) -> Lock:
    return Lock(words, CHEAP)


def locked(content: bytes, name: str = "exam.json") -> bytes:
    return b"".join(lock().locked(name, [content]))


def opened(content: bytes, name: str = "exam.json", words: str = WORDS) -> bytes:
    return b"".join(lock(words).opened(name, io.BytesIO(content), name))


@pytest.mark.parametrize("size", [0, 1, 1000, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_what_was_locked_comes_back(size: int) -> None:
    content = bytes(place % 251 for place in range(1000)) * (size // 1000 + 1)
    made = locked(content[:size])
    assert opened(made) == content[:size]
    assert content[:50] not in made


def test_pieces_of_any_size_are_the_same_content() -> None:
    pieces = [b"a" * (CHUNK // 3)] * 7
    made = b"".join(lock().locked("key.csv", pieces))
    assert opened(made, "key.csv") == b"".join(pieces)


def test_no_two_files_are_locked_alike() -> None:
    """Same content, same passphrase, same salt of scrypt: another key for each file, so no nonce is used twice."""
    one = lock()
    first, second = (b"".join(one.locked("key.csv", [b"x" * 100])) for _ in range(2))
    assert first[HEAD.size :] != second[HEAD.size :]


def refused(content: bytes, name: str = "exam.json", words: str = WORDS) -> str:
    with pytest.raises(LayerquizError) as error:
        opened(content, name, words)
    return error.value.slug


def test_another_passphrase_is_told() -> None:
    assert refused(locked(b"secret"), words="correct horse batterz") == "passphrase"


def test_the_same_letters_are_the_same_passphrase() -> None:
    """A composed letter and its parts, as other keyboards type it."""
    made = b"".join(lock("caf\u00e9 au lait").locked("a", [b"secret"]))
    assert opened(made, "a", "cafe\u0301 au lait") == b"secret"


def test_every_changed_byte_is_noticed() -> None:
    made = locked(b"some secret")
    for place in range(len(made)):
        spoilt = bytearray(made)
        spoilt[place] ^= 1
        assert refused(bytes(spoilt)) in ("locked-changed", "locked-version", "passphrase")


def test_cut_off_prolonged_exchanged_and_renamed_files_are_refused() -> None:
    made = locked(bytes(2 * CHUNK + 5))
    head, chunk = made[: HEAD.size], CHUNK + TAG
    first, second, last = made[HEAD.size :][:chunk], made[HEAD.size + chunk :][:chunk], made[HEAD.size + 2 * chunk :]
    assert opened(head + first + second + last) == bytes(2 * CHUNK + 5)
    for spoilt in (
        b"",
        head[:-1],
        head,
        head + first,
        head + first + second,
        head + second + first + last,
        made + b"x",
    ):
        assert refused(spoilt) == "locked-changed"
    assert refused(made, "key.csv") == "locked-changed"


def test_a_head_that_asks_for_gigabytes_is_no_head_of_ours() -> None:
    made = bytearray(locked(b"secret"))
    made[len(cipher.MARK) + 1] = 40
    assert refused(bytes(made)) == "locked-changed"


def test_a_later_version_is_told() -> None:
    made = bytearray(locked(b"secret"))
    made[len(cipher.MARK)] = 2
    assert refused(bytes(made)) == "locked-version"


def test_a_short_passphrase_is_refused() -> None:
    with pytest.raises(LayerquizError, match="fewer than 8"):
        list(Lock("short").locked("key.csv", [b"secret"]))


def test_a_short_passphrase_opens_nothing_as_any_other_wrong_one() -> None:
    with pytest.raises(LayerquizError, match="the passphrase is another one"):
        opened(locked(b"secret"), words="short")
