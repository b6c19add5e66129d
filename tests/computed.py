"""The templates all of whose blanks ask for a quantity of the network, in numbers or in letters: none is listed."""

from __future__ import annotations

from layerquiz.exam import library

COMPUTED = [name for name, read in library.templates().items() if not any(asked.form for asked in read.asked)]
