"""A question template: one file, read once into a frozen value that can be drawn again and again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import lru_cache
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Field

from layerquiz import exact
from layerquiz.errors import LayerquizError, TemplateError
from layerquiz.exam import wording
from layerquiz.exam.code_view import CODE, Hidden, hidden_arguments
from layerquiz.exam.forms import Form, blanks_of, form_of
from layerquiz.exam.forms.base import COMPARE, Keys, Points, compared, worded
from layerquiz.exam.forms.failing import FailingLayer
from layerquiz.exam.grid import Plan, Table, plan_of_asked
from layerquiz.exam.recipe import Recipes, recipe
from layerquiz.exam.source import Path, SourceText
from layerquiz.exam.translation import TranslatedText, read, split
from layerquiz.exam.wording import Wording
from layerquiz.languages import ENGLISH, NAMES, Translation, Words
from layerquiz.network.conventions import Conventions
from layerquiz.network.expression import Expression
from layerquiz.network.layer import NAME, RESERVED

ConventionsChoice: TypeAlias = str | Mapping[str, Any] | Conventions
"""Conventions by name, as a mapping with single choices, or ready made."""

MOST_NETWORKS = 8
"""The kinds of question that this version draws."""

MOST_BLANKS = 200
BYTE_UNITS = ("kB", "KB", "MB", "GB", "TB", "KiB", "MiB", "GiB", "TiB", "bits")

Kind = Literal["number", "formula", "choice", "unknown", "find-error", "compare", "budget", "code", "statement"]


class AskKeys(Keys):
    """One blank as written."""

    blank: str
    label: str | None = None
    points: Points = 1
    rounding: Literal["allowed"] | None = None
    unit: str | None = None


class TableKeys(Keys):
    """A table of blanks as written."""

    rows: Annotated[list[str], Field(min_length=1)]
    columns: Annotated[list[str], Field(min_length=1)]
    points: Points = 1
    rounding: Literal["allowed"] | None = None


class TemplateKeys(Keys):
    """The front matter of a template."""

    title: str
    language: Literal["en", "de", "fr", "es"] = "en"
    kind: Kind = "number"
    topics: list[str] = Field(default=[])
    level: Annotated[int, Field(ge=1, le=5)] = 1
    network: dict[str, Any] | None = None
    networks: dict[str, Any] | None = None
    let: dict[str, Any] = Field(default={})
    letters: Annotated[list[str], Field(min_length=1)] | None = None
    require: list[str] = Field(default=[])
    ask: list[Any] = Field(default=[])
    hide: Annotated[list[str], Field(max_length=26)] = Field(default=[])
    table: dict[str, Any] | None = None
    tells_apart: list[str] = Field(default=[])
    excused: dict[str, str] = Field(default={})
    minutes: Annotated[float, Field(ge=0.1, le=600)] | None = None
    goal: str = ""
    source: str = ""
    conventions: str | dict[str, Any] | None = None
    layout: Literal["list", "grid"] = "list"
    space: Annotated[int, Field(ge=0, le=250)] = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """One blank of a template: what is asked, and what a paper prints beside it.

    A blank with a form is no quantity of the network; its form knows what may be answered. `path` is where the blank
    stands in the template.
    """

    quantity: str
    label: str | Wording | None
    points: Fraction
    unit: str | None
    rounding: bool
    path: Path = ("table",)
    form: Form | None = None

    @property
    def told(self) -> str | None:
        """Return the quantity in which the mistakes of `tells_apart` have to show, if the blank is about one."""
        return self.quantity if self.form is None else self.form.told


@dataclass(frozen=True, eq=False, slots=True)
class Template:
    """A question template, ready to draw. `text` is the whole file, `name` its stem.

    `words` are those of its language; `names` are what it calls networks in that language. A template that was put into
    another language has its `translation`, and is the template itself in all else; `beside` are those that there are.
    `letters` names the quantities that stand as letters where a formula is asked for; None chooses those of the layer.
    `hidden` are the arguments that its code leaves open.
    """

    name: str
    text: str
    written: SourceText
    title: str
    kind: str
    topics: tuple[str, ...]
    level: int
    recipe: Recipes
    letters: tuple[str, ...] | None
    require: tuple[Expression, ...]
    asked: tuple[Asked, ...]
    hidden: tuple[Hidden, ...]
    grid: Plan | None
    tells_apart: tuple[str, ...]
    excused: Mapping[str, str]
    minutes: float | None
    goal: str
    source: str
    conventions: str | Mapping[str, Any] | None
    space: int
    wording: Wording
    words: Words = ENGLISH
    names: Mapping[str, str] = field(default_factory=dict)
    translation: Translation | None = None
    beside: tuple[Translation, ...] = ()

    @property
    def languages(self) -> tuple[str, ...]:
        """Return the languages in which it is written, its own first."""
        return (self.words.language, *(found.language for found in self.beside))

    @property
    def topic(self) -> str:
        """Return the main topic in words: the first one; the title where a template has none."""
        return self.topics[0].replace("-", " ") if self.topics else self.title

    @property
    def hiding(self) -> Form | None:
        """Return the form that asks for a key, which the wording must not give away."""
        forms = (asked.form for asked in self.asked)
        return next((form for form in forms if form is not None and form.asked_key is not None), None)

    @property
    def points(self) -> Fraction:
        """Return the points of all blanks together."""
        return exact.total(asked.points for asked in self.asked)

    def place_of(self, text: str) -> str:
        """Return the file and the line on which a text stands first; the file alone where it stands nowhere."""
        line = next((number for number, line in enumerate(self.text.splitlines(), 1) if text in line), 0)
        return f"{self.written.name}, line {line}" if text and line else self.written.name


@lru_cache(maxsize=1024)
def parse(text: str, name: str, file: str = "", beside: tuple[Translation, ...] = ()) -> Template:
    """Return a template from its text; `name` is the file's stem, `file` what messages call it.

    `beside` are the translations that stand beside it; they are read when they are asked for.
    """
    file = file or f"{name}.md"
    front, body, line = split(text, file)
    written = SourceText(file, front, 2, TemplateError)
    return replace(_parsed(text, name, written, written.mapping(), (body, file, line)), beside=beside)


def in_language(template: Template, language: str) -> Template:
    """Return a template in a language; one that is not written in it is an error that says which languages it has."""
    if template.words.language == language:
        return template
    for found in template.beside:
        if found.language == language:
            return translated(template, found)
    known = " and ".join(NAMES[found] for found in template.languages)
    cure = f"It is in {known}. Put {template.name}.{language}.md beside it, or ask for another one"
    what = f'the template "{template.name}" is not written in {NAMES[language]}'
    raise TemplateError(what, where=template.written.name, cure=cure, slug="no-translation")


@lru_cache(maxsize=1024)
def translated(template: Template, translation: Translation) -> Template:
    """Return a template in another language: what it draws, what is right and what blanks are called stays."""
    said, source = read(translation), template.written
    front = said.overlaid(source.mapping())
    written = TranslatedText(source.name, source.yaml, source.first_line, source.error, said.written)
    body = (said.body, translation.file, said.body_line)
    found = _parsed(template.text, template.name, written, {**front, "language": translation.language}, body)
    asked = tuple(_as_called(new, old) for new, old in zip(found.asked, template.asked, strict=True))
    return replace(found, asked=asked, names=said.keys.names, translation=translation)


def _as_called(asked: Asked, other: Asked) -> Asked:
    """Return a blank by the name of another: names do not depend on the language."""
    form = asked.form if asked.form is None or other.form is None else replace(asked.form, name=other.form.name)
    return replace(asked, quantity=other.quantity, form=form)


def _parsed(
    text: str, name: str, written: SourceText, front: Mapping[str, Any], body: tuple[str, str, int]
) -> Template:
    """Return a template from its front matter and its wording, which stands in a file from a line on."""
    keys = written.checked(TemplateKeys, front)
    words = Words(keys.language)
    _check_kind(keys, written)
    let = _checked_let(keys.let, written)
    try:
        made = recipe(let, keys.network or {}, keys.networks)
    except LayerquizError as error:
        raise written.located(error) from None
    hidden = hidden_arguments(keys.hide, keys.network or {}, written)
    asked, plan = _asked(keys, hidden, written, words)
    said = wording.parse(*body, words)
    _check_code(keys.kind, asked, said, written)
    return Template(
        name=name,
        text=text,
        written=written,
        title=keys.title,
        kind=keys.kind,
        topics=tuple(keys.topics),
        level=keys.level,
        recipe=made,
        letters=None if keys.letters is None else tuple(keys.letters),
        require=_required(keys.require, written),
        asked=asked,
        hidden=hidden,
        grid=plan,
        tells_apart=tuple(keys.tells_apart),
        excused=keys.excused,
        minutes=keys.minutes,
        goal=keys.goal,
        source=keys.source,
        conventions=_conventions(keys.conventions, written),
        space=keys.space,
        wording=said,
        words=words,
    )


def _check_kind(keys: TemplateKeys, written: SourceText) -> None:
    _check_networks(keys, written)
    if keys.letters is not None and keys.kind != "formula":
        cure = "Write kind: formula, or leave letters out"
        raise written.fault(
            "letters belong to questions that ask for a formula", ("letters",), cure=cure, slug="letters"
        )
    if keys.hide and keys.kind != "code":
        cure = "Write kind: code, or leave hide out"
        raise written.fault("only code can be left open", ("hide",), cure=cure, slug="hide")
    if not keys.ask and not keys.hide and keys.table is None:
        raise written.fault("nothing is asked", cure="Give blanks with ask, or a table", slug="missing-key")


def _check_code(kind: str, asked: Iterable[Asked], read: Wording, written: SourceText) -> None:
    """Refuse a question about code that shows none."""
    is_about = kind == "code" or any(isinstance(found.form, FailingLayer) for found in asked)
    if is_about and not any(name == CODE for name, _ in read.needs):
        cure = "Put {{ code.pytorch }} or {{ code.keras }} on a line of its own"
        raise written.fault("the wording shows no code", ("kind",), cure=cure, slug="no-code")


def _check_networks(keys: TemplateKeys, written: SourceText) -> None:
    """Refuse a comparison without networks, networks without a comparison, and names that they cannot have."""
    wanted = "networks" if keys.kind == COMPARE else "network"
    other = "network" if keys.kind == COMPARE else "networks"
    if getattr(keys, other) is not None:
        cure = f"Questions of kind {COMPARE} have networks, all others one network"
        raise written.fault(f'a question of kind "{keys.kind}" has no {other}', (other,), cure=cure, slug="networks")
    if getattr(keys, wanted) is None:
        raise written.fault(f'the key "{wanted}" is missing', slug="missing-key")
    networks = keys.networks or {}
    if keys.kind == COMPARE and not 2 <= len(networks) <= MOST_NETWORKS:
        cure = f"Allowed are 2 to {MOST_NETWORKS}"
        raise written.fault(f"{len(networks)} networks are compared", ("networks",), cure=cure, slug="networks")
    for name in networks:
        if not NAME.fullmatch(name) or name in (*RESERVED, "layers", "range", *keys.let) or name.startswith("_"):
            cure = "Use letters, digits and _, and none of input, total, layers, range and the names of let"
            raise written.fault(
                f'"{name}" cannot be the name of a network', ("networks", name), cure=cure, slug="bad-name"
            )


def _checked_let(let: Mapping[str, Any], written: SourceText) -> Mapping[str, Any]:
    for name in let:
        if not NAME.fullmatch(name) or name in (*RESERVED, "layers", "range") or name.startswith("_"):
            cure = "Use letters, digits and _, and none of input, total, layers, range"
            raise written.fault(f'"{name}" cannot be a name of let', ("let", name), cure=cure, slug="bad-name")
    return let


def _required(texts: Iterable[str], written: SourceText) -> tuple[Expression, ...]:
    return tuple(compared(text, written, ("require", place)) for place, text in enumerate(texts))


def _conventions(choice: Any, written: SourceText) -> Any:
    """Return the template's own conventions as written, once it is sure that they can be read."""
    if choice is not None:
        try:
            Conventions.of(choice)
        except LayerquizError as error:
            raise written.located(error, ("conventions",)) from None
    return choice


def _asked(
    keys: TemplateKeys, hidden: tuple[Hidden, ...], written: SourceText, words: Words
) -> tuple[tuple[Asked, ...], Plan | None]:
    """Return the blanks, those of a table first, then those of the code, and which of them stand in a grid."""
    opened = [
        Asked(found.quantity, found.label(words), Fraction(1), "", False, ("hide", place))
        for place, found in enumerate(hidden)
    ]
    listed = opened + [
        blank
        for place, found in enumerate(keys.ask)
        for blank in _blanks(found, keys.kind, written, ("ask", place), words)
    ]
    plan = plan_of_asked([asked.quantity for asked in listed]) if keys.layout == "grid" else None
    if keys.table is not None:
        cells, plan = _cells(written.checked(TableKeys, keys.table, ("table",)))
        listed = cells + listed
    _check_blanks(listed, written)
    return tuple(listed), plan


def _cells(keys: TableKeys) -> tuple[list[Asked], Plan]:
    """Return the blanks of the shorthand for a table."""
    plan = Table(tuple(keys.rows), tuple(keys.columns)).plan()
    points, rounding = Fraction(str(keys.points)), keys.rounding is not None
    return [Asked(name, None, points, None, rounding) for name in plan.quantities], plan


def _blanks(found: Any, kind: Kind, written: SourceText, path: Path, words: Words) -> list[Asked]:
    """Return the blanks that an entry of `ask` makes."""
    form = form_of(found)
    if form is None:
        return [_blank(found, written, path, words)]
    if kind not in form.kinds:
        cure = f"Such an entry belongs to questions of kind: {', '.join(form.kinds)}"
        raise written.fault(f'a question of kind "{kind}" cannot ask for this', path, cure=cure, slug="wrong-form")
    blanks = blanks_of(form, found, written, path, words)
    return [Asked(blank.name, blank.label, blank.points, "", blank.rounding, blank.place, blank) for blank in blanks]


def _blank(found: Any, written: SourceText, path: Path, words: Words) -> Asked:
    keys = written.checked(AskKeys, found, path)
    if keys.unit in BYTE_UNITS:
        cure = "Leave the unit out: the answer is read in the unit that the student writes"
        raise written.fault(f"the unit {keys.unit} cannot be printed beside a blank", (*path, "unit"), cure=cure)
    label = worded(keys.label, written, (*path, "label"), words) if keys.label else keys.label
    return Asked(keys.blank, label, Fraction(str(keys.points)), keys.unit, keys.rounding is not None, path)


def _check_blanks(asked: list[Asked], written: SourceText) -> None:
    if not 1 <= len(asked) <= MOST_BLANKS:
        raise written.fault(f"{len(asked)} blanks are asked", cure=f"Allowed are 1 to {MOST_BLANKS}", slug="blanks")
    seen: set[str] = set()
    for blank in asked:
        if blank.quantity in seen:
            raise written.fault(f'"{blank.quantity}" is asked twice', ("ask",), slug="doubled-blank")
        seen.add(blank.quantity)
    hidden = [form.asked_key for blank in asked if (form := blank.form) is not None and form.asked_key is not None]
    for key in hidden[1:]:
        if key.keys != hidden[0].keys:
            cure = f"Ask for {hidden[0].name} alone: each answer holds with all other numbers as they are"
            raise written.fault("one question asks for two keys", key.place, cure=cure, slug="two-keys")
