"""Sister models of transformers and their like, counted from their architectures in plain arithmetic."""

from __future__ import annotations


def t5(layers, width, heads, head, hidden):
    """T5: a table, and in each half blocks without biases, 32 numbers for each head, a norm."""
    attention, dense = 4 * width * heads * head + width, 2 * width * hidden + width
    return 32128 * width + layers * (3 * attention + 2 * dense) + 2 * (32 * heads + width)


def llama_block(width, kv_width, hidden):
    """Llama's block: queries and outputs, keys and values, three dense layers, two norms."""
    return 2 * width * width + 2 * width * kv_width + 3 * width * hidden + 2 * width


def llama(layers, width, kv_width, hidden, words):
    """Llama: a table in front, another one behind, blocks and a norm."""
    return 2 * words * width + layers * llama_block(width, kv_width, hidden) + width


def swin(width, depths):
    """Swin: patches and a norm, blocks with heads of 32 features, merged neighbours between stages, a norm, classes."""
    total = (3 * 4 * 4 + 1) * width + 2 * width
    for stage, depth in enumerate(depths):
        wide = width * 2**stage
        total += depth * (12 * wide**2 + 13 * wide + 13**2 * (wide // 32))
        total += 2 * 4 * wide + 4 * wide * 2 * wide if stage < len(depths) - 1 else 2 * wide + (wide + 1) * 1000
    return total


def mixer(layers, width, patch):
    """MLP-Mixer: patches, blocks with two norms and two MLPs of half and four times the width, a norm, classes."""
    patches, along = (224 // patch) ** 2, width // 2
    tokens = 2 * patches * along + along + patches
    channels = 8 * width**2 + 5 * width
    return (3 * patch**2 + 1) * width + layers * (4 * width + tokens + channels) + 2 * width + (width + 1) * 1000


def transformer(width, hidden):
    """Vaswani's: one table, 6 blocks with one attention, 6 with two, a norm behind each part."""
    attention, dense, norm = 4 * (width + 1) * width, 2 * width * hidden + hidden + width, 2 * width
    return 37000 * width + 6 * (attention + dense + 2 * norm) + 6 * (2 * attention + dense + 3 * norm)


def fcn(enlargements):
    """VGG-16 as convolutions with 21 scores, and kernels of 21 x 21 channels; scores of a pool where two are added."""
    vgg16 = 14_714_688 + (7 * 7 * 512 + 1) * 4096 + (4096 + 1) * 4096 + (4096 + 1) * 21
    pools = sum((channels + 1) * 21 for channels in (512, 256)[: len(enlargements) - 1])
    return vgg16 + pools + sum(21 * 21 * kernel**2 for kernel in enlargements)


def gpt_on_characters(tied, biased):
    """65 characters, 256 positions, 6 blocks of 384; biases behind all but queries, keys and values, or none."""
    width, biases = 384, 384 + 4 * 384 + 384 + 2 * 384
    block = 12 * width**2 + 2 * width + (biases if biased else 0)
    behind = width + (width if biased else 0) + (0 if tied else (width + 1) * 65)
    return (65 + 256) * width + 6 * block + behind


SISTERS = {
    "t5_small": t5(6, 512, 8, 64, 2048),
    "t5_base": t5(12, 768, 12, 64, 3072),
    "t5_large": t5(24, 1024, 16, 64, 4096),
    "t5_3b": t5(24, 1024, 32, 128, 16384),
    "t5_11b": t5(24, 1024, 128, 128, 65536),
    "llama_block": llama_block(4096, 1024, 14336),
    "llama2_7b_block": llama_block(4096, 4096, 11008),
    "llama2_7b": llama(32, 4096, 4096, 11008, 32000),
    "llama2_13b": llama(40, 5120, 5120, 13824, 32000),
    "llama2_70b": llama(80, 8192, 1024, 28672, 32000),
    "llama3_8b": llama(32, 4096, 1024, 14336, 128256),
    "llama3_70b": llama(80, 8192, 1024, 28672, 128256),
    "swin_t": swin(96, (2, 2, 6, 2)),
    "swin_s": swin(96, (2, 2, 18, 2)),
    "swin_b": swin(128, (2, 2, 18, 2)),
    "swin_l": swin(192, (2, 2, 18, 2)),
    "mlp_mixer_s32": mixer(8, 512, 32),
    "mlp_mixer_s16": mixer(8, 512, 16),
    "mlp_mixer_b32": mixer(12, 768, 32),
    "mlp_mixer_b16": mixer(12, 768, 16),
    "mlp_mixer_l32": mixer(24, 1024, 32),
    "mlp_mixer_l16": mixer(24, 1024, 16),
    "transformer_base": transformer(512, 2048),
    "transformer_big": transformer(1024, 4096),
    "fcn32s": fcn([64]),
    "fcn16s": fcn([4, 32]),
    "fcn8s": fcn([4, 4, 16]),
    "nanogpt_char": gpt_on_characters(tied=True, biased=False),
    "gpt_from_scratch": gpt_on_characters(tied=False, biased=True),
    "distilbert": (30522 + 512) * 768 + 2 * 768 + 6 * (12 * 768**2 + 13 * 768),
    "albert_base": (30000 + 512 + 2) * 128 + 2 * 128 + (128 + 1) * 768 + 12 * 768**2 + 13 * 768 + 768**2 + 768,
}
"""The families of published.yaml that are not counted beside what uses them."""
