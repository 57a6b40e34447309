"""The rooms of envdoctor and its modules, and which of them import which, read from the code.

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


def modules() -> Graph:
    """Each module by its name below `envdoctor` and those it imports when it runs, within functions too.

    The patient's scripts are left out: they import nothing of the package. A package stands for its `__init__`.
    """
    trees = {
        _name(path): ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted(PACKAGE.rglob("*.py"))
        if path.relative_to(PACKAGE).parts[0] != "patient"
    }
    return {
        name: {each if each in trees else each.rpartition(".")[0] for each in _imports(tree)}
        & trees.keys() - {name}
        for name, tree in trees.items()
    }


def _name(path: Path) -> str:
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imports(tree: ast.AST) -> Iterator[str]:
    """The names below `envdoctor` that are imported: modules, or what a module holds."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            continue  # names for annotations: nothing is imported when it runs
        named: Iterable[str] = ()
        if isinstance(node, ast.ImportFrom):
            named = (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            named = (alias.name for alias in node.names)
        yield from (each.removeprefix("envdoctor.") for each in named if each.startswith("envdoctor."))
        yield from _imports(node)


def rooms() -> Graph:
    """Each room (a package, or a module that stands alone) and the rooms it imports."""
    found: Graph = {}
    for name, imported in modules().items():
        if name:
            room = name.partition(".")[0]
            found.setdefault(room, set()).update({each.partition(".")[0] for each in imported} - {room, ""})
    return found


def circles(graph: Graph) -> list[set[str]]:
    """The rooms, or modules, in groups; those of one group import each other, by whatever way around."""
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
