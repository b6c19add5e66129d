"""Tables of answers as answers by student and blank: what is where, which attempt counts, what is refused."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grading.handed_in import BLANKS, STUDENTS, folder, read, refused
from layerquiz.errors import LayerquizError
from layerquiz.grading.submissions.columns import blank_label
from layerquiz.grading.submissions.moments import latest
from layerquiz.grading.submissions.table import Dated


def test_one_row_for_each_answer() -> None:
    """Blanks that nobody wrote are left out; the same answer twice is one."""
    found = read(
        ["student", "blank", "answer"], ["s1", "1a", "5"], ["s2", "2B", "6"], ["s1", "1b", "7"], ["s1", "1a", "5"]
    )
    assert found.answers == {"s1": {"1a": "5", "1b": "7"}, "s2": {"2b": "6"}}
    assert found.notes == ("x.csv: read as a CSV file, one row for each answer",)


def test_submissions_are_a_mapping() -> None:
    """Whoever takes answers by student and blank takes what was read from a file."""
    found = read(["student", "1a"], ["s1", "5"], ["s2", "6"])
    assert (len(found), list(found), found["s2"]) == (2, ["s1", "s2"], {"1a": "6"})


def test_capitals_in_our_own_columns_do_not_matter() -> None:
    """A column is found as it was meant; trailing empty ones are a spreadsheet's."""
    assert read(["Student", "NAME", "1A", "", ""], ["s1", "x", "5", "", ""]).answers == {"s1": {"1a": "5"}}


def test_a_student_twice_with_the_same_answers_is_no_error() -> None:
    """A line that says nothing new changes nothing."""
    assert read(["student", "1a"], ["s1", "5"], ["s1", "5"]).answers == {"s1": {"1a": "5"}}


@pytest.mark.parametrize(
    ("columns", "rows"),
    [
        (["student", "1a", "1b"], [["s1", "5", "7"], ["s2", "1", "1"], ["s1", "6", "7"]]),
        (["student", "blank", "answer"], [["s1", "1a", "5"], ["s2", "1a", "1"], ["s1", "1a", "6"]]),
    ],
)
def test_a_student_twice_with_different_answers(columns: list[str], rows: list[list[str]]) -> None:
    """Both answers are shown with their lines, and the rule is said: layerquiz does not choose."""
    message = refused(columns, *rows)
    assert 'x.csv, line 4: the student "s1" stands twice' in message
    assert 'Line 2 answers 1a with "5", line 4 with "6".' in message
    assert "No line wins over another" in message


@pytest.mark.parametrize(
    ("columns", "row", "told"),
    [
        (["student", "1x"], ["s1", "5"], ["line 1", '"1x"', "Known: 1a"]),
        (["student", "blank", "answer", "pts"], ["s1", "1a", "5", "1"], ["line 1", '"pts"']),
        (["student", "blank", "answer"], ["s1", "1x", "5"], ["line 2", '"1x"']),
        (["student", "blank", "answer"], ["s9", "1a", "5"], ["line 2", '"s9"', "Known: mia@uni.example, s1"]),
        (["studnt", "1a"], ["s1", "5"], ["line 1", '"student" is missing', '"studnt"']),
        (["1a", "student"], ["5"], ["line 2", "no paper was made for the student"]),
        (["student", "exam", "1a"], ["s1", "0123456789", "5"], ["line 2", "the seal does not match"]),
    ],
)
def test_what_does_not_fit_our_own_format(columns: list[str], row: list[str], told: list[str]) -> None:
    """The line, what stands there and the nearest spelling are named."""
    message = refused(columns, row)
    assert [part for part in told if part not in message] == []


@pytest.mark.parametrize("columns", [["student", "1a"], ["Timestamp", "Username", "1a"]])
def test_an_answer_that_became_a_date_is_refused(columns: list[str]) -> None:
    """A spreadsheet that made a date of 3-4 has lost the answer; a date in another column is fine."""
    row = ["s1"] if columns[0] == "student" else [Dated("2026-11-20 10:00:00"), "s1"]
    message = refused(columns, [*row, Dated("2026-04-03 00:00:00")])
    assert "is a date or a time (2026-04-03 00:00:00)" in message
    assert "Format the column as text" in message
    assert read(columns, [*row, "3-4"]).answers == {"s1": {"1a": "3-4"}}


def moodle(*responses: str, header: Sequence[str] = ("Response 1", "Response 2"), done: str = "20 May 2026  10:00 AM"):
    """Return what is made of one attempt in a Moodle export."""
    return read(["Email address", "Completed", *header], ["s1@uni.example", done, *responses])


@pytest.mark.parametrize(
    ("response", "answers"),
    [
        ("part 1: 55; part 2: 34,944; part 3: 7", ["55", "34,944", "7"]),
        ("Teil 1: 55; Teil 2: ; Teil 3: -", ["55", "", ""]),
        ("partie 1 : 55; partie 2 : 3; 4; partie 3 : 7", ["55", "3; 4", "7"]),
        ("part 1: ; part 2: ; part 3: ", ["", "", ""]),
        ("-", ["", "", ""]),
        ("", ["", "", ""]),
    ],
)
def test_the_parts_of_a_moodle_response(response: str, answers: list[str]) -> None:
    """The parts of a question are its blanks, in the language of the site."""
    found = moodle(response, "part 1: 1; part 2: 2").answers["s1"]
    assert list(found.values()) == [*answers, "1", "2"]


@pytest.mark.parametrize("response", ["55", "part 1: 55; part 2: 7", "part 1: 5; part 2: 6; part 2: 7; part 3: 8"])
def test_parts_that_are_not_those_of_the_question_go_to_a_person(response: str) -> None:
    """What cannot be told apart is not guessed: each blank says what was written, as an unreadable answer."""
    found = moodle(response, "part 1: 1; part 2: 2")
    assert [found.answers["s1"][blank] for blank in BLANKS[:3]] == [f"which of 3 blanks? {response}"] * 3
    assert any("does not part into answers to 1a, 1b, 1c" in note for note in found.notes)


def test_of_several_attempts_the_last_finished_one_counts() -> None:
    """Both answers are shown; an attempt that is not finished is named and never counts."""
    columns = ["ID number", "Completed", *(f"Response {number}" for number in range(1, 6))]
    found = read(
        columns,
        ["s1", "20 May 2026  10:00 AM", "5", "1", "1", "1", "1"],
        ["s1", "19 May 2026  10:00 AM", "6", "1", "1", "1", "1"],
        ["s1", "-", "7", "1", "1", "1", "1"],
        ["s2", "-", "-", "-", "-", "-", "-"],
        ["s3", "20 May 2026  10:00 AM", "8", "1", "1", "1", "1"],
        ["s3", "20 May 2026  10:00 AM", "9", "1", "1", "1", "1"],
    )
    assert {student: sheet["1a"] for student, sheet in found.answers.items()} == {"s1": "5", "s3": "9"}
    told = "\n".join(found.notes)
    assert 's1 handed in twice, on lines 3 and 2: 1a "6" and "5". Line 2 counts: the last finished attempt' in told
    assert "line 4: not used: the attempt is not finished" in told
    assert "line 5: not used: nothing was handed in" in told
    assert (
        "Line 7 counts: the last one in the file, as their times do not say which is the last finished attempt" in told
    )


def test_columns_without_labels_are_taken_in_order_or_not_at_all() -> None:
    """As many columns as blanks are the blanks, as many as questions the questions; else the blanks are named."""
    assert list(read(["Timestamp", "Username", *"vwxyz"], ["1/2/2026", "s1", *"12345"]).answers["s1"]) == list(BLANKS)
    message = refused(["Timestamp", "Username", *"xyz"], ["1/2/2026", "s1", *"123"])
    assert "3 columns may hold answers, but the exam has 5 blanks in 2 questions" in message
    assert 'such as "1a"' in message
    assert "2 columns may hold answers" in refused(["Timestamp", "Username", *"xy"], ["1/2/2026", "s1", *"12"])
    assert "1 column may hold answers" in refused(["Timestamp", "Username", "1d. x"], ["1/2/2026", "s1", "1"])


def test_labels_that_contradict_the_order_are_refused() -> None:
    """Some labels, and not in the exam's order: neither reading is certain."""
    columns = ["Timestamp", "Username", "2b: v", *"wxyz"]
    assert "do not fit their order" in refused(columns, ["1/2/2026", "s1", *"12345"])
    assert "two columns name the blank 1a" in refused(["Timestamp", "Username", "1a", "Q1a"], ["1/2/2026", "s1", *"12"])
    right = read(["Timestamp", "Username", "1a: v", *"wxyz"], ["1/2/2026", "s1", *"12345"])
    assert list(right.answers["s1"].values()) == list("12345")


def test_an_export_without_any_known_student_is_refused() -> None:
    """The reasons stand in the refusal."""
    message = refused(["Timestamp", "Username", "1a"], ["1/2/2026", "s9", "5"], ["1/2/2026", "", "5"])
    assert "there are no submissions" in message
    assert 'no paper was made for "s9"' in message
    assert "no student is named" in message


def test_a_row_that_has_slipped_is_refused() -> None:
    """With more entries than columns nobody knows which answer is whose; a shorter row lacks its last ones."""
    columns = ["Timestamp", "Username", "1a", "1b"]
    assert "line 2: 5 entries stand under 4 columns" in refused(columns, ["1/2/2026", "s1", "34", "944", "7"])
    assert read(columns, ["1/2/2026", "s1", "34"]).answers == {"s1": {"1a": "34", "1b": ""}}


def test_a_message_moves_no_terminal() -> None:
    """What a student or a file is called is shown without what a terminal would obey."""
    found = read(["Timestamp", "Username", "1a"], ["1/2/2026", "s1", "5"], ["1/2/2026", "x\x1b[2J\nfoo", "5"])
    assert found.notes[-1] == r'x.csv, line 3: not used: no paper was made for "x\x1b[2J\nfoo"'
    assert "\x1b" not in refused(["student", "1a"], ["x\x1b[2J", "5"])


def test_every_row_that_is_not_used_is_named() -> None:
    """Of many, the first have a note of their own and the others share one."""
    rows = [["1/2/2026", f"x{number}", "5"] for number in range(60)]
    found = read(["Timestamp", "Username", "1a"], ["1/2/2026", "s1", "5"], *rows)
    told = "\n".join(found.notes)
    assert all(f"line {number}: not used" in told for number in range(3, 43))
    assert f"lines {', '.join(str(number) for number in range(43, 63))}: not used either" in told


@given(st.lists(st.text(st.characters(blacklist_categories=["Cs"]), max_size=9), min_size=3, max_size=3))
def test_canvas_parts_what_it_joined(answers: list[str]) -> None:
    """Whatever was answered, joined as Canvas does it, comes apart into the same answers."""
    answers = [" ".join(answer.replace("\\", "").split()) for answer in answers]
    cell = ",".join(answer.replace(",", "\\,") for answer in answers)
    found = read(["name", "id", "section_id", "1: x", "1.0", "2: y", "1.0"], ["", "s1", "7", cell, "0", "1,2", "0"])
    assert [found.answers["s1"][blank] for blank in BLANKS[:3]] == answers


@pytest.mark.parametrize(
    "text", [" " * 300_000, "q" + " " * 300_000, "1" * 300_000, "1a" + " " * 300_000, "; " * 150_000]
)
def test_long_runs_cost_little(text: str) -> None:
    """Time grows with the length of a line or a title, not with its square."""
    begun = time.process_time()
    assert list(folder(("s1.txt", f"1a: 5\n{text}x\n")).answers["s1"]) == ["1a"]
    assert blank_label(f"{text}x") not in BLANKS
    assert moodle(f"part 1: {text}", "-").answers["s1"]["2a"] == ""
    assert latest([text, "2026-01-01"]) is None
    assert time.process_time() - begun < 5


words = st.text(st.characters(whitelist_categories=["L", "N", "P", "S"]), min_size=1, max_size=6)


@given(st.dictionaries(st.sampled_from(["s1", "s2"]), st.dictionaries(st.sampled_from(BLANKS), words), min_size=1))
def test_wide_long_and_texts_say_the_same(answers: dict[str, dict[str, str]]) -> None:
    """Written in any of our own formats, the same answers are read back."""
    wide = read(
        ["student", *BLANKS], *([s, *(sheet.get(blank, "") for blank in BLANKS)] for s, sheet in answers.items())
    )
    assert wide.answers == {s: {blank: sheet.get(blank, "") for blank in BLANKS} for s, sheet in answers.items()}
    rows = [[s, blank, answer] for s, sheet in answers.items() for blank, answer in sheet.items()]
    told = {s: sheet for s, sheet in answers.items() if sheet}
    if rows:
        assert read(["student", "blank", "answer"], *rows).answers == told
    files = [
        (f"{s}.txt", "\n".join(f"{blank}: {answer}" for blank, answer in sheet.items())) for s, sheet in told.items()
    ]
    if files:
        assert folder(*files).answers == told


@given(
    st.lists(st.lists(st.text(max_size=8), min_size=1, max_size=5), max_size=4),
    st.lists(st.text(max_size=14), max_size=5),
)
def test_any_table_is_read_or_refused(rows: list[list[str]], columns: list[str]) -> None:
    """Whatever stands in a table, the outcome is answers or a refusal, never another error."""
    for known in ([], ["student", "1a"], ["Timestamp", "Username", "1a"], ["id", "n correct", "n incorrect", "5: 1a"]):
        try:
            found = read([*known, *columns], *rows)
        except LayerquizError:
            continue
        assert set(found.answers) <= {student.id for student in STUDENTS}
