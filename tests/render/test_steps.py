"""Steps as a person would write them down: what is the same is said once."""

from __future__ import annotations

import layerquiz as lq

DENSE = {"kind": "dense", "name": "dense", "units": 6}
STACK = {
    "input": {"features": 6},
    "layers": [{"name": "stack", "repeat": 5, "layers": [DENSE]}, {"kind": "dense", "name": "out", "units": 2}],
}
SUMMED = {
    "input": {"channels": 4, "height": 9, "width": 7},
    "layers": [
        {"kind": "conv2d", "name": "conv", "filters": 4, "kernel": 3, "padding": 1},
        {"kind": "add", "name": "sum", "from": ["conv", "input"]},
        {"kind": "conv2d", "name": "next", "filters": 2, "kernel": 3},
    ],
}


def told(spec, quantity):
    """Return the lines of a derivation."""
    return lq.render(lq.derive(lq.Network.parse(spec), quantity), "text").splitlines()


def test_copies_of_a_block_are_worked_out_once():
    """What the first copy takes is written out; of the others it is said that they are like it."""
    lines = told(STACK, "total.parameters")
    assert [line for line in lines if line.startswith("stack.block")] == [
        "stack.block1.dense: weights = F_in * F = 6 * 6 = 36",
        "stack.block1.dense: parameters = weights + biases = 36 + 6 = 42",
    ]
    assert "    likewise in stack.block2.dense to stack.block5.dense = 42" in lines


def test_copies_that_differ_are_worked_out_apart():
    """The first of these copies takes other inputs than the second and the third."""
    spec = {**STACK, "input": {"features": 5}, "layers": [{"name": "stack", "repeat": 3, "layers": [DENSE]}]}
    lines = told(spec, "total.weights")
    assert "stack.block1.dense: weights = F_in * F = 5 * 6 = 30" in lines
    assert "stack.block2.dense: weights = F_in * F = 6 * 6 = 36" in lines
    assert "    likewise in stack.block3.dense = 36" in lines


def test_equal_terms_of_a_long_sum_are_counted():
    assert "stack: parameters = sum of parameters over its parts = 5 * 42 = 210" in told(STACK, "total.parameters")


def test_single_terms_of_a_long_sum_stand_as_they_are():
    """Two that are equal are still written twice."""
    units = (6, 6, 3, 3, 3, 2)
    spec = {**STACK, "layers": [{"kind": "dense", "units": number} for number in units]}
    last = told(spec, "total.parameters")[-1]
    assert last == "total: parameters = sum of parameters over all layers = 42 + 42 + 21 + 12 + 12 + 8 = 137"


def test_a_sum_of_maps_of_one_size_takes_no_step_unless_it_is_asked_for():
    assert not any(line.startswith("sum:") for line in told(SUMMED, "next.height"))
    assert told(SUMMED, "sum.height")[-2] == "sum: H_out = max(H_1, H_2) = max(9, 9) = 9"


def test_a_letter_says_to_which_input_it_belongs():
    assert told(SUMMED, "sum.height")[-1] == "    where H_1 = 9 (height of input 1), H_2 = 9 (height of input 2)"
