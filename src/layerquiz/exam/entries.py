"""The questions of an exam before they are drawn: which templates, for how many points, in which sections."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from layerquiz.errors import LayerquizError, nearest
from layerquiz.exam import sample
from layerquiz.exam.exam_keys import DrawKeys, EntryKeys, ExamKeys, SectionKeys
from layerquiz.exam.sample import Seed
from layerquiz.exam.source import Path, SourceText
from layerquiz.exam.template import Template, in_language


@dataclass(frozen=True, slots=True)
class Entry:
    """One question of the exam before it is drawn; without `points` the template's own count."""

    template: Template
    points: Fraction | None
    policy: Mapping[str, Any]

    @property
    def worth(self) -> Fraction:
        """Return the points of the question."""
        return self.template.points if self.points is None else self.points


@dataclass(frozen=True, slots=True)
class Section:
    """A part of an exam: its title, what it says in Markdown, and the number of its first question."""

    title: str
    text: str
    first: int


class Choosing:
    """Finds the templates of an exam's questions in its language; those of a `draw` are the same for all students."""

    def __init__(
        self, written: SourceText, seed: Seed, templates: Mapping[str, Template], language: str = "en"
    ) -> None:
        self.written, self.seed, self.templates, self.language = written, seed, templates, language

    def chosen(self, keys: ExamKeys) -> tuple[tuple[Entry, ...], tuple[Section, ...]]:
        """Return the questions in the order of the file, which has a list of them or one in each section."""
        if (keys.questions is None) == (keys.sections is None):
            what = "an exam has one of questions and sections"
            cure = "Write questions: and a list, or sections: and a list of {title, questions}"
            raise self.written.fault(what, () if keys.questions is None else ("sections",), cure=cure, slug="questions")
        if keys.questions is not None:
            return tuple(self._entries(self._checked(keys.questions, ("questions",)))), ()
        parts = [
            (part, self._checked(part.questions, ("sections", place, "questions")))
            for place, found in enumerate(keys.sections or ())
            for part in [self.written.checked(SectionKeys, found, ("sections", place))]
        ]
        entries = tuple(self._entries([entry for _, found in parts for entry in found]))
        sections, first = [], 1
        for part, found in parts:
            sections.append(Section(part.title, part.text, first))
            first += sum(self._count(asked) for asked, _ in found)
        return entries, tuple(sections)

    def _checked(self, found: Sequence[Any], path: Path) -> list[tuple[EntryKeys, Path]]:
        return [(self._keys(entry, (*path, place)), (*path, place)) for place, entry in enumerate(found)]

    def _count(self, keys: EntryKeys) -> int:
        """Return how many questions an entry makes."""
        return 1 if keys.draw is None else DrawKeys.model_validate(keys.draw).count

    def _entries(self, checked: Sequence[tuple[EntryKeys, Path]]) -> Iterator[Entry]:
        """Yield the questions; a draw takes no template that the exam has already."""
        used = {keys.template for keys, _ in checked if keys.template is not None}
        called: dict[str, Template] = {}
        for place, (keys, path) in enumerate(checked):
            points = None if keys.points is None else Fraction(str(keys.points))
            for name in self._names(keys, place, path, used):
                template = self.templates[name]
                if called.setdefault(template.name, template).text != template.text:
                    # The seal keeps each template by its name: one of the two would take the other's place.
                    what = f'two different templates are called "{template.name}"'
                    raise self.written.fault(what, path, cure="Rename one file", slug="doubled-name")
                yield Entry(self._said(template, path), points, keys.policy)

    def _said(self, template: Template, path: Path) -> Template:
        """Return a template in the language of the exam."""
        try:
            return in_language(template, self.language)
        except LayerquizError as error:
            raise self.written.located(error, path) from None

    def _keys(self, entry: Any, path: Path) -> EntryKeys:
        keys = self.written.checked(EntryKeys, entry, path)
        if keys.text is not None:
            what = "questions of your own text cannot be printed yet"
            raise self.written.fault(what, (*path, "text"), cure="Use template or draw", slug="text-not-available")
        if (keys.template is None) == (keys.draw is None):
            what = "a question has one of template and draw"
            raise self.written.fault(what, path, cure="Write one such as {template: conv-size}", slug="wrong-value")
        if keys.template is not None and keys.template not in self.templates:
            what, cure = f'no template is called "{keys.template}"', nearest(keys.template, self.templates)
            raise self.written.fault(what, (*path, "template"), cure=cure, slug="unknown-template")
        return keys

    def _names(self, keys: EntryKeys, place: int, path: Path, used: set[str]) -> list[str]:
        if keys.template is not None:
            return [keys.template]
        path = (*path, "draw")
        wanted = self.written.checked(DrawKeys, keys.draw, path)
        self._check_topic(wanted, path)
        fitting = [name for name in sorted(self.templates) if self._fits(name, wanted) and name not in used]
        if len(fitting) < wanted.count:
            what = f"{wanted.count} templates are wanted and {len(fitting)} fit that the exam does not use already"
            raise self.written.fault(what, path, cure="Ask for fewer, or for another topic or level", slug="too-few")
        random = sample.generator(self.seed, "", f"draw {place + 1}")
        chosen = [fitting.pop(sample.below(random, len(fitting))) for _ in range(wanted.count)]
        used.update(chosen)
        return chosen

    def _check_topic(self, wanted: DrawKeys, path: Path) -> None:
        topics = {topic for template in self.templates.values() for topic in template.topics}
        if wanted.topic is not None and wanted.topic not in topics:
            what, cure = f'no template has the topic "{wanted.topic}"', nearest(wanted.topic, topics)
            raise self.written.fault(what, (*path, "topic"), cure=cure, slug="unknown-topic")

    def _fits(self, name: str, wanted: DrawKeys) -> bool:
        template = self.templates[name]
        is_said = self.language in template.languages
        return is_said and wanted.topic in (None, *template.topics) and wanted.level in (None, template.level)
