"""What explains an answer without being another rule: overflow, sisters, sums, sizes rounded once, misprints."""

from __future__ import annotations

import pytest

from layerquiz.grading.diagnose import diagnose, diagnose_sheet
from layerquiz.network.mistakes import CATALOGUE
from layerquiz.network.network import Network
from layerquiz.network.published import _data, printed_values
from layerquiz.network.zoo import names
from recounted import SISTERS


def network(*layers, conventions="textbook", **given):
    """A network of a few layers on an image of 3 x 32 x 32, unless an input is given."""
    given = given or {"channels": 3, "height": 32, "width": 32}
    return Network.parse({"conventions": conventions, "input": given, "layers": list(layers)})


def conv(name, filters, kernel, **keys):
    """A convolution."""
    return {"kind": "conv2d", "name": name, "filters": filters, "kernel": kernel, **keys}


HUGE = network({"kind": "dense", "name": "fc", "units": 90_000}, features=50_000)
# 50,001 * 90,000 = 4,500,090,000 = 2^32 + 205,122,704; with a sign the same, as that is below 2^31.
WIDE = network({"kind": "dense", "name": "fc", "units": 60_000}, features=49_999)
# 50,000 * 60,000 = 3,000,000,000 is 3,000,000,000 - 4,294,967,296 = -1,294,967,296 with a sign.
UNET = network(
    *({"kind": "maxpool2d", "name": f"down{n}", "kernel": 2} for n in range(2)),
    *({"kind": "upsample", "name": f"up{n}", "factor": 2} for n in range(2)),
    channels=1,
    height=30,
    width=30,
)
VGG16, ALEXNET, GPT2 = (Network.named(name) for name in ("vgg16", "alexnet", "gpt2"))

BEYOND = {
    "overflow": (HUGE, "fc.parameters", "205122704", "int32-overflow"),
    "overflow with a sign": (WIDE, "fc.parameters", "-1294967296", "int32-overflow"),
    "a sister's total": (VGG16, "total.parameters", "143,667,240", "copied-from-neighbour-row"),
    "a sister's total, rounded": (VGG16, "total.parameters", "144M", "copied-from-neighbour-row"),
    "a sister that the zoo lacks": (GPT2, "total.parameters", "355M", "copied-from-neighbour-row"),
    "a sister's work": (VGG16, "total.macs", "19632062464", "copied-from-neighbour-row"),
    "restored": (UNET, "up1.height", "30", "divide-once-instead-of-per-layer"),
    "rounded up at the end": (UNET, "down1.height", "8", "divide-once-instead-of-per-layer"),
}


@pytest.mark.parametrize(("net", "quantity", "answer", "slug"), BEYOND.values(), ids=list(BEYOND))
def test_named(net, quantity, answer, slug):
    """What is no rewrite is named, first or beside the rules that give the same number."""
    story = diagnose(net, quantity, answer)
    assert story.verdict == "mistake"
    assert [slug] in [story.mistakes, *story.rivals]


TWO = network(conv("a", 4, 3), conv("b", 5, 3))
# a: (3 * 3 * 3 + 1) * 4 = 112; b: (3 * 3 * 4 + 1) * 5 = 185; together 297.
ROWS = {"a.parameters": "112", "b.parameters": "185"}


def test_sum_of_rows():
    """A total that the student's own right rows do not give is told so, and only where all rows are answered."""
    stories = diagnose_sheet(TWO, {**ROWS, "total.parameters": "303"})
    assert stories["total.parameters"].mistakes == ["sum-does-not-match-rows"]
    assert diagnose_sheet(TWO, {"a.parameters": "112", "total.parameters": "303"})["total.parameters"].mistakes == []


def test_a_rounded_total_is_no_wrong_sum():
    """Where an exact number is asked for, a rounded one is not right, but nobody added wrongly either."""
    wide = network(conv("a", 401, 5), conv("b", 300, 5))
    # a: (5 * 5 * 3 + 1) * 401 = 30,476; b: (5 * 5 * 401 + 1) * 300 = 3,007,800; together 3,038,276
    answers = {"a.parameters": "30476", "b.parameters": "3007800", "total.parameters": "3.04M"}
    assert diagnose_sheet(wide, answers, rounding=False)["total.parameters"].verdict == "wrong"


def test_sum_of_wrong_rows():
    """The rows are the student's own: 108 + 185 = 293 is carried, 301 is neither that nor the key."""
    rows = {**ROWS, "a.parameters": "108"}
    assert diagnose_sheet(TWO, {**rows, "total.parameters": "293"})["total.parameters"].verdict == "carried"
    assert diagnose_sheet(TWO, {**rows, "total.parameters": "301"})["total.parameters"].mistakes == [
        "sum-does-not-match-rows"
    ]


def test_phantom_expansion():
    """The first block of MobileNetV2 expands nothing: a 1 x 1 convolution of 32 x 32, or with its norm, is too much."""
    net = Network.named("mobilenet_v2")
    for added in (32 * 32, 32 * 32 + 2 * 32):
        assert diagnose(net, "total.parameters", str(3_504_872 + added)).mistakes == ["phantom-layer"]


def test_a_rule_comes_before_the_sum():
    """Where a layer is left out, that is the story, although the rows do not give the total either."""
    story = diagnose_sheet(TWO, {**ROWS, "total.parameters": "112"})["total.parameters"]
    assert story.mistakes == ["layer-left-out-of-total"]


BLOCKS = {"kind": "encoderlayer", "heads": 12, "feedforward": 3072}
SMALL_GPT2 = network(
    {"kind": "embedding", "name": "words", "vocabulary": 50257, "features": 768},
    *({**BLOCKS, "name": f"b{number}"} for number in range(12)),
    tokens=1024,
)
# words 50,257 * 768 = 38,597,376; each block 12 * 768^2 + 13 * 768 = 7,087,872; 12 of them 85,054,464.


def test_two_digits_of_a_total():
    """Two digits of a total name the few rules that give them, never where they are the right ones."""
    assert ["embeddings-left-out"] in [
        (story := diagnose(SMALL_GPT2, "total.parameters", "85M")).mistakes,
        *story.rivals,
    ]
    assert diagnose(SMALL_GPT2, "total.parameters", "120M").verdict != "mistake"  # 123,651,840 shows 12, not 85


PRINTED = {
    "a misprint that no rule gives": (GPT2, "total.parameters", "117M", "wrong"),
    "one that a rule gives": (network(conv("c", 8, 5)), "c.parameters", "208", "mistake"),
    "neurons of half of AlexNet": (ALEXNET, "conv1.activations", "253,440", "wrong"),
    "the paper's picture": (ALEXNET, "input.height", "224", "wrong"),
    "a shape": (ALEXNET, "conv5.shape", "27x27x256", "mistake"),
    "a rounded sum of rows": (VGG16, "total.activations", "24M", "wrong"),
    "the same in bytes": (VGG16, "total.activation_bytes", "93MB", "wrong"),
}


@pytest.mark.parametrize(("net", "quantity", "answer", "verdict"), PRINTED.values(), ids=list(PRINTED))
def test_printed_values(net, quantity, answer, verdict):
    """Whoever repeats a misprint is told where it stands and what the rows give; it earns no other verdict."""
    story = diagnose(net, quantity, answer)
    assert story.verdict == verdict
    assert "is printed in" in story.printed
    assert story.printed in story.hint


def test_printed_only_where_it_is_printed():
    """The same number for another quantity is no misprint, and a right answer never is one."""
    assert diagnose(network(conv("c", 8, 5)), "c.weights", "208").printed == ""
    assert diagnose(ALEXNET, "conv5.shape", "13x13x256").printed == ""


def test_no_misprint_is_right():
    """A printed value and the right one are two numbers, and each row says where it stands."""
    assert all(row.printed != row.right and row.text and row.quantities for row in printed_values())


def gpt(layers, width):
    """GPT-2: tables, blocks of 12 d^2 + 13 d, a last norm."""
    return (50257 + 1024) * width + layers * (12 * width**2 + 13 * width) + 2 * width


def bert(layers, width, words):
    """BERT: three tables and a norm, blocks, a pooler."""
    return (words + 512 + 2) * width + 2 * width + layers * (12 * width**2 + 13 * width) + width**2 + width


def vit(layers, width, patch):
    """ViT: patches, a class token, positions, blocks, a norm, 1000 classes."""
    positions = (224 // patch) ** 2 + 1
    patches = (3 * patch**2 + 1) * width + width + positions * width
    return patches + layers * (12 * width**2 + 13 * width) + 2 * width + (width + 1) * 1000


def resnet(blocks, bottleneck):
    """ResNet: convolutions without biases, a norm of 2 C behind each."""
    grown, total, before = 4 if bottleneck else 1, 7 * 7 * 3 * 64 + 2 * 64, 64
    for stage, count in enumerate(blocks):
        width = 64 * 2**stage
        out = width * grown
        for number in range(count):
            inner = [(before, width, 1), (width, width, 3), (width, out, 1)] if bottleneck else []
            inner = inner or [(before, width, 3), (width, width, 3)]
            shortcut = [(before, out, 1)] if number == 0 and before != out else []
            total += sum(i * o * k * k + 2 * o for i, o, k in [*inner, *shortcut])
            before = out
    return total + (before + 1) * 1000


def densenet(blocks, start, growth):
    """DenseNet: each layer a norm, 1 x 1 to 4 g, a norm, 3 x 3 to g; transitions halve the maps."""
    total, maps = 7 * 7 * 3 * start + 2 * start, start
    for place, count in enumerate(blocks):
        for _ in range(count):
            total += 2 * maps + maps * 4 * growth + 2 * 4 * growth + 9 * 4 * growth * growth
            maps += growth
        if place < len(blocks) - 1:
            total += 2 * maps + maps * (maps // 2)
            maps //= 2
    return total + 2 * maps + (maps + 1) * 1000


BY_HAND = {
    **SISTERS,
    "gpt2": gpt(12, 768),
    "gpt2_medium": gpt(24, 1024),
    "gpt2_large": gpt(36, 1280),
    "gpt2_xl": gpt(48, 1600),
    "bert_base": bert(12, 768, 30522),
    "bert_large": bert(24, 1024, 30522),
    "bert_base_cased": bert(12, 768, 28996),
    "bert_large_cased": bert(24, 1024, 28996),
    "vit_b_16": vit(12, 768, 16),
    "vit_b_32": vit(12, 768, 32),
    "vit_l_16": vit(24, 1024, 16),
    "vit_l_32": vit(24, 1024, 32),
    "resnet18": resnet((2, 2, 2, 2), bottleneck=False),
    "resnet34": resnet((3, 4, 6, 3), bottleneck=False),
    "resnet50": resnet((3, 4, 6, 3), bottleneck=True),
    "resnet101": resnet((3, 4, 23, 3), bottleneck=True),
    "resnet152": resnet((3, 8, 36, 3), bottleneck=True),
    "densenet121": densenet((6, 12, 24, 16), 64, 32),
    "densenet161": densenet((6, 12, 36, 24), 96, 48),
    "densenet169": densenet((6, 12, 32, 32), 64, 32),
    "densenet201": densenet((6, 12, 48, 32), 64, 32),
}
"""Sister models in plain arithmetic; those that are not here are in the zoo, and counted there."""


def test_sisters_are_recounted():
    """The numbers of sister models are those that their architectures give, counted here or in the zoo."""
    listed = {name: number for family in _data()["families"] for name, number in family.items()}
    assert set(BY_HAND) <= set(listed) <= {*BY_HAND, *names()}
    for name, number in listed.items():
        counted = [BY_HAND[name]] if name in BY_HAND else []
        counted += [Network.named(name).value("total.parameters")] if name in names() else []
        assert set(counted) == {number}, name


def test_slugs_have_hints_that_ask():
    """What is found by comparing has an entry like every mistake, and its hint asks."""
    for slug in ("int32-overflow", "copied-from-neighbour-row", "sum-does-not-match-rows"):
        assert "?" in CATALOGUE[slug].hint
