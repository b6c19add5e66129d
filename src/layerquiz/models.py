"""The network that a user means: a file of the notation or a model's, standard input, or a known name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from layerquiz import files
from layerquiz.errors import NetworkError
from layerquiz.network.network import Network

if TYPE_CHECKING:
    from layerquiz.network.importing.imported import Imported


def network_and_text(argument: str) -> tuple[Network, str]:
    """Return the network that an argument means, and the text in which it is written; "" where there is none."""
    if argument != files.STANDARD_INPUT and not files.is_path(argument):
        return Network.named(argument), ""
    from layerquiz.network.importing.contents import kind_of, network_in

    data = _read(argument)
    with _named(argument):
        if kind_of(data, argument):
            from layerquiz.network.importing.repeats import readable

            return readable(network_in(data, argument).network), ""
        text = files.decoded(data, files.called(argument))
        return Network.parse(text), text


def imported(argument: str, input_shape: Sequence[int] | None = None, called: str = "") -> Imported:
    """Return what a model's file holds, every layer by itself. called: the network; else it is as in the file."""
    from layerquiz.network.importing.contents import network_in

    data = _read(argument)
    with _named(argument):
        return network_in(data, argument, input_shape, called)


def _read(argument: str) -> bytes:
    from layerquiz.network.importing.contents import kind_of

    return files.read_model(argument, lambda head: kind_of(head, argument) != "")


@contextmanager
def _named(argument: str) -> Iterator[None]:
    """Put what is read in front of what is wrong with it."""
    try:
        yield
    except NetworkError as error:
        raise error.at(files.called(argument)) from None
