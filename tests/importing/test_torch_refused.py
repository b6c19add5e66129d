"""What a PyTorch module does that the notation cannot say is named, with where it is; the module stays as it was."""

from __future__ import annotations

import copy
import re
from types import ModuleType
from typing import Any

import pytest

from layerquiz.errors import NetworkError
from layerquiz.network.network import Network

pytestmark = pytest.mark.oracle


def cases() -> dict[str, tuple[Any, tuple[int, ...], str]]:
    """Return modules that are refused, with the shape of their input and a pattern of what is said."""
    import torch
    import torch.nn.functional as F
    from torch import nn

    class Base(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.fc, self.other = nn.Linear(4, 4), nn.Linear(4, 4)

    class DataDependent(Base):
        def forward(self, x: Any) -> Any:
            if x.sum() > 0:
                return self.fc(x)
            return self.other(x)

    class TwoInputs(Base):
        def forward(self, left: Any, right: Any) -> Any:
            return self.fc(left) + self.other(right)

    class Unused(Base):
        def forward(self, x: Any) -> Any:
            return self.fc(x)

    class Fourier(Base):
        def forward(self, x: Any) -> Any:
            return self.other(torch.fft.fft(self.fc(x)).real)

    class Written(Base):
        def forward(self, x: Any) -> Any:
            found = self.fc(x)
            found[:, 0] = self.other(x)[:, 1]
            return found

    class PartlyFrozen(Base):
        def __init__(self) -> None:
            super().__init__()
            self.fc.weight.requires_grad_(False)

        def forward(self, x: Any) -> Any:
            return self.other(self.fc(x))

    class Half(Base):
        def __init__(self) -> None:
            super().__init__()
            self.other.weight = self.fc.weight

        def forward(self, x: Any) -> Any:
            return self.other(self.fc(x))

    class OverBatch(Base):
        def forward(self, x: Any) -> Any:
            return self.other(self.fc(x) - self.fc(x).mean(0))

    class ForEach(Base):
        def forward(self, x: Any) -> Any:
            return self.other(torch.stack([self.fc(row) for row in x]))

    class Made(nn.Module):
        def forward(self, x: Any) -> Any:
            return nn.Linear(4, 3)(x)

    class Constant(Base):
        def forward(self, x: Any) -> Any:
            return torch.zeros(x.shape[0], 3)

    class Seq2Seq(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.encoder, self.decoder = nn.GRU(3, 5, batch_first=True), nn.GRU(3, 5, batch_first=True)

        def forward(self, x: Any) -> Any:
            return self.decoder(x, self.encoder(x)[1])[0]

    class Windows(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.qkv = nn.Linear(4, 12)

        def forward(self, x: Any) -> Any:
            b, c, h, w = x.shape
            x = x.view(b, c, h // 2, 2, w // 2, 2).permute(0, 2, 4, 3, 5, 1).reshape(-1, 4, c)
            q, k, v = self.qkv(x).chunk(3, -1)
            return F.scaled_dot_product_attention(q, k, v)

    return {
        "data": (
            DataDependent(),
            (4,),
            r"DataDependent, test_torch_refused.py, line \d+: if x.sum\(\) > 0:.*reads numbers",
        ),
        "inputs": (TwoInputs(), (4,), "its forward takes 2 inputs: left, right"),
        "unused": (Unused(), (4,), r"other\.weight, other\.bias: nothing .* uses these parameters"),
        "fourier": (Fourier(), (4,), r"the operation fft_fft is none that the notation knows"),
        "written": (Written(), (4,), r"it writes into a part of a tensor.*torch\.cat"),
        "frozen": (
            PartlyFrozen(),
            (4,),
            r'module "fc" \(Linear\).*only a part of the layer is trained: fc\.weight is frozen',
        ),
        "shared": (Half(), (4,), r'module "other" \(Linear\).*uses fc\.weight, which belongs to the layer "fc"'),
        "batch": (OverBatch(), (4,), "mean is taken over the batch"),
        "examples": (ForEach(), (4,), "single examples of the batch"),
        "made": (Made(), (4,), "weights that are no parameters"),
        "constant": (Constant(), (4,), "its output does not depend on its input"),
        "state": (Seq2Seq(), (6, 3), 'module "decoder".*begins with a state that comes from another layer'),
        "windows": (Windows(), (4, 4, 6), "windows"),
        "shape": (
            nn.Linear(4, 2),
            (5,),
            r"cannot be run on a tensor of shape \(\d+, 5\).*input_shape is without the batch",
        ),
        "ids": (nn.Linear(4, 2), (2.5,), r"input_shape: found \(2\.5,\)"),
        "volume": (nn.Conv2d(1, 1, 1), (1, 2, 3, 4, 5), "input_shape: found"),
        "weights": (nn.Linear(4, 2).state_dict(), (4,), "this is no torch.nn.Module"),
        "lazy": (nn.LazyLinear(3), (4,), "weight has no shape yet"),
    }


NAMES = (
    "data inputs unused fourier written frozen shared batch examples made constant state windows shape ids volume weights "
    "lazy"
)


@pytest.mark.parametrize("name", NAMES.split())
def test_what_cannot_be_said_is_named(torch: ModuleType, name: str) -> None:
    """One message: where, what, why and how to mend it."""
    found = cases()
    assert [*found] == NAMES.split()
    module, shape, pattern = found[name]
    with pytest.raises(NetworkError) as caught:
        Network.from_torch(module, shape)
    assert caught.value.slug == "cannot-import"
    assert re.search(pattern, str(caught.value)), str(caught.value)


def test_a_module_stays_as_it_was(torch: ModuleType) -> None:
    """Modes, numbers, gradients, attributes and hooks are those of before, and no operation is seen afterwards."""
    from torch import nn

    class Counting(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.norm, self.fc = nn.BatchNorm1d(4), nn.utils.parametrizations.spectral_norm(nn.Linear(4, 3))
            self.old = nn.Linear(3, 2)
            self.calls, self.register = 0, None
            self.register_buffer("seen", torch.zeros(1))

        def forward(self, x: Any) -> Any:
            self.calls += 1
            self.register = x
            self.seen += 1
            return self.old(self.fc(self.norm(x)))

    module = Counting()
    module.norm.eval()
    module.fc.bias.requires_grad_(False)
    module.fc.parametrizations.weight.original.requires_grad_(False)
    before = copy.deepcopy(module.state_dict())
    modes = [part.training for part in module.modules()]
    Network.from_torch(module, (4,))
    assert [part.training for part in module.modules()] == modes
    assert module.calls == 0
    assert module.register is None
    assert all(torch.equal(module.state_dict()[name], found) for name, found in before.items())
    assert [name for name, found in module.named_parameters() if not found.requires_grad] == [
        "fc.bias",
        "fc.parametrizations.weight.original",
    ]
    assert all(found.grad is None and not found.is_meta for found in module.parameters())
    assert not any(part._forward_hooks or part._forward_pre_hooks for part in module.modules())  # noqa: SLF001
    assert module(torch.zeros(2, 4)).shape == (2, 2)


def test_a_model_without_memory_is_imported(torch: ModuleType) -> None:
    """A model of billions of parameters on the device `meta` takes none here either."""
    from torch import nn

    with torch.device("meta"):
        module = nn.Sequential(nn.Linear(100_000, 100_000), nn.ReLU(), nn.Linear(100_000, 10, bias=False))
    assert Network.from_torch(module, (100_000,)).value("total.parameters") == 100_000**2 + 100_000 + 10 * 100_000
