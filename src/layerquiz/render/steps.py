"""A derivation as blocks of a document: one chain per quantity, letters explained once, equal axes said once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from itertools import pairwise

from layerquiz.errors import LayerquizError, nearest
from layerquiz.exam.letters import InLetters
from layerquiz.formula.derive import Derivation, Planned
from layerquiz.formula.derive import Step as DerivedStep
from layerquiz.formula.expr import Reference
from layerquiz.languages import ENGLISH, Words
from layerquiz.network.folding import COPIED, folded
from layerquiz.network.glossary import meaning
from layerquiz.render.document import Step
from layerquiz.render.mathtext import LATEX, OF_ALL, OWNERS, TEXT, chain, grouped, latex_in, letter, role, text_in


def worked(
    derivation: Derivation, explained: set[str] | None = None, plain: bool = True, words: Words = ENGLISH
) -> tuple[Step, ...]:
    """Return a derivation's steps; `explained` collects the letters that the sheet has explained already.

    `plain` says whether the steps are spelled as plain text too: what is only printed does not need it.
    """
    explained = set() if explained is None else explained
    several = len({step.quantity.owner for step in derivation.steps}) > 1
    return tuple(_block(step, also, explained, plain, several, words) for step, also in folded(derivation.steps))


def in_letters(
    derivation: Derivation, right: InLetters, explained: set[str] | None = None, words: Words = ENGLISH
) -> tuple[Step, ...]:
    """Return a derivation without its numbers: each rule in the letters of its layer, then in those of the question.

    Letters of a rule that are none of the question's are explained, with their number where they have one.
    """
    explained = set() if explained is None else explained
    steps = [first for first, _ in folded(derivation.steps)]
    several = len({step.quantity.owner for step in steps}) > 1
    written = dict(right.on_the_way) | {steps[-1].quantity: right}
    lettered = set(right.varying)
    found = []
    for step in steps:
        if not lettered.isdisjoint(step.names.values()):
            lettered.add(step.quantity)
        meanings = tuple(_meanings(step, explained, words, lettered, right.varying))
        found.append(_in_rule_letters(step, written.get(step.quantity), several, meanings, words))
    return tuple(found)


def _in_rule_letters(
    step: DerivedStep, written: InLetters | None, several: bool, meanings: tuple[str, ...], words: Words
) -> Step:
    """Return a step's letter, its rule, and the formula that this is in the letters of the question."""
    owner = step.quantity.owner
    latex, text = chain(step, latex_in(words))[:2], chain(step, text_in(words))[:2]
    if written is not None and latex[-1] != written.tex:
        latex, text = (*latex, written.tex), (*text, written.text)
    return Step(
        latex, f"{owner}: {' = '.join(text)}", meanings, layer=_owner(owner, words) if several else "", words=words
    )


def _block(
    step: DerivedStep, also: list[DerivedStep], explained: set[str], plain: bool, several: bool, words: Words
) -> Step:
    in_numbers = text_in(words)
    text = f"{_owner(step.quantity.owner, words)}: {' = '.join(chain(step, in_numbers))}" if plain else ""
    layer = _owner(step.quantity.owner, words) if several else ""
    note = _note(step, also, words) if also else ""
    return Step(chain(step, latex_in(words)), text, tuple(_meanings(step, explained, words)), note, layer, words)


def _owner(owner: str, words: Words) -> str:
    """Return what a part of the network is called beside its steps."""
    return words("total") if owner == "total" else owner


def _note(step: DerivedStep, also: list[DerivedStep], words: Words) -> str:
    """Return for what else a step holds, as a sentence."""
    number = grouped(step.value, text_in(words))
    told = words(" and ").join(_likewise(step, also, words, words("the {name}")))
    return words("Likewise {names}: {number}.", names=told, number=number)


def _likewise(
    step: DerivedStep, also: Sequence[DerivedStep], words: Words = ENGLISH, axis: str = "{name}"
) -> list[str]:
    """Say for what else a step holds: other axes of its layer, and the same layer in other copies of its block."""
    owner = step.quantity.owner
    same = [other.quantity.name for other in also if other.quantity.owner == owner]
    axes = [axis.format(name=meaning(name, words=words)) for name in same]
    copies = list(dict.fromkeys(other.quantity.owner for other in also if other.quantity.owner != owner))
    if len(copies) > 2 and all(_is_next(*pair) for pair in pairwise(copies)):
        return [*axes, words("in {first} to {last}", first=copies[0], last=copies[-1])]
    return [*axes, *([words("in {names}", names=words.listed(copies))] if copies else [])]


def _is_next(owner: str, other: str) -> bool:
    """Say whether two layers stand in neighbouring copies."""
    first, second = ([int(number) for number in COPIED.findall(name)] for name in (owner, other))
    return sum(second) - sum(first) == 1


def _meanings(
    step: DerivedStep,
    explained: set[str],
    words: Words,
    lettered: Collection[Reference] = (),
    told: Collection[Reference] = (),
) -> Iterable[str]:
    """Yield each letter's meaning where it stands for the first time: `$K$ = 11 is the kernel size`.

    What is `lettered` has no number; what the question has `told` is not explained again.
    """
    planned = step.planned
    letters = planned.remembered(("letters", words), lambda: _letters_of(planned, words))
    for sign, ref, quantity, told_as in letters:
        if sign in explained or quantity in told:
            continue
        explained.add(sign)
        value = step.value if ref is None else step.values[ref]
        number = "" if quantity in lettered else f" = {grouped(value, latex_in(words))}"
        yield f"${sign}{number}$ ({told_as})"


def _letters_of(planned: Planned, words: Words) -> tuple[tuple[str, Reference | None, Reference, str], ...]:
    """Return the letters of a step that can be explained: each with its reference, its quantity and its meaning.

    The letter of what the step gives is the first, without a reference.
    """
    own = Reference("own", planned.quantity.name)
    found: list[tuple[str, Reference | None, Reference, str]] = [
        (letter(own, latex_in(words)), None, planned.quantity, _meaning(own, words))
    ]
    found += [
        (letter(ref, latex_in(words)), ref, quantity, _meaning(ref, words))
        for ref, quantity in planned.names.items()
        if ref != own and _has_role(ref)
    ]
    return tuple(letters for letters in found if not letters[0].startswith(r"\text"))


def _meaning(ref: Reference, words: Words = ENGLISH) -> str:
    """Return what a letter stands for; with several inputs, of which one: `features of input 2`."""
    told, number = meaning(ref.name, ref.owner in OWNERS, words), role(ref.owner)
    if not number:
        return told
    if words.is_english and told.startswith("input "):
        return f"{told.removeprefix('input ')} of input {number}"
    if words.is_english:
        return told.replace("the input", f"input {number}")
    return words("{text} (input {number})", text=told, number=number)


def _has_role(ref: Reference) -> bool:
    return ref.name in OF_ALL or role(ref.owner) is not None


def as_text(derivation: Derivation) -> str:
    """Return a derivation as plain lines, each step one chain, its new letters explained below it."""
    lines = []
    explained: set[str] = set()
    for step, also in folded(derivation.steps):
        lines.append(f"{step.quantity.owner}: {' = '.join(chain(step))}")
        told = _plain_meanings(step, explained)
        if told:
            lines.append(f"    where {', '.join(told)}")
        lines += [f"    likewise {phrase} = {grouped(step.value)}" for phrase in _likewise(step, also)]
    return "\n".join(lines)


def _plain_meanings(step: DerivedStep, explained: set[str]) -> list[str]:
    told = []
    for ref in step.names:
        sign = letter(ref, TEXT)
        if sign not in explained and _has_role(ref) and not letter(ref, LATEX).startswith(r"\text"):
            explained.add(sign)
            told.append(f"{sign} = {grouped(step.values[ref])} ({_meaning(ref)})")
    return told


def as_latex(derivation: Derivation) -> str:
    """Return a derivation as LaTeX: one aligned chain per step, one line per equality."""
    return "\n".join(aligned(block.latex) for block in worked(derivation))


def aligned(sides: tuple[str, ...]) -> str:
    """Return a chain of equalities as an aligned display."""
    first, *rest = sides
    lines = " \\\\\n".join(f"  &= {side}" for side in rest).lstrip()
    return f"\\[\\begin{{aligned}}\n  {first} {lines}\n\\end{{aligned}}\\]"


def as_mathml(derivation: Derivation) -> str:
    """Return a derivation as MathML: one formula per step, its sides joined by equality signs."""
    from layerquiz.render.mathml import NAMESPACE, mathml

    shown = (mathml(" = ".join(block.latex), display=True) for block in worked(derivation))
    return "\n".join(formula.replace("<math", f'<math xmlns="{NAMESPACE}"', 1) for formula in shown)


def rendered(derivation: Derivation, form: str) -> str:
    """Return a derivation in one of the forms, by name."""
    forms = {"latex": as_latex, "text": as_text, "mathml": as_mathml}
    if form not in forms:
        raise LayerquizError(f'no derivation can be rendered as "{form}"', cure=nearest(form, forms), slug="format")
    return forms[form](derivation)
