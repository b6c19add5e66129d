"""What an exam is called on its pages: ten hexadecimal digits that say which exam a scanned page belongs to.

It is known before anything is sealed, and a late registration does not change it: the roster has no part in it.
"""

from __future__ import annotations

import hashlib
import json

from layerquiz.exam.exam import Exam

DIGITS = 10


def identity(exam: Exam) -> str:
    """Return the identity of an exam: of its title, its seed, and what is asked in which order."""
    asked = [[entry.template.name, entry.template.text, str(entry.points)] for entry in exam.entries]
    told = json.dumps([exam.title, exam.course, exam.date, exam.seed, asked], ensure_ascii=False)
    return hashlib.sha256(told.encode()).hexdigest()[:DIGITS].upper()
