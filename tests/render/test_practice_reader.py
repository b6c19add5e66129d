"""The reader of practice pages, held against the grader's: it reads the same value, or says that it cannot."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import pytest

from browser import in_browser, opened
from layerquiz.grading.practice_words import practice_words
from layerquiz.grading.read import Blank, Reading, read
from layerquiz.grading.sheet import asked
from layerquiz.network.network import Network
from layerquiz.render.interactive import reader

DATA = Path(__file__).parents[1] / "data"

READ_HERE = 240
"""So many of the answers that were seen are read by the page."""

NOT_READ = """
$3.3024\\times 10^{4}$ | $7{,}600$ | \\frac{48 - 5 + 2 \\times 1}{2} + 1 = 23 | \\boxed{2416} | **2416** | {{ 7*7 }}
33 × 33 × 32 33×33×32 | 8 maps of 19x19 | 144 inputs (16 x 3 x 3) | 1728 (= 3*3*3*64)
30925 weights + 1 bias = 30926 | 4096 * 1000 + 1000 => 4096000 + 1000 => 4097000 | about 62 million
torch.Size([1, 12, 32, 32]) | [(None, 32, 32, 6)] | [-1, 16, 16, 16] | (B, 32, 10, 10) | (None, 64 * 3, 256, 256)
"""
"""What the grader reads and the page does not: LaTeX and Markdown, copies, words in between, arrows, "about", and what
frameworks print. The tests below find no other kind in the answers that were seen."""

SOUP = [
    *("1", "2", "3", "96", "55", "1024", "34", "944", "0", "007", "1,024", "34,944", "34.944", "1.5", ".5", "3,5"),
    *("1'000", "1_000", "12 345", "1e3", "2E-2", "10^3", "x10^4", " × 10^2", "x", "X", "×", "*", "·", "+", "-", "/"),
    *("//", "**", "^", "(", ")", "[", "]", "=", " = ", "==", ":", ",", ", ", ";", ".", " ", "  ", "K", "M", "B", "k"),
    *(" MB", " KiB", "bytes", " parameters", "total ", "weights", "floor(", "ceil(", "⌊", "⌉", "²", "³", "FLOPs"),
    *("MACs", "million", "by", " x ", "@", "None", "?", "!", "n", "a", "and", "of", "the ", "e", "%", "½", "٣", "５"),
    *("−", "’", "\u00a0", "per layer", "in", "channels", "b", "m", "bits", "N =", "no ", "about ", "->"),
]
NUMBERS = ["3", "96", "55", "128", "1,024", "34,944", "1.5", "12 345", "0,5", "1.234", "2e3"]
BETWEEN = ["+", "*", " = ", "x", "·", "/", "^", " x ", ", ", "=", "-", " ", "²"]
BEHIND = ["", "", " params", " M", "MB", " KiB", ".", " (total)"]


@pytest.fixture(scope="module")
def reads():
    """The page's reader in a browser: many forms, each a text with what is asked, to what it says of them."""
    script = f"""{reader()}
        const words = arguments[0];
        words.labels = new Set(words.labels);
        return arguments[1].map(([text, asked, entries]) => readAnswer(text, asked, words, entries));"""
    with opened() as driver:
        yield lambda forms: driver.execute_script(script, practice_words(), forms)


def spelled(value):
    return "x".join(map(str, value)) if isinstance(value, tuple) else str(value)


def disagreement(form, found):
    """What the page says that the grader does not; nothing where it says the same or does not read here."""
    answer = read(form[0], form[1], entries=form[2])
    if "reason" in found:
        return None if 0 <= found["place"] <= len(form[0].encode("utf-16-le")) // 2 else found
    if "blank" in found:
        return None if isinstance(answer, Blank) else (found, answer)
    if not isinstance(answer, Reading):
        return found, answer
    said = {"value": spelled(answer.value), "shown": answer.shown, "unit": answer.unit}
    if form[1] != "shape" and answer.step is not None:
        said["step"] = str(answer.step)
    if form[1] != "shape" and answer.alternative is not None:
        said["alternative"] = str(answer.alternative)
    return None if found == said else (found, said)


def seen():
    """The answers that were seen, with what is asked where they stood."""
    for name in ("answer_forms", "observed_mistakes"):
        for row in map(json.loads, (DATA / f"{name}.jsonl").read_text("utf-8").splitlines()):
            if "answer" in row:
                key = Network.parse(row["network"]).value(row["quantity"])
                shape = isinstance(key, tuple)
                yield [row["answer"], "shape" if shape else asked(row["quantity"]), len(key) if shape else None]


def collected():
    """The further spellings, of which those are left out that no browser can hand over."""
    for row in map(json.loads, (DATA / "further_forms.jsonl").read_text("utf-8").splitlines()):
        if not any("\ud800" <= sign <= "\udfff" for sign in row["text"]):
            yield [row["text"], row["asked"], row.get("entries")]


def drawn(count, seed):
    """Texts of pieces that answers are made of, most of which say nothing."""
    random = Random(seed)  # noqa: S311
    for _ in range(count):
        kind = random.choice(["count", "count", "size", "bytes", "shape"])
        length = random.randint(1, 7)
        text = "".join(random.choice(SOUP) for _ in range(length))
        if random.random() < 0.5:
            opening, closing = (["", "", "", *signs] for signs in ("([-", ")]"))
            numbers = [
                random.choice(opening) + random.choice(NUMBERS) + random.choice(closing) + random.choice(BETWEEN)
                for _ in range(length)
            ]
            text = random.choice(["", "total = ", "params: "]) + "".join(numbers)[:-1] + random.choice(BEHIND)
        yield [text, kind, random.choice([None, 1, 2, 3, 3]) if kind == "shape" else None]


@in_browser
@pytest.mark.parametrize(
    ("forms", "least"),
    [(list(seen()), READ_HERE), (list(collected()), 700), (list(drawn(20_000, 1)), 1_000)],
    ids=["seen", "collected", "drawn"],
)
def test_the_page_reads_the_same_or_nothing(reads, summary, forms, least):
    """No form has another value on the page than at the grader, nor a value that the grader refuses."""
    found = reads(forms)
    assert [wrong for form, said in zip(forms, found, strict=True) if (wrong := disagreement(form, said))] == []
    values = sum("value" in said for said in found)
    summary.append(f"practice pages: {values} of {len(forms)} forms read as the grader does, none otherwise")
    assert values >= least


@in_browser
def test_what_is_not_read_is_listed(reads):
    """Each kind of answer that only the grader reads is refused on the page, with a reason."""
    texts = [text.strip() for line in NOT_READ.strip().splitlines() for text in line.split("|")]
    forms = [[text, "shape" if "[" in text or text[0] == "(" else "count", None] for text in texts]
    assert len(forms) == 18
    for form, found in zip(forms, reads(forms), strict=True):
        assert found.get("reason"), form


@in_browser
def test_a_refusal_points_at_its_place(reads):
    """The place counts in what was typed, whatever the signs are replaced by."""
    forms = {"12 foo": 3, "−5 foo": 3, "3² foo": 3, "𝟑 foo": 3, "5 @": 2, "(3 + 4": 5, "1,2,3": 3, "3*/4": 2, "1/0": 1}
    found = reads([[text, "count", None] for text in forms])
    assert {text: said["place"] for text, said in zip(forms, found, strict=True)} == forms


@in_browser
def test_a_point_parts_thousands_where_a_count_is_asked(reads):
    """Nobody has a quarter of a weight: 1.234 is both numbers to the reader, and the page is told which can be."""
    assert reads([["1.234", "count", None]])[0] == {
        "value": "617/500", "shown": "1.234", "unit": "", "step": "1/1000", "alternative": "1234",
    }  # fmt: skip
