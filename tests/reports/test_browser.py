"""The HTML page in a real browser: it unfolds, it copies, it fits a phone, and it says nothing to the console."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from envdoctor.facts import Facts, MirrorAnswer
from envdoctor.findings import Words
from envdoctor.knowledge import knowledge
from envdoctor.machine import Machine
from envdoctor.messages import catalogue
from envdoctor.planner.asked import Asked
from envdoctor.planner.recipe import recipe
from envdoctor.redact import Redactor
from envdoctor.reports.diagnosis import diagnose
from envdoctor.reports.forms import plan, sources
from envdoctor.reports.html import as_html, several_as_html
from envdoctor.reports.mirrors_view import mirrors_view
from envdoctor.reports.recipe_view import recipe_view
from envdoctor.reports.smoke_html import as_html as smoke_html
from envdoctor.reports.smoke_plot import picture
from envdoctor.reports.smoke_view import smoke_view
from envdoctor.reports.style import Style
from envdoctor.smoke.options import CHECKS
from envdoctor.smoke.result import Check, SmokeResult
from tests.reports.conftest import machine

if TYPE_CHECKING:
    from selenium.webdriver import Chrome
    from selenium.webdriver.remote.webelement import WebElement

BROWSER = next(filter(None, map(shutil.which, ("chromium", "google-chrome", "chromium-browser"))), None)
DRIVER = shutil.which("chromedriver")
PHONE, DESKTOP = 390, 1280

pytestmark = pytest.mark.skipif(not (BROWSER and DRIVER), reason="no chromium with its chromedriver here")
Open = Callable[..., "Chrome"]


@pytest.fixture(scope="module")
def chrome() -> Iterator[Chrome]:
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(argument)
    options.binary_location = BROWSER or ""
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
    driver.execute_cdp_cmd(
        "Browser.grantPermissions", {"permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]}
    )
    yield driver
    driver.quit()


def says(element: WebElement, text: str) -> None:
    """Wait until it does: the clipboard answers the page in its own time."""
    from selenium.webdriver.support.wait import WebDriverWait

    WebDriverWait(element, 5, poll_frequency=0.05).until(lambda shown: shown.text == text)


@pytest.fixture
def opened(chrome: Chrome, tmp_path: Path, broken: Facts) -> Open:
    """Open the page of a broken machine; answers the browser, whose console is then empty."""

    def show(
        width: int = DESKTOP,
        language: str = "en",
        scheme: str = "light",
        html: str = "",
        *,
        clean: bool = True,
    ) -> Chrome:
        shown = diagnose(Machine(broken), "laptop.txt", catalogue(language), Redactor().text)
        page = tmp_path / f"{language}.html"
        page.write_text(html or as_html(shown), encoding="utf-8")
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width == PHONE}
        chrome.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        media = [{"name": "prefers-color-scheme", "value": scheme}]
        chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": media})
        chrome.get(page.as_uri())
        assert not clean or chrome.get_log("browser") == []
        return chrome

    return show


def smoke_page(language: str) -> str:
    """A run that passed, with a check that warns."""
    checks = [
        Check(
            name=name,
            status="warning" if name == "speed" else "passed",
            detail=Words("smoke.forward.passed", {"count": 64, "measured": "2e-08", "bound": "3e-06"}),
            measured=2e-8,
            bound=3e-6,
            seconds=0.1,
        )
        for name in CHECKS
    ]
    losses = tuple(1.0 / (1 + step) + 0.02 for step in range(240))
    facts = {"torch": "2.14.1+cu126", "noise_floor": 0.0256, "loss_bound": 0.0393}
    result = SmokeResult(verdict="passed", device="cuda:0", checks=tuple(checks), losses=losses, facts=facts)
    words = catalogue(language)
    return smoke_html(smoke_view(result, words, str), picture(result, words), (), words)


def test_a_check_of_a_smoke_run_unfolds_to_its_numbers(opened: Open) -> None:
    browser = opened(html=smoke_page("en"))
    _, first, *_, last = browser.find_elements("css selector", ".checks details")
    numbers = first.find_element("css selector", ".body")
    assert not numbers.is_displayed()
    first.find_element("css selector", "summary").click()
    assert numbers.is_displayed()
    assert "bound 3e-06" in " ".join(numbers.text.split())
    assert last.find_element("css selector", ".body").is_displayed(), "a warning is unfolded"


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_part_of_a_smoke_run_is_wider_than_the_page(opened: Open, width: int, language: str) -> None:
    browser = opened(width, language, html=smoke_page(language))
    browser.execute_script("for (const each of document.querySelectorAll('details')) each.open = true")
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    letters = browser.execute_script(
        "const svg = document.querySelector('svg'); const text = svg.querySelector('text');"
        "return parseFloat(getComputedStyle(text).fontSize) * svg.getBoundingClientRect().width / 760"
    )
    assert letters >= 9.5, "the words of the picture can be read"


def test_the_curve_stands_out_in_light_and_dark(opened: Open) -> None:
    def colours(scheme: str) -> tuple[str, str]:
        browser = opened(html=smoke_page("en"), scheme=scheme)
        found = browser.execute_script(
            "return ['.ground', '.curve'].map(e => getComputedStyle(document.querySelector('.plot ' + e)))"
            ".map((style, i) => i ? style.stroke : style.fill)"
        )
        return str(found[0]), str(found[1])

    light, dark = colours("light"), colours("dark")
    assert light[0] == "rgb(255, 255, 255)" and dark[0] == "rgb(16, 20, 24)"
    assert light[1] != dark[1]


def test_a_click_unfolds_and_folds(opened: Open) -> None:
    browser = opened()
    part = browser.find_element("css selector", "details")
    body = part.find_element("css selector", ".body")
    assert not body.is_displayed()
    part.find_element("css selector", "summary").click()
    assert body.is_displayed()
    assert "RTX 4060" in body.text
    part.find_element("css selector", "summary").click()
    assert not body.is_displayed()


@pytest.mark.parametrize(("language", "done"), [("en", "Copied"), ("zh", "已复制")])
def test_the_button_copies_the_commands_as_they_are_to_be_pasted(
    opened: Open, language: str, done: str
) -> None:
    browser = opened(language=language)
    button = browser.find_element("css selector", "button.copy")
    button.click()
    copied = browser.execute_async_script(
        "const told = arguments[0]; navigator.clipboard.readText().then(told, error => told(String(error)))"
    )
    lines = copied.splitlines()
    assert lines[0] == "python -m pip uninstall -y torch torchvision torchaudio"
    assert lines[1].startswith("python -m pip install torch==")
    assert lines[1].endswith("https://download.pytorch.org/whl/cu126")
    says(button, done)


def fits(browser: Chrome, width: int) -> None:
    """Nothing of the page, all of it unfolded, is wider than the window or cut."""
    browser.execute_script("for (const each of document.querySelectorAll('details')) each.open = true")
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    cut = browser.execute_script(
        "return [...document.querySelectorAll('body *')].filter(e => e.scrollWidth > e.clientWidth + 1 "
        "&& e.clientWidth && getComputedStyle(e).display !== 'inline' && !e.classList.contains('said'))"
        ".map(e => e.outerHTML.slice(0, 80))"
    )
    assert cut == []


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_nothing_is_wider_than_the_page(opened: Open, width: int, language: str) -> None:
    browser = opened(width, language)
    fits(browser, width)


def test_light_and_dark(opened: Open) -> None:
    def ground(scheme: str) -> str:
        return str(
            opened(scheme=scheme).execute_script("return getComputedStyle(document.body).backgroundColor")
        )

    assert (ground("light"), ground("dark")) == ("rgb(255, 255, 255)", "rgb(16, 20, 24)")


def test_everything_is_unfolded_on_paper(opened: Open) -> None:
    browser = opened()
    folded = "return document.querySelectorAll('details:not([open])').length"
    before = browser.execute_script(folded)
    browser.execute_script("dispatchEvent(new Event('beforeprint'))")
    assert before > 0
    assert browser.execute_script(folded) == 0
    browser.execute_script("dispatchEvent(new Event('afterprint'))")
    assert browser.execute_script(folded) == before


def test_foreign_script_does_not_run(opened: Open, broken: Facts) -> None:
    """Even where the escaping would fail: the page's policy lets nothing run but its own script."""
    words = catalogue()
    html = as_html(diagnose(Machine(broken), "laptop.txt", words, Redactor().text))
    forged = html.replace("<main>", "<main><script>window.owned = 1</script>")
    assert forged != html
    browser = opened(html=forged, clean=False)
    assert "Content Security Policy" in browser.get_log("browser")[0]["message"]
    assert browser.execute_script("return window.owned") is None


def test_several_reports_unfold_in_one_page(opened: Open, broken: Facts) -> None:
    words = catalogue()
    shown = [diagnose(Machine(broken), f"r{n}.txt", words, Redactor().text) for n in range(2)]
    browser = opened(html="".join(several_as_html(shown, words)))
    parts = browser.find_elements("css selector", "main > details")
    assert len(parts) == 2
    parts[1].find_element("css selector", "summary").click()
    button = parts[1].find_element("css selector", "button.copy")
    button.click()
    says(button, "Copied")


# -- plans and mirrors


def plan_page(language: str, *assumptions: str, **asked: str) -> str:
    """The page of a plan for a laptop, or whatever is assumed."""
    laptop = ("os=windows", "python=3.12", "driver=551.61", "gpu=NVIDIA GeForce GTX 1060 6GB")
    made = recipe(Machine(machine(*(assumptions or laptop))), Asked(**asked))  # type: ignore[arg-type]
    words = catalogue(language)
    return plan(recipe_view(made, words, Redactor().text), "html", words, Style(), why=False)


def mirrors_page(language: str, *, measured: bool) -> str:
    answers = (
        MirrorAnswer(
            mirror="tuna", serves="pypi", url="u", outcome="ok", first=0.2, rate=2e6, newest="2.15.0"
        ),
        MirrorAnswer(
            mirror="ustc", serves="pypi", url="u", outcome="no-connection", detail="[Errno 111] refused"
        ),
    )
    words, tables = catalogue(language), knowledge()
    seen = mirrors_view(tables.mirrors, tables, answers if measured else None, (), words)
    return sources(seen, "html", words, Style())


PAGES: dict[str, Callable[[str], str]] = {
    "plan": lambda language: plan_page(language, mirror="tuna"),
    "environment": lambda language: plan_page(language, environment="D:\\my envs\\dl"),
    "refusal": lambda language: plan_page(language, torch="2.9.0", backend="cu130"),
    "no build": lambda language: plan_page(
        language, "os=windows", "python=3.12", "driver=391.35", "gpu=GTX 580"
    ),
    "mirrors": lambda language: mirrors_page(language, measured=False),
    "measured": lambda language: mirrors_page(language, measured=True),
}


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("page", PAGES)
def test_no_part_of_a_plan_or_a_list_is_wider_than_the_page(
    opened: Open, page: str, width: int, language: str
) -> None:
    browser = opened(width, language, html=PAGES[page](language))
    fits(browser, width)


@pytest.mark.parametrize(("language", "done"), [("en", "Copied"), ("zh", "已复制")])
@pytest.mark.parametrize("page", ["plan", "environment", "refusal"])
def test_the_button_of_a_plan_copies_every_command(opened: Open, page: str, language: str, done: str) -> None:
    browser = opened(language=language, html=PAGES[page](language))
    (button,) = browser.find_elements("css selector", "button.copy")
    button.click()
    copied = browser.execute_async_script(
        "const told = arguments[0]; navigator.clipboard.readText().then(told, error => told(String(error)))"
    )
    wanted = {
        "plan": ["python -m pip install torch=="],
        "environment": [
            "-m venv",
            'D:\\"my envs"\\dl\\Scripts\\activate',
            "python -m pip install torch==",
        ],
        "refusal": ["envdoctor install --torch 2.9.0 --backend cu126"],
    }[page]
    lines = copied.splitlines()
    assert len(lines) == len(wanted)
    assert [start for line, start in zip(lines, wanted, strict=True) if start not in line] == []
    says(button, done)


def test_a_mirror_unfolds_to_what_it_serves(opened: Open) -> None:
    browser = opened(html=mirrors_page("en", measured=False))
    first, *_, last = browser.find_elements("css selector", "main > details")
    command = first.find_element("css selector", "pre")
    assert not command.is_displayed()
    first.find_element("css selector", "summary").click()
    assert command.text == "envdoctor install --mirror official"
    assert not last.find_elements("css selector", "button.copy"), "the last one was shut down"
