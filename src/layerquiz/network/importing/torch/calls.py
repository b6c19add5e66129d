"""One operation of a PyTorch model: its arguments by name, and what its tensors are in the notation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from layerquiz.network.importing.nested import leaves
from layerquiz.network.importing.torch.values import Base, Learned, Part, Value
from layerquiz.network.importing.torch.writing import Writing

IN_PLACE = frozenset(f"__i{name}__" for name in ("add", "sub", "mul", "truediv", "pow", "matmul", "floordiv"))
CONVERSIONS = frozenset(f"__{name}__" for name in ("bool", "int", "float", "complex", "index", "array"))
"""What Python does to a tensor to get a number; `x.float()` is a cast."""

REVERSED = frozenset(f"__r{name}__" for name in ("add", "sub", "mul", "truediv", "pow", "matmul", "div"))


def plain_name(func: Any) -> str:
    """Return what an operation is called, the same for `x + y`, `x += y`, `torch.add` and `x.add_`."""
    name = str(getattr(func, "__name__", func))
    if name in ("__get__", "__set__"):
        found = func.__self__
        name = str(getattr(found, "__name__", None) or getattr(getattr(found, "fget", None), "__name__", ""))
    if name in IN_PLACE | REVERSED:
        name = name[3:]
    return name if name in CONVERSIONS else name.strip("_")


def is_in_place(func: Any) -> bool:
    """Say whether an operation changes its first tensor."""
    name = str(getattr(func, "__name__", ""))
    return name in IN_PLACE or name == "__setitem__" or (name.endswith("_") and not name.startswith("__"))


class Call:
    """An operation that was done: on `args` and `kwargs`, with `output`."""

    def __init__(self, tracing: Any, name: str, args: Any, kwargs: Any, output: Any, func: Any = None) -> None:
        self.tracing, self.name, self.output, self.func = tracing, name, output, func
        self.args, self.kwargs = args, kwargs
        self.writing: Writing = tracing.writing

    def bound(self, signature: str) -> dict[str, Any]:
        """Return the arguments by the names of a signature; those that are not given are missing."""
        return {**dict(zip(signature.split(), self.args, strict=False)), **self.kwargs}

    def value(self, found: Any) -> Value | None:
        """Return what an argument is where it depends on the input or on parameters, else None."""
        return self.tracing.value_of(found) if hasattr(found, "is_meta") else None

    def known(self, found: Any = None) -> list[Value]:
        """Return what all tensors among the arguments are that depend on the input or on parameters."""
        return [
            value for value in map(self.value, _tensors((self.args, self.kwargs) if found is None else found)) if value
        ]

    @property
    def has_constant_batch(self) -> bool:
        """Say whether a tensor that depends on nothing has as many rows as there are examples."""
        given = [found for found in _tensors((self.args, self.kwargs)) if self.value(found) is None]
        return any(found.dim() > 1 and found.shape[0] == self.tracing.examples for found in given)

    @property
    def first(self) -> Value:
        """Return what the first argument is."""
        found = self.known()
        if not found:
            raise self.writing.refuse(f"{self.name} gets no tensor of the model")
        return found[0]

    @property
    def shape(self) -> tuple[int, ...]:
        """Return the shape of the output, or of its first tensor."""
        output = self.output if hasattr(self.output, "shape") else self.output[0]
        return tuple(output.shape)

    def parameters(self, found: Any) -> tuple[Any, ...]:
        """Return the parameters that a weight or a bias is, or is computed of; none where it is not given."""
        if found is None:
            return ()
        value = self.value(found)
        base = None if value is None else learned(value.base)
        if base is None:
            if value is not None:
                what = f"{self.name} has weights that are computed of the input"
                raise self.writing.refuse(what, "The weights of a layer are the same for all inputs")
            raise self.writing.refuse(
                f"{self.name} has weights that are no parameters", cure="Make them an nn.Parameter"
            )
        if value is not None and isinstance(value.base, Part):
            what = f'{self.name} uses a part of the parameter "{base.called}"'
            raise self.writing.refuse(what, "A parameter belongs to one layer", "Make a parameter for each part")
        return base.parameters

    def parameters_of(self, value: Value) -> tuple[Any, ...]:
        """Return the parameters that a tensor is, or is computed of, or is a part of."""
        found = learned(value.base)
        return () if found is None else found.parameters

    def called_as(self, value: Value) -> str:
        """Return how a layer is called that has a parameter: as that, or as the module whose weight it is."""
        found = learned(value.base)
        return "" if found is None else found.called.removesuffix(".weight")

    def otherwise(self) -> Any:
        """Return what comes of an operation that is no layer: more of the same where it is done on parameters alone."""
        values = self.known()
        if any(learned(value.base) is None for value in values):
            what = f"the operation {self.name} is none that the notation knows"
            raise self.writing.refuse(what, cure="Write it with layers of torch.nn, or leave it out of the model")
        return self.derived(values)

    def derived(self, values: Sequence[Value]) -> Any:
        """Return what is computed of parameters."""
        if not hasattr(self.output, "shape"):
            return [self._derived(values, tuple(found.shape)) for found in _tensors(self.output)]
        return self._derived(values, tuple(self.output.shape))

    def _derived(self, values: Sequence[Value], shape: tuple[int, ...]) -> Value:
        if len({value.base for value in values}) == 1 and values[0].shape == shape:
            return values[0]
        roots = [base for base in (learned(value.base) for value in values) if base is not None]
        parameters = {id(found): found for root in roots for found in root.parameters}
        base = self.tracing.computed(tuple(parameters.values()), shape, roots[0].called)
        return Value(base, base.plain)


def learned(base: Base) -> Learned | None:
    """Return the parameters that something is, or is a part of; None where it depends on the input."""
    while isinstance(base, Part) and base.whole is not None:
        base = base.whole
    return base if isinstance(base, Learned) else None


def _tensors(found: Any) -> Iterator[Any]:
    return (entry for entry in leaves(found) if hasattr(entry, "is_meta"))
