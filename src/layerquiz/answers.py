"""What a class handed in, from a file or a folder of any format that is known, for one sealed exam."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from layerquiz import files, tables
from layerquiz.errors import LayerquizError
from layerquiz.exam.seal import Sealed
from layerquiz.grading.submissions import Submissions, submitted, texts
from layerquiz.grading.submissions.table import other_exam
from layerquiz.publish import SEAL


def read(sealed: Sealed, name: str) -> Submissions:
    """Return the answers in a file or a folder of text files. Raises `LayerquizError`, also for another exam's."""
    if name == files.STANDARD_INPUT:
        return submitted(sealed, tables.table(name))
    if files.is_folder(name):
        for folder in (Path(name), Path(name).parent):
            _check_neighbour(sealed, folder, name)
        found, notes = tables.texts(name)
        return texts.read(sealed, str(Path(name)), found, notes)
    _check_neighbour(sealed, Path(name).parent, name)
    return submitted(sealed, tables.table(name))


def _check_neighbour(sealed: Sealed, folder: Path, name: str) -> None:
    """Refuse answers that lie beside the seal of another exam."""
    seal = folder / SEAL
    if files.is_file(seal) and (found := _hash(seal)) and found != sealed.hash:
        raise other_exam(sealed, found, name)


def _hash(seal: Path) -> str:
    """Return what a seal says its hash is; nothing where the file cannot be read as one."""
    try:
        found = json.loads(files.read_text(seal))
    except (LayerquizError, ValueError, RecursionError):
        return ""
    return str(found.get("hash", "")) if isinstance(found, Mapping) else ""
