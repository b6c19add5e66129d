"""Stories to points: the table of the default policy, what is charged once, and policies that cannot be."""

from __future__ import annotations

from fractions import Fraction
from math import ceil

import pytest

from layerquiz.errors import ExamError
from layerquiz.grading.diagnose import diagnose, diagnose_sheet
from layerquiz.grading.marks import Worth, chance_rate, marked, needs_formula
from layerquiz.grading.policy import Policy
from layerquiz.grading.story import Story
from layerquiz.network.network import Network


def network(*layers, **given):
    """A network of a few layers on an image of 3 x 32 x 32, unless an input is given."""
    return Network.parse({"input": given or {"channels": 3, "height": 32, "width": 32}, "layers": list(layers)})


CONV = {"kind": "conv2d", "name": "c", "filters": 8, "kernel": 5}
POOL = {"kind": "maxpool2d", "name": "p", "kernel": 2, "stride": 2}
RELU = {"kind": "activation", "name": "a", "function": "relu"}
NEXT = {"kind": "conv2d", "name": "d", "filters": 16, "kernel": 3}
NET = network(CONV, POOL, RELU, NEXT)


def told(verdict, *sets, quantity="c.parameters", working=False, carried_from=()):
    """A story of a verdict with sets of slugs."""
    mistakes, *rivals = sets or ([],)
    return Story(
        quantity,
        verdict,
        608,
        mistakes=list(mistakes),
        rivals=list(rivals),
        working=working,
        carried_from=list(carried_from),
    )


def points(*stories, policy=None, net=NET, each=1):
    """The points of a question whose blanks have these stories."""
    blanks = [Worth(str(n), story.quantity, Fraction(each), net) for n, story in enumerate(stories)]
    marks = marked(blanks, {str(n): story for n, story in enumerate(stories)}, policy or Policy())
    return [mark.points for mark in marks.values()]


ONE, TWO = ["forgot-bias"], ["forgot-bias", "forgot-input-channels"]
TABLE = {
    "correct": (told("correct"), 1, 1),
    "convention": (told("convention", ["mac-vs-flop"]), "1/2", "1/2"),
    "slip in the working": (told("slip", ["arithmetic-slip"]), "3/4", 0),
    "slip that the digits show": (told("slip"), "3/4", "3/4"),
    "one mistake": (told("mistake", ONE), "1/2", "1/4"),
    "one mistake that is easily guessed": (told("mistake", ["keeps-input-channels"], quantity="c.channels"), "1/2", 0),
    "two mistakes": (told("mistake", TWO), "1/4", 0),
    "a rival is single": (told("mistake", TWO, ["doubled"]), "1/2", "1/4"),
    "wrong": (told("wrong"), 0, 0),
    "blank": (told("blank"), 0, 0),
    "unreadable": (told("unreadable"), 0, 0),
}


@pytest.mark.parametrize(("story", "with_working", "bare"), TABLE.values(), ids=list(TABLE))
def test_default_policy(story, with_working, bare):
    """Each verdict is paid as the table of the default policy says, with working and for a bare value."""
    shown = told(story.verdict, story.mistakes, *story.rivals, quantity=story.quantity, working=True)
    assert points(shown) == [Fraction(with_working)]
    assert points(story) == [Fraction(bare)]


def test_carried_is_paid_where_a_formula_was_needed():
    """A carried value is paid in full after a calculation, and not where an earlier value is said again."""
    right = told("correct")
    assert points(told("carried", quantity="p.height"), right, right) == [1, 1, 1]
    assert points(told("carried", quantity="a.height"), right, right) == [0, 1, 1]
    assert points(told("carried", quantity="c.height", carried_from=["c.shape"]), right, right) == [0, 1, 1]
    assert points(told("carried", quantity="c.shape", carried_from=["c.height"]), right, right) == [1, 1, 1]


def test_what_needs_a_formula():
    """A size that another layer only hands on takes no calculation; one that a rule computes does."""
    assert needs_formula(NET, "c.height")
    assert needs_formula(NET, "total.parameters")
    assert not needs_formula(NET, "a.shape")
    assert not needs_formula(NET, "c.channels")


def test_carried_earns_two_thirds_of_a_question():
    """Carried answers earn at most two thirds of a question's points, in the order of its blanks."""
    carried = told("carried", quantity="p.height")
    assert points(carried, carried, carried) == [1, 1, 0]
    assert points(carried, carried, carried, carried) == [1, 1, Fraction(2, 3), 0]
    assert points(carried, policy=Policy(carried_cap=Fraction(1))) == [1]
    assert points(told("wrong"), carried, carried, each=3) == [0, 3, 3]


def test_a_mistake_is_charged_once():
    """A mistake made again in a question is paid in full, or charged each time where the policy says so."""
    again = told("mistake", ONE)
    assert points(again, again, told("mistake", ["doubled"])) == [Fraction(1, 4), 1, Fraction(1, 4)]
    assert points(again, again, policy=Policy(repeat="always")) == [Fraction(1, 4)] * 2
    assert points(told("mistake", TWO), again) == [0, 1]


def test_of_a_pair_only_the_new_mistake_is_charged():
    """A pair of which one was charged is paid as one mistake, a pair of which both were as a right answer."""
    again = told("mistake", ONE)
    assert points(again, told("mistake", TWO)) == [Fraction(1, 4), Fraction(1, 4)]
    assert points(again, told("mistake", ["forgot-input-channels"]), told("mistake", TWO))[2] == 1


def test_of_a_pair_an_accepted_convention_costs_nothing():
    """A mistake under a convention that the policy accepts is paid as that mistake alone."""
    pair = told("mistake", ["forgot-bias", "mac-vs-flop"])
    assert points(pair) == [0]
    assert points(pair, policy=Policy.of({"accept": ["mac-vs-flop"]})) == [Fraction(1, 4)]


def test_the_best_paid_rival_counts():
    """Of rivals the one that is paid best counts, and the reason names it."""
    policy = Policy.of({"mistakes": {"bias-on-input-side": "3/4", "bias-per-input-channel": 0}})
    story = told("mistake", ["bias-per-input-channel"], ["bias-on-input-side"])
    marks = marked([Worth("1a", "c.parameters", Fraction(2), NET)], {"1a": story}, policy)
    assert (marks["1a"].points, marks["1a"].possible) == (Fraction(3, 2), 2)
    assert marks["1a"].reason == "bias-on-input-side"


SMALL = {
    "dense": (network({"kind": "dense", "name": "a", "units": 9}, features=6), "a.parameters"),
    "biases": (network({"kind": "dense", "name": "a", "units": 9}, features=6), "a.biases"),
    "convolution": (network({**CONV, "stride": 2}, channels=3, height=9, width=11), "c.parameters"),
    "multiply-adds": (network({**CONV, "filters": 2, "kernel": 2}, channels=3, height=4, width=6), "c.macs"),
    "height": (network({**CONV, "stride": 2}), "c.height"),
    "pool": (network(CONV, {**POOL, "kernel": 3}, channels=3, height=9, width=12), "p.channels"),
    "total": (
        network(CONV, {"kind": "flatten"}, {"kind": "dense", "units": 2}, channels=1, height=5, width=6),
        "total.biases",
    ),
}


@pytest.mark.parametrize(("net", "quantity"), SMALL.values(), ids=list(SMALL))
def test_chance_rate_by_brute_force(net, quantity):
    """The chance rate is the share of all wrong integers within a factor of two that are told as one mistake."""
    key = net.value(quantity)
    wrong = [number for number in range(ceil(Fraction(key, 2)), 2 * key + 1) if number != key]
    stories = [diagnose(net, quantity, str(number)) for number in wrong]
    paid = [story for story in stories if any(len(slugs) == 1 for slugs in (story.mistakes, *story.rivals))]
    assert chance_rate(net, quantity) == Fraction(len(paid), len(wrong))


def test_chance_rate_of_a_shape():
    """A shape is guessed number by number: its rate is that of its first size."""
    net = SMALL["height"][0]
    assert chance_rate(net, "c.shape") == chance_rate(net, "c.height") > 0


def test_chance_rate_of_zero():
    """Where no wrong number lies within a factor of two, every guess would be paid."""
    assert chance_rate(network({**CONV, "bias": False}), "c.biases") == 1


REFUSED = {
    "unknown key": ({"corect": 1}, '"corect"', "correct"),
    "unknown mistake": ({"mistakes": {"forgot-biass": "1/2"}}, '"forgot-biass"', "forgot-bias"),
    "above 1": ({"slip": "5/4"}, "slip", "0 to 1"),
    "below 0": ({"carried": -1}, "carried", "0 to 1"),
    "no share": ({"mistake": "half"}, "mistake", "0 to 1"),
    "divided by 0": ({"mistake": "1/0"}, "mistake", "0 to 1"),
    "not a number": ({"mistake": float("nan")}, "mistake", "0 to 1"),
    "yes": ({"mistake": True}, "mistake", "0 to 1"),
    "share of a mistake": ({"mistakes": {"forgot-bias": 2}}, "forgot-bias", "0 to 1"),
    "mistakes as a list": ({"mistakes": ["forgot-bias"]}, "mistakes", "slug: share"),
    "repeat": ({"repeat": "never"}, "repeat", '"always"'),
    "rounding": ({"rounding": "sometimes"}, "rounding", "true, false"),
}


@pytest.mark.parametrize(("written", "named", "cure"), REFUSED.values(), ids=list(REFUSED))
def test_policies_that_cannot_be(written, named, cure):
    """A policy that cannot be is refused with what was found and the nearest spelling or what is allowed."""
    with pytest.raises(ExamError) as refused:
        Policy.of(written)
    assert named in str(refused.value)
    assert cure in str(refused.value)


def test_written_policies():
    """Shares are exact, as fractions or decimals; what is not written stays as it is."""
    policy = Policy.of({"slip": 0.1, "mistake": "1/3", "repeat": "always", "rounding": "allowed"})
    assert (policy.slip, policy.mistake, policy.convention) == (Fraction(1, 10), Fraction(1, 3), Fraction(1, 2))
    assert (policy.repeat, policy.rounding) == ("always", True)


def test_the_policy_is_printed():
    """What a paper prints of its policy holds every share, and says when mistakes are charged once."""
    text = " ".join(Policy.of({"slip": "5/8", "carried_cap": "4/7"}).sentences())
    assert all(part in text for part in ("5/8", "4/7", "charged once"))
    assert "charged once" not in " ".join(Policy(repeat="always").sentences())


def test_a_sheet_from_answers_to_points():
    """One early mistake costs once: what follows from it is paid, and the total needs its own sum."""
    answers = {"c.parameters": "5*5*3*8", "d.parameters": "3*3*8*16", "total.parameters": "600 + 1152"}
    stories = diagnose_sheet(NET, answers)
    marks = marked([Worth(name, name, Fraction(1), NET) for name in answers], stories, Policy())
    assert [mark.points for mark in marks.values()] == [Fraction(1, 2), 1, 1]
    assert [story.verdict for story in stories.values()] == ["mistake", "mistake", "carried"]
