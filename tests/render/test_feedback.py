"""What a student gets back: every answer as it was read, why it has its points, and where the ways part."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import pytest

from layerquiz.exam import exam as exams
from layerquiz.exam import library
from layerquiz.exam.domain import domain, mistaken_formulas
from layerquiz.exam.roster import Student
from layerquiz.exam.seal import seal, unseal
from layerquiz.grading.grade import Result, grade
from layerquiz.grading.story import Line
from layerquiz.network.mistakes import CATALOGUE, mistaken
from layerquiz.render import feedback, html, latex, markdown, text
from layerquiz.render.document import Page, Paragraph, Parting, Step, Table
from render.test_html import read, words
from test_example import SHIPPED, graded, sealed

TEMPLATES = library.templates()
IN_LETTERS = [name for name, template in TEMPLATES.items() if template.kind == "formula"]
IN_NUMBERS = [name for name, template in TEMPLATES.items() if template.kind in ("number", "code")]
STUDENTS = [result.paper.student.id for result in graded(SHIPPED).results]


def result(student: str) -> Result:
    """Return one student's graded paper of the example."""
    return next(found for found in graded(SHIPPED).results if found.paper.student.id == student)


def answered(student: str, **answers: str) -> Result:
    """Return the paper of a student who gave some answers and no others."""
    blanks = {name.removeprefix("b"): answer for name, answer in answers.items()}
    report = grade(sealed(SHIPPED), {student: blanks})
    return next(found for found in report.results if found.paper.student.id == student)


def page(found: Result) -> Page:
    """Return the page on a paper."""
    return feedback.page(graded(SHIPPED).exam, found, provisional=False)


def partings(found: Page) -> list[Parting]:
    """Return where ways part on a page."""
    return [block for block in found.blocks if isinstance(block, Parting)]


@pytest.mark.parametrize("student", ["s03", "s04", "s05", "s06", "s09", "s10", "s11", "s12"])
def test_pages_as_they_were_read(student: str, golden: Callable[..., None]) -> None:
    """The page of each planted student; the points of its questions add up to the sum at its head."""
    written = markdown.page(page(result(student)))
    got = re.findall(r"^## \d+\. .*: (\S+) of \S+ points$", written, re.MULTILINE)
    assert sum(map(Fraction, got), Fraction(0)) == result(student).points
    golden(written, ".md")


@pytest.mark.parametrize("student", STUDENTS)
def test_every_answer_is_shown_as_it_was_read(student: str) -> None:
    """No answer is missing, right or not, and each stands there as the grader read it."""
    found = result(student)
    shown = " ".join(text.page(page(found)).split())
    for entry in found.blanks.values() if found.handed_in else ():
        assert re.search(rf"\b{entry.blank}\b", shown)
        assert entry.story.shown in shown


@pytest.mark.parametrize("student", STUDENTS)
def test_nobody_is_blamed(student: str) -> None:
    """A page asks and explains; it says what differs, never who forgot or failed."""
    told = text.page(page(result(student))).lower()
    assert re.findall(r"\b(forgot|forgotten|wrong|fail\w*|careless|error|incorrect)\b", told) == []


def test_a_right_paper_is_short() -> None:
    """Two lines for each question, no hints, no solutions, nothing to practise."""
    found = page(result("s01"))
    assert len(found.blocks) == 2 * len(result("s01").paper.questions)
    assert all(isinstance(block, Paragraph) for block in found.blocks)


def test_what_was_not_handed_in_is_said() -> None:
    """A student without a line gets no list of empty boxes."""
    (only,) = page(result("s12")).blocks
    assert only == Paragraph("Nothing was handed in under this name.")


def test_the_step_is_marked_in_the_worked_solution() -> None:
    """s05 counted no depth: the step as made and as it should be, worked out by hand, in place of the plain step."""
    (parting,) = partings(page(result("s05")))
    (made_title, (made,)), (right_title, (right,)) = parting.sides
    assert (made_title, right_title) == ("you had:", "it should be:")
    assert made.latex[1].endswith(r"3^{2} \cdot 80 = 720")
    assert right.latex[1].endswith(r"3^{2} \cdot 192 \cdot 80 = 138{,}240")


def test_a_step_of_an_earlier_answer_is_named_with_its_layer() -> None:
    """The sizes of the second pool were worked out for another blank; the way parted there all the same."""
    (parting,) = partings(page(result("s11")))[1:]
    assert parting.sides[0][0].startswith("you had at maxpool2")


def test_several_explanations_are_conditions() -> None:
    """Where three explanations fit none is taken for granted, and the right step is shown once."""
    first = partings(page(result("s04")))[0]
    titles = [title for title, _ in first.sides]
    assert titles == [*(f"you had, if explanation {number} fits:" for number in (1, 2, 3)), "it should be:"]


def test_an_explanation_without_a_way_keeps_its_number() -> None:
    """A size of another layer is no step; the pool that changes nothing stays explanation 2 of two."""
    (parting,) = partings(page(result("s11")))[1:]
    told = text.page(page(result("s11")))
    assert "1. Is this a size from another layer?" in told
    assert "2. Pooling and enlarging work on each map by itself" in told
    assert [title for title, _ in parting.sides] == ["you had at maxpool2, if explanation 2 fits:", "it should be:"]


def test_a_hint_is_given_once_for_a_question() -> None:
    """The same mistake in two blanks is explained at the first."""
    told = text.page(page(result("s04")))
    assert told.count("What about its first position?") == 1
    assert "The hint at 1a holds here too." in told


def test_mistakes_on_own_values_are_explained_from_them() -> None:
    """25 instead of 26, carried to 12, then 9 where 12 - 3 + 1 = 10 follows: the steps begin at 12, not at 13."""
    found = answered("s01", b6a="24x25x25", b6c="24x12x12", b6e="50x9x9")
    second = found.paper.questions[5].drawn["network"]["layers"][2]
    assert (second["filters"], second["kernel"]) == (50, 3)
    shown = page(found)
    assert "How 6e is worked out from your own earlier value, which leads to 50 × 10 × 10" in text.page(shown)
    sides = [parting.sides for parting in partings(shown)][-1]
    assert [title for title, _ in sides] == ["you had:", "it should be, from your own earlier value:"]
    assert r"12 - 3 + 2 \cdot 0" in sides[0][1][0].latex[1]
    assert [steps[0].latex[1].rpartition(" = ")[2] for _, steps in sides] == ["9", "10"]


def test_working_is_shown_line_by_line() -> None:
    """Each line of the working stands there as written, as read, and with what is said about it."""
    found = result("s05")
    entry = found.blanks["2a"]
    line = Line("3*3*80 = 730", "730", "wrong", ["arithmetic-slip"], "is 3*3*80 equal to 730?")
    story = replace(entry.story, lines=(line,))
    blanks = {**found.blanks, "2a": replace(entry, story=story)}
    tables = [block for block in page(replace(found, blanks=blanks)).blocks if isinstance(block, Table)]
    assert tables[0].rows == ((r"3\*3\*80 = 730", "730", r"look at this line again: is 3\*3\*80 equal to 730?"),)


def test_what_somebody_wrote_is_only_text() -> None:
    """Names and answers that look like markup stand on the page, and in its source for TeX, as they were written."""
    attack = '<script>alert("x")</script> \\input{/etc/passwd} $x$'
    student = STUDENTS[0]
    found = answered(student, b1a=attack, b1b=f"12 {attack}")
    found = replace(found, paper=replace(found.paper, student=Student(student, attack)))
    tree = read(html.page(page(found)))
    assert words(tree).count('<script>alert("x")</script>') == 3
    assert r"\input{" not in latex.pages([page(found)]).text.replace(r"\input{|", "")


@pytest.mark.parametrize("student", STUDENTS)
def test_every_format_has_every_step(student: str) -> None:
    """HTML is well formed and says what the Markdown says: the same steps, and each mark."""
    found = page(result(student))
    tree = read(html.page(found))
    steps = sum(isinstance(block, Step) for block in found.blocks)
    sides = sum(len(inner) for parting in partings(found) for _, inner in parting.sides)
    assert len(tree.findall(".//div[@class='step']")) == steps + sides
    assert len(tree.findall(".//div[@class='parting']")) == len(partings(found))
    assert latex.pages([found]).text.count("\\Parting{") == len(partings(found))


@pytest.mark.sampled(2)
@pytest.mark.parametrize("name", IN_NUMBERS)
def test_every_listed_mistake_is_marked_in_every_template(name: str) -> None:
    """Who makes a mistake that a template tells apart is shown the step, in every format."""
    exam = exams.parse(f"title: Quiz\nseed: 3\nquestions: [{{template: {name}}}]", "quiz.yaml", "")
    drawn = exams.paper(exam, Student("s", "S"))
    names = {blank.quantity: place for place, blank in drawn.blanks.items()}
    opened = unseal(seal(exam, [drawn], "test"))
    for slug in drawn.questions[0].template.tells_apart:
        for values in mistaken(drawn.questions[0].network, slug, list(names)):
            numbers = (value if isinstance(value, tuple) else (value,) for value in values)
            answers = {place: " x ".join(map(str, those)) for place, those in zip(names.values(), numbers, strict=True)}
            shown = feedback.page(exam, grade(opened, {"s": answers}).results[0], provisional=False)
            assert partings(shown), slug
            read(html.page(shown))
            assert markdown.page(shown).count("> - it should be") == len(partings(shown))
            assert latex.pages([shown]).text.count("\\Parting{") == len(partings(shown))


@pytest.mark.parametrize("name", IN_LETTERS)
def test_every_listed_mistake_in_letters_is_told(name: str) -> None:
    """A formula has no numbers to put beside others: the hint, what was read and the right steps are shown instead."""
    exam = exams.parse(f"title: Quiz\nseed: 3\nquestions: [{{template: {name}}}]", "quiz.yaml", "")
    drawn = exams.paper(exam, Student("s", "S"))
    (question,), opened = drawn.questions, unseal(seal(exam, [drawn], "test"))
    domains = [domain(question.network, blank.quantity, TEMPLATES[name].letters) for blank in question.blanks]
    for slug in TEMPLATES[name].tells_apart:
        wrong = mistaken_formulas(question.network, slug, domains)
        assert wrong, slug
        for formulas in wrong:
            written = [place.lettered.written(found) for place, found in zip(domains, formulas, strict=True)]
            answers = dict(zip(drawn.blanks, (found.text for found in written), strict=True))
            result = grade(opened, {"s": answers}).results[0]
            shown = feedback.page(exam, result, provisional=False)
            told = " ".join(text.page(shown).split())
            assert CATALOGUE[slug].hint in told
            verdicts = {place: entry.story.verdict for place, entry in result.blanks.items()}
            assert all(answer in told or verdicts[place] == "correct" for place, answer in answers.items())
            assert "number differs" not in told
            assert "beside the number" not in told
            ends = {block.latex[-1] for block in shown.blocks if isinstance(block, Step)}
            stories = {place: entry.story for place, entry in result.blanks.items()}
            keys = {blank.formula.tex for place, blank in drawn.blanks.items() if stories[place].verdict != "correct"}
            assert keys <= ends
            assert keys
            read(html.page(shown))


def test_what_to_practise_is_listed_by_topic() -> None:
    """The end of a page names the topics of what was not right, with the blanks."""
    told = text.page(page(result("s05")))
    assert told.rstrip().endswith(
        "What to practise next\n\n- convolution parameters: 2a\n- Two small kernels or a large one: 9"
    )
    with_sheet = text.page(feedback.page(graded(SHIPPED).exam, result("s05"), provisional=False, practice=True))
    assert "A practice sheet on exactly these comes with this page" in with_sheet
