"""The rooms of envdoctor and which of them import which, read from the code.

`python tests/docs/rooms.py --write` renews the drawing in `docs/architecture.md` and its Chinese twin; without
`--write` it prints it.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "envdoctor"
PAGES = (ROOT / "docs" / "architecture.md", ROOT / "docs" / "zh" / "architecture.md")
PLACE = re.compile(r"(?s)(<!-- rooms -->\n```\n).*?(```\n<!-- end of rooms -->)")
WIDTH = 116
Graph = dict[str, set[str]]


def rooms() -> Graph:
    """Each room (a package, or a module that stands alone) and the rooms it imports when it runs."""
    found: Graph = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).parts
        room = parts[0].removesuffix(".py")
        if room not in ("__init__", "patient"):  # the patient's scripts import nothing of the package
            imported = set(_imports(ast.parse(path.read_text(encoding="utf-8"))))  # those in functions too
            found.setdefault(room, set()).update(imported - {room, "__version__"})
    return {room: imported & found.keys() for room, imported in found.items()}


def _imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            continue  # names for annotations: nothing is imported when it runs
        if isinstance(node, ast.ImportFrom) and node.module == "envdoctor":
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("envdoctor."):
            yield (node.module or "").split(".")[1]
        elif isinstance(node, ast.Import):
            yield from (each.name.split(".")[1] for each in node.names if each.name.startswith("envdoctor."))
        yield from _imports(node)


def circles(graph: Graph) -> list[set[str]]:
    """The rooms in groups; those of one group import each other, by whatever way around."""
    reach = {room: _reached(graph, room) for room in graph}
    groups: list[set[str]] = []
    for room in graph:
        if not any(room in group for group in groups):
            groups.append({room} | {each for each in reach[room] if room in reach[each]})
    return groups


def _reached(graph: Graph, room: str) -> set[str]:
    seen: set[str] = set()
    ahead = list(graph[room])
    while ahead:
        each = ahead.pop()
        if each not in seen:
            seen.add(each)
            ahead += graph[each]
    return seen


def floors(graph: Graph) -> list[list[str]]:
    """The rooms by height: each stands above all that it imports, those in a circle side by side."""
    groups = circles(graph)
    home = {room: number for number, group in enumerate(groups) for room in group}
    below = [
        {home[each] for room in group for each in graph[room]} - {home[next(iter(group))]} for group in groups
    ]
    height: dict[int, int] = {}

    def measured(number: int) -> int:
        if number not in height:
            height[number] = max((measured(each) + 1 for each in below[number]), default=0)
        return height[number]

    top = max(map(measured, range(len(groups))))
    return [
        sorted(room for number, group in enumerate(groups) if height[number] == floor for room in group)
        for floor in range(top, -1, -1)
    ]


def drawing() -> str:
    """The rooms from the top down, each with the rooms that it imports."""
    graph = rooms()
    stack = floors(graph)
    order = [room for floor in stack for room in floor]
    wide = max(map(len, graph))
    lines: list[str] = []
    for floor in stack:
        for room in floor:
            lines += _line(room, wide, sorted(graph[room], key=order.index))
        lines.append("")
    return "\n".join(lines[:-1]) + "\n"


def _line(room: str, wide: int, imported: Iterable[str]) -> list[str]:
    lines, line = [], f"{room:<{wide}} ─→" if imported else room
    for each in imported:
        if len(line) + len(each) + 1 > WIDTH:
            lines.append(line)
            line = " " * (wide + 3)
        line += f" {each}"
    return [*lines, line]


def main() -> None:
    """Print the drawing, or write it into the pages."""
    if "--write" not in sys.argv[1:]:
        print(drawing())
        return
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        page.write_text(PLACE.sub(lambda found: f"{found[1]}{drawing()}{found[2]}", text), encoding="utf-8")


if __name__ == "__main__":
    main()
