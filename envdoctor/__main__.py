"""The entry point: `envdoctor` and `python -m envdoctor` both start here."""

import gc
import sys

from envdoctor import __version__


def main() -> None:
    """Run the command line; `--version` alone answers before anything heavy is imported."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        sys.exit(_version())
    from envdoctor.ending import heed_signals

    heed_signals()  # before anything that takes long enough to be interrupted
    # Modules are made of objects that stay, so looking for garbage among them is in vain; and the
    # probes' threads, which mostly import, lose more by taking turns than anybody gains.
    gc.set_threshold(50_000, 20, 20)
    sys.setswitchinterval(0.02)
    from envdoctor.command_line import run

    run()


def _version() -> int:
    try:
        sys.stdout.write(f"envdoctor {__version__}\n")
        sys.stdout.flush()
    except (AttributeError, OSError, ValueError) as error:  # closed, full, or its reader went away
        from envdoctor import ending

        ending.no_more_output()
        if isinstance(error, BrokenPipeError):
            return 0
        ending.complain("the version could not be written: standard output is closed or full")
        return ending.FAILED
    return 0


if __name__ == "__main__":
    # `python -m` puts the working folder first on the path; a json.py in there must not be ours.
    sys.path[:1] = []
    main()
