"""How mistakes are searched: what may be rewritten, where, and that both ways to a value agree."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

import pytest

from layerquiz.errors import NetworkError
from layerquiz.formula.graph import Graph
from layerquiz.formula.solve import evaluate, solve
from layerquiz.network.conventions import NAMED
from layerquiz.network.mistakes import CATALOGUE, Search, mistaken, without_other_sums
from layerquiz.network.network import Network
from oracle import drawn, drawn_kinds


def network(*layers, **given):
    """A network of a few layers on an image of 3 x 32 x 32, unless an input is given."""
    return Network.parse({"input": given or {"channels": 3, "height": 32, "width": 32}, "layers": list(layers)})


CONV = {"kind": "conv2d", "name": "c", "filters": 8, "kernel": 5}
POOL = {"kind": "maxpool2d", "name": "p", "kernel": 3, "stride": 2}
NEXT = {"kind": "conv2d", "name": "d", "filters": 16, "kernel": 3}
NET = network(CONV, POOL, NEXT)
EVERY = tuple(CATALOGUE.values())


def search(net, *names):
    """A search for the changes that reach some quantities."""
    return Search(net, [ref for name in names for ref in net.members(name)])


def network_of(draw):
    """A drawn network, of all kinds of layers, whose shapes can be."""
    while True:
        try:
            return Network.parse(drawn_kinds.any_network(draw, draw.choice(list(NAMED))))
        except NetworkError:
            continue


@pytest.mark.parametrize("seed", range(20))
def test_both_ways_to_a_value_agree(seed, many):
    """The compiled rules of a change give what looking the bound formulas up one by one gives."""
    draw = drawn.generator(f"both ways {seed}")
    for _ in range(2 * many):
        net = network_of(draw)
        name = draw.choice(["total.parameters", "total.macs", f"{net.layers[-1].name}.activations"])
        found = search(net, name)
        changes = [*found.singles(EVERY), *islice(found.pairs(EVERY), 200)]
        for change in draw.sample(changes, min(len(changes), 12)):
            values = found.values(change)
            parts = found.graph.parts.items()
            wrong = Graph(replace(part, rules=change.rules.get(owner, part.rules)) for owner, part in parts)
            assert net.value(name, values) == solve(wrong, name), (net.spec, name, change.slugs)


def test_only_what_is_needed_is_rewritten():
    """A change has rules only of parts that the asked quantity depends on."""
    found = search(NET, "c.parameters")
    changes = [*found.singles(EVERY), *found.pairs(EVERY)]
    assert changes
    assert all(change.rules.keys() == {"c"} for change in changes)


def test_everywhere_or_at_one_layer():
    """A mistake is made at every layer of its kind first, then at each layer alone, the nearest first."""
    found = search(NET, "d.height").singles([CATALOGUE["forgot-plus-one"]])
    assert [list(change.rules) for change in found] == [["d", "p", "c"], ["d"], ["p"], ["c"]]


def test_pairs_at_one_layer_or_everywhere():
    """Two mistakes are at one layer, at a flatten and the layer behind it, or both everywhere."""
    net = network(CONV, {"kind": "flatten", "name": "f"}, {"kind": "dense", "name": "fc", "units": 4})
    pairs = list(search(net, "fc.parameters").pairs(EVERY))
    assert {frozenset(change.rules) for change in pairs if len(change.rules) == 1} <= {
        frozenset({name}) for name in ("fc", "f", "c")
    }
    assert ("forgot-bias", "flatten-without-channels") in [
        change.slugs for change in pairs if change.rules.keys() == {"f", "fc"}
    ]


def test_second_mistake_is_made_on_the_first():
    """Two mistakes at one layer are made together: without depth and without bias, K K C_out is left."""
    pairs = search(NET, "c.parameters").pairs([CATALOGUE["forgot-input-channels"], CATALOGUE["forgot-bias"]])
    assert [search(NET, "c.parameters").values(change)["c"]["parameters"] for change in pairs] == [5 * 5 * 8]


def test_scales_are_not_paired():
    """A wrong scale is no second mistake: with it any other rule would come near some number."""
    alone = {slug for slug, entry in CATALOGUE.items() if entry.alone}
    net = network(CONV, {"kind": "flatten"}, {"kind": "dense", "name": "fc", "units": 400})
    assert alone <= {change.slugs[0] for change in search(net, "fc.parameters").singles(EVERY)}
    assert not any(alone & set(change.slugs) for change in search(net, "fc.parameters").pairs(EVERY))


def test_numbers_stay_small():
    """No change squares a size at each layer: a hundred layers give numbers of hundreds of digits, not more."""
    layers = [{"kind": "conv2d", "filters": 8, "kernel": 1} for _ in range(100)]
    net = network(*layers)
    found = search(net, "total.parameters")
    largest = max(net.value("total.parameters", found.values(change)) for change in islice(found.pairs(EVERY), 3000))
    assert largest < 10**1000


def test_other_sums_are_left_out():
    """Only the sums over the network that are asked for are evaluated again; the rest of a graph stays."""
    graph = without_other_sums(NET.graph, NET.members("total.parameters"))
    assert list(graph.parts["total"].rules.formulas) == ["parameters"]
    assert evaluate(graph)["total"]["parameters"] == NET.value("total.parameters")
    assert "total" not in without_other_sums(NET.graph, NET.members("c.height")).parts


def test_mistaken_values():
    """A mistake's values come as one tuple for each way to make it, without the right ones."""
    assert mistaken(NET, "forgot-bias", ["c.parameters", "d.parameters"]) == [(5 * 5 * 3 * 8, 3 * 3 * 8 * 16)]
    assert mistaken(NET, "forgot-bias", ["c.parameters", "c.height"]) == [(5 * 5 * 3 * 8, 28)]
    assert mistaken(NET, "wrong-channel-count", ["c.parameters"]) == [((5 * 5 * 1 + 1) * 8,)]


def test_mistakes_outside_the_domain():
    """A way that makes a size smaller than 1 is left out, unless the quantity does not depend on it."""
    tight = network({**CONV, "kernel": 32})
    assert (0,) not in mistaken(tight, "forgot-plus-one", ["c.height"])
    assert mistaken(tight, "forgot-plus-one", ["c.height"]) == []
    assert mistaken(tight, "forgot-bias", ["c.parameters"]) == [(32 * 32 * 3 * 8,)]


def test_slugs_and_hints_are_distinct():
    """Each slug stands once in the catalogue, with a hint of its own."""
    assert all(slug == entry.slug for slug, entry in CATALOGUE.items())
    assert len({entry.hint for entry in EVERY}) == len(CATALOGUE)
