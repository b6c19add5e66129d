"""What was found out of the templates of the library once and written down, by the fingerprint of their texts.

Of any other text it says nothing. `exam.counted` finds it out anew.
"""

from __future__ import annotations

import json
from functools import cache
from hashlib import sha256
from typing import Any

from layerquiz.data import folder
from layerquiz.exam.template import Template

FILE = "spaces.json"
FINGERPRINT = 16
"""So many hexadecimal digits of SHA-256 tell one text from another."""


def recorded(template: Template) -> dict[str, Any]:
    """Return what was written down for the text of a template; nothing of one that is not in the library."""
    return _written().get(fingerprint(template), {})


@cache
def _written() -> dict[str, dict[str, Any]]:
    found = json.loads((folder("question_templates") / FILE).read_text(encoding="utf-8"))
    return {entry["text"]: entry for entry in found.values()}


def fingerprint(template: Template) -> str:
    """Return what tells the text of a template from others."""
    return sha256(template.text.encode()).hexdigest()[:FINGERPRINT]
