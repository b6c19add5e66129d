"""The template of a proposed question: its front matter and its wording, in one language, as the text of a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from layerquiz.exam.from_network.ranges import Varied
from layerquiz.exam.from_network.variants import Variant
from layerquiz.exam.from_network.wordings import Said
from layerquiz.exam.from_network.worth import Proposal, cells
from layerquiz.exam.grid import called

EXACT = "exact"
"""The level of drawing at which nothing is drawn."""

TOPICS = {
    "convtranspose": "transposed", "depthwiseconv": "groups", "separableconv": "groups",
    "conv": "convolution-parameters", "dense": "dense", "rnn": "recurrent", "lstm": "recurrent", "gru": "recurrent",
    "attention": "attention", "encoderlayer": "attention", "decoderlayer": "attention", "embedding": "embedding",
    "maxpool": "pooling", "avgpool": "pooling", "batchnorm": "normalisation", "layernorm": "normalisation",
    "groupnorm": "normalisation",
}  # fmt: skip
LEVELS = {"number": 1, "table": 3, "find-error": 3, "compare": 2}

Front = dict[str, Any]


@dataclass(frozen=True)
class Writing:
    """How templates about one network are written: its sentences, and the conventions that it is counted under."""

    said: Said
    conventions: Any
    exactly: bool

    def text(self, proposal: Proposal, level: str, tells_apart: Sequence[str] = (), plant: Sequence[str] = ()) -> str:
        """Return the template; `plant` are the mistakes that an error to be found may be."""
        varied = Varied(proposal.region, level)
        network = proposal.region.written() if level == EXACT else varied.network()
        front: Front = {"title": self.title(proposal), "language": self.said.words.language, "kind": proposal.kind}
        if proposal.kind == "table":
            front["kind"] = "number"
        front["topics"] = [TOPICS.get(proposal.region.target.kind.family, "network")]
        front["level"] = LEVELS[proposal.kind] + (proposal.kind == "number" and len(proposal.region.layers) > 1)
        front["conventions"] = self.conventions
        if varied.let:
            front["let"] = varied.let
        front |= self._networks(proposal, network) if proposal.variant else {"network": network}
        front |= self._asked(proposal, plant)
        if tells_apart:
            front["tells_apart"] = list(tells_apart)
        written = yaml.safe_dump(front, sort_keys=False, allow_unicode=True, default_flow_style=None, width=118)
        return f"---\n{written}---\n{self._wording(proposal)}\n"

    def title(self, proposal: Proposal) -> str:
        """Return the heading: what kind of layer it is about, or what it is that is done."""
        words, region = self.said.words, proposal.region
        if proposal.kind == "find-error":
            return words("Find the error: {name}", name=self.said.noun(proposal.quantities[0]))
        if proposal.variant:
            return words(
                "{first} or {second}", first=self._names(proposal.variant)[0], second=self._names(proposal.variant)[1]
            )
        if proposal.kind == "table":
            return words("Layer by layer")
        if proposal.of_all and len(region.layers) > 1:
            name = words("Branches that meet") if region.joins else words("Several layers together")
            return self.said.title(name, proposal.quantities)
        return self.said.title(self.said.kind(region.target), proposal.quantities)

    def _names(self, variant: Variant) -> tuple[str, str]:
        first, second = (self.said.words(name) for name in variant.names)
        return first[:1].upper() + first[1:], second

    def _networks(self, proposal: Proposal, network: Front) -> Front:
        """Return both designs of a comparison; the second takes the same input."""
        variant = proposal.variant
        if variant is None:
            return {}
        first, second = (self.said.words(name) for name in variant.names)
        same = {size: f"= a.input.{size}" for size in network["input"]}
        return {
            "networks": {
                "a": {"name": first, **network},
                "b": {"name": second, "input": same, "layers": variant.layers},
            }
        }

    def _asked(self, proposal: Proposal, plant: Sequence[str]) -> Front:
        region, words = proposal.region, self.said.words
        target = region.names[region.target.name]
        if proposal.kind == "find-error":
            owner = "total" if proposal.of_all else target
            return {"ask": [{"wrong_line": f"{owner}.{proposal.quantities[0]}", "plant": list(plant)}]}
        if proposal.kind == "compare":
            quantity = proposal.quantities[0]
            name, total = called(quantity, words), f"total.{quantity}"
            values = [
                {"value": f"{owner}.{total}", "label": words("{name}: {text}", name=words(design), text=name)}
                for owner, design in zip("ab", proposal.variant.names if proposal.variant else (), strict=True)
            ]
            return {"ask": [{"largest": total, "label": words("which has more {name}?", name=name)}, *values]}
        if proposal.kind == "table":
            return self._table(proposal)
        owner = "total" if proposal.of_all else target
        blanks = [(f"{owner}.{quantity}", called(quantity, words)) for quantity in proposal.quantities]
        return {"ask": [{"blank": name, "label": label} for name, label in blanks]}

    def _table(self, proposal: Proposal) -> Front:
        names, points = proposal.region.names, 0.5
        asked = [f"{names[layer]}.{column}" for layer, column in cells(proposal.region, proposal.quantities)]
        return {"layout": "grid", "ask": [{"blank": name, "points": points} for name in asked]}

    def _wording(self, proposal: Proposal) -> str:
        said, region = self.said, proposal.region
        if proposal.variant:
            return self._compared(proposal, proposal.variant)
        whom = "total" if proposal.of_all else region.names[region.target.name]
        if proposal.kind == "find-error":
            last = said.mistaken(proposal.quantities[0], whom)
        else:
            last = said.fill() if proposal.kind == "table" else said.give(proposal.quantities, whom)
        return f"{said.lead(region)}\n\n{said.layers(region)}\n\n{last}"

    def _compared(self, proposal: Proposal, variant: Variant) -> str:
        """Return both designs, each with its layers, and what is asked of both."""
        said, region = self.said, proposal.region
        own = [region.names[layer.name] for layer in region.layers]
        other = [str(layer["name"]) for layer in variant.layers]
        designs = [
            self._design(owner, names, is_named=said.words(name) == said.kind_of(kinds[0]) and len(names) == 1)
            for owner, name, names, kinds in (
                ("a", variant.names[0], own, [layer.kind.name for layer in region.layers]),
                ("b", variant.names[1], other, [str(layer["kind"]) for layer in variant.layers]),
            )
        ]
        lead = said.words("Two designs are compared for one place {where}.", where=said.where())
        asked = said.words("Give {what} of each design.", what=said.noun(proposal.quantities[0]))
        return f"{lead} {said.takes(region.input, 'a.input')}\n\n" + "\n".join(designs) + f"\n\n{asked}"

    def _design(self, owner: str, layers: Sequence[str], is_named: bool) -> str:
        """Return a line about one design: its name, unless its one layer is called so, and its layers."""
        told = "; ".join(f"{{{{ {owner}.{name}.description }}}}" for name in layers)
        return f"- {told}" if is_named else f"- {{{{ {owner}.name }}}}{self.said.colon} {told}"
