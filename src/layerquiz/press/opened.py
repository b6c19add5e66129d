"""The exam file and the seal of a folder, read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from pydantic_core import from_json

from layerquiz import files, vault
from layerquiz.errors import ExamError, LayerquizError
from layerquiz.exam import exam as exams
from layerquiz.exam import library
from layerquiz.exam.makeup import EVERYBODY, Seen
from layerquiz.exam.seal import Sealed, is_sealed_as, unseal
from layerquiz.exam.source import SourceText
from layerquiz.exam.template import Template
from layerquiz.exam.template import parse as parse_template
from layerquiz.grading.jobs import collecting_seldom
from layerquiz.grading.policy import Policy, policies
from layerquiz.models import network_and_text
from layerquiz.network.network import Network
from layerquiz.press.names import SEAL

SEAL_LIMIT = 2_000_000_000
"""The most bytes of a sealed exam: it grows with the class, by some thousands for each paper."""


class Templates(Mapping[str, Template]):
    """The templates that an exam may name: the library's, and files of its author such as `strided.md`.

    A file is looked for from the folder of the exam file.
    """

    def __init__(self, exam_file: str) -> None:
        self.folder = Path(exam_file).parent

    def __getitem__(self, name: str) -> Template:
        if not name.endswith(".md"):
            return library.templates()[name]
        path = self.folder / name
        if path.stem in library.templates():
            cure = "Give the file a name of its own"
            raise ExamError(f'a template of the library is called "{path.stem}" too', where=str(path), cure=cure)
        return parse_template(files.read_text(path), path.stem, str(path), files.translations_beside(path))

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and (name.endswith(".md") or name in library.templates())

    def __iter__(self) -> Iterator[str]:
        return iter(library.templates())

    def __len__(self) -> int:
        return len(library.templates())


def network_of(exam_file: str, name: str) -> Network:
    """Return the network that an exam file names: a file, looked for from its folder, or a known name."""
    return network_and_text(str(Path(exam_file).parent / name))[0] if files.is_path(name) else Network.named(name)


def parsed(written: str, exam_file: str, seed: str) -> exams.Exam:
    """Return the exam of a file, its policies checked; one without a seed gets `seed`.

    Raises `LayerquizError` with the line of the file.
    """
    exam = exams.parse(written, exam_file, seed, Templates(exam_file), partial(network_of, exam_file))
    source = SourceText(exam_file, written, 1, ExamError)
    try:
        Policy.of(exam.policy)
    except LayerquizError as error:
        raise source.located(error, ("policy",)) from None
    try:
        policies(exam)
    except LayerquizError as error:
        raise error.at(source.name) from None
    return exam


def unsealed(path: Path, passphrase: vault.Passphrase = vault.from_environment) -> Sealed:
    """Return the sealed exam of a file, whether it is locked or not. Raises `ExamError` where it is none."""
    return read(path, passphrase)[1]


def read(path: Path, passphrase: vault.Passphrase = vault.from_environment) -> tuple[Any, Sealed]:
    """Return the sealed exam of a file, as it is written and as it is read. Raises `ExamError` where it is none."""
    try:
        with collecting_seldom():  # a class's seal is a million objects, all of which stay for now
            plain = from_json(vault.read_text(path.parent, path.name, SEAL_LIMIT, passphrase))
            return plain, unseal(plain)
    except ExamError as error:
        raise error.at(str(path)) from None
    except (ValueError, RecursionError) as error:
        cure = "Put back the file as layerquiz wrote it, or make the exam again into another folder"
        raise ExamError(f"this is no sealed exam ({error})", where=str(path), cure=cure, slug="seal") from None


@dataclass(frozen=True, slots=True)
class Earlier:
    """The first exam of a make-up. `head` is its seal without papers, as JSON; `seen` has papers as plain data."""

    exam: exams.Exam
    head: str
    seen: Seen[dict[str, Any]]

    def by(self, students: Iterable[str], versions: int | None) -> dict[str, Sequence[dict[str, Any]]]:
        """Return what some students may have seen; of an exam with versions, one paper of each."""
        if versions is None:
            return {student: self.seen[student] for student in students if student in self.seen}
        return {EVERYBODY: list({paper.get("version", ""): paper for paper in self.seen.papers}.values())}


def earlier(folder: Path, target: Path) -> Earlier:
    """Return the exam of a folder, of which the target is to have a make-up. Raises `ExamError` where they are one."""
    if folder.resolve() == target.resolve():
        cure = "Give the make-up a folder of its own with -o"
        raise ExamError("the make-up would be written over the first exam", where=str(target), cure=cure, slug="makeup")
    plain, first = read(folder / SEAL)
    head = json.dumps({**plain, "papers": []}, ensure_ascii=False)
    return Earlier(first.exam, head, Seen(plain["papers"], [paper.student for paper in first.papers]))


def sealed_seed(target: Path) -> Any:
    """Return the seed that an exam without one got when it was first drawn into this folder."""
    path = target / SEAL
    return unsealed(path).exam.seed if files.is_file(path) else None


def kept(exam: exams.Exam, target: Path) -> dict[str, Any]:
    """Return the seal of a folder as plain data, where it is of the same exam: its papers may have been printed."""
    path = target / SEAL
    if not files.is_file(path):
        return {}
    try:
        plain, sealed = read(path)
    except LayerquizError:
        return {}
    return dict(plain) if is_sealed_as(exam, sealed) else {}
