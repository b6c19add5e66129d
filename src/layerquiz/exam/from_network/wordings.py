"""What questions about a network say, in every language: sentences without a number, which templates fill in."""

from __future__ import annotations

import re
from collections.abc import Sequence

from layerquiz.exam.described import KINDS
from layerquiz.exam.from_network.regions import Region
from layerquiz.exam.grid import called
from layerquiz.languages import Words, phrase
from layerquiz.network.layer import Layer
from layerquiz.network.layers.base import family_of

UNSAFE = re.compile(r"[^\w .,()/+-]")
LONGEST_NAME = 60
UNNAMED = "network"
"""What a network is called that has no name."""

NOUNS = {
    "shape": phrase("the output shape"),
    "parameters": phrase("the number of parameters"),
    "weights": phrase("the number of weights"),
    "biases": phrase("the number of biases"),
    "trainable": phrase("the number of trainable parameters"),
    "nontrainable": phrase("the number of non-trainable parameters"),
    "macs": phrase("the number of multiply-adds (MACs)"),
    "flops": phrase("the number of operations (FLOPs)"),
    "activations": phrase("the count of numbers in the output"),
    "receptive_field": phrase("the receptive field"),
    "parameter_bytes": phrase("the memory of the parameters"),
    "activation_bytes": phrase("the memory of the output"),
    "height": phrase("the output height"),
    "width": phrase("the output width"),
    "length": phrase("the output length"),
    "channels": phrase("the number of output channels"),
    "features": phrase("the number of output features"),
}
"""Quantities as a sentence names them; others as a table does."""

UNITS = phrase("Give the memory with its unit.")
MEMORY = ("bytes",)


class Said:
    """The sentences of one language about one network; exactly: as it is, not one like it."""

    def __init__(self, words: Words, network: str, exactly: bool) -> None:
        self.words, self.exactly = words, exactly
        self.name = "" if network == UNNAMED else UNSAFE.sub("", network)[:LONGEST_NAME].strip()

    def heading(self) -> str:
        """Return what a sheet of questions about the network is called."""
        return self.words("Practice sheet: {name}", name=self.name) if self.name else self.words("Practice sheet")

    def where(self) -> str:
        """Return in which network some layers stand."""
        if self.exactly:
            return self.words("in {name}", name=self.name) if self.name else self.words("in the network")
        return self.words("in a network like {name}", name=self.name) if self.name else self.words("in a network")

    def lead(self, region: Region) -> str:
        """Return what the layers of a part are, and what goes into them."""
        return f"{self._begins(region)} {self.takes(region.input)}"

    def _begins(self, region: Region) -> str:
        words, where = self.words, self.where()
        if region.is_whole:
            if not self.name:
                return words("A network has these layers.")
            if self.exactly:
                return words("{name} has these layers.", name=self.name)
            return words("A network like {name} has these layers.", name=self.name)
        if len(region.layers) == 1:
            first = words("This layer comes first {where}.", where=where)
            return first if region.entry == "input" else words("This layer stands {where}.", where=where)
        first = words("These layers come first {where}.", where=where)
        return first if region.entry == "input" else words("These layers stand {where}.", where=where)

    def takes(self, sizes: Sequence[str] | dict[str, int], owner: str = "input") -> str:
        """Return what goes in, its numbers left to the template."""
        words = self.words
        tokens = _counted(f"{owner}.tokens", words("token"), words("tokens"))
        features = _counted(f"{owner}.features", words("feature"), words("features"))
        if tuple(sizes) == ("tokens",):
            return words("The input is a sequence of {tokens}.", tokens=tokens)
        if tuple(sizes) == ("features",):
            return words("The input is a vector with {features}.", features=features)
        if "tokens" in sizes:
            return words("The input is a sequence of {tokens}, each with {features}.", tokens=tokens, features=features)
        return words("The input has the size {shape}.", shape=_printed(f"{owner}.shape"))

    def layers(self, region: Region) -> str:
        """Return the layers as a list: their names and what they are."""
        return "\n".join(self._layer(layer, region.names[layer.name]) for layer in region.layers)

    def _layer(self, layer: Layer, name: str) -> str:
        whole = f" (`{layer.name}`)" if self.exactly and layer.name != name else ""
        return f"- `{name}`{whole}{self.colon} {_printed(f'{name}.description')}"

    @property
    def colon(self) -> str:
        """Return the mark between a name and what it is; in French a space stands before it."""
        return self.words("{name}: {text}", name="", text="").rstrip()

    def give(self, quantities: Sequence[str], whom: str) -> str:
        """Return the sentence that asks for quantities of a layer, or of all together where `whom` is `total`."""
        what = self.words.listed([self.noun(quantity) for quantity in quantities])
        asked = self.words("Give {what} of {whom}.", what=what, whom=self.whom(whom))
        in_bytes = any(quantity.endswith(MEMORY) for quantity in quantities)
        return f"{asked} {self.words(UNITS)}" if in_bytes else asked

    def whom(self, name: str) -> str:
        """Return a layer as a sentence names it."""
        return self.words("all layers together") if name == "total" else f"`{name}`"

    def noun(self, quantity: str) -> str:
        """Return a quantity as a sentence names it."""
        return self.words(NOUNS[quantity]) if quantity in NOUNS else called(quantity, self.words)

    def fill(self) -> str:
        """Return the sentence that asks for a table."""
        return self.words("Fill in the table.")

    def mistaken(self, quantity: str, whom: str) -> str:
        """Return what a wrong solution is, in which an error is to be found."""
        works = self.words("A student works out {what} of {whom}.", what=self.noun(quantity), whom=self.whom(whom))
        return f"{works} {self.words(ONE_MISTAKE)}"

    def kind(self, layer: Layer) -> str:
        """Return what a layer is, as a heading begins with it."""
        said = self.kind_of(layer.kind.name)
        return said[:1].upper() + said[1:]

    def kind_of(self, name: str) -> str:
        """Return a kind of the notation in words."""
        return self.words(KINDS.get(family_of(name), name))

    def title(self, about: str, quantities: Sequence[str]) -> str:
        """Return the heading of a question: what it is about, and what is asked."""
        asked = ", ".join(called(quantity, self.words) for quantity in quantities)
        return self.words("{name}: {text}", name=about, text=asked)


ONE_MISTAKE = phrase(
    "The solution has one kind of mistake, perhaps on several lines. Everything else is calculated correctly from the "
    "lines before. Each line is one step."
)


def _printed(name: str) -> str:
    return "{{ " + name + " }}"


def _counted(name: str, one: str, many: str) -> str:
    """Return a number with its noun, as a template prints it."""
    return "{{ " + f'{name} | plural("{one}", "{many}")' + " }}"
