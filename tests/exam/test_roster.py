"""Rosters by hand and of platforms: columns are known by their titles, and what is wrong is one error with its line."""

from __future__ import annotations

import csv
import io

import pytest

from layerquiz.errors import ExamError
from layerquiz.exam import roster
from layerquiz.exam.roster import Student


def read(text):
    """Read a roster as the room of files does: the first line, then numbered rows."""
    header, *rows = list(csv.reader(io.StringIO(text))) or [[]]
    return roster.read("roster.csv", header, list(enumerate(rows, 2)))


FAULTS = {
    "empty file": ("", "the roster is empty"),
    "only a head": ("student,name\n", "no students"),
    "missing column": ("student,team\n1,a\n", 'line 1: the column "name" is missing'),
    "misspelt column": ("studnet,name\n1,a\n", 'Did you mean "studnet"?'),
    "misspelt synonym": ("Matrikelnumer,Name\n1,a\n", 'Did you mean "Matrikelnumer"? Then call it "student"'),
    "no head": ("1,Ada\n2,Bo\n", 'the column "student" is missing'),
    "no last name": ("ID number,First name,Surnme\n1,Ada,L\n", 'the column "last name" is missing'),
    "only last names": ("student,Nachname\n1,Ada\n", 'the column "first name" is missing'),
    "doubled column": ("student,name,name\n1,a,b\n", 'line 1: the column "name" stands twice'),
    "doubled in other letters": ("student,name,E-mail,e_mail\n1,a,b,c\n", 'line 1: the column "e_mail" stands twice'),
    "doubled student": ("student,name\n1,a\n2,b\n 1 ,c\n", 'line 4: the student "1" stands on line 2 already'),
    "no name": ("student,name\n1,\n", 'line 2: the entry "name" is empty'),
    "half of the ids": (
        "Student,ID,SIS User ID,Section\n Points Possible,,,\nA,7,44,S\nB,8,,S\n",
        'line 4: the entry "SIS User ID" is empty',
    ),
    "no ids": ("student,name\n,Ada\n", 'line 2: the entry "student" is empty'),
    "short line": ("student,name\n1\n", 'line 2: the entry "name" is empty'),
    "long line": ("student,name\n1,Ada,Lovelace\n", "line 2: the line has more entries"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_fault(name):
    text, said = FAULTS[name]
    with pytest.raises(ExamError) as error:
        read(text)
    assert str(error.value).startswith("roster.csv")
    assert said in str(error.value)


def test_entries_are_trimmed_and_unknown_columns_reported():
    found = read("\ufeff student ,Team, name\n s1 ,A,  Nguyễn   Thị  \n,,\ns2,B,李\n")
    assert found.students == (Student("s1", "Nguyễn Thị"), Student("s2", "李"))
    assert found.unknown_columns == ("Team",)
    assert found.notes == ('the roster\'s column "Team" is not used',)


def test_a_misspelt_optional_column_is_reported_with_what_it_may_mean():
    found = read("student,name,romm,height\ns1,Ada,H1,180\n")
    assert found.notes == (
        'the roster\'s column "romm" is not used. Did you mean "room"?',
        'the roster\'s column "height" is not used',
    )


ADA, ZOE = ("Ada Lovelace", "Zoë Müller")
EXPORTS = {
    "by hand": (
        "student,name,email,section,room,seat,accommodation\n7,Ada Lovelace,a@x.org,G1,H 1,A3,large print\n",
        [Student("7", ADA, "a@x.org", "G1", "H 1", "A3", "large print")],
    ),
    "other words": (
        "Full Name,Matriculation-Number,E-Mail Address,Hall,Place\nAda Lovelace,7,a@x.org,H1,A3\n",
        [Student("7", ADA, "a@x.org", "", "H1", "A3")],
    ),
    "a gradebook of Canvas": (
        (
            "Student,ID,SIS User ID,SIS Login ID,Section,Quiz 1 (88),Final Score\n"
            ",,,,,Manual Posting,\n"
            "    Points Possible,,,,,10.00,(read only)\n"
            '"Lovelace, Ada",1001,7,ada,DL-01,9,90\n'
            '"Müller, Zoë",1002,8,zoe,DL-02,,\n'
            '"Student, Test",1003,,e5f0,DL-01,,\n'
        ),
        [Student("7", ADA, section="DL-01"), Student("8", ZOE, section="DL-02")],
    ),
    "a gradebook of Canvas without ids of the institution": (
        "Student,ID,SIS User ID,SIS Login ID,Section\n    Points Possible,,,,\nAda Lovelace,1001,,,DL\n",
        [Student("1001", ADA, section="DL")],
    ),
    "a course roster of Canvas": (
        (
            "name,canvas_user_id,user_id,login_id,sections,group_name,canvas_group_id,group_id\n"
            '"Lovelace, Ada",101,9001,ada@x.org,CS 461,,,\nTest Student,102,,f00,CS 461,,,\n'
        ),
        [Student("9001", ADA, section="CS 461")],
    ),
    "participants of Moodle": (
        "First name,Last name,ID number,Email address,Groups\nAda,Lovelace,7,a@x.org,G1\nZoë,Müller,8,z@x.org,\n",
        [Student("7", ADA, "a@x.org", "G1"), Student("8", ZOE, "z@x.org")],
    ),
    "grades of Moodle without id numbers": (
        (
            "Surname,First name,ID number,Institution,Department,Email address,Course total (Real)\n"
            "Lovelace,Ada,,,,a@x.org,-\n"
        ),
        [Student("a@x.org", ADA, "a@x.org")],
    ),
    "Moodle in German": (
        "Vorname,Nachname,ID-Nummer,E-Mail-Adresse,Gruppen\nZoë,Müller,8,z@x.org,A\n",
        [Student("8", ZOE, "z@x.org", "A")],
    ),
    "Moodle in French": (
        "Nom de famille,Prénom,Numéro d’identification,Adresse de courriel,Groupes\nMüller,Zoë,8,z@x.org,A\n",
        [Student("8", ZOE, "z@x.org", "A")],
    ),
    "Moodle in Spanish": (
        "Nombre,Apellido(s),Número de ID,Dirección de correo,Grupos\nZoë,Müller,8,z@x.org,A\n",
        [Student("8", ZOE, "z@x.org", "A")],
    ),
    "one word for both names": ("matrikelnummer,nom\n8,Zoë Müller\n", [Student("8", ZOE)]),
}


@pytest.mark.parametrize("name", EXPORTS)
def test_a_roster_is_read_as_it_is_exported(name):
    text, students = EXPORTS[name]
    assert list(read(text).students) == students


def test_what_is_left_out_and_who_is_known_by_what_is_reported():
    found = read(EXPORTS["a gradebook of Canvas"][0])
    assert found.notes == (
        'students are known by the roster\'s column "SIS User ID"',
        "roster.csv, line 6: Canvas' test student gets no paper",
        'the roster\'s columns "Quiz 1 (88)", "Final Score" are not used',
    )


def test_a_name_with_a_comma_stays_as_it_was_written_by_hand():
    assert read('student,name\n1,"King, Jr."\n').students == (Student("1", "King, Jr."),)


def test_an_order_of_columns_or_a_late_row_changes_nobody():
    """Which column identifies students may not depend on who else is listed, but for a column that is empty."""
    early = read(EXPORTS["a gradebook of Canvas"][0]).students
    late = read(EXPORTS["a gradebook of Canvas"][0] + '"Late, Nora",1004,9,nora,DL-01,,\n').students
    assert late[: len(early)] == early
