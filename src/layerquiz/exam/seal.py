"""A sealed exam: plain data that holds all that is needed to print and grade an exam again, on any later version.

A class may have thousands of papers: each is kept as the text that was sealed, and rebuilt when it is looked at.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Any, TypeAlias, TypeVar, cast, overload

from pydantic_core import from_json, to_json

from layerquiz.errors import ExamError
from layerquiz.exam import parts
from layerquiz.exam.course_letters import with_letters
from layerquiz.exam.entries import Entry, Section
from layerquiz.exam.exam import Exam, Paper, Signed, blank_id
from layerquiz.exam.own_text import OwnText
from layerquiz.exam.question import Key, Question, rebuilt
from layerquiz.exam.roster import OPTIONAL, Student
from layerquiz.exam.template import Template, parse, translated
from layerquiz.languages import Translation
from layerquiz.record import record

FORMAT = 1
UNHASHED = ("hash", "layerquiz", "layout")
"""What does not matter to the seal: the seal itself, the version that made it, and the sizes that its TeX measured."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A sealed key that this version would compute differently; the sealed one counts."""

    student: str
    blank: str
    sealed: Key
    recomputed: Key


Texts: TypeAlias = tuple[bytes, ...]
"""A paper as it was sealed: what each of its questions drew, and the keys last."""


class Questions(Sequence[Question]):
    """A sealed paper's questions, rebuilt whenever they are looked at: thousands of papers are never there at once."""

    __slots__ = ("opening", "sealed")

    def __init__(self, sealed: Texts, opening: Opening) -> None:
        self.sealed, self.opening = sealed, opening

    @overload
    def __getitem__(self, place: int) -> Question: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Question]: ...
    def __getitem__(self, place: int | slice) -> Question | Sequence[Question]:
        return self.opened.questions[place]

    def __iter__(self) -> Iterator[Question]:
        return iter(self.opened.questions)

    def __len__(self) -> int:
        return len(self.opened.questions)

    @property
    def opened(self) -> Opened:
        """Return the paper with its questions rebuilt."""
        return self.opening.paper(self.sealed)


@record
class Opened:
    """A sealed paper's questions with the sealed keys, and where this version differs: blank, sealed, recomputed."""

    questions: tuple[Question, ...]
    differences: tuple[tuple[str, Key, Key], ...] = ()


@dataclass(frozen=True)
class Sealed:
    """An exam as it was sealed: its papers with the sealed keys; their questions are rebuilt when looked at."""

    exam: Exam
    papers: tuple[Paper, ...]
    hash: str
    version: str

    @cached_property
    def differences(self) -> tuple[Difference, ...]:
        """Return where this version would compute another key than the sealed one, over all papers."""
        pairs = ((paper, opened([paper])[0]) for paper in self.papers)
        return tuple(found for paper, rebuilt in pairs for found in differences(paper, rebuilt))


def opened(papers: Sequence[Paper]) -> list[Opened]:
    """Return papers with their questions, rebuilt where they were sealed; all of them are of one exam."""
    sealed = [paper.questions for paper in papers if isinstance(paper.questions, Questions)]
    if not sealed:
        return [Opened(tuple(paper.questions)) for paper in papers]
    return sealed[0].opening.papers([questions.sealed for questions in sealed])


def differences(paper: Paper, opened: Opened) -> list[Difference]:
    """Return where this version would compute another key of a paper than the sealed one."""
    return [Difference(paper.student.id, *found) for found in opened.differences]


def seal(exam: Exam, papers: Iterable[Paper], version: str) -> dict[str, Any]:
    """Return an exam and its papers as JSON-able data with their hash; `version` is that of layerquiz."""
    return seal_of(exam, [sealed_paper(paper, place) for place, paper in enumerate(papers, 1)], version)


def seal_of(exam: Exam, papers: Sequence[Mapping[str, Any]], version: str) -> dict[str, Any]:
    """Return an exam and its papers, which are as `sealed_paper` returns them, as JSON-able data with their hash."""
    sealed: dict[str, Any] = {
        "format": FORMAT,
        "layerquiz": version,
        "title": exam.title,
        "course": exam.course,
        "date": exam.date,
        "instructions": exam.instructions,
        "seed": exam.seed,
        "conventions": exam.conventions,
        "policy": exam.policy,
        "templates": {entry.template.name: entry.template.text for entry in exam.entries if entry.own is None},
        **_wordings(exam),
        "questions": [_entry(entry) for entry in exam.entries],
        "papers": papers,
        **({} if exam.pass_share is None else {"pass": str(exam.pass_share)}),
        **({} if exam.aids is None else {"aids": exam.aids}),
        **_settings(exam),
    }
    return resealed(sealed)


def resealed(sealed: Mapping[str, Any]) -> dict[str, Any]:
    """Return sealed data with the digests of its parts and its hash, whatever was changed in it."""
    found = {key: part for key, part in sealed.items() if key not in ("parts", "hash")}
    found["parts"] = parts.digests(_hashed(found), canonical)
    return {**found, "hash": digest(found)}


SETTINGS = (
    *("language", "paper_size", "time", "letters", "formula_sheet", "versions", "sections"),
    *("logo", "header", "honour", "signed"),
)
"""What an exam may say besides; it is sealed where it is said, so that seals without it stay as they are."""


def _settings(exam: Exam) -> dict[str, Any]:
    usual = Exam("", "", "", "", "", {}, {}, ())
    said = {name: getattr(exam, name) for name in SETTINGS if getattr(exam, name) != getattr(usual, name)}
    if exam.sections:
        said["sections"] = [asdict(section) for section in exam.sections]
    if exam.signed:
        said["signed"] = {"code": exam.signed.code, "by": list(exam.signed.by)}
    return {name: list(found) if isinstance(found, tuple) else found for name, found in said.items()}


def _wordings(exam: Exam) -> dict[str, Any]:
    """Return what the templates say in the language of the exam, where that is another than their own."""
    templates = [entry.template for entry in exam.entries]
    said = {template.name: template.translation.text for template in templates if template.translation is not None}
    return {"wordings": said} if said else {}


def _templates(sealed: Mapping[str, Any]) -> dict[str, Template]:
    """Return the sealed templates, in the language of the exam."""
    templates = {name: parse(text, name) for name, text in sealed["templates"].items()}
    for name, text in sealed.get("wordings", {}).items():
        language = sealed["language"]
        templates[name] = translated(templates[name], Translation(language, text, f"{name}.{language}.md"))
    return templates


def is_sealed_as(exam: Exam, sealed: Sealed) -> bool:
    """Say whether an exam is the sealed one, whoever takes it and whichever version sealed it."""
    return bool(seal(exam, (), "")["hash"] == seal(sealed.exam, (), "")["hash"])


def _entry(entry: Entry) -> dict[str, Any]:
    if entry.own is not None:
        return {"own": entry.own.as_json(), "policy": entry.policy}
    points = None if entry.points is None else str(entry.points)
    seed = {} if entry.seed is None else {"seed": entry.seed}
    return {"template": entry.template.name, "points": points, "policy": entry.policy, **seed}


def sealed_paper(paper: Paper, place: int) -> dict[str, Any]:
    """Return a paper as plain data; a number that is its place in the list is not said."""
    return {
        "student": paper.student.id,
        "name": paper.student.name,
        **{field: said for field in OPTIONAL if (said := getattr(paper.student, field))},
        "drawn": [question.drawn for question in paper.questions],
        "keys": {name: _plain(blank.key) for name, blank in paper.blanks.items()},
        **({} if paper.number in (0, place) else {"number": paper.number}),
        **({"version": paper.version} if paper.version else {}),
    }


def _plain(key: Key) -> int | str | list[int | str]:
    """Return a key as JSON knows it: a fraction is a text, and so are letters."""
    if isinstance(key, tuple):
        return [part if isinstance(part, int) else str(part) for part in key]
    return key if isinstance(key, int) else str(key)


def _key(plain: Any) -> Key:
    if isinstance(plain, list):
        return tuple(part if isinstance(part, int) else Fraction(part) for part in plain)
    return plain if isinstance(plain, int) or plain.isalpha() else Fraction(plain)


def canonical(data: Any) -> str:
    """Return data as JSON with sorted keys and no spaces."""
    return _CANONICAL.encode(data)


_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest(sealed: Mapping[str, Any]) -> str:
    """Return the SHA-256 of what matters, over JSON with sorted keys and no spaces."""
    found = hashlib.sha256()
    for piece in _pieces(_hashed(sealed)):
        found.update(piece.encode("utf-8", "surrogatepass"))
    return found.hexdigest()


def _hashed(sealed: Mapping[str, Any]) -> dict[str, Any]:
    """Return what matters to the seal."""
    return {key: found for key, found in sealed.items() if key not in UNHASHED}


def _pieces(kept: Mapping[str, Any]) -> Iterator[str]:
    """Yield the text of the sealed data in pieces, one for each paper: the whole of a large class is never there."""
    for number, key in enumerate(sorted(kept)):
        yield f"{',' if number else '{'}{canonical(key)}:"
        if key == "papers" and isinstance(kept[key], Sequence):
            for place, paper in enumerate(kept[key]):
                yield f"{',' if place else '['}{canonical(paper)}"
            yield "]" if kept[key] else "[]"
        else:
            yield canonical(kept[key])
    yield "}" if kept else "{}"


def unseal(sealed: Any) -> Sealed:
    """Return a sealed exam with all its papers, rebuilt from the drawn values and the sealed templates alone."""
    _check_format(sealed)
    if sealed.get("hash") != digest(sealed):
        where = parts.changed(_hashed(sealed), canonical)
        raise ExamError(
            "the sealed exam was changed after it was made",
            why=f"What was changed: {where}" if where else "What it says and its seal do not agree",
            cure="Put the original exam.json back; to change an exam, make it again",
            slug="broken-seal",
        )
    return _complete(lambda: _opened(sealed))


Thing = TypeVar("Thing")
Sealing = TypeVar("Sealing", bytes, Texts)


def _complete(read: Callable[[], Thing]) -> Thing:
    """Return what is read from sealed data; what is missing there is one error."""
    try:
        return read()
    except (LookupError, TypeError, ValueError, AttributeError, ZeroDivisionError):
        what, cure = "the sealed exam does not hold what it should", "Put the original exam.json back"
        raise ExamError(what, cure=cure, slug="no-sealed-exam") from None


def _opened(sealed: Mapping[str, Any]) -> Sealed:
    exam = exam_of(sealed)
    papers = tuple(reopened(exam, sealed["papers"]))
    _ = papers[0].questions[0]  # a seal that holds nothing, or no questions, is refused before anybody is graded
    return Sealed(exam, papers, sealed["hash"], str(sealed.get("layerquiz", "")))


MOST_OPEN = 64
"""How many papers are kept open: those that are looked at again at once, and one that a whole class shares."""

MOST_SHARED = 2_048
"""How many questions are kept open that several papers have, because a template draws few numbers."""


class Opening:
    """What rebuilds the questions of an exam's papers; those that several papers have are rebuilt once."""

    def __init__(self, exam: Exam) -> None:
        self._exam = exam
        self._known: dict[bytes | Texts, bytes | Texts] = {}
        self._several: set[bytes | Texts] = set()
        self._shared = lru_cache(maxsize=MOST_SHARED)(self._made)
        self.paper = lru_cache(maxsize=MOST_OPEN)(self._paper)

    def seen(self, drawn: Iterable[Mapping[str, Any]], keys: Mapping[str, Any]) -> Texts:
        """Return a paper as it was sealed; one that was seen before is the same object, and so are its questions."""
        texts: Texts = (*map(to_json, drawn), to_json(keys))
        if texts not in self._known:
            texts = (*map(self._once, texts[:-1]), texts[-1])
        return self._once(texts)

    def _once(self, sealed: Sealing) -> Sealing:
        found = self._known.setdefault(sealed, sealed)
        if found is not sealed:
            self._several.add(found)
        return cast("Sealing", found)

    def papers(self, sealed: Sequence[Texts]) -> list[Opened]:
        """Return papers with their questions rebuilt: of those that nobody shares, all first ones, all second ones ...

        What the questions of one template need is at hand in the processor then, which halves the time.
        """
        alone = [texts for texts in sealed if texts not in self._several]
        made = dict(zip(alone, _complete(lambda: self._rebuilt(alone)), strict=True))
        return [made[texts] if texts in made else self.paper(texts) for texts in sealed]

    def _paper(self, sealed: Texts) -> Opened:
        return _complete(lambda: self._rebuilt([sealed])[0])

    def _rebuilt(self, sealed: Sequence[Texts]) -> list[Opened]:
        count = len(self._exam.entries)
        columns = [[self._question(place, texts[place]) for texts in sealed] for place in range(count)]
        return [_paper_opened(found, texts) for found, texts in zip(zip(*columns, strict=True), sealed, strict=True)]

    def _question(self, place: int, text: bytes) -> Question:
        return (self._shared if text in self._several else self._made)(place, text)

    def _made(self, place: int, text: bytes) -> Question:
        entry = self._exam.entries[place]
        question = rebuilt(entry.template, from_json(text), self._exam.conventions)
        return question if entry.points is None else question.worth(entry.points)


def reopened(exam: Exam, sealed: Iterable[Mapping[str, Any]]) -> Iterator[Paper]:
    """Yield the papers, each with its questions as the sealed text; papers with the same numbers share it."""
    opening = Opening(exam)
    for place, found in enumerate(sealed, 1):
        questions = Questions(opening.seen(found["drawn"], found["keys"]), opening)
        student = Student(found["student"], found["name"], **{name: found[name] for name in OPTIONAL if name in found})
        yield Paper(student, questions, found.get("number", place), found.get("version", ""))


def _check_format(sealed: Any) -> None:
    if not isinstance(sealed, Mapping) or "hash" not in sealed:
        cure = "Name the folder that `layerquiz exam` made"
        raise ExamError("this is no sealed exam", cure=cure, slug="no-sealed-exam")
    if sealed.get("format") != FORMAT:
        what = f"the sealed exam has format {sealed.get('format')!r}"
        cure = f"This version reads format {FORMAT}: use the version of layerquiz that made it, or a later one"
        raise ExamError(what, cure=cure, slug="sealed-format")


def exam_of(sealed: Mapping[str, Any]) -> Exam:
    """Return the exam of a seal without its papers."""
    letters = sealed.get("letters", {})
    templates = {name: with_letters(template, letters) for name, template in _templates(sealed).items()}
    return _exam(sealed, templates)


def _exam(sealed: Mapping[str, Any], templates: Mapping[str, Template]) -> Exam:
    language = sealed.get("language", "en")
    entries = (_sealed_entry(found, templates, language) for found in sealed["questions"])
    words = {key: sealed[key] for key in ("title", "course", "date", "instructions", "seed", "conventions", "policy")}
    passing = None if "pass" not in sealed else Fraction(sealed["pass"])
    said = {name: sealed[name] for name in SETTINGS if name in sealed}
    if "signed" in said:
        said["signed"] = Signed(said["signed"]["code"], tuple(said["signed"]["by"]))
    said |= {"sections": tuple(Section(**found) for found in sealed.get("sections", ()))}
    return Exam(**words, entries=tuple(entries), pass_share=passing, aids=sealed.get("aids"), **said)


def _sealed_entry(found: Mapping[str, Any], templates: Mapping[str, Template], language: str) -> Entry:
    if "own" in found:
        return Entry.of_own(OwnText.of_json(found["own"]), found["policy"], language)
    points = None if found["points"] is None else Fraction(found["points"])
    return Entry(templates[found["template"]], points, found["policy"], found.get("seed"))


def _paper_opened(questions: Sequence[Question], sealed: Texts) -> Opened:
    """Return a paper's questions, as this version makes them, with the sealed keys."""
    found, differing = [], []
    keys = {name: _key(key) for name, key in from_json(sealed[-1]).items()}
    for number, (made, _) in enumerate(zip(questions, sealed[:-1], strict=True), 1):
        named = [(blank_id(str(number), blank, made), blank) for blank in made.blanks]
        other = [(name, keys[name], blank.key) for name, blank in named if keys[name] != blank.key]
        differing += other
        sealed_blanks = [replace(blank, key=keys[name]) for name, blank in named] if other else ()
        found.append(replace(made, blanks=tuple(sealed_blanks)) if other else made)
    return Opened(tuple(found), tuple(differing))
