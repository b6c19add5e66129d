"""The wording of a question: Markdown with the drawn numbers put in, as a Jinja2 template in a sandbox.

A template may come from anyone, so little is allowed: printing, `if`, `for` over few things, and our own filters.
Loops and output are limited by counting, which gives the same verdict on a slow machine as on a fast one.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import jinja2
from jinja2 import StrictUndefined, Template, TemplateSyntaxError, Undefined, UndefinedError, meta, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from layerquiz.errors import LayerquizError, TemplateError, nearest
from layerquiz.exam.printed import MOST_OUTPUT, check_length, filters, printed
from layerquiz.languages import ENGLISH, Words

MOST_CHARACTERS = 20_000
MOST_ROUNDS = 5_000
"""Rounds of all loops of one wording together."""

COUNTED = "_counted"
TAG = re.compile(r"\{%.*?%\}")

ALLOWED: tuple[type[nodes.Node], ...] = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Getattr,
    nodes.Getitem,
    nodes.Const,
    nodes.Filter,
    nodes.Call,
    nodes.If,
    nodes.CondExpr,
    nodes.For,
    nodes.List,
    nodes.Tuple,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.Neg,
    nodes.Add,
    nodes.Sub,
    nodes.Mul,
    nodes.FloorDiv,
    nodes.Mod,
)
"""Everything that a wording may hold; nothing of it can keep a value and let it grow."""

CAN = "A wording can print, compare, calculate with + - * // %, use if and for, and the filters of the guide"


class _Sandbox(ImmutableSandboxedEnvironment):
    """The sandbox, in which arithmetic is for whole numbers only: no text of a billion letters."""

    intercepted_binops = frozenset(("+", "-", "*", "//", "%"))

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        if not (isinstance(left, int) and isinstance(right, int)):
            raise TemplateError(f"{operator} is for whole numbers", slug="wording")
        return super().call_binop(context, operator, int(left), int(right))


@cache
def _environment(words: Words = ENGLISH) -> _Sandbox:
    def finished(found: Any) -> str:
        """Return a value as it prints; one that is not there raises its own error."""
        return str(found) if isinstance(found, Undefined) else printed(found, words)

    sandbox = _Sandbox(undefined=StrictUndefined, finalize=finished, trim_blocks=True, lstrip_blocks=True)
    sandbox.globals.clear()
    sandbox.filters.clear()
    sandbox.tests.clear()
    sandbox.filters.update(filters(words))
    return sandbox


@dataclass(frozen=True, eq=False, slots=True)
class Wording:
    """A read wording: its compiled template, and the names that it needs with their lines."""

    template: Template
    name: str
    first_line: int
    needs: tuple[tuple[str, int], ...]

    def render(self, names: Mapping[str, Any]) -> str:
        """Return the Markdown with the values of some names put in."""
        for name, line in self.needs:
            if name not in names:
                known = [known for known in names if not known.startswith("_")]
                raise self._fault(f'there is no "{name}"', line, nearest(name, known), "unknown-name")
        try:
            return self._joined({**names, "range": _short_range, COUNTED: _counter()})
        except LayerquizError as error:
            raise self._fault(error.what, self._line(error), error.cure, error.slug) from None
        except UndefinedError as error:
            raise self._fault("a part of this has no value", self._line(error), "", "unknown-name") from None
        except (jinja2.TemplateError, TypeError, ValueError, ArithmeticError, LookupError) as error:
            raise self._fault(str(error), self._line(error), "", "wording") from None

    def _joined(self, names: Mapping[str, Any]) -> str:
        pieces, length = [], 0
        for piece in self.template.root_render_func(self.template.new_context(dict(names))):
            length += len(piece)
            if length > MOST_OUTPUT:
                check_length(" " * length)
            pieces.append(piece)
        return "".join(pieces).strip()

    def _line(self, error: BaseException) -> int:
        """Return the line of the wording that was being rendered."""
        frames = traceback.walk_tb(error.__traceback__)
        inside = [number for frame, number in frames if frame.f_code.co_filename == self.template.filename]
        return self.template.get_corresponding_lineno(inside[-1]) if inside else 1

    def _fault(self, what: str, line: int, cure: str, slug: str) -> TemplateError:
        return _fault(self.name, self.first_line + line - 1, what, cure, slug)


def _fault(name: str, line: int, what: str, cure: str = "", slug: str = "wording") -> TemplateError:
    return TemplateError(what, where=f"{name}, line {line}", cure=cure, slug=slug)


def _with_breaks(text: str) -> str:
    """Let a line that prints something and ends with a tag keep its line break: only lines of tags alone vanish."""
    return "\n".join(f"{line[:-2]}+%}}" if _ends_with_tag(line) else line for line in text.split("\n"))


def _ends_with_tag(line: str) -> bool:
    tag = line[line.rfind("{%") :] if "{%" in line else ""
    whole = tag.find("%}") == len(tag) - 2 and tag[-3:-2] not in ("-", "+")
    return bool(tag) and whole and TAG.sub("", line).strip() != ""


def parse(text: str, name: str, first_line: int = 1, words: Words = ENGLISH) -> Wording:
    """Return a wording, checked and compiled; `name` and `first_line` say in messages where it stands."""
    environment = _environment(words)
    if len(text) > MOST_CHARACTERS:
        raise _fault(name, first_line, f"the wording has {len(text):,} characters", f"Allowed are {MOST_CHARACTERS:,}")
    try:
        text = _with_breaks(text)
        tree = environment.parse(text)
        refused = _refused(tree, words)
        if refused:
            node, what, cure = refused
            raise _fault(name, first_line + node.lineno - 1, what, cure)
        needs = _needs(tree)
        _count_rounds(tree, environment)
        code = environment.compile(tree, name, f"<wording of {name}>")
    except TemplateSyntaxError as error:
        raise _fault(name, first_line + error.lineno - 1, str(error.message)) from None
    except (RecursionError, MemoryError, SyntaxError):
        raise _fault(name, first_line, "the wording is nested too deeply") from None
    except ValueError:
        raise _fault(name, first_line, "the wording holds a number that is too long") from None
    return Wording(Template.from_code(environment, code, {}), name, first_line, needs)


def verbatim(text: str, name: str) -> Wording:
    """Return a wording that says a text as it is, whatever stands in it."""
    tree = nodes.Template([nodes.Output([nodes.TemplateData(text)], lineno=1)], lineno=1)
    environment = _environment(ENGLISH)
    tree.set_environment(environment)
    code = environment.compile(tree, name, f"<text of {name}>")
    return Wording(Template.from_code(environment, code, {}), name, 1, ())


def _refused(tree: nodes.Template, words: Words) -> tuple[nodes.Node, str, str] | None:
    """Return the first part of a wording that is not allowed, what it is, and what to do."""
    stack: list[nodes.Node] = [tree]
    while stack:
        node = stack.pop()
        fault = _fault_of(node, words)
        if fault:
            return node, *fault
        stack.extend(node.iter_child_nodes())
    return None


def _fault_of(node: nodes.Node, words: Words) -> tuple[str, str] | None:
    match node:
        case nodes.Filter() if node.name not in filters(words):
            return f'there is no filter "{node.name}"', nearest(node.name, filters(words))
        case nodes.Call() if not (isinstance(node.node, nodes.Name) and node.node.name == "range"):
            return "only range can be called", CAN
        case nodes.Name() | nodes.Getattr() if _hidden(node):
            return "names do not begin with _", CAN
        case nodes.Getitem() if not (isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, int)):
            return "only a number may stand in square brackets", CAN
        case nodes.For() if node.recursive:
            return "a loop that calls itself is not allowed", CAN
    if not isinstance(node, ALLOWED):
        return f'"{type(node).__name__.lower()}" is not allowed in a wording', CAN
    return None


def _hidden(node: nodes.Name | nodes.Getattr) -> bool:
    return (node.name if isinstance(node, nodes.Name) else node.attr).startswith("_")


def _needs(tree: nodes.Template) -> tuple[tuple[str, int], ...]:
    """Return the names that a wording takes from outside, with the line on which each stands first."""
    undeclared = meta.find_undeclared_variables(tree) - {"range"}
    lines = {node.name: node.lineno for node in reversed(list(tree.find_all(nodes.Name)))}
    return tuple(sorted((name, lines[name]) for name in undeclared))


def _count_rounds(tree: nodes.Template, environment: _Sandbox) -> None:
    """Let every loop run over a counted version of what it runs over."""
    for loop in tree.find_all(nodes.For):
        counter = nodes.Name(COUNTED, "load", lineno=loop.lineno)
        loop.iter = nodes.Call(counter, [loop.iter], [], None, None, lineno=loop.lineno)
    tree.set_environment(environment)


def _counter() -> Callable[[Iterable[Any]], Iterator[Any]]:
    """Return a function that passes entries on until the rounds of all loops together are too many."""
    left = MOST_ROUNDS

    def counted(entries: Iterable[Any]) -> Iterator[Any]:
        nonlocal left
        for entry in entries:
            left -= 1
            if left < 0:
                raise TemplateError(f"the loops have more than {MOST_ROUNDS:,} rounds", slug="wording-too-long")
            yield entry

    return counted


def _short_range(*bounds: int) -> range:
    """Return a range for a loop."""
    found = range(*map(int, bounds))
    if len(found) > MOST_ROUNDS:
        raise TemplateError(f"a range of more than {MOST_ROUNDS:,} numbers", slug="wording-too-long")
    return found
