"""What the oracles have compared in one run, and where they differ: the end of the report says it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

SHOWN = 5
RECORDED = {
    "torch_layers": "torch layers",
    "keras_layers": "keras layers",
    "networks": "networks",
    "receptive_fields": "receptive fields",
    "macs": "multiply-adds",
}
"""The files of recorded cases, and what each holds."""


@dataclass
class Tally:
    """What was compared: by framework, and for recorded cases by file.

    layers: those with equal numbers. networks: those that were drawn whole. refused: by both sides. decided: by one
    side, and a decision says so. fields: receptive fields and jumps held against gradients. imports: models that were
    imported, by where they are from, and their layers; differences: where these and their networks disagree.
    """

    layers: Counter[str] = field(default_factory=Counter)
    networks: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    decided: Counter[str] = field(default_factory=Counter)
    fields: Counter[str] = field(default_factory=Counter)
    recorded: Counter[str] = field(default_factory=Counter)
    mismatches: list[str] = field(default_factory=list)
    imports: Counter[str] = field(default_factory=Counter)
    differences: list[str] = field(default_factory=list)

    def plain(self) -> dict[str, Any]:
        """Return the counts as plain data, for another process."""
        return {name: found if isinstance(found, list) else dict(found) for name, found in vars(self).items()}

    def add(self, other: dict[str, Any]) -> None:
        """Add the counts of a process that ran a part of the tests."""
        for name, found in other.items():
            if isinstance(found, list):
                getattr(self, name).extend(found)
            else:
                getattr(self, name).update(found)

    def since(self, known: int) -> str:
        """Return the first few mismatches after those that are known, or nothing."""
        found = self.mismatches[known:]
        more = f"\n... and {len(found) - SHOWN:,} more" if len(found) > SHOWN else ""
        return "\n".join(found[:SHOWN]) + more

    def lines(self) -> list[str]:
        """Return what the end of a report says; nothing where no oracle ran."""
        return [*self._drawn(), *self._fields(), *self._recorded(), *self._imported()]

    def _drawn(self) -> list[str]:
        if not self.layers and not self.mismatches:
            return []
        order = sorted(self.layers, reverse=True)  # torch, then keras; the unit stands with the first
        compared = [
            f"{self.layers[name]:,}{unit} in {name}" for name, unit in zip(order, (" layers", ""), strict=False)
        ]
        compared.append(f"{sum(self.networks.values()):,} networks")
        wrong = len(self.mismatches)
        refused, decided = sum(self.refused.values()), sum(self.decided.values())
        return [
            f"oracles: {', '.join(compared)}: {wrong:,} {'mismatch' if wrong == 1 else 'mismatches'}",
            f"refusals: {refused:,} by both sides, {decided:,} by one, each a decision",
        ]

    def _fields(self) -> list[str]:
        return [f"gradients: {self.fields['torch']:,} receptive fields and jumps in torch"] if self.fields else []

    def _recorded(self) -> list[str]:
        counts = [f"{self.recorded[file]:,} {what}" for file, what in RECORDED.items() if file in self.recorded]
        return [f"shared data: {', '.join(counts)} agree"] if counts else []

    def _imported(self) -> list[str]:
        if not self.imports:
            return []
        order = sorted(self.imports, key=lambda name: (name == "layers", name))
        counts = ", ".join(f"{self.imports[name]:,} {name}" for name in order)
        wrong = len(self.differences)
        return [f"imports: {counts}: {wrong:,} {'difference' if wrong == 1 else 'differences'}"]
