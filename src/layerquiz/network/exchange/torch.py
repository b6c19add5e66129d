"""A network as PyTorch code: a `Sequential` where it is a chain, else a module with `forward`."""

from __future__ import annotations

import re
from collections.abc import Mapping

from layerquiz.network.exchange import torch_further, torch_layers, torch_shapes, torch_tables
from layerquiz.network.exchange.base import (
    STEP,
    Call,
    Code,
    Hidden,
    Write,
    class_name,
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
from layerquiz.network.network import Network
from layerquiz.network.notation import printable

FRAMEWORK = "PyTorch"

KINDS: dict[str, Write] = {**torch_layers.KINDS, **torch_shapes.KINDS, **torch_further.KINDS, **torch_tables.KINDS}
"""How each kind is written; a kind that is not here is one that PyTorch does not have."""

OF_MODULES = """
T_destination add_module append apply bfloat16 buffers call_super_init children compile cpu cuda double
dump_patches eval extend extra_repr float forward get_buffer get_extra_state get_parameter get_submodule half
insert ipu load_state_dict modules mtia named_buffers named_children named_modules named_parameters parameters
pop register_backward_hook register_buffer register_forward_hook register_forward_pre_hook
register_full_backward_hook register_full_backward_pre_hook register_load_state_dict_post_hook
register_load_state_dict_pre_hook register_module register_parameter register_state_dict_post_hook
register_state_dict_pre_hook requires_grad_ set_extra_state set_submodule share_memory state_dict to to_empty
train training type xpu zero_grad
"""
"""Names that a module has by itself."""

OF_FUNCTIONS = ("x", "inputs", "self", "torch", "nn", "F", "len")
"""Names that mean something else where the layers are applied."""

IMPORTS = {
    r"\bOrderedDict\(": "from collections import OrderedDict\n",
    r"\btorch\.": "import torch",
    r"\bF\.": "import torch.nn.functional as F",
}
"""What is imported where it is used."""


def input_sizes(network: Network) -> list[int]:
    """Return the sizes of the input, the channels first."""
    return [int(network.values["input"][size]) for size in network.form("input").sizes]


def listing(network: Network, hidden: Mapping[str, Hidden] = {}) -> str:
    """Return a network as the code of its model, without imports.

    hidden: of some layers, the arguments that are not shown. Raises `NetworkError` where a layer cannot be written.
    """
    found = codes(network, KINDS, FRAMEWORK)
    called = identifiers(named_parts(network, found), OF_MODULES.split())
    if is_chain(network, found):
        return _sequential(found, called, hidden)
    return _module(network, found, called, hidden)


def declared(network: Network) -> dict[str, dict[str, str]]:
    """Return, for each layer, the arguments that declare a size of its input, each with that size's quantity."""
    return {name: declarations(code) for name, code in codes(network, KINDS, FRAMEWORK).items()}


def program(network: Network) -> str:
    """Return a network as a module that Python runs: its imports, the shape of its input, and `model`."""
    body = listing(network)
    if body.startswith("class "):
        body += f"\n\n\nmodel = {class_name(network, OF_FUNCTIONS)}()"
    head = "".join(f"{line}\n" for used, line in IMPORTS.items() if re.search(used, body))
    shape = ", ".join(map(str, input_sizes(network)))
    return f"{head}from torch import nn\n\n# {printable(network.name)}; input: (batch, {shape})\n{body}\n"


def _sequential(found: Mapping[str, Code], called: Mapping[str, str], hidden: Mapping[str, Hidden]) -> str:
    lines = ["model = nn.Sequential(OrderedDict(["]
    for name, code in found.items():
        for suffix, call in code.parts.items():
            start = f'("{called[part(name, suffix)]}", '
            lines.append(written(call, hidden.get(name, {}), start, STEP, "),"))
    return "\n".join([*lines, "]))"])


def _module(
    network: Network, found: Mapping[str, Code], called: Mapping[str, str], hidden: Mapping[str, Hidden]
) -> str:
    """Return a class with its modules and the way through them."""
    title = class_name(network, OF_FUNCTIONS)
    lines = [f"class {title}(nn.Module):", f"{STEP}def __init__(self):", f"{STEP * 2}super().__init__()"]
    for name, code in found.items():
        if not network.by_name[name].keys.shares:
            lines += [
                _made(called[part(name, suffix)], call, hidden.get(name, {})) for suffix, call in code.parts.items()
            ]
    held = variables(network, found, identifiers(found, OF_FUNCTIONS), "")
    lines += ["", f"{STEP}def forward(self, {held['input']}):"]
    ends = results(network, found)
    for name, code in found.items():
        lines.append(f"{STEP * 2}{held[name]} = {_applied(network, name, code, called, held)}")
    lines.append(f"{STEP * 2}return {', '.join(held[name] for name in ends)}")
    return "\n".join(lines)


def _made(name: str, call: Call, hidden: Hidden) -> str:
    return written(call, hidden, f"self.{name} = ", STEP * 2)


def _applied(network: Network, name: str, code: Code, called: Mapping[str, str], held: Mapping[str, str]) -> str:
    """Return the expression that gives a layer's output."""
    layer = network.by_name[name]
    home = owner(layer, network).name
    objects = [f"self.{called[part(home, suffix)]}" for suffix in code.parts]
    inputs = [held[source] for source in layer.sources]
    if not code.applied:
        text = inputs[0]
        for made in objects:
            text = f"{made}({text})"
        return text
    numbered = {f"part{place}": made for place, made in enumerate(objects)}
    lender = f"self.{called[layer.borrows[0]]}" if layer.borrows else ""
    first = objects[0] if objects else ""
    return code.applied.format(*inputs, part=first, batch=held["input"], tied=lender, **numbered)
