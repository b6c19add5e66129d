"""Bad and hostile templates at the prompt: one message with file, line and cure; nothing that stands there is run."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from layerquiz.cli import main
from layerquiz.render.escape import without_tags
from render.test_escape import run_by_others

TEMPLATE = """\
---
title: TITLE
topics: [dense]
let:
  word: {choice: [DRAWN]}
network:
  input: {features: {choice: [40, 60]}}
  layers:
    - {kind: dense, name: out, units: {range: [3, 70]}}
require:
  - REQUIRE
ask:
  - {blank: out.weights, label: 'LABEL', unit: 'UNIT'}
---
First line of the wording.

WORDING {{ word }}
"""
PLAIN = {"TITLE": "T", "DRAWN": "w", "REQUIRE": "out.units > 2", "LABEL": "l", "UNIT": "u", "WORDING": "How many?"}
FORMATS = ("text", "markdown", "latex", "html")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def written(**changed: str) -> None:
    """Write the template as `t.md`, with some of its texts changed."""
    text = TEMPLATE
    for key, plain in PLAIN.items():
        text = text.replace(key, changed.get(key, plain))
    Path("t.md").write_text(text, encoding="utf-8")


def refused(*arguments: str) -> str:
    result = run(*arguments)
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)
    assert result.output.startswith("Error: ")
    assert result.output.count("Error") == 1
    return result.output


LOOPS = "{% for a in range(4000) %}{% for b in range(4000) %}{% endfor %}{% endfor %}"
ENDLESS = "{% for a in range(10000000000) %}{% endfor %}"
MACRO = "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}"
HIDDEN = "names do not begin with _"
CAN = "A wording can print"
FAULTS = {
    "condition that never holds": (
        "REQUIRE",
        "out.units > 70",
        "t.md",
        'out.units > 70" did not hold: 200 times. Widen',
    ),
    "unknown filter": ("WORDING", "{{ 3 | nunber }}", "line 17", 'Did you mean "number"?'),
    "loop in a loop": ("WORDING", LOOPS, "line 17", "5,000 rounds"),
    "endless range": ("WORDING", ENDLESS, "line 17", "5,000"),
    "macro that calls itself": ("WORDING", MACRO, "line 17", CAN),
    "class of a text": ("WORDING", "{{ ''.__class__.__mro__ }}", "line 17", HIDDEN),
    "globals of a helper": ("WORDING", "{{ cycler.__init__.__globals__ }}", "line 17", HIDDEN),
    "attribute by a filter": ("WORDING", "{{ '' | attr('__class__') }}", "line 17", 'there is no filter "attr"'),
    "filter that maps": ("WORDING", "{{ layers | map(attribute='x') }}", "line 17", 'there is no filter "map"'),
    "assignment": ("WORDING", "{% set a = 1 %}", "line 17", CAN),
    "import": ("WORDING", "{% import 'os' as os %}", "line 17", CAN),
    "include": ("WORDING", "{% include '/etc/passwd' %}", "line 17", CAN),
    "class in a label": ("LABEL", "{{ word.__class__ }}", "line 13", HIDDEN),
    "filter in a label": ("LABEL", "{{ word | attr(word) }}", "line 13", 'there is no filter "attr"'),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_bad_template_is_one_message_with_file_line_and_cure(name: str) -> None:
    key, text, place, said = FAULTS[name]
    written(**{key: text})
    output = refused("draw", "t.md")
    assert output.startswith("Error: t.md")
    assert place in output
    assert said in output
    checked = run("check", "t.md", "--seeds", "3")
    assert checked.exit_code == 1
    assert said in checked.output


def test_each_condition_is_counted() -> None:
    """Of two conditions each is told with the number of drawings that failed by it."""
    written(REQUIRE="out.units > 40\n  - out.units < 30")
    counts = [int(count) for count in re.findall(r"did not hold: (\d+) times", refused("draw", "t.md"))]
    assert len(counts) == 2
    assert min(counts) > 20
    assert sum(counts) == 200


def test_mathematics_that_reads_files_is_refused_with_its_line() -> None:
    for command in (r"\input{/etc/passwd}", r"\write18{ls}", r"\def\x{}", r"\href{javascript:x}{y}"):
        written(WORDING=f"${command}$")
        for form in ("latex", "html"):
            output = refused("draw", "t.md", "--format", form)
            assert output.startswith("Error: t.md, line 17")
            assert "not allowed in mathematics" in output


HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '<a href="javascript:alert(1)">a</a>',
    "[a](javascript:alert(1)) ![b](http://b/c.png)",
    r"\input{/etc/passwd} \write18{ls} \def\x{y} \csname end\endcsname",
    r"100% & # _ ^ ~ { } \ \begin{document} \end{document}",
    "-->]]><!-- {% raw %}",
)


class Reader(HTMLParser):
    """Collects what a browser would run, fetch or follow."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember elements and attributes that act."""
        self.found += [tag] if tag in ("script", "img", "svg", "iframe", "object", "a") else []
        self.found += [name for name, value in attrs if name.startswith("on") or "script:" in (value or "")]


SIGNS = {"\\textbackslash", "\\textquotedbl", "\\textasciicircum", "\\textasciitilde", "\\textasciigrave"}
"""Commands that print one sign."""


def commands(source: str) -> set[str]:
    """Return the commands of a TeX source."""
    return set(re.findall(r"\\[A-Za-z]+", source))


def quoted(text: str) -> str:
    """Return a text that stands in YAML as it is, and is no tag of a wording."""
    return text.replace("'", "''").replace("{%", "{ %")


@pytest.mark.parametrize("place", [key for key in PLAIN if key != "REQUIRE"])
@pytest.mark.parametrize("text", HOSTILE)
def test_html_and_tex_are_text_in_every_format(text: str, place: str) -> None:
    """In a title, a drawn word, a label, a unit and the wording: shown or left out, never run."""
    text = text.replace("{ }", "{ x }")
    written(**{place: f"'{quoted(text)}'" if place in ("TITLE", "DRAWN") else quoted(text)})
    shown = {form: run("draw", "t.md", "--seed", "1", "--solution", "--format", form) for form in FORMATS}
    for form, result in shown.items():
        assert result.exit_code == 0, f"{form}: {result.output}"
    assert Reader(shown["html"].output).found == []
    assert run_by_others(shown["markdown"].output) == []
    assert without_tags(shown["markdown"].output) == shown["markdown"].output
    written()
    usual = run("draw", "t.md", "--seed", "1", "--solution", "--format", "latex").output
    assert commands(shown["latex"].output) - commands(usual) <= SIGNS


def test_an_unknown_topic_and_too_many_templates_are_told_with_the_nearest() -> None:
    """In an exam file, with its line."""
    Path("roster.csv").write_text("student,name\ns1,A\n")
    for draw, said in (
        ("{topic: polling, count: 1}", 'Did you mean "pooling"?'),
        ("{topic: pooling, count: 99}", "Ask for fewer"),
    ):
        Path("exam.yaml").write_text(f"title: T\nseed: 1\nquestions:\n  - {{draw: {draw}}}\n")
        output = refused("exam", "exam.yaml", "--roster", "roster.csv", "-o", "out")
        assert "exam.yaml, line 4" in output
        assert said in output
