"""Pictures of networks: one scene, laid out in millimetres for the width of an exam page, and its writers."""

from __future__ import annotations

from layerquiz.render.picture.make import Blanks, Picture, picture
from layerquiz.render.picture.table import table

__all__ = ["Blanks", "Picture", "picture", "table"]
