"""Students under other ids, or gone: what becomes of every file of an exam's folder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from layerquiz import csv_files, files
from layerquiz.entry import bindings, record
from layerquiz.errors import ExamError
from layerquiz.exam.roster import OPTIONAL
from layerquiz.exam.seal import resealed
from layerquiz.exam.seating import SPARE
from layerquiz.grading import corrections
from layerquiz.people.change import Change
from layerquiz.people.holdings import Holdings, Table, named_files
from layerquiz.press.names import ANSWERS, KEY, SEAL, TYPED_ANSWERS
from layerquiz.press.sealing import pretty
from layerquiz.tables.workbook import workbook
from layerquiz.vault.stored import ENDING, lock_of

SHOWS_FORM = ("accommodation",)
"""What a roster says that a paper's form depends on: it stays."""

IDENTIFYING = tuple(name for name in OPTIONAL if name not in SHOWS_FORM)


def pseudonyms(found: Holdings) -> dict[str, str]:
    """Return a pseudonym for each student, `P001` and so on, in the order of the seal."""
    students = list(found.students)
    width = max(3, len(str(len(students))))
    return {student: f"P{place:0{width}}" for place, student in enumerate(students, 1)}


def pseudonymised(found: Holdings, names: Mapping[str, str]) -> Change:
    """Return what puts all students under pseudonyms; what shows their names and can be made again is removed."""
    change = _changed(found, dict(names))
    change.removed = [*found.made(), *found.about_all()]
    return change


def deleted(found: Holdings, student: str) -> Change:
    """Return what removes a student; their spare paper stays, nobody's. Raises `ExamError` for the only one."""
    if set(found.ids) <= {student}:
        what, cure = "this is the only student of the exam", "Remove the folder instead"
        raise ExamError(what, where=str(found.folder), cure=cure, slug="only-student")
    gone: dict[str, str | None] = dict.fromkeys(found.called(student))
    change = _changed(found, gone)
    change.removed = [*found.made_of(student), *found.about_all()]
    _rename_files(found, student, change)
    return change


def _changed(found: Holdings, names: Mapping[str, str | None]) -> Change:
    """Return the seal, the tables, the record and the corrections with other ids; None is a student who goes."""
    change = Change()
    sealed = _seal(found, names)
    _put(found, change, SEAL, "".join(pretty(sealed)).encode())
    for name, table in found.tables():
        rows = _rows(table, names, keeps_spares=name == KEY)
        _put(found, change, name, csv_files.csv_text([table.head, *rows]).encode())
        if name == ANSWERS and found.has(TYPED_ANSWERS):
            change.written[TYPED_ANSWERS] = workbook([table.head, *rows], sealed["hash"], "answers")
    if found.has(bindings.FILE):
        kept = [replace(one, student=new, name=new) if new != one.student else one for one, new in _bound(found, names)]
        change.written[bindings.FILE] = bindings.text(kept).encode()
    if found.has(record.FILE):
        with record.copied(found.folder) as typed:
            typed.forget([old for old, new in names.items() if new is None])
            typed.renamed({old: new for old, new in names.items() if new is not None})
            change.written[record.FILE] = typed.content()
    if found.has(corrections.FILE):
        text = files.decoded(found.read(corrections.FILE), corrections.FILE)
        change.written[corrections.FILE] = _corrections(text, names).encode()
    return change


def _bound(found: Holdings, names: Mapping[str, str | None]) -> Iterator[tuple[Any, str]]:
    for one in found.bindings:
        new = names.get(one.student, one.student)
        if new is not None:
            yield one, new


def _put(found: Holdings, change: Change, name: str, content: bytes) -> None:
    """Write a file in the form in which it is there."""
    _write(found, change, name, content, is_locked=name not in found.paths)


def _write(found: Holdings, change: Change, name: str, content: bytes, *, is_locked: bool) -> None:
    """Write a file; a locked one is locked before it touches the disk."""
    if is_locked:
        change.written[f"{name}{ENDING}"] = b"".join(lock_of(found.passphrase()).locked(name, [content]))
    else:
        change.written[name] = content


def _seal(found: Holdings, names: Mapping[str, str | None]) -> dict[str, Any]:
    """Return the seal with other ids; a paper keeps its number, whoever goes before it."""
    papers = []
    for place, paper in enumerate(found.plain["papers"], 1):
        old = paper["student"]
        if SPARE.fullmatch(old) or old not in names:
            papers.append({**paper, "number": paper.get("number", place)})
        elif (new := names[old]) is not None:
            kept = {key: value for key, value in paper.items() if key not in IDENTIFYING}
            papers.append({**kept, "student": new, "name": new, "number": paper.get("number", place)})
    for place, paper in enumerate(papers, 1):
        if paper["number"] == place:
            del paper["number"]
    return resealed({**found.plain, "papers": papers})


def _rows(table: Table, names: Mapping[str, str | None], *, keeps_spares: bool) -> list[Sequence[str]]:
    """Return the rows of a table with other ids."""
    called = table.head.index("name") if "name" in table.head else -1
    rows: list[Sequence[str]] = []
    for row in table.rows:
        old = row[table.place]
        new = old if keeps_spares and SPARE.fullmatch(old) else names.get(old, old)
        if new is not None:
            changed = {table.place: new, **({called: new} if new != old else {})}
            rows.append([changed.get(place, cell) for place, cell in enumerate(row)])
    return rows


def _corrections(text: str, names: Mapping[str, str | None]) -> str:
    """Return the text of corrections with other ids; a correction for somebody who goes is for its author to remove."""
    pieces, last = [], 0
    for node in _named(yaml.compose(text, Loader=yaml.SafeLoader)):
        if node.value not in names:
            continue
        new = names[node.value]
        if new is None:
            where = f"{corrections.FILE}, line {node.start_mark.line + 1}"
            what, cure = f'a correction names "{node.value}"', "Remove the student there first"
            raise ExamError(what, where=where, cure=cure, slug="corrections")
        pieces += [text[last : node.start_mark.index], new]
        last = node.end_mark.index
    return "".join([*pieces, text[last:]])


def _named(node: yaml.Node | None) -> Iterator[yaml.ScalarNode]:
    """Yield the places where a text of corrections names students."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == "student":
                yield from value.value if isinstance(value, yaml.SequenceNode) else [value]
            else:
                yield from _named(value)
    elif isinstance(node, yaml.SequenceNode):
        for each in node.value:
            yield from _named(each)


def _rename_files(found: Holdings, student: str, change: Change) -> None:
    """Give files their new names where the one who goes had made others take a number."""
    left = tuple(paper for paper in found.sealed.papers if paper.student.id != student)
    bound = [one for one in found.bindings if one.student != student]
    names = named_files(replace(found.sealed, papers=left), bound)
    for path in found.made():
        folder, _, file = path.removesuffix(ENDING).rpartition("/")
        owner = found.owner(path)
        old = found.file_names[folder][owner]
        new = names[folder].get(owner, old)
        if new != old and owner != student:
            name = f"{folder}/{new}{file.removeprefix(old)}"
            _write(found, change, name, found.read(f"{folder}/{file}"), is_locked=path.endswith(ENDING))
            change.removed.append(path)
    change.removed = [path for path in change.removed if path not in change.written]


def write_table(found: Holdings, names: Mapping[str, str], output: str, force: bool) -> None:
    """Write which student has which pseudonym. Refuses a place within the folder, where it would betray everybody."""
    if Path(output).resolve().is_relative_to(found.folder.resolve()):
        what, cure = "the table of pseudonyms would lie beside them", "Name a file outside of the exam's folder"
        raise ExamError(what, where=output, cure=cure, slug="file-outside")
    rows = ((student, found.students[student], pseudonym) for student, pseudonym in names.items())
    files.write(output, csv_files.csv_text([("student", "name", "pseudonym"), *rows]), force=force)
