"""The command line: options in, one call out. Costly modules are imported inside the commands."""

# Without `from __future__ import annotations`: Typer would compile every annotation anew at each start.

from pathlib import Path
from typing import Annotated

import typer

from envdoctor import __version__
from envdoctor.options import (
    NO_REDACT,
    PROBE_TIMEOUT,
    Emit,
    Format,
    Language,
    Page,
    With,
    of_assumptions,
    of_form,
    of_output,
    of_python,
    of_verbosity,
)

__all__ = ["app"]

app = typer.Typer(
    name="envdoctor",
    help="Check whether Python, PyTorch, CUDA, driver and GPU fit together; get the commands that settle it.",
    no_args_is_help=True,
    rich_markup_mode=None,  # plain help: importing rich would double the time of --help
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


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


@app.command(short_help="What is wrong here, why, and what settles it.")
def check(
    python: Annotated[str | None, of_python("examine")] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Read files only; import nothing.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings fail too (exit code 1).")] = False,
    assume: Annotated[list[str] | None, of_assumptions("Judge")] = None,
    from_: Annotated[
        list[str] | None,
        typer.Option(
            "--from",
            metavar="FILE|FOLDER|-",
            help="Judge what was pasted or saved there instead of this machine; may be repeated.",
        ),
    ] = None,
    format_: Annotated[Format, of_form("report")] = Format.TEXT,
    output: Annotated[Path | None, of_output("report")] = None,
    timeout: Annotated[float | None, PROBE_TIMEOUT] = None,
    verbose: Annotated[bool, of_verbosity("Durations, and the source of each fact.")] = False,
    no_redact: Annotated[bool, NO_REDACT] = False,
) -> None:
    """Say what is wrong here first, why, and which commands settle it."""
    from envdoctor.commands.check import check as examine
    from envdoctor.commands.check_options import Options

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


@app.command(short_help="The commands that install PyTorch here.")
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
    python: Annotated[str | None, of_python("install into")] = None,
    assume: Annotated[list[str] | None, of_assumptions("Plan")] = None,
    from_: Annotated[
        str | None,
        typer.Option(
            "--from", metavar="FILE|-", help="Plan for the machine that was pasted or saved there instead."
        ),
    ] = None,
    format_: Annotated[Format, of_form("plan")] = Format.TEXT,
    output: Annotated[Path | None, of_output("plan")] = None,
    timeout: Annotated[float | None, PROBE_TIMEOUT] = None,
    verbose: Annotated[bool, of_verbosity("What the choice rests on, and durations.")] = False,
    no_redact: Annotated[bool, NO_REDACT] = False,
) -> None:
    """Say which commands install PyTorch so that it fits this machine."""
    from envdoctor.commands.install import install as plan
    from envdoctor.commands.planning import Options
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


@app.command(short_help="What a finding means and how to settle it.")
def explain(
    code: Annotated[
        str | None,
        typer.Argument(
            metavar="[CODE]", help="The code that stands beside a finding; all are listed if none is named."
        ),
    ] = None,
    format_: Annotated[Page, of_form("explanation")] = Page.TEXT,
    output: Annotated[Path | None, of_output("explanation")] = None,
) -> None:
    """Tell what a finding means, how one gets there, how to check it and how to settle it."""
    from envdoctor.commands.explain import Options
    from envdoctor.commands.explain import explain as tell

    raise typer.Exit(tell(Options(code=code, form=format_.value, output=output)))


@app.command(short_help="What each mirror serves, and how fast it is.")
def mirrors(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAMES]", help="Only these, with all that is known.")
    ] = None,
    measure: Annotated[
        bool, typer.Option("--measure", help="Ask each of them now, and time it (uses the network).")
    ] = False,
    format_: Annotated[Format, of_form("list")] = Format.TEXT,
    output: Annotated[Path | None, of_output("list")] = None,
    verbose: Annotated[bool, of_verbosity("All that is known of each.")] = False,
) -> None:
    """Say what each mirror serves; with --measure how fast it is from here."""
    from envdoctor.commands.mirrors import Options
    from envdoctor.commands.mirrors import mirrors as show

    options = Options(
        names=tuple(names or ()), measure=measure, form=format_.value, output=output, verbose=verbose
    )
    raise typer.Exit(show(options))


@app.command(name="smoke-train", short_help="Train a small network and prove each step.")
def smoke_train(
    python: Annotated[str | None, of_python("train in")] = None,
    device: Annotated[
        str,
        # The name is spelled out because Typer 0.27 takes a metavar of the same letters for it: --DEVICE.
        typer.Option("--device", metavar="DEVICE", help="auto, cuda, cuda:N, mps, xpu or cpu."),
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
    format_: Annotated[Format, of_form("report")] = Format.TEXT,
    output: Annotated[Path | None, of_output("report")] = None,
    timeout: Annotated[
        float, typer.Option(metavar="SECONDS", min=1, max=86400, help="How long the whole run may take.")
    ] = 180.0,
    verbose: Annotated[bool, of_verbosity("Durations, and what torch printed.")] = False,
    no_redact: Annotated[bool, NO_REDACT] = False,
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
