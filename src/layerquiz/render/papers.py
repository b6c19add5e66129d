"""A drawn exam as a document, ready for any format."""

from __future__ import annotations

from layerquiz.exam.accommodation import accommodation
from layerquiz.exam.exam import Exam, blank_id
from layerquiz.exam.exam import Paper as Drawn
from layerquiz.exam.identity import identity
from layerquiz.grading.policy import exam_sentences
from layerquiz.languages import Words
from layerquiz.render.document import Paper
from layerquiz.render.layout import Layout
from layerquiz.render.questions import points, printed


def paper(exam: Exam, drawn: Drawn, number: int, conventions: tuple[str, ...]) -> Paper:
    """Return one student's paper, its solution included; `conventions` are the sentences that all papers print."""
    questions = tuple(
        printed(question, place, {b.place: blank_id(str(place), b, question) for b in question.blanks}, plain=False)
        for place, question in enumerate(drawn.questions, 1)
    )
    needs = accommodation(drawn.student)
    return Paper(
        course=exam.course,
        title=exam.title,
        date=exam.date,
        instructions=exam.instructions,
        conventions=conventions,
        student_name=drawn.student.name,
        student_id=drawn.student.id,
        number=number,
        questions=questions,
        total=points(drawn.points, Words(exam.language)),
        policy=exam_sentences(exam),
        exam=identity(exam),
        room=drawn.student.room,
        seat=drawn.student.seat,
        extra_time=needs.extra_time,
        language=exam.language,
        layout=Layout.of("a4", needs),
    )
