"""The command line: options in, one call out. Costly modules are imported inside the commands."""

# Without `from __future__ import annotations`: Typer would compile every annotation anew at each start.

import copy
import os
import sys
import typing
from collections.abc import Sequence
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from envdoctor import __version__, ending
from envdoctor.errors import EnvdoctorError, UsageError
from envdoctor.messages import language, speak, spoken

if typing.TYPE_CHECKING:
    from typer.core import TyperGroup

__all__ = ["app", "run"]

app = typer.Typer(
    name="envdoctor",
    help="Check whether Python, PyTorch, CUDA, driver and GPU fit together; get the commands that settle it.",
    no_args_is_help=True,
    rich_markup_mode=None,  # plain help: importing rich would double the time of --help
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


class Language(str, Enum):
    """The languages that envdoctor speaks."""

    AUTO = "auto"
    EN = "en"
    ZH = "zh"


class Format(str, Enum):
    """The forms a report can take."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"
    HTML = "html"


class PlanFormat(str, Enum):
    """The forms a plan can take."""

    TEXT = "text"
    JSON = "json"


@app.callback(invoke_without_command=False)
def top(
    version: Annotated[bool, typer.Option("--version", "-V", help="Print the version and stop.")] = False,
    lang: Annotated[
        Language, typer.Option(help="The language of every word; auto takes that of the locale.")
    ] = Language.AUTO,
) -> None:
    """Check whether Python, PyTorch, CUDA, driver and GPU fit together; get the commands that settle it."""
    if version:
        typer.echo(f"envdoctor {__version__}")
        raise typer.Exit


@app.command()
def check(
    python: Annotated[
        str | None,
        typer.Option(metavar="PATH", help="The environment to examine: its python, or its folder."),
    ] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Read files only; import nothing.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings fail too (exit code 1).")] = False,
    assume: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KEY=VALUE", help="Judge as if this were so: os, arch, python, driver, gpu, torch, glibc."
        ),
    ] = None,
    from_: Annotated[
        list[str] | None,
        typer.Option(
            "--from",
            metavar="FILE|FOLDER|-",
            help="Judge what was pasted or saved there instead of this machine; may be repeated.",
        ),
    ] = None,
    format_: Annotated[Format, typer.Option("--format", help="The form of the report.")] = Format.TEXT,
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the report into this file.", dir_okay=False)
    ] = None,
    timeout: Annotated[
        float | None,
        typer.Option(metavar="SECONDS", min=0.1, max=3600, help="How long any one probe may take."),
    ] = None,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Durations, and the source of each fact.")
    ] = False,
    no_redact: Annotated[
        bool, typer.Option("--no-redact", help="Show home folders, user and host names.")
    ] = False,
) -> None:
    """Say what is wrong here first, why, and which commands settle it."""
    from envdoctor.commands.check import Options
    from envdoctor.commands.check import check as examine

    options = Options(
        python=python,
        quick=quick,
        strict=strict,
        assume=tuple(assume or ()),
        sources=tuple(from_ or ()),
        form=format_.value,
        output=output,
        timeout=timeout,
        verbose=verbose,
        redact=not no_redact,
    )
    raise typer.Exit(examine(options))


class With(str, Enum):
    """What installs."""

    AUTO = "auto"
    PIP = "pip"
    UV = "uv"
    CONDA = "conda"


class Emit(str, Enum):
    """The files that a plan can be written as."""

    REQUIREMENTS = "requirements"
    ENVIRONMENT = "environment"
    UV = "uv"


@app.command()
def install(
    packages: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[PACKAGES]", help="Of torch torchvision torchaudio; all of them if none is named."
        ),
    ] = None,
    mirror: Annotated[
        str | None,
        typer.Option(
            metavar="NAME|URL", help="Download from this mirror: tuna, bfsu, ..., official, or a URL."
        ),
    ] = None,
    wheels: Annotated[
        str | None,
        typer.Option(metavar="NAME|URL", help="Take PyTorch's own wheels from here."),
    ] = None,
    with_: Annotated[With, typer.Option("--with", help="The installer.")] = With.AUTO,
    torch: Annotated[
        str, typer.Option(metavar="VERSION", help="settled (out for 30 days), latest, or a version.")
    ] = "settled",
    backend: Annotated[
        str, typer.Option(metavar="NAME", help="auto, cpu, cu126, rocm7.2, xpu, ...")
    ] = "auto",
    env: Annotated[str | None, typer.Option(metavar="NAME|PATH", help="Make this environment first.")] = None,
    python_version: Annotated[
        str | None, typer.Option(metavar="X.Y", help="Make an environment with this Python first.")
    ] = None,
    run_: Annotated[
        bool, typer.Option("--run", help="Carry it out: shows, asks, installs, proves, undoes on failure.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="With --run: do not ask.")] = False,
    why: Annotated[bool, typer.Option("--why", help="Add the table of builds passed over.")] = False,
    emit: Annotated[
        Emit | None, typer.Option(help="Write the plan as a file for pip, for conda, or as tables for uv.")
    ] = None,
    python: Annotated[
        str | None,
        typer.Option(metavar="PATH", help="The environment to install into: its python, or its folder."),
    ] = None,
    assume: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KEY=VALUE", help="Plan as if this were so: os, arch, python, driver, gpu, torch, glibc."
        ),
    ] = None,
    from_: Annotated[
        str | None,
        typer.Option(
            "--from", metavar="FILE|-", help="Plan for the machine that was pasted or saved there instead."
        ),
    ] = None,
    format_: Annotated[PlanFormat, typer.Option("--format", help="The form of the plan.")] = PlanFormat.TEXT,
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the plan into this file.", dir_okay=False)
    ] = None,
    timeout: Annotated[
        float | None,
        typer.Option(metavar="SECONDS", min=0.1, max=3600, help="How long any one probe may take."),
    ] = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Say more.")] = False,
    no_redact: Annotated[
        bool, typer.Option("--no-redact", help="Show home folders, user and host names.")
    ] = False,
) -> None:
    """Say which commands install PyTorch so that it fits this machine."""
    from envdoctor.commands.install import Options
    from envdoctor.commands.install import install as plan
    from envdoctor.planner.asked import Asked

    asked = Asked(
        packages=tuple(packages or ()),
        torch=torch,
        backend=backend,
        mirror=mirror,
        wheels=wheels,
        tool=with_.value,
        environment=env,
        python_version=python_version,
    )
    options = Options(
        asked=asked,
        python=python,
        assume=tuple(assume or ()),
        source=from_,
        form=format_.value,
        output=output,
        timeout=timeout,
        verbose=verbose,
        redact=not no_redact,
        why=why,
        run=run_,
        yes=yes,
        emit=emit.value if emit is not None else None,
    )
    raise typer.Exit(plan(options))


class Page(str, Enum):
    """The forms an explanation can take."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"


@app.command()
def explain(
    code: Annotated[
        str | None,
        typer.Argument(
            metavar="[CODE]", help="The code that stands beside a finding; all are listed if none is named."
        ),
    ] = None,
    format_: Annotated[Page, typer.Option("--format", help="The form of the explanation.")] = Page.TEXT,
    output: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write the explanation into this file.", dir_okay=False),
    ] = None,
) -> None:
    """Tell what a finding means, how one gets there, how to check it and how to settle it."""
    from envdoctor.commands.explain import Options
    from envdoctor.commands.explain import explain as tell

    raise typer.Exit(tell(Options(code=code, form=format_.value, output=output)))


@app.command()
def mirrors(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAMES]", help="Only these, with all that is known.")
    ] = None,
    measure: Annotated[
        bool, typer.Option("--measure", help="Ask each of them now, and time it (uses the network).")
    ] = False,
    format_: Annotated[Format, typer.Option("--format", help="The form of the list.")] = Format.TEXT,
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the list into this file.", dir_okay=False)
    ] = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="All that is known of each.")] = False,
) -> None:
    """Say what each mirror serves; with --measure how fast it is from here."""
    from envdoctor.commands.mirrors import Options
    from envdoctor.commands.mirrors import mirrors as show

    options = Options(
        names=tuple(names or ()), measure=measure, form=format_.value, output=output, verbose=verbose
    )
    raise typer.Exit(show(options))


@app.command(name="smoke-train")
def smoke_train(
    python: Annotated[
        str | None,
        typer.Option(metavar="PATH", help="The environment to train in: its python, or its folder."),
    ] = None,
    device: Annotated[
        str, typer.Option(metavar="DEVICE", help="auto, cuda, cuda:N, mps, xpu or cpu.")
    ] = "auto",
    require_gpu: Annotated[
        bool, typer.Option("--require-gpu", help="Fail where there is no GPU to train on.")
    ] = False,
    steps: Annotated[int, typer.Option(help="Steps of training; too few and no claim is made.")] = 240,
    seed: Annotated[int, typer.Option(help="What the houses and the network's start are made from.")] = 0,
    dtype: Annotated[
        str, typer.Option(help="float32, float64, or bfloat16, float16 (mixed precision).")
    ] = "float32",
    compile_: Annotated[bool, typer.Option("--compile", help="Prove torch.compile as well.")] = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Walk through the training with this run's own numbers.")
    ] = False,
    plot: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Draw the loss into this file: .png, .svg or .html.", dir_okay=False
        ),
    ] = None,
    nproc_per_node: Annotated[
        str | None,
        typer.Option(metavar="N|auto", help="Train in several processes under torchrun; auto: one a GPU."),
    ] = None,
    nnodes: Annotated[int, typer.Option(help="The machines that train together.")] = 1,
    rdzv_endpoint: Annotated[
        str | None, typer.Option(metavar="HOST:PORT", help="Where the machines meet.")
    ] = None,
    format_: Annotated[Format, typer.Option("--format", help="The form of the report.")] = Format.TEXT,
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the report into this file.", dir_okay=False)
    ] = None,
    timeout: Annotated[
        float, typer.Option(metavar="SECONDS", min=1, max=86400, help="How long the whole run may take.")
    ] = 180.0,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Durations, and what torch printed.")
    ] = False,
    no_redact: Annotated[
        bool, typer.Option("--no-redact", help="Show home folders, user and host names.")
    ] = False,
) -> None:
    """Train a small network on the device and prove each step."""
    from envdoctor.commands.smoke_train import Request
    from envdoctor.commands.smoke_train import smoke_train as train
    from envdoctor.smoke.options import Options

    request = Request(
        run=Options(
            device=device,
            require_gpu=require_gpu,
            steps=steps,
            seed=seed,
            dtype=dtype,
            compile=compile_,
            timeout=timeout,
            explain=explain,
            nproc_per_node=nproc_per_node,
            nnodes=nnodes,
            rdzv_endpoint=rdzv_endpoint,
        ),
        python=python,
        form=format_.value,
        output=output,
        verbose=verbose,
        redact=not no_redact,
        plot=plot,
    )
    raise typer.Exit(train(request))


def run() -> None:
    """Run the command line and end the process with its exit code."""
    code = ending.FAILED
    try:
        code = _run()
    except EnvdoctorError as error:
        _complain(str(error))
        code = error.exit_code
    except BrokenPipeError:
        code = _nobody_reads()
    except SystemExit as error:
        # Typer answers a reader that left while it wrote the help with 1, which means something else here.
        gone = type(sys.stdout).__name__ == "PacifyFlushWrapper"
        code = _nobody_reads() if gone else error.code if isinstance(error.code, int) else ending.FAILED
    except OSError as error:
        ending.no_more_output()
        _complain(f"the answer could not be written: {error.strerror or error}")
    except Exception as error:  # noqa: BLE001 - the exit code of a fault of one's own is a promise too
        if "--verbose" in sys.argv:
            import traceback

            traceback.print_exc()
        _complain(ending.fault_of_its_own(error))
    sys.exit(code)


def _nobody_reads() -> int:
    """The reader of our output went away (`| head`); there is nobody left to tell."""
    ending.no_more_output()
    return 0


def _run() -> int:
    _choose_language(sys.argv[1:])
    try:
        result = _command(sys.argv[1:])(standalone_mode=False)
    except typer.Abort:
        return 130
    except typer.TyperException as error:
        show = getattr(error, "show", None)
        if type(error).__name__ == "NoArgsIsHelpError" and show is not None:
            show()
            return 2
        message = getattr(error, "format_message", None)
        raise UsageError(message() if message is not None else str(error)) from None
    return result if isinstance(result, int) else 0


def _command(arguments: Sequence[str]) -> "TyperGroup":
    """The command line as Typer parses it: `--lang` taken by every command, help in the spoken language."""
    group = typing.cast("TyperGroup", typer.main.get_command(_with_options_of(arguments)))
    lang = copy.copy(next(option for option in group.params if option.name == "lang"))
    lang.expose_value = False  # it was read before anything was parsed, since help needs it
    group.params = [lang if option.name == "lang" else option for option in group.params]
    for command in group.commands.values():
        command.params.append(lang)
    if spoken() != "en":
        from envdoctor.messages.help import translate

        translate(group)
    return group


def _with_options_of(arguments: Sequence[str]) -> typer.Typer:
    """The app with the options of the one command that is called.

    Typer reads the options of every command from its annotations each time, which for all of them takes
    longer than starting Python. The others keep their names and first lines, for the list in the help.
    """
    if "_ENVDOCTOR_COMPLETE" in os.environ:
        return app  # a shell asks for the completions of any of them
    named = [(each.name or getattr(each.callback, "__name__", ""), each) for each in app.registered_commands]
    called = next((each for each in arguments if each in dict(named)), None)
    lean = copy.copy(app)
    lean.registered_commands = []
    for name, command in named:
        kept = command
        if name != called:
            kept = copy.copy(command)
            kept.name, kept.callback = name, _not_called
            kept.help = command.help or getattr(command.callback, "__doc__", None)
        lean.registered_commands.append(kept)
    return lean


def _not_called() -> None:
    """Stand in for a command whose options nobody asks for."""


def _choose_language(arguments: Sequence[str]) -> None:
    """Speak what `--lang` or the locale names, where standard output can write it."""
    wanted = language.asked(arguments)
    if wanted not in language.LANGUAGES:
        wanted = language.of_locale(os.environ) or _menu_language()
    encoding = getattr(sys.stdout, "encoding", None)
    speak(wanted if language.can_write(wanted, encoding) else "en")


def _menu_language() -> str:
    if sys.platform != "win32":
        return "en"
    from envdoctor.outside import LiveOutside

    return language.of_windows(LiveOutside())


def _complain(sentence: str) -> None:
    if spoken() != "en":
        from envdoctor.messages.help import told

        sentence = told(sentence)
    ending.complain(sentence)
