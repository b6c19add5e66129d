"""What stands in dictionaries, lists and tuples within each other, as frameworks pass arguments and outputs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def leaves(found: Any) -> Iterator[Any]:
    """Yield all that is no dictionary, list or tuple itself, in its order."""
    if isinstance(found, Mapping):
        for entry in found.values():
            yield from leaves(entry)
    elif isinstance(found, list | tuple):
        for entry in found:
            yield from leaves(entry)
    else:
        yield found
