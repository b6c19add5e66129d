"""The network that a user means: a file of the notation or a model's, standard input, or a known name."""

from __future__ import annotations

from layerquiz import files
from layerquiz.errors import NetworkError
from layerquiz.network.network import Network


def network_and_text(argument: str) -> tuple[Network, str]:
    """Return the network that an argument means, and the text in which it is written; "" where there is none."""
    if argument != files.STANDARD_INPUT and not files.is_path(argument):
        return Network.named(argument), ""
    from layerquiz.network.importing.contents import kind_of, network_in

    data = files.read_model(argument, lambda head: kind_of(head, argument) != "")
    try:
        if kind_of(data, argument):
            from layerquiz.network.importing.repeats import readable

            return readable(network_in(data, argument).network), ""
        text = files.decoded(data, called(argument))
        return Network.parse(text), text
    except NetworkError as error:
        raise error.at(called(argument)) from None


def called(argument: str) -> str:
    """Return how a message calls what an argument means."""
    return "standard input" if argument == files.STANDARD_INPUT else argument
