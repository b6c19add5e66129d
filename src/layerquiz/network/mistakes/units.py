"""Mistakes in memory, in units and in the scale of an answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from layerquiz.formula.expr import Formula, Integer, Product, product
from layerquiz.network.layers.base import Formulas
from layerquiz.network.mistakes.base import Asked, Factors, Mistake, nowhere

LEARNED = ("weights", "parameters", "trainable", "nontrainable")
COUNTED = (*LEARNED, "macs", "flops", "activations", "parameter_bytes", "activation_bytes")
STORED = ("parameter_bytes", "activation_bytes", "gradient_bytes", "optimiser_bytes", "batch_activation_bytes")
MILLION, MEBI = 10**6, 2**20


def one_byte_per_parameter(formulas: Mapping[str, Formula]) -> Sequence[Formulas]:
    """1 or 2 bytes for each number, or those of a number of another width."""
    return [
        {name: counted * taken for name, (counted, bytes_) in _memory(formulas).items() if taken != bytes_}
        for taken in (1, 2, 4, 8)
    ]


def bits_to_bytes_multiplied(formulas: Mapping[str, Formula]) -> Sequence[Formulas]:
    """Numbers times bits times 8; or times bits, with no eighth."""
    found = _memory(formulas).items()
    return [
        {name: product([counted, 8 * bytes_, 8]) for name, (counted, bytes_) in found},
        {name: counted * (8 * bytes_) for name, (counted, bytes_) in found},
    ]


def _memory(formulas: Mapping[str, Formula]) -> dict[str, tuple[Formula, int]]:
    """Return what is counted and the bytes of one number, for each memory that is a product of the two."""
    found: dict[str, tuple[Formula, int]] = {}
    for name in STORED:
        match formulas.get(name):
            case Product((*counted, Integer(bytes_))):
                found[name] = (product(counted), bytes_)
    return found


AS_MILLIONS: Factors = ((MILLION, MEBI), (1, MEBI))
BYTES: Factors = ((1, 1), (MILLION, MEBI), (1, MEBI), (1, MILLION))
SCALED: Factors = ((1, 1000), (1, MILLION), (1, 1000 * MILLION), (1000, 1), (MILLION, 1))


def million_as_1024_squared(asked: Asked) -> Factors:
    """Parameters over 2^20, as a number of millions: with the M written, or without."""
    return AS_MILLIONS if asked.name in LEARNED and asked.value >= MILLION else ()


def bytes_reported_as_parameters(asked: Asked) -> Factors:
    """The bytes of the parameters, or their MiB or MB, for their number."""
    if asked.name not in LEARNED or not asked.value:
        return ()
    scales = BYTES if asked.value >= MILLION else BYTES[:1]
    return tuple([(asked.bytes_per_number * above, below) for above, below in scales])


def unit_scale_applied_twice(asked: Asked) -> Factors:
    """Divided or multiplied once too often by a thousand, a million or a milliard; bytes also by 2^20."""
    if asked.name not in COUNTED or asked.value < MILLION:
        return ()
    return (*SCALED[:3], (1, MEBI), *SCALED[3:]) if asked.name.endswith("_bytes") else SCALED


MISTAKES = (
    Mistake(
        "one-byte-per-parameter",
        "How many bytes does one number of this type need: 8 bits are one byte, 32 bits are 4?",
        lambda view: one_byte_per_parameter(view.formulas),
        one_byte_per_parameter,
    ),
    Mistake(
        "bits-to-bytes-multiplied",
        "Eight bits make one byte: did you multiply where you should divide?",
        lambda view: bits_to_bytes_multiplied(view.formulas),
        bits_to_bytes_multiplied,
    ),
    Mistake(
        "mb-vs-mib",
        "The bytes are right: did you mean MB (10^6 bytes) or MiB (2^20 bytes)?",
        nowhere,
    ),
    Mistake(
        "million-as-1024-squared",
        "A million parameters are 10^6: did you divide by 1024 x 1024, as for bytes?",
        nowhere,
        asked=million_as_1024_squared,
        alone=True,
    ),
    Mistake(
        "bytes-reported-as-parameters",
        "Is this a number of parameters, or the memory that they take?",
        nowhere,
        asked=bytes_reported_as_parameters,
        alone=True,
    ),
    Mistake(
        "unit-scale-applied-twice",
        "Which prefix did you mean? k is 10^3, M 10^6 and G 10^9, and a number is scaled once.",
        nowhere,
        asked=unit_scale_applied_twice,
        alone=True,
    ),
)
