"""What an exam loads before anything is drawn: all of it is waited for at every start."""

from __future__ import annotations

import subprocess
import sys


def test_what_only_some_exams_need_is_loaded_by_them() -> None:
    """Pictures, questions about a network and importers wait until an exam has one."""
    code = "import sys, layerquiz.press.exams, layerquiz.practise; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    rooms = ("layerquiz.render.picture", "layerquiz.exam.from_network", "layerquiz.network.importing")
    assert "layerquiz.render.fenced" in loaded
    assert not [name for name in loaded if name.startswith(rooms)]
