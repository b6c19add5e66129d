"""On drawn networks of every kind: a mistaken value is named, and each rule that is named gives it."""

from __future__ import annotations

import pytest

from layerquiz.errors import LayerquizError
from layerquiz.grading.diagnose import diagnose
from layerquiz.grading.match import orders
from layerquiz.network.layers import KINDS
from layerquiz.network.mistakes import CATALOGUE, Search, mistaken
from layerquiz.network.mistakes.base import nowhere
from network.test_mistakes_of_kinds import networks_of

ASKED = (
    *("x.parameters", "x.weights", "x.biases", "x.shape", "x.macs", "x.flops", "x.receptive_field", "x.activations"),
    *("x.parameter_bytes", "total.parameters", "total.macs"),
)


def written(value):
    """A value as a student writes it."""
    return " x ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def is_written_so(value, right):
    """Whether a wrong value can be written where the right one is asked for: as many whole sizes, none below 1."""
    sizes = value if isinstance(value, tuple) else (value,)
    alike = isinstance(value, tuple) == isinstance(right, tuple)
    return alike and (not isinstance(value, tuple) or all(isinstance(size, int) and size > 0 for size in sizes))


def wrong_values(net, quantity):
    """Each mistake with each wrong value that it gives, made everywhere."""
    right = net.value(quantity)
    for slug in CATALOGUE:
        for (value,) in mistaken(net, slug, [quantity]):
            if value != right and is_written_so(value, right):
                yield slug, value


def quantities(net):
    """What can be asked of a drawn network."""
    for quantity in ASKED:
        try:
            net.value(quantity)
        except LayerquizError:
            continue
        yield quantity


def gives(net, quantity, slug, value):
    """Whether a mistake gives a value, everywhere or at one layer; a shape in either order."""
    members = net.members(quantity)
    search = Search(net, members)
    every = [search.values(change) for change in search.singles([CATALOGUE[slug]])]
    found = [net.collected(quantity, members, values) for values in every if values is not None]
    return value in found or any(
        isinstance(size, tuple) and value in orders(size, channels_first=False) for size in found
    )


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_mistaken_values_are_named(kind, many):
    """The mistake is the story or among its rivals, unless the value is right under another convention."""
    for net in networks_of(kind)[: 2 * many]:
        for quantity in quantities(net):
            for slug, value in wrong_values(net, quantity):
                story = diagnose(net, quantity, written(value))
                assert story.verdict in ("mistake", "convention"), (net.spec, quantity, slug, value)
                named = [story.mistakes, *story.rivals]
                assert [slug] in named or story.verdict == "convention", (net.spec, quantity, slug, value, named)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_named_mistakes_give_the_value(kind):
    """What is named is no guess: each rule that stands alone in a story gives the number that was written."""
    (net, *_) = networks_of(kind)
    for quantity in quantities(net):
        for value in {value for _, value in wrong_values(net, quantity)}:
            story = diagnose(net, quantity, written(value))
            if story.verdict != "mistake":
                continue
            for slug, *others in (story.mistakes, *story.rivals):
                is_rule = CATALOGUE[slug].rewrite is not nowhere or slug in ("doubled", "layer-left-out-of-total")
                assert others or not is_rule or gives(net, quantity, slug, value), (net.spec, quantity, slug, value)
