"""How many questions the templates of the library have, counted once: `make spaces` writes it down, a test counts anew.

Each number stands beside the fingerprint of the text that it was counted for; of any other text it says nothing.
"""

from __future__ import annotations

import json
import sys
from functools import cache
from hashlib import sha256
from typing import Any

from layerquiz.data import folder
from layerquiz.exam import library
from layerquiz.exam.space import Space, space
from layerquiz.exam.template import Template

FILE = "spaces.json"
FINGERPRINT = 16
"""So many hexadecimal digits of SHA-256 tell one text from another."""


def counted(template: Template) -> Space:
    """Return how many questions a template has: as it was written down for this text, or else counted now."""
    return written().get(_fingerprint(template)) or space(template)


@cache
def written() -> dict[str, Space]:
    """Return what was written down, by the fingerprint of the template's text."""
    found = json.loads((folder("question_templates") / FILE).read_text(encoding="utf-8"))
    return {entry["text"]: Space(entry["distinct"], entry["exact"]) for entry in found.values()}


def all_counted() -> dict[str, dict[str, Any]]:
    """Return what is to be written down, by the template's name; everything is counted anew."""
    return {name: _entry(template) for name, template in library.templates().items()}


def _entry(template: Template) -> dict[str, Any]:
    found = space(template)
    return {"text": _fingerprint(template), "distinct": found.distinct, "exact": found.exact}


def _fingerprint(template: Template) -> str:
    return sha256(template.text.encode()).hexdigest()[:FINGERPRINT]


if __name__ == "__main__":
    lines = [f'  "{name}": {json.dumps(entry)}' for name, entry in all_counted().items()]
    sys.stdout.write("{\n" + ",\n".join(lines) + "\n}\n")
