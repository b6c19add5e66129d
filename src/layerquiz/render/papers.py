"""A drawn exam as a document, ready for any format."""

from __future__ import annotations

from layerquiz.exam.accommodation import accommodation
from layerquiz.exam.exam import Exam, blank_id
from layerquiz.exam.exam import Paper as Drawn
from layerquiz.exam.identity import identity
from layerquiz.grading.policy import exam_sentences
from layerquiz.languages import Words, phrase
from layerquiz.render.document import Block, Paper, Section
from layerquiz.render.layout import Layout
from layerquiz.render.look import Look
from layerquiz.render.questions import points, printed
from layerquiz.render.themes import USUAL_THEME, Theme

AIDS = {"calculator": phrase("pocket calculator"), "none": phrase("none")}
HONOUR = phrase("I have worked on this exam alone and have used no other aids than those that are permitted.")


def paper(
    exam: Exam,
    drawn: Drawn,
    number: int,
    conventions: tuple[str, ...],
    theme: Theme = USUAL_THEME,
    formulas: tuple[Block, ...] = (),
) -> Paper:
    """Return one student's paper, its solution included.

    `conventions` and `formulas` are the sentences and the formulas that all papers print, `theme` their look.
    """
    questions = tuple(
        printed(question, place, {b.place: blank_id(str(place), b, question) for b in question.blanks}, plain=False)
        for place, question in enumerate(drawn.questions, 1)
    )
    needs, student = accommodation(drawn.student), drawn.student
    return Paper(
        course=exam.course,
        title=exam.title,
        date=exam.date,
        instructions=exam.instructions,
        conventions=conventions,
        student_name=student.name,
        student_id="" if drawn.is_spare else student.id,  # whoever takes a spare paper writes their own
        number=number,
        questions=questions,
        total=points(drawn.points, Words(exam.language)),
        policy=exam_sentences(exam),
        exam=identity(exam),
        version=drawn.version,
        room=student.room,
        seat=student.seat,
        minutes=exam.time,
        extra_time=needs.extra_time,
        aids=AIDS.get(exam.aids or "", ""),
        honour=exam.honour or Words(exam.language)(HONOUR),
        sections=tuple(Section(section.title, section.first, section.text) for section in exam.sections),
        html=needs.html,
        formula_sheet=exam.formula_sheet,
        look=Look(exam.language, Layout.of(exam.paper_size, needs), theme, formulas=formulas),
    )
