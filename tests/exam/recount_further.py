"""Recounts a drawn network with sequences, branches and blocks in plain arithmetic; shares no code with layerquiz."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from math import ceil, prod

AXES = ("length", "depth", "height", "width")
GATES = {"rnn": 1, "gru": 3, "lstm": 4}
BYTES = {"": 4, "float32": 4, "float16": 2, "bfloat16": 2}
STATES = {"adam": 2}
SUMMED = ("weights", "biases", "statistics", "macs", "cached")


@dataclass
class Counted:
    """What one layer gives and costs."""

    sizes: dict
    weights: int = 0
    biases: int = 0
    statistics: int = 0
    macs: int = 0
    cached: int = 0
    told: dict = field(default_factory=dict)


def per_axis(found, axes):
    return dict(zip(axes, found, strict=True)) if isinstance(found, list) else dict.fromkeys(axes, found)


def axes_of(sizes):
    return [axis for axis in AXES if axis in sizes]


def windows(layer, sizes, pool):
    """Count the windows along each axis by setting them down one after the other."""
    axes, found = axes_of(sizes), {}
    kernel = per_axis(layer["kernel"], axes)
    stride = per_axis(layer.get("stride", layer["kernel"] if pool else 1), axes)
    padding = layer.get("padding", 0)
    for axis in axes:
        if padding == "same":
            found[axis] = ceil(sizes[axis] / stride[axis])
            continue
        front = 0 if padding == "valid" else per_axis(padding, axes)[axis]
        starts = range(-front, sizes[axis] + front, stride[axis])
        if layer.get("ceil"):
            found[axis] = sum(
                start < sizes[axis] and start - stride[axis] + kernel[axis] < sizes[axis] + front for start in starts
            )
        else:
            found[axis] = sum(start + kernel[axis] <= sizes[axis] + front for start in starts)
    return kernel, found


def convolution(layer, inputs, _):
    (sizes,) = inputs
    kernel, places = windows(layer, sizes, pool=False)
    depthwise = layer["kind"].startswith("depthwise")
    groups = sizes["channels"] if depthwise else layer.get("groups", 1)
    filters = sizes["channels"] if depthwise else layer["filters"]
    weights = sum(sizes["channels"] // groups * prod(kernel.values()) for _ in range(filters))
    shape = (filters, sizes["channels"] // groups, *kernel.values())
    return Counted(
        {"channels": filters, **places},
        weights,
        biased(layer, filters),
        macs=weights * prod(places.values()),
        told={"weight_shape": shape},
    )


def transposed(layer, inputs, conventions):
    """Each input number reaches a kernel of outputs; under Keras at least a stride of them, with "same" just that."""
    (sizes,) = inputs
    kernel, stride, padding = layer["kernel"], layer["stride"], layer.get("padding", 0)
    reach = max(kernel, stride) if conventions.name == "keras" else kernel
    given = {
        axis: sizes[axis] * stride if padding == "same" else (sizes[axis] - 1) * stride + reach
        for axis in axes_of(sizes)
    }
    weights = kernel ** len(given) * sizes["channels"] * layer["filters"]
    places = prod(sizes[axis] for axis in given)
    return Counted(
        {"channels": layer["filters"], **given}, weights, biased(layer, layer["filters"]), macs=weights * places
    )


def biased(layer, number):
    return number if layer.get("bias", True) else 0


def pooled(layer, inputs, _):
    (sizes,) = inputs
    return Counted({**sizes, **windows(layer, sizes, pool=True)[1]})


def padded(layer, inputs, _):
    (sizes,) = inputs
    added = {axis: sum(sides) for axis, sides in zip(axes_of(sizes), layer["padding"], strict=True)}
    return Counted({**sizes, **{axis: sizes[axis] + more for axis, more in added.items()}})


def dense(layer, inputs, conventions):
    sizes, *lender = inputs
    units = lender[0]["vocabulary"] if lender else layer["units"]
    weights = sizes["features"] * units
    kept = 0 if lender else weights
    return Counted(
        {**sizes, "features": units},
        kept,
        biased(layer, units),
        macs=weights * sizes.get("tokens", 1),
        told={"weight_shape": (units, sizes["features"])},
    )


def normalised(layer, inputs, conventions):
    (sizes,) = inputs
    each = sizes.get("channels", sizes.get("features"))
    stored = 2 * each if layer["kind"] == "batchnorm" and conventions.stored_statistics else 0
    return Counted(dict(sizes), each, each, stored)


def joined(layer, inputs, _):
    axis = layer.get("axis", "channels")
    return Counted({**inputs[0], axis: sum(sizes[axis] for sizes in inputs)})


def learned(layer, _, __):
    tokens, features = layer["shape"]
    return Counted({"tokens": tokens, "features": features}, tokens * features)


def embedded(layer, inputs, _):
    kept = {} if layer["kind"] == "embeddingbag" else {"tokens": inputs[0]["tokens"]}
    return Counted({**kept, "features": layer["features"]}, layer["vocabulary"] * layer["features"])


def placed(layer, inputs, _):
    (sizes,) = inputs
    return Counted(dict(sizes), sizes["tokens"] * sizes["features"])


def recurrent(layer, inputs, conventions):
    """One direction of one layer at a time."""
    (sizes,) = inputs
    gates, units, directions = GATES[layer["kind"]], layer["units"], 2 if layer.get("bidirectional") else 1
    state = layer.get("projection") or units
    after = layer.get("reset_after")
    after = conventions.reset_after if after is None else after
    vectors = 2 if conventions.two_recurrent_biases or (layer["kind"] == "gru" and after) else 1
    weights = biases = 0
    taken = sizes["features"]
    for _ in range(layer.get("layers", 1)):
        for _ in range(directions):
            weights += gates * units * taken + gates * units * state + (units * state if state != units else 0)
            biases += vectors * gates * units
        taken = directions * state
    steps = {"tokens": sizes["tokens"]} if layer.get("sequences", True) else {}
    return Counted({**steps, "features": taken}, weights, biases, macs=weights * sizes["tokens"])


def attended(layer, inputs, _):
    """Count query, key, value and output projections one by one, then both products of every pair of tokens."""
    query, memory = inputs[0], inputs[-1]
    heads, width = layer["heads"], query["features"]
    groups, each = layer.get("kv_heads", heads), layer.get("head_features", width // heads)
    made = [(query, heads * each), (memory, groups * each), (memory, groups * each)]
    weights = sum(source["features"] * outputs for source, outputs in made) + heads * each * width
    macs = sum(source["tokens"] * source["features"] * outputs for source, outputs in made)
    macs += query["tokens"] * heads * each * width + 2 * query["tokens"] * memory["tokens"] * heads * each
    biases = biased(layer, heads * each + 2 * groups * each + width)
    return Counted(
        {"tokens": query["tokens"], "features": width},
        weights,
        biases,
        macs=macs,
        cached=2 * memory["tokens"] * groups * each,
        told={"head_features": each},
    )


def encoded(layer, inputs, conventions):
    """An attention, two dense layers and two normalisations."""
    attention = attended({"kind": "attention", "heads": layer["heads"]}, inputs, conventions)
    up = dense({"units": layer["feedforward"]}, [attention.sizes], conventions)
    down = dense({"units": inputs[0]["features"]}, [up.sizes], conventions)
    norm = normalised({"kind": "layernorm"}, [attention.sizes], conventions)
    parts = (attention, up, down, norm, norm)
    sums = {name: sum(getattr(part, name) for part in parts) for name in ("weights", "biases", "macs")}
    return Counted(attention.sizes, **sums)


def multiplied(_, inputs, __):
    """One number for each pair of tokens."""
    first, second = inputs
    pairs = first["tokens"] * second["tokens"]
    return Counted({"tokens": first["tokens"], "features": second["tokens"]}, macs=pairs * first["features"])


RULES = {
    "conv": convolution,
    "depthwiseconv": convolution,
    "convtranspose": transposed,
    "maxpool": pooled,
    "avgpool": pooled,
    "globalavgpool": lambda _, inputs, __: Counted({"features": inputs[0]["channels"]}),
    "flatten": lambda _, inputs, __: Counted({"features": prod(inputs[0].values())}),
    "activation": lambda _, inputs, __: Counted(dict(inputs[0])),
    "add": lambda _, inputs, __: Counted(dict(inputs[0])),
    "select": lambda _, inputs, __: Counted({"features": inputs[0]["features"]}),
    "tokens": lambda _, inputs, __: Counted(
        {"tokens": inputs[0]["height"] * inputs[0]["width"], "features": inputs[0]["channels"]}
    ),
    "zeropad": padded,
    "dense": dense,
    "batchnorm": normalised,
    "layernorm": normalised,
    "concat": joined,
    "parameter": learned,
    "embedding": embedded,
    "embeddingbag": embedded,
    "positionembedding": placed,
    **dict.fromkeys(GATES, recurrent),
    "attention": attended,
    "encoderlayer": encoded,
    "dot": multiplied,
}
VIEWS = ("activation", "flatten")


def recount(drawn, conventions):
    """Return the values of every quantity that a template may ask, by dotted name."""
    sizes = dict(drawn["input"])
    work = Recount(conventions, sizes.pop("batch", 1))
    work.given["input"] = sizes
    work.layers(drawn["layers"], "", "input")
    whole = work.sums("")
    whole["activations"] = prod(sizes.values()) + sum(work.stored)
    return work.found | {f"total.{name}": number for name, number in work.costs(whole).items()}


class Recount:
    """What is counted so far: the sizes that each layer gives, and all quantities by dotted name."""

    def __init__(self, conventions, batch):
        self.conventions, self.batch = conventions, batch
        self.given, self.counted, self.found, self.stored, self.tables = {}, {}, {}, [], {}

    def layers(self, written, prefix, before):
        """Count a list of layers, blocks among them; `before` is what its first layer and `input` inside take."""
        outer = before
        for layer in written:
            source = layer.get("from", before)
            if "kind" not in layer:
                before = self.block(layer, prefix, self.whole(source, prefix, outer))
            else:
                sources = source if isinstance(source, list) else [source]
                before = self.layer(layer, prefix, [self.whole(name, prefix, outer) for name in sources])
        return before

    def whole(self, name, prefix, outer):
        """Return the whole name of what a name means inside a block."""
        if name == "input":
            return outer
        return name if name in self.given else f"{prefix}{name}"

    def block(self, block, prefix, before):
        """Count the copies of a block one after the other."""
        name = f"{prefix}{block['name']}"
        copies = [f"{name}.block{number}" for number in range(1, block["repeat"] + 1)] if "repeat" in block else [name]
        for copy in copies:
            before = self.layers(block["layers"], f"{copy}.", before)
            self.tell(copy, self.costs(self.sums(f"{copy}.")))
        self.tell(name, self.costs(self.sums(f"{name}.")))
        return before

    def layer(self, layer, prefix, sources):
        """Count one layer and tell all of its quantities."""
        name = f"{prefix}{layer.get('name', layer['kind'])}"
        inputs = [self.given[source] for source in sources] if layer["kind"] != "parameter" else []
        inputs += [self.tables[layer["tied"]]] if "tied" in layer else []
        counted = RULES[re.sub("[123]d$", "", layer["kind"])](layer, inputs, self.conventions)
        if layer["kind"] == "embedding":
            self.tables[name] = {"vocabulary": layer["vocabulary"]}
        self.given[name], self.counted[name] = counted.sizes, counted
        numbers = prod(counted.sizes.values())
        self.stored += [] if layer["kind"] in VIEWS else [numbers]
        sums = {part: getattr(counted, part) for part in SUMMED} | {"activations": numbers}
        sums["moved"] = sum(prod(sizes.values()) for sizes in inputs) + numbers
        self.tell(name, self.costs(sums) | counted.sizes | {"shape": self.in_order(counted.sizes)} | counted.told)
        return name

    def tell(self, owner, numbers):
        """Remember quantities by their dotted names."""
        self.found |= {f"{owner}.{name}": number for name, number in numbers.items()}

    def sums(self, prefix):
        """Add up the layers whose names begin so; what is kept and moved is asked of single layers and the network."""
        inside = [counted for name, counted in self.counted.items() if name.startswith(prefix)]
        return {part: sum(getattr(counted, part) for counted in inside) for part in SUMMED}

    def costs(self, sums):
        """Return what follows from sums: trained in Adam's way, forward and backward."""
        learned = sums["weights"] + sums["biases"]
        parameters = learned + (sums["statistics"] if self.conventions.stored_statistics else 0)
        states = STATES[self.conventions.optimiser] + self.conventions.master_copy
        numbers = sums.get("activations", 0)
        memory = {
            "parameter_bytes": parameters * self.bytes_of("parameter"),
            "gradient_bytes": learned * self.bytes_of("gradient"),
            "optimiser_bytes": states * learned * self.bytes_of("state"),
            "batch_activation_bytes": self.batch * numbers * self.bytes_of("activation"),
        }
        moved = self.batch * sums.get("moved", 0) * self.bytes_of("activation")
        return {
            **{name: sums[name] for name in ("weights", "biases", "macs")},
            "parameters": parameters,
            "trainable": learned,
            "nontrainable": parameters - learned,
            "flops": 2 * sums["macs"],
            "training_flops": 6 * sums["macs"],
            "activations": numbers,
            "activation_bytes": numbers * self.bytes_of("activation"),
            **memory,
            "training_bytes": sum(memory.values()),
            "kv_cache_bytes": self.batch * sums["cached"] * self.bytes_of("activation"),
            "moved_bytes": memory["parameter_bytes"] + moved,
        }

    def bytes_of(self, what):
        """Return the bytes of one parameter, gradient, number of the optimiser or activation."""
        return BYTES[getattr(self.conventions, f"{what}_type") or self.conventions.data_type]

    def in_order(self, sizes):
        """Return a shape as the conventions write it."""
        if "channels" not in sizes:
            return tuple(sizes.values())
        places = [sizes[axis] for axis in axes_of(sizes)]
        return (sizes["channels"], *places) if self.conventions.channels_first else (*places, sizes["channels"])
