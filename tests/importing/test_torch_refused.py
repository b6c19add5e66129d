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


NAMES = (
    "data inputs unused fourier written frozen shared batch examples made constant state windows shape ids volume "
    "class weights lazy"
)


@pytest.mark.parametrize("name", NAMES.split())
def test_what_cannot_be_said_is_named(torch: ModuleType, name: str) -> None:
    """One message: where, what, why and how to mend it."""
    from importing.torch_refused import CASES

    assert [*CASES] == NAMES.split()
    module, shape, pattern = CASES[name]
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
