"""The source of a practice page: complete in itself, small, the same each time, and silent about what is right."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from math import inf
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layerquiz.exam.choosing import Wanted
from layerquiz.grading.foreseen import answers_of
from layerquiz.network.mistakes import CATALOGUE
from layerquiz.practise import practice_questions
from layerquiz.render import html, interactive
from layerquiz.render.packed import packed
from layerquiz.render.questions import sheet
from layerquiz.render.veiled import ITERATIONS, TAG, locked, stretched, veiled
from render.test_html import tree_of

LARGEST = 150_000


def page(number=10, seed="0", solutions=False):
    """A practice page of some questions, and these."""
    drawn = practice_questions(Wanted(), number, inf, seed)
    return interactive.page(sheet("Practice sheet", drawn, solutions), drawn), drawn


def data_of(source):
    """What a page knows of its blanks."""
    return json.loads(re.search(r'<script type="application/json" id="sheet">(.*?)</script>', source, re.DOTALL)[1])


@pytest.mark.parametrize("seed", ["0", "1", "2"])
def test_no_key_and_no_hint_stands_in_the_source(seed):
    """No key of four digits or more stands in a page outside its wording, however it is written, and no hint at all."""
    source, drawn = page(20, seed)
    wording = html.sheet(sheet("Practice sheet", drawn, solutions=False))
    (script,) = re.findall(r"<script>(.*?)</script>", source, re.DOTALL)
    source = re.sub(r'"factor":"\d+"', "", source.replace(script, ""))  # 1024 bytes are a KiB on every sheet
    for blank in (blank for question in drawn for blank in question.blanks if isinstance(blank.key, int)):
        for spelling in (str(blank.key), f"{blank.key:,}", f"{blank.key:,}".replace(",", "{,}")):
            number = re.compile(rf"(?<![\d,]){re.escape(spelling)}(?![\d,])")
            if blank.key >= 1000:
                assert len(number.findall(source)) <= len(number.findall(wording)), blank.quantity
    for mistake in CATALOGUE.values():
        assert mistake.hint not in source
    assert "<strong>Answer:</strong>" not in source


def test_a_page_is_small_and_asks_no_host():
    """Ten questions take at most 150 KB; nothing but inline style and the one script may be used."""
    source, _ = page()
    assert len(source.encode()) <= LARGEST
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', source)[1]
    (script,) = re.findall(r"<script>(.*?)</script>", source, re.DOTALL)
    hashed = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    allowed = f"style-src 'unsafe-inline'; script-src 'sha256-{hashed}'"
    assert policy == f"default-src 'none'; {allowed}; base-uri 'none'; form-action 'none'"
    assert not re.search(r"https?://|//[a-z]+\.|@import|\burl\(|\bsrc=|\bhref=", source)


def test_the_same_questions_are_the_same_bytes():
    """There is no chance in a page; other questions have other salts."""
    first, again, other = (page(seed=seed)[0] for seed in ("0", "0", "1"))
    assert first == again
    salts = [{blank["salt"] for blank in data_of(source)["blanks"].values()} for source in (first, other)]
    assert len(salts[0]) == len(data_of(first)["blanks"])
    assert len(salts[0] & salts[1]) < len(salts[0])


def test_a_page_is_well_formed():
    """Every element is closed, every name on the page is used once, and each label and description names one."""
    source, _ = page(20)
    tree = tree_of(re.sub(r"<script.*?</script>", "", source.partition("\n")[2], flags=re.DOTALL))
    names = [element.get("id") for element in tree.iter() if element.get("id")]
    assert len(names) == len({*names}) > 40
    named = [element.get(key) for element in tree.iter() for key in ("for", "aria-describedby") if element.get(key)]
    assert {*named} <= {*names}
    assert [element for element in tree.iter() for key in element.attrib if key.startswith("on")] == []


def test_solutions_stand_open_behind_the_questions():
    """Who asks for solutions gets them in plain sight too, as in every other format."""
    source, drawn = page(3, solutions=True)
    plain = html.sheet(sheet("Practice sheet", drawn, True))
    assert source.count("<strong>Answer:</strong>") == plain.count("<strong>Answer:</strong>") > 3


def test_an_answer_unlocks_its_number_and_no_other():
    """Each answer finds its own number; what was not locked finds none."""
    answers = {"294912": 0, "294976": 7, "55x55x96": 65535, "1/3": 300}
    data = base64.b64decode(locked(answers, "salt"))
    assert len(data) == len(answers) * (TAG + 2)
    records = {data[start : start + TAG]: data[start + TAG : start + TAG + 2] for start in range(0, len(data), TAG + 2)}
    assert list(records) == sorted(records)
    for answer, number in answers.items():
        known = stretched(answer, "salt", TAG + 2, ITERATIONS)
        masked = records[known[:TAG]]
        assert bytes(a ^ b for a, b in zip(masked, known[TAG:], strict=True)) == number.to_bytes(2, "big")
    assert stretched("294913", "salt", TAG, ITERATIONS) not in records


def test_what_is_locked_is_a_published_function():
    """The function is PBKDF2 of RFC 7914, section 11: a browser that has it finds the same."""
    wanted = "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"
    assert stretched("passwd", "salt", 32, 1).hex() == wanted


def unpacked(data):
    """Packed data as it was."""
    out, place = bytearray(), 0
    while place < len(data):
        count = data[place]
        if count < 128:
            out += data[place + 1 : place + count + 2]
            place += count + 2
            continue
        back = int.from_bytes(data[place + 1 : place + 3], "big")
        for _ in range(count - 124):
            out.append(out[-back])
        place += 3
    return bytes(out)


@given(st.lists(st.sampled_from([b"a", b"bc", b"<mn>3</mn>", b"\xff\x00"]), max_size=200))
def test_packing_loses_nothing(parts):
    """What repeats itself comes back as it was, whatever it is."""
    data = b"".join(parts)
    assert unpacked(packed(data)) == data


def test_packing_looks_back_only_as_far_as_it_can_say():
    """What is seen again after 65,535 bytes and more is written again."""
    noise = Random(1).randbytes(70_000)  # noqa: S311
    data = b"<math>" + noise + b"<math>" + noise
    assert unpacked(packed(data)) == data
    repeated = b"<mrow><mn>1</mn></mrow>" * 500
    assert len(packed(repeated)) < len(repeated) / 10


def test_a_veiled_text_is_not_readable():
    """Neither a text nor a part of it stands in what veils it."""
    text = "Did you count the biases? " * 3
    assert all(part not in base64.b64decode(veiled(text, "s")) for part in (b"Did", b"count", b"biases"))
    assert veiled(text, "s") != veiled(text, "t")


def test_no_blank_without_its_answers():
    """Every number has its right answer and some wrong ones locked; a formula, which is not read, has none."""
    source, drawn = page(18)
    blanks = data_of(source)["blanks"]
    for number, question in enumerate(drawn, 1):
        for blank in question.blanks:
            foreseen, known = answers_of(blank, question), blanks[f"{number}{blank.place}"]
            count = len(base64.b64decode(known["records"])) // (TAG + 2)
            assert count == len(foreseen.right) + len(foreseen.wrong)
            assert (count > 0) == (blank.kind != "formula")
