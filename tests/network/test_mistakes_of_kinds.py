"""Every kind of layer has wrong answers of its own: at least two counts, and another size."""

from __future__ import annotations

import pytest

from layerquiz.errors import NetworkError
from layerquiz.network.conventions import NAMED
from layerquiz.network.layers import KINDS
from layerquiz.network.mistakes import CATALOGUE, Change, Search
from layerquiz.network.network import Network
from oracle import drawn, drawn_kinds

DRAWS = 12
OF_ANY_NUMBER = {slug for slug, entry in CATALOGUE.items() if entry.alone} | {"doubled"}
"""Mistakes that can be made with every number, so that they say nothing about a kind."""

STAYS = "every size stays as it is"
WRITTEN = "its sizes are numbers that the question states"
WITHOUT_SIZES = {
    **dict.fromkeys(("activation", "dropout", "identity", "prelu", "lrn"), STAYS),
    **dict.fromkeys(("batchnorm", "layernorm", "groupnorm", "instancenorm", "rmsnorm"), STAYS),
    **dict.fromkeys(("encoderlayer", "decoderlayer", "attention", "mixture"), STAYS),
    "select": "one token has the features of each",
    **dict.fromkeys(("channelshuffle", "normalization", "scale", "positionembedding"), STAYS),
    **dict.fromkeys(("additiveattention", "dotattention"), "the queries' tokens, the values' features"),
    **dict.fromkeys(("permute", "series"), "the sizes change places, or names, as is written"),
    **dict.fromkeys(("repeatvector", "embeddingbag", "adaptivesoftmax", "einsumdense", "slice"), WRITTEN),
    "dot": "the sizes of both along the axes that stay",
    **dict.fromkeys(("dense", "bilinear", "embedding", "parameter"), WRITTEN),
}
"""Kinds whose output size takes no rule that could be wrong, with the reason."""

ONE_VALUE = {"parameter": "a tensor that stands alone is counted, or it is not"}
"""Kinds whose mistakes come to fewer than two wrong numbers of parameters, with the reason."""


def spec_of(kind, draw, conventions):
    """One layer x of a kind in a small network; not all of them can be."""
    if kind in drawn_kinds.MAKERS:
        return drawn_kinds.network(draw, kind, conventions)
    sizes = drawn.image(draw, int(kind[-2]) if kind in drawn.SLIDING else draw.choice((1, 2, 3)), 9)
    makers = {"conv": drawn.convolution, "maxpool": drawn.pool, "avgpool": drawn.pool, "zeropad": drawn.zeropad}
    makers |= {"dense": drawn.dense}
    layer = makers.get(kind[:-2] if kind in drawn.SLIDING else kind, lambda *_: {})(draw, sizes, conventions)
    if kind.startswith("avgpool"):
        layer.pop("dilation", None)
    layer |= {"activation": {"function": "tanh"}, "add": {"from": ["a", "b"]}, "concat": {"from": ["a", "b"]}}.get(
        kind, {}
    )
    padding = {name: {"kind": f"conv{len(sizes) - 1}d", "name": name, "filters": 4, "kernel": 1} for name in ("a", "b")}
    before = list(padding.values()) if "from" in layer else []
    return {"conventions": conventions, "input": sizes, "layers": [*before, {**layer, "kind": kind, "name": "x"}]}


def networks_of(kind):
    """Some networks around one layer x of a kind, each of which can be."""
    draw, found = drawn.generator(f"mistakes of {kind}"), []
    for _ in range(20 * DRAWS):
        try:
            found.append(Network.parse(spec_of(kind, draw, draw.choice(list(NAMED)))))
        except NetworkError:
            continue
        if len(found) == DRAWS:
            return found
    raise AssertionError(f"too few drawings of {kind} can be")


def wrong_at(net, quantity):
    """The values that each mistake at the layer x itself gives to what is asked of it, by slug."""
    members, found = net.members(quantity), {}
    search = Search(net, members)
    for slug in CATALOGUE.keys() - OF_ANY_NUMBER:
        for way in search.ways(CATALOGUE[slug]):
            if "x" in way.rules:
                values = search.values(Change((slug,), {"x": way.rules["x"]}))
                found.setdefault(slug, set()).add(net.collected(quantity, members, values))
    return found


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_parameters_have_two_mistakes(kind):
    """Wherever a layer has parameters, two mistakes can be made about them, and now and then both can be seen."""
    most = 0
    counted = [net for net in networks_of(kind) if net.value("x.parameters")]
    for net in counted:
        found = wrong_at(net, "x.parameters")
        assert len(found) >= 2, (net.spec, found)
        most = max(most, len(set().union(*found.values()) - {net.value("x.parameters")}))
    assert not counted or most >= 2 or kind in ONE_VALUE
    assert counted or KINDS[kind].name not in ONE_VALUE


@pytest.mark.parametrize("kind", sorted(KINDS.keys() - WITHOUT_SIZES))
def test_sizes_have_a_mistake(kind):
    """Wherever an output size follows from a rule, a mistake can be made about it, and now and then it can be seen."""
    seen = 0
    for net in networks_of(kind):
        found = wrong_at(net, "x.shape")
        assert found or follows_no_rule(net), net.spec
        seen += bool(set().union(*found.values()) - {net.value("x.shape")})
    assert seen


def follows_no_rule(net):
    """Whether a size is stated (of an enlargement, of a shape without an open entry), or there is only one to keep."""
    keys, sizes = net.by_name["x"].keys, net.form("input")
    is_stated = getattr(keys, "size", None) is not None or -1 not in getattr(keys, "shape", [-1])
    return is_stated or len(sizes.sizes) == 1 or (keys.kind == "tokens" and len(sizes.axes) == 1)


def test_exceptions_are_kinds():
    """The exceptions are kinds that exist, and none of them has a mistake about its size after all."""
    assert WITHOUT_SIZES.keys() | ONE_VALUE.keys() <= KINDS.keys()
    for kind in WITHOUT_SIZES:
        assert not any(wrong_at(net, "x.shape") for net in networks_of(kind)), kind
