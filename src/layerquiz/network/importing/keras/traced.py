"""Layers and models of somebody's own: what their `call` does with symbolic tensors, also in place of weights."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from layerquiz.network.importing.draft import cannot


@dataclass(frozen=True, slots=True)
class Graph:
    """Symbolic tensors of Keras: those that enter, those that come out, and those that stand for weights.

    variables: the weights themselves, in the same order. is_traced: it was found by running a `call`.
    """

    inputs: Sequence[Any]
    outputs: Sequence[Any]
    weights: Sequence[Any] = ()
    variables: Sequence[Any] = ()
    is_traced: bool = False


class Table:
    """An embedding of a layer of somebody's own. Looked up at places that are known, it is a learned tensor."""

    def __init__(self, layer: Any, symbols: list[tuple[Any, Any]]) -> None:
        self._layer = layer
        self._symbols = symbols

    def __call__(self, places: Any, *args: Any, **kwargs: Any) -> Any:
        """Return what the embedding gives, or a symbol of the places' shape with the features behind it."""
        from keras import KerasTensor

        if isinstance(places, KerasTensor) or not self._layer.built:
            return self._layer(places, *args, **kwargs)
        symbol = KerasTensor((*places.shape, self._layer.output_dim))
        self._symbols.append((symbol, self._layer.embeddings))
        return symbol

    def __getattr__(self, name: str) -> Any:
        return getattr(self._layer, name)


def traced(op: Any, title: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Graph:
    """Return the graph of a layer that is made of layers and functions; its code runs, as it did when it was built."""
    from keras import KerasTensor, tree

    try:
        with symbols_in(op) as symbols, numbers_for_draws():
            given = tree.flatten(op.call(*args, **kwargs))
    except Exception as error:  # noqa: BLE001 -- it is somebody else's code
        why = f"{type(error).__name__}: {error}".splitlines()[0][:200]
        what = f"{type(op).__name__}: it is no layer of Keras, and its call cannot be followed"
        raise cannot(title, what, why, "Use layers and keras.ops in it") from None
    outputs = [output for output in given if output is not None]
    if not outputs or not all(isinstance(output, KerasTensor) for output in outputs):
        raise cannot(title, f"{type(op).__name__}: its output is no function of its input")
    inputs = [found for found in tree.flatten((args, kwargs)) if isinstance(found, KerasTensor)]
    return Graph(inputs, outputs, [symbol for symbol, _ in symbols], [found for _, found in symbols], is_traced=True)


@contextmanager
def symbols_in(op: Any) -> Iterator[list[tuple[Any, Any]]]:
    """Put symbols in the place of a layer's own weights and embeddings, and what was there back in the end."""
    from keras import KerasTensor, Variable, layers

    symbols: list[tuple[Any, Any]] = []
    own, replaced = vars(op), dict[str, Any]()
    for name, found in {**own.get("_modules", {}), **own}.items():
        if isinstance(found, Variable):
            symbols.append((KerasTensor(found.shape, dtype=found.dtype), found))
            replaced[name] = symbols[-1][0]
        elif isinstance(found, layers.Embedding):
            replaced[name] = Table(found, symbols)
    before = {name: own[name] for name in replaced if name in own}
    own.update(replaced)
    try:
        yield symbols
    finally:
        for name in replaced:
            del own[name]
        own.update(before)


@contextmanager
def numbers_for_draws() -> Iterator[None]:
    """Give zeros for draws of `keras.random` whose sizes follow the batch, which is open, so nothing can draw them."""
    import numpy as np
    from keras import random

    def drawing(draw: Callable[..., Any]) -> Callable[..., Any]:
        def drawn(shape: Any, *args: Any, **kwargs: Any) -> Any:
            is_open = any(size is None for size in shape)
            return np.zeros([size or 1 for size in shape], "float32") if is_open else draw(shape, *args, **kwargs)

        return drawn

    before = {name: getattr(random, name) for name in ("normal", "uniform", "truncated_normal")}
    for name, draw in before.items():
        setattr(random, name, drawing(draw))
    try:
        yield
    finally:
        for name, draw in before.items():
            setattr(random, name, draw)
