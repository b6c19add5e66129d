"""Every formula of every structure is damaged in turn; what no test notices survives."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field

from layerquiz.errors import FormulaError
from layerquiz.formula import expr
from layerquiz.formula.expr import Formula, Reference, substitute, transform, walk
from layerquiz.formula.graph import Rules
from layerquiz.formula.solve import compiled
from layerquiz.network.costs import BATCH
from layerquiz.network.layers.base import SLACK, Origin
from mutation.checks import Check
from mutation.drawings import counted_anew, draw_every_kind, vary
from mutation.mutants import Mutant, mutants
from mutation.replay import KEPT, Replay, Setting

ROUNDS = 2
FEW = 2
"""So many structures of a formula are varied, so many times, before it is said that a damage shows nowhere."""

ENOUGH = 20
"""In so many structures of a formula a damage is written out: what stands in its place there stands in all."""

ALIKE = 3
"""So many formulas of one quantity are damaged that differ in their names only."""

AT_FIRST, AT_MOST = 40, 2000
"""In so many settings a damage is looked for: first, and when it is not seen there."""


COMMON = (
    *("flops", "parameter_bytes", "activation_bytes", "gradient_bytes", "optimiser_bytes", "batch_activation_bytes"),
    *("training_flops", "training_bytes", "arithmetic_intensity"),
)
"""Quantities that one function makes for all kinds: each of their formulas is damaged once, in all kinds at once."""

EVERY_KIND = "every kind"


@dataclass(frozen=True, slots=True)
class Target:
    """One formula of one kind's quantity, and the structures in which it stands."""

    kind: str
    quantity: str
    formula: Formula
    structures: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Damage:
    """A target and what was done to it."""

    target: Target
    mutant: Mutant
    structure: str

    def __str__(self) -> str:
        target = self.target
        where = f" ({self.structure})" if self.structure else ""
        return f"{target.kind}, {target.quantity}{where}: {self.mutant.description} in {text(target.formula)}"


@dataclass
class Report:
    """How many damages were noticed, which show nowhere, and which nobody noticed."""

    noticed: int = 0
    equivalent: list[Damage] = field(default_factory=list)
    survivors: list[Damage] = field(default_factory=list)

    def __str__(self) -> str:
        damaged = self.noticed + len(self.equivalent) + len(self.survivors)
        counts = (
            f"{self.noticed:,} noticed, {len(self.equivalent):,} equivalent here, {len(self.survivors):,} survivors"
        )
        return f"mutants: {damaged:,} damaged formulas, {counts}"

    def lines(self) -> list[str]:
        """Return the survivors and the equivalent, one in a line."""
        survivors = [f"  survivor: {damage}" for damage in self.survivors]
        return survivors + [f"  equivalent here: {damage}" for damage in self.equivalent]


def targets(replay: Replay) -> list[Target]:
    """Return the formulas of each kind's quantities, each with all structures that have it.

    Of formulas that differ in their names only (the axes, a size that is given or follows) those are taken that stand
    in most structures.
    """
    found: dict[tuple[str, str, Formula], list[int]] = {}
    for number, (kind, rules) in enumerate(replay.rules):
        for name, formula in rules.formulas.items():
            found.setdefault((EVERY_KIND if name in COMMON else kind, name, formula), []).append(number)
    taken: Counter[tuple[str, str, str]] = Counter()
    chosen = []
    for (kind, name, formula), numbers in sorted(found.items(), key=lambda item: -len(item[1])):
        alike = (kind, name, tree(formula))
        taken[alike] += 1
        if taken[alike] <= ALIKE:
            chosen.append(Target(kind, name, formula, tuple(numbers)))
    return sorted(chosen, key=lambda target: target.kind)


def tree(formula: Formula) -> str:
    """Return what a formula is made of, without the names in it."""
    return " ".join(str(node) if isinstance(node, expr.Integer) else type(node).__name__ for node in walk(formula))


def known(settings: Iterable[Setting]) -> set[Reference]:
    """Return what a rule can speak of in every setting."""
    found: list[set[Reference]] = []
    for setting in settings:
        owners = [f"before{number}" for number in range(1, len(setting.sources) + 1)]
        owners = ["before"] if len(owners) == 1 else owners
        named = {Reference("own", name) for name in setting.own}
        named |= {
            Reference(owner, name) for owner, values in zip(owners, setting.sources, strict=True) for name in values
        }
        found.append(named)
    return set.intersection(*found) if found else set()


def hunt(
    replay: Replay,
    checks: Collection[Check],
    wanted: Callable[[Target], bool] = lambda _: True,
    thorough: bool = True,
) -> Report:
    """Damage each wanted formula in each way, and run the checks that meet it until one fails.

    Damages that show in no setting are given more settings; those that still do not are listed apart. Where the hunt
    is not `thorough`, only what the checks themselves meet is damaged.
    """
    report = Report()
    with replay.opened():
        if thorough:
            draw_every_kind()
        pending = [damage for target in targets(replay) if wanted(target) for damage in damages(replay, target)]
        alike = [damage for damage in pending if not shows(replay, damage, AT_FIRST)]
        same = {id(damage) for damage in alike if is_the_same(replay, damage)}
        report.equivalent = quiet(replay, [damage for damage in alike if id(damage) not in same])
        apart = same | {id(damage) for damage in report.equivalent}
        latest: list[Check] = []
        for damage in pending:
            if id(damage) in apart:
                continue
            found = noticed(replay, damage, [*latest, *checks], thorough)
            report.noticed += found is not None
            if found is ANEW:
                continue
            if found:
                latest = [found, *(check for check in latest[:3] if check is not found)]
            else:
                report.survivors.append(damage)
    return report


def quiet(replay: Replay, pending: Iterable[Damage]) -> list[Damage]:
    """Return the damages that show in no setting, also when their structures have been varied."""
    left = [damage for damage in pending if not shows(replay, damage, AT_MOST)]
    for _ in range(ROUNDS):
        vary(replay, sorted({number for damage in left for number in damage.target.structures[:FEW]}))
        left = [damage for damage in left if not shows(replay, damage, AT_MOST)]
    return left


def is_the_same(replay: Replay, damage: Damage) -> bool:
    """Say whether a damaged formula says what it did, once a layer's own quantities are written out: no damage."""
    target = damage.target
    return all(
        written_out(replay.rules[number][1], damage.mutant.formula)
        == written_out(replay.rules[number][1], target.formula)
        for number in target.structures[:ENOUGH]
    )


def written_out(rules: Rules, formula: Formula) -> Formula:
    """Return a formula with each own quantity's formula in its place, and no factor of 1."""
    meant: dict[Formula, Formula] = {}
    for name, own in rules.formulas.items():
        meant[Reference("own", name)] = substitute(own, meant)
    return transform(substitute(formula, meant), without_ones)


def without_ones(node: Formula) -> Formula:
    """Return a product without its factors of 1, and without products in it."""
    if not isinstance(node, expr.Product):
        return node
    return expr.product(factor for factor in node.factors if factor != expr.Integer(1))


def damages(replay: Replay, target: Target) -> list[Damage]:
    """Return what can be done to a formula; what makes it need its own value cannot be built, and is left out."""
    settings = [setting for number in target.structures for setting in replay.settings[number][:1]]
    found = []
    for mutant in mutants(target.formula, known(settings)):
        number = target.structures[0]
        rules = replay.rules[number][1]
        try:
            rules.replaced({target.quantity: mutant.formula})
        except FormulaError:
            continue
        found.append(Damage(target, mutant, marks(rules.origin)))
    return found


def marks(origin: object) -> str:
    """Return in words what is special about a structure: its words and flags."""
    if not isinstance(origin, Origin):
        return ""
    found = [f"{name} {mark}" for name, mark in origin.own.marks.items() if mark not in (None, "(given)", "(equal)")]
    return ", ".join([origin.conventions.name, *found])


def shows(replay: Replay, damage: Damage, most: int) -> bool:
    """Say whether a damaged formula gives another result in one of so many settings, which are evenly spread."""
    each = most // len(damage.target.structures) + 2
    return any(_shown(replay, damage, each))


def showing(replay: Replay, damage: Damage) -> dict[int, Setting]:
    """Return the structures in which a damaged formula gives another result, each with a setting in which it does."""
    shown = _shown(replay, damage, KEPT)
    return {number: found for number, found in zip(damage.target.structures, shown, strict=True) if found}


def _shown(replay: Replay, damage: Damage, most: int) -> Iterator[Setting | None]:
    """Yield for each structure one of its latest settings in which a damaged formula gives another result.

    If there are several, one whose network can be counted.
    """
    name, structures = damage.target.quantity, damage.target.structures
    ref = Reference("own", name)
    is_read = name.startswith(SLACK) and any(
        ref in read for number in structures for read in replay.rules[number][1].reads.values()
    )
    run = compiled({name: substitute(damage.mutant.formula, {BATCH: Reference("before0", BATCH.name)})})
    for number in structures:
        latest = sorted(replay.settings[number][-most:], key=lambda setting: setting.spec is None)
        yield next((setting for setting in latest if setting.tells_apart(name, run, is_read)), None)


ANEW = Check("test_every_quantity_is_what_is_counted[drawn anew]", lambda: None, frozenset(), 0)
"""The count of every quantity, on further drawings of the structures that are damaged."""


def noticed(replay: Replay, damage: Damage, checks: Iterable[Check], anew: bool = True) -> Check | None:
    """Return the first test that fails on a damaged formula; `anew` the count of every quantity is one of them."""
    target = damage.target
    with replay.damage(target.structures, target.quantity, damage.mutant.formula):
        for check in checks:
            if not check.structures.isdisjoint(target.structures) and check.notices():
                return check
        if anew and counted_anew(replay, showing(replay, damage)):
            return ANEW
    return None


SIGNS: dict[type[Formula], str] = {
    expr.Sum: " + ",
    expr.Difference: " - ",
    expr.Product: "*",
    expr.Quotient: "/",
    expr.Power: "^",
}


def text(node: Formula) -> str:
    """Return a formula in one line, with all brackets."""
    if isinstance(node, expr.Integer):
        return str(node.value)
    if isinstance(node, Reference):
        return str(node)
    parts = [text(child) for child in node.children()]
    sign = SIGNS.get(type(node))
    return f"({sign.join(parts)})" if sign else f"{type(node).__name__.lower()}({', '.join(parts)})"
