"""Many files of a folder changed as one: all are ready in a hidden folder before the first of them is moved.

Once that folder has its name, the change is decided: an interruption leaves it there, and running again finishes it.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from layerquiz import files
from layerquiz.errors import LayerquizError
from layerquiz.vault import places
from layerquiz.vault.places import CHANGE

PLAN = "plan.json"
UNDECIDED = f"{CHANGE}.new"


@dataclass(slots=True)
class Change:
    """What becomes of the files of a folder, by their paths in it: new contents, and what is removed."""

    written: dict[str, bytes] = field(default_factory=dict)
    removed: list[str] = field(default_factory=list)

    def decide(self, folder: Path) -> None:
        """Make everything ready in a hidden folder: from then on `finish` does the rest, whatever interrupts it."""
        new = folder / UNDECIDED
        with files.outside(folder):
            shutil.rmtree(new, ignore_errors=True)
            new.mkdir()
            for place, content in enumerate(self.written.values()):
                files.put(new / str(place), content)
            plan = {"written": list(self.written), "removed": self.removed}
            files.put(new / PLAN, json.dumps(plan).encode("utf-8", "surrogatepass"))
            new.replace(folder / CHANGE)
            places.see_to_the_disk(folder)


def finish(folder: Path) -> bool:
    """Finish a change that was decided; say whether there was one.

    Raises `LayerquizError` for a plan that is none of ours: the folder may come from somebody else.
    """
    shutil.rmtree(folder / UNDECIDED, ignore_errors=True)
    there = folder / CHANGE
    if not (there / PLAN).is_file():
        shutil.rmtree(there, ignore_errors=True)
        return False
    written, removed = _plan(folder, there / PLAN)
    with files.outside(folder):
        for place, name in enumerate(written):
            if (there / str(place)).is_file():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (there / str(place)).replace(folder / name)
        for name in removed:
            (folder / name).unlink(missing_ok=True)
        (there / PLAN).unlink()
        shutil.rmtree(there)
    return True


def _plan(folder: Path, path: Path) -> tuple[list[str], list[str]]:
    """Return the paths that a plan writes and removes, all of which have to lie in the folder."""
    inside = folder.resolve()
    try:
        plan = json.loads(files.read_bytes(path))
        written, removed = list(plan["written"]), list(plan["removed"])
        is_ours = all((inside / name).resolve().is_relative_to(inside) for name in (*written, *removed))
    except (ValueError, LookupError, TypeError, RecursionError):
        is_ours = False
    if not is_ours:
        what, cure = "this is no plan of a change that was interrupted here", f"Remove the folder {CHANGE}"
        raise LayerquizError(what, where=str(path), cure=cure, slug="plan")
    return written, removed
