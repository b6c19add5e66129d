"""What a class handed in, from a file or a folder of any format that is known, for one sealed exam."""

from __future__ import annotations

import re
from pathlib import Path

from layerquiz import files, tables
from layerquiz.exam.seal import Sealed
from layerquiz.grading.submissions import Submissions, submitted, texts
from layerquiz.grading.submissions.table import other_exam
from layerquiz.press.names import SEAL

HASH = re.compile(rb'(?<!\\)"hash":\s*"([0-9a-f]{64})"')
"""In a sealed exam; within its texts the quotes stand behind a backslash."""


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
    """Return what a seal says its hash is, without reading all papers; nothing where the file says none."""
    found = HASH.findall(files.read_bytes(seal))
    return found[-1].decode() if found else ""
