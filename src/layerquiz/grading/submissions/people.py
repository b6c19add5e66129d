"""Which student a row of a platform's file means: by id or email, by the name before an @, or by a unique full name."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from layerquiz.exam.roster import Student
from layerquiz.grading.submissions.table import shown


@dataclass(frozen=True, slots=True)
class Found:
    """A student's id, or why none was found; `odd` says that the row has another name than the roster."""

    student: str = ""
    why: str = ""
    odd: str = ""


class People:
    """The students of an exam, by all that platforms call them; what fits two of them fits none."""

    def __init__(self, students: Iterable[Student]) -> None:
        listed = list(students)
        self.exact = {student.id: student.name for student in listed}
        called = ((told, student.id) for student in listed for told in (student.id, student.email) if told)
        self.ids = _unique((_folded(told), student) for told, student in called)
        self.emails = _unique((_local(student.id), student.id) for student in listed if "@" in student.id)
        self.names = _unique((_called(student.name), student.id) for student in listed)

    def find(self, ids: Iterable[str], names: Iterable[str]) -> Found:
        """Return the student whom the first id that is known means, unless the name is that of another one."""
        ids, names = [text for text in ids if text], [text for text in names if text]
        by_id = next(((text, found) for text in ids if (found := self._identified(text))), ("", ""))
        by_name = next(((text, found) for text in names if (found := self.names.get(_called(text), ""))), ("", ""))
        if by_id[1] and by_name[1] and by_id[1] != by_name[1]:
            why = f"{shown(by_id[0])} is {by_id[1]}, but {shown(by_name[0])} is {by_name[1]}"
            return Found(why=why)
        if student := by_id[1] or by_name[1]:
            name = self.exact[student]
            same = not names or _called(name) in map(_called, names)
            return Found(
                student, odd="" if same else f"{shown(names[0])} was taken for {student}, {shown(name)}, by the id"
            )
        told = ", ".join(shown(text) for text in dict.fromkeys([*ids, *names]))
        return Found(why=f"no paper was made for {told}" if told else "no student is named")

    def _identified(self, text: str) -> str:
        if text in self.exact:
            return text
        found = self.ids.get(_folded(text), "")
        if found or "@" not in text:
            return found or self.emails.get(_folded(text), "")
        return self.ids.get(_local(text), "")


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _called(name: str) -> str:
    """Return a name in which the order of its parts does not matter: Brandt, Ada is Ada Brandt."""
    return " ".join(sorted(_folded(name).replace(",", " ").split()))


def _local(email: str) -> str:
    return _folded(email.partition("@")[0])


def _unique(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return a mapping without the keys that stand for two different students."""
    found: dict[str, set[str]] = {}
    for key, student in pairs:
        found.setdefault(key, set()).add(student)
    return {key: next(iter(students)) for key, students in found.items() if len(students) == 1}
