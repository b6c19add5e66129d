"""Pictures of networks: what holds for every scene, and that all formats draw the same one."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from layerquiz.errors import NetworkError
from layerquiz.network.network import Network
from layerquiz.network.zoo import names
from layerquiz.render import html, latex, markdown, text
from layerquiz.render.document import Page, Paragraph
from layerquiz.render.picture import Picture, picture, table
from layerquiz.render.picture.scene import PAGE_HEIGHT, PAGE_WIDTH, POINT, SMALL, Box, Line, Ring, Scene, Text, Volume
from layerquiz.render.picture.tikz import words
from render.drawn_networks import drawn

SOME = 0.05
"""Lengths that differ by less, in mm, are equal."""

RESIDUAL = """
name: residual
input: {channels: 8, height: 16, width: 16}
layers:
  - {kind: conv2d, name: first, filters: 8, kernel: 3, padding: 1}
  - {kind: activation, name: relu, function: relu}
  - {kind: conv2d, name: second, filters: 8, kernel: 3, padding: 1}
  - {kind: add, name: sum, from: [second, input]}
"""
U = """
name: small U
input: {channels: 1, height: 64, width: 64}
layers:
  - {kind: conv2d, name: a, filters: 8, kernel: 3, padding: 1}
  - {kind: maxpool2d, name: down1, kernel: 2}
  - {kind: conv2d, name: b, filters: 16, kernel: 3, padding: 1}
  - {kind: maxpool2d, name: down2, kernel: 2}
  - {kind: conv2d, name: c, filters: 32, kernel: 3, padding: 1}
  - {kind: convtranspose2d, name: up2, filters: 16, kernel: 2, stride: 2}
  - {kind: concat, name: joined2, from: [b, up2]}
  - {kind: conv2d, name: d, filters: 16, kernel: 3, padding: 1}
  - {kind: convtranspose2d, name: up1, filters: 8, kernel: 2, stride: 2}
  - {kind: concat, name: joined1, from: [a, up1]}
  - {kind: conv2d, name: e, filters: 2, kernel: 1}
"""
NETWORKS: dict[str, Callable[[], Network]] = {
    **{name: lambda name=name: Network.named(name) for name in names()},
    **{f"drawn-{seed}": lambda seed=seed: Network.parse(drawn(seed)) for seed in range(60)},
    "residual": lambda: Network.parse(RESIDUAL),
    "small-u": lambda: Network.parse(U),
}


@pytest.fixture(params=NETWORKS)
def network(request: pytest.FixtureRequest) -> Network:
    """Return each known network, and networks that are drawn."""
    return NETWORKS[request.param]()


def parts(scene: Scene) -> list[Box | Volume | Ring]:
    """Return what stands for layers."""
    return [shape for shape in scene.shapes if isinstance(shape, Box | Volume | Ring) and shape.holds]


def frames(scene: Scene) -> list[Box]:
    """Return the frames around the insides of blocks."""
    return [shape for shape in scene.shapes if isinstance(shape, Box) and shape.dashed]


def bounds(shape: Box | Volume | Ring | Text) -> tuple[float, float, float, float]:
    """Return left, top, right and bottom."""
    if isinstance(shape, Ring):
        return shape.x - shape.radius, shape.y - shape.radius, shape.x + shape.radius, shape.y + shape.radius
    if isinstance(shape, Text):
        high = shape.size * POINT
        return shape.left, shape.y - 0.72 * high, shape.left + shape.width, shape.y + 0.05 * high
    rise, back = (shape.rise, shape.depth) if isinstance(shape, Volume) else (0.0, 0.0)
    return shape.x, shape.y - rise, shape.x + shape.width + back, shape.y + shape.height


def overlap(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    """Say whether two rectangles have more than an edge in common."""
    across = min(one[2], other[2]) - max(one[0], other[0])
    down = min(one[3], other[3]) - max(one[1], other[1])
    return across > SOME and down > SOME


def within(inner: tuple[float, ...], outer: tuple[float, ...]) -> bool:
    """Say whether a rectangle lies in another."""
    (a, b, c, d), (left, top, right, bottom) = inner, outer
    return left - SOME <= a and top - SOME <= b and c <= right + SOME and d <= bottom + SOME


def test_it_fits_an_exam_page(network: Network) -> None:
    """A picture is at most 12 cm by 20 cm, everything lies in it, and no type is smaller than 6 pt."""
    scene = picture(network).scene
    page = (0.0, 0.0, scene.width, scene.height)
    assert scene.width <= PAGE_WIDTH + SOME
    assert scene.height <= PAGE_HEIGHT + SOME
    for shape in scene.shapes:
        if isinstance(shape, Line):
            assert all(within((x, y, x, y), page) for x, y in shape.points), shape
        else:
            assert within(bounds(shape), page), shape
        assert not isinstance(shape, Text) or shape.size >= SMALL


def test_nothing_overlaps(network: Network) -> None:
    """No part lies on another, and no text on another text or across the edge of a part."""
    scene = picture(network).scene
    solid = parts(scene)
    for one, other in combinations(solid, 2):
        assert not overlap(bounds(one), bounds(other)), (one, other)
    for one, other in combinations(frames(scene), 2):
        assert not overlap(bounds(one), bounds(other)), (one, other)
    texts = [shape for shape in scene.shapes if isinstance(shape, Text)]
    for one, other in combinations(texts, 2):
        assert not overlap(bounds(one), bounds(other)), (one.plain, other.plain)
    for words_ in texts:
        for part in solid:
            inside = within(bounds(words_), bounds(part))
            assert inside or not overlap(bounds(words_), bounds(part)), (words_.plain, part)


def test_each_layer_is_there_once(network: Network) -> None:
    """Each layer is a part of the picture, or in a folded one, once; insides of blocks show theirs again."""
    scene = picture(network).scene
    opened = frames(scene)
    outer = [part for part in parts(scene) if not any(within(bounds(part), bounds(frame)) for frame in opened)]
    found = Counter(name for part in outer for name in part.holds)
    assert found == Counter(layer.name for layer in network.layers)


def test_arrows_end_at_parts(network: Network) -> None:
    """An arrow ends at the edge of a part, or leaves the inside of a block."""
    scene = picture(network).scene
    near = 3.5 if scene.style == "u" else 1.0  # a U has its numbers between bars and arrows
    edges = [bounds(part) for part in parts(scene)]
    inner = [bounds(frame) for frame in frames(scene)]
    for line in (shape for shape in scene.shapes if isinstance(shape, Line) and shape.head):
        if scene.style == "u" and line.points[0][1] > max(edge[3] for edge in edges):
            continue  # the legend
        x, y = line.points[-1]
        around = (x - near, y - near, x + near, y + near)
        leaves = any(frame[0] < x < frame[2] and 0 < frame[3] - y < 2 for frame in inner)
        assert leaves or any(overlap(around, edge) for edge in edges), line


def test_wires_pass_no_part(network: Network) -> None:
    """No wire runs through the inside of a part or through a text."""
    scene = picture(network).scene
    solid = [bounds(shape) for shape in (*parts(scene), *(text for text in scene.shapes if isinstance(text, Text)))]
    for line in (shape for shape in scene.shapes if isinstance(shape, Line)):
        for (a, b), (c, d) in zip(line.points, line.points[1:], strict=False):
            thin = (min(a, c) - SOME, min(b, d) - SOME, max(a, c) + SOME, max(b, d) + SOME)
            for left, top, right, bottom in solid:
                assert not overlap(thin, (left + 0.2, top + 0.2, right - 0.2, bottom - 0.2)), line


def said(svg: str) -> list[str]:
    """Return the texts of an SVG."""
    root = ET.fromstring(svg)  # noqa: S314 -- our own
    return ["".join(element.itertext()) for element in root.iter("{http://www.w3.org/2000/svg}text")]


def test_svg_and_tikz_say_the_same(network: Network) -> None:
    """Both formats have every text of the scene, in the same order and at the same place."""
    made = picture(network, 2) if len(network.layers) < 12 and "2d" in str(network.spec) else picture(network)
    texts = said(made.svg)
    nodes = re.findall(r"\\node\[.*?\] at \(([-\d.]+),([-\d.]+)\) \{(.*)\};", made.tikz)
    assert [words(one) for one in texts] == [node[2] for node in nodes]
    placed = re.findall(r'<text x="([-\d.]+)" y="([-\d.]+)"', made.svg)
    assert placed == [(x, y.removeprefix("-") if y != "0" else y) for x, y, _ in nodes]


@pytest.mark.parametrize(
    ("name", "style"),
    [("alexnet", "volumes"), ("vgg16", "volumes"), ("resnet50", "boxes"), ("residual", "boxes"), ("small-u", "u")],
)
def test_style(name: str, style: str) -> None:
    """The structure decides how a network is drawn."""
    assert picture(NETWORKS[name]()).scene.style == style


@pytest.mark.parametrize("name", ["lenet5", "residual", "small-u"])
def test_scene(name: str, golden: Callable[..., None]) -> None:
    """Small pictures are kept as they were looked at."""
    golden(picture(NETWORKS[name]()).svg, ".svg")


def test_sizes_are_those_of_the_network() -> None:
    """What stands in the picture of AlexNet is what its article says."""
    texts = said(picture(Network.named("alexnet")).svg)
    for known in ("55 × 55 × 96", "27 × 27 × 256", "13 × 13 × 384", "6 × 6 × 256", "9216", "dense, 4096"):
        assert known in texts


def test_copies_are_folded() -> None:
    """ResNet-50 has 3, 4, 6 and 3 blocks: one that projects and two, three, five and two plain ones."""
    texts = said(picture(Network.named("resnet50")).svg)
    assert [one for one in texts if "plain" in one] == ["plain × 2", "plain × 3", "plain × 5", "plain × 2", "plain"]
    assert sum(one == "projected" for one in texts) == 5


def test_inside_of_a_block() -> None:
    """A block is drawn alone; one that is not there is refused with the nearest name."""
    resnet = Network.named("resnet50")
    texts = said(picture(resnet, block="stage2.block1").svg)
    assert "conv 3 × 3, 128, /2" in texts
    assert "512 × 28 × 28" in texts
    with pytest.raises(NetworkError, match=r'no block "stage5".*Did you mean "stage'):
        picture(resnet, block="stage5")


def test_copies_that_read_the_same_memory_are_folded() -> None:
    """T5 has six encoders and six decoders, the first of which differ by their position bias."""
    texts = said(picture(Network.named("t5_small")).svg)
    assert {"encoder × 5", "decoder × 5"} < set(texts)
    assert not [one for one in texts if one.startswith("…")]


def test_inside_of_copies() -> None:
    """A block that is nothing but copies is drawn as the first of them, under its own name."""
    net = Network.named("t5_small")
    copies, first = (said(picture(net, block=block).svg) for block in ("encoder", "encoder.block1"))
    assert "attention, 8 heads" in copies
    assert [one for one in copies if one != "encoder"] == [one for one in first if one != "encoder.block1"]


def test_blanks_leave_branches_beside_each_other() -> None:
    """Whoever works out sizes is told the padding, in a line of its own: the boxes are no wider for it."""
    net = Network.named("googlenet")
    asked, plain = (picture(net, blanks, "inception3a") for blanks in (4, ()))
    assert {"padding 1", "padding 2"} < set(said(asked.svg))
    assert asked.scene.width == plain.scene.width


def test_chosen_blanks_are_not_given_beside_them() -> None:
    """A norm behind a convolution has as many channels as the filters that the picture names."""
    for number in (5, 12):
        made = picture(Network.named("resnet50"), number)
        assert not [name for name, _ in made.key.values() if name.endswith("norm.channels")]


def letters(made: Picture) -> list[str]:
    """Return the letters that stand in a picture, each as often as it does."""
    shown = (shape for shape in made.scene.shapes if isinstance(shape, Text))
    return [piece.text for one in shown for piece in one.pieces if piece.boxed]


def test_blanks_are_letters() -> None:
    """A blank is a letter wherever its number stood, an equal width too; the key says what it is."""
    net = Network.named("alexnet")
    made = picture(net, ["maxpool1.height", "flatten.features", "conv2.kernel"])
    assert made.key == {"A": ("maxpool1.height", 27), "B": ("flatten.features", 9216), "C": ("conv2.kernel", 5)}
    assert Counter(letters(made)) == Counter({"A": 2, "B": 1, "C": 2})
    assert "9216" not in said(made.svg)
    assert picture(net, ["conv1.shape"]).key == {"A": ("conv1.shape", (55, 55, 96))}


@pytest.mark.parametrize("name", ["alexnet", "vgg16", "small-u", "resnet50", "vit_b_16"])
def test_blanks_by_number(name: str) -> None:
    """So many letters as asked for, each once in the key, of different quantities that have to be worked out."""
    net = NETWORKS[name]()
    made = picture(net, 5)
    assert list(made.key) == list("ABCDE")
    assert len({quantity for quantity, _ in made.key.values()}) == 5
    assert all(value == net.value(quantity) for quantity, value in made.key.values())
    assert set(letters(made)) == set("ABCDE")


def test_refused_blanks() -> None:
    """What a picture does not show cannot be left open in it."""
    net = Network.named("lenet5")
    with pytest.raises(NetworkError, match=r'does not show "conv1.parameters"'):
        picture(net, ["conv1.parameters"])
    with pytest.raises(NetworkError, match=r"can be left open; asked are 99"):
        picture(net, 99)


def test_hostile_names() -> None:
    """What a function is called is text in every format."""
    bad = "</text><script>alert(1)</script>\\input{x}%$&"
    layers = [{"kind": "dense", "units": 3, "activation": bad}, {"kind": "activation", "function": bad}]
    made = picture(Network.parse({"name": bad, "input": {"features": 4}, "layers": layers}))
    root = ET.fromstring(made.svg)  # noqa: S314 -- our own
    assert not [element for element in root.iter() if element.tag.endswith("script")]
    assert bad in "".join(said(made.svg))
    for written in (made.tikz, made.latex):
        assert r"\input" not in written
        assert r"\textbackslash{}input\{x\}\%\$\&" in written


def test_same_bytes() -> None:
    """The order of hashing changes nothing."""
    code = "from layerquiz.network.network import Network as N; from layerquiz.render.picture import picture as p; "
    code += "[print(p(N.named(n)).svg, p(N.named(n)).tikz, p(N.named(n)).latex) for n in ('resnet50', 'vit_b_16')]"
    runs = {
        subprocess.run(
            [sys.executable, "-c", code], env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True, check=True,
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(runs) == 1


@pytest.mark.skipif(not shutil.which("xelatex"), reason="TeX is not installed")
@pytest.mark.parametrize("engine", ["pdflatex", "xelatex"])
def test_tikz_compiles(engine: str, tmp_path: Path) -> None:
    """The snippets stand in a document of any class that has TikZ, and set without a warning about a character."""
    finder = str(shutil.which("kpsewhich"))
    if not subprocess.run([finder, "tikz.sty"], capture_output=True, check=False).stdout:
        pytest.skip("TikZ is not installed")
    drawn_ = [picture(NETWORKS[name](), blanks) for name, blanks in (("alexnet", 4), ("resnet50", ()), ("small-u", 3))]
    body = "\n\n".join(made.tikz for made in drawn_)
    source = rf"\documentclass{{article}}\usepackage{{tikz}}\pagestyle{{empty}}\begin{{document}}{body}\end{{document}}"
    (tmp_path / "drawn.tex").write_text(source, encoding="utf-8")
    command = [engine, "-no-shell-escape", "-interaction=nonstopmode", "-halt-on-error", "drawn.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout[-2000:]
    log = (tmp_path / "drawn.log").read_text(encoding="utf-8", errors="replace")
    assert "Missing character" not in log


FENCED = "```picture\nnetwork: lenet5\nletters: {conv1.height: A, total.parameters: B}\n```"


def documents() -> Iterator[tuple[str, str]]:
    """Yield a page that holds a picture, in each format."""
    page = Page("A picture", blocks=(Paragraph(f"See:\n\n{FENCED}\n\nWhat is A?"),))
    yield "html", html.page(page)
    yield "latex", latex.pages([page]).text
    yield "markdown", markdown.page(page)
    yield "text", text.page(page)


def test_in_documents() -> None:
    """A block of code that is called picture is drawn in HTML and on paper, and a table elsewhere."""
    written = dict(documents())
    assert '<svg xmlns="http://www.w3.org/2000/svg"' in written["html"]
    assert r"\Picture{" in written["latex"]
    assert "| conv1 | conv 5 × 5, 6 | [A] × [A] × 6 |" in written["markdown"]
    assert re.search(r"conv1 +conv 5 × 5, 6 +\[A\] × \[A\] × 6", written["text"])
    assert all("network: lenet5" not in one for one in written.values())


@pytest.mark.parametrize(
    "written",
    ["network: nothing_known", "network: {layers: 3}", "letters: 7", "- a", "network: lenet5\nmore: 1", "network: ["],
)
def test_what_is_no_picture_stays_code(written: str) -> None:
    """A block that cannot be drawn is shown as it is."""
    page = Page("", blocks=(Paragraph(f"```picture\n{written}\n```"),))
    assert "<pre>" in html.page(page)
    assert "<svg" not in html.page(page)


def test_table_adds_up() -> None:
    """The parameters of the rows add up to the total, and each layer has a row."""
    net = Network.named("lenet5")
    rows = table(net, parameters=True)
    *layers, total = [int("".join(row[-1].split())) for row in rows[2:]]
    assert sum(layers) == total == 61_706
    assert [row[0] for row in rows[2:-1]] == [layer.name for layer in net.layers]
