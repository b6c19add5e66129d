"""A network as code in a wording: `code.pytorch`, `code.keras`; arguments that are asked for are left open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from string import ascii_uppercase
from types import ModuleType
from typing import Any

from layerquiz.errors import NetworkError, TemplateError, nearest
from layerquiz.exam.source import SourceText
from layerquiz.languages import Words
from layerquiz.network.network import Network
from layerquiz.network.scope import Scope, labels_of

WRITERS = {"pytorch": "torch", "keras": "keras"}
"""The modules that write code, loaded when a wording shows some: few do."""

CODE = "code"
"""What a wording calls a network's code."""

OPEN = "__"
"""What stands in the place of an argument that is asked for."""

SIZES = {
    **dict.fromkeys(("in_features", "in1_features", "in2_features", "input_size", "embed_dim", "d_model"), "features"),
    **dict.fromkeys(("in_channels", "num_channels", "num_features"), "channels"),
}
"""Arguments that declare a size of a layer's input, and that size."""

GIVING_FEATURES = ("dense", "flatten", "bilinear", "rnn", "lstm", "gru", "embedding", "globalavgpool", "globalmaxpool")
KEEPING = ("activation", "dropout", "identity", "batchnorm", "layernorm", "prelu")


@dataclass(frozen=True, slots=True)
class Hidden:
    """An argument that is not as it should be: of which layer, the quantity that it declares, and what is printed.

    It is left open, and asked for, or a wrong number stands there.
    """

    layer: str
    argument: str
    quantity: str
    sign: str

    def label(self, words: Words) -> str:
        """Return what the paper prints beside the blank."""
        letter = self.sign.strip("_")
        told = words("{text} of {name}", text=f"`{self.argument}`", name=f"`{self.layer}`")
        return words("{name}: {text}", name=letter, text=told) if letter else told


class CodeView:
    """A network's code in each framework, as a block of Markdown."""

    __slots__ = ("_hidden", "_network")

    def __init__(self, network: Network, hidden: Iterable[Hidden] = ()) -> None:
        self._network, self._hidden = network, tuple(hidden)

    def __getattr__(self, framework: str) -> str:
        if framework not in WRITERS:
            raise TemplateError(f"code has no {framework}", cure=nearest(framework, WRITERS), slug="unknown-name")
        try:
            return f"```python\n{self._listing(_writer(framework))}\n```"
        except NetworkError as error:
            raise TemplateError(f"{error.where}: {error.what}", why=error.why, slug=error.slug) from None

    def _listing(self, writer: ModuleType) -> str:
        signs: dict[str, dict[str, str]] = {}
        declared = writer.declared(self._network) if self._hidden else {}
        for found in self._hidden:
            _check(writer.FRAMEWORK, declared.get(found.layer, {}), found)
            signs.setdefault(found.layer, {})[found.argument] = found.sign
        return str(writer.listing(self._network, signs))


def _writer(framework: str) -> ModuleType:
    return import_module(f"layerquiz.network.exchange.{WRITERS[framework]}")


def _check(framework: str, declared: Mapping[str, str], hidden: Hidden) -> None:
    """Refuse to leave open what the code does not declare, or what is another size than the one that is asked for."""
    quantity = declared.get(hidden.argument)
    if quantity == hidden.quantity:
        return
    called = f'the {framework} code of "{hidden.layer}"'
    if quantity is None:
        cure = nearest(hidden.argument, declared) if declared else "Leave open what PyTorch wants to be told"
        raise TemplateError(f"{called} has no {hidden.argument} to leave open", cure=cure, slug="hide")
    what = f"in {called} {hidden.argument} is {quantity}, and {hidden.quantity} is asked"
    raise TemplateError(what, cure="Only what stands right behind a layer can be left open", slug="hide")


def planted(drawn: Mapping[str, Any]) -> tuple[Hidden, ...]:
    """Return the wrong numbers that a drawing puts into its code."""
    forms = [found for found in drawn.get("forms", ()) if isinstance(found, Mapping) and "argument" in found]
    return tuple(Hidden(found["layer"], found["argument"], found["declares"], str(found["number"])) for found in forms)


def hidden_arguments(written: Sequence[str], network: Mapping[str, Any], source: SourceText) -> tuple[Hidden, ...]:
    """Return the arguments that a template leaves open, such as `dense.in_features`, with their quantities."""
    labels = _labels(network.get("layers"))
    found = []
    for place, name in enumerate(written):
        layer, _, argument = name.rpartition(".")
        if layer not in labels or argument not in SIZES:
            cure = nearest(argument, SIZES) if layer in labels else nearest(layer, labels)
            raise source.fault(f'"{name}" cannot be left open', ("hide", place), cure=cure, slug="hide")
        sign = f"{OPEN}{ascii_uppercase[place]}{OPEN}" if len(written) > 1 else OPEN
        found.append(Hidden(layer, argument, _quantity(labels, layer, argument, network), sign))
    return tuple(found)


def _labels(layers: Any) -> dict[str, Mapping[str, Any]]:
    """Return the layers as written by their names; of a choice between layers the first one is as good as any."""
    entries = layers if isinstance(layers, list) else []
    chosen = [_first(entry) for entry in entries if isinstance(entry, Mapping)]
    names = [label[-1] for label in labels_of(chosen, Scope())]
    return dict(zip(names, chosen, strict=True))


def _first(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    options = entry.get("choice")
    return options[0] if isinstance(options, list) and options and isinstance(options[0], Mapping) else entry


def _quantity(labels: Mapping[str, Mapping[str, Any]], layer: str, argument: str, network: Mapping[str, Any]) -> str:
    """Return the quantity that an argument declares: a size of what the layer takes."""
    before = _before(labels, layer, 1 if argument == "in2_features" else 0)
    size = SIZES[argument]
    if argument == "num_features" and _gives_features(labels, before, network):
        size = "features"
    return f"{before}.{size}"


def _before(labels: Mapping[str, Mapping[str, Any]], layer: str, number: int = 0) -> str:
    """Return the name of an input of a layer."""
    written = labels[layer].get("from")
    if isinstance(written, list) and written:
        return str(written[min(number, len(written) - 1)])
    names = ["input", *labels]
    return written if isinstance(written, str) else names[names.index(layer) - 1]


def _gives_features(labels: Mapping[str, Mapping[str, Any]], name: str, network: Mapping[str, Any]) -> bool:
    """Say whether a layer gives features and no channels."""
    for _ in labels:
        if name not in labels or labels[name].get("kind") not in KEEPING:
            break
        name = _before(labels, name)
    if name == "input":
        return "features" in (network.get("input") or ())
    return name in labels and labels[name].get("kind") in GIVING_FEATURES
