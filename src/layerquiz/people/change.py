"""Many files of a folder changed as one: all are ready in a hidden folder before the first of them is moved.

Once that folder has its name, the change is decided: an interruption leaves it there, and running again finishes it.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from layerquiz import files
from layerquiz.errors import ExamError
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


def _plan(folder: Path) -> Mapping[str, Sequence[str]]:
    """Return what was decided; a folder may come from anyone, so nothing outside of it is ever touched."""
    path = folder / CHANGE / PLAN
    try:
        plan: Mapping[str, Sequence[str]] = json.loads(path.read_bytes())
        parents = [(folder / name).parent.resolve() for name in (*plan["written"], *plan["removed"])]
        is_ours = all(parent.is_relative_to(folder.resolve()) for parent in parents)
    except (ValueError, LookupError, TypeError):
        is_ours = False
    if not is_ours:
        cure = f"Remove {path.parent}"
        raise ExamError("this is no change that layerquiz began", where=str(path), cure=cure, slug="change")
    return plan


def finish(folder: Path) -> bool:
    """Finish a change that was decided; say whether there was one."""
    shutil.rmtree(folder / UNDECIDED, ignore_errors=True)
    there = folder / CHANGE
    if not (there / PLAN).is_file():
        shutil.rmtree(there, ignore_errors=True)
        return False
    plan = _plan(folder)
    with files.outside(folder):
        for place, name in enumerate(plan["written"]):
            if (there / str(place)).is_file():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (there / str(place)).replace(folder / name)
        for name in plan["removed"]:
            (folder / name).unlink(missing_ok=True)
        (there / PLAN).unlink()
        shutil.rmtree(there)
    return True
