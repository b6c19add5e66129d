"""Named networks, as data: one YAML file each."""

from __future__ import annotations

import re
from functools import cache

from layerquiz.data import folder
from layerquiz.errors import NetworkError, nearest

ALSO = {
    "bert": "bert_base",
    "bert_base_uncased": "bert_base",
    "bert_large_uncased": "bert_large",
    "convnext_tiny": "convnext_t",
    "dcgan": "dcgan_generator",
    "fcn": "fcn32s",
    "gpt2_small": "gpt2",
    "lenet": "lenet5",
    "mlp_mixer": "mlp_mixer_s16",
    "mnasnet1_0": "mnasnet",
    "mobilenet": "mobilenet_v1",
    "mobilenet_v3": "mobilenet_v3_large",
    "resnext50_32x4d": "resnext50",
    "seq2seq": "seq2seq_lstm",
    "shufflenet_v2_x1_0": "shufflenet_v2",
    "squeezenet": "squeezenet1_0",
    "swin_tiny": "swin_t",
    "t5": "t5_small",
    "transformer": "transformer_base",
    "vit": "vit_b_16",
    "wide_resnet50_2": "wide_resnet50",
    "yolo": "yolo_head",
}
"""What networks are called elsewhere too: by their makers, by torchvision, or for short."""

LISTED = "`layerquiz networks` lists those that are known"


NAMED = "name: "


def names() -> list[str]:
    """Return the names of all known networks, sorted."""
    return sorted(file.name.removesuffix(".yaml") for file in folder("zoo").iterdir() if file.name.endswith(".yaml"))


def title(name: str) -> str:
    """Return what people call a known network: AlexNet."""
    return next(line for line in specification(name).splitlines() if line.startswith(NAMED)).removeprefix(NAMED)


def other_names(name: str) -> list[str]:
    """Return what a known network may be called too."""
    return [also for also, found in ALSO.items() if found == name]


def specification(name: str) -> str:
    """Return the notation of a known network; capitals, `-` and `_` make no difference in names."""
    found = known(name)
    if found is None:
        cure = nearest(name.replace("-", "_").lower(), [*names(), *ALSO])
        cure = cure if cure.startswith("Did") else f"{LISTED}; a file's name has an ending, such as .yaml"
        raise NetworkError(f'no network is called "{name}"', cure=cure, slug="unknown-network")
    return (folder("zoo") / f"{found}.yaml").read_text(encoding="utf-8")


def known(name: str) -> str | None:
    """Return what a known network is called here; None where there is none of that name."""
    return _known().get(plain(name))


@cache
def _known() -> dict[str, str]:
    """Return the networks by every name that they have, written plainly."""
    return {plain(found): found for found in names()} | {plain(also): found for also, found in ALSO.items()}


def plain(name: str) -> str:
    """Return a name without what makes no difference in it."""
    return re.sub(r"[-_ ]", "", name).lower()
