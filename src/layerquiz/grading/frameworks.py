"""What frameworks print: rows of a summary and the names of tensors, of which one part is the answer."""

from __future__ import annotations

import re

from layerquiz.grading.answer import Expectation
from layerquiz.grading.written import Written

_SIZES = r"[(\[] *(?:{first}) *(?:, *[0-9]+ *)+,? *[)\]]"
_LINES = r"[│├└─|\s]*"
_COUNT = r"(?P<count>[0-9][0-9,]*)"
_ROW = re.compile(
    rf"{_LINES}[A-Za-z][\w.-]*(?:: *[0-9]+(?:-[0-9]+)?)?{_LINES}(?:\([A-Za-z0-9]+\))?{_LINES}"
    rf"(?P<shape>{_SIZES.format(first='None|-1|[?]|[0-9]+')}){_LINES}{_COUNT}{_LINES}"
)
_BARE_ROW = re.compile(rf"{_LINES}(?P<shape>{_SIZES.format(first='None|-1|[?]')}){_LINES}{_COUNT}{_LINES}")
_TENSOR = re.compile(r"\b(?:KerasTensor|Tensor|TensorSpec|ndarray|EagerTensor)\b")
_SHAPE = re.compile(r"\bshape *[=:]? *(?P<shape>[(\[][^()\[\]]*[)\]])")
_REALS = re.compile(r" *(?:R|\(R\)) *\^ *")
_DIMENSION = re.compile(r"Dimension(\()\w+(\))")


def printed_part(written: Written, asked: Expectation) -> Written:
    """Return the part that is asked for of what a framework printed; any other text stays as it is.

    A row of a summary has a shape and a count of parameters: `conv2d (Conv2D) (None, 26, 26, 32) 320`.
    """
    text = written.characters
    if asked in ("shape", "count") and (row := _ROW.fullmatch(text) or _BARE_ROW.fullmatch(text)):
        return written.part(*row.span(asked))
    if asked != "shape":
        return written
    if _TENSOR.search(text) and (shape := _SHAPE.search(text)):
        return written.part(*shape.span("shape"))
    if reals := _REALS.match(text):
        written = written.part(reals.end(), len(text))
    while dimension := _DIMENSION.search(written.characters):
        closing, opening = dimension.span(2), dimension.span(1)
        written = written.without(*closing).without(dimension.start(), opening[1])
    return written
