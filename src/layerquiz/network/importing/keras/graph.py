"""The graph of a Keras model, followed call by call; what is made of other layers is followed inside."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from layerquiz.errors import NetworkError
from layerquiz.network.importing.draft import cannot
from layerquiz.network.importing.keras.functions import FUNCTIONS, WITH_WEIGHTS
from layerquiz.network.importing.keras.layers import LAYERS, Write
from layerquiz.network.importing.keras.sequences import SEQUENCES, stepwise
from layerquiz.network.importing.keras.shapes import SHAPES
from layerquiz.network.importing.keras.traced import Graph, traced
from layerquiz.network.importing.keras.use import Tensor, Use, Written

CALLS = attrgetter("_inbound_nodes")
"""The calls of a layer: no public name leads from a tensor to the call that gave it."""

KNOWN: dict[str, Write] = {**LAYERS, **SHAPES, **SEQUENCES}

UNSAID = {
    "Lambda": ("A function of Python stands in it, which only Python can read", "Use layers or keras.ops instead"),
    **dict.fromkeys(
        ("StringLookup", "IntegerLookup", "TextVectorization", "Hashing", "HashedCrossing", "Discretization"),
        ("Preparation of data stands before the input", "Cut the model behind it"),
    ),
}
"""Layers that the notation cannot say, each with the reason and the cure."""

OF_KERAS = "keras."


def is_model(found: Any) -> bool:
    """Say whether an object is a model of Keras, without loading Keras."""
    return any(kind.__name__ == "Model" and kind.__module__.startswith(OF_KERAS) for kind in type(found).__mro__)


def graph_of(model: Any, input_shape: Sequence[int] | None) -> Graph:
    """Return the graph of a model; one that is a class with a `call` of its own is called on a symbolic input."""
    inputs = getattr(model, "inputs", None)
    if inputs and getattr(model, "outputs", None):
        return Graph(inputs, model.outputs)
    input_shape = built_for(model) if input_shape is None else input_shape
    if input_shape is None:
        cure = "Say the sizes: from_keras(model, input_shape=(...)), without the batch, the channels last"
        raise cannot(model.name, "it does not know its input, as nothing has built it", cure=cure)
    from keras import KerasTensor

    entering = KerasTensor((None, *input_shape))
    if hasattr(model, "add"):  # a Sequential, which is a graph once it is built
        model.build((None, *input_shape))
        return Graph(model.inputs, model.outputs)
    return traced(model, model.name, (entering,), {})


def built_for(model: Any) -> Sequence[int] | None:
    """Return the shape that a model was built for, without the batch, where it had one input."""
    config = model.get_build_config() or {}
    shapes = [config["input_shape"]] if "input_shape" in config else list(config.get("shapes_dict", {}).values())
    is_one = len(shapes) == 1 and isinstance(shapes[0], list | tuple) and all(isinstance(n, int) for n in shapes[0][1:])
    return shapes[0][1:] if is_one else None


def ordered(graph: Graph, title: str) -> list[Any]:
    """Return the calls between the inputs and the outputs, each behind what it needs, one branch after the other."""
    known, order = {id(tensor) for tensor in (*graph.inputs, *graph.weights)}, []
    stack = [(tensor, False) for tensor in reversed(graph.outputs)]
    while stack:
        tensor, is_ready = stack.pop()
        if id(tensor) in known and not is_ready:
            continue
        node = _call(tensor, title)
        if is_ready:
            order.append(node)
            continue
        known.update(id(output) for output in node.outputs)
        stack.append((tensor, True))
        stack += [(found, False) for found in reversed(taken(node))]
    return order


def taken(node: Any) -> list[Any]:
    """Return the symbolic tensors that a call takes; masks, which Keras hands on, change no size and no count."""
    arguments = node.arguments
    if not any("mask" in name for name in arguments.kwargs):
        return list(arguments.keras_tensors)
    from keras import KerasTensor, tree

    kept = {name: found for name, found in arguments.kwargs.items() if "mask" not in name}
    return [found for found in tree.flatten((arguments.args, kept)) if isinstance(found, KerasTensor)]


def _call(tensor: Any, title: str) -> Any:
    """Return the call that gave a tensor."""
    history = getattr(tensor, "_keras_history", None)
    if history is None or history.operation is None:
        raise cannot(title or "the model", "its outputs do not follow from its input alone")
    node = CALLS(history.operation)[history.node_index]
    if node.is_input:
        raise cannot(title or "the model", f'a second input, "{history.operation.name}", is needed')
    return node


@dataclass(slots=True)
class Walk:
    """Calls written down one after the other. prefix: the models that they stand in, with a stroke behind each.

    closing: the name of what gives the output of a layer of somebody's own. steps: those of a sequence at each of which
    all of it is done; Keras does not see them in there.
    """

    written: Written
    prefix: str
    closing: str = ""
    steps: tuple[int, ...] = ()

    def follow(self, graph: Graph, given: Sequence[Tensor]) -> list[Tensor | NetworkError]:
        """Write the calls of a graph down and return what comes out: tensors, or why there is none."""
        held: dict[int, Tensor | NetworkError] = {}
        held.update((id(tensor), found) for tensor, found in zip(graph.inputs, given, strict=True))
        for tensor, variable in zip(graph.weights, graph.variables, strict=True):
            held[id(tensor)] = Tensor("", (), tuple(tensor.shape), weight=variable)
        nodes = ordered(graph, self.prefix.rstrip("/"))
        feeds: dict[int, set[str]] = {}
        for node in nodes:
            for tensor in taken(node):
                feeds.setdefault(id(tensor), set()).add(type(node.operation).__name__)
        for node in nodes:
            is_last = bool(self.closing) and any(node.outputs[0] is output for output in graph.outputs)
            title = self.closing if is_last else self._title(node.operation, graph)
            found = self._called(node, title, held, frozenset(feeds.get(id(node.outputs[0]), ())))
            held.update((id(tensor), value) for tensor, value in zip(node.outputs, found, strict=True))
        return [held[id(tensor)] for tensor in graph.outputs]

    def _title(self, op: Any, graph: Graph) -> str:
        """Return the name of a call; the number of a function in a layer depends on what Keras has done before."""
        is_numbered = graph.is_traced and not hasattr(op, "weights")
        return f"{self.prefix}{re.sub(r'_[0-9]+$', '', op.name) if is_numbered else op.name}"

    def _called(
        self, node: Any, title: str, held: dict[int, Tensor | NetworkError], feeds: frozenset[str]
    ) -> list[Tensor | NetworkError]:
        """Write one call down."""
        op = node.operation
        for tensor in taken(node):
            missing = held[id(tensor)]
            if isinstance(missing, NetworkError):
                raise missing
        args, kwargs = node.arguments.fill_in(held)
        weights = _weights(node, held)
        if weights and len(weights) == len(taken(node)) == 1 and not hasattr(op, "weights"):
            return [Tensor("", (), tuple(node.outputs[0].shape), weight=weights[0])]
        write = known(op)
        if write is None:
            return self._inside(node, title, held, args)
        if len(weights) > 1 or (weights and type(op).__name__ not in WITH_WEIGHTS):
            raise cannot(title, f"{type(op).__name__}: weights stand in it", "A weight is added or multiplied with")
        shapes = tuple((*self.steps, *shape) for shape in _shapes(node, title, held, len(self.steps)))
        owner = weights[0] if weights else op
        use = Use(self.written, op, args, kwargs, title, shapes, feeds, self.written.lent.get(id(owner)))
        output = stepwise(use, op) if self.steps else write(use)
        if use.layers:
            use.says()
        if weights or hasattr(op, "weights"):
            self.written.lent.setdefault(id(owner), use.owning)
        why = "A layer of the notation has one output"
        given: list[Tensor | NetworkError] = [*(use.outputs or [output])]
        return given + [use.refused(f"its output {place + 1} is used", why) for place in range(len(given), len(shapes))]

    def _inside(
        self, node: Any, title: str, held: dict[int, Tensor | NetworkError], args: tuple[Any, ...]
    ) -> list[Tensor | NetworkError]:
        """Write down what a nested model, or a layer of somebody's own, is made of."""
        op = node.operation
        if not hasattr(op, "weights"):
            what = f'the function "{type(op).__name__}" is not said in the notation'
            raise cannot(title, what, cure="Use layers instead")
        for kind in type(op).__mro__:
            if kind.__name__ in UNSAID and kind.__module__.startswith(OF_KERAS):
                why, cure = UNSAID[kind.__name__]
                raise cannot(title, f"{kind.__name__}: it is not said in the notation", why, cure)
        given = [held[id(tensor)] for tensor in taken(node)]
        tensors = [found for found in given if isinstance(found, Tensor)]
        if type(op).__name__ == "TimeDistributed":
            inner, steps = op.layer, tensors[0].shape[:1]
            return Walk(self.written, f"{title}/", steps=steps).follow(Graph(inner.inputs, inner.outputs), tensors)
        if is_model(op) and getattr(op, "outputs", None):
            if len(op.inputs) != len(tensors):
                raise cannot(title, f"it has {len(op.inputs)} inputs, and gets {len(tensors)}")
            return Walk(self.written, f"{title}/", steps=self.steps).follow(Graph(op.inputs, op.outputs), tensors)
        if type(op).__module__.startswith("keras.src.layers"):
            raise cannot(title, f"{type(op).__name__}: there is no such kind in the notation")
        if self.steps:
            raise cannot(title, f"{type(op).__name__} at each step is not said in the notation")
        entering = _symbolic(node, held)
        args, kwargs = node.arguments.fill_in(entering)
        graph = traced(op, title, args, kwargs)
        found = Walk(self.written, f"{title}/", title).follow(graph, tensors)
        if len(found) != len(node.outputs):
            raise cannot(title, f"{type(op).__name__}: it gives {len(found)} outputs, and {len(node.outputs)} before")
        return found


def known(op: Any) -> Write | None:
    """Return how a layer or function of Keras is written, None for one that is somebody's own."""
    mine, table = type(op), KNOWN if hasattr(op, "weights") else FUNCTIONS
    if mine.__name__ == "TimeDistributed" and is_model(op.layer):
        return None
    for kind in mine.__mro__:
        if kind.__module__.startswith(OF_KERAS) and kind.__name__ in table:
            same = (getattr(mine, name, None) is getattr(kind, name, None) for name in ("call", "build", "__call__"))
            return table[kind.__name__] if all(same) else None
    return None


def _weights(node: Any, held: dict[int, Tensor | NetworkError]) -> list[Any]:
    """Return the weights of a layer of somebody's own that a call takes."""
    given = (held[id(tensor)] for tensor in taken(node))
    return [found.weight for found in given if isinstance(found, Tensor) and found.weight is not None]


def _symbolic(node: Any, held: dict[int, Tensor | NetworkError]) -> dict[int, Any]:
    """Return new symbolic tensors for a call's inputs, of the sizes that they have here."""
    from keras import KerasTensor

    return {
        id(tensor): KerasTensor(found.shape if found.weight is not None else (None, *found.shape), dtype=tensor.dtype)
        for tensor in taken(node)
        if isinstance(found := held[id(tensor)], Tensor)
    }


def _shapes(node: Any, title: str, held: dict[int, Tensor | NetworkError], steps: int) -> tuple[tuple[int, ...], ...]:
    """Return the shapes of a call's outputs without the batch: as Keras noted them, or anew where sizes were open."""
    if not all(_noted(node, held, steps)):
        if steps:
            raise cannot(title, f"{type(node.operation).__name__}: its size at each step is left open")
        from keras import tree

        args, kwargs = node.arguments.fill_in(_symbolic(node, held))
        outputs = tree.flatten(node.operation.compute_output_spec(*args, **kwargs))
    else:
        outputs = node.outputs
    shapes = tuple(tuple(output.shape[1:]) for output in outputs)
    if any(size is None for shape in shapes for size in shape):
        raise cannot(title, f"{type(node.operation).__name__}: the size of its output is not known beforehand")
    return shapes


def _noted(node: Any, held: dict[int, Tensor | NetworkError], steps: int) -> Iterator[bool]:
    """Say of each tensor of a call whether Keras noted it as it is here."""
    for output in node.outputs:
        yield None not in output.shape[1:]
    for tensor in taken(node):
        found = held[id(tensor)]
        yield isinstance(found, Tensor) and (found.weight is not None or tuple(tensor.shape[1:]) == found.shape[steps:])
