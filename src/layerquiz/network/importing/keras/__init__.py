"""A Keras model to the notation: its graph is followed from the inputs to the outputs, nested models and all.

What neither changes a size nor a count, such as initialisers, momenta, epsilons, rates of regularisers or the direction
in which a recurrent layer reads, has no place in the notation.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from layerquiz.errors import NetworkError
from layerquiz.network.importing.draft import INPUT, Draft, cannot
from layerquiz.network.importing.forms import FORMS, SIZES_ALLOWED
from layerquiz.network.importing.keras.graph import Walk, graph_of, is_model
from layerquiz.network.importing.keras.use import Shape, Tensor, Written, named, numbers
from layerquiz.network.network import Network

PICTURE = 224
"""Height and width of an input that leaves both open, as those of MobileNetV3: the pictures of ImageNet."""


def network(model: Any, input_shape: Sequence[int] | None = None) -> Network:
    """Return a Keras model in the notation, every layer by itself, once all counts and shapes agree with Keras' own.

    input_shape: without the batch, the channels last; needed where the model leaves sizes open. An open height and
    width are 224. The model is an object; to read one from a file is its caller's part. No weight's value is read.
    Raises `NetworkError` with the layer's name: for what the notation cannot say, such as a `Lambda`, with the slug
    `cannot-import`; for a count or a shape that differs from Keras' with `import-differs`.
    """
    if not is_model(model):
        what = f"this is no model of Keras: found {type(model).__name__}"
        raise NetworkError(what, cure="Give a keras.Model, as keras.Sequential makes it", slug="cannot-import")
    graph = graph_of(model, input_shape)
    if len(graph.inputs) != 1:
        raise cannot(model.name, f"it has {len(graph.inputs)} inputs", "A network of the notation has one")
    shape = _entering(model, graph.inputs[0].shape[1:], input_shape)
    sizes = FORMS[len(shape)]
    draft = Draft(model.name, named(sizes, shape), "keras")
    written = Written(draft)
    Walk(written, "").follow(graph, [Tensor(INPUT, sizes, shape)])
    _account(model, draft)
    return draft.checked()


def _entering(model: Any, told: Sequence[int | None], wanted: Sequence[int] | None) -> Shape:
    """Return the shape of the input, with a number for every size."""
    if wanted is not None:
        fits = [
            type(size) is int and size > 0 and mine in (None, size) for mine, size in zip(told, wanted, strict=False)
        ]
        if len(wanted) != len(told) or not all(fits):
            raise cannot(model.name, f"its input is {tuple(told)}, and not {tuple(wanted)}", "None is any size")
    shape = list(told if wanted is None else wanted)
    if len(shape) == 3 and shape[:2] == [None, None]:
        shape[:2] = [PICTURE, PICTURE]
    if None in shape:
        cure = "Say the sizes: from_keras(model, input_shape=(...)), without the batch, the channels last"
        raise cannot(model.name, f"its input {tuple(told)} leaves a size open", cure=cure)
    if len(shape) not in FORMS:
        raise cannot(model.name, f"its input has {len(shape)} sizes beside the batch", cure=SIZES_ALLOWED)
    return tuple(int(size) for size in shape if size is not None)


def _account(model: Any, draft: Draft) -> None:
    """Note the totals of the model, of which each weight has to stand in a layer that was met."""
    met = sum(said.parameters for said in draft.said)
    if met != numbers(model.weights):
        what = f"{numbers(model.weights) - met:,} of its numbers belong to no layer between its input and its outputs"
        raise cannot(model.name, what, cure="Build the model of the layers that it uses")
    trainable, nontrainable = numbers(model.trainable_weights), numbers(model.non_trainable_weights)
    names = [layer["name"] for layer in draft.layers]
    draft.says(model.name, *names, trainable=trainable, nontrainable=nontrainable)
