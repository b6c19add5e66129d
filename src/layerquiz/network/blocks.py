"""Blocks: layers that are written once and stand in a network many times, each copy under names of its own.

A network with blocks is laid out as one list of layers, each with its whole name (`stage3.block2.conv1`) and inputs.
Inside a block `input` is what the block takes, and a name means the nearest layer of that name: the block's own, then
those around it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from layerquiz.errors import FormulaError, NetworkError, nearest
from layerquiz.network.keys import checked
from layerquiz.network.layer import Path, is_name, located
from layerquiz.network.layers.base import Kind, RefusedKeyError
from layerquiz.network.notation import named, shown
from layerquiz.network.scope import COPY, MOST_LAYERS, Scope, is_block, labels_of
from layerquiz.record import record

DEEPEST = 20


class BlockKeys(BaseModel):
    """Keys of layers that stand together: written here, or a block by its name; once, or repeated.

    shares: another block of the same layers whose parameters it uses; shared: all copies use those of the first.
    output: the layer whose output the block gives; the last unless it is named.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    name: str | None = None
    source: str | list[str] | None = Field(default=None, alias="from")
    block: str | None = None
    layers: list[Any] | None = None
    repeat: Annotated[int, Field(ge=1, le=MOST_LAYERS)] | None = None
    shared: bool = False
    shares: str | None = None
    trainable: bool = True
    output: str | None = None


KEYS = tuple(info.alias or name for name, info in BlockKeys.model_fields.items())


class DefinitionKeys(BaseModel):
    """Keys of a named block; arguments: their names, or a mapping to what each is unless a use says otherwise."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    arguments: list[str] | dict[str, Any] = {}
    layers: list[Any]
    output: str | None = None


@record
class Entry:
    """One layer as written, where it stands in the notation, and its whole name; "" where its own is the whole."""

    mapping: Any
    path: Path
    name: str = ""


@record
class Layout:
    """All layers of a network in one list; `outputs` says of each block which layer's output it gives.

    definitions: under which name a block is defined, of those that are.
    """

    entries: Sequence[Entry]
    outputs: Mapping[str, str] = field(default_factory=dict)
    definitions: Mapping[str, str] = field(default_factory=dict)


def laid_out(spec: Mapping[str, Any], kinds: Mapping[str, Kind]) -> Layout:
    """Return a network's layers as one list; without blocks it is the list as written."""
    written = spec.get("layers")
    if not isinstance(written, list) or not written:
        raise located(NetworkError(f"layers is a list of layers; found {shown(written)}", slug="no-layers"), "layers")
    if "blocks" not in spec and not any(is_block(entry) for entry in written):
        return Layout([Entry(mapping, ("layers", place)) for place, mapping in enumerate(written)])
    work = _LayingOut(_definitions(spec.get("blocks", {})), kinds)
    work.fill(written, ("layers",), Scope())
    for entry in work.entries:
        work.connect(entry)
    return Layout(work.entries, work.outputs, work.defined)


def _definitions(written: Any) -> dict[str, DefinitionKeys]:
    if not isinstance(written, Mapping):
        cure = "Allowed: a mapping from names to blocks"
        raise located(NetworkError(f"blocks is {shown(written)}", cure=cure, slug="blocks"), "blocks")
    return {name: _definition(name, mapping) for name, mapping in written.items()}


def _definition(name: Any, mapping: Any) -> DefinitionKeys:
    called, path = f'block "{named(name)}"', ("blocks", named(name))
    if not is_name(name) or not isinstance(mapping, Mapping):
        what = f"it is {shown(mapping)}" if is_name(name) else "a name has letters, digits and _"
        raise located(NetworkError(what, where=called, cure="A block has a name and layers", slug="blocks"), *path)
    keys: DefinitionKeys = _checked(DefinitionKeys, mapping, path, called)
    for argument in keys.arguments:
        if not is_name(argument) or argument in (*KEYS, "kind"):
            cure = "Use letters, digits and _, and none of input, total, kind, " + ", ".join(KEYS)
            error = NetworkError(f'"{argument}" cannot be an argument', where=called, cure=cure, slug="bad-name")
            raise located(error, *path, "arguments")
    return keys


def _checked(model: type[BaseModel], mapping: Mapping[str, Any], path: Path, called: str) -> Any:
    try:
        return checked(model, mapping)
    except RefusedKeyError as refused:
        raise located(refused.at(called), *path, refused.key) from None  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class _Body:
    """What a block's copies are made of."""

    keys: BlockKeys
    layers: list[Any]
    path: Path
    arguments: Mapping[str, Any] | None
    output: str | None


class _LayingOut:
    """The work of laying out: layers and outputs so far, and the named blocks that are being copied."""

    def __init__(self, definitions: Mapping[str, DefinitionKeys], kinds: Mapping[str, Kind]) -> None:
        self.definitions, self.kinds = definitions, kinds
        self.entries: list[Entry] = []
        self.outputs: dict[str, str] = {}
        self.defined: dict[str, str] = {}
        self.copying: list[str] = []

    def fill(self, written: list[Any], path: Path, scope: Scope) -> tuple[str, ...]:
        """Lay out the entries of one scope; return what the last of them gives, nothing behind a parameter."""
        previous = scope.inputs
        place = 0
        try:
            labels: list[list[str]] = []
            number = 0
            for place, names in enumerate(labels_of(written, scope)):
                number += len(names)
                _check_room(scope.copies * number, (*path, place))
                labels.append(names)
            scope.names = frozenset(name for names in labels for name in names)
            self._check_names(labels, path, scope)
            for place, (mapping, names) in enumerate(zip(written, labels, strict=True)):
                lay = self._block if is_block(mapping) else self._layer
                previous = lay(mapping, names, (*path, place), scope, previous)
        except FormulaError as error:
            refused = NetworkError(error.what, where=error.where, why=error.why, cure=error.cure, slug=error.slug)
            raise located(refused.at(_called(scope, place)), *path, place) from None  # type: ignore[arg-type]
        return previous

    def _check_names(self, labels: list[list[str]], path: Path, scope: Scope) -> None:
        seen = set(scope.given) if len(scope.inputs) > 1 else set()
        for place, names in enumerate(labels):
            doubled = next((name for name in names if name and name in seen), None)
            if doubled:
                error = NetworkError(f'the name "{scope.prefix}{doubled}" is taken', where=_called(scope, place))
                error.slug = "doubled-name"
                raise located(error, *path, place, "name")
            seen.update(names)

    def _layer(
        self, mapping: Any, names: list[str], path: Path, scope: Scope, previous: tuple[str, ...]
    ) -> tuple[str, ...]:
        """Lay out one layer; what is wrong with its own entries is for the check of all layers to say."""
        _check_room(len(self.entries) + 1, path)
        (name,) = names
        if not name or "kind" not in mapping:
            self.entries.append(Entry(mapping, path))
            return previous
        found = {key: scope.filled(entry) for key, entry in mapping.items()}
        kind = self.kinds.get(found["kind"]) if isinstance(found["kind"], str) else None
        takes_none = kind is not None and kind.inputs[1] == 0
        if found.get("from") is not None:
            found["from"] = scope.sources(found["from"])
        elif previous and not takes_none:
            found["from"] = list(previous)
        found |= {key: scope.sources(found[key]) for key in ("shares", "tied") if found.get(key) is not None}
        if scope.lender:
            found.setdefault("shares", scope.lender + name)
        if not scope.trainable:
            found["trainable"] = False
        self.entries.append(Entry(found, path, scope.prefix + name))
        return () if takes_none else (scope.prefix + name,)

    def connect(self, entry: Entry) -> None:
        """Put the layers that blocks end with in place of the blocks' names."""
        written = entry.mapping.get("from") if entry.name else None
        if isinstance(written, str):
            entry.mapping["from"] = self._ended(written)
        elif isinstance(written, list):
            entry.mapping["from"] = [self._ended(name) for name in written]

    def _ended(self, name: Any) -> Any:
        while isinstance(name, str) and name in self.outputs:
            name = self.outputs[name]
        return name

    def _block(
        self, mapping: Mapping[str, Any], names: list[str], path: Path, scope: Scope, previous: tuple[str, ...]
    ) -> tuple[str, ...]:
        """Lay out all copies of a block, each behind the one before; a repeated one with a name holds its copies."""
        called = _called(scope, path[-1])
        if names == [""]:
            error = NetworkError(f"the name {shown(mapping['name'])} is not a name", where=called, slug="bad-name")
            raise located(error, *path, "name")
        if scope.depth >= DEEPEST:
            error = NetworkError(f"blocks stand more than {DEEPEST} deep", where=called, slug="too-deep")
            raise located(error, *path)
        body = self._body(mapping, path, scope, called)
        keys = body.keys
        inputs = previous if keys.source is None else scope.inputs_of(keys.source)
        lender = self._lender(keys.shares, scope, path, called) if keys.shares else ""
        if keys.repeat is None or keys.name is None:
            return self._copies(names, body, scope, inputs, lender)
        holder = scope.within(names[0], inputs, scope.arguments)
        copies = [f"{COPY}{number}" for number in range(1, keys.repeat + 1)]
        holder.names, holder.lender = frozenset(copies), lender or holder.lender
        given = self._copies(copies, body, holder, inputs, "")
        self.outputs[holder.prefix[:-1]] = given[0]
        return given

    def _lender(self, written: str, scope: Scope, path: Path, called: str) -> str:
        """Return the beginning of the names of the layers of the block that is shared with, which stands before."""
        whole = scope.whole(written)
        if whole not in self.outputs:
            what, cure = f'found "{written}", which is no block before it', nearest(whole, self.outputs)
            where = f'{called}, key "shares"'
            raise located(NetworkError(what, where=where, cure=cure, slug="unknown-layer"), *path, "shares")
        return f"{whole}."

    def _copies(
        self, names: Sequence[str], body: _Body, scope: Scope, inputs: tuple[str, ...], lender: str
    ) -> tuple[str, ...]:
        """Lay out copies one behind the other."""
        for number, name in enumerate(names):
            copy = scope.within(name, inputs, body.arguments)
            copy.trainable = copy.trainable and body.keys.trainable
            lent = f"{scope.prefix}{names[0]}." if body.keys.shared and number else lender
            copy.lender = lent or copy.lender
            copy.copies *= len(names)
            before = len(self.entries)
            inputs = self._copy(body, copy)
            # All copies are as long as the first: what would be too long is refused before it is laid out.
            _check_room(copy.copies * (len(self.entries) - before), body.path)
        return inputs

    def _copy(self, body: _Body, scope: Scope) -> tuple[str, ...]:
        """Lay out one copy; return what it gives."""
        name = body.keys.block
        if name in self.copying:
            circle = " uses ".join([*self.copying[self.copying.index(name) :], name])
            raise located(NetworkError(f"the blocks go round in a circle: {circle}", slug="cycle"), "blocks", name)
        self.copying += [name] if name else []
        self.defined |= {scope.prefix[:-1]: name} if name else {}
        given = self.fill(body.layers, body.path, scope)
        del self.copying[len(self.copying) - bool(name) :]
        called = f'block "{scope.prefix[:-1]}"'
        if body.output is not None:
            if body.output not in scope.names:
                what, cure = f'its output "{body.output}" is no layer of it', nearest(body.output, scope.names)
                raise located(NetworkError(what, where=called, cure=cure, slug="unknown-layer"), *body.path[:-1])
            given = (scope.prefix + body.output,)
        if len(given) != 1:
            what, cure = "its last layer takes no input", "Name the layer whose output it gives: output: NAME"
            raise located(NetworkError(what, where=called, cure=cure, slug="no-output"), *body.path)
        self.outputs[scope.prefix[:-1]] = given[0]
        return given

    def _body(self, mapping: Mapping[str, Any], path: Path, scope: Scope, called: str) -> _Body:
        """Return what a use of a block says, checked."""
        used = scope.filled(mapping.get("block"))
        if isinstance(used, str) and used not in self.definitions:
            what, cure = f'there is no block "{used}"', nearest(used, self.definitions)
            raise located(NetworkError(what, where=called, cure=cure, slug="unknown-block"), *path, "block")
        definition = self.definitions.get(used) if isinstance(used, str) else None
        arguments = dict.fromkeys(definition.arguments) if definition else {}
        written = {key: found if key == "layers" else scope.filled(found) for key, found in mapping.items()}
        try:
            _check_keys(written, arguments)
            keys: BlockKeys = checked(BlockKeys, {key: found for key, found in written.items() if key in KEYS})
            _check_use(keys, definition)
            if definition is None:
                return _Body(keys, keys.layers or [], (*path, "layers"), scope.arguments, keys.output)
            filled = _arguments(definition, written)
        except RefusedKeyError as refused:
            raise located(refused.at(called), *path, refused.key) from None  # type: ignore[arg-type]
        return _Body(keys, definition.layers, ("blocks", used, "layers"), filled, keys.output or definition.output)


def _check_room(number: int, path: Path) -> None:
    if number > MOST_LAYERS:
        cure = f"Allowed are {MOST_LAYERS:,}"
        raise located(NetworkError("the blocks make too many layers", cure=cure, slug="too-large"), *path)


def _called(scope: Scope, place: Any) -> str:
    """Return how a message calls an entry of a scope."""
    inside = f'block "{scope.prefix[:-1]}", ' if scope.prefix else ""
    return f"{inside}layer {place + 1}"


def _check_keys(written: Mapping[str, Any], arguments: Mapping[str, Any]) -> None:
    for key in written:
        if key not in KEYS and key not in arguments:
            cure = nearest(named(key), [*KEYS, *arguments])
            raise RefusedKeyError(named(key), f'there is no key "{named(key)}"', cure, "unknown-key")


def _check_use(keys: BlockKeys, definition: DefinitionKeys | None) -> None:
    """Refuse a use that has no layers, or says what cannot be meant."""
    if (keys.block is None) == (keys.layers is None):
        what = "both block and layers are given" if keys.layers is not None else "a block needs layers"
        raise RefusedKeyError("layers", what, "Give layers, or the name of a block", "block-or-layers")
    if not (definition or keys).layers:
        raise RefusedKeyError("layers", "the block has no layers", "Write at least one", "no-layers")
    if keys.shares and keys.repeat is not None and keys.name is None:
        raise RefusedKeyError("shares", "copies without a name cannot share", "Give the block a name", "wrong-loan")


def _arguments(definition: DefinitionKeys, written: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the values of a block's arguments: what the use says, else what the block says, in its order."""
    defaults = definition.arguments if isinstance(definition.arguments, dict) else dict.fromkeys(definition.arguments)
    filled: dict[str, Any] = {}
    for name, default in defaults.items():
        found = written.get(name)
        if found is None:
            found = Scope(arguments=filled).filled(default)
        if found is None:
            raise RefusedKeyError(name, f'the argument "{name}" is missing', "The block says no other", "missing-key")
        filled[name] = found
    return filled
