"""Whether an exam was proofread: a code of what it asks, and two people who signed for it in the exam file."""

from __future__ import annotations

import hashlib
from string import ascii_lowercase
from typing import Any

from layerquiz.exam.exam import Exam
from layerquiz.exam.seal import canonical, seal

PEOPLE = 2
"""So many different people sign."""

NOT_ASKED = (
    *("format", "layerquiz", "title", "course", "date", "seed", "papers", "parts", "hash", "pass"),
    *("paper_size", "versions", "logo", "header", "honour", "signed"),
)
"""What of a sealed exam is not about what is asked, so that it may change behind a signature."""

FILE = "proof.pdf"
"""What the pages are called that are read and signed."""

LETTERS = ascii_lowercase.replace("l", "").replace("o", "")
DIGITS = "23456789"
"""Signs that are not taken for each other."""


def code(exam: Exam) -> str:
    """Return the code of what an exam asks, such as `ab23cd45`: its questions, their texts, points and policies.

    Who takes it and with which numbers does not count. A code is never a number for YAML.
    """
    asked: dict[str, Any] = {key: found for key, found in seal(exam, (), "").items() if key not in NOT_ASKED}
    left = int.from_bytes(hashlib.sha256(canonical(asked).encode("utf-8", "surrogatepass")).digest())
    signs = []
    for alphabet in (LETTERS, LETTERS, DIGITS, DIGITS) * 2:
        left, place = divmod(left, len(alphabet))
        signs.append(alphabet[place])
    return "".join(signs)


def unsigned_because(exam: Exam) -> str:
    """Return why an exam is a draft, and what to write into its file; nothing where it is signed."""
    right = code(exam)
    cure = f"read {FILE} (layerquiz exam --proof) and write signed: {{code: {right}, by: [two names]}}"
    if exam.signed is None:
        return f"a draft, as nobody has signed it: {cure}"
    if exam.signed.code != right:
        return f"a draft, as it was changed after it was signed: {cure}"
    if len({" ".join(name.casefold().split()) for name in exam.signed.by if name.strip()}) < PEOPLE:
        return f"a draft, as {PEOPLE} different people have to sign it: {cure}"
    return ""
