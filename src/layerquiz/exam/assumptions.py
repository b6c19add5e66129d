"""What a sheet has to say so that its questions have one answer: made from the conventions, never typed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

from layerquiz.exam.layer_view import counted
from layerquiz.exam.question import Question
from layerquiz.formula.expr import Ceil, Floor, Formula, Reference, walk
from layerquiz.network.conventions import Conventions
from layerquiz.network.layer import Layer
from layerquiz.network.layers.base import reading_order
from layerquiz.network.network import Network

OF_PARAMETERS = frozenset(
    ("parameter_bytes", "gradient_bytes", "optimiser_bytes", "training_bytes", "moved_bytes", "arithmetic_intensity")
)
LEARNED = (
    frozenset(("weights", "biases", "parameters", "trainable", "nontrainable", "active_parameters")) | OF_PARAMETERS
)
COUNTED = LEARNED - {"weights", "biases"}
OPERATIONS = frozenset(("macs", "flops", "backward_flops", "training_flops", "arithmetic_intensity"))
BACKWARD = frozenset(("backward_flops", "training_flops"))
MOVING = frozenset(("moved_bytes", "arithmetic_intensity"))
KINDS_OF_NUMBERS = {
    "parameter": frozenset(("parameter_bytes", "training_bytes")) | MOVING,
    "gradient": frozenset(("gradient_bytes", "training_bytes")),
    "state": frozenset(("optimiser_bytes", "training_bytes")),
    "activation": frozenset(("activation_bytes", "batch_activation_bytes", "training_bytes", "kv_cache_bytes"))
    | MOVING,
}
"""Which memories hold numbers of which type."""

MEMORY = frozenset().union(*KINDS_OF_NUMBERS.values())
OF_STATE = KINDS_OF_NUMBERS["state"]
OF_BATCH = frozenset(("batch_activation_bytes", "training_bytes"))

BIASES = "Every convolution and every dense layer has biases unless the question says otherwise."
LEARNED_ONLY = "Parameters are the learned numbers; stored means and variances are not counted."
WITH_STORED = "Parameters are the learned numbers, and the stored means and variances, which are not trainable."
WITH_VECTOR = "Spectral norm stores one number for each output, which is a parameter that is not trainable."
WITHOUT_VECTOR = "What spectral norm stores is not counted."
ATTENTION = (
    "The projections of an attention to queries, keys and values, and the one of its output, have biases unless the "
    "question says otherwise."
)
OF_TRANSFORMERS = ("encoderlayer", "decoderlayer")
TRANSFORMER = (
    "In a layer of a transformer every projection and every dense layer has biases, and every normalisation a scale "
    "and a shift for each feature, unless the question says otherwise."
)
RECURRENT = {
    "rnn": "A plain recurrent layer",
    "lstm": "Each gate of an LSTM",
    "gru": "Each gate of a GRU",
}
ONE_VECTOR = "one bias vector"
TWO_VECTORS = "two bias vectors, one for the input and one for the state"
SEQUENCE = r"The shape of a sequence is written tokens $\times$ features, that of a single vector as its features."
EITHER_ORDER = "A shape in the other order, channels first or last, is right too."
ONE_ORDER = "The order of a shape counts."
ROUNDED_DOWN = "A window that does not fit is dropped: sizes are rounded down unless the question says otherwise."
SAME_STRIDED = r'With padding "same" and stride $s$, a size $n$ becomes $\lceil n/s\rceil$.'
SAME_KEPT = 'Padding "same" keeps the size.'
PADDING = "Padding $p$ adds $p$ zeros on each side."
OPERATION = (
    "One multiply-add (MAC) is one multiplication and one addition, which are two operations (FLOPs). Biases, "
    "activation functions, pooling and normalisation are not counted."
)
BACKWARD_WORK = (
    "In the backward pass each layer takes its products twice, for the gradient of its inputs and for that of its "
    "weights; where its weights are frozen, for the first only."
)
NAMES_OF_OPTIMISERS = {
    "sgd": "SGD",
    "momentum": "SGD with momentum",
    "adagrad": "AdaGrad",
    "rmsprop": "RMSProp",
    "lion": "Lion",
    "adam": "Adam",
    "adamw": "AdamW",
}
CONNECTIONS = "The bias of a unit is one of its connections."
NO_BIAS_CONNECTIONS = "The bias of a unit is not one of its connections."
MOVED = "Each layer reads its parameters once, and{} reads its input once and writes its output once."
BATCH = "Outputs, the input among them, are stored for every example of the batch{}."
CACHE = "The cache holds a key and a value for each token of each layer{}."
OF_BATCHES = " for each example of the batch"
EXACT = r"Give exact numbers; a product such as $3\cdot 3\cdot 64$ may stay as it is."
PRODUCTS = r"A product such as $3\cdot 3\cdot 64$ may stay as it is."
FORMULAS = r"A formula may be written in any form that is equal; rounding down is floor() or $\lfloor\ \rfloor$."
ROUNDING = "Where rounding is allowed, give at least three digits."
ESTIMATED = "An estimate within a factor of 2 lies between half the exact number and twice as much, and so for others."
CARRIED = "Later parts are marked from your own earlier values."
AIDS = {"calculator": "A pocket calculator is allowed.", "none": "No calculator is allowed."}
AMBIGUOUS = "If a question seems ambiguous, write down your assumption."


@dataclass(frozen=True)
class Needs:
    """What the blanks of one question rest on: a network, and the quantities of it that they are about."""

    network: Network
    about: tuple[str, ...]

    @property
    def conventions(self) -> Conventions:
        """Return how the question counts."""
        return self.network.conventions

    @cached_property
    def asked(self) -> frozenset[str]:
        """Return the asked quantities without their layers."""
        return frozenset(quantity for _, _, quantity in self.blanks)

    @property
    def blanks(self) -> list[tuple[str, str, str]]:
        """Return the owner of each quantity that the answers rest on, a dot, and its name."""
        return [name.rpartition(".") for name in self.about]

    @cached_property
    def above(self) -> list[Reference]:
        """Return every quantity that the blanks are computed from, and the blanks themselves."""
        return self.network.graph.order([ref for name in self.about for ref in self.network.members(name)])

    @property
    def layers(self) -> list[Layer]:
        """Return the layers that the blanks rest on."""
        by_name = self.network.by_name
        return [by_name[name] for name in dict.fromkeys(ref.owner for ref in self.above) if name in by_name]

    @property
    def counted(self) -> list[Layer]:
        """Return the layers whose learned numbers the blanks rest on."""
        owners = {ref.owner for ref in self.above if ref.name in LEARNED}
        return [layer for layer in self.layers if layer.name in owners]

    def has_key(self, key: str) -> bool:
        """Say whether a layer below the blanks is of a kind with some key."""
        return any(key in type(layer.keys).model_fields for layer in self.layers)

    def rounds(self, node: type[Formula]) -> bool:
        """Say whether a value that the blanks need is rounded."""
        parts = self.network.graph.parts
        rules = ((parts[ref.owner].rules.formulas.get(ref.name)) for ref in self.above)
        return any(isinstance(part, node) for rule in rules if rule is not None for part in walk(rule))

    def padded(self) -> bool:
        """Say whether a padding by a number counts."""
        values = self.network.values
        return any(ref.name.partition(".")[0] == "padding" and values[ref.owner][ref.name] > 0 for ref in self.above)


def needs_of(question: Question) -> Iterator[Needs]:
    """Yield what a question rests on, for each of its networks."""
    for name, network in question.networks.items():
        begins = f"{name}." if name else ""
        about = tuple([found.removeprefix(begins) for found in question.about if found.startswith(begins)])
        yield Needs(network, about)


def _sentences(needs: Needs) -> Iterator[tuple[str, str]]:
    """Yield what one question needs, each with its topic: one topic says the same for all questions, or differs."""
    conventions = needs.conventions
    if needs.asked & LEARNED:
        yield from _biases(needs)
        yield from _recurrent(needs)
    yield from _shapes(needs)
    if needs.asked & COUNTED and (needs.has_key("statistics") or needs.has_key("given")):
        yield "statistics", WITH_STORED if conventions.stored_statistics else LEARNED_ONLY
    if needs.asked & COUNTED and any(getattr(layer.keys, "spectral_norm", False) for layer in needs.layers):
        yield "spectral norm", WITH_VECTOR if conventions.stored_statistics else WITHOUT_VECTOR
    if needs.rounds(Floor):
        yield "rounding", ROUNDED_DOWN
    if needs.rounds(Ceil) and any(getattr(layer.keys, "padding", 0) == "same" for layer in needs.layers):
        yield "same", SAME_STRIDED if conventions.same_with_stride else SAME_KEPT
    if needs.padded():
        yield "padding", PADDING
    if needs.asked & OPERATIONS:
        yield "operations", OPERATION
    yield from _work(needs)
    if needs.asked & MEMORY:
        yield "memory", f"{_sizes_of_numbers(needs)}; 1 MB is $10^6$ bytes, 1 MiB is $2^{{20}}$ bytes."


def _biases(needs: Needs) -> Iterator[tuple[str, str]]:
    """Yield which layers have biases; recurrent ones say how many vectors of them."""
    kinds = {layer.kind.name for layer in needs.counted if "bias" in type(layer.keys).model_fields}
    if "attention" in kinds:
        yield "attention", ATTENTION
    if kinds - {*RECURRENT, "attention", *OF_TRANSFORMERS}:
        yield "biases", BIASES
    if kinds & {*OF_TRANSFORMERS}:
        yield "transformer", TRANSFORMER


def _recurrent(needs: Needs) -> Iterator[tuple[str, str]]:
    """Yield how many bias vectors a recurrent layer has, where it has biases."""
    network = needs.network
    doubled = replace(needs.conventions, two_recurrent_biases=True)
    for layer in needs.counted:
        biases = network.values[layer.name].get("biases")
        if layer.kind.name in RECURRENT and biases:
            has_two = biases == network.under(doubled).values[layer.name]["biases"]
            yield layer.kind.name, f"{RECURRENT[layer.kind.name]} has {TWO_VECTORS if has_two else ONE_VECTOR}."


def _work(needs: Needs) -> Iterator[tuple[str, str]]:
    """Yield what training, traffic and connections count."""
    conventions = needs.conventions
    if needs.asked & BACKWARD:
        yield "backward", BACKWARD_WORK
    if "connections" in needs.asked:
        yield "connections", CONNECTIONS if conventions.bias_connections else NO_BIAS_CONNECTIONS
    each = OF_BATCHES if "batch" in needs.network.values["input"] else ""
    if needs.asked & MOVING:
        yield "moved", MOVED.format(each)
    if needs.asked & OF_STATE:
        states = counted(conventions.optimiser_states - conventions.master_copy, "number")
        copy = " and a copy of the parameter" if conventions.master_copy else ""
        told = f"keeps {states} for each parameter that it trains{copy}"
        yield "optimiser", f"The optimiser ({NAMES_OF_OPTIMISERS[conventions.optimiser]}) {told}."
    if needs.asked & OF_BATCH:
        yield "batch", BATCH.format(", each with its gradient" if conventions.activation_gradients else "")
    if "kv_cache_bytes" in needs.asked:
        yield "cache", CACHE.format(each and f",{each}")


def _sizes_of_numbers(needs: Needs) -> str:
    """Say how many bytes a number takes: all numbers, or each kind where they differ."""
    kinds = [kind for kind, memories in KINDS_OF_NUMBERS.items() if needs.asked & memories]
    bits = {kind: needs.conventions.bits(kind) for kind in kinds}
    if len(set(bits.values())) == 1:
        return f"One number takes {_in_bytes(next(iter(bits.values())))}"
    return "One number takes " + ", ".join(f"{_in_bytes(size)} as {NAMES[kind]}" for kind, size in bits.items())


NAMES = {
    "parameter": "a parameter",
    "gradient": "a gradient",
    "state": "the optimiser's state",
    "activation": "an activation",
}


def _in_bytes(bits: int) -> str:
    return counted(bits // 8, "byte") if bits % 8 == 0 else f"{bits} bits"


def _shapes(needs: Needs) -> Iterator[tuple[str, str]]:
    """Yield how shapes are written, where the network takes an image, a volume or a signal."""
    shaped = [owner for owner, _, asked in needs.blanks if asked == "shape"]
    if any("tokens" in needs.network.form(owner).sizes for owner in shaped):
        yield "sequence", SEQUENCE
    forms = [needs.network.form(owner) for owner in ("input", *shaped)]
    form = next((form for form in forms if form.axes), None)
    if form is None:
        return
    first = needs.conventions.channels_first
    order = r" $\times$ ".join(reading_order(form.sizes, first))
    yield f"shape {len(form.axes)}", f"Shapes are written {order}, without the batch."
    if "shape" in needs.asked:
        yield "order", EITHER_ORDER if needs.conventions.either_order else ONE_ORDER


TOPICS = (
    "biases",
    "attention",
    "transformer",
    *RECURRENT,
    "shape 1",
    "shape 2",
    "shape 3",
    "sequence",
    "order",
    "statistics",
    "spectral norm",
    "rounding",
    "same",
    "padding",
    "operations",
    "backward",
    "connections",
    "moved",
    "optimiser",
    "batch",
    "cache",
    "memory",
)
"""The order of the sentences on a sheet."""


@dataclass
class Gathered:
    """What some questions need to have said: each topic's sentences, with the questions for which they hold.

    `asked` are the kinds of blanks that occur, and what else decides a sentence about answers.
    """

    said: dict[str, dict[str, dict[str, None]]] = field(default_factory=dict)
    asked: dict[str, None] = field(default_factory=dict)

    def take(self, number: str, question: Question) -> None:
        """Take one more question in."""
        for topic, sentence in (found for needs in needs_of(question) for found in _sentences(needs)):
            self.said.setdefault(topic, {}).setdefault(sentence, {})[number] = None
        self.asked.update(dict.fromkeys(_asked(question)))

    def merge(self, other: Gathered) -> None:
        """Take in what other questions need, which come behind these."""
        for topic, rivals in other.said.items():
            for sentence, numbers in rivals.items():
                self.said.setdefault(topic, {}).setdefault(sentence, {}).update(numbers)
        self.asked.update(other.asked)

    def sentences(self, exact: bool | None = None, aids: str | None = None) -> tuple[str, ...]:
        """Return the sentences of a sheet, as `sentences` does."""
        ordered = sorted(self.said.items(), key=lambda topic: TOPICS.index(topic[0]))
        found = [_for_whom(sentence, held, rivals) for _, rivals in ordered for sentence, held in rivals.items()]
        return (
            *found,
            *([AIDS[aids]] if aids else []),
            *([PRODUCTS if exact is False else EXACT] if "number" in self.asked else []),
            *([FORMULAS] if "formula" in self.asked else []),
            *([ROUNDING] if exact is None and "rounding" in self.asked else []),
            *([ESTIMATED] if "estimate" in self.asked else []),
            *([CARRIED] if "carried" in self.asked else []),
            AMBIGUOUS,
        )


def _asked(question: Question) -> Iterator[str]:
    """Yield what kinds of answers a question asks for."""
    for blank in question.blanks:
        yield blank.kind
        if blank.rounding:
            yield "rounding"
        if blank.listed and blank.listed.factor:
            yield "estimate"
    if len(question.blanks) > 1 and question.blanks[0].kind == "number":
        yield "carried"


def sentences(
    questions: Iterable[tuple[str, Question]], exact: bool | None = None, aids: str | None = None
) -> tuple[str, ...]:
    """Return what the blanks of some numbered questions need, as Markdown sentences.

    Where two questions count differently, each sentence says for which questions it holds. `exact` says that only exact
    numbers count, or that rounded ones do, whatever the questions say. `aids` are those of an exam that names them.
    """
    gathered = Gathered()
    for number, question in questions:
        gathered.take(number, question)
    return gathered.sentences(exact, aids)


def _for_whom(sentence: str, numbers: Iterable[str], rivals: dict[str, dict[str, None]]) -> str:
    """Put the questions in front of a sentence that holds for some of them only."""
    if len(rivals) == 1:
        return sentence
    *most, last = numbers
    return f"Questions {', '.join(most)} and {last}: {sentence}" if most else f"Question {last}: {sentence}"
