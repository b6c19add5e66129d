"""What a sheet has to say so that its questions have one answer: made from the conventions, never typed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from layerquiz.exam.needs import LEARNED, Needs, needs_of
from layerquiz.exam.question import Question
from layerquiz.formula.expr import Ceil, Floor
from layerquiz.languages import ENGLISH, Words, phrase
from layerquiz.network.conventions import Conventions
from layerquiz.network.layers.base import reading_order

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

BIASES = phrase("Every convolution and every dense layer has biases unless the question says otherwise.")
LEARNED_ONLY = phrase("Parameters are the learned numbers; stored means and variances are not counted.")
WITH_STORED = phrase("Parameters are the learned numbers, and the stored means and variances, which are not trainable.")
WITH_VECTOR = phrase("Spectral norm stores one number for each output, which is a parameter that is not trainable.")
WITHOUT_VECTOR = phrase("What spectral norm stores is not counted.")
ATTENTION = phrase(
    "The projections of an attention to queries, keys and values, and the one of its output, have biases unless the "
    "question says otherwise."
)
OF_TRANSFORMERS = ("encoderlayer", "decoderlayer")
TRANSFORMER = phrase(
    "In a layer of a transformer every projection and every dense layer has biases, and every normalisation a scale "
    "and a shift for each feature, unless the question says otherwise."
)
RECURRENT = {
    "rnn": (
        phrase("A plain recurrent layer has one bias vector."),
        phrase("A plain recurrent layer has two bias vectors, one for the input and one for the state."),
    ),
    "lstm": (
        phrase("Each gate of an LSTM has one bias vector."),
        phrase("Each gate of an LSTM has two bias vectors, one for the input and one for the state."),
    ),
    "gru": (
        phrase("Each gate of a GRU has one bias vector."),
        phrase("Each gate of a GRU has two bias vectors, one for the input and one for the state."),
    ),
}
"""What is said of one bias vector, and of two."""
SEQUENCE = phrase(
    r"The shape of a sequence is written tokens $\times$ features, that of a single vector as its features."
)
EITHER_ORDER = phrase("A shape in the other order, channels first or last, is right too.")
ONE_ORDER = phrase("The order of a shape counts.")
ROUNDED_DOWN = phrase(
    "A window that does not fit is dropped: sizes are rounded down unless the question says otherwise."
)
SAME_STRIDED = phrase(r'With padding "same" and stride $s$, a size $n$ becomes $\lceil n/s\rceil$.')
SAME_KEPT = phrase('Padding "same" keeps the size.')
PADDING = phrase("Padding $p$ adds $p$ zeros on each side.")
OPERATION = phrase(
    "One multiply-add (MAC) is one multiplication and one addition, which are two operations (FLOPs). Biases, "
    "activation functions, pooling and normalisation are not counted."
)
BACKWARD_WORK = phrase(
    "In the backward pass each layer takes its products twice, for the gradient of its inputs and for that of its "
    "weights; where its weights are frozen, for the first only."
)
NAMES_OF_OPTIMISERS = {
    "sgd": "SGD",
    "momentum": phrase("SGD with momentum"),
    "adagrad": "AdaGrad",
    "rmsprop": "RMSProp",
    "lion": "Lion",
    "adam": "Adam",
    "adamw": "AdamW",
}
CONNECTIONS = phrase("The bias of a unit is one of its connections.")
NO_BIAS_CONNECTIONS = phrase("The bias of a unit is not one of its connections.")
MOVED = phrase("Each layer reads its parameters once, and reads its input once and writes its output once.")
MOVED_BATCH = phrase(
    "Each layer reads its parameters once, and for each example of the batch reads its input once and writes its "
    "output once."
)
BATCH = phrase("Outputs, the input among them, are stored for every example of the batch.")
BATCH_GRADIENTS = phrase(
    "Outputs, the input among them, are stored for every example of the batch, each with its gradient."
)
CACHE = phrase("The cache holds a key and a value for each token of each layer.")
CACHE_BATCH = phrase("The cache holds a key and a value for each token of each layer, for each example of the batch.")
EXACT = phrase(r"Give exact numbers; a product such as $3\cdot 3\cdot 64$ may stay as it is.")
PRODUCTS = phrase(r"A product such as $3\cdot 3\cdot 64$ may stay as it is.")
FORMULAS = phrase(
    r"A formula may be written in any form that is equal; rounding down is floor() or $\lfloor\ \rfloor$."
)
ROUNDING = phrase("Where rounding is allowed, give at least three digits.")
ESTIMATED = phrase(
    "An estimate within a factor of 2 lies between half the exact number and twice as much, and so for others."
)
CARRIED = phrase("Later parts are marked from your own earlier values.")
AMBIGUOUS = phrase("If a question seems ambiguous, write down your assumption.")


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
        yield "memory", _sizes_of_numbers(needs)


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
            yield layer.kind.name, RECURRENT[layer.kind.name][has_two]


def _work(needs: Needs) -> Iterator[tuple[str, str]]:
    """Yield what training, traffic and connections count."""
    conventions = needs.conventions
    if needs.asked & BACKWARD:
        yield "backward", BACKWARD_WORK
    if "connections" in needs.asked:
        yield "connections", CONNECTIONS if conventions.bias_connections else NO_BIAS_CONNECTIONS
    in_batches = "batch" in needs.network.values["input"]
    if needs.asked & MOVING:
        yield "moved", MOVED_BATCH if in_batches else MOVED
    if needs.asked & OF_STATE:
        yield "optimiser", _optimiser(conventions, needs.words)
    if needs.asked & OF_BATCH:
        yield "batch", BATCH_GRADIENTS if conventions.activation_gradients else BATCH
    if "kv_cache_bytes" in needs.asked:
        yield "cache", CACHE_BATCH if in_batches else CACHE


def _optimiser(conventions: Conventions, words: Words) -> str:
    """Say what an optimiser keeps."""
    numbers = conventions.optimiser_states - conventions.master_copy
    name = words(NAMES_OF_OPTIMISERS[conventions.optimiser])
    if conventions.master_copy:
        return words.counted(
            numbers,
            "The optimiser ({name}) keeps {number} number for each parameter that it trains and a copy of the "
            "parameter.",
            "The optimiser ({name}) keeps {number} numbers for each parameter that it trains and a copy of the "
            "parameter.",
            name=name,
        )
    return words.counted(
        numbers,
        "The optimiser ({name}) keeps {number} number for each parameter that it trains.",
        "The optimiser ({name}) keeps {number} numbers for each parameter that it trains.",
        name=name,
    )


def _sizes_of_numbers(needs: Needs) -> str:
    """Say how many bytes a number takes: all numbers, or each kind where they differ."""
    words = needs.words
    kinds = [kind for kind, memories in KINDS_OF_NUMBERS.items() if needs.asked & memories]
    bits = {kind: needs.conventions.bits(kind) for kind in kinds}
    if len(set(bits.values())) == 1:
        return words(SIZES, size=_in_bytes(next(iter(bits.values())), words))
    told = [words(NAMES[kind], size=_in_bytes(size, words)) for kind, size in bits.items()]
    return words(SIZES, size=", ".join(told))


SIZES = phrase("One number takes {size}; 1 MB is $10^6$ bytes, 1 MiB is $2^{{20}}$ bytes.")


NAMES = {
    "parameter": phrase("{size} as a parameter"),
    "gradient": phrase("{size} as a gradient"),
    "state": phrase("{size} as the optimiser's state"),
    "activation": phrase("{size} as an activation"),
}


def _in_bytes(bits: int, words: Words) -> str:
    whole, rest = divmod(bits, 8)
    return words("{number} bits", number=bits) if rest else words.counted(whole, "{number} byte", "{number} bytes")


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
    order = r" $\times$ ".join(map(needs.words, reading_order(form.sizes, first)))
    yield f"shape {len(form.axes)}", needs.words("Shapes are written {order}, without the batch.", order=order)
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

    @classmethod
    def of(cls, questions: Iterable[tuple[str, Question]]) -> Gathered:
        """Return what some numbered questions need to have said."""
        found = cls()
        for number, question in questions:
            found.take(number, question)
        return found

    def take(self, number: str, question: Question) -> None:
        """Take one more question in; what it needs is said in its language."""
        words = question.words
        for topic, sentence in (found for needs in needs_of(question, words) for found in _sentences(needs)):
            self.said.setdefault(topic, {}).setdefault(words(sentence), {})[number] = None
        self.asked.update(dict.fromkeys(_asked(question)))

    def merge(self, other: Gathered) -> None:
        """Take in what other questions need, which come behind these."""
        for topic, rivals in other.said.items():
            for sentence, numbers in rivals.items():
                self.said.setdefault(topic, {}).setdefault(sentence, {}).update(numbers)
        self.asked.update(other.asked)

    def sentences(self, exact: bool | None = None, words: Words = ENGLISH) -> tuple[str, ...]:
        """Return the sentences of a sheet, as `sentences` does."""
        ordered = sorted(self.said.items(), key=lambda topic: TOPICS.index(topic[0]))
        found = [_for_whom(sentence, held, rivals, words) for _, rivals in ordered for sentence, held in rivals.items()]
        general = (
            *([PRODUCTS if exact is False else EXACT] if "number" in self.asked else []),
            *([FORMULAS] if "formula" in self.asked else []),
            *([ROUNDING] if exact is None and "rounding" in self.asked else []),
            *([ESTIMATED] if "estimate" in self.asked else []),
            *([CARRIED] if "carried" in self.asked else []),
            AMBIGUOUS,
        )
        return (*found, *map(words, general))


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
    questions: Iterable[tuple[str, Question]],
    exact: bool | None = None,
    words: Words = ENGLISH,
) -> tuple[str, ...]:
    """Return what the blanks of some numbered questions need, as Markdown sentences.

    Where two questions count differently, each sentence says for which questions it holds. `exact` says that only exact
    numbers count, or that rounded ones do, whatever the questions say.
    """
    return Gathered.of(questions).sentences(exact, words)


def _for_whom(sentence: str, numbers: Iterable[str], rivals: dict[str, dict[str, None]], words: Words) -> str:
    """Put the questions in front of a sentence that holds for some of them only."""
    if len(rivals) == 1:
        return sentence
    *most, last = numbers
    told = {"last": last, "sentence": sentence}
    if most:
        return words("Questions {numbers} and {last}: {sentence}", numbers=", ".join(most), **told)
    return words("Question {last}: {sentence}", **told)
