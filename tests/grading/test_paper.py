"""A paper as a whole: a rule that is seen in one question settles another; what stays open stays named."""

from __future__ import annotations

from layerquiz.grading.diagnose import diagnose_sheet
from layerquiz.grading.paper import across
from layerquiz.grading.story import Story
from layerquiz.network.network import Network


def network(*layers, **given):
    """A network of a few layers on an image of 3 x 32 x 32, unless an input is given."""
    return Network.parse({"input": given or {"channels": 3, "height": 32, "width": 32}, "layers": list(layers)})


def dense(units, **keys):
    """A dense layer called fc."""
    return {"kind": "dense", "name": "fc", "units": units, **keys}


def conv(name="c", filters=8, kernel=5, **keys):
    """A convolution."""
    return {"kind": "conv2d", "name": name, "filters": filters, "kernel": kernel, **keys}


FC = network(dense(256), features=128)
STRIP = network({"kind": "conv1d", "name": "c", "filters": 32, "kernel": 5}, channels=7, length=100)
CONV = network(conv())


def paper(*questions):
    """The stories of some questions, each a network with its answers, told together."""
    return across([(net, diagnose_sheet(net, answers)) for net, answers in questions])


def sets(story):
    """The sets of slugs that a story names."""
    return [story.mistakes, *story.rivals]


INPUT_SIDE, PER_INPUT = ["bias-on-input-side"], ["bias-per-input-channel"]


def test_alone_both_are_named():
    """128 * 257 = 32,896 is a bias on the input side, or one for each input: alone, nobody knows."""
    (only,) = paper((FC, {"fc.parameters": "32896"}))
    assert sets(only["fc.parameters"]) == [INPUT_SIDE, PER_INPUT]
    assert only["fc.parameters"].confidence == "two explanations fit"


def test_another_question_settles():
    """5 * 7 * 33 = 1,155 can only be a bias on the input side, so 32,896 is one as well."""
    first, second = paper((FC, {"fc.parameters": "32896"}), (STRIP, {"c.parameters": "1155"}))
    assert sets(first["fc.parameters"]) == [INPUT_SIDE]
    assert sets(second["c.parameters"]) == [INPUT_SIDE]
    assert first["fc.parameters"].confidence == second["c.parameters"].confidence == "seen 2 times on this paper"
    assert "(Seen 2 times on this paper.)" in first["fc.parameters"].hint


def test_the_other_way_round():
    """5 * 7 * 32 + 7 = 1,127 is one bias for each input channel, and so is 32,896 then."""
    first, _ = paper((FC, {"fc.parameters": "32896"}), (STRIP, {"c.parameters": "1127"}))
    assert sets(first["fc.parameters"]) == [PER_INPUT]


def test_order_of_questions_does_not_matter():
    """What settles may come before or after."""
    first, second = paper((STRIP, {"c.parameters": "1155"}), (FC, {"fc.parameters": "32896"}))
    assert sets(second["fc.parameters"]) == [INPUT_SIDE]
    assert sets(first["c.parameters"]) == [INPUT_SIDE]


def test_equal_support_keeps_both():
    """With one question for each of the two, both stay named."""
    first, *_ = paper(
        (FC, {"fc.parameters": "32896"}), (STRIP, {"c.parameters": "1155"}), (STRIP, {"c.parameters": "1127"})
    )
    assert sets(first["fc.parameters"]) == [INPUT_SIDE, PER_INPUT]


def test_more_support_wins():
    """Two questions for the one and one for the other: the one that explains more stays."""
    wide = network(conv(filters=10))  # 5 * 5 * 3 * (10 + 1) = 825
    first, *_ = paper(
        (FC, {"fc.parameters": "32896"}),
        (STRIP, {"c.parameters": "1155"}),
        (wide, {"c.parameters": "825"}),
        (STRIP, {"c.parameters": "1127"}),
    )
    assert sets(first["fc.parameters"]) == [INPUT_SIDE]


def test_ambiguous_answers_support_each_other():
    """Two answers that leave both open say nothing against either."""
    other = network(dense(20), features=10)  # 10 * 21 = 210 = 10 * 20 + 10
    first, second = paper((FC, {"fc.parameters": "32896"}), (other, {"fc.parameters": "210"}))
    assert sets(first["fc.parameters"]) == sets(second["fc.parameters"]) == [INPUT_SIDE, PER_INPUT]
    assert first["fc.parameters"].seen == 1


def test_the_same_question_is_no_other():
    """What stands in the same question was weighed when its sheet was told; it does not count twice."""
    two = network(dense(256), dense(10, name="out"), features=128)
    (told,) = paper((two, {"fc.parameters": "32896", "out.parameters": "2570"}))
    assert sets(told["fc.parameters"]) == [INPUT_SIDE, PER_INPUT]


CHAIN = network(
    conv("a", 7, 3, bias=True),
    conv("b", 9, 3),
    conv("d", 11, 3),
)
# a: 3*3*3*7 = 189, b: 3*3*7*9 = 567, d: 3*3*9*11 = 891; biases 7, 9, 11.


def test_a_habit_with_one_more_is_told():
    """No bias anywhere and the depth forgotten at d alone: 189 + 567 + 99 = 855, known once no bias is a habit."""
    alone = diagnose_sheet(CHAIN, {"total.parameters": "855"})["total.parameters"]
    pair = ["forgot-bias", "forgot-input-channels"]
    assert pair not in sets(alone)
    told, _ = paper((CHAIN, {"total.parameters": "855"}), (CONV, {"c.parameters": str(5 * 5 * 3 * 8)}))
    assert told["total.parameters"].verdict == "mistake"
    assert pair in sets(told["total.parameters"])


def test_a_habit_settles_two_mistakes():
    """Of the pairs that give an answer those stay that hold a rule seen elsewhere."""
    pairs = [["forgot-bias", "forgot-input-channels"], ["forgot-bias", "wrong-channel-count"]]
    alone, other = {"c.parameters": str(5 * 5 * 8)}, {"c.parameters": str((5 * 5 + 1) * 4)}
    (only,) = paper((CONV, alone))
    assert sets(only["c.parameters"]) == pairs
    deep = network(conv(filters=4), channels=6, height=32, width=32)  # of 6 channels only the depth explains 104
    first, _ = paper((CONV, alone), (deep, other))
    assert sets(first["c.parameters"]) == pairs[:1]


def test_other_verdicts_stay():
    """Right, carried and unreadable answers are nobody's evidence, and stay as they are."""
    answers = {"c.parameters": "608", "c.height": "?!", "c.width": "28", "c.channels": ""}
    before = diagnose_sheet(CONV, answers)
    after, _ = across([(CONV, before), (FC, diagnose_sheet(FC, {"fc.parameters": "32896"}))])
    assert after == before


def test_right_answers_beside_wrong_ones():
    """A right answer stands beside a wrong one in each question: it is no evidence, and it stays."""
    first, second = paper(
        (FC, {"fc.parameters": "32896", "fc.weights": "32768"}), (STRIP, {"c.parameters": "1155", "c.length": "96"})
    )
    assert sets(first["fc.parameters"]) == [INPUT_SIDE]
    assert [first["fc.weights"].verdict, second["c.length"].verdict] == ["correct", "correct"]


def test_nothing_fits_stays_unexplained():
    """A wrong number that no rule gives is not bent until a habit fits."""
    first, _ = paper((CONV, {"c.parameters": "12345"}), (STRIP, {"c.parameters": "1155"}))
    assert first["c.parameters"].verdict == "wrong"
    assert first["c.parameters"].confidence == "no explanation fits"


def test_confidence_of_other_verdicts():
    """Where nothing has to be explained there is no confidence to speak of."""
    assert Story("c.height", "correct", 3).confidence == ""
    assert Story("c.height", "mistake", 3, mistakes=["forgot-bias"]).confidence == "one explanation fits"


def test_an_empty_paper():
    """A paper without questions, or without answers, is told without error."""
    assert across([]) == []
    assert paper((CONV, {"c.parameters": ""}))[0]["c.parameters"].verdict == "blank"
