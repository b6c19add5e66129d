"""The seal as it is written into the folder, and as it was found there."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from layerquiz import files


def pretty(sealed: Mapping[str, Any]) -> Iterator[str]:
    """Yield a seal as JSON, each paper on a line, in pieces: the text of a large class is never there at once."""
    for place, (key, found) in enumerate(sealed.items()):
        yield ",\n" if place else "{\n"
        if key != "papers" or not found:
            yield json.dumps({key: found}, ensure_ascii=False, indent=1)[2:-2]
            continue
        yield f' "{key}": ['
        for number, paper in enumerate(found):
            yield f"{',' if number else ''}\n  {json.dumps(paper, ensure_ascii=False)}"
        yield "\n ]"
    yield "\n}\n"


def layout_of(old: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return the sealed layout; one that is not as it should be is measured anew."""
    found = old.get("layout")
    shape = {"chunks": list, "said": list, "sizes": dict}
    if isinstance(found, dict) and all(isinstance(found.get(key), kind) for key, kind in shape.items()):
        return found
    return None


def is_written(path: Path, sealed: Mapping[str, Any]) -> bool:
    """Say whether a file holds a seal just as it is written: nobody has edited it."""
    return files.read_bytes(path) == "".join(pretty(sealed)).encode()
