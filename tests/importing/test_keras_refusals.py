"""What the notation cannot say is refused with one message that names the layer; nothing is left out without a word."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

from layerquiz.errors import NetworkError
from layerquiz.network.importing.draft import Draft
from layerquiz.network.network import Network

pytestmark = pytest.mark.oracle

Make = Callable[[Any, Any, Any], Any]
"""A model, of Keras' layers, its functions, and a chain of layers."""


def half_frozen(layers: Any, _: Any, chain: Any) -> Any:
    """A layer of which the bias alone is frozen."""
    model = chain((4,), layers.Dense(3, name="half"))
    model.layers[0].bias.trainable = False
    return model


def adapter_and_bias(layers: Any, _: Any, chain: Any) -> Any:
    """A low-rank adapter beside a bias, which Keras trains."""
    model = chain((6,), layers.Dense(4, name="low"))
    model.layers[0].enable_lora(2)
    return model


def left_out(layers: Any, _: Any, chain: Any) -> Any:
    """A layer of somebody's own with a weight that is not used."""

    class Own(layers.Layer):  # type: ignore[misc, name-defined]
        def build(self, _: Any) -> None:
            self.spare = self.add_weight(shape=(2, 4))

        def call(self, x: Any) -> Any:
            return -x

    return chain((6,), Own(), layers.Dense(4), name="whole")


def states(layers: Any, _: Any, chain: Any) -> Any:
    """A decoder that begins with an encoder's state."""
    x = chain.input((5, 3))
    _, *state = layers.LSTM(4, return_state=True, name="encoder")(x)
    return chain.model(x, layers.LSTM(4, name="decoder")(x, initial_state=state))


def two_inputs(layers: Any, _: Any, chain: Any) -> Any:
    """A model with two inputs."""
    first, second = chain.input((3,)), chain.input((3,))
    return chain.model([first, second], layers.Add()([first, second]), name="whole")


def flowing(layers: Any, _: Any, chain: Any) -> Any:
    """A layer of somebody's own that looks at numbers."""

    class Own(layers.Layer):  # type: ignore[misc, name-defined]
        def call(self, x: Any) -> Any:
            return x if self.built and float(x[0, 0]) > 0 else -x

        def compute_output_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
            return shape

    return chain((3,), Own(name="own"))


CASES: dict[str, tuple[Make, list[str]]] = {
    "a lambda": (
        lambda layers, _, chain: chain((3,), layers.Lambda(lambda x: x, name="own")),
        ["own", "Lambda", "Python"],
    ),
    "a lambda as activation": (
        lambda layers, _, chain: chain((3,), layers.Dense(2, activation=lambda x: x, name="own")),
        ["own", "activation", "no name"],
    ),
    "channels first": (
        lambda layers, _, chain: chain((3, 8, 8), layers.MaxPooling2D(data_format="channels_first", name="first")),
        ["first", "MaxPooling2D", "channels_last"],
    ),
    "half frozen": (half_frozen, ["half", '"bias" is frozen']),
    "an adapter and a bias": (adapter_and_bias, ["low", "adapter and a bias"]),
    "weights that are not used": (left_out, ["whole", "8 of its numbers"]),
    "a state": (states, ["encoder", "output 2"]),
    "two inputs": (two_inputs, ["whole", "2 inputs"]),
    "an open size": (
        lambda layers, _, chain: chain((None, 3), layers.LSTM(2), name="whole"),
        ["whole", "(None, 3)", "input_shape"],
    ),
    "a call that cannot be followed": (flowing, ["own", "Own", "keras.ops"]),
    "a function": (
        lambda _, ops, chain: chain.model(x := chain.input((4,)), ops.flip(x, axis=1)),
        ["flip", '"Flip"'],
    ),
    "the batch": (
        lambda _, ops, chain: chain.model(x := chain.input((6, 4)), ops.reshape(x, (-1, 4))),
        ["reshape", "several examples"],
    ),
    "axes that are not the last": (
        lambda layers, _, chain: chain((4, 4), layers.LayerNormalization(axis=1, name="norm")),
        ["norm", "axes [1]"],
    ),
    "one mean for all": (
        lambda layers, _, chain: chain((4, 4), layers.Normalization(axis=None, name="norm")),
        ["norm", "one mean"],
    ),
    "a part along several axes": (
        lambda _, __, chain: chain.model(x := chain.input((8, 8, 4)), x[:, 1:, :, :2]),
        ["get_item", "several axes"],
    ),
    "other axes": (
        lambda layers, _, chain: chain.model(
            x := chain.input((8, 8, 4)), layers.Add(name="sum")([x, layers.GlobalMaxPooling2D()(x)])
        ),
        ["sum", "(8, 8, 4), (4,)", "Reshape"],
    ),
    "a layer in five axes": (
        lambda layers, _, chain: chain((2, 2, 2, 2, 3), layers.Dense(2), name="whole"),
        ["whole", "5 sizes"],
    ),
    "attention along several axes": (
        lambda layers, _, chain: chain.model(
            x := chain.input((3, 3, 4)), layers.MultiHeadAttention(2, 2, name="all")(x, x)
        ),
        ["all", "several axes"],
    ),
    "a directions' model": (
        lambda layers, _, chain: chain((5, 3), layers.Bidirectional(layers.GRU(2), merge_mode=None, name="both")),
        ["both", "not merged"],
    ),
    "slopes along one axis": (
        lambda layers, _, chain: chain((4, 4, 2), layers.PReLU(shared_axes=[1], name="slopes")),
        ["slopes", "[1]"],
    ),
}


class Chain:
    """Keras' models in short."""

    def __init__(self, keras: ModuleType) -> None:
        self.model, self.input, self.sequential = keras.Model, keras.Input, keras.Sequential

    def __call__(self, shape: tuple[Any, ...], *parts: Any, name: str | None = None) -> Any:
        """Return layers one after the other."""
        return self.sequential([self.input(shape), *parts], name=name)


@pytest.mark.parametrize("name", CASES)
def test_what_cannot_be_said_is_named(keras: ModuleType, name: str) -> None:
    """One message says which layer of Keras it is, and what is in the way."""
    make, words = CASES[name]
    keras.utils.clear_session(free_memory=False)
    model = make(keras.layers, keras.ops, Chain(keras))
    with pytest.raises(NetworkError) as caught:
        Network.from_keras(model)
    assert caught.value.slug == "cannot-import"
    assert caught.value.where.startswith(words[0])
    for word in words:
        assert word in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_count_that_differs_is_found(keras: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is imported that does not agree with Keras: here the importer forgets each bias."""
    add = Draft.add

    def forgetful(self: Draft, kind: str, *sources: str, name: str = "", **keys: Any) -> str:
        return add(self, kind, *sources, name=name, **{**keys, "bias": False})

    monkeypatch.setattr(Draft, "add", forgetful)
    model = Chain(keras)((3,), keras.layers.Dense(2, name="d"))
    with pytest.raises(NetworkError, match="8 trainable numbers there, the notation 6") as caught:
        Network.from_keras(model)
    assert (caught.value.slug, caught.value.where) == ("import-differs", "d")


@pytest.mark.parametrize("found", ["a text", None, 3, object])
def test_what_is_no_model_is_told(found: Any) -> None:
    """Anything may be given; Keras is not loaded to see that it is no model."""
    with pytest.raises(NetworkError, match=r"no model of Keras.*keras\.Sequential") as caught:
        Network.from_keras(found)
    assert caught.value.slug == "cannot-import"


def test_another_shape_is_refused(keras: ModuleType) -> None:
    """A shape that a model does not take is told at once."""
    model = Chain(keras)((3,), keras.layers.Dense(2))
    is_open = Chain(keras)((None, 3), keras.layers.Dense(2))
    for asked, shape in ((model, (4,)), (model, (3, 3)), (is_open, (0, 3)), (is_open, ("5", 3)), (is_open, (True, 3))):
        with pytest.raises(NetworkError, match="its input is") as caught:
            Network.from_keras(asked, shape)  # type: ignore[arg-type]
        assert caught.value.slug == "cannot-import"


def test_an_import_needs_no_numbers(keras: ModuleType) -> None:
    """Nothing is computed: the weights of a model may have no memory."""
    with keras.device("meta"):
        model = Chain(keras)((100_000,), keras.layers.Dense(100_000))
    assert Network.from_keras(model).value("total.parameters") == 10_000_100_000
    assert "tensorflow" not in sys.modules
