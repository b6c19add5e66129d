"""Processes that end with the one that started them, where the system knows that: on Linux."""

from __future__ import annotations

import ctypes
import signal
import sys

DIE_WITH_PARENT = 1
"""Linux's PR_SET_PDEATHSIG."""

_SYSTEM = ctypes.CDLL(None) if sys.platform == "linux" else None


def die_with_it() -> None:
    """Ask the system to kill this process when the one that started it ends."""
    if _SYSTEM is not None:
        _SYSTEM.prctl(DIE_WITH_PARENT, signal.SIGKILL)
