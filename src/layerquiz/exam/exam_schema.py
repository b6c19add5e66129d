"""The JSON schema of an exam file, by which editors complete and check what is typed."""

from __future__ import annotations

from typing import Any

from layerquiz.exam import library
from layerquiz.exam.exam_keys import DrawKeys, EntryKeys, ExamKeys, SectionKeys
from layerquiz.exam.schema import DIALECT, entry
from layerquiz.languages import LANGUAGES
from layerquiz.network.conventions import NAMED

OWN_FILE = {"type": "string", "pattern": r"\.md$"}
"""A template of the author's own."""


def schema() -> dict[str, Any]:
    """Return the schema: the keys of the models, and the names that stand in lists."""
    found = entry(ExamKeys)
    keys, questions = found["properties"], {"type": "array", "minItems": 1, "items": _question()}
    section = entry(SectionKeys)
    for owner, key, more in (
        (keys, "questions", questions),
        (section["properties"], "questions", questions),
        (keys, "sections", {"type": "array", "minItems": 1, "items": section}),
        (keys, "language", {"enum": list(LANGUAGES)}),
        (keys, "conventions", {"anyOf": [{"enum": list(NAMED)}, {"type": "object"}]}),
    ):
        owner[key] = {**more, "description": owner[key]["description"]}
    one = [{"required": ["questions"]}, {"required": ["sections"]}]
    return {"$schema": DIALECT, **found, "oneOf": one, "title": "A layerquiz exam"}


def _question() -> dict[str, Any]:
    """Return the schema of one entry of `questions`."""
    found, draw = entry(EntryKeys), entry(DrawKeys)
    topic = draw["properties"]["topic"]
    draw["properties"]["topic"] = {"enum": sorted(topics()), "description": topic["description"]}
    keys = found["properties"]
    keys["draw"] = {**draw, "description": keys["draw"]["description"]}
    named = {"enum": sorted(library.templates())}
    keys["template"] = {"anyOf": [named, OWN_FILE], "description": keys["template"]["description"]}
    kinds = [
        {"required": ["template"]},
        {"required": ["draw"]},
        {"required": ["text", "points"]},
        {"required": ["network"]},
    ]
    return {**found, "oneOf": kinds}


def topics() -> set[str]:
    """Return the topics of the library's templates."""
    return {topic for template in library.templates().values() for topic in template.topics}
