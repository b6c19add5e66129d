"""Errors are part of the interface: what, where, why, cure, one exit code each."""

from __future__ import annotations

import pytest

from layerquiz import errors
from layerquiz.errors import LayerquizError, NetworkError, OutsideError, nearest


def test_a_message_is_full_sentences() -> None:
    """What, why and cure follow each other, each with its full stop; the place stands first."""
    error = LayerquizError("the kernel is 9", where='layer "c1"', why="The image is 8 high", cure="Use 8?", slug="size")
    assert str(error) == 'layer "c1": the kernel is 9. The image is 8 high. Use 8?'


def test_the_outer_place_is_put_in_front() -> None:
    """A file's name is added once, in front of the place inside it."""
    error = LayerquizError("it is wrong", where="line 3")
    assert str(error.at("net.yaml")) == "net.yaml, line 3: it is wrong."
    assert str(LayerquizError("it is wrong").at("net.yaml")) == "net.yaml: it is wrong."


LEAVES = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, LayerquizError)]


@pytest.mark.parametrize("kind", LEAVES, ids=lambda kind: kind.__name__)
def test_every_error_has_an_exit_code_and_a_slug(kind: type[LayerquizError]) -> None:
    """Bad input ends with 1, a failure outside with 3; each family has its own stable slug."""
    assert kind.exit_code == (3 if kind is OutsideError else 1)
    assert kind("x").slug == kind.slug
    assert kind("x", slug="own").slug == "own"


def test_slugs_of_the_families_differ() -> None:
    """No two families share a slug."""
    assert len({kind.slug for kind in LEAVES}) == len(LEAVES)


NEAREST = {
    "close": ("kernal", ["kernel", "stride"], 'Did you mean "kernel"?'),
    "capitals": ("Kernel", ["kernel", "stride"], 'Did you mean "kernel"?'),
    "far": ("xyz", ["stride", "kernel"], "Known: kernel, stride"),
    "nothing known": ("xyz", [], ""),
}


@pytest.mark.parametrize(("word", "known", "answer"), NEAREST.values(), ids=NEAREST)
def test_the_nearest_spelling_is_offered(word: str, known: list[str], answer: str) -> None:
    """A word that is nearly known is corrected, otherwise the known ones are listed in order."""
    assert nearest(word, known) == answer


def test_a_network_error_is_a_layerquiz_error() -> None:
    """Callers catch one family."""
    with pytest.raises(LayerquizError):
        raise NetworkError("it is wrong")
