"""What is read from an answer: the observed spellings, the tables of spellings, and the refusals."""

from __future__ import annotations

import json
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest

from layerquiz.formula.expr import Integer
from layerquiz.grading.read import Blank, Reading, Unreadable, read

DATA = Path(__file__).parents[1] / "data"
SIZES = {"height", "width", "depth", "length", "receptive_field", "jump"}
EXPECTATIONS = ("count", "size", "shape", "bytes")


def rows(*names):
    """The lines of the data files, with the answers that are written as a repetition."""
    for name in names:
        for line in (DATA / name).read_text("utf-8").splitlines():
            row = json.loads(line)
            if "repeat" in row:
                start, again, times, end = row["repeat"]
                row["answer"] = start + again * times + end
            yield pytest.param(row, id=row["id"])


def asked_for(quantity):
    """What a quantity asks for, by the last of its names."""
    name = quantity.rpartition(".")[2]
    if name == "shape":
        return "shape"
    return "bytes" if name.endswith("_bytes") else "size" if name in SIZES else "count"


@pytest.mark.parametrize("row", list(rows("answer_forms.jsonl", "observed_mistakes.jsonl")))
def test_answers_people_wrote(row):
    """Every answer that was seen reads as the number or the shape that its writer meant."""
    answer = read(row["answer"], asked_for(row["quantity"]))
    if row.get("hostile"):
        allowed = {"blank": Blank, "unreadable": Unreadable, "any": (Blank, Unreadable, Reading)}
        assert isinstance(answer, allowed[row["verdict"]])
        return
    assert isinstance(answer, Reading)
    meant = row["read_as"]
    assert meant is None or answer.value == (tuple(meant) if isinstance(meant, list) else meant)


NUMBERS = {
    "62378344": 62378344,
    "62,378,344": 62378344,
    "9'248": 9248,
    "9’248": 9248,
    "4 800": 4800,
    "4\u2009800": 4800,
    "61_706": 61706,
    "524, 288": 524288,
    "1.234.567": 1234567,
    "1,234,567.5": Fraction(2469135, 2),
    "1.234.567,5": Fraction(2469135, 2),
    "224,69": Fraction(22469, 100),
    "0,125": Fraction(1, 8),
    "1,516": 1516,
    ".5": Fraction(1, 2),
    "2416.0": 2416,
    "３２": 32,
    "24\u200b16": 2416,
    "-5": -5,
    "= 784": 784,
    "N = 784": 784,
    "Total params: 2,416": 2416,
    "'2416'": 2416,
    "12,34,567": 1234567,
    "54½": Fraction(109, 2),
    "`2416`": 2416,
    "$\\boxed{2{,}416}$": 2416,
    "3 filters": 3,
    "number of params of conv = 12": 12,
    "10 ^9": 10**9,
    "1024^2": 1048576,
    "3²·64": 576,
    "32(3*3*3 + 1)": 896,
    "(3*3*3 + 1)(32)": 896,
    "2^3^2": 512,
    "-2^2": -4,
    "7/2": Fraction(7, 2),
    "7//2": 3,
    "⌈7/2⌉": 4,
    "math.floor(7/2)": 3,
    "\\dfrac{7}{2}": Fraction(7, 2),
    "6 filters of 3x3x3": 162,
    "5*5 =": 25,
    "3*3 = **9**": 9,
    "2,416 2,416": 2416,
    "(2) (2)": 4,
    "2416 (5*5*6*16 + 16)": 2416,
    "O = (W-F+2P)/S + 1 = (227-11)/4 + 1 = 55": 55,
}


@pytest.mark.parametrize("text", NUMBERS)
def test_spellings_of_a_number(text):
    """The table is the specification: what each spelling is worth; None is unreadable."""
    answer = read(text)
    assert getattr(answer, "value", None) == NUMBERS[text]


SCALED = {
    "150K": (150_000, "", 1000, 3),
    "3.2M": (3_200_000, "", 100_000, 2),
    "~25 million params": (25_000_000, "", 10**6, 2),
    "4.12B flops": (4_120_000_000, "FLOP", 10**7, 3),
    "100 trillion": (10**14, "", 10**12, 3),
    "4.91 GMac": (4_910_000_000, "MAC", 10**7, 3),
    "0.6G flops": (600_000_000, "FLOP", 10**8, 1),
    "4.12×10⁹": (4_120_000_000, "", 10**7, 3),
    "5 x 10^6": (5_000_000, "", 10**6, 1),
    "≈ 62,400,000": (62_400_000, "", 100_000, 3),
    "46200 (FLOPs)": (46_200, "FLOP", None, None),
    "93MB": (93_000_000, "MB", 10**6, 2),
    "240.10 KBs": (240_100, "kB", 10, 5),
    "0.24 MiB": (Fraction(6291456, 25), "MiB", Fraction(262144, 25), 2),
    "717.27 (Units.MEGABYTES)": (717_270_000, "MB", 10_000, 5),
    "12 B": (12, "B", None, None),
    "2(3 + 1) MB": (8_000_000, "MB", None, None),
}


@pytest.mark.parametrize("text", SCALED)
def test_suffixes_and_units(text):
    """A unit scales the value; a scaled or rounded number says what its last digit is worth."""
    answer = read(text, "bytes" if SCALED[text][1].endswith("B") else "count")
    assert (answer.value, answer.unit, answer.step, answer.digits) == SCALED[text]


def test_capital_b_is_a_billion_unless_bytes_are_asked():
    """`12B` is 12 billion parameters, and twelve bytes as a memory."""
    assert read("12B", "count").value == 12 * 10**9
    assert read("12B", "bytes").value == 12


SHAPES = {
    "55 x 55 x 96": (55, 55, 96),
    "14*14*1": (14, 14, 1),
    "4096×1": (4096, 1),
    "[224x224x3]": (224, 224, 3),
    "300 by 300": (300, 300),
    "(28,28,8)": (28, 28, 8),
    "128,128,256": (128, 128, 256),
    "(None, 26, 26, 32)": (26, 26, 32),
    "(?, 27, 27, 256)": (27, 27, 256),
    "[-1, 6, 28, 28]": (6, 28, 28),
    "[(None, 1000, 4)]": (1000, 4),
    "torch.Size([1, 1, 14, 14])": (1, 14, 14),
    "TensorShape([None, 26, 26, 32])": (26, 26, 32),
    "64 x 8 x 7 x 7": (8, 7, 7),
    "N × 8 × 7 × 7": (8, 7, 7),
    "6@28x28": (6, 28, 28),
    "6 maps of 30x30": (6, 30, 30),
    "6 maps (28x28)": (6, 28, 28),
    "144 inputs (16 x 3 x 3)": (144,),
    "(1, 24, 24, 32*64)": (24, 24, 2048),
    "64*3 x 256 x 256": (192, 256, 256),
    "7 × 7 × 3 7×7×3": (7, 7, 3),
    "H x W x C = 55 x 55 x 96": (55, 55, 96),
    "55x55x96 (H x W x C)": (55, 55, 96),
    "55x55x96 = 290,400": (55, 55, 96),
    "(224-11)/4+1 = 54 → 54x54x96": (54, 54, 96),
    "(512,)": (512,),
    "4096": (4096,),
    "1,024": (1024,),
    "54.25x54.25x96": (Fraction(217, 4), Fraction(217, 4), 96),
    "55x55x96 = 27x27x96": "contradictory",
    "(None, None, 3)": "unknown-size",
    "28x28x": "unfinished",
}


@pytest.mark.parametrize("text", SHAPES)
def test_spellings_of_a_shape(text):
    """A shape keeps the order written and loses its batch."""
    answer = read(text, "shape")
    assert (answer.slug if isinstance(answer, Unreadable) else answer.value) == SHAPES[text]


@pytest.mark.parametrize(
    ("text", "entries", "shape"),
    [
        ("60 x 1,536", 2, (60, 1536)),
        ("1,536 x 7 x 7", 3, (1536, 7, 7)),
        ("13x13x1,256", 3, (13, 13, 1256)),
        ("12,345,678 x 4", 2, (12345678, 4)),
        ("60 x 1,536", 3, (60, 1, 536)),
        ("60, 536", 2, (60, 536)),
        ("32,60,536", 2, (60, 536)),
        ("7, 512 x 3", 3, (7, 512, 3)),
    ],
)
def test_a_comma_beside_a_cross_parts_digits_where_that_gives_the_sizes(text, entries, shape):
    """Sheets print 60 x 1,536; where commas alone stand, or as many sizes are asked for, each is a size."""
    assert read(text, "shape", entries=entries).value == shape


def test_number_of_entries_decides_about_the_batch():
    """Four numbers are a batch of images, unless a volume is asked; 12,544 is one number for features."""
    assert read("16x8x8x8", "shape").value == (8, 8, 8)
    assert read("16x8x8x8", "shape", entries=4).value == (16, 8, 8, 8)
    assert read("(1, 512)", "shape", entries=1).value == (512,)
    assert read("12,544", "shape").value == (12, 544)
    assert read("12,544", "shape", entries=1).value == (12544,)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("7x7", 7),
        ("33 by 33", 33),
        ("(7, 7)", 7),
        ("54 (54x54)", 54),
        ("7*7", 49),
        ("7x8", 56),
        ("7x7 = 49", 49),
        ("(128-1) x 4 - 0 + 1 = 509", 509),
        ("(224-11)/4 + 1 = 54", 54),
        ("54 = (227-11)/4+1", 55),
        ("54.25", Fraction(217, 4)),
    ],
)
def test_one_size(text, value):
    """Equal numbers with x between them name the side of a square; a product with * stays one."""
    assert read(text, "size").value == value


CHAINS = {
    "128*(256+1)=128*257=32,895": (32895, 32896, ("128*257", "32,895")),
    "5*5 + 1 = 26": (26, 26, None),
    "28x28x14≈3000": (3000, 10976, ("28x28x14", "3000")),
    "(224-11)/4 + 1 = 54": (54, Fraction(217, 4), None),
    "1728 (= 3*3*3*65)": (1728, 1755, ("1728", "3*3*3*65")),
    "5*5*6 = 150 * 16 = 2400 + 16 = 2416": (2416, 150, None),
    "62,378,344 ≈ 62.4M": (62378344, None, None),
    "138 million (138,357,544)": (138357544, None, None),
    "1000/3 = 333.33": (Fraction(33333, 100), Fraction(1000, 3), None),
}


@pytest.mark.parametrize("text", CHAINS)
def test_chains_of_equalities(text):
    """The last value is the answer; the first equality that fails is shown as it was written."""
    answer = read(text)
    assert (answer.value, answer.computed, answer.broken) == CHAINS[text]


def test_a_unit_on_one_side_of_an_equality_breaks_nothing():
    """A calculation in megabytes may name its unit at the end only."""
    answer = read("138357544*4/10^6 = 553.43 MB", "bytes")
    assert (answer.value, answer.unit, answer.broken) == (553_430_000, "MB", None)


@pytest.mark.parametrize(
    ("text", "asked", "alternative"),
    [
        ("1.234", "count", 1234),
        ("1.2345", "count", None),
        ("1.234K", "count", None),
        ("2x2x2", "size", 8),
        ("4x4", "size", None),
        ("256 filters (3*3*128 + 1)", "count", 295168),
        ("12,544", "shape", (12544,)),
    ],
)
def test_spellings_with_two_readings(text, asked, alternative):
    """Where a spelling can be read in two ways the other value is kept."""
    assert read(text, asked).alternative == alternative


REFUSED = {
    "12 = 54": (5, "contradictory"),
    "46,200 FLOPs (23,100 MACs)": (14, "contradictory"),
    "I assumed padding 2: 54": (2, "assumption"),
    "603.134720.0 MMac": (10, "bad-separators"),
    "12,34,5678": (5, "bad-separators"),
    "2400 without biases": (5, "unknown-word"),
    "  3 + * 4": (6, "unexpected"),
    "2400 and 16": (9, "two-numbers"),
    "5*5+": (3, "unfinished"),
    "3*(4+1": (2, "bracket"),
    "(4]": (2, "bracket"),
    ")(": (0, "bracket"),
    "()": (1, "unexpected"),
    "54⅓": (2, "bad-character"),
    "\u200f2416": (0, "bad-character"),
    "24\x0016": (2, "bad-character"),
    "\ud8002416": (0, "bad-character"),
    "__import__('os')": (0, "bad-character"),
    "$\\frac{1}{0}$": (1, "division-by-zero"),
    "１２ + ä": (5, "bad-character"),
    "9**9**9": (1, "number-too-large"),
    "10^10^10": (2, "number-too-large"),
    "2(9^999)": (3, "number-too-large"),
    "9" * 201: (0, "number-too-large"),
    "2^0.5": (1, "fractional-power"),
    "0^-1": (1, "division-by-zero"),
    "K*K*C": (0, "letter"),
    "12 MB GB": (6, "two-units"),
    "(" * 51 + "1" + ")" * 51: (50, "too-deep"),
    "1" + "-1" * 60: (99, "too-deep"),
    "???": (0, "empty-expression"),
    "7" * 1001: (1000, "too-long"),
}


@pytest.mark.parametrize("text", REFUSED, ids=lambda text: ascii(text[:30]))
def test_refusals_point_at_the_place(text):
    """An unreadable answer names the bad character's place in the original text, in a full sentence."""
    answer = read(text, "bytes" if "MB" in text else "count")
    assert isinstance(answer, Unreadable)
    assert (answer.offset, answer.slug) == REFUSED[text]
    assert answer.reason.endswith(".")


@pytest.mark.parametrize("text", ["", " \t\n", "-", "—", "?", "n/a", "N/A", "\u200b"], ids=ascii)
def test_no_answer(text):
    """What plainly says nothing is blank, whatever is asked."""
    assert all(isinstance(read(text, asked), Blank) for asked in EXPECTATIONS)


@pytest.mark.parametrize(
    ("text", "asked", "shown"),
    [
        ("294912", "count", "294,912"),
        ("54.25", "size", "54.25"),
        ("-1000.5", "count", "-1,000.5"),
        ("1000/3", "count", "1,000/3"),
        ("(55,55,96)", "shape", "55 x 55 x 96"),
    ],
)
def test_what_is_shown_back(text, asked, shown):
    """Digits are grouped; a fraction is a decimal where that is exact."""
    assert read(text, asked).shown == shown


def test_a_plain_number_does_not_load_the_grammar():
    """Most answers are one number, and are read without importing lark."""
    code = "import sys; from layerquiz.grading.read import read; read('138M'); read('5x5', 'shape')"
    code += "; print('lark' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


LONG = [
    "1+",
    "1=",
    "1+1=",
    "*",
    "_",
    "- ",
    "2^",
    "1-",
    "9*",
    "111,",
    "111 ",
    "(a",
    "1/3+",
    "1x",
    "9^99x",
    "⌊",
    "{",
    "\ufdfa",
]
LONG += ["1e200*", "1 (=1) ", ":", "~", "=", "²", "?x", "2(3)", "7/3*", "1 weights "]


@pytest.mark.parametrize("again", LONG, ids=ascii)
@pytest.mark.parametrize("asked", EXPECTATIONS)
def test_long_answers_cost_little(asked, again, calls):
    """Work is bounded: the longest answers of any kind are read in a bounded number of steps."""
    read("1+1")
    assert calls(lambda: read((again * 1000)[:999] + "1", asked)) < 150_000


def test_the_expression_keeps_its_textbook_form():
    """The formula of the first expression is the tree as it was written."""
    formula = read("(5*5*6 + 1)*16 = 2416").expression
    assert formula == (Integer(5) * 5 * 6 + 1) * 16


@pytest.mark.parametrize("hidden", ["\x0c", "\x1f", "\u2028"])
def test_what_is_shown_back_hides_nothing(hidden):
    """What cannot be seen, such as a form feed, comes back as a blank in the question about a step."""
    assert read(f"55 = 5{hidden} + 1").broken == ("55", "5  + 1")


def test_marks_that_turn_the_writing_are_refused_by_their_code():
    """A mark that turns the direction of writing is named and not shown."""
    answer = read("55 = 5\u202e + 1")
    assert isinstance(answer, Unreadable)
    assert answer.reason.isprintable()
