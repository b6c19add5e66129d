"""Runs TeX: one LaTeX source in, one PDF per part out. Safe to give texts from outside."""

from layerquiz.engine.log import sizes
from layerquiz.engine.probe import available, missing
from layerquiz.engine.run import Setting, measure, overfull, set_whole, typeset

__all__ = ["Setting", "available", "measure", "missing", "overfull", "set_whole", "sizes", "typeset"]
