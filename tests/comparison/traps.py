"""Every tool meets every trap: who gets to its end, and who judges rightly.

`python -m tests.comparison.traps` prints the table; `--write` renews it in `docs/comparison.md`; `--said FOLDER`
keeps all that the tools print, for a reader who doubts a verdict. The environments are made in `--environments`
(1 GB each, with torch for the CPU), from the package index that pip is configured to ask.
"""

from __future__ import annotations

import argparse
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from standins import driver

from .document import DOCS, renew, table
from .peers import PEERS, Peer, Said, Site, ask, built, version
from .trap_list import TRAPS, Trap

__all__ = ["meet", "verdict"]


def meet(peer: Peer, site: Site, trap: Trap, gpu: dict[str, str]) -> Said:
    """What the tool says in the trap."""
    with tempfile.TemporaryDirectory() as folder, site.holding(dict(trap.torch) if trap.torch else None):
        here, home = Path(folder, "here"), Path(folder, "home")
        for root, files in ((here, trap.here), (home, trap.home)):
            root.mkdir()
            for name, text in files.items():
                (root / name).write_text(text)
        environ = {"HOME": str(home), **(gpu if trap.gpu else {}), **trap.environ}
        return ask(peer, site, environ, here)


def verdict(trap: Trap, said: Said) -> str:
    """One cell of the table."""
    if said.ended:
        return f"**{said.ended}**"
    if found := re.search(trap.wrong, said.text, re.I | re.M):
        return f"wrong: “{' '.join(found[0].split())[:40]}”"
    if not trap.right:
        return "right"
    return "right" if re.search(trap.right, said.text, re.I | re.M) else "says nothing"


def rows(
    sites: dict[str, Site | str], traps: tuple[Trap, ...], keep: Path | None, folder: Path
) -> Iterator[tuple[str, ...]]:
    """The table, trap by trap."""
    gpu = driver(folder / "driver")
    for number, trap in enumerate(traps):
        cells = []
        for peer in PEERS:
            site = sites[peer.name]
            if isinstance(site, str):
                cells.append("not installable")
                continue
            said = meet(peer, site, trap, gpu)
            cells.append(verdict(trap, said))
            if keep is not None:
                name = f"{number:02} {trap.name} - {peer.name}.txt".replace("/", "_")
                (keep / name).write_text(f"{cells[-1]}\n\n{said.text}", encoding="utf-8")
        print(f"{trap.name}: {', '.join(cells)}", file=sys.stderr, flush=True)
        yield (trap.name, *cells)


def counted(traps: tuple[Trap, ...], lines: list[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    """How often each tool got to its end, named what is wrong, and left in peace what is not."""
    columns = list(zip(*(line[1:] for line in lines), strict=True))
    yield (
        f"*gets to its end, of {len(traps)}*",
        *(str(sum("**" not in cell for cell in each)) for each in columns),
    )
    for name, broken in (("names what is wrong", True), ("raises no false alarm", False)):
        rows = [number for number, trap in enumerate(traps) if bool(trap.right) is broken]
        right = (str(sum(each[number] == "right" for number in rows)) for each in columns)
        yield (f"*{name}, of {len(rows)}*", *right)


def main() -> None:
    """Make the environments, spring the traps, print or write the table."""
    parser = argparse.ArgumentParser(description="every tool meets every trap")
    parser.add_argument(
        "--environments", type=Path, default=Path(tempfile.gettempdir()) / "envdoctor-comparison"
    )
    parser.add_argument("--said", type=Path, help="keep what the tools print in this folder")
    parser.add_argument("--only", default="", help="traps whose name has this in it")
    parser.add_argument("--write", action="store_true", help="renew docs/comparison.md")
    asked = parser.parse_args()
    if shutil.which("cc") is None:
        parser.error("the driver's stand-ins need a C compiler (cc)")
    asked.environments.mkdir(parents=True, exist_ok=True)
    if asked.said:
        asked.said.mkdir(parents=True, exist_ok=True)
    sites = {peer.name: built(asked.environments, peer) for peer in PEERS}
    traps = tuple(trap for trap in TRAPS if asked.only in trap.name)
    lines = list(rows(sites, traps, asked.said, asked.environments))
    names = [
        f"{peer.name} {version(peer, site)}".strip() if isinstance(site := sites[peer.name], Site) else site
        for peer in PEERS
    ]
    text = table(("", *names), [*lines, *counted(traps, lines)])
    if asked.write:
        renew(DOCS / "comparison.md", "traps", text)
    else:
        print(text)


if __name__ == "__main__":
    main()
