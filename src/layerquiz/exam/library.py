"""The templates that come with the package, by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources.abc import Traversable

from layerquiz.data import folder
from layerquiz.errors import TemplateError, nearest
from layerquiz.exam.template import Template, parse
from layerquiz.exam.translation import is_translation
from layerquiz.languages import LANGUAGES, Translation

GUIDE = "README.md"


@cache
def files() -> dict[str, Traversable]:
    """Return the template files by their stem, sorted."""
    return {stem: file for stem, file in _all().items() if not is_translation(stem)}


@cache
def _all() -> dict[str, Traversable]:
    """Return all files by their stem, those of translations too, such as `conv-size.de`."""
    found: dict[str, Traversable] = {}
    for file in _walk(folder("question_templates")):
        stem = file.name.removesuffix(".md")
        if stem in found:
            raise TemplateError(f'two templates are called "{stem}"', cure="Rename one of them", slug="doubled-name")
        found[stem] = file
    return dict(sorted(found.items()))


@cache
def _beside(name: str) -> tuple[Translation, ...]:
    """Return what is written of a template in other languages."""
    there = [(language, _all().get(f"{name}.{language}")) for language in LANGUAGES]
    return tuple(Translation(language, file.read_text(encoding="utf-8"), file.name) for language, file in there if file)


def _walk(place: Traversable) -> Iterator[Traversable]:
    for entry in place.iterdir():
        if entry.is_dir():
            yield from _walk(entry)
        elif entry.name.endswith(".md") and entry.name != GUIDE:
            yield entry


class Library(Mapping[str, Template]):
    """All templates by name; each is read when it is first looked at."""

    def __getitem__(self, name: str) -> Template:
        return parse(files()[name].read_text(encoding="utf-8"), name, "", _beside(name))

    def __iter__(self) -> Iterator[str]:
        return iter(files())

    def __len__(self) -> int:
        return len(files())


def templates() -> Library:
    """Return all templates by name."""
    return Library()


def chosen(topic: str | None = None, level: int | None = None) -> list[Template]:
    """Return the templates of a topic and a level, sorted by name; a topic that no template has is an error."""
    known = sorted({found for template in templates().values() for found in template.topics})
    if topic is not None and topic not in known:
        raise TemplateError(f'no template has the topic "{topic}"', cure=nearest(topic, known), slug="unknown-topic")
    fitting = [t for t in templates().values() if topic in (None, *t.topics) and level in (None, t.level)]
    if not fitting:
        of_topic = "" if topic is None else " of this topic"
        levels = sorted({t.level for t in templates().values() if topic in (None, *t.topics)})
        cure = f"Known: {', '.join(map(str, levels))}"
        raise TemplateError(f"no template{of_topic} has the level {level}", cure=cure, slug="no-template")
    return fitting


def named(name: str) -> Template:
    """Return a template by name; an unknown one is an error with the nearest spelling."""
    if name not in files():
        raise TemplateError(f'no template is called "{name}"', cure=nearest(name, files()), slug="unknown-template")
    return templates()[name]
