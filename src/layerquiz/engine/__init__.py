"""Runs TeX: one LaTeX source in, one PDF per part out. Safe to give texts from outside."""

from layerquiz.engine.probe import available, missing
from layerquiz.engine.run import overfull, typeset

__all__ = ["available", "missing", "overfull", "typeset"]
