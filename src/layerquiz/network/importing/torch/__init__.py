"""A PyTorch module to the notation: `forward` is run on a tensor without memory, and each operation is written down.

What changes neither a size nor a count leaves no layer: numbers that are added or multiplied, masks, casts, and axes
that are moved there and back. Everything else is a layer, or is refused with the module and the line of its code.
"""

from __future__ import annotations

import inspect
import re
import traceback
import warnings
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from layerquiz.errors import NetworkError
from layerquiz.network.importing.draft import INPUT, Draft, cannot
from layerquiz.network.importing.forms import FORMS, IDS
from layerquiz.network.importing.imported import needs
from layerquiz.network.importing.nested import leaves
from layerquiz.network.importing.torch.tidy import tidied
from layerquiz.network.importing.torch.values import Base, Learned, Value, is_batch
from layerquiz.network.importing.torch.writing import Writing
from layerquiz.network.network import Network

if TYPE_CHECKING:
    from layerquiz.network.importing.torch.trace import Tracing

EXAMPLE = "input_shape is without the batch: (3, 224, 224) for images, (tokens,) for token ids, (tokens, features)"
WORDS = 300
"""Signs of a message of PyTorch that are shown."""


def network(module: Any, input_shape: Sequence[int]) -> Network:
    """Return a PyTorch module in the notation, every layer by itself, once all counts and shapes agree with PyTorch's.

    input_shape: without the batch, the channels first; of token ids (tokens,). The module may be on any device, `meta`
    too; it is as before afterwards, and no weight is read or copied. It is followed as it predicts, in `eval()`; where
    that leaves out parameters, as it trains. Raises `NetworkError`: for what the notation cannot say with the slug
    `cannot-import`; for a count or a shape that differs from PyTorch's with `import-differs`.
    """
    module = _module(module)
    shape = _shape(input_shape)
    found = traced(module, shape)
    missing = _unused(found)
    if missing and module.training:
        other = traced(module, shape, training=True)
        found, missing = min((found, missing), (other, _unused(other)), key=lambda each: len(each[1]))
    if missing:
        shown = ", ".join(missing[:5]) + (f" and {len(missing) - 5} more" if len(missing) > 5 else "")
        what = f"{shown}: nothing between the input and the outputs uses these parameters"
        raise cannot(
            type(module).__name__, what, "Its total would be another than PyTorch's", "Take them out, or use them"
        )
    return _checked(module, found)


def _module(module: Any) -> Any:
    """Return the module itself, without what compiles or spreads it; refuse what is none, or cannot be followed."""
    needs("torch", "torch")
    from torch import jit, nn
    from torch.nn.parameter import is_lazy

    while isinstance(module, nn.DataParallel) or hasattr(module, "_orig_mod"):
        module = module.module if isinstance(module, nn.DataParallel) else module._orig_mod  # noqa: SLF001
    if isinstance(module, type):
        raise cannot(module.__name__, "this is a class", cure=f"Give a model made of it, such as {module.__name__}()")
    if not isinstance(module, nn.Module):
        raise cannot(type(module).__name__, "this is no torch.nn.Module", cure="Give the model itself, not its weights")
    name = type(module).__name__
    if isinstance(module, jit.ScriptModule):
        raise cannot(
            name, "a compiled module (TorchScript) hides its layers", cure="Give the module that it was made of"
        )
    packed = [path for path, part in module.named_modules() if re.match(r"torch\..*quantized", type(part).__module__)]
    if packed:
        what = f'the quantised module "{packed[0]}" hides its weights'
        raise cannot(name, what, cure="Give the model as it was before it was quantised")
    lazy = [path for path, found in module.named_parameters() if is_lazy(found)]
    if lazy:
        raise cannot(name, f"{lazy[0]} has no shape yet", "A lazy module gets it with its first input", "Run it once")
    needed = [
        parameter.name
        for parameter in inspect.signature(module.forward).parameters.values()
        if parameter.default is parameter.empty
        and parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD)
    ]
    if len(needed) > 1:
        what = f"its forward takes {len(needed)} inputs: {', '.join(needed)}"
        raise cannot(name, what, "A network of the notation has one", "Give the part of it that has one input")
    return module


def _shape(given: Any) -> tuple[int, ...]:
    shape = tuple(given) if isinstance(given, list | tuple) else (given,)
    is_whole = all(isinstance(entry, int) and not isinstance(entry, bool) and entry > 0 for entry in shape)
    if not is_whole or len(shape) not in FORMS:
        raise cannot("input_shape", f"found {given!r}", cure=f"{EXAMPLE}; 1 to 4 whole numbers from 1 up")
    return shape


def traced(module: Any, shape: tuple[int, ...], *, training: bool = False) -> Tracing:
    """Return what was seen when a module ran: on numbers, or on token ids; the batch first, or second."""
    from layerquiz.network.importing.torch.trace import AnotherInput

    ids, at = False, 0
    while True:
        try:
            return _followed(module, shape, ids=ids, at=at, training=training)
        except AnotherInput as other:
            if (other.ids <= ids and other.at <= at) or len(shape) < 1 + other.at:
                raise other.error from None
            ids, at = ids or other.ids, at or other.at


def _followed(module: Any, shape: tuple[int, ...], *, ids: bool, at: int, training: bool) -> Tracing:
    import torch

    from layerquiz.network.importing.torch.trace import EXAMPLES, AnotherInput, Tracing, input_value

    draft = Draft(type(module).__name__, {}, "pytorch")
    writing = Writing(draft)
    tracing = Tracing(module, writing)
    entry = Base(shape, IDS if ids else FORMS[len(shape)] if len(shape) != 2 else (), make=writing.input)
    tracing.input = entry
    sizes = [*shape]
    sizes.insert(at, EXAMPLES)
    dtypes = (found.dtype for found in module.parameters() if found.is_floating_point())
    dtype = torch.int64 if ids else next(dtypes, torch.get_default_dtype())
    given = torch.empty(sizes, dtype=dtype, device="meta")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            output = tracing.run(given, input_value(shape, at, entry), training=training)
            _ends(tracing, output)
    except (NetworkError, AnotherInput):
        raise
    except Exception as error:  # noqa: BLE001  # whatever the model's own code raises
        raise _failed(module, sizes, error) from None
    if not draft.layers:
        draft.add("identity", INPUT)
    draft.input = dict(zip(entry.form or FORMS[len(shape)], shape, strict=True))
    tidied(writing)
    return tracing


def _failed(module: Any, sizes: Sequence[int], error: Exception) -> NetworkError:
    """Return the refusal of a module that cannot be run on its input."""
    from layerquiz.network.importing.torch.trace import is_own, lines_of_model

    frames = [*traceback.walk_tb(error.__traceback__)][::-1]
    if is_own(frames[0][0]):
        what, cure = (
            f"the importer fails: {type(error).__name__}: {error}",
            "This is a fault of it: please report the model",
        )
        return cannot(type(module).__name__, what, cure=cure)
    line = next(lines_of_model(frames), "")
    said = " ".join(str(error).split())[:WORDS]
    where = f"{type(module).__name__}, {line}" if line else type(module).__name__
    what = f"it cannot be run on a tensor of shape {tuple(sizes)}, the batch first: {type(error).__name__}: {said}"
    return cannot(where, what, cure=EXAMPLE)


def _ends(tracing: Tracing, output: Any) -> None:
    """Write what the outputs still need; scores of attention and states beside them are no outputs of the notation."""
    values = [*outputs(tracing, output)]
    ends = [
        value
        for value in values
        if not isinstance(value.base, Learned)
        and value.base not in tracing.writing.attended
        and not tracing.is_state(value.base)
    ]
    for value in values:  # a parameter that is given back as it is, as a learned deviation or temperature
        if isinstance(value.base, Learned):
            tracing.writing.given_back(value.base)
    if not ends and values:
        ends = values[:1]
    if not ends:
        raise cannot(type(tracing.module).__name__, "its output does not depend on its input")
    for value in ends:
        is_number = all(is_batch(dim) for dim in value.dims)
        tracing.writing.layout.settled(value.moved((*value.dims, ())) if is_number else value)


def outputs(tracing: Tracing, output: Any) -> Iterator[Value]:
    """Yield what the tensors of an output are, whatever holds them."""
    import torch

    for found in leaves(output):
        if isinstance(found, torch.Tensor):
            value = tracing.value_of(found)
            if value is not None:
                yield value
        elif hasattr(found, "__dict__"):
            yield from outputs(tracing, vars(found))


def _unused(tracing: Tracing) -> list[str]:
    """Return the names of the parameters that no layer has."""
    return [name for number, name in tracing.named.items() if number not in tracing.writing.owners]


def _checked(module: Any, tracing: Tracing) -> Network:
    """Return the network, once PyTorch's numbers agree layer by layer and together."""
    draft = tracing.writing.draft
    for layer in draft.layers:
        account = tracing.writing.accounts.get(layer["name"])
        if account is not None:
            trained, frozen = _numbers(account.parameters)
            draft.says(account.where, layer["name"], trainable=trained, nontrainable=frozen, shape=account.shape)
    trained, frozen = _numbers(module.parameters())
    draft.says(draft.name, *(layer["name"] for layer in draft.layers), trainable=trained, nontrainable=frozen)
    return draft.checked()


def _numbers(parameters: Any) -> tuple[int, int]:
    """Return how many numbers parameters hold, those that are trained and those that are not."""
    found = [(parameter.numel(), parameter.requires_grad) for parameter in parameters]
    return sum(number for number, trains in found if trains), sum(number for number, trains in found if not trains)
