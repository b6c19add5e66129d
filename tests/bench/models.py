"""How long the import of a model takes, against building it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator

from layerquiz.network.network import Network

MOST = 1.5


def cpu_seconds(work: Callable[[], object], rounds: int) -> float:
    """Return the least CPU seconds of some rounds."""

    def once() -> float:
        start = time.process_time()
        work()
        return time.process_time() - start

    return min(once() for _ in range(rounds))


def keras_models() -> Iterator[str]:
    """ResNet50 of Keras on PyTorch: its graph followed, compared with Keras, its blocks found again."""
    os.environ.setdefault("KERAS_BACKEND", "torch")
    try:
        import keras
    except ImportError:
        yield "import of Keras' ResNet50: left out, as Keras is not installed"
        return
    model = keras.applications.ResNet50(weights=None)
    theirs = cpu_seconds(lambda: keras.applications.ResNet50(weights=None), 3)
    ours = cpu_seconds(lambda: Network.from_keras(model), 5)
    count = len(Network.from_keras(model).layers)
    yield f"import of Keras' ResNet50, {count} layers: {ours / theirs:.2f} times building it (at most {MOST})"
    yield f"  {ours:.3f} s of CPU against {theirs:.3f} s, the fastest of some runs each"
