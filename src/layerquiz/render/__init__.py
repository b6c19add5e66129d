"""Rooms for the formats: each module gets values from above and writes them; none decides what is true.

The package can be called: `lq.render(steps, "latex")` is one of the public names, and Python gives the name of a
package to the package itself as soon as one of its modules is imported.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from layerquiz.formula.derive import Derivation


class _Callable(ModuleType):
    """A package that renders a derivation when it is called."""

    def __call__(self, steps: Derivation, form: Literal["latex", "text", "mathml"] = "text") -> str:
        """Return a derivation as LaTeX, plain text or MathML."""
        from layerquiz.render.steps import rendered

        return rendered(steps, form)


sys.modules[__name__].__class__ = _Callable
