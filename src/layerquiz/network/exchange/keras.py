"""A network as Keras code: a `Sequential` where it is a chain, else layers applied by the functional API."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from layerquiz.network.exchange import keras_further, keras_layers
from layerquiz.network.exchange.base import (
    STEP,
    Argument,
    Call,
    Code,
    Hidden,
    Write,
    codes,
    declarations,
    identifiers,
    is_chain,
    named_parts,
    owner,
    part,
    results,
    variables,
    written,
)
from layerquiz.network.layers.base import reading_order
from layerquiz.network.network import Network
from layerquiz.network.notation import printable

FRAMEWORK = "Keras"

KINDS: dict[str, Write] = {**keras_layers.KINDS, **keras_further.KINDS}
"""How each kind is written; a kind that is not here is one that Keras does not have."""

OF_FUNCTIONS = ("x", "inputs", "keras", "layers", "ops", "model", "float")
"""Names that mean something else in the code around the layers."""


def listing(network: Network, hidden: Mapping[str, Hidden] = {}) -> str:
    """Return a network as the code of its model, without imports.

    hidden: of some layers, the arguments that are not shown. Raises `NetworkError` where a layer cannot be written.
    """
    found = _named(network, codes(network, KINDS, FRAMEWORK))
    if is_chain(network, found):
        calls = [(name, call) for name, code in found.items() for call in code.parts.values()]
        lines = [written(call, hidden.get(name, {}), "", STEP, ",") for name, call in calls]
        return "\n".join(["model = keras.Sequential([", f"{STEP}{_input(network)},", *lines, "])"])
    return _functional(network, found, hidden)


def declared(network: Network) -> dict[str, dict[str, str]]:
    """Return, for each layer, the arguments that declare a size of its input: Keras finds all of them by itself."""
    return {name: declarations(code) for name, code in codes(network, KINDS, FRAMEWORK).items()}


def program(network: Network) -> str:
    """Return a network as a module that Python runs: its imports, and `model`."""
    body = listing(network)
    names = [name for name in ("layers", "ops") if re.search(rf"\b{name}\.", body)]
    imports = f"from keras import {', '.join(names)}\n" if names else ""
    return f"import keras\n{imports}\n# {printable(network.name)}\n{body}\n"


def input_sizes(network: Network) -> tuple[int, ...]:
    """Return the sizes of the input, the channels last."""
    return tuple(int(network.values["input"][size]) for size in reading_order(network.form("input").sizes))


def _input(network: Network) -> str:
    """Return the input; ids of tokens are whole numbers."""
    sizes = input_sizes(network)
    shape = ", ".join(map(str, sizes)) + ("," if len(sizes) == 1 else "")
    kind = ', dtype="int32"' if network.form("input").sizes == ("tokens",) else ""
    return f"keras.Input(shape=({shape}){kind})"


def _named(network: Network, found: Mapping[str, Code]) -> dict[str, Code]:
    """Return layers whose objects carry their names and say whether they are frozen."""
    titles = identifiers(named_parts(network, found), ())

    def named(name: str, suffix: str, call: Call) -> Call:
        made = call if network.by_name[name].keys.trainable else _frozen(call)
        title = titles.get(part(name, suffix), name)
        return replace(made, arguments=(*made.arguments, Argument("name", f'"{title}"')))

    return {
        name: replace(code, parts={suffix: named(name, suffix, call) for suffix, call in code.parts.items()})
        for name, code in found.items()
    }


def _frozen(call: Call) -> Call:
    """Return a layer that is not trained; a wrapper does not hand that on to the layer in it."""
    inside = (
        replace(found, value=_frozen(found.value)) if isinstance(found.value, Call) else found
        for found in call.arguments
    )
    return replace(call, arguments=(*inside, Argument("trainable", "False")))


def _functional(network: Network, found: Mapping[str, Code], hidden: Mapping[str, Hidden]) -> str:
    """Return layers applied one by one; those that are used again are made before they are applied."""
    lent = {borrowed for name in found for borrowed in network.by_name[name].borrows}
    made = [part(name, suffix) for name in found if name in lent for suffix in found[name].parts]
    objects = identifiers((f"{name}_layer" for name in made), (*OF_FUNCTIONS, *found))
    kept = {name: objects[f"{name}_layer"] for name in made}
    called = identifiers(found, (*OF_FUNCTIONS, *kept.values()))
    held = variables(network, found, called, "inputs")
    lines = [f"inputs = {_input(network)}"]
    for name, code in found.items():
        if name in lent:
            calls = ((kept[part(name, suffix)], call) for suffix, call in code.parts.items())
            lines += [written(call, hidden.get(name, {}), f"{title} = ") for title, call in calls]
        lines.append(_applied(network, name, code, held, kept, hidden.get(name, {})))
    ends = [held[name] for name in results(network, found)]
    given = ends[0] if len(ends) == 1 else f"[{', '.join(ends)}]"
    return "\n".join([*lines, f"model = keras.Model(inputs, {given})"])


def _applied(
    network: Network, name: str, code: Code, held: Mapping[str, str], kept: Mapping[str, str], hidden: Hidden
) -> str:
    """Return the lines that give a layer's output."""
    layer = network.by_name[name]
    home = owner(layer, network).name
    inputs = [held[source] for source in layer.sources]
    start = f"{held[name]} = "
    if not code.applied:
        *earlier, _ = code.parts
        lines, before = [], inputs[0]
        for suffix, call in code.parts.items():
            title = f"{'x' if suffix in earlier else held[name]} = "
            lines.append(_one(call, kept.get(part(home, suffix)), title, before, hidden))
            before = "x"
        return "\n".join(lines)
    if code.applied.startswith("{part}(") and not re.search(r"\{part\}", code.applied[1:]) and home not in kept:
        arguments = code.applied.removeprefix("{part}(").removesuffix(")").format(*inputs)
        (call,) = code.parts.values()
        return written(call, hidden, start, end=f"({arguments})")
    first = kept.get(home) or "".join(written(call, hidden) for call in code.parts.values())
    lender = kept.get(layer.borrows[0], "") if layer.borrows else ""
    return start + code.applied.format(*inputs, part=first, tied=lender)


def _one(call: Call, kept: str | None, start: str, before: str, hidden: Hidden) -> str:
    """Return a line on which one object is applied, made there unless it is kept."""
    return f"{start}{kept}({before})" if kept else written(call, hidden, start, end=f"({before})")
