"""Layers of an imported model put together where people write one: attention, a last step, a pool to features."""

from __future__ import annotations

from typing import Any

from layerquiz.network.importing.draft import cannot
from layerquiz.network.importing.torch.writing import Writing

RECURRENT = ("rnn", "lstm", "gru")
POOLS = ("globalavgpool", "globalmaxpool")
PLAIN_DENSE = {"kind", "name", "from", "units", "bias", "trainable"}


def tidied(writing: Writing) -> None:
    """Put layers of the draft together; what is asked of the model's parameters and shapes stays."""
    Tidying(writing).run()


class Tidying:
    """The layers of a draft by name, and who takes what."""

    def __init__(self, writing: Writing) -> None:
        self.writing = writing
        self.layers: dict[str, dict[str, Any]] = {layer["name"]: layer for layer in writing.draft.layers}
        self.takers: dict[str, list[dict[str, Any]]] = {name: [] for name in self.layers}
        for layer in writing.draft.layers:
            for source in layer["from"]:
                self.takers.setdefault(source, []).append(layer)

    def run(self) -> None:
        """Go through all layers once."""
        for layer in list(self.layers.values()):
            if layer["kind"] in RECURRENT:
                self._last_step(layer)
            elif layer["kind"] == "flatten":
                self._pooled(layer)
            elif layer["kind"] == "dotattention":
                self._attention(layer)
        self.writing.draft.layers[:] = self.layers.values()
        for layer in self.layers.values():
            if layer["kind"] == "dotattention":
                self._alike(layer)

    def _alike(self, layer: dict[str, Any]) -> None:
        """Refuse attention whose queries share keys, where it is not written with its projections."""
        query, key = self.writing.widths[layer["name"]]
        if query != key:
            what = "its heads share keys, and its projections are no dense layers that all have a bias or none"
            raise cannot(
                self.writing.accounts[layer["name"]].where, what, "Only an attention layer has groups of heads"
            )

    def _last_step(self, layer: dict[str, Any]) -> None:
        takers = self.takers[layer["name"]]
        if takers and all(taker["kind"] == "select" for taker in takers):
            layer["sequences"] = False
            self.writing.accounts[layer["name"]].shape = self._shape(layer)[-1:]
            for taker in list(takers):
                self._gone(taker, layer)

    def _pooled(self, layer: dict[str, Any]) -> None:
        (source,) = layer["from"]
        before = self.layers.get(source)
        if before and before["kind"] in POOLS and before.get("keepdims") and len(self.takers[source]) == 1:
            del before["keepdims"]
            if source in self.writing.accounts:
                self.writing.accounts[source].shape = self._shape(before)[:1]
            self._gone(layer, before)

    def _shape(self, layer: dict[str, Any]) -> tuple[int, ...]:
        account = self.writing.accounts.get(layer["name"])
        return (account.shape if account else None) or ()

    def _gone(self, layer: dict[str, Any], instead: dict[str, Any]) -> None:
        """Take a layer out; who takes it takes another one."""
        name, other = layer["name"], instead["name"]
        del self.layers[name]
        self.writing.accounts.pop(name, None)
        self.takers[other] = [taker for taker in self.takers[other] if taker is not layer]
        for taker in self.takers.pop(name):
            taker["from"] = [other if source == name else source for source in taker["from"]]
            self.takers[other].append(taker)

    def _attention(self, layer: dict[str, Any]) -> None:
        """Put attention and the dense layers around it together, where each has a bias or none has."""
        takers = self.takers[layer["name"]]
        made = self._projections(layer)
        if not made or len(takers) != 1 or not self._is_plain(takers[0]):
            return
        (output, inner) = (takers[0], [*{dense["name"]: dense for dense, _ in made}.values()])
        if (
            len({dense.get("bias", True) for dense in (*inner, output)}) > 1
            or len({*map(_trains, (*inner, output))}) > 1
        ):
            return
        sources = [dense["from"][0] for dense, _ in made]
        heads, widths = self.writing.heads[layer["name"]], [units for _, units in made]
        features = self._inputs(made[0][0])
        each = widths[0] // heads
        keys: dict[str, Any] = {"heads": heads}
        keys |= {"kv_heads": widths[1] // each} if widths[1] != widths[0] else {}
        groups = keys.get("kv_heads", heads)
        keys |= {"features": output["units"]} if output["units"] != features else {}
        keys |= {"head_features": each} if each * heads != output["units"] else {}
        keys |= {"value_features": widths[2] // groups} if widths[2] // groups != each else {}
        keys |= {"bias": False} if not output.get("bias", True) else {}
        keys |= {"trainable": False} if not _trains(output) else {}
        count = 3 if sources[2] != sources[1] else 2 if sources[1] != sources[0] else 1
        self._put(layer, output, inner, sources[:count], keys)

    def _put(
        self, layer: dict[str, Any], output: dict[str, Any], inner: list[dict[str, Any]], sources: list[str], keys: Any
    ) -> None:
        """Write attention in place of the last of its layers, and take out the others."""
        accounts, names = self.writing.accounts, [dense["name"] for dense in (*inner, output)]
        held = tuple(parameter for name in names for parameter in accounts[name].parameters)
        name = self._named(layer["name"])
        shape = accounts[output["name"]].shape
        self.takers[name] = self.takers.pop(output["name"])
        for taker in self.takers[name]:
            taker["from"] = [name if source == output["name"] else source for source in taker["from"]]
        gone = {layer["name"], *names, *(source for source in layer["from"] if self.layers[source]["kind"] == "slice")}
        written = {"kind": "attention", "name": name, "from": sources, **keys}
        for source in sources:
            self.takers[source] = [taker for taker in self.takers.get(source, []) if taker["name"] not in gone] + [
                written
            ]
        order = [written if one["name"] == output["name"] else one for one in self.layers.values()]
        self.layers = {one["name"]: one for one in order if one["name"] not in gone}
        account = accounts[layer["name"]]
        for gone_name in gone:
            accounts.pop(gone_name, None)
        account.layer, account.parameters, account.shape = name, held, shape
        accounts[name] = account

    def _named(self, name: str) -> str:
        """Return a name for attention: that of the module in which it stands."""
        short = name.partition("_dotattention")[0]
        if name != short and short not in self.layers:
            return short
        return name.replace("dotattention", "attention")

    def _projections(self, layer: dict[str, Any]) -> list[tuple[dict[str, Any], int]]:
        """Return the dense layers that queries, keys and values come from, and how many features each gives."""
        sources = layer["from"]
        found = [self.layers.get(source) for source in sources]
        if any(one is None or len(self.takers[one["name"]]) != 1 for one in found) or len({*sources}) < 3:
            return []
        parts = [one for one in found if one is not None]
        if all(one["kind"] == "slice" and not one.get("axis") for one in parts):
            (whole, *others) = {one["from"][0] for one in parts}
            dense = self.layers.get(whole)
            is_split = dense and not others and self._is_plain(dense) and len(self.takers[whole]) == len(parts)
            if dense is None or not is_split or sum(one["size"] for one in parts) != dense["units"]:
                return []
            return [(dense, one["size"]) for one in parts]
        return [(one, one["units"]) for one in parts] if all(map(self._is_plain, parts)) else []

    def _is_plain(self, layer: dict[str, Any]) -> bool:
        """Say whether a layer is dense, acts on a sequence, and has all of its parameters for itself."""
        name = layer["name"]
        is_own = not any(name in (other.get("shares"), other.get("tied")) for other in self.layers.values())
        return layer["kind"] == "dense" and layer.keys() <= PLAIN_DENSE and is_own and len(self._shape(layer)) == 2

    def _inputs(self, dense: dict[str, Any]) -> int:
        """Return the features that a dense layer gets, as its weights say."""
        weights = max(parameter.numel() for parameter in self.writing.parameters[dense["name"]])
        return int(weights // dense["units"])


def _trains(layer: dict[str, Any]) -> bool:
    return bool(layer.get("trainable", True))
