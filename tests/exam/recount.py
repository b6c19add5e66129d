"""Recounts a drawn network in plain arithmetic; shares no code with layerquiz."""

from __future__ import annotations

from math import ceil, prod

AXES = ("depth", "height", "width", "length")


def per_axis(found, axes):
    return dict(zip(axes, found, strict=True)) if isinstance(found, list) else dict.fromkeys(axes, found)


def window(size, kernel, stride, padding, axis):
    if padding == "same":
        return ceil(size / stride[axis])
    added = 0 if padding == "valid" else 2 * per_axis(padding, [axis])[axis]
    return (size + added - kernel[axis]) // stride[axis] + 1


def recount(drawn, channels_first=False, stored=False):
    """Return the values of every quantity that a template may ask, by dotted name."""
    sizes = dict(drawn["input"])
    field, jump = 1, 1
    found, total = {}, dict.fromkeys(("weights", "biases", "parameters", "parameter_bytes", "macs"), 0)
    for layer in drawn["layers"]:
        kind, inside = layer["kind"], dict(sizes)
        axes = [axis for axis in AXES if axis in sizes]
        weights = biases = statistics = macs = 0
        if kind.startswith("globalavgpool"):
            sizes = {"features": inside["channels"]}
        elif kind.startswith(("conv", "depthwise")) or "pool" in kind:
            kernel = per_axis(layer["kernel"], axes)
            stride = per_axis(layer.get("stride", layer["kernel"] if "pool" in kind else 1), axes)
            for axis in axes:
                sizes[axis] = window(inside[axis], kernel, stride, layer.get("padding", 0), axis)
            field += (kernel[axes[0]] - 1) * jump
            jump *= stride[axes[0]]
        if kind.startswith("conv"):
            sizes["channels"] = layer["filters"]
            weights = prod(kernel.values()) * inside["channels"] // layer.get("groups", 1) * layer["filters"]
            biases = layer["filters"] if layer.get("bias", True) else 0
            macs = weights * prod(sizes[axis] for axis in axes)
        elif kind.startswith("depthwise"):
            weights = prod(kernel.values()) * inside["channels"]
            biases = inside["channels"] if layer.get("bias", True) else 0
            macs = weights * prod(sizes[axis] for axis in axes)
        elif kind == "flatten":
            sizes = {"features": prod(inside.values())}
        elif kind == "dense":
            sizes = {"features": layer["units"]}
            weights, biases = inside["features"] * layer["units"], layer["units"] if layer.get("bias", True) else 0
            macs = weights
        elif kind == "batchnorm":
            weights = biases = inside["channels"]
            statistics = 2 * inside["channels"] if stored else 0
        rows = {
            **sizes,
            "shape": in_order(sizes, channels_first),
            "weights": weights,
            "biases": biases,
            "parameters": weights + biases + statistics,
            "trainable": weights + biases,
            "nontrainable": statistics,
            "macs": macs,
            "parameter_bytes": 4 * (weights + biases + statistics),
            "activation_bytes": 4 * prod(sizes.values()),
            "receptive_field": field,
            "activations": prod(sizes.values()),
        }
        found |= {f"{layer.get('name', '')}.{name}": number for name, number in rows.items()}
        total = {name: number + rows[name] for name, number in total.items()}
    return found | {f"total.{name}": number for name, number in total.items()}


def in_order(sizes, channels_first):
    axes = [sizes[axis] for axis in AXES if axis in sizes]
    if "channels" not in sizes:
        return tuple(sizes.values())
    return (sizes["channels"], *axes) if channels_first else (*axes, sizes["channels"])
