"""The letters of a question that asks for a formula: which quantities have one, and what it is called.

A quantity of one layer is asked in that layer's own letters: its keys, and the sizes of its input. A template may
choose others: what it does not choose is a number.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from layerquiz.errors import LayerquizError, TemplateError
from layerquiz.formula.expr import Formula, Number, Reference, transform
from layerquiz.formula.graph import OWN, Graph, Part, Rules
from layerquiz.formula.inlined import inlined
from layerquiz.formula.spelling import TEXT, latex_in, write
from layerquiz.languages import ENGLISH, Words
from layerquiz.network.glossary import AXIS_LETTERS, SIZES, START, TRACED, plain_letter
from layerquiz.network.glossary import letter as letter_of
from layerquiz.network.glossary import meaning as meaning_of
from layerquiz.network.mistakes import CATALOGUE, without_other_sums
from layerquiz.network.mistakes.base import Asked, Factors
from layerquiz.network.network import Network

SAYS_NOTHING = {"padding": 0, "output_padding": 0, "stride": 1, "dilation": 1, "groups": 1, "multiplier": 1}
SAYS_NOTHING |= {"layers": 1, "projection": 0, "lora": 0, "position_bias": 0, "before": 0, "after": 0}
"""Keys at the value at which one does not speak of them: then a formula may leave their letters out."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A quantity by its letter: `sign` as plain text, which is its name in formulas, and `tex`.

    `of_one` says that another layer has the same letter, `of_axis` that its axis is named.
    `varies` says whether the letter stands for any number; else it has the value of the network, or one that follows
    from the other letters. `own` says whether the layer that is asked about has it itself, or takes it in.
    """

    ref: Reference
    sign: str
    tex: str
    varies: bool
    own: bool
    of_one: bool = False
    of_axis: bool = True

    @property
    def meaning(self) -> str:
        """Return what the letter stands for, in English."""
        return self.means(ENGLISH)

    def means(self, words: Words) -> str:
        """Return what the letter stands for; where another layer has the same letter, of which layer."""
        name = self.ref.name if self.of_axis else self.ref.name.partition(".")[0]
        found = meaning_of(name, self.own, words)
        return words("{text} of {name}", text=found, name=self.ref.owner) if self.of_one else found


@dataclass(frozen=True, slots=True)
class InLetters:
    """A formula in letters, as plain text and as TeX; of one through several layers also what is found on the way.

    `varying` are the quantities that the question gives letters.
    """

    text: str
    tex: str
    on_the_way: tuple[tuple[Reference, InLetters], ...] = ()
    varying: frozenset[Reference] = field(default=frozenset(), repr=False)  # no order to print


@dataclass(frozen=True)
class Lettered:
    """One quantity of a network, to be given as a formula: the graph above it, and the letters."""

    network: Network
    target: Reference
    graph: Graph
    letters: tuple[Letter, ...]
    alone: bool

    @property
    def varying(self) -> tuple[Letter, ...]:
        """Return the letters that stand for any number."""
        return tuple(letter for letter in self.letters if letter.varies)

    @cached_property
    def _readable(self) -> Graph:
        """Return the graph for formulas: of the inputs of a layer alone, only what has a letter may be read."""
        if not self.alone:
            return self.graph
        own = self.graph.parts[self.target.owner]
        kept = {letter.ref for letter in self.letters}
        inputs = [part for name, part in self.graph.parts.items() if name != self.target.owner]
        return Graph([*(replace(part, givens=_only(part, kept)) for part in inputs), own])

    @cached_property
    def right(self) -> Formula:
        """Return the right formula in letters."""
        return self.formula()

    def solved(self, words: Words = ENGLISH) -> InLetters:
        """Return the right formula as it is written, and those on the way, where a rule has other letters."""
        written = replace(self.written(self.right, words), varying=frozenset(letter.ref for letter in self.varying))
        if self.alone:
            return written
        refs = [
            ref for ref in self.graph.order([self.target]) if ref.name in self.graph.parts[ref.owner].rules.formulas
        ]
        return replace(written, on_the_way=tuple((ref, self.written(self.formula(of=ref), words)) for ref in refs))

    def formula(self, changed: Mapping[str, Rules] | None = None, of: Reference | None = None) -> Formula:
        """Return the quantity in letters, or another one above it; `changed` are other rules for some layers."""
        signs = {letter.ref: Reference("", letter.sign) for letter in self.varying}
        found = inlined(self._readable, of or self.target, signs.keys(), changed)
        return transform(found, lambda node: signs[node] if isinstance(node, Reference) else node)

    @property
    def structure(self) -> Hashable:
        """Return what decides the formulas: letters and rules, and the numbers that have no letter."""
        varying = {letter.ref for letter in self.varying}
        inputs, parts = [], [self.graph.parts[self.target.owner]]
        if not self.alone:
            parts = list(self.graph.parts.values())
        else:
            inputs = [part for name, part in self._readable.parts.items() if name != self.target.owner]
        fixed = [(part.name, part.rules, part.sources, _fixed(part, varying), self._applying(part)) for part in parts]
        numbers = [_fixed(part, varying) for part in inputs]
        return self.target, self.letters, self.alone, tuple(fixed), tuple(numbers), self._scaled

    @property
    def _scaled(self) -> tuple[Factors, ...]:
        """Return what mistakes multiply the answer with: for some it depends on how large a number it is."""
        value = self.network.values[self.target.owner][self.target.name]
        asked = Asked(self.target.name, value, self.network.conventions.bytes_per_number)
        return tuple(mistake.asked(asked) for mistake in CATALOGUE.values())

    def _applying(self, part: Part) -> tuple[bool, ...]:
        """Return which mistakes that are ones for some numbers only can be made at a layer."""
        if not part.sources:
            return ()
        values = self.network.values
        return tuple(m.applies(values[part.sources[0]], values[part.name]) for m in CATALOGUE.values())

    def written(self, formula: Formula, words: Words = ENGLISH) -> InLetters:
        """Return a formula in letters as text and as TeX."""
        tex = {letter.sign: letter.tex for letter in self.letters}
        return InLetters(
            write(formula, lambda ref: ref.name, TEXT),
            write(formula, lambda ref: tex.get(ref.name, ref.name), latex_in(words)),
        )

    def listed(self) -> str:
        """Return the letters and what they mean as plain text: `K (kernel size), C_in (input channels)`."""
        return ", ".join(f"{letter.sign} ({letter.meaning})" for letter in self.varying)


def legend(letters: Iterable[Letter], words: Words = ENGLISH) -> str:
    """Return what letters mean, as Markdown: `$K$ kernel size, $C_{\\text{in}}$ input channels`."""
    return ", ".join(f"${letter.tex}$ {letter.means(words)}" for letter in letters)


def lettered(
    network: Network,
    quantity: str,
    chosen: Sequence[str] | None = None,
    also: Collection[str] = (),
    fixed: Collection[str] = (),
    words: Words = ENGLISH,
) -> Lettered:
    """Return a quantity with its letters; `chosen` names the quantities that are letters, such as `conv.kernel`.

    Without a choice they are those of the layer. `also` are signs of letters that vary although the network has the
    number at which they say nothing: somebody uses them. `fixed` are signs of letters that keep the network's number.
    `words` have the letters of a course, where it has any.
    Raises LayerquizError where there is no one formula.
    """
    target = _one_formula(network, quantity)
    alone = chosen is None and network.graph.parts[target.owner].rules.shared
    graph = _cut(network, target) if alone else _above(network, target)
    if alone:
        found = list(_of_layer(graph, target))
    else:
        found = _chosen(network, target, chosen) if chosen is not None else list(_givens(graph, target))
    signed = _signed(found, words)
    varies = [
        replace(letter, varies=(letter.varies or letter.sign in also) and letter.sign not in fixed) for letter in signed
    ]
    return Lettered(network, target, graph, (*varies, *_following(graph, target, varies, words)), alone)


def _one_formula(network: Network, quantity: str) -> Reference:
    """Return the quantity that is asked for; where it has one number for each axis, the first of them."""
    members = network.members(quantity)
    if len(members) > 1 and len({_without_axis(network, ref) for ref in members}) > 1:
        cure = f"Ask for one of: {', '.join(map(str, members))}"
        raise LayerquizError(f'"{quantity}" is no single formula', cure=cure, slug="no-single-formula")
    if network.graph.parts[members[0].owner].rules.formulas.get(members[0].name) is None:
        cure = "Ask for something that follows from it"
        raise LayerquizError(f'"{quantity}" is given and has no formula', cure=cure, slug="no-formula")
    return members[0]


def _without_axis(network: Network, ref: Reference) -> object:
    """Return a quantity's rule with the name of its axis covered."""
    axis = next((part for part in ref.name.split(".") if part in AXIS_LETTERS), "")
    formula = network.graph.parts[ref.owner].rules.formulas.get(ref.name)
    if not axis or formula is None:
        return ref

    def covered(node: Formula) -> Formula:
        return Reference(node.owner, node.name.replace(axis, "*")) if isinstance(node, Reference) else node

    return transform(formula, covered)


def _cut(network: Network, target: Reference) -> Graph:
    """Return one layer and what it takes its input from as mere numbers: the formulas before it do not matter."""
    part = network.graph.parts[target.owner]
    values = network.values
    sources = [Part(name, Rules({}), dict(values[name])) for name in dict.fromkeys(part.sources)]
    return Graph([*sources, part])


def _above(network: Network, target: Reference) -> Graph:
    """Return the layers that a quantity depends on, and what they take their inputs from."""
    graph = without_other_sums(network.graph, [target])
    needed = {ref.owner for ref in graph.order([target])}
    for name in reversed(graph.parts):
        if name in needed:
            needed.update(graph.parts[name].sources)
    return Graph(part for name, part in graph.parts.items() if name in needed)


def _only(part: Part, kept: set[Reference]) -> dict[str, Number]:
    return {name: value for name, value in part.givens.items() if Reference(part.name, name) in kept}


def _fixed(part: Part, varying: set[Reference]) -> tuple[tuple[str, Number], ...]:
    return tuple((name, value) for name, value in part.givens.items() if Reference(part.name, name) not in varying)


def _letter(ref: Reference, varies: bool, own: bool) -> Letter:
    return Letter(ref, "", "", varies, own)


def _says_nothing(ref: Reference, value: object) -> bool:
    return SAYS_NOTHING.get(ref.name.partition(".")[0]) == value


def _of_layer(graph: Graph, target: Reference) -> Iterator[Letter]:
    """Yield the letters of one layer: its own numbers, then the sizes of its inputs and what else its rule reads."""
    part = graph.parts[target.owner]
    for name, value in part.givens.items():
        ref = Reference(target.owner, name)
        yield _letter(ref, not _says_nothing(ref, value), own=True)
    read = [ref for ref in graph.order([target]) if ref.owner != target.owner]
    for source in dict.fromkeys(part.sources):
        sizes = [Reference(source, size) for size in SIZES if size in graph.parts[source].givens]
        for ref in dict.fromkeys([*sizes, *(ref for ref in read if ref.owner == source)]):
            yield _letter(ref, varies=True, own=False)


def _givens(graph: Graph, target: Reference) -> Iterator[Letter]:
    """Yield the letters of every number that a quantity of several layers depends on."""
    for ref in graph.order([target]):
        part = graph.parts[ref.owner]
        if ref.name in part.givens and ref.name not in part.rules.formulas:
            yield _letter(ref, not _says_nothing(ref, part.givens[ref.name]), own=ref.owner != "input")


def _chosen(network: Network, target: Reference, names: Sequence[str]) -> list[Letter]:
    """Return the letters of the quantities that a template chooses."""
    sources = network.graph.parts[target.owner].sources
    refs = dict.fromkeys(ref for name in names for ref in network.members(name))
    for ref in refs:
        part = network.graph.parts[ref.owner]
        if ref.name in part.rules.formulas:
            cure = "Choose what the network states: input sizes and keys such as kernel"
            raise TemplateError(f'"{ref}" follows from other numbers', cure=cure, slug="no-letter")
    return [_letter(ref, True, own=ref.owner not in ("input", *sources)) for ref in refs]


def _signed(found: Sequence[Letter], words: Words) -> list[Letter]:
    """Return letters with their signs; those of two layers that are the same get the layers' names."""
    short = [_without_only_axis(letter, found, words) for letter in found]
    taken = [letter.tex for letter in short]
    named = [letter if taken.count(letter.tex) == 1 else _of_owner(letter) for letter in short]
    return [replace(letter, sign=plain_letter(letter.tex.replace(r"\_", "_")).replace(" ", "_")) for letter in named]


def _without_only_axis(letter: Letter, found: Sequence[Letter], words: Words) -> Letter:
    """Return a letter in TeX, without its axis where it is one such as r_H and no other axis has one."""
    base, _, axis = letter.ref.name.partition(".")
    axes = {other.ref.name for other in found if other.ref.name.partition(".")[0] == base}
    if base not in (*TRACED, START) or not axis or len(axes) > 1:
        return replace(letter, tex=letter_of(letter.ref.name, letter.own, words))
    return replace(letter, tex=letter_of(base, letter.own, words), of_axis=False)


def _of_owner(letter: Letter) -> Letter:
    """Put the name of its layer behind a letter that two layers have."""
    owner = letter.ref.owner.replace("_", r"\_")
    named = rf"{letter.tex}_{{\text{{{owner}}}}}"
    if letter.tex.endswith("}") and "_{" in letter.tex:
        named = rf"{letter.tex[:-1]},\text{{{owner}}}}}"
    return replace(letter, tex=named, of_one=True)


def _following(graph: Graph, target: Reference, letters: Sequence[Letter], words: Words) -> Iterator[Letter]:
    """Yield the sizes of the layer that have letters too, and follow from the others."""
    taken = {letter.sign for letter in letters}
    part = graph.parts[target.owner]
    for name in part.rules.formulas:
        ref = Reference(target.owner, name)
        is_size = name in SIZES or name.startswith("effective_kernel")
        if not is_size or ref == target or target in graph.order([ref]):
            continue
        tex = letter_of(name, words=words)
        sign = plain_letter(tex)
        if sign not in taken and OWN not in sign:
            yield Letter(ref, sign, tex, varies=False, own=True)
