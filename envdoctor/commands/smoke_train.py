"""`envdoctor smoke-train`: train a small network in the patient, show how it goes, and judge it."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from envdoctor.errors import UsageError
from envdoctor.outside import LiveOutside
from envdoctor.smoke.options import Options

if TYPE_CHECKING:
    from envdoctor.commands.writing import Terminal
    from envdoctor.messages import Catalogue
    from envdoctor.smoke.result import SmokeResult
    from envdoctor.smoke.transcript import Transcript

__all__ = ["Request", "smoke_train"]

REFRESH_SECONDS = 0.1
PLOT_FORMS = (".png", ".svg", ".html")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """The command line of `smoke-train`."""

    run: Options = field(default_factory=Options)
    python: str | None = None
    form: str = "text"
    output: Path | None = None
    verbose: bool = False
    redact: bool = True
    plot: Path | None = None

    def __post_init__(self) -> None:
        """Refuse a picture that could not be written, before anybody waits for it.

        Raises:
            UsageError: its name ends in no form that is known, or its folder is missing.

        """
        if self.plot is None:
            return
        if self.plot.suffix.lower() not in PLOT_FORMS:
            raise UsageError(f"--plot {self.plot}: name a file that ends in .png, .svg or .html")
        if not self.plot.parent.is_dir():
            raise UsageError(f"--plot {self.plot}: the folder is missing; name one that exists")


def smoke_train(request: Request) -> int:
    """Train and report; the exit code is 0 when every claim that was made holds, 1 when one failed."""
    from envdoctor.probes.locate import locate
    from envdoctor.smoke import run

    outside = LiveOutside()
    try:
        patient = locate(outside, request.python, sys.executable)
        from envdoctor.commands.writing import Terminal
        from envdoctor.messages import catalogue

        words, terminal = catalogue(), Terminal()
        with _Progress(words, terminal) as progress:
            result = run(outside, patient.argv, request.run, progress)
        hide = _hiding(request, outside)
        text = _report(result, request, words, terminal, hide, outside.system)
        if request.plot is not None:
            _draw(result, request.plot, words, hide, outside.system)
    finally:
        outside.close()
    if request.output is not None:
        from envdoctor.commands.writing import write_file

        write_file(request.output, text)
    else:
        terminal.write(text)
    return 0 if result.passed else 1


def _hiding(request: Request, outside: LiveOutside) -> Callable[[str], str]:
    if not request.redact:
        return str
    from envdoctor.redact import redactor_for

    return redactor_for(outside)


def _draw(result: SmokeResult, path: Path, words: Catalogue, hide: Callable[[str], str], system: str) -> None:
    """Write the picture of the loss in the form that the file's name ends in."""
    from envdoctor.commands.writing import whole_file
    from envdoctor.messages import catalogue
    from envdoctor.reports.smoke_plot import as_html, as_svg, picture

    with whole_file(path, "--plot") as file:
        if path.suffix.lower() == ".png":
            from envdoctor.reports.smoke_png import as_png

            file.buffer.write(as_png(picture(result, catalogue("en"))))
        elif path.suffix.lower() == ".svg":
            file.write(as_svg(picture(result, words)))
        else:
            from envdoctor.reports.smoke_text import as_text
            from envdoctor.reports.text import Style

            report = as_text(result, words, Style(width=100), hide, system)
            file.write(as_html(picture(result, words), report, words))


def _report(
    result: SmokeResult,
    request: Request,
    words: Catalogue,
    terminal: Terminal,
    hide: Callable[[str], str],
    system: str,
) -> str:
    if request.form == "json":
        from envdoctor.reports.smoke_json import as_json

        return as_json(result, words, hide, _asked(request.run))
    from envdoctor.reports.smoke_text import as_text
    from envdoctor.reports.text import Style

    style = terminal.style(request.verbose)
    if request.output is not None:
        style = Style(width=100, verbose=request.verbose)
    text = as_text(result, words, style, hide, system)
    if request.run.explain:
        from envdoctor.reports.smoke_explain import as_walk

        text += as_walk(result, words, style)
    return text


def _asked(options: Options) -> dict[str, object]:
    return {
        "device": options.device,
        "require_gpu": options.require_gpu,
        "steps": options.steps,
        "seed": options.seed,
        "dtype": options.dtype,
        "compile": options.compile,
        "timeout": options.timeout,
        "nproc_per_node": options.nproc_per_node,
        "nnodes": options.nnodes,
        "rdzv_endpoint": options.rdzv_endpoint,
    }


class _Progress:
    """One line on standard error: what is done, with the falling loss. Nothing where that is no terminal."""

    def __init__(self, words: Catalogue, terminal: Terminal) -> None:
        self._words, self._terminal = words, terminal
        self._shown_at = 0.0

    def __enter__(self) -> _Progress:
        self._terminal.line(self._words.text("smoke.progress", name=self._words.text("smoke.name.import")))
        return self

    def __exit__(self, *reason: object) -> None:
        self._terminal.line("")

    def __call__(self, transcript: Transcript) -> None:
        now = time.monotonic()
        if transcript.begun is None or (
            now - self._shown_at < REFRESH_SECONDS and transcript.begun == "training"
        ):
            return
        self._shown_at = now
        name = self._words.text(f"smoke.name.{transcript.begun}")
        text = self._words.text("smoke.progress", name=name)
        if transcript.begun == "training" and transcript.losses:
            from envdoctor.reports.smoke_text import sparkline

            bars = sparkline(transcript.losses, 24, sys.stderr.encoding or "ascii")
            loss, steps = f"{transcript.losses[-1]:.4f}", len(transcript.losses)
            text = self._words.text("smoke.progress.training", name=name, step=steps, loss=loss, bars=bars)
        self._terminal.line(text)
