"""The tables of signs: what one character or one LaTeX command stands for, in plain signs."""

from __future__ import annotations

import unicodedata

ZERO_WIDTH = "\u00ad\u200b\u200c\u200d\u2060\u2061\ufe0e\ufe0f\ufeff"
SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-")

# Words that say nothing in Chinese, Japanese and Korean stand without blanks: each character becomes such a word.
_EASTERN_LABELS = (
    "个個参數数參答案是共为為有的总總计計权權重偏置值通道层層像素输輸出尺寸大小形状狀量结結果パラメータはの개파라미터수"
)

# Signs that NFKC leaves as they are, or takes apart, and that people mean as these.
_SAME = {
    **dict.fromkeys("‘’′´ʼ٬", "'"),
    **dict.fromkeys("−–—‐‑‒", "-"),
    **dict.fromkeys("⋅•∙∘\u2062", "·"),
    **dict.fromkeys("✕✖⨯⨉╳хХ乘", "×"),
    **dict.fromkeys("÷∕⁄", "/"),
    **dict.fromkeys("∗﹡", "*"),
    **dict.fromkeys("≃≅≒∼≐约約", "≈"),
    **dict.fromkeys("⇒⟹⟶➔➜∴👉", "→"),
    **dict.fromkeys("“”„«»", '"'),
    **dict.fromkeys("、،", ","),
    **dict.fromkeys(_EASTERN_LABELS, " unit "),
    **dict.fromkeys("⟨〈", "("),
    **dict.fromkeys("⟩〉", ")"),
    **dict.fromkeys("万萬만", " wan "),
    **dict.fromkeys("亿億억", " yi "),
    **dict.fromkeys("∈✓✔✅☑🎉👍🙂😀😃😄😁😊", " "),
    **dict.fromkeys("Σ∑", " sum "),
    "٫": ".",
    "。": ".",
    "\n": "\n",
    "\r": " ",
    "{": "(",
    "}": ")",
    "$": " ",
}
_DROPPED_COMMANDS = """
left right big Big bigl bigr Bigl Bigr bigg Bigg text textbf textrm mathrm mathbf mathit mathsf mathbb boxed fbox mbox
operatorname displaystyle textstyle underline uline emph textit num ensuremath bf rm it limits nolimits mathbin
"""
COMMANDS = {
    **dict.fromkeys(_DROPPED_COMMANDS.split(), ""),
    **dict.fromkeys(("frac", "dfrac", "tfrac", "cfrac", "nicefrac", "sfrac"), " frac "),
    **dict.fromkeys(("approx", "simeq", "sim", "cong"), "≈"),
    **dict.fromkeys(("Rightarrow", "rightarrow", "to", "implies", "Longrightarrow", "longrightarrow"), "→"),
    **dict.fromkeys(("quad", "qquad", "thinspace", ",", ";", ":", " ", "in", "(", ")", "[", "]"), " "),
    **dict.fromkeys(("Sigma", "sum"), " sum "),
    **dict.fromkeys(("langle", "lbrack", "{"), "("),
    **dict.fromkeys(("rangle", "rbrack", "}"), ")"),
    **{sign: sign for sign in "*_#&%"},
    "\\": "\n",
    "!": "",
    "times": "×",
    "cdot": "·",
    "ast": "*",
    "div": "/",
    "lfloor": "⌊",
    "rfloor": "⌋",
    "lceil": "⌈",
    "rceil": "⌉",
}
WORDED = frozenset(("text", "textrm", "textbf", "textit", "mathrm", "mathbf", "mathit", "mbox", "operatorname"))
"""Commands whose braces hold words, and are no brackets of a formula."""


def plain_sign(character: str) -> str:
    """Return one character in compatible form; raised and lowered signs keep theirs, being no digits."""
    if character in ZERO_WIDTH:
        return ""
    if character in _SAME:
        return _SAME[character]
    if unicodedata.decomposition(character).startswith(("<fraction>", "<super>", "<sub>", "<circle>")):
        return character
    plain = unicodedata.normalize("NFKC", character)
    if len(plain) == 1 and (digit := unicodedata.decimal(plain, -1)) >= 0:
        return str(digit)
    return _SAME.get(plain, " " if plain.isspace() else plain)
