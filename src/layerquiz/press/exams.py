"""`exam`: draw, measure, set in chunks, collect, move in."""

from __future__ import annotations

import secrets
from pathlib import Path

from layerquiz import files, tables, themed
from layerquiz.errors import ExamError
from layerquiz.exam.exam import Exam
from layerquiz.exam.makeup import made_up
from layerquiz.exam.proof import unsigned_because
from layerquiz.files import Written
from layerquiz.grading.jobs import collecting_seldom
from layerquiz.languages import Words
from layerquiz.press import opened
from layerquiz.press.making import USUAL, Making, Press
from layerquiz.press.work import Work


def write_exam(exam_file: str, roster_file: str, target: str, force: bool, press: Press = USUAL) -> Written:
    """Draw every student's paper, print papers and solutions, and seal the exam.

    Raises `LayerquizError`. What an interrupted run has finished is used by the next one into the same folder.
    """
    if exam_file == roster_file == files.STANDARD_INPUT:
        raise ExamError("exam file and roster cannot both come from the standard input")
    written, roster = files.read_text(exam_file), tables.roster(roster_file)
    work = Work(Path(target))
    first = None if press.makeup is None else opened.earlier(Path(press.makeup), Path(target))
    with work.locked(), collecting_seldom():
        exam = _parsed(written, exam_file, Path(press.makeup or target), work)
        exam = exam if first is None else made_up(exam, first.exam)
        theme = themed.theme(exam, exam_file, press.theme)
        making = Making(exam, roster.students, Path(target), force, press, work, theme, first)
        changed, notes = making.make()
    return Written(target, tuple(changed), (*roster.notes, *notes, *filter(None, [unsigned_because(exam)])))


def write_proof(exam_file: str, target: str, force: bool) -> Written:
    """Print the proof of an exam: its questions with their extremes, and a page for two people to sign.

    Raises `LayerquizError`.
    """
    from layerquiz import lists

    written = files.read_text(exam_file)
    exam = opened.parsed(written, exam_file, "")
    if exam.seed == "":
        exam = opened.parsed(written, exam_file, opened.sealed_seed(Path(target)) or secrets.token_hex(16))
    collected = files.Target(Path(target), force=force, replaceable=(lists.PROOF,))
    collected.add(
        lists.PROOF, lists.printed(exam, [(lists.PROOF, lists.proof(exam, Words(exam.language)))])[lists.PROOF]
    )
    told = unsigned_because(exam) or f"signed by {' and '.join(exam.signed_by)}"
    return Written(target, tuple(collected.commit()), (told,))


def _parsed(written: str, exam_file: str, target: Path, work: Work) -> Exam:
    """Return the exam of a file; one without a seed keeps the seed that it was drawn with, or gets one."""
    exam = opened.parsed(written, exam_file, "")
    if exam.seed != "":
        return exam
    seed = opened.sealed_seed(target) or work.seed or secrets.token_hex(16)
    work.keep_seed(seed)
    return opened.parsed(written, exam_file, seed)
