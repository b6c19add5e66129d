"""Writes the catalogue of fixed words anew: what the source says, merged with what is translated (`make words`)."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

import jinja2
from babel.messages import Catalog, Message
from babel.messages.pofile import read_po, write_po
from jinja2 import nodes

import layerquiz
from layerquiz.exam import described, grid
from layerquiz.languages import LANGUAGES
from layerquiz.network import glossary
from layerquiz.network.layers import KINDS
from layerquiz.render import themes

SOURCE = Path(layerquiz.__file__).parent
LOCALE = SOURCE / "locale"
SAYING = frozenset(("words", "say", "phrase", "_unless", "_clause", "_number_of"))
"""Functions whose first text is looked up; with `counted` and `_number_of` there is one for many too."""

COUNTING = frozenset(("counted", "_number_of"))


def written() -> list[tuple[str, ...]]:
    """Return every text of the source: one form, or one for one and one for many."""
    found = dict.fromkeys(_in_tables())
    for file in sorted(SOURCE.rglob("*.py")):
        found |= dict.fromkeys(_in_python(ast.parse(file.read_text(encoding="utf-8"))))
    for file in sorted((SOURCE / "render" / "templates").glob("*.tex.j2")):
        found |= dict.fromkeys(_in_template(file.read_text(encoding="utf-8")))
    several = {forms[0] for forms in found if len(forms) > 1}
    return sorted(forms for forms in found if len(forms) > 1 or forms[0] not in several)


def _in_python(tree: ast.AST) -> Iterator[tuple[str, ...]]:
    """Yield what is said in calls such as `words("one letter")` and `words.counted(2, "{number} bit", ...)`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            texts = [text for argument in node.args for text in _texts(argument)]
            if name in COUNTING and len(texts) > 1:
                yield tuple(texts[:2])
            elif name in SAYING - COUNTING:
                yield from ((text,) for text in texts[: max(1, len(_texts(node.args[0])))] if node.args)


def _texts(node: ast.expr) -> list[str]:
    """Return the texts that an argument may be."""
    if isinstance(node, ast.IfExp):
        return [*_texts(node.body), *_texts(node.orelse)]
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []


def _in_template(text: str) -> Iterator[tuple[str, ...]]:
    """Yield what is said in a document of LaTeX, as `say("Total")`."""
    environment = jinja2.Environment(**themes.DELIMITERS)  # noqa: S701 - read, never rendered
    for node in environment.parse(text).find_all(nodes.Call):
        name = getattr(node.node, "name", getattr(node.node, "attr", ""))
        if name in SAYING and node.args and isinstance(node.args[0], nodes.Const):
            yield (str(node.args[0].value),)


def _in_tables() -> Iterator[tuple[str, ...]]:
    """Yield the names of quantities, their units and meanings, and the kinds and keys of layers."""
    entries = [*glossary.OWN.values(), *glossary.BEFORE.values()]
    signs = (glossary.WORD.fullmatch(entry.letter) for entry in entries)
    quantities = [*glossary.OWN, *glossary.BEFORE]
    called = [grid.WORDS.get(name, name.replace("_", " ")) for name in quantities]
    keys = {
        info.alias or name
        for kind in KINDS.values()
        for name, info in kind.keys.model_fields.items()
        if name not in described.KEYS_OF_ALL
    }
    yield from _each(entry.meaning for entry in entries)
    yield from _each(unit for entry in entries for unit in entry.unit)
    yield from _each(sign[1] for sign in signs if sign)
    yield from _each((*called, *grid.WORDS.values(), *glossary.ALONG.values(), *glossary.SIZES))
    yield from _each(described.KINDS.values())
    yield from _each(key.replace("_", " ") for key in sorted(keys - set(described.SAYS_NOTHING)))


def _each(texts: Iterable[str]) -> Iterator[tuple[str, ...]]:
    return ((text,) for text in texts if text)


def template() -> Catalog:
    """Return the texts of the source without a translation."""
    catalog = Catalog(project="layerquiz", version="", copyright_holder="", msgid_bugs_address="")
    catalog.header_comment = "# The fixed words of papers; made by `make words`."
    for forms in written():
        catalog.add(forms if len(forms) > 1 else forms[0], flags=_flags(forms))
    return catalog


def _flags(forms: tuple[str, ...]) -> tuple[str, ...]:
    return ("python-brace-format",) if "{" in forms[0] else ()


def translated(language: str) -> Catalog:
    """Return the catalogue of a language as it is written down."""
    with _file(language).open("rb") as file:
        return read_po(file, language)


def merged(language: str) -> Catalog:
    """Return the texts of the source with what is translated already, and nothing else."""
    known = {message.id: message.string for message in translated(language)} if _file(language).exists() else {}
    catalog = Catalog(locale=language, project="layerquiz", version="", copyright_holder="", msgid_bugs_address="")
    catalog.header_comment = f"# The fixed words of papers: {language}."
    for message in template():
        if message.id:
            catalog.add(message.id, known.get(message.id), flags=message.flags - {"fuzzy"})
    return catalog


def _file(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / "layerquiz.po"


def write(catalog: Catalog, file: Path) -> None:
    """Write a catalogue without dates, so that the same words are the same bytes."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as opened:
        write_po(opened, catalog, width=110, omit_header=False, sort_output=True)
    lines = [line for line in file.read_text(encoding="utf-8").split("\n") if not line.startswith(DATED)]
    file.write_text("\n".join(lines), encoding="utf-8", newline="\n")


DATED = ('"POT-Creation-Date', '"PO-Revision-Date', '"Generated-By', '"Last-Translator', '"Language-Team')


def missing(catalog: Catalog) -> list[Message]:
    """Return what has no translation, or only some of its forms."""
    return [message for message in catalog if message.id and not all(_forms(message))]


def _forms(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ("",))


if __name__ == "__main__":
    write(template(), LOCALE / "layerquiz.pot")
    for code in LANGUAGES[1:]:
        write(merged(code), _file(code))
