"""Who takes the exam: the rows of a roster, checked.

A roster is written by hand, or exported by Canvas (the gradebook, or the course roster of "People") or by Moodle (the
participants, or the grades). Its columns are known by their titles.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

from layerquiz.errors import ExamError, nearest
from layerquiz.exam import headings

IDS = (
    *headings.STUDENT, *headings.STUDENT_NUMBER, *headings.SIS_ID, *headings.LOGIN, *headings.PLATFORM_ID,
    *headings.EMAIL,
)  # fmt: skip
"""What may identify a student, the surest first."""

FIELDS = {
    "email": headings.EMAIL,
    "section": headings.SECTION,
    "room": headings.ROOM,
    "seat": headings.SEAT,
    "accommodation": headings.ACCOMMODATION,
}
"""The columns that a roster need not have; a student's fields are called so too."""

POINTS_POSSIBLE = "points possible"
TEST_STUDENTS = ("student, test", "test student")
"""Whom Canvas adds to a course so that its teachers can look at it as a student does."""

MOST_NAMED = 6
BEGIN = "Begin the file with: student,name"

Row = tuple[int, Sequence[str]]
"""The number of a row in its file, and its cells."""


@dataclass(frozen=True, slots=True)
class Student:
    """One student: the id, which the drawings depend on, and the rest, which they do not.

    `accommodation` holds the words of the roster, such as `large print`; what a roster does not say is empty.
    """

    id: str
    name: str
    email: str = ""
    section: str = ""
    room: str = ""
    seat: str = ""
    accommodation: str = ""


@dataclass(frozen=True, slots=True)
class Roster:
    """The students in the order of the file, the columns that were not used, and what else should be known."""

    students: tuple[Student, ...]
    unknown_columns: tuple[str, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Columns:
    """Where in a row what stands. `ids` are the columns that may identify a student, `names` is one column or two."""

    file: str
    unit: str
    titles: tuple[str, ...]
    ids: tuple[int, ...]
    names: tuple[int, ...]
    others: dict[str, int]
    canvas: bool

    def name(self, cells: Sequence[str]) -> str:
        """Return a student's name, of two columns or of one; Canvas may write the last name first."""
        name = _trimmed(" ".join(_cell(cells, place) for place in self.names))
        if self.canvas and name.count(",") == 1:
            last, first = name.split(",")
            return _trimmed(f"{first} {last}")
        return name

    def fault(self, number: int, what: str, cure: str, slug: str = "roster-line") -> ExamError:
        """Return an error with the place of a row."""
        return ExamError(what, where=f"{self.file}, {self.unit} {number}", cure=cure, slug=slug)

    def is_of_canvas(self, cells: Sequence[str]) -> bool:
        """Say whether a row is Canvas' own: the points of its assignments, or what it says of how they are posted."""
        said = [_cell(cells, place) for place in self.names]
        return self.canvas and (said[0].casefold() == POINTS_POSSIBLE or not any(said))

    def is_test_student(self, cells: Sequence[str]) -> bool:
        """Say whether a row is Canvas' test student."""
        said = " ".join(_cell(cells, place) for place in self.names).casefold()
        return said == TEST_STUDENTS[0] or (self.canvas and said in TEST_STUDENTS)


def read(file: str, columns: Sequence[str], rows: Sequence[Row], unit: str = "line") -> Roster:
    """Return the students of a roster. `columns` is its first line, `rows` each further line with its number.

    `file` is what messages call it, and `unit` its lines. Entries are trimmed; rows without any are left out, and so
    are Canvas' row of points and its test student, who is reported. Raises `ExamError`.
    """
    found = _columns(file, unit, [_trimmed(column) for column in columns])
    filled = [(number, cells) for number, row in rows if any(cells := tuple(map(_trimmed, row)))]
    tests = [number for number, cells in filled if found.is_test_student(cells)]
    kept = [row for row in filled if row[0] not in tests and not found.is_of_canvas(row[1])]
    if not kept:
        raise ExamError("the roster has no students", where=file, cure="Write one line for each", slug="empty-roster")
    place = _identifying(found, kept)
    notes = [f"{file}, {unit} {number}: Canvas' test student gets no paper" for number in tests]
    if headings.folded(found.titles[place]) not in map(headings.folded, (*headings.STUDENT, *headings.STUDENT_NUMBER)):
        notes.insert(0, f'students are known by the roster\'s column "{found.titles[place][:60]}"')
    unknown = _unknown(found)
    return Roster(_students(found, place, kept), unknown, (*notes, *_unused(found, unknown)))


def _trimmed(text: str | None) -> str:
    """Return a cell without space around it, and with single spaces in it."""
    return " ".join((text or "").removeprefix("\ufeff").split())


def _cell(cells: Sequence[str], place: int) -> str:
    return cells[place] if place < len(cells) else ""


def _columns(file: str, unit: str, titles: Sequence[str]) -> Columns:
    """Return what stands where; refuse a column that stands twice, and a roster without ids or without names."""
    if not any(titles):
        raise ExamError("the roster is empty", where=file, cure="Begin it with: student,name", slug="empty-roster")
    plain = [headings.folded(title) for title in titles]
    twice = next((place for place, title in enumerate(plain) if title and plain.index(title) < place), None)
    ids, names = headings.places(titles, IDS), _names(titles)
    others = {field: at[0] for field, called in FIELDS.items() if (at := headings.places(titles, called))}
    canvas = bool(headings.places(titles, headings.CANVAS))
    student = headings.places(titles, headings.STUDENT)
    known_by = [place for place in ids if place not in student and place != others.get("email")]
    if student and known_by and not names:  # a gradebook of Canvas: what it calls the student is the name
        ids, names, canvas = tuple(place for place in ids if place not in student), student, True
    found = Columns(file, unit, tuple(titles), ids, names, others, canvas)
    if twice is not None:
        what = f'the column "{titles[twice][:60]}" stands twice'
        raise found.fault(1, what, "Remove one of the two", "doubled-column")
    if not ids:
        raise _missing(found, "student", IDS)
    if not names:
        _refuse_names(found)
    return found


def _names(titles: Sequence[str]) -> tuple[int, ...]:
    """Return the column of full names, or those of first and last names; `nom` may be either."""
    full, first, last = (
        headings.places(titles, called)[:1] for called in (headings.FULL_NAME, headings.FIRST_NAME, headings.LAST_NAME)
    )
    if full or (first and last):
        return full or first + last
    return headings.places(titles, headings.EITHER_NAME)[:1]


def _refuse_names(found: Columns) -> None:
    """Say which column of names is missing: the other one of two, or that of full names."""
    first = headings.places(found.titles, headings.FIRST_NAME)
    last = headings.places(found.titles, headings.LAST_NAME)
    if first or last:
        wanted = headings.LAST_NAME if first else headings.FIRST_NAME
        raise _missing(found, wanted[0], wanted)
    raise _missing(found, "name", headings.FULL_NAME)


def _missing(found: Columns, what: str, called: Sequence[str]) -> ExamError:
    """Return the error that a column is missing, with the title that may be meant."""
    unknown = _unknown(found)
    near = (nearest(name, unknown) for name in called)
    shown = ", ".join(title[:60] for title in found.titles[:MOST_NAMED])
    cure = next((said for said in near if said.startswith("Did")), "")
    cure = f'{cure} Then call it "{what}"' if cure else f"{BEGIN}. Found: {shown}"
    return found.fault(1, f'the column "{what}" is missing', cure, "missing-column")


def _unknown(found: Columns) -> tuple[str, ...]:
    used = {*found.ids, *found.names, *found.others.values()}
    return tuple(title for place, title in enumerate(found.titles) if place not in used and title)


def _unused(found: Columns, unknown: Sequence[str]) -> list[str]:
    """Return what to say of columns that are not used: those that may be misspelt each, the others together."""
    wanted = [name for field, called in FIELDS.items() if field not in found.others for name in called]
    near = {title: nearest(title, wanted) for title in unknown}
    misspelt = [title for title, said in near.items() if said.startswith("Did")]
    notes = [f'the roster\'s column "{title[:60]}" is not used. {near[title]}' for title in misspelt[:MOST_NAMED]]
    others = [f'"{title[:60]}"' for title in unknown if title not in misspelt[:MOST_NAMED]]
    if others:
        more = f" and {len(others) - MOST_NAMED} more" if len(others) > MOST_NAMED else ""
        one = len(others) == 1
        named = ", ".join(others[:MOST_NAMED])
        notes.append(f"the roster's column{'' if one else 's'} {named}{more} {'is' if one else 'are'} not used")
    return notes


def _identifying(found: Columns, rows: Sequence[Row]) -> int:
    """Return the column by which all are known: the surest that is not empty throughout."""
    filled = (place for place in found.ids if any(_cell(cells, place) for _, cells in rows))
    place = next(filled, None)
    if place is None:
        title = found.titles[found.ids[0]]
        raise found.fault(rows[0][0], f'the entry "{title[:60]}" is empty', "Write it, or remove the line")
    return place


def _students(found: Columns, place: int, rows: Sequence[Row]) -> tuple[Student, ...]:
    students: dict[str, Student] = {}
    lines: dict[str, int] = {}
    for line, cells in rows:
        student = _student(found, place, line, cells)
        if student.id in students:
            what = f'the student "{student.id[:60]}" stands on {found.unit} {lines[student.id]} already'
            raise found.fault(line, what, f"Remove one of the two {found.unit}s", "doubled-student")
        students[student.id], lines[student.id] = student, line
    return tuple(students.values())


def _student(found: Columns, place: int, line: int, cells: Sequence[str]) -> Student:
    if any(cells[len(found.titles) :]):
        cure = "Put an entry that holds a comma in double quotes"
        raise found.fault(line, f"the {found.unit} has more entries than there are columns", cure)
    name = found.name(cells)
    for title, entry in ((found.titles[place], _cell(cells, place)), (found.titles[found.names[0]], name)):
        if not entry:
            other = " or the column" if title == found.titles[place] and len(found.ids) > 1 else ""
            cure = f"Write it, or remove the {found.unit}{other}"
            raise found.fault(line, f'the entry "{title[:60]}" is empty', cure)
    others = {field: _cell(cells, other) for field, other in found.others.items()}
    return Student(_cell(cells, place), name, **others)


OPTIONAL = tuple(field.name for field in fields(Student) if field.default == "")
"""The fields of a student that may be empty."""
