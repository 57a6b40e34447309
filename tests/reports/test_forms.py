"""Markdown and HTML, read back by other people's parsers: hostile text stays inert, and nothing is lost."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from envdoctor.facts import Distribution, Facts, TorchImport
from envdoctor.machine import Machine
from envdoctor.messages import catalogue
from envdoctor.reason import reason
from envdoctor.redact import Redactor
from envdoctor.reports import page
from envdoctor.reports.diagnosis import Diagnosis, diagnose
from envdoctor.reports.html import as_html, several_as_html
from envdoctor.reports.json import as_json
from envdoctor.reports.markdown import as_markdown, code, prose, several_as_markdown
from envdoctor.reports.text import Style, as_text

HOSTILE = (
    "\x1b]0;owned\x07\x1b[31mred\x9b2J <script>alert(1)</script> <img src=x onerror=alert(1)> "
    "![x](https://evil.example/t.png) [click](javascript:alert(1)) https://evil.example www.evil.example "
    "@everyone user@evil.example #123 `code` ``` ~~~ | a | *b* _c_ </details> <!-- &lt;b&gt; \u202egnp.exe "
    "\udc80 $(reboot); `reboot` && reboot"
)
PAGE_TAGS = {
    "html", "head", "meta", "title", "style", "body", "header", "main", "section", "h1", "h2", "p", "span",
    "details", "summary", "div", "ul", "li", "table", "tr", "th", "td", "button", "pre", "code", "footer", "script",
}  # fmt: skip
MARKDOWN_TAGS = {
    "h3",
    "p",
    "pre",
    "code",
    "details",
    "summary",
    "ul",
    "li",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
}


class Parsed(HTMLParser):
    """What a browser would make of a page: tags, attributes, and the words outside code."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.prose = self.text = ""
        self.comments = 0
        self._code = 0
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        self._code += tag in ("code", "pre", "script", "style")

    def handle_endtag(self, tag: str) -> None:
        self._code -= tag in ("code", "pre", "script", "style")

    def handle_data(self, data: str) -> None:
        self.text += data
        if not self._code:
            self.prose += data

    def handle_comment(self, data: str) -> None:
        self.comments += 1


def rendered(markdown: str) -> Parsed:
    """As GitHub and the forums render it: with tables, with HTML, and with bare addresses made links."""
    parser = MarkdownIt("commonmark", {"html": True}).enable("table")
    return Parsed(parser.render(markdown))


def planted(facts: Facts, text: str) -> Facts:
    """The facts with the text in every place that a report shows."""
    host = replace(facts.host, os_name=text, cpu_model=text)
    interpreter = replace(facts.interpreter, executable=text, version=f"3.12.4 {text}", prefix=text)
    copies = (Distribution(name="torch", version=f"2.5.1+cpu{text}", location=text),)
    packages = replace(facts.packages, distributions=copies, leftovers=(text,))
    nvml = facts.nvml
    assert nvml is not None and nvml.gpus
    gpus = (replace(nvml.gpus[0], name=f"NVIDIA GeForce RTX 4060 {text}", error=text),)
    ran = TorchImport(outcome="raised", error=text, error_type=text, version=f"2.5.1+cpu{text}")
    return replace(
        facts,
        host=host,
        interpreter=interpreter,
        packages=packages,
        nvml=replace(nvml, gpus=gpus),
        torch_import=ran,
        sources={"host.os_name": text},
        unknown={"host.glibc": reason("told", text=text)},
    )


def diagnosis(facts: Facts, source: str = "paste.txt", language: str = "en") -> Diagnosis:
    return diagnose(Machine(facts), source, catalogue(language), Redactor().text)


@pytest.fixture
def hostile(broken: Facts) -> Diagnosis:
    return diagnosis(planted(broken, HOSTILE), f"{HOSTILE}.txt")


def test_markdown_says_what_to_do_in_fenced_blocks(broken: Facts) -> None:
    markdown = as_markdown(diagnosis(broken))
    blocks = re.findall(r"^```bat\n(.*?)\n```$", markdown, re.DOTALL | re.MULTILINE)
    assert blocks and blocks[0].splitlines()[1].startswith("python -m pip install torch==")
    page = rendered(markdown)
    assert {"h3", "pre", "details", "summary"} <= set(page.tags)
    assert markdown.count("<details>") == markdown.count("</details>")


def test_markdown_of_hostile_facts_is_inert(hostile: Diagnosis) -> None:
    for markdown in (as_markdown(hostile), "".join(several_as_markdown([hostile, hostile], hostile.words))):
        page = rendered(markdown)
        assert set(page.tags) <= MARKDOWN_TAGS
        assert {name for name, _ in page.attributes} <= {"class"}
        assert page.comments == 0
        # What a forum turns into a mention or a link stands inside code only.
        assert not re.search(r"@\w|https?://|www\.|#\d", page.prose), page.prose
        assert "alert(1)" in page.text, "nothing was lost"


def test_html_of_hostile_facts_is_inert(hostile: Diagnosis) -> None:
    for html in (as_html(hostile), "".join(several_as_html([hostile, hostile], hostile.words))):
        page = Parsed(html)
        assert set(page.tags) <= PAGE_TAGS
        names = {name for name, _ in page.attributes}
        assert not [name for name in names if name.startswith("on") or name in ("href", "src", "style")]
        assert page.tags.count("script") == 1
        assert page.comments == 0
        assert "alert(1)" in page.text


@pytest.mark.parametrize("form", ["text", "markdown", "html", "json"])
def test_no_form_speaks_to_the_terminal(hostile: Diagnosis, form: str) -> None:
    said = {
        "text": lambda: as_text(hostile, Style(verbose=True)),
        "markdown": lambda: as_markdown(hostile),
        "html": lambda: as_html(hostile),
        "json": lambda: json.dumps(as_json(hostile), ensure_ascii=False),
    }[form]()
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", said)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("make", [as_markdown, as_html])
def test_no_form_leaves_out_a_finding(broken: Facts, make: Callable[[Diagnosis], str], language: str) -> None:
    shown = diagnosis(broken, language=language)
    said = make(shown)
    page = Parsed(said) if make is as_html else rendered(said)
    words = " ".join(page.text.split())
    for finding in shown.findings:
        assert shown.words.title(finding).replace("`", "") in words.replace("`", "")


def test_the_page_runs_only_its_own_script(broken: Facts) -> None:
    html = as_html(diagnosis(broken))
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', html)
    assert policy and "default-src &#x27;none&#x27;" in policy[1]
    assert "unsafe" not in policy[1]
    assert "http" not in re.sub(r"<pre[^>]*>.*?</pre>", "", html, flags=re.DOTALL).replace("http-equiv", "")


def test_the_page_is_in_the_language_of_its_words(broken: Facts) -> None:
    assert '<html lang="zh-CN">' in as_html(diagnosis(broken, language="zh"))
    assert '<html lang="en">' in as_html(diagnosis(broken))


SNIPPETS = st.sampled_from(
    ["`", "```", "\\", "*", "_", "~~~", "<b>", "</details>", "&lt;", "@me", "#1", "https://e.org", "[a](b)", "|", "\n", " ",
     "1. ", "- ", "> ", "# ", "==", "--", "!", "a", "$", "www.e.org", "e.org", "<!--", "显卡", "a_b_c", "::", ":+1:", "\t"]
)  # fmt: skip
ANYTHING = st.lists(SNIPPETS | st.text(max_size=3), max_size=14).map("".join)


@settings(max_examples=300, deadline=None)
@given(ANYTHING)
def test_prose_is_words_and_nothing_else(text: str) -> None:
    page = rendered(prose(text))
    assert set(page.tags) <= {"p", "code"}
    assert "".join(page.text.replace("`", "").split()) == "".join(_printed(text).replace("`", "").split())


@settings(max_examples=300, deadline=None)
@given(ANYTHING)
def test_code_is_one_code_span(text: str) -> None:
    made = code(text)
    page = rendered(f"- {made}")
    assert set(page.tags) <= {"ul", "li", "code"}
    assert "".join(page.text.split()) == "".join(_printed(text).split())
    assert page.tags.count("code") == (1 if text.split() else 0)


def _printed(text: str) -> str:
    return text.replace("\x00", "\N{REPLACEMENT CHARACTER}")


def test_several_as_html_unfold_one_by_one(broken: Facts) -> None:
    words: Any = catalogue()
    html = "".join(several_as_html([diagnosis(broken, f"r{n}.json") for n in range(3)], words))
    assert html.count('<details class="error"><summary>') == 3
    assert "By cause, of 3 reports" in html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("`import torch` fails", "<code>import torch</code> fails"),
        ("run  envdoctor check  again", "run  <code>envdoctor check</code>  again"),
        ("within 3e-06 (bound 4.1e+10)", 'within <span class="whole">3e-06</span> (bound <span class="whole">4.1e+10</span>)'),
        ("`<b>` & `", "<code>&lt;b&gt;</code> &amp; `"),
        ("", ""),
    ],
)  # fmt: skip
def test_code_in_a_sentence_is_code_on_the_page(text: str, html: str) -> None:
    assert page.prose(text) == html


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("move ~/torch.py, then", "move `~/torch.py`, then"),
        ("index = https://x.example/simple: it", "index = `https://x.example/simple`: it"),
        ("换成镜像源（~/.config/pip/pip.conf）：", "换成镜像源（`~/.config/pip/pip.conf`）："),
        ("访问 http://x.example/simple；于是", "访问 `http://x.example/simple`；于是"),
        ("(WinError 1455)", "(WinError 1455)"),
        ("add --ipc=host to it.", "add `--ipc=host` to it."),
        ("call f(x) of torch.cuda.is_available()", "call f(x) of `torch.cuda.is_available()`"),
        ("then run  envdoctor check  again", "then run `envdoctor check` again"),
        ("1. first", "1\\. first"),
        ("a :smile: b:tada:", "a `:smile:` `b:tada:`"),
    ],
)
def test_prose_is_code_where_a_word_means_something_and_only_there(text: str, markdown: str) -> None:
    assert prose(text) == markdown
