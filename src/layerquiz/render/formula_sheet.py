"""The formula sheet of an exam: the rules of the kinds of layers that occur in it, as the package counts by them.

Nothing here is typed: a formula is that of a layer in one of the exam's networks, in its own letters.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from layerquiz.exam.described import KINDS
from layerquiz.exam.needs import Needs, needs_of
from layerquiz.exam.question import Question
from layerquiz.formula.expr import Formula, Integer, Reference, references, transform
from layerquiz.formula.spelling import Style, latex_in
from layerquiz.languages import ENGLISH, Words, phrase
from layerquiz.network.glossary import AXIS_LETTERS, SIZES, meaning
from layerquiz.render.document import Block, Paragraph, Step
from layerquiz.render.mathtext import OF_ALL, OWNERS, letter, role, write

ALWAYS = (*SIZES, "weights", "biases", "parameters", "macs")
"""Quantities whose formulas stand on every sheet; further ones where they are asked."""

FEW = 3
"""So many kinds are named where a formula holds for several."""

OF_SEVERAL = phrase("several kinds of layers")
SAME = ("same", "causal")


@dataclass(frozen=True, slots=True)
class Rule:
    """One formula of one kind of layer: `kind` is its name in English words, `quantity` what the formula gives.

    rank: the number of axes that a window slides along, 0 for none. padding: the padding in words that it is for.
    """

    kind: str
    rank: int
    quantity: str
    formula: Formula
    padding: str = ""


def rules(questions: Iterable[Question]) -> frozenset[Rule]:
    """Return the rules of all layers that the answers to some questions rest on."""
    return frozenset(rule for question in questions for needs in needs_of(question) for rule in _known(needs))


def _known(needs: Needs) -> tuple[Rule, ...]:
    """Return the rules that the answers to one question rest on: the same for all drawings of its structure."""
    return needs.network.structure.remembered(("formula sheet", needs.about), lambda: tuple(_rules(needs)))


def _rules(needs: Needs) -> Iterator[Rule]:
    wanted = {*ALWAYS, *needs.asked}
    for layer in needs.layers:
        family, padding = layer.kind.family, getattr(layer.keys, "padding", "")
        formulas = needs.network.graph.parts[layer.name].rules.formulas
        for quantity, formula in formulas.items():
            base, _, axis = quantity.partition(".")
            is_wanted = base in wanted and axis in ("", *AXIS_LETTERS) and _says_something(quantity, formula)
            if is_wanted and not _is_like_the_first(quantity, formulas):
                given = padding if padding in SAME and base in AXIS_LETTERS else ""
                yield Rule(KINDS.get(family, family), layer.kind.rank, quantity, formula, given)


def _says_something(quantity: str, formula: Formula) -> bool:
    """Say whether a formula is more than a number, and more than what stands before the layer."""
    if isinstance(formula, Reference):
        return formula.name != quantity and letter(formula) != letter(Reference("own", quantity))
    return not isinstance(formula, Integer)


def _is_like_the_first(quantity: str, formulas: dict[str, Formula]) -> bool:
    """Say whether a formula for one axis is the same as that for an axis before it, its letters apart."""
    *base, axis = quantity.split(".")
    axes = [other for other in AXIS_LETTERS if ".".join((*base, other)) in formulas]
    if axis not in axes or axis == axes[0]:
        return False
    first = ".".join((*base, axes[0]))
    return _along(formulas[quantity], axis, axes[0]) == formulas[first]


def _along(formula: Formula, axis: str, other: str) -> Formula:
    """Return a formula for one axis as it is along another one."""

    def turned(node: Formula) -> Formula:
        if not isinstance(node, Reference):
            return node
        return Reference(node.owner, ".".join(other if part == axis else part for part in node.name.split(".")))

    return transform(formula, turned)


def sheet(found: Iterable[Rule], words: Words = ENGLISH) -> tuple[Block, ...]:
    """Return the formulas of some rules as blocks: by kinds of layers, each letter explained where it is met first."""
    style, explained, blocks = latex_in(words), set[str](), list[Block]()
    for heading, formulas in _grouped(frozenset(found), style, words):
        blocks.append(Paragraph(heading, heading=True))
        letters = tuple(sign for rule in formulas for sign in _letters(rule, style, explained, words))
        *most, last = [_step(rule, style, words) for rule in formulas]
        blocks += [*most, replace(last, where=letters)]
    return tuple(blocks)


def _grouped(found: frozenset[Rule], style: Style, words: Words) -> Iterator[tuple[str, list[Rule]]]:
    """Yield the rules under a heading each; what holds for several kinds is said once, under all their names."""
    ranks: dict[str, set[int]] = {}
    same: dict[Rule, set[tuple[int, str, int]]] = {}
    order = [*KINDS.values()]
    for rule in found:
        ranks.setdefault(rule.kind, set()).add(rule.rank)
        place = order.index(rule.kind) if rule.kind in order else len(order)
        same.setdefault(replace(rule, kind="", rank=0), set()).add((place, rule.kind, rule.rank))
    groups: dict[tuple[tuple[int, str, int], ...], list[Rule]] = {}
    for rule, kinds in same.items():
        groups.setdefault(tuple(sorted(kinds)), []).append(rule)
    for together in sorted(groups, key=lambda kinds: (len(kinds), kinds)):
        names = dict.fromkeys(
            f"{words(kind)} ({rank}-D)" if len(ranks[kind]) > 1 else words(kind) for _, kind, rank in together
        )
        heading = words.listed([*names]) if len(names) <= FEW else words(OF_SEVERAL)
        yield f"{heading[:1].upper()}{heading[1:]}", _in_order(groups[together], style)


def _in_order(rules: Sequence[Rule], style: Style) -> list[Rule]:
    """Return rules in order: sizes first, then what is counted, then what is asked beyond that."""

    def place(rule: Rule) -> tuple[int, str, str]:
        base = rule.quantity.partition(".")[0]
        return ALWAYS.index(base) if base in ALWAYS else len(ALWAYS), rule.quantity, _written(rule.formula, style)

    return sorted(rules, key=place)


def _written(formula: Formula, style: Style) -> str:
    return write(formula, lambda ref: letter(ref, style), style)


def _step(rule: Rule, style: Style, words: Words) -> Step:
    """Return a formula, and for which padding it is."""
    note = words('with padding "{padding}"', padding=rule.padding) if rule.padding else ""
    return Step((letter(Reference("own", rule.quantity), style), _written(rule.formula, style)), "", note=note)


def _letters(rule: Rule, style: Style, explained: set[str], words: Words) -> Iterator[str]:
    """Yield what the letters of a formula mean that were not explained before."""
    for ref in (Reference("own", rule.quantity), *references(rule.formula)):
        sign = letter(ref, style)
        known = role(ref.owner) is not None or ref.name in OF_ALL
        if known and sign not in explained and not sign.startswith(r"\text"):
            yield f"${sign}$ ({meaning(ref.name, ref.owner in OWNERS, words)})"
        explained.add(sign)
