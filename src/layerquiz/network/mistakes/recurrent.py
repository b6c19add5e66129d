"""Mistakes in recurrent layers, and in dense layers that stand behind one or act on a sequence."""

from __future__ import annotations

from collections.abc import Sequence

from layerquiz.formula.expr import Formula, Integer, Product, Sum, total, transform
from layerquiz.network.layers.base import Formulas
from layerquiz.network.mistakes.base import Mistake, View, exchanged, without_factor
from layerquiz.network.mistakes.biases import GATES


def rnn_output_is_scalar(view: View) -> Sequence[Formulas]:
    """F_out = 1."""
    return [{"features": Integer(1)}] if view.recurrent else ()


def gru_one_bias(view: View) -> Sequence[Formulas]:
    """biases = 3 H although a GRU has two bias vectors, or 2 * 3 H although it has one."""
    return _other_bias_vectors(view) if view.is_kind("gru") else ()


def lstm_one_or_two_biases(view: View) -> Sequence[Formulas]:
    """biases = 4 H although there are two bias vectors, or 2 * 4 H although there is one."""
    return _other_bias_vectors(view) if view.is_kind("lstm", "rnn") else ()


def _other_bias_vectors(view: View) -> Sequence[Formulas]:
    if not view.recurrent or not view.has("biases"):
        return ()
    here = view.origin.conventions
    after = view.own.marks.get("reset_after")
    of_gru = view.is_kind("gru") and (here.reset_after if after is None else bool(after))
    biases = view.formulas["biases"]
    return [{"biases": biases / 2 if here.two_recurrent_biases or of_gru else 2 * biases}]


def lstm_timesteps_as_size(view: View) -> Sequence[Formulas]:
    """The number of steps in place of the size of one input."""
    if not view.recurrent:
        return ()
    return [{"weights": exchanged(view.formulas["weights"], view.source.features, view.source.tokens)}]


def recurrent_matrix_as_vector(view: View) -> Sequence[Formulas]:
    """H in place of H H, or of H P where the state is projected."""
    if not view.recurrent:
        return ()
    units = view.own["units"]
    state = units * (units if view.own.projection == 0 else view.own.projection)

    def as_vector(node: Formula) -> Formula:
        """The second matrix of a cell is the state's; a stacked layer's first one may look the same."""
        match node:
            case Sum((Product((first, *_)), second, *rest)) if first == units and second == state:
                return Sum((node.terms[0], units, *rest))
        return node

    def left_out(node: Formula) -> Formula:
        match node:
            case Sum((Product((first, *_)), second, *rest)) if first == units and second == state:
                return total([node.terms[0], *rest])
        return node

    return [{"weights": transform(view.formulas["weights"], wrong)} for wrong in (as_vector, left_out)]


def gates_miscounted(view: View) -> Sequence[Formulas]:
    """weights and biases of a plain cell, of a GRU's three parts where an LSTM has four, or the reverse."""
    if not view.recurrent:
        return ()
    right = GATES[view.origin.kind.name]
    ways = {1: (4, 3), 4: (1, 3), 3: (1, 4, 2)}[right]
    counted = [name for name in ("weights", "biases") if view.has(name)]
    found: list[Formulas] = [{name: _times(view, name, taken, right) for name in counted} for taken in ways]
    shares_bias = right > 1 and view.has("biases")
    return [*found, {"biases": _times(view, "biases", 1, right)}] if shares_bias else found


def _times(view: View, name: str, taken: int, right: int) -> Formula:
    """Return a count for another number of gates, as one writes it: 3 F where 4 F is right."""
    formula, gates = view.formulas[name], Integer(right)
    if isinstance(formula, Product) and gates in formula.factors:
        once = without_factor(formula, gates)
        return once if taken == 1 else taken * once
    return formula * taken if right == 1 else formula * taken / right


def bidirectional_ignored(view: View) -> Sequence[Formulas]:
    """Counted, and handed on, in one direction only."""
    if not view.recurrent or not view.own.bidirectional:
        return ()
    two = Integer(2)

    def once(node: Formula) -> Formula:
        return without_factor(node, two) if isinstance(node, Product) else node

    return [
        {
            "weights": transform(view.formulas["weights"], once),
            "biases": once(view.formulas["biases"]),
            "features": once(view.formulas["features"]),
        }
    ]


def lstm_rule_on_dense(view: View) -> Sequence[Formulas]:
    """parameters = 4 F_out (F_in + F_out): a recurrent layer's rule."""
    if not view.is_kind("dense") or "features" not in view.source.form.sizes or not view.has("weights"):
        return ()
    units = view.own["units"]
    weights = 4 * units * (view.source.features + units)
    return [{"weights": weights, "biases": Integer(0)}, {"weights": weights, "biases": 4 * units}]


def rnn_macs_one_step(view: View) -> Sequence[Formulas]:
    """macs = weights: those of one step, or of a dense layer at one token."""
    repeated = view.recurrent or (view.is_kind("dense") and "tokens" in view.form.sizes)
    return [{"macs": without_factor(view.formulas["macs"], view.source.tokens, view.own["tokens"])}] if repeated else ()


MISTAKES = (
    Mistake(
        "rnn-output-is-scalar",
        "Without the sequence the time axis is dropped: how long is the state that is left?",
        rnn_output_is_scalar,
    ),
    Mistake(
        "gru-one-bias",
        "Which GRU is meant: one bias vector for each gate (as in textbooks), or two (reset after the product)?",
        gru_one_bias,
    ),
    Mistake(
        "lstm-one-or-two-biases",
        "PyTorch keeps a bias vector for the input and one for the state, textbooks keep one: which is counted here?",
        lstm_one_or_two_biases,
    ),
    Mistake(
        "lstm-timesteps-as-size",
        "Weights are shared over time: did you take the number of steps for the size of one input?",
        lstm_timesteps_as_size,
    ),
    Mistake(
        "recurrent-matrix-as-vector",
        "Every unit sees the whole old state: how big is the matrix from state to state?",
        recurrent_matrix_as_vector,
    ),
    Mistake(
        "gates-miscounted",
        "How many gates has this cell? An LSTM has four sets of weights, a GRU three, a plain cell one.",
        gates_miscounted,
    ),
    Mistake(
        "bidirectional-ignored",
        "The layer runs forwards and backwards: did you count both directions?",
        bidirectional_ignored,
    ),
    Mistake(
        "lstm-rule-on-dense",
        "Is this layer recurrent? Did you use the rule of an LSTM on a plain dense layer?",
        lstm_rule_on_dense,
    ),
    Mistake(
        "rnn-macs-one-step",
        "Weights are shared over time, work is not: how many steps are there?",
        rnn_macs_one_step,
    ),
)
