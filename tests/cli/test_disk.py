"""Disks and interruptions: what is in its place is whole, what was there is kept, and a second run ends the first."""

from __future__ import annotations

import errno
import os
import re
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cli.desk import EXAM, MAKE, PUT_DOWN, pretended, pretended_whole, refusal, run, tree
from layerquiz import engine

GRADE = ("grade", "out", "answers.csv")
NEW = ("exam", "exam.yaml", "--roster", "roster.csv", "-o", "new")
COMMANDS = [("example", "-o", "new"), NEW, GRADE, ("sheet", "-o", "new.md")]
KILLED = """
import os, signal, sys
from pathlib import Path
from layerquiz import engine
from layerquiz.cli import main

with_tex, name, left = sys.argv[1] == "tex", sys.argv[2], int(sys.argv[3])
if not with_tex:
    engine.available, engine.missing = (lambda: False), (lambda: [])
whole = getattr(Path, name)

def counted(path, other):
    global left
    left -= 1
    if left == 0 and name == "write_bytes":
        whole(path, other[: len(other) // 2])
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return whole(path, other)

setattr(Path, name, counted)
main(sys.argv[4:])
"""


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_a_full_disk_leaves_the_old_state(
    desk: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    """A file that cannot be written whole is not written at all, nor are those before it."""
    write, written = Path.write_bytes, list[Path]()

    def full(path: Path, data: bytes) -> int:
        written.append(path)
        if len(written) == (1 if command[0] == "sheet" else 2):
            write(path, data[:10])
            raise OSError(errno.ENOSPC, "No space left on device", str(path))
        return write(path, data)

    monkeypatch.setattr(Path, "write_bytes", full)
    assert "No space left on device" in refusal(*command, beside=desk, code=3)
    assert written


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_a_folder_that_may_not_be_written_is_told(
    desk: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    """A refusal of the system is passed on in its own words."""

    def refused(*_: object, **__: object) -> str:
        raise PermissionError(errno.EACCES, "Permission denied", str(desk))

    monkeypatch.setattr("tempfile.mkdtemp", refused)
    monkeypatch.setattr(Path, "mkdir", refused)
    assert "Permission denied" in refusal(*command, beside=desk, code=3)


def test_a_read_only_folder_is_told(desk: Path) -> None:
    """The same with a real folder: not for root, whom no permissions bind."""
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    (desk / "shut").mkdir(mode=0o500)
    assert "Permission denied" in refusal("example", "-o", "shut", beside=desk, code=3)
    assert "Permission denied" in refusal("example", "-o", "shut/inner", beside=desk, code=3)


def test_a_path_below_a_file_is_told(desk: Path) -> None:
    """A folder cannot be made where a file stands."""
    assert "Not a directory" in refusal("example", "-o", "roster.csv/new", beside=desk, code=3)


def test_a_real_limit_on_the_size_of_files(desk: Path) -> None:
    """The system itself refuses to write on: exit code 3, one message, and no new folder."""
    before = tree(desk)
    done = subprocess.run(
        [sys.executable, "-m", "layerquiz", "example", "-o", "new"],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000)),
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert done.returncode == 3
    assert re.fullmatch(r"Error: .*File too large.*\n", done.stderr)
    assert tree(desk) == before


def test_a_full_disk_behind_the_output_is_told() -> None:
    """What is printed may go to a file as well."""
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "layerquiz", "solve", "alexnet"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 3
    assert re.fullmatch(r"Error: .*No space left on device.*\n", done.stderr)


def kill(folder: Path, moment: tuple[str, int], *arguments: str, tex: str = "no tex") -> None:
    """Run a command in a folder, and kill it with the last signal at the n-th use of a method that writes."""
    code = [sys.executable, "-c", KILLED, tex, moment[0], str(moment[1]), *arguments]
    done = subprocess.run(code, cwd=folder, check=False, env={**os.environ, "TMPDIR": str(folder)})
    assert done.returncode == -9


@pytest.mark.parametrize(
    "moment",
    [("write_bytes", 1), ("write_bytes", 3), *(("replace", count) for count in (1, 2, 3, 4, 5, 6))],
    ids=["a file half written", "another half written", *(["started", "drawn", "written", "one", "some", "more"])],
)
def test_a_killed_run_is_ended_by_the_next(desk: Path, moment: tuple[str, int]) -> None:
    """No half exam can be graded; run again, the folder is what an uninterrupted run makes, and nothing more."""
    whole = tree(desk / "out")
    kill(desk, moment, *NEW)
    assert [path.name for path in desk.glob(".*")] == [".new.layerquiz-work"]
    left = tree(desk / "new")
    assert left.items() <= whole.items()
    assert "exam.json" not in left
    refusal("grade", "new", "answers.csv", beside=desk)
    assert run(*NEW).exit_code == 0
    assert tree(desk / "new") == whole
    assert list(desk.glob(".*")) == []


@pytest.mark.parametrize("moment", [("write_bytes", 2), ("replace", 1)], ids=["writing", "moving"])
def test_a_killed_run_keeps_the_old_exam(desk: Path, moment: tuple[str, int]) -> None:
    """Until all is written the old exam stands and is graded; run again, the new one stands."""
    before = tree(desk / "out")
    (desk / "exam.yaml").write_text(EXAM.replace("seed: 7", "seed: 8"))
    kill(desk, moment, *MAKE, "--force")
    assert {name: content for name, content in tree(desk / "out").items() if not name.startswith(".")} == before
    shutil.rmtree(desk / ".out.layerquiz-work")
    assert run(*GRADE).exit_code == 0
    assert run(*MAKE, "--force").exit_code == 0
    assert run(*NEW).exit_code == 0
    shutil.rmtree(desk / "out" / "grades")
    assert tree(desk / "out") == tree(desk / "new")
    assert tree(desk / "out") != before


@pytest.mark.tex
def test_a_run_with_papers_that_is_killed_is_ended_by_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The papers that are in their place already are the very same when they are printed again."""
    if not engine.available():
        pytest.skip(f"there is no TeX: install {' '.join(engine.missing())}")
    monkeypatch.chdir(tmp_path)
    for name, content in PUT_DOWN.items():
        Path(name).write_text(content, encoding="utf-8")
    kill(tmp_path, ("replace", 12), *NEW, tex="tex")
    papers = [path.name for path in Path("new").rglob("*.pdf") if ".layerquiz" not in str(path)]
    assert papers
    assert not Path("new/exam.json").exists()
    for arguments in (NEW, MAKE):
        assert run(*arguments).exit_code == 0
    assert tree(Path("new")) == tree(Path("out"))
    assert len(list(Path("new").glob("[ps]*s/*.pdf"))) == 6


def test_a_working_folder_of_a_run_that_lives_is_left_alone(desk: Path) -> None:
    """Two runs at once do not take away each other's files; only what nobody holds is swept away."""
    code = (
        "import sys\nfrom pathlib import Path\nfrom layerquiz import files\nfrom layerquiz.cli import main\n"
        "target = files.Target(Path('out'))\ntarget.add('other.txt', 'x')\nwrite = Path.write_bytes\n"
        "Path.write_bytes = lambda *a: (print('writing', flush=True), sys.stdin.readline(), write(*a))[2]\n"
        "target.commit()\n"
    )
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", code], text=True, **pipes) as other:  # type: ignore[call-overload]
        assert other.stdout.readline() == "writing\n"
        assert run(*MAKE).exit_code == 0
        other.communicate("go on\n")
    assert other.returncode == 0
    assert (desk / "out" / "other.txt").read_text() == "x"
    assert list((desk / "out").glob(".*")) == []


@pytest.mark.parametrize("name", ["exam.json", "key.csv", "answers.csv"])
def test_nothing_is_replaced_without_force(desk: Path, name: str) -> None:
    """A file that would come out otherwise is named, and all are left; with `--force` it is written anew."""
    before = tree(desk / "out")
    if name == "exam.json":
        (desk / "exam.yaml").write_text(EXAM.replace("title: Quiz", "title: Other"))
    else:
        (desk / "out" / name).write_text("mine")
    message = refusal(*MAKE, beside=desk)
    assert f"out/{name}" in message
    assert "--force" in message
    assert run(*MAKE, "--force").exit_code == 0
    after = tree(desk / "out")
    of_the_seal = ["answers.xlsx", "exam.json"] if name == "exam.json" else []
    assert [changed for changed in before if before[changed] != after[changed]] == of_the_seal


def test_grades_that_were_edited_are_not_replaced(desk: Path) -> None:
    """Who changed a grade by hand keeps it until `--force` is given."""
    assert run(*GRADE).exit_code == 0
    before = tree(desk / "out" / "grades")
    (desk / "out" / "grades" / "grades.csv").write_text("student,total\ns1,5\n")
    assert "--force" in refusal(*GRADE, beside=desk)
    assert run(*GRADE, "--force").exit_code == 0
    assert tree(desk / "out" / "grades") == before


def test_a_paper_that_was_edited_is_not_replaced(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where all is up to date an edited PDF stays; where others are missing it is refused to replace it."""
    monkeypatch.setattr(engine, "available", lambda: True)
    monkeypatch.setattr(engine, "typeset", pretended)
    monkeypatch.setattr(engine, "set_whole", pretended_whole)
    for command, name in ((MAKE, "papers/s1.pdf"), (GRADE, "grades/feedback/s1.pdf")):
        assert run(*command).exit_code == 0
        edited = desk / "out" / name
        edited.write_bytes(b"%PDF with a note")
        result = run(*command)
        assert result.exit_code == 0
        assert "up to date" in result.output
        assert edited.read_bytes() == b"%PDF with a note"
        edited.with_name("s2.pdf").unlink()
        assert name in refusal(*command, beside=desk)
        assert run(*command, "--force").exit_code == 0
        assert edited.read_bytes() != b"%PDF with a note"
