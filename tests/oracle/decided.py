"""What each layer of PyTorch and Keras is in the notation, or why it is none: patterns of names, the first counts."""

from __future__ import annotations

import re
from collections.abc import Mapping

LOSSES = "Losses and distances"
CONTAINERS = "Containers and code"
DATA = "Preparation of data"
CELLS = "Cells"
STACKS = "Stacks of layers"
VOLUMES = "ConvLSTM3D"
EACH_STEP = "TimeDistributed"

ACTIVATIONS = (
    "CELU|ELU|GELU|Hardshrink|Hardsigmoid|Hardswish|Hardtanh|LeakyReLU|LogSigmoid|LogSoftmax|Mish|RReLU|ReLU6?|SELU|SiLU"
    "|Sigmoid|Softmax(2d)?|Softmin|Softplus|Softshrink|Softsign|Tanh|Tanhshrink|Threshold"
)

TORCH = {
    "AdaptiveLogSoftmaxWithLoss": "adaptivesoftmax",
    r".*Loss(2d)?|LinearCrossEntropyOptions|CosineSimilarity|PairwiseDistance": LOSSES,
    r"(Lazy)?Conv(?P<rank>\d)d": "conv{rank}d",
    r"(Lazy)?ConvTranspose(?P<rank>\d)d": "convtranspose{rank}d",
    r"MaxPool(?P<rank>\d)d": "maxpool{rank}d",
    r"AvgPool(?P<rank>\d)d": "avgpool{rank}d",
    r"LPPool(?P<rank>\d)d": "lppool{rank}d",
    r"MaxUnpool(?P<rank>\d)d": "maxunpool{rank}d",
    r"FractionalMaxPool(?P<rank>\d)d": "fractionalmaxpool{rank}d",
    r"AdaptiveAvgPool\dd": "adaptiveavgpool",
    r"AdaptiveMaxPool\dd": "adaptivemaxpool",
    r"(Zero|Constant|Reflection|Replication|Circular)Pad\dd": "zeropad",
    r"(Lazy|Sync)?BatchNorm(\dd)?": "batchnorm",
    r"(Lazy)?InstanceNorm\dd": "instancenorm",
    "LayerNorm": "layernorm",
    "GroupNorm": "groupnorm",
    "RMSNorm": "rmsnorm",
    "LocalResponseNorm|CrossMapLRN2d": "lrn",
    "(Lazy)?Linear": "dense",
    "Bilinear": "bilinear",
    "Embedding": "embedding",
    "EmbeddingBag": "embeddingbag",
    "RNN|LSTM|GRU": "{lower}",
    "(RNN|LSTM|GRU)Cell": CELLS,
    "MultiheadAttention": "attention",
    "TransformerEncoderLayer": "encoderlayer",
    "TransformerDecoderLayer": "decoderlayer",
    "Transformer|TransformerEncoder|TransformerDecoder": STACKS,
    "PReLU": "prelu",
    ACTIVATIONS: "activation",
    r"(Feature)?(Alpha)?Dropout(\dd)?": "dropout",
    "Identity|Flatten|PixelShuffle|PixelUnshuffle|ChannelShuffle|Unfold|Fold|GLU": "{lower}",
    "Unflatten": "reshape",
    r"Upsample|Upsampling(Nearest|Bilinear)2d": "upsample",
    "Parameter": "parameter",
    r"Module(List|Dict)?|Parameter(List|Dict)|Sequential|Container|DataParallel|RNN(Cell)?Base": CONTAINERS,
    "Buffer|Uninitialized(Buffer|Parameter)": CONTAINERS,
}
"""The classes of `torch.nn`."""

KERAS = {
    r"Conv(olution)?(?P<rank>\d)D": "conv{rank}d",
    r"Conv(olution)?(?P<rank>\d)DTranspose": "convtranspose{rank}d",
    r"DepthwiseConv(?P<rank>\d)D": "depthwiseconv{rank}d",
    r"SeparableConv(olution)?(?P<rank>\d)D": "separableconv{rank}d",
    "ConvLSTM3D": VOLUMES,
    r"ConvLSTM(?P<rank>\d)D": "convlstm{rank}d",
    r"MaxPool(ing)?(?P<rank>\d)D": "maxpool{rank}d",
    r"(AvgPool|AveragePooling)(?P<rank>\d)D": "avgpool{rank}d",
    r"Global(AvgPool|AveragePooling)\dD": "globalavgpool",
    r"GlobalMaxPool(ing)?\dD": "globalmaxpool",
    r"AdaptiveAveragePooling\dD": "adaptiveavgpool",
    r"AdaptiveMaxPooling\dD": "adaptivemaxpool",
    r"ZeroPadding\dD": "zeropad",
    r"Cropping\dD|CenterCrop": "crop",
    r"UpSampling\dD|Resizing": "upsample",
    "BatchNormalization": "batchnorm",
    "LayerNormalization": "layernorm",
    "GroupNormalization": "groupnorm",
    "RMSNormalization": "rmsnorm",
    "Normalization": "normalization",
    "SpectralNormalization": "dense",
    "Dense|EinsumDense|Embedding|PReLU|Dropout|Identity|Flatten|Reshape|Permute|RepeatVector|LSTM|GRU": "{lower}",
    "Add|Subtract|Multiply|Average|Maximum|Minimum|Dot|AdditiveAttention|Activation": "{lower}",
    "ReversibleEmbedding": "embedding",
    "Concatenate": "concat",
    "Attention": "dotattention",
    "MultiHeadAttention|GroupQueryAttention": "attention",
    "SimpleRNN|Bidirectional": "rnn",
    "(SimpleRNN|LSTM|GRU)Cell|StackedRNNCells|RNN": CELLS,
    "TimeDistributed": EACH_STEP,
    "ELU|LeakyReLU|ReLU|Softmax|UnitNormalization": "activation",
    r"SpatialDropout\dD|AlphaDropout|Gaussian(Dropout|Noise)": "dropout",
    "ActivityRegularization|Masking|Rescaling": "identity",
    "Random.*|RandAugment|AugMix|CutMix|MixUp|AutoContrast|Equalization|Solarization|Pipeline": DATA,
    "ContrastLimitedAdaptiveHistogramEqualization|MaxNumBoundingBoxes|MelSpectrogram|STFTSpectrogram": DATA,
    "Hashing|HashedCrossing|(Integer|String)Lookup|Discretization|CategoryEncoding|TextVectorization": DATA,
    "InputLayer|InputSpec|Lambda|Layer|Wrapper|(Flax|Jax|TFSM)Layer|TorchModuleWrapper": CONTAINERS,
}
"""The classes of `keras.layers`."""

NEITHER = {
    "locallyconnected1d": "Keras 2 had it",
    "locallyconnected2d": "Keras 2 had it",
    "tokens": "PyTorch and Keras reshape and transpose instead",
    "series": "PyTorch transposes, Keras' convolutions take a sequence as it is",
    "mixture": "models make it of dense layers",
    "slice": "models write brackets, or split and chunk",
    "select": "models take one token by its place",
    "scale": "models make it of a parameter, as ConvNeXt's LayerScale",
    "positionembedding": "models make it of a parameter, as ViT and BERT",
}
"""Kinds for which neither has a class."""


def decided(name: str, table: Mapping[str, str]) -> str | None:
    """Return the kind that a class is, or the reason for which it is none; None where nobody has decided."""
    for pattern, target in table.items():
        found = re.fullmatch(pattern, name)
        if found:
            return target.format(lower=name.lower(), **found.groupdict())
    return None
