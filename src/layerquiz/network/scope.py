"""What the layers of one copy of a block see: their names, the block's inputs and arguments, and what lies around."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from layerquiz.errors import FormulaError, nearest
from layerquiz.network import expression
from layerquiz.network.layer import is_name
from layerquiz.network.notation import named

MOST_LAYERS = 20_000
COPY = "block"


def is_block(written: Any) -> bool:
    """Say whether an entry of `layers` is a block: layers that stand together, or a named block."""
    if not isinstance(written, Mapping) or "kind" in written:
        return False
    return "block" in written or "repeat" in written or isinstance(written.get("layers"), list)


@dataclass(slots=True)
class Scope:
    """What the layers of one copy of a block see: names, inputs, arguments; and what holds for all of them.

    lender: the beginning of the names of the layers whose parameters its layers use. copies: how often its layers
    will stand in the network.
    """

    prefix: str = ""
    inputs: tuple[str, ...] = ("input",)
    arguments: Mapping[str, Any] | None = None
    outer: Scope | None = None
    lender: str = ""
    trainable: bool = True
    depth: int = 0
    copies: int = 1
    names: frozenset[str] = frozenset()
    given: dict[str, str] = field(init=False)

    def within(self, name: str, inputs: tuple[str, ...], arguments: Mapping[str, Any] | None) -> Scope:
        """Return the scope of a block that stands in this one."""
        lender = self.lender and f"{self.lender}{name}."
        return Scope(
            f"{self.prefix}{name}.", inputs, arguments, self, lender, self.trainable, self.depth + 1, self.copies
        )

    def __post_init__(self) -> None:
        """Call the inputs as they are called inside: `input`, or `input1`, `input2` where there are several."""
        several = len(self.inputs) != 1
        self.given = {f"input{number if several else ''}": name for number, name in enumerate(self.inputs, 1)}

    def whole(self, name: str) -> str:
        """Return the whole name of what a name means here; one that nothing carries stays as it is."""
        if name in self.given:
            return self.given[name]
        if name == "input" and self.outer:
            known = ", ".join(self.given) or "none: say from"
            raise FormulaError(f"the block has several inputs or none: {known}", slug="unknown-layer")
        if name.partition(".")[0] in self.names:
            return self.prefix + name
        return self.outer.whole(name) if self.outer else name

    def sources(self, written: Any) -> Any:
        """Return the whole names of what a layer takes its input from."""
        if isinstance(written, list):
            return [self.whole(name) if isinstance(name, str) else name for name in written]
        return self.whole(written) if isinstance(written, str) else written

    def inputs_of(self, written: str | list[str]) -> tuple[str, ...]:
        """Return the whole names of what a block takes."""
        return tuple(map(self.whole, [written] if isinstance(written, str) else written))

    def argument(self, name: str) -> Any:
        """Return the value of an argument."""
        known = self.arguments or {}
        if name not in known:
            raise FormulaError(f'there is no argument "{name}"', cure=nearest(name, known), slug="unknown-name")
        return known[name]

    def filled(self, written: Any) -> Any:
        """Return an entry of a block's body with its expressions worked out; outside of blocks nothing is one."""
        if self.arguments is None or isinstance(written, int):
            return written
        if isinstance(written, list):
            # No key takes lists in lists in lists; anchors could nest them without end, and repeat one many times.
            inner = {id(entry): entry for entry in written if isinstance(entry, list)}
            lists = {place: [self._worked_out(part) for part in entry] for place, entry in inner.items()}
            return [lists[id(entry)] if id(entry) in lists else self._worked_out(entry) for entry in written]
        return self._worked_out(written)

    def _worked_out(self, written: Any) -> Any:
        is_expression = isinstance(written, str) and written.startswith("=")
        return expression.parse(written[1:]).value(self.argument) if is_expression else written


def labels_of(written: Sequence[Any], scope: Scope) -> Iterator[list[str]]:
    """Yield what each entry is called in its scope: one name; for a repeated block without a name, one for each copy.

    "" stands for what has no kind or an impossible name: the check of all layers says so.
    """
    counts: dict[str, int] = {}
    for mapping in written:
        name = mapping.get("name") if isinstance(mapping, Mapping) else ""
        kind = COPY if is_block(mapping) else ""
        if isinstance(mapping, Mapping) and kind != COPY:
            kind = named(scope.filled(mapping.get("kind", "")))
        if kind == COPY and name is None:
            repeat = scope.filled(mapping.get("repeat", 1))
            number = repeat if isinstance(repeat, int) and 1 <= repeat <= MOST_LAYERS else 1
            first = counts.get(kind, 0) + 1
            counts[kind] = first + number - 1
            yield [f"{kind}{place}" for place in range(first, first + number)]
            continue
        counts[kind] = counts.get(kind, 0) + (kind != COPY)
        yield [f"{kind}_{counts[kind]}" if name is None else name if is_name(name) else ""]
