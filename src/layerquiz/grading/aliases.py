"""What students call the letters of a question: C_in is Cin, c_in, C or "in_channels" too, where nothing else is."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from layerquiz.exam.letters import Letter

OWN: Mapping[str, tuple[str, ...]] = {
    "filters": ("C_out", "F", "N", "C_o", "C_2", "M", "filters", "n_filters", "out_channels", "n_out", "num_filters"),
    "channels": ("C_out", "C_o", "C_2", "out_channels", "output_channels"),
    "kernel": ("K", "kernel", "kernel_size", "filter_size", "k_s"),
    "stride": ("S", "stride"),
    "padding": ("P", "padding", "pad"),
    "dilation": ("D", "dilation"),
    "groups": ("G", "groups"),
    "units": ("F_out", "N_out", "n_out", "N", "M", "U", "units", "neurons", "out_features", "d_out", "D_out"),
    "multiplier": ("M", "multiplier", "D", "depth_multiplier"),
    "heads": ("h", "heads", "num_heads", "n_heads"),
    "embedding": ("d", "d_model", "D", "embedding"),
    "vocabulary": ("V", "vocabulary", "vocab"),
    "height": ("H_out", "H_o", "H_2"),
    "width": ("W_out", "W_o", "W_2"),
}
"""Names of a layer's own letters, beside their signs."""

BEFORE: Mapping[str, tuple[str, ...]] = {
    "channels": ("C", "C_i", "C_1", "channels", "in_channels", "input_channels", "n_in"),
    "features": ("N_in", "n_in", "N", "I", "in_features", "features", "d_in", "D_in", "inputs"),
    "height": ("H_in", "H_i", "H_1", "height", "N", "n", "N_in", "n_in", "I", "i"),
    "width": ("W_in", "W_i", "W_1", "width", "N", "n", "N_in", "n_in", "I", "i"),
    "length": ("L_in", "length", "N", "n", "N_in", "n_in", "T", "I", "i"),
    "depth": ("D_in", "depth"),
    "tokens": ("tokens", "N", "n", "L"),
}
"""Names of what a layer takes in."""

AXES = ("H", "W", "D", "L", "1", "2", "3", "x", "y")
"""Subscripts of a key that is the same along every axis: K_H and K_W are K."""


def aliases(letters: Sequence[Letter], read: Collection[str] = ()) -> dict[str, str]:
    """Return the sign of the letter that each name stands for; `read` are the signs in the right formula.

    A sign is always its own; of other names those that could be two letters are no names, and letters of the right
    formula come before those that it does not need. Names in other cases follow where they are free.
    """
    found = {letter.sign: letter.sign for letter in letters}
    for ranked in (_named, _joined, _in_any_case):
        for group in (tuple(x for x in letters if x.sign in read), tuple(letters)):
            _add(found, ((name, letter.sign) for letter in group for name in ranked(letter, letters, read)))
    return found


def _add(found: dict[str, str], claims: Iterator[tuple[str, str]]) -> None:
    """Add the names that only one letter claims and that are not taken."""
    fresh: dict[str, set[str]] = {}
    for name, sign in claims:
        if name not in found:
            fresh.setdefault(name, set()).add(sign)
    found.update({name: next(iter(signs)) for name, signs in fresh.items() if len(signs) == 1})


def _named(letter: Letter, letters: Sequence[Letter], read: Collection[str]) -> Iterator[str]:
    """Yield the usual names of a letter."""
    base, _, axis = letter.ref.name.partition(".")
    yield from (OWN if letter.own else BEFORE).get(base, ())
    if base == "kernel" and not any(other.sign in read for other in letters if other.ref.name == "filters"):
        yield from ("F", "f")  # as in lectures that call the filter's size so; no filters are counted here
    if letter.own and not axis and base in ("kernel", "stride", "padding", "dilation"):
        yield from (f"{letter.sign}_{index}" for index in AXES)


def _joined(letter: Letter, letters: Sequence[Letter], read: Collection[str]) -> Iterator[str]:
    """Yield the names without the sign of a subscript: Cin."""
    for name in (letter.sign, *_named(letter, letters, read)):
        if name == f"{letter.sign}_{name[-1]}":
            continue  # K2 may be K to the power of 2
        yield name.replace("_", "")
        yield name.replace("_", "").replace(",", "")


def _in_any_case(letter: Letter, letters: Sequence[Letter], read: Collection[str]) -> Iterator[str]:
    """Yield the names with small and with capital letters."""
    for name in (letter.sign, *_named(letter, letters, read), *_joined(letter, letters, read)):
        yield from (name.lower(), name.upper(), name[:1].lower() + name[1:], name[:1].upper() + name[1:])
