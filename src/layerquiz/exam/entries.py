"""The questions of an exam before they are drawn: which templates, for how many points, in which sections."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias

from layerquiz.errors import ExamError, LayerquizError, nearest
from layerquiz.exam import course_letters, sample
from layerquiz.exam.drawing import fixed
from layerquiz.exam.exam_keys import DrawKeys, EntryKeys, ExamKeys, SectionKeys
from layerquiz.exam.own_text import USUAL_SPACE, OwnText, template_of
from layerquiz.exam.sample import Seed
from layerquiz.exam.source import Path, SourceText
from layerquiz.exam.template import Template, in_language
from layerquiz.languages import Words
from layerquiz.network.network import Network

if TYPE_CHECKING:
    from layerquiz.exam.from_network.asked import AskedNetworks

Reader: TypeAlias = Callable[[str], Network]
"""Returns the network that a name in an exam file means."""

NOWHERE = SourceText("the sealed exam", "", 1, ExamError)
"""What messages call the exam file of a question that was sealed with its exam."""

OF_OWN_TEXT = ("title", "space", "solution", "rubric")
"""Keys that only a question of own text has."""

OF_A_NETWORK = ("ask", "kinds", "exactly", "count")
"""Keys that only questions about a network have."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One question of the exam before it is drawn; without `points` the template's own count.

    seed: the one by which all students get the same drawing, None for one of each student's own. own: the author's own
    text, of which the template is made.
    """

    template: Template
    points: Fraction | None
    policy: Mapping[str, Any]
    seed: Seed | None = None
    own: OwnText | None = None

    @classmethod
    def of_own(cls, own: OwnText, policy: Mapping[str, Any], language: str, written: SourceText = NOWHERE) -> Entry:
        """Return a question of own text; `written` is the exam file that holds it."""
        return cls(template_of(own, written, language), None, policy, own=own)

    @property
    def is_fixed(self) -> bool:
        """Say whether all students get the same question."""
        return self.seed is not None or self.own is not None

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
        self, written: SourceText, keys: ExamKeys, seed: Seed, templates: Mapping[str, Template], networks: Reader
    ) -> None:
        self.written, self.keys, self.seed, self.templates = written, keys, seed, templates
        self.networks = networks
        self.asked: AskedNetworks | None = None
        self.lettered: dict[str, Template] = {}

    def chosen(self) -> tuple[tuple[Entry, ...], tuple[Section, ...]]:
        """Return the questions in the order of the file, which has a list of them or one in each section."""
        keys = self.keys
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
        return (keys.count or 1) if keys.draw is None else DrawKeys.model_validate(keys.draw).count

    def _entries(self, checked: Sequence[tuple[EntryKeys, Path]]) -> Iterator[Entry]:
        """Yield the questions; a draw takes no template that the exam has already."""
        used = {keys.template for keys, _ in checked if keys.template is not None}
        called: dict[str, Template] = {}
        for place, (keys, path) in enumerate(checked):
            points = None if keys.points is None else Fraction(str(keys.points))
            if keys.text is not None and points is not None:
                space = USUAL_SPACE if keys.space is None else keys.space
                own = OwnText(keys.text, points, keys.title or "", space, keys.solution or "", keys.rubric or "")
                yield Entry.of_own(own, keys.policy, self.keys.language, self.written)
                continue
            for template in self._templates(keys, place, path, used):
                if called.setdefault(template.name, template).text != template.text:
                    # The seal keeps each template by its name: one of the two would take the other's place.
                    what = f'two different templates are called "{template.name}"'
                    raise self.written.fault(what, path, cure="Rename one file", slug="doubled-name")
                entry = Entry(self._lettered(self._said(template, path)), points, keys.policy, keys.seed)
                self._check_fixed(entry, path)
                yield entry

    def _templates(self, keys: EntryKeys, place: int, path: Path, used: set[str]) -> list[Template]:
        """Return the templates that an entry means, or that are made from its network."""
        if keys.network is None:
            return [self.templates[name] for name in self._names(keys, place, path, used)]
        try:
            return self._about(keys, keys.network)
        except LayerquizError as error:
            raise self.written.located(error, (*path, "network")) from None

    def _about(self, keys: EntryKeys, network: str) -> list[Template]:
        """Return templates that are made from a network; what makes them is loaded for exams that ask about one."""
        from layerquiz.exam.from_network.asked import AskedNetworks
        from layerquiz.exam.from_network.made import Wish

        self.asked = self.asked or AskedNetworks(self.networks)
        wish = Wish(exactly=bool(keys.exactly), words=Words(self.keys.language), conventions=self.keys.conventions)
        asked, kinds = tuple(keys.ask or ()), tuple(keys.kinds or wish.kinds)
        return self.asked.templates(network, replace(wish, asked=asked, kinds=kinds), keys.count or 1)

    def _said(self, template: Template, path: Path) -> Template:
        """Return a template in the language of the exam."""
        try:
            return in_language(template, self.keys.language)
        except LayerquizError as error:
            raise self.written.located(error, path) from None

    def _lettered(self, template: Template) -> Template:
        """Return a template in the letters of the course, the same one for all questions that ask it."""
        if template.name not in self.lettered:
            try:
                course_letters.check_together(template, self.keys.letters)
            except LayerquizError as error:
                raise self.written.located(error, ("letters",)) from None
            self.lettered[template.name] = course_letters.with_letters(template, self.keys.letters)
        return self.lettered[template.name]

    def _keys(self, entry: Any, path: Path) -> EntryKeys:
        keys = self.written.checked(EntryKeys, entry, path)
        self._check_kind(keys, path)
        if keys.template is not None and keys.template not in self.templates:
            what, cure = f'no template is called "{keys.template}"', nearest(keys.template, self.templates)
            raise self.written.fault(what, (*path, "template"), cure=cure, slug="unknown-template")
        return keys

    def _check_kind(self, keys: EntryKeys, path: Path) -> None:
        """Refuse an entry that is no template, no draw and no own text, or has keys of another."""
        if sum(found is not None for found in (keys.template, keys.draw, keys.text, keys.network)) != 1:
            what = "a question has one of template, draw, network and text"
            raise self.written.fault(what, path, cure="Write one such as {template: conv-size}", slug="wrong-value")
        if keys.text is not None and keys.points is None:
            what, cure = "a question of your own text says its points", "Write points: 4 beside it"
            raise self.written.fault(what, path, cure=cure, slug="missing-key")
        for key in OF_OWN_TEXT if keys.text is None else ():
            if getattr(keys, key) is not None:
                what, cure = f'only a question of your own text has "{key}"', "Write text: too, or leave it out"
                raise self.written.fault(what, (*path, key), cure=cure, slug="wrong-value")
        for key in OF_A_NETWORK if keys.network is None else ():
            if getattr(keys, key) is not None:
                what, cure = f'only questions about a network have "{key}"', "Write network: too, or leave it out"
                raise self.written.fault(what, (*path, key), cure=cure, slug="wrong-value")
        if keys.seed is not None and keys.template is None:
            what, cure = "only a template is drawn by a seed of its own", "Write template: too, or leave it out"
            raise self.written.fault(what, (*path, "seed"), cure=cure, slug="wrong-value")

    def _check_fixed(self, entry: Entry, path: Path) -> None:
        """Refuse a drawing for everybody that cannot be drawn."""
        try:
            if entry.is_fixed:
                fixed(entry.template, entry.seed, self.keys.conventions)
        except LayerquizError as error:
            raise self.written.located(error, (*path, "seed")) from None

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
        is_said = self.keys.language in template.languages
        return is_said and wanted.topic in (None, *template.topics) and wanted.level in (None, template.level)
