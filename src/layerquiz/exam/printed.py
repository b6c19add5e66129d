"""How a drawn value reads in a wording, and the filters that change it: words, plurals, articles, products."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from layerquiz.errors import TemplateError
from layerquiz.exam.described import Sign, as_product, counted
from layerquiz.exam.described import plural as several
from layerquiz.exam.layer_view import LayerView, Shape, Window
from layerquiz.exam.picture_view import picture
from layerquiz.languages import ENGLISH, Words, phrase

MOST_OUTPUT = 20_000
"""Characters of one question."""

SMALL = phrase(
    "no one two three four five six seven eight nine ten eleven twelve "
    "thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty"
)
"""Numbers as they are written in a sentence: no padding, one filter, two layers."""


def check_length(text: str) -> str:
    """Return a text that is not longer than one question may be."""
    if len(text) > MOST_OUTPUT:
        raise TemplateError(f"the wording has more than {MOST_OUTPUT:,} characters", slug="wording-too-long")
    return text


def printed(found: Any, words: Words = ENGLISH) -> str:
    """Return a value as it prints without a filter; a shape is a product, true is yes."""
    if isinstance(found, Window):
        return as_product((int(found),) * found.rank)
    if isinstance(found, Shape):
        return as_product(found)
    if isinstance(found, bool):
        return words("yes") if found else words("no")
    if isinstance(found, str | int | float):
        return str(found)
    if isinstance(found, LayerView):
        raise TemplateError("a layer alone cannot be printed", cure="Write what of it, such as conv.kernel")
    raise TemplateError(f"a {type(found).__name__} cannot be printed", cure="Print its entries one by one")


def number(found: Any, words: Words = ENGLISH) -> str:
    """Return a number with its digits in groups of three: 294,912."""
    return words.number(_whole(found))


def in_words(found: Any, words: Words = ENGLISH) -> str:
    """Return a number up to twenty as a word, a larger one in digits."""
    whole, small = _whole(found), words(SMALL).split()
    return small[whole] if 0 <= whole < len(small) else words.number(whole)


def plural(found: Any, one: str, many: str = "", words: Words = ENGLISH) -> str:
    """Return a number with its noun: 1 filter, 96 filters; a letter stands for many."""
    if not many and not words.is_english:
        raise TemplateError(f'plural needs both words: plural("{one}", "...")', slug="filter")
    if isinstance(found, Sign):
        return f"{found} {many or several(one)}"
    return counted(_whole(found), one, many, words)


def times(found: Any) -> str:
    """Return a shape, a kernel or a list of numbers as a product: $224\\times 224\\times 3$."""
    if isinstance(found, list | tuple):
        return as_product(tuple(_whole(size) for size in found))
    return printed(found) if isinstance(found, Window) else as_product((_whole(found),))


def article(found: Any) -> str:
    """Return a value behind its indefinite article: an $11\\times 11$, a $3\\times 3$."""
    first = found[0] if isinstance(found, Shape) else found
    return f"{'an' if _sounds_open(first) else 'a'} {printed(found)}"


def _sounds_open(found: Any) -> bool:
    """Say whether a number or a word begins with a vowel when it is read aloud: eight, eleven, eighteen."""
    if isinstance(found, int):
        leading = f"{int(found):,}".split(",")[0]
        return leading.startswith("8") or leading in ("11", "18")
    return str(found)[:1].lower() in tuple("aeiou")


def joined(found: Any, between: str = ", ") -> str:
    """Return the entries of a list with something between them."""
    if not isinstance(found, Iterable) or not isinstance(between, str):
        raise TemplateError("join takes a list and a text to put between", slug="filter")
    text = ""
    for entry in found:
        text = check_length(f"{text}{between if text else ''}{printed(entry)}")
    return text


def capital(found: Any) -> str:
    """Return a text with its first letter as a capital."""
    text = printed(found)
    return text[:1].upper() + text[1:]


def size(found: Any) -> int:
    """Return how many entries a list or a shape has."""
    if isinstance(found, list | tuple | str):
        return len(found)
    raise TemplateError("length is of a list or a shape", slug="filter")


def _whole(found: Any) -> int:
    if isinstance(found, bool) or not isinstance(found, int):
        what = "a shape" if isinstance(found, Shape) else f'"{found}"' if isinstance(found, str) else "this"
        raise TemplateError(f"{what} stands where the filter needs a number", slug="filter")
    return int(found)


def _in_language(words: Words) -> dict[str, Callable[..., Any]]:
    """Return the filters that say something in a language."""
    return {
        "number": lambda found: number(found, words),
        "words": lambda found: in_words(found, words),
        "plural": lambda found, one, many="": plural(found, one, many, words),
        "picture": lambda found, block="": picture(found, block, words),
    }


FILTERS: dict[str, Callable[..., Any]] = {
    **_in_language(ENGLISH),
    "times": times,
    "article": article,
    "join": joined,
    "capitalize": capital,
    "length": size,
}
"""Every filter that a wording may use."""


def filters(words: Words) -> dict[str, Callable[..., Any]]:
    """Return the filters of a language; only English has an article that depends on the number."""
    found = {**FILTERS, **_in_language(words)}
    return found if words.is_english else {name: way for name, way in found.items() if name != "article"}
