"""`envdoctor mirrors`: what each mirror serves; with `--measure` how each answers from here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from envdoctor.errors import UsageError
from envdoctor.planner.named_mirror import mirror_of

if TYPE_CHECKING:
    from envdoctor.commands.writing import Terminal
    from envdoctor.facts import MirrorAnswer
    from envdoctor.findings import Finding
    from envdoctor.knowledge import Knowledge, Mirror
    from envdoctor.network import Fetch
    from envdoctor.outside import Outside
    from envdoctor.probes.mirrors import Place

__all__ = ["Options", "measured", "mirrors"]


@dataclass(frozen=True, slots=True)
class Options:
    """The command line of `mirrors`. `names` empty: all of them."""

    names: tuple[str, ...] = ()
    measure: bool = False
    form: str = "text"
    output: Path | None = None
    verbose: bool = False


def mirrors(options: Options) -> int:
    """List the mirrors; one that does not answer is a row, so the exit code is 0."""
    from envdoctor.commands.writing import Terminal, deliver, style_for
    from envdoctor.knowledge import knowledge
    from envdoctor.reports.mirrors import as_json

    tables, terminal = knowledge(), Terminal()
    rows = chosen(options.names, tables)
    answers: tuple[MirrorAnswer, ...] | None = None
    findings: tuple[Finding, ...] = ()
    if options.measure:
        from envdoctor.network import fetcher
        from envdoctor.outside import LiveOutside
        from envdoctor.probes.pip_config import pip_route

        outside = LiveOutside()
        try:
            fetch = fetcher(pip_route(outside, None))
            answers = measured(outside, rows, tables, fetch, terminal)
            findings = configured_trouble(outside, answers)
        finally:
            outside.close()
    from envdoctor.messages import catalogue

    words = catalogue()
    if options.form == "json":
        import json

        text = json.dumps(as_json(rows, tables, answers, findings), indent=2, ensure_ascii=False) + "\n"
    else:
        from envdoctor.reports.forms import sources
        from envdoctor.reports.mirrors_view import mirrors_view

        style = style_for(options.output, terminal, verbose=options.verbose or bool(options.names))
        text = sources(mirrors_view(rows, tables, answers, findings, words), options.form, words, style)
    deliver(text, options.output, terminal)
    return 0


def chosen(names: tuple[str, ...], tables: Knowledge) -> tuple[Mirror, ...]:
    """The mirrors of these names, in this order; all of them where none is named.

    Raises:
        UsageError: a name that no mirror has.

    """
    if not names:
        return tables.mirrors
    rows = []
    for name in names:
        row = tables.mirror(name)
        # A dead mirror may be looked up, though not installed from.
        rows.append(row if row is not None else mirror_of(name, tables, "mirrors"))
    return tuple(rows)


def _variant_to_measure(tables: Knowledge) -> tuple[str, str]:
    """The settled torch release and the CUDA variant of it that the most places hold."""
    from envdoctor.facts import Facts
    from envdoctor.machine import Machine

    release = Machine(Facts(), tables).settled
    offered = [each for each in release.official_variants.get("linux_x86_64", ()) if each.startswith("cu")]
    if not offered:
        raise UsageError(f"torch {release.version} has no CUDA build in the tables")
    return release.version, offered[0]


def measured(
    outside: Outside,
    rows: tuple[Mirror, ...],
    tables: Knowledge,
    fetch: Fetch,
    terminal: Terminal,
    serves: tuple[str, ...] = ("pypi", "wheels", "conda"),
) -> tuple[MirrorAnswer, ...]:
    """How these mirrors answer from here, for these of the things that they serve."""
    import sys

    from envdoctor.messages import catalogue
    from envdoctor.probes.mirrors import default_index, measure, places

    settled, variant = _variant_to_measure(tables)
    index = None
    if any(row.id == "official" for row in rows):
        index = default_index(outside, (sys.executable, outside.which("python3") or sys.executable))
    asked = [each for each in places(rows, variant, index) if each.serves in serves]
    return measure((*asked, *_configured(outside, tables)), fetch, settled, terminal.note(catalogue()))


def _configured(outside: Outside, tables: Knowledge) -> tuple[Place, ...]:
    """The index of pip's configuration, where it is of nobody in the tables."""
    from envdoctor.facts import pip_line
    from envdoctor.planner.configured import known_mirror
    from envdoctor.probes.mirrors import CONFIGURED, Place
    from envdoctor.probes.pip_config import pip_settings

    line = pip_line(pip_settings(outside, None)[0], "index-url")
    url = line.value if line is not None else ""
    if not url.startswith(("http://", "https://")) or known_mirror(url, tables) is not None:
        return ()
    return (Place(CONFIGURED, "pypi", url, url.rstrip("/") + "/torch/"),)


def configured_trouble(outside: Outside, answers: tuple[MirrorAnswer, ...]) -> tuple[Finding, ...]:
    """What the measurement and pip's configuration show to be wrong on this machine."""
    from envdoctor.facts import Environment, Facts
    from envdoctor.machine import Machine
    from envdoctor.probes.pip_config import pip_settings
    from envdoctor.rules import network

    environment = Environment(pip_settings=pip_settings(outside, None)[0], active=True)
    machine = Machine(Facts(environment=environment, mirrors=answers))
    rules = (network.dead_index, network.ignored_index, network.measured)
    return tuple(finding for rule in rules for finding in rule(machine))
