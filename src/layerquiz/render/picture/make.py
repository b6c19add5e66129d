"""From a network to its picture: the style that its structure asks for, letters for blanks, and their key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from layerquiz.network.network import Answer, Network
from layerquiz.render.picture import labels
from layerquiz.render.picture.labels import Lettering
from layerquiz.render.picture.page import Sheet, placed
from layerquiz.render.picture.printed import latex
from layerquiz.render.picture.scene import Scene
from layerquiz.render.picture.svg import svg
from layerquiz.render.picture.tikz import tikz
from layerquiz.render.picture.ushape import u_shape
from layerquiz.render.picture.volumes import volumes

Blanks: TypeAlias = Sequence[str] | Mapping[str, str] | int


@dataclass(frozen=True, slots=True)
class Picture:
    """A network's scene; `key` says of each letter which quantity it stands for, and its value.

    firsts: a quantity of each number that is shown; shown: all of their quantities.
    """

    scene: Scene
    key: dict[str, tuple[str, Answer]]
    firsts: tuple[str, ...]
    shown: frozenset[str]

    @property
    def svg(self) -> str:
        """Return the picture as an SVG element, which is a file too."""
        return svg(self.scene)

    @property
    def latex(self) -> str:
        """Return the picture as LaTeX for papers, whose preamble defines what it needs."""
        return latex(self.scene)

    @property
    def tikz(self) -> str:
        """Return the picture as a `tikzpicture` for any document that has TikZ."""
        return tikz(self.scene)


def picture(network: Network, blanks: Blanks = (), block: str = "") -> Picture:
    """Return the picture of a network, 12 cm wide at most.

    It is a U where the network goes down in size and up again with at least two maps handed across; volumes where each
    layer takes the one before it and two or more are convolutions or pools; boxes else.

    Args:
        blanks: quantities such as `conv1.height` that are letters, A first; or these with the letter of each; or how
            many, chosen evenly.
        block: the name of the block whose inside is drawn.

    Raises:
        NetworkError: there is no such block, or the picture does not show a blank.

    """
    if isinstance(blanks, int):
        blanks = labels.chosen(network, _made(network, {}, block).firsts, blanks)
    letters = dict(blanks) if isinstance(blanks, Mapping) else labels.lettered(blanks)
    return _made(network, letters, block)


def _made(network: Network, letters: Mapping[str, str], block: str) -> Picture:
    """Return the picture of a network and its numbers, drawn once."""
    key = ("picture", tuple(letters.items()), block, network.conventions.channels_first, network.name)
    return network.remembered(key, lambda: drawn_anew(network, letters, block))


def drawn_anew(network: Network, letters: Mapping[str, str], block: str) -> Picture:
    """Return a picture, nothing of it remembered; `letters` has the letter of each blank."""
    lettering = Lettering(letters)
    scene = None if block else u_shape(network, lettering) or volumes(network, lettering)
    if scene is None:
        lettering = Lettering(letters)
        sheet = Sheet(network, lettering)
        shapes, width, height = placed(sheet.inside(block) if block else sheet.whole())
        scene = Scene(f"{network.name}, {block}" if block else network.name, tuple(shapes), width, height)
    labels.check_shown(letters, lettering.shown)
    key = {letter: (name, network.value(name)) for letter, name in sorted(lettering.key.items())}
    return Picture(scene, key, tuple(lettering.firsts), frozenset(lettering.shown))
