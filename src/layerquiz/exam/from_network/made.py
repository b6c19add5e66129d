"""Questions from a network: proposals that became templates which can be drawn, and whose mistakes show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from layerquiz.errors import LayerquizError, nearest
from layerquiz.exam.drawing import drawings
from layerquiz.exam.from_network import showing
from layerquiz.exam.from_network.quantities import checked
from layerquiz.exam.from_network.ranges import LEVELS
from layerquiz.exam.from_network.templates import EXACT, Writing
from layerquiz.exam.from_network.wordings import Said
from layerquiz.exam.from_network.worth import KINDS, Proposal, in_turn, proposals
from layerquiz.exam.question import Question
from layerquiz.exam.template import ConventionsChoice, Template, parse
from layerquiz.languages import ENGLISH, Words
from layerquiz.network.network import Network

TRIED, MOST_REJECTED = 6, 60
"""So many drawings of a template are tried; it is none where so many attempts at them cannot be used."""


@dataclass(frozen=True)
class Wish:
    """What is wished from a network: what is asked for (else what is usual), of which kinds, in which language.

    exactly: its own numbers. conventions: those that count where the network states none.
    """

    asked: tuple[str, ...] = ()
    kinds: tuple[str, ...] = KINDS
    exactly: bool = False
    words: Words = ENGLISH
    conventions: ConventionsChoice = "textbook"

    def title(self, network: Network) -> str:
        """Return what a sheet of questions about a network is called."""
        return Said(self.words, network.name, self.exactly).heading()


@dataclass(frozen=True)
class Made:
    """A template, and what in the network it is about: `names` are those of the layers there, by those in it."""

    template: Template
    proposal: Proposal

    @property
    def names(self) -> dict[str, str]:
        """Return the layers' names in the network by their names in the template."""
        return {new: old for old, new in self.proposal.region.names.items()}


def made(network: Network, wish: Wish, most: int, name: str = "question", earlier: Sequence[Made] = ()) -> list[Made]:
    """Return so many different templates about a network, or as many as there are; those worth most first.

    name: what their names begin with. earlier: what was made about the same network, and is not made again.
    Raises `LayerquizError` where something is asked for that the network does not have.
    """
    asked = checked(wish.asked, network)
    for kind in wish.kinds:
        if kind not in KINDS:
            what = f'no question about a network is of the kind "{kind}"'
            raise LayerquizError(what, cure=nearest(kind, KINDS), slug="unknown-kind")
    conventions = network.spec.get("conventions", wish.conventions)
    network = network.under(conventions)
    writing = Writing(Said(wish.words, network.name, wish.exactly), conventions, wish.exactly)
    found: list[Made] = []
    before = [made.proposal for made in earlier]
    turns = in_turn(proposals(network, asked, wish.kinds), before)
    proposal = next(turns, None)
    while proposal is not None and len(found) < most:
        template = _template(writing, proposal, f"{name}-{len(before) + len(found) + 1}")
        if template is not None:
            found.append(Made(template, proposal))
        try:
            proposal = turns.send(template is not None)
        except StopIteration:
            break
    return found


def _template(writing: Writing, proposal: Proposal, name: str) -> Template | None:
    """Return the template of a proposal, drawing as much as can be drawn; None where it gives no question."""
    levels = (EXACT,) if writing.exactly else LEVELS[1 if proposal.region.joins else 0 :]
    for level in levels:
        found = _at_level(writing, proposal, level, name)
        if found is not None:
            return found
    return None


def _at_level(writing: Writing, proposal: Proposal, level: str, name: str) -> Template | None:
    plant = _plant(writing, proposal, level) if proposal.kind == "find-error" else ()
    if plant is None:
        return None
    template = parse(writing.text(proposal, level, plant=plant), name)
    drawn = _tried(template)
    if any(map(showing.is_ambiguous, drawn)):
        return None
    if not drawn or (level != EXACT and len({question.identity for question in drawn}) == 1):
        return None
    if proposal.kind in ("find-error", "compare") or level == EXACT:
        return template
    for slugs in showing.told_apart(drawn):
        better = parse(writing.text(proposal, level, slugs), name)
        if _tried(better):
            return better
    return template


def _plant(writing: Writing, proposal: Proposal, level: str) -> tuple[str, ...] | None:
    """Return the mistakes that the solution of a part may have; None where too few show."""
    plain = replace(proposal, kind="number")
    drawn = _tried(parse(writing.text(plain, level), "plain"))
    found = showing.planted(drawn)
    return found or None


def _tried(template: Template) -> list[Question]:
    """Return some drawings of a template; none where it can hardly be drawn."""
    failures: Counter[str] = Counter()
    try:
        found = [next(drawings(template, seed, failures=failures)) for seed in range(TRIED)]
    except LayerquizError:
        return []
    return found if failures.total() <= MOST_REJECTED else []
