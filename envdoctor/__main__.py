"""The entry point: `envdoctor` and `python -m envdoctor` both start here."""

import sys

from envdoctor import __version__


def main() -> None:
    """Run the command line; `--version` alone answers before anything heavy is imported."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        sys.stdout.write(f"envdoctor {__version__}\n")
        return
    from envdoctor.cli import run

    run()


if __name__ == "__main__":
    # `python -m` puts the working folder first on the path; a json.py in there must not be ours.
    sys.path[:1] = []
    main()
