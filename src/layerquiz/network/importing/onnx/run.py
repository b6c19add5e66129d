"""What an import of an ONNX graph knows at each node, and how layers that wait for their keys are written."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from layerquiz.network.importing.draft import Draft, cannot
from layerquiz.network.importing.forms import FORMS
from layerquiz.network.importing.onnx import functions
from layerquiz.network.importing.onnx.file import Graph, Node
from layerquiz.network.importing.onnx.laying import Laid, laid
from layerquiz.network.importing.onnx.values import AUTOMATIC, Atom, Pending, Scores, Value, Weight, whole
from layerquiz.network.notation import printable, shown

KERNELS = ("kernel", "recurrent", "table")
"""Roles of tensors that say which layer it is: the same one read again is the same layer applied again."""


@dataclass(slots=True)
class Run:
    """An import under way. values: what each name of the graph is; shapes: of the tensors, as ONNX infers them."""

    graph: Graph
    draft: Draft
    batch: int
    values: dict[str, Any] = field(default_factory=dict)
    types: dict[str, int] = field(default_factory=dict)
    shapes: dict[str, tuple[int, ...]] = field(default_factory=dict)
    uses: Counter[str] = field(default_factory=Counter)
    counted: Counter[str] = field(default_factory=Counter)
    owners: dict[Any, tuple[str, str, tuple[Any, ...]]] = field(default_factory=dict)
    ignored: dict[str, str] = field(default_factory=dict)
    readers: dict[str, Node] = field(default_factory=dict)
    tables: list[tuple[str, Weight, frozenset[str]]] = field(default_factory=list)

    def found(self, node: Node, place: int) -> Any:
        """Return what an input of a node is: a Value, a Weight, Scores, numbers; None where it is left out."""
        if place >= len(node.inputs) or not node.inputs[place]:
            return None
        name = node.inputs[place]
        if name not in self.values:
            what = f'it takes "{printable(name)[:60]}", which no node before it gives'
            raise cannot(node.where, what, "Nodes of a graph stand in the order in which they run")
        return self.values[name]

    def value(self, node: Node, place: int = 0) -> Value:
        """Return an input that has to be computed from the network's input; a learned tensor stands alone."""
        found = self.found(node, place)
        if isinstance(found, Value):
            return found
        if isinstance(found, Weight) and found.learned is not False:
            return self.parameter(node, found, len(found.shape))
        what = "is left out" if found is None else "is no output of a layer"
        raise cannot(node.where, f"its input {place + 1} {what}")

    def weight(self, node: Node, place: int) -> Weight | None:
        """Return an input that has to be a stored tensor; None where it is left out."""
        found = self.found(node, place)
        if found is None or isinstance(found, Weight):
            return found
        if hasattr(found, "shape") and not isinstance(found, Value):  # numbers that the exporter wrote beside the nodes
            return Weight(tuple(found.shape), (), False)
        raise cannot(node.where, f"its input {place + 1} is computed; only stored weights can be said")

    def kernel(self, node: Node) -> Weight:
        """Return the stored kernel of a node, which it has to have."""
        found = self.weight(node, 1)
        if found is None or not found.parts:
            raise cannot(node.where, "its weights are not stored")
        return found

    def bias(self, node: Node) -> Weight | None:
        """Return the stored bias of a node; None where there is none, or numbers that the exporter made up."""
        found = self.weight(node, 2)
        return found if found is not None and found.parts else None

    def shape(self, node: Node, output: int = 0) -> tuple[int, ...]:
        """Return the sizes of an output of a node."""
        name = node.outputs[output]
        if name not in self.shapes:
            cure = "Export the model with all sizes of the input fixed"
            raise cannot(node.where, "the sizes of its output are not known", cure=cure)
        return self.shapes[name]

    def alone(self, node: Node, place: int) -> bool:
        """Say whether a node is the only reader of one of its inputs, which is no output of the graph."""
        name = node.inputs[place]
        return self.uses[name] == 1 and name not in self.graph.outputs

    def reader(self, name: str) -> str:
        """Return the only kind of node that reads a tensor, past those that change its shape alone; else nothing."""
        while self.uses[name] == 1 and name not in self.graph.outputs:
            node = self.readers[name]
            if node.op not in ("Transpose", "Squeeze", "Reshape", "Identity", "Cast") or not node.outputs:
                return node.op
            name = node.outputs[0]
        return ""

    def give(self, node: Node, thing: Any, output: int = 0) -> None:
        """Note what an output of a node is."""
        if len(node.outputs) > output and node.outputs[output]:
            self.values[node.outputs[output]] = thing

    def settled(self, node: Node, value: Value, want: str = "any") -> Laid:
        """Return a value as a written layer whose output it is as it stands."""
        written = self.written(value)
        found = laid(self.draft, written, want)
        if found is None:
            sizes = " x ".join(str(size) for size in value.shape)
            what = f"its input of {sizes} numbers is put together in a way that no layer of the notation says"
            raise cannot(node.where, what, "Batch and positions may be mixed, as windows of attention do")
        return found

    def written(self, value: Value) -> Value:
        """Return a value whose layer has a name in the notation."""
        if isinstance(value.layer, str):
            return value
        pending = value.layer
        if pending.kind in ("globalavgpool", "globalmaxpool") and not pending.name:
            pending.keys["keepdims"] = len(value.axes) > 2 + ("tokens" in pending.held["form"])
            pending.held["flat"] = not pending.keys["keepdims"]
            pending.held["shape"] = value.sizes if pending.held["flat"] else pending.held["sizes"]
        name = self.emit(pending)
        if pending.held.get("flat") is False:
            form, sizes = pending.held["form"], pending.held["sizes"]
            place = form.index("channels" if "channels" in form else "features") + 1
            moved = tuple(tuple(_moved(atom, place) for atom in axis) for axis in value.axes)
            return Value(name, form, sizes, moved)
        return value.of(name)

    def pend(self, node: Node, kind: str, source: Any, **keys: Any) -> Pending:
        """Return a layer that may still change before it is written."""
        return Pending(kind, [source], keys, node.where, scope=node.scope, held={"own": node.own})

    def emit(self, pending: Pending) -> str:
        """Write a layer that waited, once, with all that it reads, and return its name."""
        waiting = [pending]
        while waiting:
            last = waiting[-1]
            below = [found for found in last.sources if isinstance(found, Pending) and not found.name]
            if last.name or not below:
                waiting.pop()
                if not last.name:
                    last.name = WRITERS.get(last.kind, Run.plain)(self, last)
            else:
                waiting += below
        return pending.name

    def plain(self, pending: Pending) -> str:
        """Write a layer of the notation with its keys and count its weights."""
        sources = [found.name if isinstance(found, Pending) else found for found in pending.sources]
        weights = pending.weights
        keys, learned = self.loans(pending)
        name = self.draft.add(pending.kind, *sources, name=self.called(pending), **keys)
        if "shares" not in keys and "tied" not in keys:
            self.own(pending, name)
        self.count(weights.values() if "tied" not in keys else [weights[key] for key in weights if key == "bias"], keys)
        shape = pending.held.get("shape")
        self.draft.says(pending.where, name, trainable=learned, shape=shape)
        return name

    def called(self, pending: Pending) -> str:
        """Return how the model calls a layer: as its module, or as its stored tensors."""
        if pending.scope and pending.weights:
            return pending.scope
        names = [name for weight in pending.weights.values() for name, _ in weight.parts]
        stored = next((name for name in names if "." in name and not name.startswith(AUTOMATIC)), "")
        return stored.rpartition(".")[0] or pending.called

    def identity(self, pending: Pending) -> tuple[Any, ...]:
        """Return what tells that two nodes are one layer; nothing where only equal numbers were stored once.

        What the exporter says of the parameters is exact. Else it is the module, or in files without any the kernel.
        """
        kernels = [weight.key for role, weight in pending.weights.items() if role.rstrip("0123456789") in KERNELS]
        tensors = tuple(sorted(kernels)) or tuple(weight.own for weight in pending.weights.values())
        said = pending.held.get("own")
        if said:
            return (said, tensors)
        scope = re.sub(r"_\d+$", "", pending.scope) if self.graph.is_torch else ""
        return (scope, tensors) if kernels or (tensors and self.graph.is_torch) else ()

    def own(self, pending: Pending, name: str) -> None:
        """Note which layer has some weights."""
        identity = self.identity(pending)
        if pending.kind == "embedding":
            self.tables.append((name, pending.weights["table"], pending.held.get("own", frozenset())))
        if identity:
            self.owners[identity] = (name, pending.kind, tuple(weight.key for weight in pending.weights.values()))

    def loans(self, pending: Pending) -> tuple[dict[str, Any], int]:
        """Return the keys of a layer, and how many numbers it counts: none that another layer has counted."""
        learned = sum(weight.count for weight in pending.weights.values())
        tied = self.tie(pending)
        if tied:
            return {**pending.keys, "tied": tied[0]}, tied[1]
        owner = self.owners.get(self.identity(pending))
        if owner is None:
            return pending.keys, learned
        name, kind, parts = owner
        if kind == pending.kind and parts == tuple(weight.key for weight in pending.weights.values()):
            return {**pending.keys, "shares": name}, 0
        what = f'it uses the weights of "{name}", but not all of its tensors are the same'
        raise cannot(pending.where, what, "A layer shares all of its weights or none")

    def tie(self, pending: Pending) -> tuple[str, int] | None:
        """Return the embedding whose table a dense layer uses, and its biases; None where it has its own weights."""
        if pending.kind != "dense" or "kernel" not in pending.weights:
            return None
        kernel, said = pending.weights["kernel"], pending.held.get("own", frozenset())
        for name, table, own in self.tables:
            if kernel.key == table.key or (said & own and sorted(kernel.shape) == sorted(table.shape)):
                for copy, _ in kernel.parts if kernel.key != table.key else ():
                    self.note(copy, "tied")
                return name, pending.weights["bias"].count if "bias" in pending.weights else 0
        return None

    def count(self, weights: Iterable[Weight], keys: Any) -> None:
        """Note which stored numbers are counted."""
        if "shares" not in keys:
            for weight in weights:
                for name, number in weight.parts:
                    self.counted[name] += number

    def parameter(self, node: Node, weight: Weight, rank: int) -> Value:
        """Write a learned tensor that stands alone, as one of so many axes with the batch."""
        shape = (1,) * (rank - len(weight.shape)) + weight.shape
        if shape[:1] != (1,) and weight.count == weight.size and len(weight.shape) == rank:
            what = "a learned tensor is stored once for each example of the batch"
            raise cannot(node.where, what, cure="Export the model with an example batch of 1")
        sizes = shape[1:]
        form = FORMS.get(len(sizes))
        if form is None or 0 in sizes:
            raise cannot(node.where, f"a learned tensor of the sizes {shown(list(weight.shape))} stands alone")
        pending = Pending("parameter", [], {"shape": list(sizes)}, node.where, scope=node.scope)
        pending.called = weight.name
        pending.weights["table"] = weight
        owner = self.owners.get(self.identity(pending))
        name = owner[0] if owner and owner[1] == "parameter" else self.emit(pending)
        return whole(name, form, sizes, 1)

    def function(self, value: Value, step: str, scope: str, joined: bool = False) -> Value:
        """Return a function of each number of a value; several steps may be one function."""
        steps = (step,)
        layer = value.layer
        if isinstance(layer, Pending) and layer.kind == "function" and not layer.name:
            longer = (*layer.held["steps"], step)
            if functions.may_grow(longer):
                steps, joined, layer = longer, joined or layer.held["joined"], layer.sources[0]
        return value.of(Pending("function", [layer], {}, "", scope=scope, held={"steps": steps, "joined": joined}))

    def together(self, first: Value, second: Value, step: str, scope: str) -> Value | None:
        """Return two functions of the same numbers, multiplied or added, where they are one function that is known."""
        if first.axes != second.axes:
            return None
        bases = [_base(found.layer) for found in (first, second)]
        for base, one, other in (
            (first.layer, ((), ""), bases[1]),
            (second.layer, bases[0], ((), "")),
            (bases[0][1], bases[0], bases[1]),
        ):
            whole_steps = (*one[0], *other[0], step)
            is_same = all(found[1] == "" or found[1] is base or found[1] == base for found in (one, other))
            if is_same and len(whole_steps) > 1 and functions.may_grow(whole_steps):
                held = {"steps": whole_steps, "joined": True}
                return first.of(Pending("function", [base], {}, "", scope=scope, held=held))
        return None

    def note(self, weight_name: str, why: str) -> None:
        """Note a stored tensor that is read, and is not learned."""
        self.ignored.setdefault(weight_name, why)


def _moved(atom: Atom, place: int) -> Atom:
    return Atom((place, *atom.key[1:]), atom.size) if atom.key[0] == 1 else atom


def _base(layer: str | Pending) -> tuple[tuple[str, ...], Any]:
    """Return the steps of a function that may still grow, and what it is a function of."""
    if isinstance(layer, Pending) and layer.kind == "function" and not layer.name:
        return layer.held["steps"], layer.sources[0]
    return (), layer


def _function(run: Run, pending: Pending) -> str:
    """Write a function; steps that are no function together stand one behind the other."""
    steps, source = pending.held["steps"], pending.sources[0]
    name = source.name if isinstance(source, Pending) else source
    known = functions.written_out(steps) if len(steps) > 1 else ""
    if known or pending.held["joined"]:
        chosen = [known or "_".join(step.lower() for step in steps)]
    else:
        chosen = [functions.SINGLE[step] for step in steps]
    for chosen_one in chosen:
        name = run.draft.add("activation", name, function=chosen_one)
    return name


WRITERS: dict[str, Callable[[Run, Pending], str]] = {"function": _function}

__all__ = ["KERNELS", "WRITERS", "Run", "Scores"]
