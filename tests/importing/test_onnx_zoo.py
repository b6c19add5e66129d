"""Known networks, written as PyTorch code, exported and taken over again, have the counts and the work they had."""

from __future__ import annotations

import io
import warnings
from pathlib import Path
from types import ModuleType

import pytest

from layerquiz.network.exchange import torch as writer
from layerquiz.network.importing.onnx import imported
from layerquiz.network.network import Network
from oracle import code
from oracle.tally import Tally

pytest.importorskip("onnx")
pytest.importorskip("torch")
pytestmark = pytest.mark.oracle

KNOWN = ("lenet5", "mnist", "squeezenet1_1", "mobilenet_v2", "resnet18", "densenet121", "googlenet_torchvision")
KNOWN += ("efficientnet_b0", "mlp_mixer_s16", "dcgan_generator", "vae_mnist", "yolo_head", "resnext50", "inception_v3")


@pytest.mark.sampled(4)
@pytest.mark.parametrize("name", KNOWN)
def test_a_known_network_comes_back(torch: ModuleType, tally: Tally, tmp_path: Path, name: str) -> None:
    """Parameters and multiply-adds survive the way through code, module and file."""
    ours = Network.named(name).under("pytorch")
    module = code.run(writer.program(ours), tmp_path)["model"].eval()
    stream = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        mode = torch.onnx.TrainingMode.PRESERVE
        torch.onnx.export(module, (torch.zeros(1, *ours.value("input.shape")),), stream, dynamo=False, training=mode)
    theirs = imported(stream.getvalue()).network
    for quantity in ("total.trainable", "total.macs"):
        assert theirs.value(quantity) == ours.value(quantity), quantity
    tally.imports["ONNX files"] += 1
    tally.imports["layers"] += len(theirs.layers)
