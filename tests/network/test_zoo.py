"""Known networks: named freely, each with its published count."""

from __future__ import annotations

import pytest

from layerquiz.errors import NetworkError
from layerquiz.network.network import Network
from layerquiz.network.zoo import names

PARAMETERS = {
    "alexnet": 62_378_344,
    "alexnet_groups": 60_965_224,
    "bert_base": 109_482_240,
    "densenet121": 7_978_856,
    "gpt2": 124_439_808,
    "lenet5": 61_706,
    "mnist": 217_706,
    "mobilenet_v2": 3_504_872,
    "resnet50": 25_557_032,
    "vgg11": 132_863_336,
    "vgg13": 133_047_848,
    "vgg16": 138_357_544,
    "vgg19": 143_667_240,
    "vit_b_16": 86_567_656,
}
"""The papers' and torchvision's counts."""

RECEPTIVE_FIELDS = {"alexnet": 195, "vgg11": 150, "vgg13": 156, "vgg16": 212, "vgg19": 268}
"""Of the last feature map, as measured by gradient."""


@pytest.mark.parametrize(("name", "parameters"), PARAMETERS.items(), ids=PARAMETERS)
def test_a_known_network_has_its_published_count(name: str, parameters: int) -> None:
    """The total of parameters is the one in the literature."""
    assert Network.named(name).value("total.parameters") == parameters


@pytest.mark.parametrize(("name", "field"), RECEPTIVE_FIELDS.items(), ids=RECEPTIVE_FIELDS)
def test_a_known_network_has_its_receptive_field(name: str, field: int) -> None:
    """The last pool sees as much of the image as was measured; its neighbour is 32 pixels away."""
    network = Network.named(name)
    last = [layer.name for layer in network.layers if layer.kind.name == "maxpool2d"][-1]
    assert (network.value(f"{last}.receptive_field"), network.value(f"{last}.jump")) == (field, 32)


def test_every_known_network_is_tested() -> None:
    """A network that is added needs its count here."""
    assert set(PARAMETERS) <= set(names())
    for name in names():
        assert Network.named(name).values["total"]["parameters"] > 0


def test_hyphens_and_underscores_are_the_same() -> None:
    """A known network answers to both spellings."""
    assert Network.named("alexnet-groups").spec == Network.named("alexnet_groups").spec


def test_an_unknown_network_names_the_nearest() -> None:
    """A misspelt name is answered with the nearest one."""
    with pytest.raises(NetworkError, match='Did you mean "mnist"') as caught:
        Network.named("minst")
    assert caught.value.slug == "unknown-network"


@pytest.mark.parametrize("name", ["../alexnet", "", "alexnet.yaml", "/etc/passwd"])
def test_a_path_is_no_name(name: str) -> None:
    """Names reach no files outside the zoo."""
    with pytest.raises(NetworkError):
        Network.named(name)
