"""`envdoctor smoke-train`: train a small network in the patient, show how it goes, and judge it."""

from __future__ import annotations

import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from envdoctor.errors import UsageError
from envdoctor.outside import LiveOutside
from envdoctor.smoke.options import Options

if TYPE_CHECKING:
    from envdoctor.commands.writing import Terminal
    from envdoctor.messages import Catalogue
    from envdoctor.reports.smoke_view import SmokeView
    from envdoctor.reports.style import Style
    from envdoctor.smoke.result import SmokeResult
    from envdoctor.smoke.transcript import Transcript

__all__ = ["Request", "smoke_train"]

REFRESH_SECONDS = 0.1
SLOW_SECONDS = 1.0
"""From here on the line says for how long already."""
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
        from envdoctor.commands.writing import Terminal, deliver, style_for
        from envdoctor.messages import catalogue

        words, terminal = catalogue(), Terminal()
        with _Progress(words, terminal) as progress:
            result = run(outside, patient.argv, request.run, progress)
        report = _Report(result, request, words, outside)
        text = report.text(style_for(request.output, terminal, verbose=request.verbose))
        if request.plot is not None:
            report.draw(request.plot)
    finally:
        outside.close()
    deliver(text, request.output, terminal)
    return 0 if result.passed else 1


class _Report:
    """The result in the forms that were asked for."""

    def __init__(self, result: SmokeResult, request: Request, words: Catalogue, outside: LiveOutside) -> None:
        from envdoctor.redact import redactor_for, without_credentials

        self._result, self._request, self._words = result, request, words
        self._hide = redactor_for(outside) if request.redact else without_credentials
        self._system = outside.system

    def text(self, style: Style) -> str:
        """The report in the form of `--format`; what is for people, as the style has it."""
        result, request, words = self._result, self._request, self._words
        if request.form == "json":
            from envdoctor.reports.smoke_json import as_json

            return as_json(result, words, self._hide, _asked(request.run), unhidden=not request.redact)
        if request.form == "html":
            return self._page()
        from envdoctor.reports.smoke_explain import sections

        walk = sections(result, words) if request.run.explain else ()
        if request.form == "markdown":
            from envdoctor.reports.smoke_markdown import as_markdown

            return as_markdown(self._seen(), result.losses, walk, words)
        from envdoctor.reports.smoke_explain import as_walk
        from envdoctor.reports.smoke_text import as_text

        return as_text(self._seen(), result.losses, words, style) + as_walk(walk, style)

    def draw(self, path: Path) -> None:
        """Write the picture of the loss in the form that the file's name ends in."""
        from envdoctor.commands.writing import whole_file
        from envdoctor.messages import catalogue
        from envdoctor.reports.smoke_plot import as_svg, picture

        with whole_file(path, "--plot") as file:
            if path.suffix.lower() == ".png":
                from envdoctor.reports.smoke_png import as_png

                file.buffer.write(as_png(picture(self._result, catalogue("en"))))
            elif path.suffix.lower() == ".svg":
                file.write(as_svg(picture(self._result, self._words)))
            else:
                file.write(self._page())

    def _seen(self) -> SmokeView:
        from envdoctor.reports.smoke_view import smoke_view

        unhidden = not self._request.redact
        return smoke_view(self._result, self._words, self._hide, self._system, unhidden=unhidden)

    def _page(self) -> str:
        from envdoctor.reports.smoke_explain import sections
        from envdoctor.reports.smoke_html import as_html
        from envdoctor.reports.smoke_plot import picture

        walk = sections(self._result, self._words) if self._request.run.explain else ()
        return as_html(self._seen(), picture(self._result, self._words), walk, self._words)


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
    """One line on a terminal's standard error: what is done, for how long, and the falling loss."""

    def __init__(self, words: Catalogue, terminal: Terminal) -> None:
        self._words, self._terminal = words, terminal
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._step, self._since = "import", time.monotonic()
        self._transcript: Transcript | None = None

    def __enter__(self) -> _Progress:
        if sys.stderr is not None and sys.stderr.isatty():
            threading.Thread(target=self._tick, daemon=True).start()
            self._show()
        return self

    def __exit__(self, *reason: object) -> None:
        self._over.set()
        with self._lock:
            self._terminal.line("")

    def __call__(self, transcript: Transcript) -> None:
        """Take note of what the worker told; the line is drawn anew by itself."""
        step = transcript.begun
        if step is None:
            return
        self._transcript = transcript
        if step != self._step:
            self._step, self._since = step, time.monotonic()
            self._show()

    def _tick(self) -> None:
        """Draw until it is over: an import that takes long says nothing meanwhile, and still is alive."""
        while not self._over.wait(REFRESH_SECONDS):
            self._show()

    def _show(self) -> None:
        with self._lock:
            if not self._over.is_set():
                self._terminal.line(self._line())

    def _line(self) -> str:
        step, transcript = self._step, self._transcript
        name = self._words.text(f"smoke.name.{step}")
        losses = list(transcript.losses) if transcript is not None and step == "training" else []
        if losses:
            from envdoctor.reports.smoke_text import sparkline

            bars = sparkline(losses, 24, sys.stderr.encoding or "ascii")
            values = {"loss": f"{losses[-1]:.4f}", "bars": bars}
            return self._words.text("smoke.progress.training", name=name, step=len(losses), **values)
        seconds = time.monotonic() - self._since
        key = "smoke.progress.slow" if seconds >= SLOW_SECONDS else "smoke.progress"
        return self._words.text(key, name=name, seconds=f"{seconds:.0f}")
