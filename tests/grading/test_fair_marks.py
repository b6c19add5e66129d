"""What a fair examiner pays, worked out by hand: one misconception, a carried chain, a guess, method, rounding."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest

from layerquiz.grading.diagnose import diagnose, diagnose_sheet
from layerquiz.grading.marks import Mark, Worth, chance_rate, choice_share, guessable, marked, rounded
from layerquiz.grading.policy import Policy
from layerquiz.grading.story import Story
from layerquiz.network.mistakes import Search
from layerquiz.network.network import Network

HALF, QUARTER = Fraction(1, 2), Fraction(1, 4)


def conv(name, filters, kernel, **keys):
    """A convolution of a table."""
    return {"kind": "conv2d", "name": name, "filters": filters, "kernel": kernel, "padding": "same", **keys}


TABLE = Network.parse(
    {
        "input": {"channels": 3, "height": 32, "width": 32},
        "layers": [conv("c1", 8, 5), conv("c2", 16, 3), conv("c3", 24, 3), conv("c4", 32, 3), conv("c5", 40, 1)],
    }
)
ROWS = [f"c{row}.parameters" for row in range(1, 6)]


def graded(network, answers, policy=None, each=1):
    """The marks of one question's answers by quantity."""
    stories = diagnose_sheet(network, answers, rounding=False)
    blanks = [Worth(name, name, Fraction(each), network) for name in answers]
    return {name: mark.points for name, mark in marked(blanks, stories, policy or Policy()).items()}


def test_one_misconception_in_five_rows_costs_once():
    """Who leaves the biases out of all five rows loses on one row only: half with working, three quarters without."""
    # c1: 5*5*3*8 = 600 (right 608), c2: 3*3*8*16 = 1152, c3: 3*3*16*24 = 3456, c4: 3*3*24*32 = 6912, c5: 32*40 = 1280
    worked = ["5*5*3*8", "3*3*8*16", "3*3*16*24", "3*3*24*32", "1*1*32*40"]
    assert list(graded(TABLE, dict(zip(ROWS, worked, strict=True))).values()) == [HALF, 1, 1, 1, 1]
    bare = ["600", "1152", "3456", "6912", "1280"]
    assert list(graded(TABLE, dict(zip(ROWS, bare, strict=True))).values()) == [QUARTER, 1, 1, 1, 1]


def test_two_misconceptions_cost_twice():
    """Another mistake in a later row is charged too, and a repeated one where the policy charges each time."""
    # the third row counts one bias for the whole layer: 3*3*16*24 + 1 = 3457
    answers = dict(zip(ROWS, ["600", "1152", "3457", "6912", "1280"], strict=True))
    assert list(graded(TABLE, answers).values()) == [QUARTER, 1, QUARTER, 1, 1]
    assert list(graded(TABLE, answers, Policy.of({"repeat": "always"})).values()) == [QUARTER] * 5


CHAIN = Network.parse(
    {
        "input": {"channels": 1, "height": 64, "width": 64},
        "layers": [
            {"kind": "conv2d", "name": "c1", "filters": 4, "kernel": 5},
            {"kind": "maxpool2d", "name": "p1", "kernel": 2},
            {"kind": "conv2d", "name": "c2", "filters": 8, "kernel": 5},
            {"kind": "maxpool2d", "name": "p2", "kernel": 2},
            {"kind": "conv2d", "name": "c3", "filters": 8, "kernel": 4},
        ],
    }
)


def test_a_carried_chain_is_paid_and_capped():
    """Five sizes of one point each after a wrong start: what follows is right, and earns two thirds of the question."""
    # right: 60, 30, 26, 13, 10. Written 50 first: 50/2 = 25, 25-5+1 = 21, floor(21/2) = 10, 10-4+1 = 7
    answers = {"c1.height": "50", "p1.height": "25", "c2.height": "21", "p2.height": "10", "c3.height": "7"}
    assert list(graded(CHAIN, answers).values()) == [0, 1, 1, 1, Fraction(1, 3)]
    assert sum(graded(CHAIN, answers).values()) == Fraction(2, 3) * 5
    assert list(graded(CHAIN, answers, Policy.of({"carried_cap": 1})).values()) == [0, 1, 1, 1, 1]
    assert list(graded(CHAIN, answers, Policy.of({"carried": "1/2"})).values()) == [0, HALF, HALF, HALF, HALF]


SMALL = Network.parse(
    {
        "input": {"channels": 3, "height": 17, "width": 17},
        "layers": [{"kind": "conv2d", "name": "c", "filters": 8, "kernel": 5, "stride": 2, "padding": 1}],
    }
)


def test_a_guess_next_to_a_small_size_earns_nothing():
    """Beside 8 = floor((17 - 5 + 2) / 2) + 1 lie 4 to 16: a mistake gives 7, so a bare 7 may be a guess."""
    # without the 1 at the end: floor(14 / 2) = 7; the padding once: floor(13 / 2) + 1 = 7; not at all: 6 + 1 = 7
    # one hit among the 12 wrong numbers is 1/12, which is above 1/20
    assert SMALL.value("c.height") == 8
    assert guessable(SMALL, "c.height", Fraction(1, 20))
    assert graded(SMALL, {"c.height": "7"}) == {"c.height": 0}
    assert graded(SMALL, {"c.height": "(17 - 5 + 2)/2"}) == {"c.height": HALF}
    assert graded(SMALL, {"c.height": "7"}, Policy.of({"chance_limit": 1})) == {"c.height": QUARTER}


def test_a_guess_excuses_nothing_later():
    """A guess written into two places with the same key is one guess: neither is paid, and none is paid in full."""
    assert list(graded(SMALL, {"c.height": "7", "c.width": "7"}).values()) == [0, 0]
    worked = {"c.height": "(17 - 5 + 2)/2", "c.width": "7"}
    assert list(graded(SMALL, worked).values()) == [HALF, 1]


def test_a_mistake_in_several_small_numbers_is_recognised():
    """Guesses would seldom hit several different sizes: the first is not paid, the others are not charged again."""
    # right: 24 - 4 + 1 = 21, 21 - 4 + 1 = 18, of whose 31 and 27 wrong neighbours 3 and 5 are taken for a mistake
    layers = [{"kind": "conv2d", "name": name, "filters": 8, "kernel": 4} for name in "ab"]
    net = Network.parse({"input": {"channels": 3, "height": 24, "width": 24}, "layers": layers})
    assert [chance_rate(net, "a.height"), chance_rate(net, "b.height")] == [Fraction(3, 31), Fraction(5, 27)]
    stories = {
        "a": Story("a.height", "mistake", 21, mistakes=["forgot-plus-one"]),
        "b": Story("b.height", "mistake", 18, mistakes=["forgot-plus-one"]),
    }
    blanks = [Worth("a", "a.height", Fraction(1), net), Worth("b", "b.height", Fraction(1), net)]
    assert [mark.points for mark in marked(blanks, stories, Policy()).values()] == [0, 1]
    assert [mark.points for mark in marked(blanks[1:], stories, Policy()).values()] == [0]
    sure = Policy.of({"chance_limit": "1/60"})
    assert [mark.points for mark in marked(blanks, stories, sure).values()] == [0, 0]


def test_large_keys_take_no_search(monkeypatch):
    """Whether a number can be guessed is searched where its key is small, and once for a network."""
    searched = []
    monkeypatch.setattr(Search, "singles", lambda self, _: searched.append(self.targets) or iter(()))
    net = Network.parse(
        {
            "input": {"features": 9000},
            "layers": [{"kind": "dense", "name": "d", "units": 30}, {"kind": "dense", "name": "e", "units": 5}],
        }
    )
    assert net.value("d.weights") == 270_000
    assert not guessable(net, "d.weights", Fraction(1, 20))
    assert searched == []
    assert not guessable(net, "e.weights", Fraction(1, 30))
    assert not guessable(net, "e.weights", Fraction(1, 30))
    assert len(searched) == 1


METHOD = Policy.of({"method": "1/2"})
PARTS = {
    "right with working": ("5*5*3*8 + 8 = 608", 1),
    "right and bare": ("608", HALF),
    "right method, wrong sum": ("5*5*3*8 + 8 = 618", HALF),
    "one mistake with working": ("5*5*3*8", HALF * HALF + HALF * QUARTER),
    "one mistake, bare": ("600", HALF * QUARTER),
    "nothing fits": ("7*11*13*17", 0),
}


@pytest.mark.parametrize(("answer", "points"), PARTS.values(), ids=list(PARTS))
def test_method_and_answer_apart(answer, points):
    """Half is for the method that is shown, half for the answer as a bare number: 1/2 or 1/4 of each for a mistake."""
    assert graded(TABLE, {"c1.parameters": answer}, METHOD) == {"c1.parameters": points}


def test_a_right_method_is_paid_whatever_comes_out():
    """Where an expression of the working is right, the method is paid although the answer is wrong."""
    story = Story("c1.parameters", "wrong", 608, working=True, method_right=True)
    (mark,) = marked([Worth("1", "c1.parameters", Fraction(2), TABLE)], {"1": story}, METHOD).values()
    assert mark.points == 1


def test_effort_can_be_paid():
    """A wrong answer with working earns what the policy says, a wrong bare number not."""
    policy = Policy.of({"wrong": "1/10", "correct_bare": "1/2"})
    assert graded(TABLE, {"c1.parameters": "7*11*13*17"}, policy) == {"c1.parameters": Fraction(1, 10)}
    assert graded(TABLE, {"c1.parameters": "17017"}, policy) == {"c1.parameters": 0}
    assert graded(TABLE, {"c1.parameters": "608"}, policy) == {"c1.parameters": HALF}


def test_accepted_conventions_are_paid_in_full():
    """A count under another convention earns its share, or all where the policy accepts it by slug or by name."""
    # c1: 32*32*8 outputs of 5*5*3 multiply-adds each are 614,400, and 1,228,800 operations
    for accept, points in (([], HALF), (["mac-vs-flop"], 1), (["mb-vs-mib"], HALF)):
        assert graded(TABLE, {"c1.macs": "1228800"}, Policy.of({"accept": accept})) == {"c1.macs": points}
    norm = Network.parse(
        {"input": {"channels": 6, "height": 5, "width": 5}, "layers": [{"kind": "batchnorm", "name": "b"}]}
    )
    assert diagnose(norm, "b.parameters", "24").verdict == "convention"
    assert graded(norm, {"b.parameters": "24"}, Policy.of({"accept": ["keras"]})) == {"b.parameters": 1}
    assert graded(norm, {"b.parameters": "24"}, Policy.of({"accept": ["pytorch"]})) == {"b.parameters": HALF}


@pytest.mark.parametrize(
    ("digits", "written", "verdict"),
    [
        (None, "1.23M", "correct"),
        (None, "1.2M", "wrong"),
        (2, "1.2M", "correct"),
        (2, "1M", "wrong"),
        (4, "1.23M", "wrong"),
        (4, "1.229M", "correct"),
        (2, "1.3M", "wrong"),
    ],
)
def test_so_many_digits_suffice(digits, written, verdict):
    """1,228,800 may be rounded to three digits, or to as many as are fixed for the blank."""
    story = diagnose_sheet(TABLE, {"c1.flops": written}, {"c1.flops": digits})["c1.flops"]
    assert story.verdict == verdict


STEPS = {
    ("nearest", "1/2"): {"1": 1, "5/4": "3/2", "6/5": 1, "13/10": "3/2", "0": 0, "3": 3},
    ("up", "1/2"): {"1": 1, "11/10": "3/2", "0": 0, "3": 3},
    ("down", "1/2"): {"1": 1, "14/10": 1, "3": 3},
    ("up", "2"): {"1/10": 2, "21/10": 3, "3": 3},
}
CASES = [(way, step, points, to) for (way, step), table in STEPS.items() for points, to in table.items()]


@pytest.mark.parametrize(("way", "step", "points", "to"), CASES)
def test_points_are_rounded(way, step, points, to):
    """The sum of a question with three points goes to a multiple of the step, never above three."""
    earned, marks = Fraction(points), {}
    for blank in "abc":
        marks[blank] = Mark(min(earned, Fraction(1)), Fraction(1), "")
        earned -= marks[blank].points
    found = rounded(marks, Policy.of({"points_step": step, "points_rounding": way}))
    assert sum(mark.points for mark in found.values()) == Fraction(to)
    assert all(0 <= mark.points <= 1 for mark in found.values())


def test_rounding_moves_partly_paid_blanks_first():
    """A right answer stays whole and an empty blank empty where a blank between can take what rounding adds."""
    marks = {"a": Mark(Fraction(1), Fraction(1), "right"), "b": Mark(Fraction(0), Fraction(1), "no answer")}
    marks["c"] = Mark(QUARTER, Fraction(1), "forgot-bias")
    up = rounded(marks, Policy.of({"points_step": "1/2"}))
    assert [mark.points for mark in up.values()] == [1, 0, HALF]
    assert up["c"].reason == "forgot-bias; points rounded"
    down = rounded(marks, Policy.of({"points_step": 1, "points_rounding": "down"}))
    assert [mark.points for mark in down.values()] == [1, 0, 0]


def test_a_question_is_rounded_where_its_policy_says_so():
    """Marking rounds each question, and leaves the exam's sum to the exam."""
    answers = {"c1.parameters": "600", "c2.parameters": "3*3*8*16 + 16"}
    step = {"points_step": "1/2"}
    assert list(graded(TABLE, answers, Policy.of(step)).values()) == [HALF, 1]
    assert list(graded(TABLE, answers, Policy.of({**step, "points_rounded": "exam"})).values()) == [QUARTER, 1]


CHOSEN = {  # of four options a and b are right
    "": (0, 0, 0),
    "a": (0, "3/4", "1/2"),
    "ab": (1, 1, 1),
    "abc": (0, "3/4", "1/2"),
    "abcd": (0, "1/2", 0),
    "ac": (0, "1/2", 0),
    "c": (0, "1/4", 0),
    "cd": (0, 0, 0),
}


@pytest.mark.parametrize(("chosen", "shares"), CHOSEN.items())
def test_choices(chosen, shares):
    """All or nothing, per option, and with deductions: worked out by hand for four options."""
    rules = ("all-or-nothing", "per-option", "negative")
    assert [choice_share(chosen, "ab", "abcd", rule) for rule in rules] == [Fraction(share) for share in shares]


def test_deductions_leave_a_guesser_little():
    """Over all ways to tick, deductions pay least of what pays in part, and nobody gets less than nothing."""
    ticked = [[o for o, t in zip("abcd", ticks, strict=True) if t] for ticks in product((0, 1), repeat=4)]
    shares = {rule: [choice_share(t, "a", "abcd", rule) for t in ticked] for rule in ("per-option", "negative")}
    assert min(shares["negative"]) == 0
    assert sum(shares["negative"]) < sum(shares["per-option"])
    assert choice_share("ab", "ab", "ab", "negative") == 1
