"""Known networks: named freely, each with its published count."""

from __future__ import annotations

import re

import pytest

from layerquiz.errors import NetworkError
from layerquiz.network.network import Network
from layerquiz.network.published import published_values
from layerquiz.network.zoo import ALSO, names

RECEPTIVE_FIELDS = {"alexnet": 195, "vgg11": 150, "vgg13": 156, "vgg16": 212, "vgg19": 268}
"""Of the last feature map, as measured by gradient."""


@pytest.mark.parametrize("name", names())
def test_a_known_network_has_its_published_numbers(name: str) -> None:
    """What is counted is what is published: exactly, or at the digits that are shown."""
    rows = [row for row in published_values() if row.network == name]
    assert "total.parameters" in [row.quantity for row in rows], "its count is missing in published.yaml"
    for row in rows:
        network = Network.named(name)
        counted = network.under(row.conventions or network.conventions).value(row.quantity)
        assert row.least <= counted <= row.most, f"{row.quantity}: {counted:,} is not {row.value}"
        assert row.source


def test_what_is_published_is_about_known_networks() -> None:
    """A row with a misspelt name would be compared with nothing."""
    assert {row.network for row in published_values()} == set(names())


@pytest.mark.parametrize(("name", "field"), RECEPTIVE_FIELDS.items(), ids=RECEPTIVE_FIELDS)
def test_a_known_network_has_its_receptive_field(name: str, field: int) -> None:
    """The last pool sees as much of the image as was measured; its neighbour is 32 pixels away."""
    network = Network.named(name)
    last = [layer.name for layer in network.layers if layer.kind.name == "maxpool2d"][-1]
    assert (network.value(f"{last}.receptive_field"), network.value(f"{last}.jump")) == (field, 32)


def test_hyphens_and_underscores_are_the_same() -> None:
    """A known network answers to both spellings."""
    assert Network.named("alexnet-groups").spec == Network.named("alexnet_groups").spec


@pytest.mark.parametrize(
    ("called", "known"), [("ResNet-50", "resnet50"), ("InceptionV3", "inception_v3"), *ALSO.items()]
)
def test_a_network_has_the_names_that_people_use(called: str, known: str) -> None:
    """Capitals do not count, and what its makers or torchvision call it is known; none hides another network."""
    assert Network.named(called).spec == Network.named(known).spec
    assert called not in names()


def test_no_two_networks_are_called_alike() -> None:
    """Names that differ only in what makes no difference would hide one network."""
    plain = [re.sub("[-_ ]", "", name).lower() for name in [*names(), *ALSO]]
    assert len(set(plain)) == len(plain)


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
