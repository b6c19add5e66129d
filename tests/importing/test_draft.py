"""What importers fill: names of the notation, keys as people write them, and counts that are the framework's."""

from __future__ import annotations

import re

import pytest

from layerquiz.errors import NetworkError
from layerquiz.network.importing.draft import INPUT, Draft


@pytest.fixture(name="draft")
def a_draft() -> Draft:
    """Return a network without layers."""
    return Draft("model", {"channels": 3, "height": 8, "width": 8}, "pytorch")


def test_every_layer_has_a_name_of_its_own(draft: Draft) -> None:
    """Whatever a framework calls its layers, also as the notation would number them."""
    called = ["conv", "conv_2", "conv", "conv", "1.conv", "total", "input", "größe", "", *["relu"] * 9]
    found = [draft.add("activation", INPUT, name=name, function="relu") for name in called]
    assert len(set(found)) == len(found)
    assert found[:4] == ["conv", "conv_2", "conv_3", "conv_4"]
    assert all(re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name) for name in found)
    assert not {"input", "total"} & {*found}


def test_what_a_kind_takes_by_itself_is_left_out(draft: Draft) -> None:
    """One entry for all axes is one number; 1 is not true."""
    draft.add("conv2d", INPUT, filters=4, kernel=(3, 3), stride=(1, 1), padding=(1, 0), dilation=None, bias=True)
    assert draft.notation()["layers"] == [
        {"kind": "conv2d", "name": "conv2d", "filters": 4, "kernel": 3, "padding": (1, 0)}
    ]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"trainable": 113}, "the model has 113 trainable numbers there, the notation 112"),
        ({"trainable": 112, "nontrainable": 4}, "the model has 4 nontrainable numbers there, the notation 0"),
        (
            {"trainable": 112, "shape": (4, 9, 9)},
            r"the model has the shape \(4, 9, 9\) there, the notation \(4, 8, 8\)",
        ),
    ],
)
def test_what_does_not_agree_is_refused(draft: Draft, said: dict[str, int], told: str) -> None:
    """A count or a shape of the framework that is another is an error which names the place."""
    name = draft.add("conv2d", INPUT, filters=4, kernel=3, padding=1)
    draft.says("features.0", name, trainable=112, shape=(4, 8, 8))
    assert draft.checked().value("total.parameters") == 3 * 3 * 3 * 4 + 4
    draft.says("features.0", name, **said)
    with pytest.raises(NetworkError, match=told) as caught:
        draft.checked()
    assert (caught.value.where, caught.value.slug) == ("features.0", "import-differs")
