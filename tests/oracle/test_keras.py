"""Keras as an oracle: the same networks run there have the same shapes, channels last, and the same parameters."""

from __future__ import annotations

import re
from types import ModuleType

import pytest

from layerquiz.network.layers import KINDS
from oracle import drawn, drawn_keras, drawn_kinds, keras_gaps
from oracle.agreement import LAYERS, NETWORKS, Oracle, each_of, hold
from oracle.tally import Tally

pytestmark = pytest.mark.oracle

SAID = [kind for kind in drawn_kinds.MAKERS if kind not in keras_gaps.NO_LAYER]


def test_drawn_networks_are_what_keras_builds(keras_oracle: Oracle, tally: Tally, many: int) -> None:
    """Every layer of a drawn network has Keras' shape and parameters; what is refused is refused there too."""
    draw = drawn.generator("keras networks")
    built = hold(keras_oracle, tally, NETWORKS * many, lambda: drawn_keras.network(draw))
    tally.networks["keras"] += len(built)
    assert {"add", "concat"} <= {layer["kind"] for spec in built for layer in spec["layers"]}, "no branches were drawn"


@pytest.mark.parametrize("kind", SAID)
def test_drawn_layers_are_what_keras_builds(keras_oracle: Oracle, kind: str, tally: Tally, many: int) -> None:
    """Each kind with each of its keys has Keras' shape and parameters, stored statistics included, frozen or not."""
    draw = drawn.generator(f"keras {kind}")
    hold(keras_oracle, tally, each_of(LAYERS * many, len(SAID)), lambda: drawn_keras.tried(draw, kind))


def test_keras_can_build_every_kind_it_has(keras: ModuleType) -> None:
    """A kind that is added is missed here until Keras builds it, or it is written down why Keras cannot."""
    from oracle.keras_kinds import LAYERS as BUILT

    assert {*BUILT, *keras_gaps.NO_LAYER} == set(KINDS)
    assert not set(BUILT) & set(keras_gaps.NO_LAYER)


@pytest.mark.parametrize("gap", keras_gaps.GAPS, ids=lambda gap: f"{gap.kinds} {gap.key}")
def test_a_gap_is_met(gap: keras_gaps.Gap) -> None:
    """Every key that is written down as unsaid in Keras is drawn for each of its kinds, so no row is left over."""
    kinds = [kind for kind in SAID if re.fullmatch(gap.kinds, kind)]
    assert kinds
    for kind in kinds:
        draw = drawn.generator(f"gap {gap.key} {kind}")
        assert any(is_met(gap, drawn_kinds.network(draw, kind, "keras")) for _ in range(200)), kind


def is_met(gap: keras_gaps.Gap, spec: dict[str, dict[str, int]] | dict[str, list[drawn.Layer]]) -> bool:
    """Say whether the last layer of a network has a key that Keras cannot say."""
    layer, sizes = spec["layers"][-1], spec["input"]
    return gap.key in layer and gap.unsaid(layer[gap.key], layer, sizes)
