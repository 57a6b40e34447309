"""A recipe as a file that a team shares: requirements for pip, an environment for conda, tables for uv."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from envdoctor import __version__
from envdoctor.planner.commands import conda_commands, exact_versions
from envdoctor.planner.recipe import Recipe
from envdoctor.redact import without_credentials

__all__ = ["Emit", "emit"]

Emit = Literal["requirements", "environment", "uv"]

_MARKERS = {
    "linux_x86_64": "sys_platform == 'linux' and platform_machine == 'x86_64'",
    "linux_aarch64": "sys_platform == 'linux' and platform_machine == 'aarch64'",
    "windows_amd64": "sys_platform == 'win32' and platform_machine == 'AMD64'",
    "windows_arm64": "sys_platform == 'win32' and platform_machine == 'ARM64'",
    "macos_arm64": "sys_platform == 'darwin' and platform_machine == 'arm64'",
    "macos_x86_64": "sys_platform == 'darwin' and platform_machine == 'x86_64'",
}


def emit(recipe: Recipe, form: Emit) -> str:
    """The file's text; the recipe has a build. Credentials never stand in it."""
    writers = {"requirements": _requirements, "environment": _environment, "uv": _uv}
    return without_credentials("\n".join([*_head(recipe), *writers[form](recipe)]) + "\n")


def _head(recipe: Recipe) -> Iterator[str]:
    build = recipe.plan.build
    assert build is not None
    yield f"# torch {build.torch} ({build.variant}) for Python {build.python} on {build.platform}"
    yield f"# envdoctor {__version__}, {recipe.machine.today.isoformat()}"


def _pins(recipe: Recipe) -> list[str]:
    source = recipe.plan.source
    if source is not None and source.kind == "file":
        torch = f"./{source.file}" if source.file else f"torch @ {source.url}"
        return [torch, *recipe.plan.extra]
    pins = [f"{name}=={version}" for name, version in exact_versions(recipe.plan).items()]
    return [*pins, *recipe.plan.extra]


def _options(recipe: Recipe) -> Iterator[str]:
    """The lines that tell pip, and uv reading pip's files, where to look."""
    source = recipe.plan.source
    assert source is not None
    if source.kind == "flat":
        if source.pypi:
            yield f"--index-url {source.pypi}"
        yield f"--find-links {source.url}"
    elif source.kind == "index" and (source.pypi or not source.complete):
        if source.pypi:
            yield f"--index-url {source.pypi}"
        yield f"--extra-index-url {source.url}"
    elif source.url and source.kind != "file":
        yield f"--index-url {source.url}"


def _requirements(recipe: Recipe) -> Iterator[str]:
    yield from _options(recipe)
    yield from _pins(recipe)


def _environment(recipe: Recipe) -> Iterator[str]:
    build, source = recipe.plan.build, recipe.plan.source
    assert build is not None and source is not None
    new = recipe.environment
    yield f"name: {new.place if new is not None and not new.is_path else 'dl'}"
    yield "channels:"
    if recipe.tool == "conda":
        yield f"  - {source.url or 'conda-forge'}"
        yield "  - nodefaults"
        yield "dependencies:"
        argv = conda_commands(recipe.plan, create=True)[0]
        yield from (f"  - {spec}" for spec in argv[argv.index("-c") + 2 :])
        return
    yield f"  - {recipe.channel or 'conda-forge'}"
    yield "  - nodefaults"
    yield "dependencies:"
    yield f"  - python={build.python}"
    yield "  - pip"
    yield "  - pip:"
    yield from (f"    - {line}" for line in (*_options(recipe), *_pins(recipe)))


def _uv(recipe: Recipe) -> Iterator[str]:
    build, source = recipe.plan.build, recipe.plan.source
    assert build is not None and source is not None
    yield "# Into pyproject.toml; the last two lines of [project] go into yours."
    yield "[project]"
    yield 'name = "project"'
    yield 'version = "0.1.0"'
    yield f'requires-python = "=={build.python.rstrip("t")}.*"'
    yield "dependencies = ["
    yield from (f'    "{pin}",' for pin in _pins(recipe))
    yield "]"
    yield ""
    yield "[tool.uv]"
    yield f'environments = ["{_MARKERS[build.platform]}"]'
    if source.kind in ("index", "flat"):
        yield from _uv_wheels(recipe, f"pytorch-{build.variant}")
    default = source.pypi if source.kind in ("index", "flat", "file") else source.url
    if default:
        yield from (
            "",
            "[[tool.uv.index]]",
            f'name = "{_name(recipe.mirror or "pypi")}"',
            f'url = "{default}"',
        )
        yield "default = true"


def _uv_wheels(recipe: Recipe, name: str) -> Iterator[str]:
    """PyTorch's wheels, with every member of the family tied to them: one left out comes from PyPI."""
    build, source = recipe.plan.build, recipe.plan.source
    assert build is not None and source is not None
    # ROCm's and XPU's wheels need a triton that only PyTorch's index has, and uv ties direct demands only.
    explicit = build.variant.startswith(("cu", "cpu"))
    if explicit:
        yield from ("", "[tool.uv.sources]")
        yield from (f'{package} = {{ index = "{name}" }}' for package in recipe.plan.packages)
    yield from ("", "[[tool.uv.index]]", f'name = "{name}"', f'url = "{source.url}"')
    if source.kind == "flat":
        yield 'format = "flat"'
    if explicit:
        yield "explicit = true"


def _name(text: str) -> str:
    """A name that uv takes for an index."""
    return re.sub(r"[^\w.-]", "-", text)
