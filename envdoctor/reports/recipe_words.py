"""A recipe in sentences: the parts that text and JSON have in common."""

from __future__ import annotations

from collections.abc import Iterator

from envdoctor.findings import Words, words
from envdoctor.planner.commands import exact_versions
from envdoctor.planner.fit import cuda_of
from envdoctor.planner.recipe import Recipe
from envdoctor.planner.room import download_of
from envdoctor.redact import without_credentials

__all__ = ["build_words", "refused_words", "size_words", "source_rows", "source_words", "versions"]


def versions(recipe: Recipe) -> dict[str, str]:
    """Each package with the exact version that will be installed, its label included where there is one."""
    return exact_versions(recipe.plan)


def build_words(recipe: Recipe) -> Words:
    """What the build is for: "CUDA 12.6 (cu126)"."""
    build = recipe.plan.build
    assert build is not None
    if build.platform == "macos_arm64":
        return words("install.what-mac")
    if build.variant == "cpu":
        return words("install.what-cpu")
    if cuda := cuda_of(build.variant):
        return words("install.what-cuda", cuda=cuda, variant=build.variant)
    key = "install.what-rocm" if build.variant.startswith("rocm") else "install.what-xpu"
    return words(key, variant=build.variant)


def refused_words(recipe: Recipe) -> Words:
    """What does not fit: the choice made elsewhere, by its name, or any build."""
    asked = recipe.asked
    version, backend = asked.torch not in ("settled", "latest"), asked.backend != "auto"
    if version and backend:
        return words("install.asked-both", torch=asked.torch, backend=asked.backend)
    if version:
        return words("install.asked-torch", torch=asked.torch)
    return words("install.asked-backend", backend=asked.backend) if backend else words("install.refused")


def source_rows(recipe: Recipe) -> list[dict[str, str]]:
    """Each place that something comes from: what it is, whose, its address."""
    source = recipe.plan.source
    if source is None:
        return []
    names = " ".join(recipe.plan.packages)
    kind = {
        "pypi": "pypi",
        "index": "index",
        "flat": "flat page",
        "conda": "conda channel",
        "board": "index",
        "file": "wheel",
    }[source.kind]
    row = {
        "serves": names,
        "kind": kind,
        "mirror": source.mirror,
        "url": without_credentials(source.url or ""),
    }
    rows = [{key: value for key, value in row.items() if value}]
    if source.pypi is not None:
        rows.append(
            {
                "serves": "everything else",
                "kind": "pypi",
                "mirror": _own(recipe),
                "url": without_credentials(source.pypi),
            }
        )
    return rows


def source_words(recipe: Recipe) -> Iterator[Words]:
    """Where it comes from; openly, where that is not the place that was asked for."""
    source, plan = recipe.plan.source, recipe.plan
    if source is None or plan.build is None:
        return
    url = without_credentials(source.url or "")
    own = _own(recipe)
    if source.kind == "pypi":
        yield words("install.from-pypi-mirror", mirror=own, url=url) if url else words("install.from-pypi")
        return
    if source.kind in ("board", "file"):
        return  # the plan's own reasons name it
    if source.kind == "conda":
        if own not in ("", "official") and recipe.channel is None:
            yield words("install.no-channel", mirror=own)
        yield words("install.from-conda", url=url)
        return
    if own not in ("", "official", source.mirror) and recipe.asked.wheels is None:
        row = recipe.machine.tables.mirror(own)
        key = "install.companion" if row is not None and row.wheels is not None else "install.companion-none"
        yield words(key, mirror=own, source=source.mirror)
    if source.mirror == "official":
        yield words("install.from-official", url=url)
    else:
        yield words(f"install.from-{source.kind}", mirror=source.mirror, url=url)
    if source.pypi is not None:
        yield words("install.rest-from", mirror=own)


def _own(recipe: Recipe) -> str:
    return recipe.mirror or ""


def size_words(recipe: Recipe) -> Words | None:
    """How much is downloaded, where an index or a download told it."""
    size = download_of(recipe.plan)
    if size is None:
        return None
    if not size.whole:
        return words("install.size", megabytes=size.size // 1_000_000)
    if size.size < 1_000_000_000:
        return words("install.size-small", megabytes=size.size // 1_000_000)
    return words("install.size-whole", gigabytes=f"{size.size / 1e9:.1f}")
