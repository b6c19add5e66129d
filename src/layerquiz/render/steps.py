"""A derivation as blocks of a document: one chain per quantity, letters explained once, equal axes said once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from layerquiz.errors import LayerquizError, nearest
from layerquiz.exam.letters import InLetters
from layerquiz.formula.derive import Derivation
from layerquiz.formula.derive import Step as DerivedStep
from layerquiz.formula.expr import Reference, references
from layerquiz.network.folding import folded
from layerquiz.network.glossary import entry
from layerquiz.render.document import Step
from layerquiz.render.mathtext import LATEX, OF_ALL, OWNERS, TEXT, chain, grouped, letter, role


def worked(derivation: Derivation, explained: set[str] | None = None, plain: bool = True) -> tuple[Step, ...]:
    """Return a derivation's steps; `explained` collects the letters that the sheet has explained already.

    `plain` says whether the steps are spelled as plain text too: what is only printed does not need it.
    """
    explained = set() if explained is None else explained
    several = len({step.quantity.owner for step in derivation.steps}) > 1
    return tuple(_block(step, also, explained, plain, several) for step, also in folded(derivation.steps))


def in_letters(derivation: Derivation, right: InLetters) -> tuple[Step, ...]:
    """Return a derivation without its numbers: each rule in the letters of its layer, then the whole formula."""
    steps = [first for first, _ in folded(derivation.steps)]
    several = len({step.quantity.owner for step in steps}) > 1
    found = [_in_rule_letters(step, several) for step in steps]
    last = found[-1]
    if last.latex[-1] != right.tex:
        found[-1] = replace(last, latex=(*last.latex, right.tex), text=f"{last.text} = {right.text}")
    return tuple(found)


def _in_rule_letters(step: DerivedStep, several: bool) -> Step:
    """Return a step's letter and its rule, without numbers."""
    owner = step.quantity.owner
    return Step(chain(step, LATEX)[:2], f"{owner}: {' = '.join(chain(step)[:2])}", layer=owner if several else "")


def _block(step: DerivedStep, also: list[DerivedStep], explained: set[str], plain: bool, several: bool) -> Step:
    likewise = " and ".join(f"the {entry(other.quantity.name).meaning}" for other in also)
    note = f"Likewise {likewise}: {grouped(step.value)}." if also else ""
    text = f"{step.quantity.owner}: {' = '.join(chain(step))}" if plain else ""
    layer = step.quantity.owner if several else ""
    return Step(chain(step, LATEX), text, tuple(_meanings(step, explained)), note, layer)


def _meanings(step: DerivedStep, explained: set[str]) -> Iterable[str]:
    """Yield each letter's meaning where it stands for the first time: `$K$ = 11 is the kernel size`."""
    own = Reference("own", step.quantity.name)
    for ref in (own, *references(step.formula)):
        sign = letter(ref, LATEX)
        if sign in explained or sign.startswith(r"\text") or not _has_role(ref):
            continue
        explained.add(sign)
        value = step.value if ref == own else step.values[ref]
        yield f"${sign} = {grouped(value, LATEX)}$ ({_meaning(ref)})"


def _meaning(ref: Reference) -> str:
    """Return what a letter stands for; with several inputs, of which one."""
    meaning = entry(ref.name, own=ref.owner in OWNERS).meaning
    return f"{meaning} {role(ref.owner) or ''}".rstrip()


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
        lines += [f"    likewise {entry(other.quantity.name).meaning} = {grouped(other.value)}" for other in also]
    return "\n".join(lines)


def _plain_meanings(step: DerivedStep, explained: set[str]) -> list[str]:
    told = []
    for ref in references(step.formula):
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
