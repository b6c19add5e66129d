"""`lock` and `unlock`: secrets behind a passphrase, and nothing lost whatever interrupts."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli.desk import MAKE, Killed, killed_at, refusal, run, tree
from layerquiz.cli import main
from layerquiz.errors import LayerquizError
from layerquiz.locking import is_secret, lock, unlock
from layerquiz.vault import VARIABLE, cipher, stored

WORDS = "correct horse battery"
OTHER = "another long phrase"


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Keys are made quickly, and no passphrase is in the environment."""
    monkeypatch.setattr(stored, "Lock", lambda words: cipher.Lock(words, 4))
    monkeypatch.delenv(VARIABLE, raising=False)
    stored.lock_of.cache_clear()
    yield
    stored.lock_of.cache_clear()


@pytest.fixture
def folder(desk: Path) -> Path:
    """The folder of a sealed exam with files that look like printed ones."""
    for name in ("papers/s1.pdf", "solutions/s1.pdf", "solutions/solutions.pdf", "master.pdf", "lists/marking-1.pdf"):
        path = desk / "out" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"%PDF " + name.encode() * 1000)
    return desk / "out"


def words() -> str:
    return WORDS


def typed(*arguments: str, text: str) -> Result:
    return CliRunner().invoke(main, arguments, input=text)


SECRET = {
    "exam.json": True,
    "key.csv": True,
    "solutions/s1.pdf": True,
    "solutions/solutions.pdf": True,
    "master.pdf": True,
    "lists/marking-1.pdf": True,
    "proof.pdf": True,
    "tex/s1.tex": True,
    "papers/s1.pdf": False,
    "answers.csv": False,
    "answers.xlsx": False,
    "lists/labels.pdf": False,
}


@pytest.mark.parametrize("name", SECRET)
def test_what_tells_answers_is_secret(name: str) -> None:
    assert is_secret(name) == SECRET[name]


def test_every_secret_is_locked_and_comes_back(folder: Path) -> None:
    before = tree(folder)
    said = typed("lock", "out", text=f"{WORDS}\n{WORDS}\n")
    assert said.exit_code == 0, said.output
    assert WORDS not in said.output
    after = tree(folder)
    assert {name for name in after if name.endswith(".locked")} == {
        f"{name}.locked" for name in before if is_secret(name) and before[name] is not None
    }
    assert {name: after[name] for name in before if name in after} == {
        name: content for name, content in before.items() if not is_secret(name) or content is None
    }
    assert not any(b"conv-size" in (content or b"") for name, content in after.items() if name.endswith(".locked"))
    assert typed("unlock", "out", text=f"{WORDS}\n").exit_code == 0
    assert tree(folder) == before


def test_locking_and_unlocking_twice_is_nothing_to_do(folder: Path) -> None:
    lock(folder, words)
    before = tree(folder)
    assert "nothing to do" in typed("lock", "out", text="").output
    assert tree(folder) == before
    unlock(folder, words)
    assert "nothing to do" in typed("unlock", "out", text="").output


def test_a_locked_exam_is_graded_and_entered_without_writing_secrets(folder: Path, desk: Path) -> None:
    open_grades = json.loads(run("grade", "out", "answers.csv", "--json", "--no-pdf", "-o", "one").output)
    lock(folder, words)
    before = set(tree(desk))
    said = typed("grade", "out", "answers.csv", "--no-pdf", "-o", "two", text=f"{WORDS}\n")
    assert said.exit_code == 0, said.output
    assert tree(desk / "one") == tree(desk / "two")
    assert open_grades["students"]
    typed("enter", "out", "--by", "A", text=f"{WORDS}\n1\n11\nq\n")
    new = set(tree(desk)) - before
    assert not [name for name in new if not name.startswith("two") and "entered" not in name]
    assert not (folder / "exam.json").exists()


def test_the_passphrase_may_stand_in_the_environment(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, WORDS)
    assert run("lock", "out").exit_code == 0
    assert run("grade", "out", "answers.csv", "--no-pdf").exit_code == 0
    assert run("unlock", "out").exit_code == 0


@pytest.mark.parametrize(
    ("text", "told"),
    [("", "no passphrase was given"), ("short\nshort\n", "fewer than 8"), (f"{WORDS}\n{OTHER}\n", "do not match")],
)
def test_no_passphrase_locks_nothing(folder: Path, text: str, told: str) -> None:
    before = tree(folder)
    said = typed("lock", "out", text=text)
    assert said.exit_code == 1
    assert told in said.output
    assert tree(folder) == before


def test_from_a_pipe_nothing_is_said_but_what_is_missing(folder: Path) -> None:
    command = [sys.executable, "-m", "layerquiz", "lock", str(folder)]
    said = subprocess.run(command, input="", capture_output=True, text=True, start_new_session=True, check=False)
    assert said.returncode == 1
    assert "no passphrase was given" in said.stderr
    assert "Warning" not in said.stderr


def test_a_wrong_passphrase_is_one_message(folder: Path, desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lock(folder, words)
    monkeypatch.setenv(VARIABLE, OTHER)
    for arguments in (("grade", "out", "answers.csv"), ("unlock", "out"), ("enter", "out", "--by", "A")):
        assert "passphrase" in refusal(*arguments, beside=desk)


def test_a_changed_locked_file_is_one_message(folder: Path, desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lock(folder, words)
    monkeypatch.setenv(VARIABLE, WORDS)
    path = folder / "exam.json.locked"
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    assert "was changed, cut off or renamed" in refusal("grade", "out", "answers.csv", beside=desk)


def test_a_locked_folder_takes_no_new_exam(folder: Path, desk: Path) -> None:
    lock(folder, words)
    assert "layerquiz unlock out" in refusal(*MAKE, "--force", beside=desk)


def test_an_exam_is_locked_as_soon_as_it_is_made(desk: Path) -> None:
    said = typed(*MAKE[:-1], "new", "--lock", text=f"{WORDS}\n{WORDS}\n")
    assert said.exit_code == 0, said.output
    assert not (desk / "new" / "exam.json").exists()
    assert not (desk / "new" / "key.csv").exists()
    unlock(desk / "new", words)
    assert (desk / "new" / "exam.json").read_bytes() == (desk / "out" / "exam.json").read_bytes()


@pytest.mark.parametrize("work", [lock, unlock])
def test_an_interruption_at_any_step_loses_nothing(work, folder: Path) -> None:
    before = tree(folder)
    secrets = [name for name, content in before.items() if is_secret(name) and content is not None]
    back = unlock if work is lock else lock
    if work is unlock:
        lock(folder, words)
    for step in range(2 * len(secrets)):
        with pytest.MonkeyPatch.context() as patch:
            killed_at(step, patch)
            with pytest.raises(Killed):
                work(folder, words)
        for name in secrets:
            there = folder / name
            found = there.read_bytes() if there.exists() else stored.read_data(folder, name, 10**9, words)
            assert found == before[name]
        work(folder, words)
        assert {name for name in tree(folder) if name.startswith(".")} == set()
        assert [(folder / name).exists() for name in secrets] == [work is unlock] * len(secrets)
        back(folder, words)
        if work is lock:
            assert tree(folder) == before


def test_an_interrupted_lock_is_finished_with_its_own_passphrase_alone(folder: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        killed_at(4, patch)
        with pytest.raises(Killed):
            lock(folder, words)
    before = {name: content for name, content in tree(folder).items() if not name.startswith(".")}
    with pytest.raises(LayerquizError, match="locked with another passphrase"):
        lock(folder, lambda: OTHER)
    assert tree(folder) == before


def test_both_forms_that_differ_are_told(folder: Path) -> None:
    lock(folder, words)
    (folder / "key.csv").write_text("mine\n")
    with pytest.raises(LayerquizError, match="the two differ"):
        unlock(folder, words)
    assert (folder / "key.csv").read_text() == "mine\n"
    assert (folder / "key.csv.locked").exists()


def test_what_is_no_exam_is_refused(desk: Path) -> None:
    assert "no exam.json" in refusal("lock", ".", beside=desk)
    assert "no such folder" in refusal("lock", "nowhere", beside=desk)
