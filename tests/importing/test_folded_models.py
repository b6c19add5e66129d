"""Models of frameworks, imported and folded: the text is what one would hand to students."""

from __future__ import annotations

from types import ModuleType

import pytest

from layerquiz.network.importing.keras import network
from layerquiz.network.importing.repeats import correspondence, folded, rewritten
from layerquiz.network.network import Network
from layerquiz.network.writing import text

pytestmark = pytest.mark.oracle

MOST_LINES = {
    "ResNet50": 46,
    "DenseNet121": 42,
    "MobileNetV2": 56,
    "EfficientNetB0": 72,
    "InceptionV3": 90,
    "ConvNeXtTiny": 42,
    "Xception": 50,
    "NASNetLarge": 190,
}


@pytest.mark.sampled(2)
@pytest.mark.parametrize("name", MOST_LINES)
def test_a_model_of_keras_becomes_a_short_text(keras: ModuleType, name: str) -> None:
    """Every layer of the flat network is there under its dotted name, with the same numbers, in few lines."""
    keras.utils.clear_session(free_memory=False)
    with keras.device("meta"):
        flat = network(getattr(keras.applications, name)(weights=None))
    made = folded(flat.spec)
    assert made == rewritten(dict(flat.spec))
    assert text(made).count("\n") <= MOST_LINES[name]
    after, called = Network.parse(made), correspondence(flat.spec, made)
    for layer in flat.layers:
        assert dict(flat.values[layer.name]) == dict(after.values[called[layer.name]])
    assert dict(flat.values["total"]) == dict(after.values["total"])


def test_what_is_taken_over_has_its_blocks(keras: ModuleType) -> None:
    """`from_keras` itself gives the short notation: the stages of a ResNet are called as Keras calls them."""
    with keras.device("meta"):
        model = keras.applications.ResNet50(weights=None)
        made = Network.from_keras(model)
    stage = "{block: stage, name: conv4, filters: 256, blocks: 5}"
    assert stage in text(made.spec)
    counts = {layer.name: layer.count_params() for layer in model.layers}
    assert made.value("conv4.parameters") == sum(count for name, count in counts.items() if name.startswith("conv4_"))
    assert made.value("total.parameters") == model.count_params()
