"""Sequences, learned tensors and norms as PyTorch writes them, channels first."""

from __future__ import annotations

from layerquiz.network.exchange.base import (
    STEP,
    Argument,
    Call,
    Code,
    Place,
    UnwrittenError,
    Write,
    joined,
    literal,
    plain,
    unless,
)
from layerquiz.network.exchange.torch_layers import (
    along_channels,
    behind,
    both,
    finished,
    frozen,
    last,
    module,
)
from layerquiz.network.layers.base import reading_order

RECURRENT = {"rnn": "nn.RNN", "lstm": "nn.LSTM", "gru": "nn.GRU"}


def recurrent(at: Place) -> Code:
    """Return a recurrent layer; PyTorch gives the steps and the last state beside each other."""
    kind, chosen = at.layer.kind.name, at.key("activation") or "tanh"
    if at.key("reset_after") is False:
        raise UnwrittenError("a GRU resets after the product")
    if at.key("merge") == "sum" and at.key("bidirectional"):
        raise UnwrittenError("the directions stand beside each other")
    if chosen not in ("tanh", *(["relu"] if kind == "rnn" else [])):
        raise UnwrittenError(f'its function is not "{chosen}"')
    arguments = (
        at.declared("input_size", "features"),
        plain("hidden_size", at.key("units")),
        *unless("num_layers", at.key("layers"), 1),
        *unless("nonlinearity", chosen, "tanh"),
        *unless("bias", at.key("bias"), True),
        Argument("batch_first", "True"),
        *unless("bidirectional", at.key("bidirectional"), False),
        *unless("proj_size", at.key("projection") or 0, 0),
    )
    steps = "{part}({0})"
    if at.key("sequences"):
        applied = f"{steps}[0]"
    else:
        states = f"{steps}[1]{'[0]' if kind == 'lstm' else ''}"
        both_ways = at.key("bidirectional")
        applied = f"{states}[-2:].transpose(0, 1).flatten(1)" if both_ways else f"{states}[-1]"
    return Code({"": frozen(at, Call(RECURRENT[kind], arguments))}, applied)


def attention(at: Place) -> Code:
    """Return attention with its projections, which are written one by one where their sizes differ."""
    sources = at.layer.sources
    if at.key("lora"):
        raise UnwrittenError("low-rank adapters are in another package")
    if at.key("position_bias"):
        raise UnwrittenError("no module has its position_bias, and which distances share a number is not said")
    keys, values = (1, len(sources) - 1) if len(sources) > 1 else (0, 0)
    for key, place in (("key_input", keys), ("value_input", values)):
        if at.key(key) not in (None, at.size("features", place)):
            raise UnwrittenError(f"its {key} comes from no layer")
    if not has_usual_heads(at):
        return projected(at, keys, values)
    width = at.size("features")
    arguments = (
        at.declared("embed_dim", "features"),
        plain("num_heads", at.key("heads")),
        *unless("bias", at.key("bias"), True),
        *unless("add_bias_kv", at.key("key_value_bias"), False),
        *unless("kdim", at.size("features", keys), width),
        *unless("vdim", at.size("features", values), width),
        Argument("batch_first", "True"),
    )
    call = frozen(at, Call("nn.MultiheadAttention", arguments))
    window = at.key("window")
    if window:
        return Code({"": call}, f"{{part}}(*[{{0}}.reshape(-1, {window}, {width})] * 3)[0].reshape({{0}}.shape)")
    return Code({"": call}, f"{{part}}({{0}}, {{{keys}}}, {{{values}}})[0]")


def has_usual_heads(at: Place) -> bool:
    """Say whether each head has keys and values of its own, and the heads share the features of the queries."""
    heads, width = at.key("heads"), at.size("features")
    sizes = {"head_features": width // heads, "value_features": width // heads, "embedding": width, "kv_heads": heads}
    return all(at.key(name) in (None, usual) for name, usual in sizes.items())


def projected(at: Place, keys: int, values: int) -> Code:
    """Return attention whose queries, keys and values have heads of their own sizes and numbers."""
    if at.key("key_value_bias"):
        raise UnwrittenError("one more key and value stand beside heads that share the queries' features only")
    heads, width = at.key("heads"), at.key("embedding") or at.size("features")
    key = at.key("head_features") or width // heads
    groups, value = at.key("kv_heads") or heads, at.key("value_features") or key
    bias = unless("bias", at.key("bias"), True)
    made = {
        "query": (at.declared("in_features", "features"), plain("out_features", heads * key)),
        "key": (at.declared("in_features", "features", keys), plain("out_features", groups * key)),
        "value": (at.declared("in_features", "features", values), plain("out_features", groups * value)),
        "output": (plain("in_features", heads * value), plain("out_features", width)),
    }
    window = at.key("window")
    cut = f".reshape(-1, {window}, {at.size('features')})" if window else ""
    rows = [
        f"{{part{place}}}({{{source}}}{cut}).unflatten(-1, ({count}, {each})).transpose(1, 2)"
        for place, (source, count, each) in enumerate([(0, heads, key), (keys, groups, key), (values, groups, value)])
    ]
    rows += ["enable_gqa=True"] if groups != heads else []
    body = "".join(f"{STEP * 4}{row},\n" for row in rows)
    joined_heads = f"F.scaled_dot_product_attention(\n{body}{STEP * 3}).transpose(1, 2).flatten(2)"
    back = f".reshape(*{{0}}.shape[:2], {width})" if window else ""
    applied = f"{{part3}}(\n{STEP * 3}{joined_heads}\n{STEP * 2}){back}"
    return Code({name: frozen(at, Call("nn.Linear", (*sizes, *bias))) for name, sizes in made.items()}, applied)


def transformer(at: Place) -> Code:
    """Return a layer of a transformer; a decoder's attends to its input where nothing else is given."""
    which = "Encoder" if at.layer.kind.name == "encoderlayer" else "Decoder"
    chosen = at.key("activation") or "relu"
    if chosen not in ("relu", "gelu"):
        raise UnwrittenError(f'its function is not "{chosen}"')
    arguments = (
        at.declared("d_model", "features"),
        plain("nhead", at.key("heads")),
        Argument("dim_feedforward", literal(at.key("feedforward"))),
        *unless("activation", chosen, "relu"),
        Argument("batch_first", "True"),
        *unless("bias", at.key("bias"), True),
    )
    applied = f"{{part}}({{0}}, {{{len(at.layer.sources) - 1}}})" if which == "Decoder" else ""
    return Code({"": frozen(at, Call(f"nn.Transformer{which}Layer", arguments))}, applied)


def dot_attention(at: Place) -> Code:
    """Return attention by dot products; a learned scale multiplies the queries."""
    count = len(at.layer.sources)
    keys, values = (1, count - 1) if count > 1 else (0, 0)
    query = "{part} * {0}" if at.key("scale") else "{0}"
    parts = {"": parameter_of(at, "1", "ones")} if at.key("scale") else {}
    return Code(parts, f"F.scaled_dot_product_attention({query}, {{{keys}}}, {{{values}}}, scale=1.0)")


def dot(at: Place) -> Code:
    """Return a product of two inputs along an axis."""
    if "tokens" not in at.form():
        return Code({}, "({0} * {1}).sum(dim=-1, keepdim=True)")
    return Code({}, "{0}.transpose(1, 2) @ {1}" if at.key("axis") == "tokens" else "{0} @ {1}.transpose(1, 2)")


def bilinear(at: Place) -> Code:
    """Return a bilinear layer of two inputs."""
    size = last(at)
    arguments = (
        at.declared("in1_features", size),
        at.declared("in2_features", size, 1),
        plain("out_features", at.key("units")),
        *unless("bias", at.key("bias"), True),
    )
    return Code({"": frozen(at, Call("nn.Bilinear", arguments))}, behind(size, "{part}", 2))


def layer_norm(at: Place) -> Code:
    """Return a normalisation over the last axes, as the conventions order them."""
    on_width = at.network.conventions.dense_on_width
    order = at.form() if on_width or not at.is_image else reading_order(at.form())
    axes = at.key("axes")
    count = {"last": 1, "all": len(order)}.get(axes, axes)
    sizes = [at.size(name) for name in (order if count < len(order) else at.form())[-count:]]
    scale, center = at.key("scale"), at.key("center")
    if center and not scale:
        raise UnwrittenError("it has no shift without a scale")
    single = len(sizes) == 1
    shape = at.declared("normalized_shape", order[-1]) if single else plain("normalized_shape", sizes)
    more = unless("elementwise_affine", scale, True)
    more += unless("bias", center, True) if center is not None and scale else ()
    name = "nn.RMSNorm" if at.layer.kind.name == "rmsnorm" else "nn.LayerNorm"
    moved = at.is_image and not on_width and count < len(order)
    applied = "{part}({0}.movedim(1, -1)).movedim(-1, 1)" if moved else ""
    return Code({"": frozen(at, Call(name, (shape, *more)))}, applied)


def group_norm(at: Place) -> Code:
    """Return group normalisation."""
    both(at, "group norm")
    arguments = (
        plain("num_groups", at.key("groups")),
        at.declared("num_channels", at.depth),
        *unless("affine", at.key("scale"), True),
    )
    return along_channels(at, Call("nn.GroupNorm", arguments))


def instance_norm(at: Place) -> Code:
    """Return instance normalisation."""
    both(at, "instance norm")
    arguments = (
        at.declared("num_features", "channels"),
        *unless("affine", at.key("scale"), False),
        *unless("track_running_stats", at.key("statistics"), False),
    )
    return along_channels(at, Call(f"nn.InstanceNorm{len(at.axes)}d", arguments))


def parameter_of(at: Place, sizes: str, fill: str = "zeros") -> Call:
    """Return a learned tensor."""
    return frozen(at, Call("nn.Parameter", (Argument("data", f"torch.{fill}({sizes})", named=False),)))


def parameter(at: Place) -> Code:
    """Return a learned tensor, as often as there are examples in the batch."""
    sizes = [at.given(name) for name in at.output]
    return Code({"": parameter_of(at, joined(sizes))}, f"{{part}}.expand(len({{batch}}), {joined([-1] * len(sizes))})")


def position_embedding(at: Place) -> Code:
    """Return learned vectors that are added to the tokens."""
    tokens, positions = at.size("tokens"), at.key("positions") or at.size("tokens")
    cut = "" if positions == tokens else f"[:{tokens}]"
    return Code({"": parameter_of(at, f"{positions}, {at.size('features')}")}, f"{{0}} + {{part}}{cut}")


def scale(at: Place) -> Code:
    """Return learned factors for all numbers, for channels or for each number, and a shift where one is learned."""
    form = at.form()
    found = at.key("scales")
    sizes = [1] if found == 1 else [at.size(n) if found == "elements" or n == at.depth else 1 for n in form]
    kept = [size for place, size in enumerate(sizes) if found == "elements" or any(s != 1 for s in sizes[: place + 1])]
    shape = joined(kept or [1])
    parts, applied = {"": parameter_of(at, shape, "ones")}, "{0} * {part}"
    if at.key("center"):
        return Code({**parts, "shift": parameter_of(at, shape)}, f"{applied} + {{part1}}")
    return Code(parts, applied)


def slopes(at: Place) -> Code:
    """Return a parametric ReLU."""
    found = at.key("slopes")
    if found == "elements":
        raise UnwrittenError("there is one slope, or one per channel")
    number = at.size(at.depth) if found == "channels" else found
    return along_channels(at, Call("nn.PReLU", unless("num_parameters", number, 1)))


def adaptive_softmax(at: Place) -> Code:
    """Return the logarithms of all classes' probabilities."""
    arguments = (
        at.declared("in_features", "features"),
        plain("n_classes", at.key("units")),
        Argument("cutoffs", f"[{joined(at.key('cutoffs'))}]"),
        *unless("div_value", at.key("division"), 4),
        *unless("head_bias", at.key("bias"), False),
    )
    rows = "{part}.log_prob({0}.flatten(0, 1)).unflatten(0, {0}.shape[:2])"
    applied = rows if "tokens" in at.form() else "{part}.log_prob({0})"
    return Code({"": frozen(at, Call("nn.AdaptiveLogSoftmaxWithLoss", arguments))}, applied)


def summed(at: Place) -> Code:
    """Return Einstein's sum over an input and learned numbers, its letters in the order of the conventions."""
    if not at.network.conventions.channels_first and ("channels" in at.form() or "channels" in at.output):
        raise UnwrittenError("its letters stand for an image whose channels come last")
    equation = at.key("equation")
    (first, kernel), outputs = equation.split("->")[0].split(","), equation.split("->")[1][1:]
    sizes = dict(zip(first[1:], map(at.size, at.form()), strict=True))
    sizes |= dict(zip(outputs, map(at.given, at.output), strict=True))
    parts = {"": parameter_of(at, joined([sizes[letter] for letter in kernel]))}
    applied = f'torch.einsum("{equation}", {{0}}, {{part}})'
    axes = at.key("bias_axes")
    if axes:
        parts["bias"] = parameter_of(at, joined([sizes[letter] if letter in axes else 1 for letter in outputs]))
        applied += " + {part1}"
    made = finished(at, parts, applied)
    return Code({**made.parts, **parts}, made.applied)


def table(name: str) -> Write:
    """Return how a table is written whose rows are looked up."""

    def write(at: Place) -> Code:
        arguments = (plain("num_embeddings", at.key("vocabulary")), plain("embedding_dim", at.key("embedding")))
        return Code({"": frozen(at, Call(name, arguments))})

    return write


def unpool(_: Place) -> Code:
    """Refuse an unpooling, whose places no notation says."""
    raise UnwrittenError("MaxUnpool needs the places of a pool's maxima, which the network does not name")


KINDS: dict[str, Write] = {
    **dict.fromkeys(RECURRENT, recurrent),
    **dict.fromkeys(("encoderlayer", "decoderlayer"), transformer),
    **dict.fromkeys(("layernorm", "rmsnorm"), layer_norm),
    **{f"maxunpool{rank}d": unpool for rank in (1, 2, 3)},
    "attention": attention,
    "dotattention": dot_attention,
    "dot": dot,
    "bilinear": bilinear,
    "groupnorm": group_norm,
    "instancenorm": instance_norm,
    "lrn": module("nn.LocalResponseNorm", "size=size"),
    "parameter": parameter,
    "positionembedding": position_embedding,
    "scale": scale,
    "prelu": slopes,
    "embedding": table("nn.Embedding"),
    "embeddingbag": table("nn.EmbeddingBag"),
    "adaptivesoftmax": adaptive_softmax,
    "einsumdense": summed,
}
"""How each kind is written."""
