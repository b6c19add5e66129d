"""The kinds of the notation as Keras layers, channels last; what Keras cannot say is listed in `keras_gaps`."""

from __future__ import annotations

from collections.abc import Callable

from keras import layers, ops

from oracle import keras_further
from oracle.keras_parts import Applied, Layer, Tensor, alone, as_keras_has_it, chained, merging, rank

RANKED: dict[str, tuple[type[layers.Layer], ...]] = {
    "conv": (layers.Conv1D, layers.Conv2D, layers.Conv3D),
    "convtranspose": (layers.Conv1DTranspose, layers.Conv2DTranspose, layers.Conv3DTranspose),
    "depthwiseconv": (layers.DepthwiseConv1D, layers.DepthwiseConv2D),
    "separableconv": (layers.SeparableConv1D, layers.SeparableConv2D),
    "maxpool": (layers.MaxPooling1D, layers.MaxPooling2D, layers.MaxPooling3D),
    "avgpool": (layers.AveragePooling1D, layers.AveragePooling2D, layers.AveragePooling3D),
    "globalmaxpool": (layers.GlobalMaxPooling1D, layers.GlobalMaxPooling2D, layers.GlobalMaxPooling3D),
    "globalavgpool": (layers.GlobalAveragePooling1D, layers.GlobalAveragePooling2D, layers.GlobalAveragePooling3D),
    "adaptivemaxpool": (layers.AdaptiveMaxPooling1D, layers.AdaptiveMaxPooling2D, layers.AdaptiveMaxPooling3D),
    "adaptiveavgpool": (
        layers.AdaptiveAveragePooling1D,
        layers.AdaptiveAveragePooling2D,
        layers.AdaptiveAveragePooling3D,
    ),
    "zeropad": (layers.ZeroPadding1D, layers.ZeroPadding2D, layers.ZeroPadding3D),
    "crop": (layers.Cropping1D, layers.Cropping2D, layers.Cropping3D),
    "upsample": (layers.UpSampling1D, layers.UpSampling2D, layers.UpSampling3D),
}
"""The Keras layers over one, two and three axes."""

CALLED = {"multiplier": "depth_multiplier", "bias": "use_bias", "dilation": "dilation_rate", "kernel": "kernel_size"}
CALLED |= {"stride": "strides", "filters": "filters", "groups": "groups", "output_padding": "output_padding"}
"""A window's keys as Keras calls them; the padding is translated by itself."""

WORDS = {0: "valid", "valid": "valid", "same": "same", "causal": "causal"}
"""What padding Keras can say."""

PLACES = {"channels": -1, "features": -1, "width": -2, "length": -2, "tokens": -2, "height": -3, "depth": -4}
"""Where a size stands in a shape, counted from its end."""


def window(layer: Layer, before: Tensor) -> Applied:
    """Return a convolution of any sort."""
    keys = {theirs: as_keras_has_it(layer[ours]) for ours, theirs in CALLED.items() if ours in layer}
    kind = RANKED[layer["kind"][:-2]][rank(before) - 1]
    return alone(reparametrized(layer, kind(padding=WORDS[layer.get("padding", 0)], **keys)))


def reparametrized(layer: Layer, made: layers.Layer) -> layers.Layer:
    """Return a layer in the wrapper of spectral norm where it is told so."""
    return layers.SpectralNormalization(made) if layer.get("spectral_norm") else made


def dense(layer: Layer, _: Tensor) -> Applied:
    """Return a dense layer along the last axis."""
    return alone(reparametrized(layer, layers.Dense(layer["units"], use_bias=layer.get("bias", True))))


def pool(layer: Layer, before: Tensor) -> Applied:
    """Return a pool over windows."""
    keys = {"pool_size": as_keras_has_it(layer["kernel"]), "strides": as_keras_has_it(layer.get("stride"))}
    kind = RANKED[layer["kind"][:-2]][rank(before) - 1]
    return alone(kind(padding=WORDS[layer.get("padding", 0)], **keys))


def global_pool(layer: Layer, before: Tensor) -> Applied:
    """Return a mean or a maximum over all positions."""
    return alone(RANKED[layer["kind"]][rank(before) - 1](keepdims=layer.get("keepdims", False)))


def adaptive(layer: Layer, before: Tensor) -> Applied:
    """Return a pool to a size; None keeps an axis."""
    found = layer["size"]
    entries = found if isinstance(found, list) else [found] * rank(before)
    sizes = [length if size is None else size for size, length in zip(entries, before.shape[1:-1], strict=True)]
    return alone(RANKED[layer["kind"]][rank(before) - 1](tuple(sizes)))


def sides(layer: Layer, before: Tensor) -> Applied:
    """Return padding or a cut, of which Keras names the first axis first."""
    found = layer["padding"]
    entries = found if isinstance(found, list) else [found] * rank(before)
    pairs = tuple(tuple(entry) if isinstance(entry, list) else (entry, entry) for entry in entries)
    return alone(RANKED[layer["kind"]][rank(before) - 1](pairs[0] if len(pairs) == 1 else pairs))


def upsample(layer: Layer, before: Tensor) -> Applied:
    """Return an enlargement by whole factors, or of two axes to a size."""
    if "size" in layer:
        found = layer["size"]
        return alone(layers.Resizing(*(found if isinstance(found, list) else [found] * rank(before))))
    found = layer["factor"]
    factor = found[0] if isinstance(found, list) and len(found) == 1 else as_keras_has_it(found)
    return alone(RANKED["upsample"][rank(before) - 1](factor))


def recurrent(layer: Layer, _: Tensor) -> Applied:
    """Return recurrent layers on top of each other; all but the last give the whole sequence."""
    kind = {"rnn": layers.SimpleRNN, "lstm": layers.LSTM, "gru": layers.GRU}[layer["kind"]]
    keys = {"use_bias": layer.get("bias", True)}
    keys |= {"reset_after": layer["reset_after"]} if "reset_after" in layer else {}
    several = [True] * (layer.get("layers", 1) - 1) + [layer.get("sequences", True)]
    cells = [kind(layer["units"], return_sequences=every, **keys) for every in several]
    if layer.get("bidirectional", False):
        cells = [layers.Bidirectional(cell, merge_mode=layer.get("merge", "concat")) for cell in cells]
    return chained(*cells)


def attention(layer: Layer, before: Tensor) -> Applied:
    """Return attention; its keys and values may have other features. Keras is told the features per head."""
    width, heads = before.shape[-1], layer["heads"]
    each = layer.get("head_features") or exactly(layer.get("features", width), heads)
    if layer.get("kv_heads", heads) != heads:
        made = layers.GroupQueryAttention(each, heads, layer["kv_heads"], use_bias=layer.get("bias", True))
    else:
        keys = {"value_dim": layer.get("value_features"), "output_shape": layer.get("features")}
        made = layers.MultiHeadAttention(heads, each, use_bias=layer.get("bias", True), **keys)
    return Applied(lambda query, *others: attended(made, layer, query, others), (made,))


def exactly(width: int, heads: int) -> int:
    """Return the features of each head, which have to come out even."""
    if width % heads:
        raise ValueError(f"{heads} heads do not share {width} features")
    return width // heads


def attended(made: layers.Layer, layer: Layer, query: Tensor, others: tuple[Tensor, ...]) -> Tensor:
    """Return what attention gives; Keras takes the values before the keys."""
    given = [others[0], others[-1]] if others else [query, query]
    keys, values = (
        ops.zeros((*query.shape[:-1], layer[name])) if name in layer else found
        for name, found in zip(("key_input", "value_input"), given, strict=True)
    )
    return made(query, values, keys)


def batch_norm(layer: Layer, _: Tensor) -> Applied:
    """Return batch normalisation."""
    return alone(layers.BatchNormalization(scale=layer.get("scale", True), center=layer.get("center", True)))


def layer_norm(layer: Layer, before: Tensor) -> Applied:
    """Return a normalisation over the last axes."""
    axes = layer.get("axes", "last")
    count = {"last": 1, "all": len(before.shape) - 1}.get(axes, axes)
    if count > len(before.shape) - 1:
        raise ValueError("more axes than there are")
    places = list(range(-count, 0))
    if layer["kind"] == "rmsnorm":
        return alone(layers.RMSNormalization(axis=places))
    keys = {"scale": layer.get("scale", True), "center": layer.get("center", True)}
    return alone(layers.LayerNormalization(axis=places, **keys))


def group_norm(layer: Layer, _: Tensor) -> Applied:
    """Return group normalisation; instance normalisation has a group for each channel."""
    is_instance = layer["kind"] == "instancenorm"
    keys = {name: layer.get(name, not is_instance) for name in ("scale", "center")}
    return alone(layers.GroupNormalization(groups=-1 if is_instance else layer["groups"], **keys))


def slopes(layer: Layer, before: Tensor) -> Applied:
    """Return a parametric ReLU; axes that share a slope are named, the first after the batch being 1."""
    found, axes = layer.get("parameters", 1), list(range(1, len(before.shape)))
    shared = {"elements": [], "channels": axes[:-1], before.shape[-1]: axes[:-1], 1: axes}[found]
    return alone(layers.PReLU(shared_axes=shared or None))


def concatenated(layer: Layer, _: Tensor) -> Applied:
    """Return a concatenation; unless an axis is named, along the last."""
    return merging(layers.Concatenate(axis=PLACES[layer.get("axis", "channels")]))


LAYERS: dict[str, Callable[[Layer, Tensor], Applied]] = {
    **keras_further.LAYERS,
    **{f"{stem}{axes}d": window for stem in ("conv", "convtranspose") for axes in (1, 2, 3)},
    **{f"{stem}{axes}d": window for stem in ("depthwiseconv", "separableconv") for axes in (1, 2)},
    **{f"{stem}{axes}d": pool for stem in ("maxpool", "avgpool") for axes in (1, 2, 3)},
    **dict.fromkeys(("globalavgpool", "globalmaxpool"), global_pool),
    **dict.fromkeys(("adaptiveavgpool", "adaptivemaxpool"), adaptive),
    **dict.fromkeys(("zeropad", "crop"), sides),
    **dict.fromkeys(("rnn", "lstm", "gru"), recurrent),
    **dict.fromkeys(("layernorm", "rmsnorm"), layer_norm),
    **dict.fromkeys(("groupnorm", "instancenorm"), group_norm),
    "pixelshuffle": lambda layer, _: Applied(lambda image: ops.depth_to_space(image, layer["factor"]), ()),
    "pixelunshuffle": lambda layer, _: Applied(lambda image: ops.space_to_depth(image, layer["factor"]), ()),
    "batchnorm": batch_norm,
    "attention": attention,
    "upsample": upsample,
    "prelu": slopes,
    "concat": concatenated,
    "embedding": lambda layer, _: alone(layers.Embedding(layer["vocabulary"], layer["features"])),
    "dense": dense,
    "activation": lambda layer, _: alone(layers.Activation(layer["function"])),
    "dropout": lambda layer, _: alone(layers.Dropout(layer.get("rate", 0.5))),
    "identity": lambda *_: alone(layers.Identity()),
    "flatten": lambda *_: alone(layers.Flatten()),
    "reshape": lambda layer, _: alone(layers.Reshape(tuple(layer["shape"]))),
    "tokens": lambda _, before: alone(layers.Reshape((-1, before.shape[-1]))),
    "add": lambda *_: merging(layers.Add()),
    "multiply": lambda *_: merging(layers.Multiply()),
}
