r"""A scene as a `tikzpicture`: it needs TikZ itself and no library, and stands in any document."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from layerquiz.render import escape
from layerquiz.render.picture.scene import (
    TONES,
    Box,
    Line,
    Point,
    Ring,
    Scene,
    Shape,
    Text,
    Volume,
    faces,
    shade,
)
from layerquiz.render.picture.strokes import (
    DASHED_BOX,
    DASHED_LINE,
    PEN,
    THICK,
    arrow,
    copies,
    frame,
    placed,
    seams,
    strokes,
)
from layerquiz.render.picture.svg import number

ANCHORS = {"start": "base west", "middle": "base", "end": "base east"}
THIN = {"\N{THIN SPACE}": r"\,", "×": r"$\times$", "²": r"\textsuperscript{2}"}
"""Signs that every document has in this way, whatever its typefaces."""


def tikz(scene: Scene) -> str:
    """Return a scene as a `tikzpicture` environment, in millimetres."""
    colours = dict.fromkeys(colour for shape in scene.shapes for colour in _colours(shape))
    defined = [rf"\definecolor{{{_named(colour)}}}{{HTML}}{{{colour}}}" for colour in colours]
    body = [line for shape in scene.shapes for line in WRITERS[type(shape)](shape)]
    size = rf"\path (0,0) rectangle ({number(scene.width)},{number(-scene.height)});"
    lines = (
        rf"\begin{{tikzpicture}}[x=1mm, y=1mm, line width={PEN}mm, line join=round]",
        r"\providecommand\foreign[1]{#1}",
        *defined,
        size,
        *body,
        r"\end{tikzpicture}",
    )
    return "\n".join(lines) + "\n"


def _colours(shape: Shape) -> tuple[str, ...]:
    if isinstance(shape, Volume):
        return (TONES["ink"], *(shade(shape.tone, face) for face in range(3)))
    tones = {Box: ("ink", "rule"), Ring: ("ink", "paper"), Text: ("ink", "paper")}.get(type(shape), ())
    own = () if isinstance(shape, Ring) else (shape.tone,)
    return tuple(TONES[tone] for tone in (*tones, *own))


def _named(colour: str) -> str:
    return f"layerquiz{colour}"


def _ink(tone: str) -> str:
    return _named(TONES[tone])


def _at(x: float, y: float) -> str:
    return f"({number(x)},{number(-y)})"


def _dashes(lengths: tuple[float, float]) -> str:
    on, off = map(number, lengths)
    return f", dash pattern=on {on}mm off {off}mm"


def _path(points: Sequence[Point]) -> str:
    return " -- ".join(_at(x, y) for x, y in points)


def _box(box: Box) -> Iterator[str]:
    dash = _dashes(DASHED_BOX) if box.dashed else ""
    look = f"draw={_ink('rule' if box.dashed else 'ink')}, fill={_ink(box.tone)}, rounded corners={number(box.round)}mm"
    for x, y in copies(box):
        yield rf"\path[{look}{dash}] {_at(x, y)} rectangle {_at(x + box.width, y + box.height)};"


def _volume(volume: Volume) -> Iterator[str]:
    for place, face in enumerate(faces(volume)):
        fill = _named(shade(volume.tone, place))
        yield rf"\path[draw={_ink('ink')}, fill={fill}] {_path(face)} -- cycle;"
    for seam in seams(volume):
        yield rf"\draw[{_ink('ink')}] {_path(seam)};"


def _line(line: Line) -> Iterator[str]:
    dash = _dashes(DASHED_LINE) if line.dashed else ""
    thick = f", line width={THICK}mm" if line.heavy else ""
    shaft, head = arrow(line)
    yield rf"\draw[{_ink(line.tone)}{dash}{thick}] {_path(shaft)};"
    if head:
        yield rf"\fill[{_ink(line.tone)}] {_path(head)} -- cycle;"


def _ring(ring: Ring) -> Iterator[str]:
    look = f"draw={_ink('ink')}, fill={_ink('paper')}"
    yield rf"\path[{look}] {_at(ring.x, ring.y)} circle [radius={number(ring.radius)}];"
    for points in strokes(ring):
        yield rf"\draw[{_ink('ink')}] {_path(points)};"


def _text(text: Text) -> Iterator[str]:
    if not any(piece.boxed for piece in text.pieces):
        yield _node(text, text.x, ANCHORS[text.anchor], words(text.plain), bold=text.bold)
        return
    for piece, middle in placed(text):
        if piece.boxed:
            left, top, width, height = frame(text, piece, middle)
            corners = f"{_at(left, top)} rectangle {_at(left + width, top + height)}"
            yield rf"\path[draw={_ink('ink')}, fill={_ink('paper')}] {corners};"
        yield _node(text, middle, "base", words(piece.text), bold=text.bold or piece.boxed)


def _node(text: Text, x: float, anchor: str, said: str, *, bold: bool) -> str:
    size = rf"\fontsize{{{number(text.size)}}}{{{number(text.size * 1.2)}}}\selectfont\sffamily"
    look = f"anchor={anchor}, inner sep=0pt, text={_ink(text.tone)}, font={size}{chr(92) + 'bfseries' if bold else ''}"
    return rf"\node[{look}] at {_at(x, text.y)} {{{said}}};"


def words(text: str, signs: Mapping[str, str] = THIN) -> str:
    """Return a text as LaTeX: some signs as said, the others escaped."""
    parts = [""]
    for sign in text:
        if sign in signs:
            parts += [signs[sign], ""]
        else:
            parts[-1] += sign
    said = "".join(part if part in signs.values() else escape.latex(part) for part in parts)
    inside = said.strip(" ")
    return f"{'~' if said.startswith(' ') else ''}{inside}{'~' if said.endswith(' ') else ''}"


WRITERS: Mapping[type, Callable[[Any], Iterator[str]]] = {
    Box: _box, Volume: _volume, Line: _line, Ring: _ring, Text: _text,
}  # fmt: skip
"""Each shape with what writes it."""
