"""Wording that breaks: what cannot be rendered, what is left of braces and commands, and numbers that read wrongly."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from layerquiz.check.found import Problem, at_words
from layerquiz.errors import LayerquizError
from layerquiz.exam.printed import article
from layerquiz.exam.question import Question
from layerquiz.exam.template import Template
from layerquiz.exam.wording import Wording
from layerquiz.languages import ENGLISH, Words
from layerquiz.render import html, latex, markdown, text
from layerquiz.render.document import Sheet
from layerquiz.render.questions import sheet

FORMATS: dict[str, Callable[[Sheet], str]] = {
    "LaTeX": lambda document: latex.sheet(document).text,
    "Markdown": markdown.sheet,
    "HTML": html.sheet,
    "text": text.sheet,
}

NOUNS = (
    *("channels", "filters", "kernels", "units", "inputs", "outputs", "heads", "tokens", "features", "layers"),
    *("pixels", "rows", "columns", "bytes", "numbers", "parameters", "weights", "biases", "images", "steps"),
    *("maps", "blocks", "experts", "copies", "neurons", "examples", "sequences", "gates", "positions", "groups"),
)
MATHS = re.compile(r"\$[^$]*\$|```.*?```|`[^`\n]*`", re.DOTALL)
"""Mathematics and code, where braces and spaces are what they are."""

SLIPS: dict[str, re.Pattern[str]] = {
    "two spaces stand together": re.compile(r"(?<=\S)(?<!\|)[ \t]{2,}(?=[^\s|])"),
    "a space stands before a mark": re.compile(r"(?<=\w) [,.;:?!](?=\s|$)"),
    "braces are left over": re.compile(r"\{\{|\}\}|\{%|%\}|[{}]"),
    "a word of Python is left over": re.compile(r"\b(?:None(?! of\b|,)|Undefined|Fraction)\b"),
}
ENGLISH_SLIPS: dict[str, re.Pattern[str]] = {
    "a number does not fit its noun": re.compile(
        rf"(?<![\w.,×x$])1 (?:(?:in|out)put |more |hidden )?(?:{'|'.join(NOUNS)})\b"
    ),
    "a word stands twice": re.compile(r"\b([A-Za-z]+)\s+\1\b"),
}
ARTICLE = re.compile(r"\b([Aa]n?) \$?(\d+)")


def broken(question: Question, seed: int, solved: bool) -> Iterator[Problem]:
    """Yield what is wrong with a drawing as it is printed; `solved` looks at the worked solution too."""
    template = question.template
    for printed in (question.text, *(blank.label for blank in question.blanks)):
        for what, found in slips(printed, question.words):
            yield Problem(at_words(template, found), what, seed, f'"{found.strip()}"')
    document = sheet(question.title, [question], solved)
    for name, form in FORMATS.items():
        try:
            form(document)
        except LayerquizError as error:
            yield Problem(at_words(template, error.what), f"it cannot be printed as {name}", seed, str(error))


def given_away(template: Template) -> Iterator[Problem]:
    """Yield which name of `let` the wording prints although the key that is asked for is made from it."""
    key = template.hiding.asked_key if template.hiding is not None else None
    if key is None:
        return
    labels = [asked.label for asked in template.asked if isinstance(asked.label, Wording)]
    printed_names = {name for said in (template.wording, *labels) for name, _ in said.needs}
    for name in sorted(key.made_from(template.written.mapping()) & printed_names):
        what = f"the wording names {name}, from which {key.name} is made, and gives it away"
        yield Problem(at_words(template, name), what)


def slips(printed: str, words: Words = ENGLISH) -> Iterator[tuple[str, str]]:
    """Yield what is wrong in a printed text, each with the words around it."""
    patterns = {**ENGLISH_SLIPS, **SLIPS} if words.is_english else SLIPS
    bare = MATHS.sub(lambda maths: "$" * (maths.end() - maths.start()), printed)
    for what, pattern in patterns.items():
        for found in pattern.finditer(bare):
            yield what, _around(printed, found)
    for found in ARTICLE.finditer(printed) if words.is_english else ():
        right = article(int(found[2])).partition(" ")[0]
        if found[1].lower() != right:
            yield f'"{found[1]}" should be "{right}"', _around(printed, found)


def _around(printed: str, found: re.Match[str]) -> str:
    """Return the words of the same line around a place."""
    before, after = printed[: found.start()], printed[found.end() :]
    start, end = before[-30:].rpartition("\n")[2], after[:30].partition("\n")[0]
    return f"{start}{printed[found.start() : found.end()]}{end}"
