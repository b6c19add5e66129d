"""New shapes and merges of Keras, and layers that change nothing, each as a kind of the notation."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

from layerquiz.network.importing.forms import FORMS, SEQUENCE, STRIP
from layerquiz.network.importing.keras.layers import LAYERS, Write, entries, last, sliding
from layerquiz.network.importing.keras.use import Tensor, Use
from layerquiz.network.layers.base import reading_order


def dropout(at: Use) -> Tensor:
    """Write dropout of any sort down."""
    return at.layer("dropout", rate=getattr(at.op, "rate", None))


def noise(at: Use) -> Tensor:
    """Write noise down, which is dropout without a share that is dropped."""
    return at.layer("dropout", rate=0.0)


def identity(at: Use) -> Tensor:
    """Write down what changes no size; in front of what slides along a sequence it is the sequence as a strip."""
    is_turned = at.first.sizes == SEQUENCE and bool(at.feeds) and at.feeds <= SLIDING
    if type(at.op).__name__ == "Identity" and is_turned:
        return at.layer("series", sizes=STRIP)
    return at.layer("identity")


def augmented(at: Use) -> Tensor:
    """Write down what changes pictures in training alone; it does nothing to what is predicted."""
    if at.first.shape != at.shape:
        raise at.refused("it changes the size of pictures", "Preparation of data stands before the input")
    return at.layer("identity")


AUGMENTATIONS = (
    *("Brightness", "ColorDegeneration", "ColorJitter", "Contrast", "Crop", "ElasticTransform", "Erasing", "Flip"),
    *("GaussianBlur", "Grayscale", "Hue", "Invert", "Perspective", "Posterization", "Rotation", "Saturation"),
    *("Sharpness", "Shear", "Translation", "Zoom"),
)

SLIDING = frozenset(name for name in LAYERS if name.endswith(("1D", "1DTranspose")) and "Global" not in name) | {
    "ZeroPadding1D",
    "Cropping1D",
    "UpSampling1D",
}
"""Layers that slide along the tokens of what is a sequence elsewhere."""


def flatten(at: Use) -> Tensor:
    """Write a flattening down."""
    last(at, at.op)
    return at.layer("flatten")


def reshape(at: Use) -> Tensor:
    """Write a new shape down; a picture whose channels stay is cut into tokens."""
    return reshaped(at, at.first)


def reshaped(at: Use, tensor: Tensor) -> Tensor:
    """Write down that the numbers of each example stand in another shape."""
    if prod(tensor.shape) != prod(at.shape):
        raise at.refused(f"{tensor.shape} becomes {at.shape}: numbers of several examples are mixed")
    is_image = len(tensor.shape) > len(SEQUENCE) or tensor.sizes == STRIP
    if is_image and at.rank == len(SEQUENCE) and at.shape[-1] == tensor.shape[-1]:
        return at.layer("tokens", tensor, sizes=SEQUENCE)
    return at.layer("reshape", tensor, shape=list(at.shape), sizes=FORMS.get(at.rank, ()))


def permute(at: Use) -> Tensor:
    """Write another order of the axes down."""
    return at.layer("permute", order=entries(at.op.dims))


def repeated(at: Use) -> Tensor:
    """Write a repetition down."""
    return at.layer("repeatvector", times=at.op.n, sizes=SEQUENCE)


def sides(at: Use) -> Tensor:
    """Write padding or a cut down."""
    is_pad = type(at.op).__name__.startswith("ZeroPadding")
    tensor = sliding(at, at.op, at.first)
    found = at.op.padding if is_pad else at.op.cropping
    pairs = [found] if isinstance(found[0], int) else found
    return sided(at, tensor, "zeropad" if is_pad else "crop", pairs)


def sided(at: Use, tensor: Tensor, kind: str, pairs: Sequence[Sequence[int]]) -> Tensor:
    """Write down what is put at the sides of each axis, or cut off there."""
    padding = [int(first) if first == end else [int(first), int(end)] for first, end in pairs]
    return at.layer(kind, tensor, padding=padding)


def center_crop(at: Use) -> Tensor:
    """Write a cut to the middle down."""
    last(at, at.op)
    gaps = [size - kept for size, kept in zip(at.first.shape[:2], at.shape[:2], strict=True)]
    if at.rank != 3 or min(gaps) < 0:
        raise at.refused("it enlarges what is smaller than its cut")
    return sided(at, at.first, "crop", [(gap // 2, gap - gap // 2) for gap in gaps])


def upsample(at: Use) -> Tensor:
    """Write an enlargement down, by a factor or to a size."""
    tensor = sliding(at, at.op, at.first)
    if type(at.op).__name__ == "Resizing":
        return at.layer("upsample", tensor, size=list(at.shape[:2]))
    return at.layer("upsample", tensor, factor=entries(at.op.size))


def merging(kind: str) -> Write:
    """Return how a merge is written that works number by number."""

    def write(at: Use) -> Tensor:
        return merged(at, kind, at.inputs)

    return write


def merged(at: Use, kind: str, tensors: Sequence[Tensor], **keys: Any) -> Tensor:
    """Write a merge down; strips and sequences are made alike."""
    if len({len(tensor.shape) for tensor in tensors}) > 1:
        shapes = ", ".join(str(tensor.shape) for tensor in tensors)
        raise at.refused(f"it merges {shapes}, which have not the same axes", cure="Put a Reshape in front")
    if len({tensor.sizes for tensor in tensors}) > 1:
        tensors = [at.sequence(tensor) for tensor in tensors]
    if len(tensors) == 1:
        return at.layer("identity", *tensors)
    return at.layer(kind, *tensors, **keys)


def concatenation(at: Use) -> Tensor:
    """Write a concatenation down."""
    return joined(at, at.inputs, at.op.axis)


def joined(at: Use, tensors: Sequence[Tensor], axis: int) -> Tensor:
    """Write down that inputs stand behind each other along an axis, of which the batch is 0."""
    place = axis % (at.rank + 1)
    if place == 0:
        raise at.refused("it joins the examples of a batch")
    if len({tensor.sizes for tensor in tensors}) > 1:
        tensors = [at.sequence(tensor) for tensor in tensors]
    order = reading_order(tensors[0].sizes)
    name = None if place == at.rank else order[place - 1]
    return merged(at, "concat", tensors, axis=name)


def dot(at: Use) -> Tensor:
    """Write a product along the tokens or the features down."""
    first = at.first
    axes = {place % (len(first.shape) + 1) for place in entries(at.op.axes)}
    if len(axes) > 1 or 0 in axes or len(first.shape) > len(SEQUENCE):
        raise at.refused(f"its product is along the axes {at.op.axes}", "In the notation along one, the same of both")
    is_last = axes == {len(first.shape)}
    tensors = [at.sequence(tensor) for tensor in at.inputs]
    return at.layer("dot", *tensors, axis=None if is_last else "tokens", sizes=FORMS[at.rank])


SHAPES: dict[str, Write] = {
    **dict.fromkeys(("Dropout", "AlphaDropout", "GaussianDropout"), dropout),
    **{f"SpatialDropout{rank}D": dropout for rank in (1, 2, 3)},
    **{f"{stem}{rank}D": sides for stem in ("ZeroPadding", "Cropping") for rank in (1, 2, 3)},
    **{f"UpSampling{rank}D": upsample for rank in (1, 2, 3)},
    **dict.fromkeys(("Identity", "ActivityRegularization", "Masking", "Rescaling"), identity),
    **{name: merging(name.lower()) for name in ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum")},
    **{f"Random{name}": augmented for name in AUGMENTATIONS},
    "GaussianNoise": noise,
    "StochasticDepth": lambda at: at.layer("dropout", rate=at.op.drop_path_rate),
    "Flatten": flatten,
    "Reshape": reshape,
    "Permute": permute,
    "RepeatVector": repeated,
    "CenterCrop": center_crop,
    "Resizing": upsample,
    "Concatenate": concatenation,
    "Dot": dot,
}
"""How each is written, by the name of its class."""
