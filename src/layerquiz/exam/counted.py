"""How many questions the templates of the library have, and how hard they usually are, found out once.

`make spaces` writes it down, a test finds it out anew.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from layerquiz.exam import library
from layerquiz.exam.difficulty import sampled
from layerquiz.exam.recorded import fingerprint, recorded
from layerquiz.exam.space import Space, space
from layerquiz.exam.template import Template
from layerquiz.network.conventions import Conventions


def counted(template: Template) -> Space:
    """Return how many questions a template has: as it was written down for this text, or else counted now."""
    found = recorded(template)
    return Space(found["distinct"], found["exact"]) if found else space(template)


def entry(template: Template) -> dict[str, Any]:
    """Return what is to be written down of a template; everything is counted anew."""
    found, usual = space(template), sampled(template, Conventions.of(template.conventions or "textbook"))
    hard = {"median": usual.median, "lengths": usual.lengths}
    return {"text": fingerprint(template), "distinct": found.distinct, "exact": found.exact, **hard}


if __name__ == "__main__":
    lines = [f'  "{name}": {json.dumps(entry(template))}' for name, template in library.templates().items()]
    sys.stdout.write("{\n" + ",\n".join(lines) + "\n}\n")
