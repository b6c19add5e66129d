"""A PyTorch model run on tensors without memory, every operation seen: `forward` may branch and loop as it likes."""

from __future__ import annotations

import linecache
import os
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.modules.module import register_module_forward_hook, register_module_forward_pre_hook
from torch.overrides import TorchFunctionMode

from layerquiz.errors import NetworkError
from layerquiz.network.importing.forms import IDS
from layerquiz.network.importing.nested import leaves
from layerquiz.network.importing.torch.calls import CONVERSIONS, Call, is_in_place, plain_name
from layerquiz.network.importing.torch.cutting import State, States
from layerquiz.network.importing.torch.modules import MODULES
from layerquiz.network.importing.torch.operations import OPERATIONS
from layerquiz.network.importing.torch.values import BATCH, Base, Learned, Part, Value, full
from layerquiz.network.importing.torch.writing import Writing

EXAMPLES = 13
"""Examples in the batch of the tensors: a number that no axis of a model is likely to have."""

READS_NUMBERS = """
item tolist numpy equal allclose is_nonzero nonzero unique pack_padded_sequence
"""
"""Operations that need the numbers of a tensor, which there are none of."""

SILENT = """
shape size dim ndim ndimension numel nelement is_contiguous dtype is_nested is_sparse is_quantized is_cuda is_cpu is_mps
is_mkldnn is_xpu is_meta layout requires_grad grad grad_fn stride storage_offset data_ptr is_floating_point is_complex
get_device element_size len format repr hash is_leaf is_inference itemsize nbytes retain_grad register_hook is_same_size
"""
"""Operations that say something of a tensor, and give no other."""

PACKING = "pack_padded_sequence"

READING, SAYING = frozenset(READS_NUMBERS.split()) | CONVERSIONS, frozenset(SILENT.split())

OWN = (os.path.dirname(torch.__file__), os.path.dirname(__file__))  # noqa: PTH120
"""Folders whose lines are not the model's."""


class AnotherInput(Exception):  # noqa: N818
    """The model wants another input: token ids, or the batch as the second axis."""

    def __init__(self, error: NetworkError, *, ids: bool = False, at: int = 0) -> None:
        super().__init__(str(error))
        self.error, self.ids, self.at = error, ids, at


class Tracing(TorchFunctionMode):
    """Sees every operation between a model's input and its output, and writes it down."""

    def __init__(self, module: nn.Module, writing: Writing) -> None:
        super().__init__()
        self.module, self.writing = module, writing
        self.values: dict[int, tuple[Tensor, Value]] = {}
        self.learned: dict[int, Value] = {}
        self.stack: list[nn.Module] = []
        self.silent = 0
        self.marks: dict[int, str] = {}
        self.input = Base((), ())
        self.examples, self.batch = EXAMPLES, (BATCH, EXAMPLES, 1)
        writing.place, writing.called, writing.beside = self.place, self.called, self.beside
        self.paths = {id(part): name for name, part in reversed([*module.named_modules(remove_duplicate=False)])}
        self.named = {id(found): name for name, found in module.named_parameters()}
        self.owned = {id(found) for found in (*module.parameters(), *module.buffers())}
        writing.names = self.named
        first = next(iter((*module.parameters(), *module.buffers())), None)
        self.device = torch.device("cpu") if first is None else first.device

    def run(self, given: Tensor, value: Value, *, training: bool) -> Any:
        """Return what the model gives for a tensor; the model is then as it was."""
        self.values[id(given)] = (given, value)
        pre = register_module_forward_pre_hook(self._enters)
        post = register_module_forward_hook(self._leaves, with_kwargs=True)
        try:
            with kept(self.module, training), torch.no_grad(), self:
                return self.module(given)
        finally:
            pre.remove()
            post.remove()

    def _enters(self, module: nn.Module, _: Any) -> None:
        if id(module) in self.paths:
            self.stack.append(module)
            self.silent += self._written_whole(module)

    def _leaves(self, module: nn.Module, args: Any, kwargs: Any, output: Any) -> None:
        if not self.stack or self.stack[-1] is not module:
            return
        if self._written_whole(module):
            self.silent -= 1
            if not self.silent:
                self._note(
                    MODULES[type(module).__name__](Call(self, type(module).__name__, args, kwargs, output)), output
                )
        self.stack.pop()

    def _written_whole(self, module: nn.Module) -> bool:
        """Say whether a module is one layer, whatever it does inside."""
        return type(module).__module__.startswith("torch.nn") and type(module).__name__ in MODULES

    def __torch_function__(self, func: Any, _: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Do an operation on tensors without memory, and write it down."""
        kwargs = kwargs or {}
        name = plain_name(func)
        given = [*tensors((args, kwargs))]
        known = [tensor for tensor in given if self.value_of(tensor) is not None]
        if name == "device" and given:
            return self.device if id(given[0]) in self.values else func(*args, **kwargs)
        if not known and name in READING and any(tensor.is_meta for tensor in given) and not self.silent:
            raise self._unread(name)
        if name == "nested_tensor_from_mask_left_aligned":
            return False  # so that PyTorch's encoder goes the plain way
        if name in SAYING or not known:
            return self._as_it_is(func, args, kwargs, given)
        if name in READING and not self.silent:
            raise self._unread(name)
        func, args, kwargs = kept_in_place(func, name, args, kwargs)
        is_like = name.endswith("_as") and all(given[0] is not one for one in known)
        if name.startswith("new_") or name.endswith("_like") or is_like:
            return self._created(func, args, kwargs)
        if is_in_place(func) and not self.silent and id(given[0]) not in self.values:
            raise self.writing.refuse(
                f"it writes a tensor of the model into a constant ({name})", cure="Make a new tensor"
            )
        if name in ("embedding", "embedding_bag") and not self.silent:
            self._looks_up(args, kwargs)
        output = func(*without_memory(args), **without_memory(kwargs))
        if not self.silent:
            call = Call(self, name, args, kwargs, output, func)
            found = OPERATIONS[name](call) if name in OPERATIONS else call.otherwise()
            self._note(found, output)
        else:
            for tensor in tensors(output):
                self.values.setdefault(id(tensor), (tensor, NOTHING))
        return output

    def _unread(self, name: str) -> NetworkError:
        what = f"it reads numbers of a tensor ({name.strip('_')}), and goes on as they say"
        cure = "Decide by shapes, or by arguments"
        if name == PACKING:
            cure = "Leave the packing out: it changes no count"
        return self.writing.refuse(what, "A layer is the same for all inputs", cure)

    def _as_it_is(self, func: Any, args: Any, kwargs: Any, given: Sequence[Tensor]) -> Any:
        """Do an operation without known tensors; what the model owns is not changed."""
        if is_in_place(func) and given and id(given[0]) in self.owned:
            args = (given[0].clone(), *args[1:])
        if any(tensor.is_meta for tensor in given):
            func, args, kwargs = kept_in_place(func, plain_name(func), args, kwargs)
            args, kwargs = without_memory(args), without_memory(kwargs)
        return func(*args, **kwargs)

    def _looks_up(self, args: Any, kwargs: Any) -> None:
        """See that what is looked up in a table are ids."""
        for found in (args[0] if args else kwargs.get("input"), args[1] if len(args) > 1 else kwargs.get("weight")):
            if (
                isinstance(found, Tensor)
                and id(found) in self.values
                and not isinstance(self.values[id(found)][1].base, Learned)
            ):
                self.needs_ids(self.values[id(found)][1])

    def _created(self, func: Any, args: Any, kwargs: Any) -> Any:
        """Return a tensor that is only made in the image of a known one."""
        kwargs = {key: found for key, found in kwargs.items() if key != "memory_format"}
        return func(*[self._stand_in(arg) for arg in args], **{key: self._stand_in(arg) for key, arg in kwargs.items()})

    def _stand_in(self, found: Any) -> Any:
        """Return a tensor of one number, repeated to the shape of a tensor of the model."""
        is_known = isinstance(found, Tensor) and self.value_of(found) is not None
        return torch.zeros((), dtype=found.dtype).expand(found.shape) if is_known else found

    def _note(self, found: Any, output: Any) -> None:
        """Keep what the tensors of an output are."""
        if isinstance(output, Tensor):
            if isinstance(found, Value):
                self.values[id(output)] = (output, found)
        elif isinstance(output, list | tuple) and isinstance(found, list | tuple):
            for tensor, value in zip(output, found, strict=False):
                self._note(value, tensor)

    def value_of(self, tensor: Tensor) -> Value | None:
        """Return what a tensor is, None for one that does not depend on the input or on a parameter."""
        if id(tensor) in self.values:
            return self.values[id(tensor)][1]
        if id(tensor) in self.named:
            if id(tensor) not in self.learned:
                self.learned[id(tensor)] = self._parameter(tensor)
            return self.learned[id(tensor)]
        return None

    def _parameter(self, tensor: Tensor) -> Value:
        shape = tuple(tensor.shape)
        ones = next(
            (place for place, extent in enumerate(shape) if extent != 1), 0
        )  # in the place of the batch, mostly
        base = self.computed((tensor,), shape[ones:], self.named[id(tensor)])
        return Value(base, ((),) * ones + base.plain)

    def computed(self, parameters: tuple[Any, ...], shape: tuple[int, ...], called: str) -> Learned:
        """Return a tensor that consists of parameters, or is computed of them."""
        make = lambda base: self.writing.layout.parameter(base, base.extents)  # noqa: E731
        return Learned(shape, (), make=make, parameters=parameters, called=called)

    def needs_ids(self, value: Value) -> None:
        """Run the model again on token ids, where its input has come to an embedding as numbers."""
        if self.input.form != IDS:
            error = self.writing.refuse("an embedding gets numbers that are no token ids")
            root = value.base
            while isinstance(root, Part) and root.whole is not None:
                root = root.whole
            raise AnotherInput(error, ids=root is self.input)

    def turned(self, what: str) -> AnotherInput:
        """Run the model again with the batch as the second axis, where a layer takes it for that."""
        cure = "Make the layer with batch_first=True"
        return AnotherInput(self.writing.refuse(what, cure=cure), at=1)

    def numbers_of(self, tensor: Tensor) -> list[int] | None:
        """Return the numbers along the last axis of a constant tensor, None where they are not known."""
        if tensor.is_meta or tensor.dim() == 0 or not tensor.numel():
            return None
        rows = tensor.reshape(-1, tensor.shape[-1])
        return [int(number) for number in rows[0].tolist()] if bool((rows == rows[0]).all()) else None

    def is_state(self, base: Base) -> bool:
        """Say whether something is the state of a recurrent layer."""
        return isinstance(base, State | States)

    @property
    def path(self) -> str:
        """Return the name of the module that runs just now."""
        return self.paths[id(self.stack[-1])] if self.stack else ""

    def place(self) -> str:
        """Say where the model is just now: the module, and the line of its code."""
        module = self.stack[-1] if self.stack else self.module
        where = f'module "{self.path}" ({type(module).__name__})' if self.path else type(module).__name__
        line = next(lines_of_model(), "")
        return f"{where}, {line}" if line else where

    def called(self, kind: str) -> str:
        """Return how a layer that is written just now is called: as its module, where that is one layer."""
        return self.label or self.beside(kind)

    @property
    def label(self) -> str:
        """Return the name of the module of PyTorch's own that runs just now, if one does."""
        own = self.stack and type(self.stack[-1]).__module__.startswith("torch.nn")
        return self.path if own else ""

    def beside(self, kind: str) -> str:
        """Return how a layer is called that stands in a module of the model's own."""
        around = next((one for one in reversed(self.stack) if not type(one).__module__.startswith("torch.nn")), None)
        path = "" if around is None else self.paths[id(around)]
        return f"{path}.{kind}" if path else kind


NOTHING = Value(Base((), ()), ())
"""What a tensor is inside of a module that is written as one layer."""


def tensors(found: Any) -> Iterator[Tensor]:
    """Return the tensors in arguments or in an output."""
    return (entry for entry in leaves(found) if isinstance(entry, Tensor))


def without_memory(found: Any) -> Any:
    """Return arguments with tensors of their shapes in place of those that have numbers."""
    if isinstance(found, Tensor):
        return found if found.is_meta else torch.empty(found.shape, dtype=found.dtype, device="meta")
    if isinstance(found, torch.device):
        return torch.device("meta")
    if isinstance(found, Mapping):
        return {key: without_memory(entry) for key, entry in found.items()}
    if isinstance(found, list | tuple) and not hasattr(found, "_fields") and type(found) in (list, tuple):
        return type(found)(without_memory(entry) for entry in found)
    return found


def kept_in_place(func: Any, name: str, args: Any, kwargs: Any) -> tuple[Any, Any, Any]:
    """Return an operation that moves no tensor to another device: one without memory has none."""
    if name in ("cpu", "cuda"):
        return torch.Tensor.detach, args[:1], {}
    if name == "to":
        args = tuple("meta" if isinstance(arg, str) else arg for arg in args)
        kwargs = {key: "meta" if key == "device" else arg for key, arg in kwargs.items()}
    return func, args, kwargs


@contextmanager
def kept(module: nn.Module, training: bool) -> Iterator[None]:
    """Run a model as it predicts, or as it is; then put its attributes, parameters, buffers and modes back."""
    saved = [(part, dict(vars(part))) for part in module.modules()]
    inner = [
        (part, name, dict(vars(part)[name])) for part, _ in saved for name in ("_parameters", "_buffers", "_modules")
    ]
    try:
        for part, _ in saved:
            vars(part)["training"] = training and part.training
        yield
    finally:
        for part, name, found in inner:
            held = vars(part)[name]
            held.clear()
            held.update(found)
        for part, found in saved:
            vars(part).clear()
            vars(part).update(found)


def input_value(shape: Sequence[int], at: int, base: Base) -> Value:
    """Return the input of a network, the batch at a place of its axes."""
    dims = [full(place, extent) for place, extent in enumerate(shape)]
    dims.insert(at, ((BATCH, EXAMPLES, 1),))
    return Value(base, tuple(dims))


def lines_of_model(frames: Sequence[tuple[FrameType, int]] | None = None) -> Iterator[str]:
    """Yield the lines of the model's own code that run just now, the innermost first."""
    found = list(traceback.walk_stack(None)) if frames is None else frames
    for frame, number in found:
        file = frame.f_code.co_filename
        if file.startswith(OWN):
            if frame.f_code.co_name == "run" and file.startswith(OWN[1]):
                return
            continue
        text = linecache.getline(file, number).strip()
        yield f"{os.path.basename(file)}, line {number}{f': {text}' if text else ''}"  # noqa: PTH119


def is_own(frame: FrameType) -> bool:
    """Say whether the importer's own code runs, and not an operation that it does for the model."""
    code = frame.f_code
    return code.co_filename.startswith(OWN[1]) and code.co_name not in ("__torch_function__", "_as_it_is", "_created")
