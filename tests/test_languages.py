"""Exams in German, French and Spanish: nothing English stays on paper, and what is asked and right is the same."""

from __future__ import annotations

import json
import re
import string
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import catalogue
import printed_text
from layerquiz import engine
from layerquiz.check import check
from layerquiz.data import folder
from layerquiz.errors import LayerquizError
from layerquiz.exam import exam as exams
from layerquiz.exam import library
from layerquiz.exam.assumptions import sentences
from layerquiz.exam.drawing import draw
from layerquiz.exam.roster import Student
from layerquiz.exam.seal import seal, unseal
from layerquiz.exam.template import in_language, parse
from layerquiz.exam.translation import is_translation
from layerquiz.grading.grade import stories_of
from layerquiz.grading.policy import Policy
from layerquiz.languages import ENGLISH, LANGUAGES, THIN_SPACE, Translation, Words, named
from layerquiz.press.opened import Templates
from layerquiz.render import latex, markdown, papers, text
from layerquiz.render.mathtext import in_words
from layerquiz.render.questions import sheet

OTHERS = LANGUAGES[1:]
ASKED = [
    entry.template.name
    for entry in exams.parse((folder("example") / "exam.yaml").read_text(encoding="utf-8"), "exam.yaml", "1").entries
    if entry.own is None
]
EXAMPLE = "title: T\nseed: 2026\nquestions:\n" + "".join(f"  - {{template: {name}}}\n" for name in ASKED)
"""The example exam without what its author wrote in English."""

WRITTEN = [(name, language) for name, found in library.templates().items() for language in found.languages[1:]]
KINDS = {"number", "formula", "choice", "unknown", "find-error", "compare", "budget", "code", "statement"}
ENGLISH_WORDS = frozenset(
    (
        *("the", "of", "and", "with", "without", "each", "every", "which", "where"),
        *("when", "how", "many", "your", "you", "answer", "answers", "layer", "layers"),
        *("weight", "weights", "shape", "kernel", "stride", "window", "channels", "height", "width"),
        *("depth", "right", "wrong", "known", "mistake", "working", "paper", "room", "seat"),
        *("to", "is", "are", "has", "have", "one", "two", "does", "what"),
        *("this", "that", "an", "be", "for", "from", "in", "its", "it"),
        *("so", "until", "given", "numbers", "units", "steps"),
    )
)
IN_LANGUAGE = {"de": {"in", "an", "so"}, "fr": set(), "es": set()}
"""Words of the list that are words of the language too."""


def exam_in(language: str, written: str = EXAMPLE) -> exams.Exam:
    own = {"title": "Klausur", "course": "DL", "date": "1. 2. 2027", "instructions": "Viel Erfolg!"}
    found = exams.parse(f"language: {language}\n{written}", "exam.yaml", "unused")
    return replace(found, **own)


def papers_in(language: str) -> tuple[exams.Exam, list[exams.Paper]]:
    found = exam_in(language)
    return found, exams.papers(found, [Student("s01", "Ada"), Student("s02", "Bo")])


def document(language: str) -> latex.Source:
    """Return the papers and solutions of the example exam as LaTeX."""
    found, drawn = papers_in(language)
    numbered = [question for paper in drawn for question in paper.numbered]
    said = sentences(numbered, Policy.of(found.policy).asks_exact, Words(language))
    return latex.papers([papers.paper(found, paper, number, said) for number, paper in enumerate(drawn, 1)])


def test_the_template_of_catalogues_is_up_to_date(tmp_path: Path) -> None:
    """`make words` writes it anew from the source."""
    catalogue.write(catalogue.template(), tmp_path / "layerquiz.pot")
    there = (catalogue.LOCALE / "layerquiz.pot").read_text(encoding="utf-8")
    assert there == (tmp_path / "layerquiz.pot").read_text(encoding="utf-8"), "out of date: run `make words`"


@pytest.mark.parametrize("language", OTHERS)
def test_a_catalogue_is_complete_and_up_to_date(language: str) -> None:
    """Every text of the source has its translation, none is fuzzy, and none is left over."""
    found = catalogue.translated(language)
    assert {message.id for message in found} == {message.id for message in catalogue.template()}, "run `make words`"
    assert [message.id for message in catalogue.missing(found)] == []
    assert [message.id for message in found if message.fuzzy and message.id] == []


def fields(written: str) -> set[str | None]:
    return {field for _, field, _, _ in string.Formatter().parse(written) if field is not None}


@pytest.mark.parametrize("language", OTHERS)
def test_the_values_of_a_translation_are_those_of_the_text(language: str) -> None:
    """What is put into a text is put into each of its forms, and mathematics stays as it is."""
    for message in catalogue.translated(language):
        forms = (message.string,) if isinstance(message.string, str) else message.string
        first = message.id if isinstance(message.id, str) else message.id[0]
        for form in forms if first else ():
            assert fields(form) == fields(first), first
            assert re.findall(r"\$[^$]*\$", form) == re.findall(r"\$[^$]*\$", first), first


def test_numbers_and_plurals_are_those_of_the_language() -> None:
    one, many = "{number} filter", "{number} filters"
    assert ENGLISH.counted(1024, one, many) == "1,024 filters"
    assert Words("de").counted(1024, one, many) == f"1{THIN_SPACE}024 Filter"
    assert [Words("fr").counted(n, one, many) for n in (0, 1, 2)] == ["0 filtre", "1 filtre", "2 filtres"]
    assert [Words("es").counted(n, one, many) for n in (0, 1)] == ["0 filtros", "1 filtro"]
    assert Words("de").listed(["a", "b", "c"]) == "a, b und c"
    assert [Words(language).decimal("0.5") for language in LANGUAGES] == ["0.5", "0,5", "0,5", "0,5"]
    assert Words("fr")("a text that nobody has translated") == "a text that nobody has translated"


def test_an_unknown_language_is_told_with_those_that_there_are() -> None:
    with pytest.raises(LayerquizError, match="de, en, es, fr"):
        named("it")


def test_english_reads_nothing() -> None:
    """Who prints in English does not wait for babel."""
    code = (
        "import sys; from layerquiz.exam import library; from layerquiz.exam.drawing import draw; "
        "from layerquiz.render.questions import sheet; "
        "sheet('', [draw(library.named('conv-size'), 1)], True); sys.exit('babel' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_all_kinds_of_questions_are_put_in_every_language() -> None:
    for language in OTHERS:
        there = [library.named(name) for name, found in WRITTEN if found == language]
        assert {template.kind for template in there} == KINDS
        assert {entry.template.name for entry in exam_in("en").entries} <= {template.name for template in there}


@pytest.mark.sampled(5)
@pytest.mark.parametrize(("name", "language"), WRITTEN)
def test_a_translated_question_is_the_same_question(name: str, language: str) -> None:
    """Draws, keys, points and names do not depend on the language, and every format prints the other words."""
    template = library.named(name)
    said = in_language(template, language)
    for seed in range(3):
        one, other = draw(template, seed), draw(said, seed)
        assert (other.drawn, other.identity) == (one.drawn, one.identity)
        for blank, worded in zip(one.blanks, other.blanks, strict=True):
            same = (blank.place, blank.quantity, blank.points, blank.key, blank.rounding)
            assert same == (worded.place, worded.quantity, worded.points, worded.key, worded.rounding)
        printed = sheet(other.title, [other], solutions=True)
        english = text.sheet(sheet(one.title, [one], solutions=True))
        assert text.sheet(printed) != english
        assert latex.sheet(printed).text
        layers = " ".join(layer.name for network in other.networks.values() for layer in network.layers)
        assert not english_left(markdown.sheet(printed), language) - words_of(layers), markdown.sheet(printed)


CODE = re.compile(r"```.*?```|`[^`]*`|\\[A-Za-z]+(?:\{[a-z]+\})?|\$[^$]*\$", re.DOTALL)
NAMED = re.compile(r"\b(?:input|output|total|same|Self-Attention|Feed-Forward|Multi-Head|depthwise|pointwise)\b")


def english_left(printed: str, language: str) -> set[str]:
    """Return the words of English that stand in a text, code and mathematics left out."""
    bare = NAMED.sub(" ", CODE.sub(" ", printed))
    return words_of(bare) & (ENGLISH_WORDS - IN_LANGUAGE[language])


def words_of(printed: str) -> set[str]:
    """Return the words of a text in small letters; `with_class` is two."""
    return {word.lower() for word in re.findall(r"[^\W\d_]+", printed)}


@pytest.mark.parametrize("language", OTHERS)
def test_the_keys_of_an_exam_do_not_depend_on_its_language(language: str) -> None:
    (_, english), (_, other) = papers_in("en"), papers_in(language)
    for one, two in zip(english, other, strict=True):
        assert {name: blank.key for name, blank in one.blanks.items()} == {
            name: blank.key for name, blank in two.blanks.items()
        }


@pytest.mark.tex
@pytest.mark.parametrize("language", OTHERS)
def test_no_english_stays_on_paper(language: str) -> None:
    """Cover, conventions, marking, questions and solutions are read back from the PDF."""
    if not engine.available():
        pytest.skip("no TeX")
    source = document(language)
    parts = engine.typeset(source.text, source.parts)
    for name in ("paper/1", "solution/1"):
        printed = printed_text.read(parts[name])
        assert not english_left(printed, language)
        assert not re.search(r"\d[,.]\d{3}(?!\d)", printed), "a mark of thousands"


@pytest.mark.parametrize("language", OTHERS)
def test_a_sealed_exam_keeps_its_language(language: str) -> None:
    """What was sealed is enough to print it again, and right answers are right in every language."""
    found, drawn = papers_in(language)
    again = unseal(json.loads(json.dumps(seal(found, drawn, "1"))))
    assert again.exam.language == language
    for paper, kept in zip(drawn, again.papers, strict=True):
        assert [question.text for question in kept.questions] == [question.text for question in paper.questions]
        assert [question.title for question in kept.questions] == [question.title for question in paper.questions]
        question = kept.questions[0]
        written = {blank.quantity: in_words(blank.right) for blank in question.blanks}
        assert {story.verdict for story in stories_of(question, written, Policy()).values()} == {"correct"}


def test_the_words_of_a_choice_are_read_in_its_language() -> None:
    question = draw(in_language(library.named("stride-and-size"), "de"), 3)
    verdict = question.blanks[0]
    said = {"A": "wahr", "B": "falsch"}[str(verdict.key)]
    for answer in (said, {"wahr": "true", "falsch": "false"}[said]):
        story = stories_of(question, {verdict.quantity: answer}, Policy())[verdict.quantity]
        assert story.verdict == "correct", answer


@pytest.mark.parametrize("language", OTHERS)
def test_the_same_words_are_the_same_bytes(language: str) -> None:
    """Neither another run nor another order of hashes changes what is printed."""
    ways = []
    for hashes in ("1", "2"):
        command = [sys.executable, "-m", "layerquiz", "draw", "mnist-network", "--language", language, "--solution"]
        environment = {"PYTHONHASHSEED": hashes, "PYTHONPATH": str(catalogue.SOURCE.parent), "PATH": ""}
        ways.append(subprocess.run([*command, "--format", "latex"], check=True, env=environment, capture_output=True))
    assert ways[0].stdout == ways[1].stdout
    assert ways[0].stdout.startswith(b"% Set by layerquiz")


def test_an_exam_names_the_template_that_is_not_in_its_language(tmp_path: Path) -> None:
    """All of the library are in every language, those of an author are not."""
    (tmp_path / "own.md").write_text(OWN, encoding="utf-8")
    file = str(tmp_path / "exam.yaml")
    with pytest.raises(LayerquizError) as told:
        exams.parse("language: de\ntitle: T\nquestions:\n  - {template: own.md}\n", file, "unused", Templates(file))
    for part in ("exam.yaml, line 4", "own", "not written in German", "It is in English", "own.de.md"):
        assert part in str(told.value)


def test_a_draw_takes_templates_of_the_language_alone() -> None:
    found = exam_in("de", "title: T\nseed: 1\nquestions:\n  - {draw: {topic: pooling, count: 2}}\n")
    assert {entry.template.words.language for entry in found.entries} == {"de"}


OWN = """---
title: Parameters
network:
  input: {features: {choice: [10, 20]}}
  layers:
    - {kind: dense, name: fc, units: {choice: [3, 4]}}
ask:
  - {blank: fc.weights, label: "weights of {{ fc.units }} units"}
  - {blank: fc.parameters, label: parameters, unit: numbers}
---
A layer has {{ fc.units | plural("unit") }}.
"""
SAID = """---
title: Parameter
ask:
  - Gewichte von {{ fc.units }} Einheiten
  - {label: Parameter, unit: Zahlen}
---
Eine Schicht hat {{ fc.units | plural("Einheit", "Einheiten") }}.
"""


def own(said: str) -> object:
    return in_language(parse(OWN, "own", "own.md", (Translation("de", said, "own.de.md"),)), "de")


def test_a_template_of_ones_own_has_translations_beside_it() -> None:
    question = draw(own(SAID), 1)
    units = question.network.value("fc.units")
    assert question.text == f"Eine Schicht hat {units} Einheiten."
    assert [blank.label for blank in question.blanks] == [f"Gewichte von {units} Einheiten", "Parameter"]
    assert [blank.unit for blank in question.blanks] == ["Gewichte", "Zahlen"]


FAULTS = {
    "too few entries": ("  - {label: Parameter, unit: Zahlen}\n", "", "own.de.md, line 3", "ask has 1 entries"),
    "no unit": (", unit: Zahlen", "", "own.de.md, line 5", '"unit" is missing'),
    "no label": ("  - Gewichte von {{ fc.units }} Einheiten\n", "  - ~\n", "own.de.md, line 4", '"label" is missing'),
    "a unit too many": (
        "  - Gewichte von {{ fc.units }} Einheiten\n",
        "  - {label: G, unit: x}\n",
        "line 4",
        'no "unit"',
    ),
    "numbers of its own": ("title: Parameter\n", "title: P\nnetwork: {}\n", "own.de.md, line 3", "network"),
    "an unknown name in the wording": ("{{ fc.units |", "{{ fb.units |", "own.de.md, line 7", '"fb"'),
    "an unknown name in a label": ("von {{ fc.units }}", "von {{ fb.units }}", "own.de.md, line 4", '"fb"'),
    "the plural of English": (', "Einheiten")', ")", "own.de.md, line 7", "both words"),
    "the article of English": ('| plural("Einheit", "Einheiten")', "| article", "own.de.md, line 7", "article"),
    "no wording": ('Eine Schicht hat {{ fc.units | plural("Einheit", "Einheiten") }}.', "", "own.de.md", "empty"),
}


@pytest.mark.parametrize(("old", "new", "where", "what"), FAULTS.values(), ids=FAULTS)
def test_a_fault_of_a_translation_is_told_with_its_line(old: str, new: str, where: str, what: str) -> None:
    assert old in SAID
    with pytest.raises(LayerquizError) as told:
        draw(own(SAID.replace(old, new)), 1)
    assert where in str(told.value)
    assert what in str(told.value)


@pytest.mark.parametrize(("old", "new"), [(old, new) for old, new, _, _ in FAULTS.values()], ids=FAULTS)
def test_a_check_reads_every_translation(old: str, new: str) -> None:
    """A template whose translation is wrong does not hold; with the right one it does."""
    beside = (Translation("de", SAID.replace(old, new), "own.de.md"),)
    assert any("own.de.md" in problem for problem in check(parse(OWN, "own", "own.md", beside), 5).problems)
    beside = (Translation("de", SAID, "own.de.md"),)
    assert not any("own.de.md" in problem for problem in check(parse(OWN, "own", "own.md", beside), 5).problems)


def test_a_template_may_be_written_in_another_language_at_once(tmp_path: Path) -> None:
    """Who writes for one course in German writes one file."""
    german = OWN.replace("title: Parameters", "title: Parameter\nlanguage: de").replace(
        '("unit")', '("Einheit", "Einheiten")'
    )
    (tmp_path / "eigene.md").write_text(german, encoding="utf-8")
    templates = Templates(str(tmp_path / "exam.yaml"))
    found = exams.parse("language: de\ntitle: T\nquestions: [{template: eigene.md}]\n", "exam.yaml", "1", templates)
    assert found.entries[0].template.words.language == "de"
    with pytest.raises(LayerquizError, match="not written in English"):
        exams.parse("title: T\nquestions: [{template: eigene.md}]\n", "exam.yaml", "1", templates)


def test_translations_stand_beside_their_templates() -> None:
    """None is left alone when its template is renamed, and none is taken for a template."""
    assert [is_translation(name) for name in ("a.de.md", "a.md", "de.md", "a.xx.md")] == [True, False, False, False]
    root = Path(str(folder("question_templates")))
    beside = [file for file in root.rglob("*.md") if is_translation(file.name)]
    assert {file.name.partition(".")[0] for file in beside} <= set(library.files())
    assert all((file.parent / f"{file.name.partition('.')[0]}.md").exists() for file in beside)
    assert len(beside) == len(WRITTEN)
