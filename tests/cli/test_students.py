"""`students`: everything about one taken out, all put under pseudonyms, one removed; the rest stays gradable."""

from __future__ import annotations

import csv
import io
import json
import shutil
import zipfile
from collections import Counter
from itertools import count
from pathlib import Path

import pytest

from cli.desk import Killed, killed_at, refusal, run, tree
from layerquiz.entry import bindings, record
from layerquiz.entry.record import Typed
from layerquiz.exam.seal import unseal
from layerquiz.grading.spares import Binding
from layerquiz.vault import VARIABLE, cipher, stored
from layerquiz.vault.places import CHANGE

NAMES = {"s1": "Ada Brandt", "s2": "José Álvarez", "s 3": "Zoë Zyx", "s_3": "Quirin Quast", "new-9": "Nora Neumann"}
ROSTER = "student,name,email,room,accommodation\n" + "".join(
    f"{student},{name},{student.replace(' ', '')}@uni.example,R1,{'' if student != 's2' else 'large print'}\n"
    for student, name in list(NAMES.items())[:4]
)
CORRECTIONS = """\
corrections:
  - {blank: 1a, student: s2, points: 1/2, why: seen on paper}
  - question: 2
    void: drop
    student: [s 3, "s2"]
    why: a page was not printed
"""


@pytest.fixture(autouse=True)
def folder(desk: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An exam with five papers, one of them bound, typed, graded, and files that look like printed ones."""
    Path("roster.csv").write_text(ROSTER, encoding="utf-8")
    assert run("exam", "exam.yaml", "--roster", "roster.csv", "-o", "out", "--force", "--spare", "1").exit_code == 0
    out = desk / "out"
    bindings.write(out, [Binding("spare-5", "new-9", "Nora Neumann", "Ann", "now")])
    with record.opened(out) as found:
        for student, answer in (("s1", "11"), ("s2", "12"), ("s 3", "4711471"), ("spare-5", "9876598")):
            found.keep(Typed(student, "1a", answer, "Ann", "now"))
    assert run("enter", "out", "--export", "out/entered.csv").exit_code == 0
    (out / "corrections.yaml").write_text(CORRECTIONS, encoding="utf-8")
    for stem in ("s1", "s2", "s_3", "s_3-2", "spare-5", "papers"):
        for kind in ("papers", "solutions"):
            (out / kind).mkdir(exist_ok=True)
            (out / kind / f"{stem if stem != 'papers' else kind}.pdf").write_bytes(f"%PDF {stem}".encode())
    (out / "notes.txt").write_text("my notes")
    assert grades()
    return out


def grades() -> dict[str, float]:
    """Return the points of all students, graded anew."""
    done = run("grade", "out", "out/entered.csv", "--no-pdf", "--json", "--force")
    assert done.exit_code == 0, done.output
    assert run("grade", "out", "out/entered.csv", "--no-pdf", "--force").exit_code == 0
    return {found["student"]: (found["points"], found["handed_in"]) for found in json.loads(done.output)["students"]}


def held(folder: Path, *texts: str) -> list[str]:
    """Return the files, or names of files, in which one of some texts stands."""
    wanted = [text.encode() for text in texts]
    return [
        name
        for name, content in tree(folder).items()
        if any(text in name for text in texts) or any(text in (content or b"") for text in wanted)
    ]


def test_students_are_listed() -> None:
    said = run("students", "out").output.splitlines()
    assert [line.split("  ")[0] for line in said[2:]] == list(NAMES)


def test_everything_about_one_is_exported(folder: Path) -> None:
    before = tree(folder)
    assert run("students", "out", "--export", "s2", "-o", "s2.zip").output == "s2.zip: written\n"
    assert run("students", "out", "--export", "s2", "-o", "s2.zip").output == "s2.zip: up to date\n"
    assert tree(folder) == before
    with zipfile.ZipFile("s2.zip") as whole:
        data = json.loads(whole.read("data.json"))
        assert {*whole.namelist()} == {
            *("data.json", "papers/s2.pdf", "solutions/s2.pdf", "grades/feedback/s2.html", "grades/feedback/s2.md"),
        }
        assert whole.read("papers/s2.pdf") == b"%PDF s2"
    assert data["student"] == {"id": "s2", "name": "José Álvarez"}
    assert [(paper["number"], paper["email"]) for paper in data["papers"]] == [(2, "s2@uni.example")]
    assert [typed["answer"] for typed in data["typed"]] == ["12"]
    assert set(data["tables"]) >= {"key.csv", "answers.csv", "entered.csv", "grades/grades.csv"}
    assert all(row["student"] == "s2" for rows in data["tables"].values() for row in rows)
    assert "Ada" not in json.dumps(data)


def test_what_somebody_with_a_spare_paper_has_is_found_there() -> None:
    assert run("students", "out", "--export", "new-9", "-o", "new.zip").exit_code == 0
    with zipfile.ZipFile("new.zip") as whole:
        data = json.loads(whole.read("data.json"))
        assert "papers/spare-5.pdf" in whole.namelist()
    assert [typed["answer"] for typed in data["typed"]] == ["9876598"]
    assert data["spare"] == {"paper": "5", "by": "Ann", "at": "now"}


def test_a_dry_run_changes_nothing(folder: Path, desk: Path) -> None:
    before = tree(desk)
    for arguments in (("--pseudonymise", "-o", "names.csv"), ("--delete", "s1")):
        said = run("students", "out", *arguments)
        assert said.exit_code == 0, said.output
        assert "would be rewritten: exam.json" in said.output
        assert "would be removed: " in said.output
        assert "left as they are, whatever they hold: notes.txt" in said.output
        assert tree(desk) == before


def pseudonyms() -> dict[str, str]:
    with Path("names.csv").open(encoding="utf-8", newline="") as file:
        return {row["student"]: row["pseudonym"] for row in csv.DictReader(file)}


def test_pseudonyms_take_the_place_of_all_ids_and_names(folder: Path) -> None:
    before = grades()
    said = run("students", "out", "--pseudonymise", "-o", "names.csv", "--yes")
    assert said.exit_code == 0, said.output
    names = pseudonyms()
    assert names == {student: f"P00{place}" for place, student in enumerate(NAMES, 1)}
    hidden = [
        *NAMES.values(),
        "Álvarez",
        "Brandt",
        "s 3",
        "s_3",
        "new-9",
        "uni.example",
        "R1",
        '"s1"',
        '"s2"',
        "s1,",
        "s2,",
    ]
    assert held(folder, *hidden) == []
    assert grades() == {names[student]: points for student, points in before.items()}
    assert "under pseudonyms already" in run("students", "out", "--pseudonymise", "-o", "names.csv", "--yes").output
    sealed = unseal(json.loads((folder / "exam.json").read_text(encoding="utf-8")))
    assert [paper.number for paper in sealed.papers] == [1, 2, 3, 4, 5]
    assert sealed.papers[1].student.accommodation == "large print"
    assert run("grade", "out", "out/answers.xlsx", "--no-pdf", "-o", "other").exit_code == 0  # it names the new seal


def test_the_table_of_pseudonyms_does_not_lie_beside_them(folder: Path, desk: Path) -> None:
    said = refusal("students", "out", "--pseudonymise", "-o", "out/names.csv", "--yes", beside=desk)
    assert "outside of the exam's folder" in said


def test_a_student_is_removed_everywhere_and_the_rest_stays_gradable(folder: Path) -> None:
    corrections = folder / "corrections.yaml"
    corrections.write_text("\n".join(CORRECTIONS.splitlines()[:2]), encoding="utf-8")
    before = grades()
    said = run("students", "out", "--delete", "s 3", "--yes")
    assert said.exit_code == 0, said.output
    assert held(folder, "Zyx", "s 3", "s3@uni", "4711471") == []
    sealed = unseal(json.loads((folder / "exam.json").read_text(encoding="utf-8")))
    assert [(paper.student.id, paper.number) for paper in sealed.papers] == [
        *(("s1", 1), ("s2", 2), ("s_3", 4), ("spare-5", 5)),
    ]
    assert (folder / "papers" / "s_3.pdf").read_bytes() == b"%PDF s_3-2"  # its file was s_3-2.pdf beside the other one
    assert not (folder / "papers" / "s_3-2.pdf").exists()
    assert not (folder / "papers" / "papers.pdf").exists()
    before.pop("s 3")
    assert grades() == before


def test_the_spare_paper_of_somebody_who_goes_is_nobody_s(folder: Path) -> None:
    assert run("students", "out", "--delete", "new-9", "--yes").exit_code == 0
    assert held(folder, "Neumann", "new-9", "9876598") == []
    assert "spare-5" in (folder / "exam.json").read_text(encoding="utf-8")
    assert set(grades()) == {"s1", "s2", "s 3", "s_3"}


def test_a_correction_for_somebody_who_goes_is_removed_by_its_author(desk: Path) -> None:
    said = refusal("students", "out", "--delete", "s2", "--yes", beside=desk)
    assert "corrections.yaml, line 2" in said


def test_a_locked_folder_stays_locked(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored, "Lock", lambda words: cipher.Lock(words, 4))
    stored.lock_of.cache_clear()
    monkeypatch.setenv(VARIABLE, "correct horse battery")
    assert run("lock", "out").exit_code == 0
    assert run("students", "out", "--delete", "s1", "--yes").exit_code == 0
    assert run("students", "out", "--pseudonymise", "-o", "names.csv", "--yes").exit_code == 0
    assert {"exam.json", "key.csv"}.isdisjoint(tree(folder))
    assert set(grades()) == {"P001", "P002", "P003", "P004"}
    assert run("unlock", "out").exit_code == 0
    assert held(folder, *NAMES.values()) == []
    stored.lock_of.cache_clear()


def restored(folder: Path, saved: dict[str, bytes | None]) -> None:
    """Put a folder back as it was."""
    shutil.rmtree(folder)
    for name, content in saved.items():
        if content is not None:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)


def test_an_interruption_at_any_step_is_finished_by_running_again(folder: Path) -> None:
    """Either nothing was done, and the folder is graded as before; or it says so, and running again finishes it."""
    command = ("students", "out", "--pseudonymise", "-o", "names.csv", "--yes")
    saved, steps = tree(folder), Counter()
    assert run(*command).exit_code == 0
    done = tree(folder)
    for step in count():
        restored(folder, saved)
        with pytest.MonkeyPatch.context() as patch:
            killed_at(step, patch)
            try:
                assert run(*command).exit_code == 0
                break
            except Killed:
                pass
        if (folder / ".layerquiz-change").is_dir():
            steps["decided"] += 1
            assert "was interrupted here" in run("grade", "out", "out/entered.csv").output
            assert "an interrupted change was finished" in run(*command).output
        else:
            steps["undecided" if tree(folder) != done else "done"] += 1
            assert run(*command).exit_code == 0
        assert tree(folder) == done
    assert steps["decided"] > 20
    assert steps["undecided"] > 0


@pytest.mark.parametrize(
    "plan",
    [
        '{"written": ["../taken"], "removed": []}',
        '{"written": [], "removed": ["../roster.csv"]}',
        '{"written": [], "removed": ["/etc/passwd"]}',
        '{"written": ["a\\u0000"], "removed": []}',
        '{"written": 1}',
        "[",
    ],
)
def test_a_plan_of_somebody_else_touches_nothing_outside_of_the_folder(folder: Path, desk: Path, plan: str) -> None:
    """A folder may come from anywhere, its hidden ones too."""
    change = folder / ".layerquiz-change"
    change.mkdir()
    (change / "plan.json").write_text(plan, encoding="utf-8")
    (change / "0").write_text("planted")
    assert "no plan of a change" in refusal("students", "out", "--yes", beside=desk)


FAULTS = {
    ("--export", "s9", "-o", "x.zip"): (1, 'no student has the id "s9"'),
    ("--delete", "s22"): (1, 'Did you mean "s2"?'),
    ("--export", "s1"): (2, "-o goes with"),
    ("--delete", "s1", "-o", "x"): (2, "-o goes with"),
    ("--delete", "s1", "--pseudonymise", "-o", "x"): (2, "Give one of"),
}


@pytest.mark.parametrize(
    "plan",
    [
        {"written": ["../planted.txt"], "removed": []},
        {"written": [], "removed": ["../roster.csv"]},
        {"written": ["/nowhere/planted.txt"], "removed": []},
        {"written": ["link/planted.txt"], "removed": []},
        {"written": [1], "removed": []},
        [],
    ],
)
def test_a_change_that_somebody_planted_touches_nothing_outside(folder: Path, desk: Path, plan: object) -> None:
    (folder / "link").symlink_to(desk)
    (folder / CHANGE).mkdir()
    (folder / CHANGE / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
    (folder / CHANGE / "0").write_text("planted", encoding="utf-8")
    said = refusal("students", "out", "--delete", "s1", "--yes", beside=desk)
    assert "no plan of a change that was interrupted here" in said


@pytest.mark.parametrize("arguments", FAULTS, ids=" ".join)
def test_faults_are_one_message(arguments: tuple[str, ...], desk: Path) -> None:
    code, said = FAULTS[arguments]
    before = tree(desk)
    done = run("students", "out", *arguments)
    assert done.exit_code == code
    assert said in done.output
    assert tree(desk) == before


def test_an_exported_file_that_differs_is_not_replaced(desk: Path) -> None:
    Path("s1.zip").write_bytes(b"mine")
    assert "exists with other content" in refusal("students", "out", "--export", "s1", "-o", "s1.zip", beside=desk)


def test_an_export_is_a_sound_archive() -> None:
    run("students", "out", "--export", "s1", "-o", "s1.zip")
    assert zipfile.ZipFile(io.BytesIO(Path("s1.zip").read_bytes())).testzip() is None
