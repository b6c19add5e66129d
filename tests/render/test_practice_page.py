"""A practice page in use: with a keyboard, a screen reader and a phone, without a network."""

from __future__ import annotations

from dataclasses import replace
from importlib.resources import files
from itertools import pairwise

import pytest

from browser import in_browser, opened, shown, sized, until
from layerquiz.exam import library
from layerquiz.exam.drawing import draw
from layerquiz.grading.foreseen import answers_of
from layerquiz.render import interactive
from layerquiz.render.mathtext import in_words
from layerquiz.render.questions import sheet

TEMPLATES = (
    *("conv-size", "conv-parameters", "keras-conv2d", "pooling-size", "conv-macs", "vgg-block", "mnist-network"),
    *("conv-parameters-in-letters", "conv-parameters-choice", "parameters-or-activations", "find-error-lstm"),
    "what-keeps-the-size",
)
LOOKED_AT = ("conv-size", "mnist-network", "conv-parameters-in-letters", "find-error-lstm", "what-keeps-the-size")
"""One question of each look: looking for barriers takes seconds."""

AT_ONCE, MOST_OPENINGS = 300, 20
"""Milliseconds until a page can be used, and how often it is opened until it was as fast as that."""


@pytest.fixture(scope="module")
def driver():
    """A browser for all tests of this module."""
    with opened() as found:
        yield found


@pytest.fixture(scope="module")
def questions():
    """The questions of the page: numbers, shapes, memories, formulas, options, and a table."""
    drawn = [draw(library.named(name), "4") for name in TEMPLATES]
    return [
        replace(question, blanks=tuple(replace(blank, rounding=True) for blank in question.blanks))
        if question.template.name == "vgg-block"
        else question
        for question in drawn
    ]


def written(questions, folder):
    """A page of questions, as a file."""
    path = folder / "practice.html"
    path.write_text(interactive.page(sheet("Practice sheet", questions, solutions=False), questions), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def file(questions, tmp_path_factory):
    """The page as a file."""
    return written(questions, tmp_path_factory.mktemp("practice"))


@pytest.fixture(scope="module")
def looked_at(questions, tmp_path_factory):
    """A shorter page as a file."""
    chosen = [question for question in questions if question.template.name in LOOKED_AT]
    return written(chosen, tmp_path_factory.mktemp("shorter"))


@pytest.fixture
def page(driver, file):
    """The page, just opened."""
    sized(driver, 1280)
    shown(driver, file)
    return driver


def named(questions):
    """Every number that is asked, by its name on the page."""
    for number, question in enumerate(questions, 1):
        for blank in question.blanks:
            if blank.kind != "formula":
                yield f"{number}{blank.place}", blank, question


def answered(driver, answers):
    """What the page says of answers, by the names of their blanks; all are typed and checked at once."""
    script = """
        const done = arguments[arguments.length - 1];
        for (const [name, text] of Object.entries(arguments[0])) {
          const form = document.querySelector(`form[data-blank="${name}"]`);
          for (const field of form.querySelectorAll("input")) {
            if (field.type === "text") field.value = text;
            else field.checked = text.includes(field.value);
          }
          form.requestSubmit();
        }
        const told = () => Object.fromEntries(Object.keys(arguments[0]).map(
          (name) => [name, document.getElementById(`t${name}`).textContent]));
        const wait = () => Object.values(told()).every(Boolean) ? done(told()) : setTimeout(wait, 10);
        wait();"""
    driver.set_script_timeout(30)
    return driver.execute_async_script(script, answers)


def field(driver, name):
    return driver.find_element("css selector", f'form[data-blank="{name}"] input')


def told(driver, name):
    return until(lambda: driver.find_element("id", f"t{name}").text)


@in_browser
def test_right_answers_are_right_in_several_spellings(page, questions):
    """The key is right with separators, as a sum, with words around it; a shape with other signs between its sizes."""
    options = {name: str(blank.key) for name, blank, _ in named(questions) if blank.listed}
    assert any(len(chosen) > 1 and chosen.isalpha() for chosen in options.values())
    every = {name: blank.key for name, blank, _ in named(questions) if not blank.listed}
    assert all(text.endswith("Right.") for text in answered(page, options).values())
    assert len(every) > 20
    ways = (
        lambda key: in_words(key).replace(" ", ""),
        lambda key: f"({', '.join(map(str, key))})" if isinstance(key, tuple) else f"{key:,}",
        lambda key: "*".join(map(str, key)) if isinstance(key, tuple) else f"2 * {key} - {key} = {key}",
        lambda key: f"shape: {' × '.join(map(str, key))}" if isinstance(key, tuple) else f"total: {key} in all",
    )  # fmt: skip
    for way in ways:
        said = answered(page, {name: way(key) for name, key in every.items()})
        assert {name: text for name, text in said.items() if not text.endswith("Right.")} == {}
    assert page.find_element("id", "score").text == "{0} of {0} right".format(len(every) + len(options))


@in_browser
def test_a_mistake_is_asked_about(page, questions):
    """Each wrong answer that was foreseen gets its own hint, behind how it was read."""
    foreseen = {name: [*answers_of(blank, question).wrong.items()] for name, blank, question in named(questions)}
    rounds = 8
    for turn in range(rounds):
        chosen = {name: wrong[turn * len(wrong) // rounds] for name, wrong in foreseen.items() if wrong}
        chosen = {name: (answer, hint) for name, (answer, hint) in chosen.items() if "~" not in answer}
        said = answered(page, {name: answer for name, (answer, _) in chosen.items()})
        for name, (answer, hint) in chosen.items():
            assert said[name].startswith(("Read as ", "Chosen: ")), answer
            assert hint in said[name]
            assert page.find_element("css selector", f'[data-blank="{name}"]').get_attribute("data-verdict") == "wrong"


@in_browser
def test_nonsense_is_refused_with_its_place(page):
    """What cannot be read is no try: the page says what it is and where, and nothing is read as something else."""
    said = answered(page, {"1a": "3 * banana", "1b": "", "2a": "34 35"})
    assert said["1a"].startswith("Not read here, at character 5: The word “banana” is not known here.")
    assert said["1b"] == "Nothing is answered yet."
    assert said["2a"].startswith("Not read here, at character 4: Two numbers stand side by side here.")
    assert not any(form.get_attribute("data-tries") for form in page.find_elements("css selector", "form.blank"))


@in_browser
def test_an_unknown_mistake_is_told_as_the_grader_tells_it(page):
    """A number that no mistake gives gets the grader's own words; after two tries the steps are pointed to."""
    for nudge in ("", " The steps below show the way."):
        said = answered(page, {"1a": "7.77"})["1a"]
        assert said == (
            "Read as 7.77. No single explanation fits this answer: can you write down how you came to it?"
            f" If you rounded: what are all its digits?{nudge}"
        )


@in_browser
def test_a_rounded_memory_is_right_at_the_digits_that_it_shows(page, questions):
    """Where rounding is allowed, a memory counts rounded or cut off, in any unit, but not with a wrong digit."""
    name, blank = next(
        (name, blank) for name, blank, _ in named(questions) if blank.quantity == "total.parameter_bytes"
    )
    for unit, size in {"kB": 10**3, "MiB": 2**20, "MB": 10**6}.items():
        for digits in (2, 3):
            assert answered(page, {name: f"{blank.key / size:.{digits}f} {unit}"})[name].endswith("Right.")
    wrong = answered(page, {name: f"{1.1 * blank.key / 10**6:.3f} MB"})[name]
    assert wrong.startswith("Read as ")
    assert "If you rounded: what are all its digits?" in wrong


@in_browser
def test_a_wrong_choice_is_told_as_one(page, questions):
    """Options that no mistake explains are called what feedback calls them, and nothing is said of how they came."""
    name, blank = next((name, blank) for name, blank, _ in named(questions) if blank.quantity.startswith("line: "))
    wrong = next(letter for letter in "AB" if letter != blank.key)
    assert answered(page, {name: wrong})[name] == f"Chosen: {wrong}. Not the right choice."


@in_browser
def test_a_formula_is_not_read(page, questions):
    """Where a formula is asked for, the page says from the start that it is not read, and has its steps."""
    number, question = next(
        (number, question) for number, question in enumerate(questions, 1) if question.blanks[0].formula
    )
    name = f"{number}{question.blanks[0].place}"
    assert "Not read here" in page.find_element("id", f"t{name}").text
    assert not page.find_elements("css selector", f'[data-blank="{name}"] button')
    page.find_element("css selector", f'[data-blank="{name}"] summary').click()
    until(lambda: page.find_elements("css selector", f'[data-blank="{name}"] .key'))


@in_browser
def test_a_keyboard_is_enough(page, questions):
    """Tab goes to each field, its button and its steps in turn; Enter checks, and opens the steps with the answer."""
    from selenium.webdriver import ActionChains, Keys

    def press(*keys):
        ActionChains(page).send_keys(*keys).perform()
        return page.switch_to.active_element

    name, blank, _ = next(named(questions))
    assert press(Keys.TAB).tag_name == "summary"
    assert press(Keys.TAB).get_attribute("id") == f"b{name}"
    press("12 apples", Keys.ENTER)
    assert "apples" in told(page, name)
    button = press(Keys.TAB)
    assert button.accessible_name == "Check 1 (a)"
    summary = press(Keys.TAB)
    assert summary.accessible_name.startswith("Show the steps of 1 (a)")
    outline = page.execute_script("return getComputedStyle(document.activeElement).outlineWidth")
    assert float(outline.removesuffix("px")) >= 2
    press(Keys.ENTER)
    steps = until(lambda: page.find_elements("css selector", f'[data-blank="{name}"] .key'))
    assert f"{blank.key:,}" in steps[0].text
    assert page.find_elements("css selector", f'[data-blank="{name}"] .step math')


@in_browser
def test_no_other_host_is_asked(page):
    """Nothing was fetched for the page, and nothing can be from it: neither by itself nor by what stands in it."""
    assert page.execute_script("return performance.getEntriesByType('resource').length") == 0
    refused = page.execute_async_script("""
        const done = arguments[0], found = [];
        document.addEventListener("securitypolicyviolation", (event) => found.push(event.effectiveDirective));
        fetch("https://example.org/").catch(() => {});
        new Image().src = "https://example.org/x.png";
        document.body.append(Object.assign(document.createElement("script"), { textContent: "window.ran = true" }));
        setTimeout(() => done([...new Set(found)].sort().concat(String(window.ran))), 200);""")
    assert refused == ["connect-src", "img-src", "script-src-elem", "undefined"]


@in_browser
def test_a_page_can_be_used_at_once(driver, file, summary):
    """It is ready soon after it was opened, and tells an answer soon, on a machine that has other things to do too."""
    took = []
    while len(took) < MOST_OPENINGS and min(took, default=AT_ONCE + 1) > AT_ONCE:
        shown(driver, file)
        took.append(int(until(lambda: driver.execute_script("return document.documentElement.dataset.ready"))))
    summary.append(f"practice page of {len(TEMPLATES)} questions: ready after {min(took)} ms")
    assert min(took) <= AT_ONCE
    start = driver.execute_script("return performance.now()")
    answered(driver, {"1a": "12"})
    assert driver.execute_script("return performance.now()") - start < 1_000


@in_browser
def test_without_cryptography_the_page_says_so(driver, file):
    """Where a browser keeps it back, nothing pretends to work."""
    source = "Object.defineProperty(Crypto.prototype, 'subtle', { value: undefined })"
    added = driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": source})
    try:
        shown(driver, file)
        assert driver.find_element("id", "fails").is_displayed()
        assert not driver.find_element("id", "works").is_displayed()
        assert not any(button.is_displayed() for button in driver.find_elements("css selector", "form button"))
    finally:
        driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", added)


def used(driver):
    """Leave the page with one answer of each kind, and with steps open."""
    answered(driver, {"1a": "banana", "1b": "3", "1c": "24", "2a": "7.5"})
    names = driver.execute_script("""return [...document.querySelectorAll("form.blank")].slice(0, 6).map((form) => {
        form.querySelector("details").open = true; return form.dataset.blank; })""")
    for name in names:
        until(lambda name=name: driver.find_elements("css selector", f'[data-blank="{name}"] .key'))
    driver.execute_script("document.querySelector('#works details').open = true")


@in_browser
@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_everybody_can_use_it(driver, looked_at, width, dark):
    """axe finds nothing in either colour scheme, wide and narrow; nothing has to be scrolled sideways but formulas."""
    sized(driver, width, dark=dark)
    shown(driver, looked_at)
    used(driver)
    assert driver.execute_script("return document.documentElement.scrollWidth") <= width
    driver.execute_script((files("axe_core_python") / "axe.min.js").read_text(encoding="utf-8"))
    found = driver.execute_async_script("axe.run().then(arguments[0])")
    assert [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found["violations"]] == []
    assert len(found["passes"]) > 15
    levels = [int(head.tag_name[1]) for head in driver.find_elements("css selector", "h1, h2, h3")]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


@in_browser
def test_on_paper_nothing_is_left_to_press(page):
    """Printed, a sheet has its questions and lines for the answers, and none of what only a screen needs."""
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        assert not any(item.is_displayed() for item in page.find_elements("css selector", "button, summary, #works"))
        assert all(item.is_displayed() for item in page.find_elements("css selector", "form.blank input"))
    finally:
        page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
