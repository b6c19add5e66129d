"""Models as people write them in Keras, each with the kinds of the network that it should become."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
from keras import layers, ops


class TransformerBlock(layers.Layer):
    """Attention and two dense layers, each with a residual sum, as in Keras' examples."""

    def __init__(self, width: int, heads: int, inner: int, **keys: Any) -> None:
        super().__init__(**keys)
        self.attention = layers.MultiHeadAttention(heads, width // heads)
        self.inner = keras.Sequential([layers.Dense(inner, activation="relu"), layers.Dense(width)])
        self.first, self.second = layers.LayerNormalization(), layers.LayerNormalization()
        self.dropout = layers.Dropout(0.1)

    def call(self, x: Any) -> Any:
        """Return as many tokens as there were."""
        x = self.first(x + self.dropout(self.attention(x, x)))
        return self.second(x + self.inner(x))


class TokensAndPositions(layers.Layer):
    """A vector for each word and one for each place, as in Keras' examples."""

    def __init__(self, places: int, words: int, width: int, **keys: Any) -> None:
        super().__init__(**keys)
        self.words = layers.Embedding(words, width)
        self.places = layers.Embedding(places, width)

    def call(self, x: Any) -> Any:
        """Return the sum of both."""
        return self.words(x) + self.places(ops.arange(0, ops.shape(x)[-1], 1))


class ClassToken(layers.Layer):
    """A learned token in front, and learned positions."""

    def build(self, shape: tuple[int, ...]) -> None:
        """Make both."""
        self.token = self.add_weight(shape=(1, 1, shape[-1]), name="token")
        self.places = self.add_weight(shape=(1, shape[1] + 1, shape[-1]), name="places")

    def call(self, x: Any) -> Any:
        """Return one token more."""
        token = ops.broadcast_to(self.token, (ops.shape(x)[0], 1, x.shape[-1]))
        return ops.concatenate([token, x], axis=1) + self.places


class Draw(layers.Layer):
    """A mean and a deviation of the input, and a number drawn with both, as Keras' variational autoencoder has it."""

    def __init__(self) -> None:
        super().__init__()
        self.mean, self.deviation, self.seed = layers.Dense(2), layers.Dense(2), keras.random.SeedGenerator(1)

    def call(self, x: Any) -> Any:
        """Return the number."""
        mean, deviation = self.mean(x), self.deviation(x)
        drawn = keras.random.normal(shape=(ops.shape(mean)[0], ops.shape(mean)[1]), seed=self.seed)
        return mean + ops.exp(0.5 * deviation) * drawn


class Linear(layers.Layer):
    """The layer of Keras' guide to layers of one's own."""

    def __init__(self, units: int) -> None:
        super().__init__()
        self.units = units

    def build(self, shape: tuple[int, ...]) -> None:
        """Make the weights."""
        self.w = self.add_weight(shape=(shape[-1], self.units))
        self.b = self.add_weight(shape=(self.units,))

    def call(self, x: Any) -> Any:
        """Return x w + b."""
        return ops.matmul(x, self.w) + self.b


class Subclassed(keras.Model):
    """A model with a residual sum in its own `call`."""

    def __init__(self) -> None:
        super().__init__()
        self.convs = [layers.Conv2D(8, 3, padding="same") for _ in range(3)]
        self.norm = layers.BatchNormalization()
        self.head = layers.Dense(3)

    def call(self, x: Any, training: bool | None = None) -> Any:
        """Return three numbers for each image."""
        x = self.convs[0](x)
        y = ops.relu(self.norm(self.convs[1](x), training=training))
        x = ops.maximum(x, self.convs[2](y))
        return self.head(ops.mean(x, axis=(1, 2)))


def chain(shape: tuple[int, ...], *parts: Any, **keys: Any) -> Any:
    """Return layers one after the other."""
    return keras.Sequential([keras.Input(shape, **keys), *parts])


def inputs(*shape: int, **keys: Any) -> Any:
    """Return an input."""
    return keras.Input(shape, **keys)


def residual() -> Any:
    """Two branches, with numbers and functions between the layers."""
    x = inputs(16, 16, 4)
    first = layers.Conv2D(8, 3, padding="same", activation="relu")(x)
    second = layers.Conv2D(8, 1, groups=2, use_bias=False)(x)
    y = ops.concatenate([(first + second) * 0.5 + 1.0, first - second], axis=-1)
    y = ops.mean(y[:, 2:-2, 2:-2], axis=(1, 2))
    return keras.Model(x, [layers.Dense(3)(y), layers.Dense(2)(y)])


def squeezed() -> Any:
    """Squeeze and excitation."""
    x = inputs(8, 8, 6)
    y = layers.Dense(2, activation="relu")(layers.GlobalAveragePooling2D(keepdims=True)(x))
    return keras.Model(x, layers.Multiply()([x, layers.Dense(6, activation="sigmoid")(y)]))


def u_net() -> Any:
    """Down and up again, with a bridge."""
    x = inputs(16, 16, 1)
    left = layers.SeparableConv2D(4, 3, padding="same", depth_multiplier=2)(x)
    down = layers.Conv2D(8, 3, padding="same")(layers.MaxPooling2D()(left))
    up = layers.Conv2DTranspose(4, 2, strides=2)(down)
    other = layers.UpSampling2D(2)(down)
    return keras.Model(x, layers.Concatenate()([left, layers.Cropping2D(0)(up), other]))


def sharing() -> Any:
    """One layer three times, and one model twice."""
    dense = layers.Dense(8, activation="relu", name="twin")
    inner = keras.Sequential([inputs(8), layers.Dense(8, name="d"), layers.BatchNormalization(name="b")], name="inner")
    x = inputs(8)
    y = dense(dense(x))
    return keras.Model(x, layers.Add()([inner(y), inner(dense(y))]))


def attending() -> Any:
    """Masks are handed on from an embedding; heads share keys; values are not keys."""
    x = inputs(12, dtype="int32")
    y = layers.Embedding(50, 16, mask_zero=True)(x)
    z = layers.Bidirectional(layers.LSTM(8, return_sequences=True), merge_mode="ave")(y)
    y = layers.MultiHeadAttention(4, 3, value_dim=5, output_shape=6)(y, value=z, use_causal_mask=True)
    y = layers.GroupQueryAttention(2, 4, 2)(y, y)
    return keras.Model(x, layers.AdditiveAttention()([y, layers.Dense(6)(z), layers.Dense(6)(z)]))


def tied() -> Any:
    """A table that is used backwards."""
    x, table = inputs(5, dtype="int32"), layers.ReversibleEmbedding(11, 4)
    return keras.Model(x, table(layers.Dense(4)(table(x)), reverse=True))


def films() -> Any:
    """A model at each step of a film."""
    body = keras.Sequential(
        [inputs(16, 16, 3), layers.Conv2D(4, 3), layers.BatchNormalization(), layers.ReLU(), layers.MaxPooling2D()]
    )
    each = layers.TimeDistributed
    return chain(
        (5, 16, 16, 3), each(body), each(layers.GlobalAveragePooling2D()), each(layers.Dense(2)), layers.GRU(3)
    )


def adapted() -> Any:
    """A low-rank adapter."""
    model = chain((6,), layers.Dense(4, use_bias=False))
    model.layers[0].enable_lora(2)
    return model


def nested_open() -> Any:
    """A model that is used with other sizes than it was made for, and one in that."""
    deep = keras.Sequential([keras.Input((None, None, 3)), layers.Conv2D(4, 3, strides=2)], name="deep")
    open_sizes = keras.Input((None, None, 3))
    middle = keras.Model(open_sizes, layers.MaxPooling2D()(deep(open_sizes)), name="middle")
    x = inputs(31, 29, 3)
    return keras.Model(x, layers.Flatten()(middle(x)))


def gated() -> Any:
    """A gate made of one half of the channels, and three parts of a sequence."""
    x = inputs(6, 6, 4)
    first, second = ops.split(layers.Conv2D(8, 1)(x), 2, axis=-1)
    y = layers.Reshape((36, 4))(first * ops.sigmoid(second))
    return keras.Model(x, ops.split(y, [4, 20], axis=1))


CASES: dict[str, tuple[Callable[[], Any], str]] = {
    "residual": (residual, "conv2d conv2d add identity identity subtract concat crop globalavgpool dense dense"),
    "squeeze and excitation": (squeezed, "globalavgpool dense dense multiply"),
    "bridge": (u_net, "separableconv2d maxpool2d conv2d convtranspose2d crop upsample concat"),
    "shared": (sharing, "dense dense dense batchnorm dense dense batchnorm add"),
    "attention": (attending, "embedding lstm attention attention dense dense additiveattention"),
    "tied": (tied, "embedding dense dense"),
    "film": (films, "conv3d batchnorm activation maxpool3d adaptiveavgpool tokens dense gru"),
    "adapter": (adapted, "dense"),
    "nested with open sizes": (nested_open, "conv2d maxpool2d flatten"),
    "transformer": (
        lambda: chain((20,), TokensAndPositions(24, 90, 16), TransformerBlock(16, 2, 32), layers.Flatten()),
        "embedding positionembedding attention dropout add layernorm dense dense add layernorm flatten",
    ),
    "class token": (
        lambda: chain((9, 8), ClassToken(), layers.Dense(2)),
        "parameter concat positionembedding dense",
    ),
    "a draw": (lambda: chain((8,), Draw(), layers.Dense(2)), "dense dense identity activation identity add dense"),
    "a sum of tokens": (lambda: keras.Model(x := inputs(9, 8), ops.sum(x, axis=1)), "globalavgpool"),
    "a layer of one's own": (lambda: chain((8,), Linear(4), Linear(2)), "dense parameter add dense parameter add"),
    "along a sequence": (
        lambda: chain(
            (50,),
            layers.Embedding(100, 16),
            layers.Conv1D(8, 3, padding="causal", dilation_rate=2),
            layers.MaxPooling1D(2),
            layers.SpatialDropout1D(0.1),
            layers.SimpleRNN(5, return_sequences=True),
            layers.ZeroPadding1D((1, 2)),
            layers.GlobalMaxPooling1D(),
        ),
        "embedding series conv1d maxpool1d dropout tokens rnn series zeropad globalmaxpool",
    ),
    "a strip": (
        lambda: chain((50, 2), layers.Conv1D(8, 3), layers.AveragePooling1D(2), layers.Flatten()),
        "conv1d avgpool1d flatten",
    ),
    "prepared": (
        lambda: chain(
            (8, 8, 3), layers.RandomFlip(), layers.Rescaling(1 / 255), layers.Normalization(), layers.ReLU(6.0)
        ),
        "identity identity normalization activation",
    ),
    "norms": (
        lambda: chain(
            (8, 8, 4),
            layers.LayerNormalization(axis=[1, 2, 3]),
            layers.GroupNormalization(2, center=False),
            layers.BatchNormalization(scale=False),
            layers.RMSNormalization(),
            layers.PReLU(shared_axes=[1, 2]),
            layers.SpectralNormalization(layers.Conv2D(3, 3)),
        ),
        "layernorm groupnorm batchnorm rmsnorm prelu conv2d",
    ),
    "patches": (
        lambda: keras.Model(x := inputs(32, 32, 3), ops.reshape(ops.image.extract_patches(x, 8), (-1, 16, 192))),
        "pixelunshuffle tokens",
    ),
    "moved": (
        lambda: chain(
            (8, 4), layers.Permute((2, 1)), layers.Reshape((4, 2, 4)), layers.Flatten(), layers.RepeatVector(3)
        ),
        "permute reshape flatten repeatvector",
    ),
    "two from one": (
        lambda: keras.Model(x := inputs(2, 8), layers.Dot(-1)([x[:, 0], x[:, 1]])),
        "select select dot",
    ),
    "halves": (gated, "conv2d slice slice activation multiply tokens slice slice slice"),
    "a part of the channels": (lambda: keras.Model(x := inputs(8, 8, 4), x[..., 1:3]), "slice"),
    "states of images": (
        lambda: chain((4, 9, 9, 2), layers.ConvLSTM2D(3, 3, return_sequences=True), layers.ConvLSTM2D(2, 2)),
        "convlstm2d convlstm2d",
    ),
    "functions": (
        lambda: keras.Model(
            x := inputs(6, 6, 4),
            ops.depth_to_space(ops.pad(ops.swapaxes(ops.gelu(x), 1, 2), ((0, 0), (1, 1), (0, 2), (0, 0))), 2),
        ),
        "activation permute zeropad pixelshuffle",
    ),
}
