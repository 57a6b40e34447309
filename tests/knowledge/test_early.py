"""Builds and Pythons of torch 1.0 to 1.12."""

from __future__ import annotations

import pytest

from envdoctor.knowledge.early import (
    early_archs,
    early_plain_variant,
    early_pythons,
    newest_cuda,
    was_early_release,
)
from envdoctor.knowledge.early_companions import early_companion_fits

LINUX, WINDOWS = "linux_x86_64", "windows_amd64"


@pytest.mark.parametrize(
    ("torch", "variant", "platform", "package", "sass", "ptx"),
    [
        ("1.0.0", "cu90", LINUX, "wheel", "3.5 5.0 6.0 7.0", "5.0"),
        ("1.3.0", "cu101", LINUX, None, "3.5 5.0 6.0 6.1 7.0 7.5", "5.0"),
        ("1.3.1", "cu101", LINUX, "conda", "3.7 5.0 6.0 6.1 7.0 7.5", "3.7"),
        ("1.3.1", "cu101", WINDOWS, None, "3.5 5.0 6.0 6.1 7.0 7.5", "5.0"),
        ("1.8.0+cu111", "cu111", LINUX, "wheel", "5.0 7.0 8.0 8.6", ""),
        ("1.8.1+cu111", "cu111", LINUX, "wheel", "3.7 5.0 6.0 7.0 7.5 8.0 8.6", ""),
        ("1.8.2+cu111", "cu111", LINUX, "wheel", "3.7 5.0 6.0 7.0 7.5 8.0 8.6", ""),
        ("1.9.0+cu102", "cu102", LINUX, "wheel", "3.7 5.0 6.0 7.0", ""),
        ("1.9.0", "cu102", LINUX, None, "3.7 5.0 6.0 6.1 7.0 7.5", "3.7"),
        ("1.12", "cu113", WINDOWS, None, "3.7 5.0 6.0 6.1 7.0 7.5 8.0 8.6", "3.7"),
    ],
)
def test_what_a_build_carries(
    torch: str, variant: str, platform: str, package: None, sass: str, ptx: str
) -> None:
    assert early_archs(torch, variant, platform, package) == (tuple(sass.split()), tuple(ptx.split()))


@pytest.mark.parametrize(
    ("torch", "variant", "platform"),
    [
        ("1.13.1", "cu117", LINUX),
        ("1.9.0", "cu124", LINUX),
        ("0.4.1", "cu90", LINUX),
        ("1.8.1", "cpu", LINUX),
    ],
)
def test_a_build_that_is_not_in_the_table(torch: str, variant: str, platform: str) -> None:
    assert early_archs(torch, variant, platform, None) is None


@pytest.mark.parametrize(
    ("torch", "platform", "oldest", "newest"),
    [
        ("1.5.1", LINUX, (3, 5), (3, 8)),
        ("1.7.0", WINDOWS, (3, 6), (3, 8)),
        ("1.7.1", LINUX, (3, 6), (3, 9)),
        ("1.10.2", LINUX, (3, 6), (3, 9)),
        ("1.10.2", "linux_aarch64", (3, 6), (3, 10)),
        ("1.11", LINUX, (3, 7), (3, 10)),
        ("1.8.2+cu111", LINUX, (3, 6), (3, 9)),
        ("1.5.1", WINDOWS, (3, 5), (3, 8)),
    ],
)
def test_which_pythons_a_release_has(
    torch: str, platform: str, oldest: tuple[int, int], newest: tuple[int, int]
) -> None:
    assert early_pythons(torch, platform) == (oldest, newest)


def test_the_newest_cuda_of_a_release() -> None:
    given = ("0.4.1", "1.2.0", "1.7.1", "1.8.1+cu111", "1.12.1", "1.13.1", "2.0.0", "")
    wanted = [(9, 2), (10, 0), (11, 0), (11, 1), (11, 6), (11, 7), None, None]
    assert [newest_cuda(each) for each in given] == wanted


def test_which_numbers_were_released() -> None:
    assert all(map(was_early_release, ("0.4.1", "0.4.1.post2", "1.0.0", "1.8.1+cu111", "1.12.1")))
    assert not any(map(was_early_release, ("1.8.2", "1.10.3", "1.13.0", "2.0.0", "")))
    assert early_pythons("1.13.1", LINUX) is None


@pytest.mark.parametrize(
    ("torch", "variant"),
    [("1.1.0", "cu90"), ("1.2.0", "cu100"), ("1.4.0", "cu101"), ("1.5.0", "cu102"), ("1.12.1", "cu102")],
)
def test_which_build_pip_takes_on_linux(torch: str, variant: str) -> None:
    assert early_plain_variant(torch) == variant
    assert early_plain_variant("1.13.0") is None


@pytest.mark.parametrize(
    ("name", "version", "torch", "fits"),
    [
        ("torchvision", "0.11.1", "1.10.0", True),
        ("torchvision", "0.11.1", "1.6.0", False),
        ("torchvision", "0.7.0", "1.6.0", True),
        ("torchaudio", "0.8.0", "1.8.1", True),
        ("torchaudio", "0.8.0", "1.12.1", False),
        ("torchvision", "0.4.0", "1.2.0", None),
        ("torchvision", "0.15.1", "1.10.0", None),
        ("torchtext", "0.9.0", "1.8.0", None),
    ],
)
def test_what_went_together(name: str, version: str, torch: str, fits: bool | None) -> None:
    assert early_companion_fits(name, version, torch) is fits
