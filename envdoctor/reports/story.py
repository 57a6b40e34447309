"""A story as text, as Markdown and as JSON; the list of all codes."""

from __future__ import annotations

from collections.abc import Iterator

from envdoctor.codes import by_subject
from envdoctor.messages import Catalogue
from envdoctor.messages.columns import padded, width, wrap
from envdoctor.messages.story import HEADINGS, SYSTEMS, Story, codes, story
from envdoctor.reports.style import Style, fits

__all__ = ["SCHEMA", "as_json", "as_markdown", "as_text", "list_as_json", "list_as_markdown", "list_as_text"]

SCHEMA = 1
_BOLD, _DIM, _RESET = "\x1b[1m", "\x1b[2m", "\x1b[0m"


def as_markdown(told: Story) -> str:
    """The whole story as one Markdown page."""
    causes, check, settle, near_miss = HEADINGS[told.language]
    lines = [f"# {told.title}", "", f"`{told.code}`", "", told.meaning, ""]
    lines += [f"## {causes}", "", told.causes, "", f"## {check}", "", told.check, ""]
    lines += [f"## {settle}", ""]
    for names, text in _grouped(told):
        lines += ([f"### {names}", ""] if names else []) + [text, ""]
    return "\n".join([*lines, f"## {near_miss}", "", told.near_miss]) + "\n"


def _grouped(told: Story) -> Iterator[tuple[str, str]]:
    """What holds everywhere, then each text once, under the systems that it is for."""
    if told.settle[""]:
        yield "", told.settle[""]
    texts = dict.fromkeys(told.settle[name] for name in SYSTEMS)
    for text in texts:
        yield ", ".join(name for name in SYSTEMS if told.settle[name] == text), text


def as_text(told: Story, style: Style) -> str:
    """The whole story for a terminal; commands stand at the left margin, whole."""
    page = _Page(style)
    page.heading(f"{told.code}: {told.title}")
    page.body(told.meaning)
    causes, check, settle, near_miss = HEADINGS[told.language]
    for heading, text in ((causes, told.causes), (check, told.check)):
        page.heading(heading)
        page.body(text)
    page.heading(settle)
    for names, text in _grouped(told):
        if names:
            page.lines += [f"{page.strong(names)}", ""]
        page.body(text)
    page.heading(near_miss)
    page.body(told.near_miss)
    return fits("\n".join(page.lines).rstrip() + "\n", style.encoding)


class _Page:
    """Markdown of the kind that stories use, laid out for a terminal."""

    def __init__(self, style: Style) -> None:
        self.lines: list[str] = []
        self._style = style

    def strong(self, text: str) -> str:
        """The text so that it stands out, where that can be shown."""
        return f"{_BOLD}{text}{_RESET}" if self._style.colour else text

    def heading(self, text: str) -> None:
        """A heading, underlined where there is no other way to tell it apart."""
        lines = wrap(text, self._style.columns)
        self.lines += [self.strong(line) for line in lines]
        if not self._style.colour:
            self.lines.append("-" * max(map(width, lines)))
        self.lines.append("")

    def body(self, text: str) -> None:
        """Paragraphs, lists, headings of systems, and blocks of commands."""
        commands = False
        for line in text.splitlines():
            if line.startswith("```"):
                commands = not commands
                if self.lines and self.lines[-1]:
                    self.lines.append("")
            elif commands:
                self.lines.append(line)
            elif line.startswith("### "):
                self.lines.append(self.strong(line[4:]))
            elif line.startswith("- "):
                self.lines += wrap(line[2:], self._style.columns, "  - ", "    ")
            elif line or (self.lines and self.lines[-1]):
                self.lines += wrap(line, self._style.columns, "  ", "  ") or [""]
        if self.lines and self.lines[-1]:
            self.lines.append("")


def as_json(told: Story) -> dict[str, object]:
    """The story as plain JSON values; the parts are Markdown."""
    return {
        "schema": SCHEMA,
        "code": told.code,
        "language": told.language,
        "title": told.title,
        "meaning": told.meaning,
        "causes": told.causes,
        "check": told.check,
        "settle": {"all" if not name else name.lower(): text for name, text in told.settle.items()},
        "near_miss": told.near_miss,
    }


def list_as_text(words: Catalogue, style: Style) -> str:
    """Every code with its title, by subject."""
    longest = max(map(len, codes()))
    wide = style.columns >= longest + 30
    lines: list[str] = []
    for subject, found in by_subject().items():
        heading = words.text(f"subject.{subject}")
        lines.append(f"{_BOLD}{heading}{_RESET}" if style.colour else heading)
        for code in found:
            title = story(code, words.language).title
            if wide:
                lines += wrap(title, style.columns, "  " + padded(code, longest + 2), " " * (longest + 4))
            else:
                lines += [f"  {code}", *wrap(title, style.columns, "    ", "    ")]
        lines.append("")
    return fits("\n".join([*lines, *wrap(words.text("explain.next"), style.columns)]) + "\n", style.encoding)


def list_as_markdown(words: Catalogue, folder: str = "") -> str:
    """Every code with its title, by subject, each linked to its page where the pages lie in a folder."""
    lines = [f"# {words.text('explain.title')}", ""]
    for subject, found in by_subject().items():
        lines += [f"## {words.text(f'subject.{subject}')}", ""]
        for code in found:
            name = f"[`{code}`]({folder}{code}.md)" if folder else f"`{code}`"
            lines.append(f"- {name}: {story(code, words.language).title}")
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def list_as_json(words: Catalogue) -> dict[str, object]:
    """Every code with its title, by subject."""
    return {
        "schema": SCHEMA,
        "language": words.language,
        "subjects": {
            subject: [{"code": code, "title": story(code, words.language).title} for code in found]
            for subject, found in by_subject().items()
        },
    }
