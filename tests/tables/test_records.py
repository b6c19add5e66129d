"""JSON as tables: digits are kept, shapes are lists, and what would be swallowed is refused."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layerquiz.errors import LayerquizError
from layerquiz.tables import records

TWO = ("student", "1a")


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("34944", "34944"),
        ("34944.0", "34944.0"),
        ("9" * 5000, "9" * 5000),
        ("1e400", "1e400"),
        ("NaN", "NaN"),
        ("null", ""),
        ('" 34,944 "', "34,944"),
        ("[6, 28, 28]", "(6, 28, 28)"),
    ],
)
def test_an_answer_is_what_was_written(written: str, text: str) -> None:
    """Numbers keep their digits, however many; a list of numbers is a shape; null is no answer."""
    table = records.table(f'[{{"student": "s1", "1a": {written}}}]', "x.json")
    assert (table.columns, table.rows) == (TWO, ((1, ("s1", text)),))


@pytest.mark.parametrize(
    "written",
    [
        '[{"student": "s1", "1a": "5"}]',
        '[{"1a": "5", "student": "s1"}]',
        '[{"student": "s1", "answers": {"1a": "5"}}]',
        '{"s1": {"1a": "5"}}',
        '{"answers": [{"student": "s1", "1a": "5"}]}',
        '{"exam": "0123abcd", "format": 1, "submissions": {"s1": {"1a": "5"}}}',
    ],
)
def test_records_and_mappings_say_the_same(written: str) -> None:
    """A list of records, a mapping by student, and either inside a whole file."""
    table = records.table(written, "x.json")
    found = [dict(zip(table.columns, cells, strict=True)) for _, cells in table.rows]
    assert found == [{"student": "s1", "1a": "5"}]
    assert table.exam == ("0123abcd" if "exam" in written else "")


@pytest.mark.parametrize(
    ("written", "told"),
    [
        pytest.param('[{"student": "s1", "1a": 1, "1a": 2}]', 'the key "1a" stands twice', id="doubled key"),
        pytest.param('{"s1": {"1a": 1}, "s1": {"1a": 2}}', 'the key "s1" stands twice', id="doubled student"),
        pytest.param('[{"student": "s1", "1a": 1, "answers": {"1a": 2}}]', "beside the answers", id="in two places"),
        pytest.param('[{"student": "s1", "1a": true}]', "true or false", id="a truth"),
        pytest.param('[{"student": "s1", "1a": {"x": 1}}]', "a mapping", id="a mapping"),
        pytest.param('[{"student": "s1", "1a": [[1]]}]', "a list", id="a list in a list"),
        pytest.param('[{"student": "s1"}, 5]', "entry 2", id="no record"),
        pytest.param('{"answers": [], "anwers": []}', '"anwers"', id="an unknown key"),
        pytest.param("5", "no list of answers", id="a number"),
        pytest.param("[" * 200_000, "too deep", id="deep lists"),
        pytest.param('{"a":' * 200_000, "too deep", id="deep mappings"),
        pytest.param('[\n{"student": "s1",}]', "line 2", id="broken"),
        pytest.param("", "not JSON", id="empty"),
        pytest.param(json.dumps([{f"k{number}": "1"} for number in range(1001)]), "1,000", id="a thousand keys"),
    ],
)
def test_what_is_no_table_is_refused(written: str, told: str) -> None:
    """The refusal names the file and the place; depth costs nothing."""
    with pytest.raises(LayerquizError) as caught:
        records.table(written, "x.json")
    assert told in str(caught.value)
    assert str(caught.value).startswith("x.json")


def test_lines_are_numbered_as_they_stand() -> None:
    """Each line is a record of its own; a broken one is named by its number."""
    table = records.table_of_lines('{"student": "s1", "1a": "5"}\n\n{"student": "s2", "1b": "6"}\n', "x.jsonl")
    assert table.columns == ("student", "1a", "1b")
    assert table.rows == ((1, ("s1", "5", "")), (3, ("s2", "", "6")))
    with pytest.raises(LayerquizError, match=r"x\.jsonl, line 2: not JSON"):
        records.table_of_lines('{"student": "s1"}\n{"student"}', "x.jsonl")


@given(st.dictionaries(st.text(min_size=1, max_size=5), st.text(max_size=8).map(str.strip), min_size=1, max_size=4))
def test_any_texts_come_back(answers: dict[str, str]) -> None:
    """Whatever text stands in JSON is the text of the cell."""
    record = {"student": "s1", "answers": {key: value for key, value in answers.items() if key != "student"}}
    table = records.table(json.dumps([record]), "x.json")
    found = dict(zip(table.columns, table.rows[0][1], strict=True))
    assert found == {"student": "s1", **record["answers"]}  # type: ignore[dict-item]
