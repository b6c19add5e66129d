"""What follows from weights, multiply-adds and activations in the same way for layers, blocks and networks.

Memory and work of training are counted plainly: what is stored, and one product for each product of the formula.
"""

from __future__ import annotations

from collections.abc import Mapping

from layerquiz.formula.expr import Formula, Integer, Reference, ceil, product, total
from layerquiz.network.conventions import Conventions

Formulas = dict[str, Formula]
BATCH = Reference("input", "batch")
NOTHING = Integer(0)


def stored(numbers: Formula, bits: int) -> Formula:
    """numbers times bytes; where a number is less than a byte, ceil(numbers bits / 8)."""
    if numbers == NOTHING or bits == 8:
        return numbers
    return numbers * (bits // 8) if bits % 8 == 0 else ceil(numbers / Integer(8 // bits))


def batched(numbers: Formula, batch: bool) -> Formula:
    """B times the numbers of one example, where the input says how large a batch is."""
    return product([BATCH, numbers]) if batch and numbers != NOTHING else numbers


def cached(numbers: Formula, batch: bool, conventions: Conventions) -> Formulas:
    """kv cache bytes = B (keys + values) times the bytes of an activation. Source: Pope et al., arXiv:2211.05102."""
    return {"kv_cache_bytes": stored(batched(numbers, batch), conventions.bits("activation"))}


def following(owner: str, formulas: Mapping[str, Formula], conventions: Conventions, batch: bool) -> Formulas:
    """flops = 2 macs; bytes = numbers times the bytes of one; training flops = flops + backward flops.

    training bytes = parameters + gradients + state of the optimiser + activations of the whole batch. Source:
    Rajbhandari et al., arXiv:1910.02054, section 3.
    """

    def counted(name: str, factor: int = 1) -> Formula:
        """Return a multiple of another quantity, or nothing where there is none of it."""
        if formulas.get(name, NOTHING) == NOTHING or factor == 0:
            return NOTHING
        return Reference(owner, name) if factor == 1 else factor * Reference(owner, name)

    states, kept = conventions.optimiser_states, 2 if conventions.activation_gradients else 1
    found = {
        "flops": counted("macs", 2),
        "parameter_bytes": stored(counted("parameters"), conventions.bits("parameter")),
        "activation_bytes": stored(counted("activations"), conventions.bits("activation")),
        "gradient_bytes": stored(counted("trainable"), conventions.bits("gradient")),
        "optimiser_bytes": stored(counted("trainable", states), conventions.bits("state")),
        "batch_activation_bytes": stored(batched(counted("activations", kept), batch), conventions.bits("activation")),
    }
    formulas = {**formulas, **found}
    found["training_flops"] = added(counted("flops"), counted("backward_flops"))
    memory = ("parameter_bytes", "gradient_bytes", "optimiser_bytes", "batch_activation_bytes")
    found["training_bytes"] = added(*(counted(name) for name in memory))
    moved = formulas.get("moved_bytes", NOTHING)
    if moved != NOTHING and formulas["flops"] != NOTHING:
        found["arithmetic_intensity"] = batched(counted("flops"), batch) / Reference(owner, "moved_bytes")
    return found


def added(*terms: Formula) -> Formula:
    """Return a sum without what is nothing."""
    return total(term for term in terms if term != NOTHING)


def backward(macs: Formula, products: Formula, trainable: bool) -> Formula:
    """2 flops, one product each for the gradients of both factors; where weights are frozen, one for the inputs alone.

    products: multiply-adds of two computed numbers, such as scores of attention: both have a gradient all the same.
    Source: Kaplan et al., arXiv:2001.08361, section 2.1.
    """
    if macs == NOTHING:
        return NOTHING
    flops = Reference("own", "flops")
    if trainable:
        return 2 * flops
    return flops if products == NOTHING else flops + 2 * products
