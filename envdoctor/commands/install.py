"""`envdoctor install`: examine, plan, say what to type."""

from __future__ import annotations

import sys

from envdoctor.commands.planning import Options, planned, report
from envdoctor.errors import UsageError
from envdoctor.outside import LiveOutside

__all__ = ["install"]


def install(options: Options) -> int:
    """Plan for this machine and say so; the exit code is 0 with a build, 1 with an honest refusal.

    With `run` the plan is carried out too: see `commands.carrying`.
    """
    if options.yes and not options.run:
        raise UsageError("--yes goes with --run")
    if options.run and options.source is not None:
        option = "--run"
        raise UsageError(f"{option} is about this machine and --from is not; leave one of them out")
    if options.run and options.form in ("markdown", "html"):
        raise UsageError(f"--run tells its progress as text or json; leave --format {options.form} away")
    if options.run:
        from envdoctor.commands.carrying import run_plan

        return run_plan(options)
    outside = LiveOutside()
    try:
        plan = planned(outside, options)
    finally:
        outside.close()
    if options.emit is not None and plan.recipe.plan.build is None:
        # Nothing that a script could take for the file goes to standard output.
        sys.stderr.write(report(plan, options))
        return 1
    from envdoctor.commands.writing import deliver

    deliver(report(plan, options), options.output, plan.terminal)
    return 0 if plan.recipe.plan.build is not None else 1
