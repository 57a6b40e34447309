"""Measuring mirrors: real reads from copies of the mirrors on loopback, which answer, refuse, stall and break."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from replicas import Replicas

from envdoctor.facts import MirrorAnswer
from envdoctor.knowledge import Mirror, knowledge
from envdoctor.network import Fetched, fetch
from envdoctor.probes import mirrors as probe
from envdoctor.probes.mirrors import Place, default_index, measure, places

SETTLED = "2.14.1"
NEWEST = knowledge().releases[-1].version


def rows(*names: str) -> tuple[Mirror, ...]:
    found = tuple(knowledge().mirror(name) for name in names)
    assert None not in found
    return found  # type: ignore[return-value]


class Here:
    """The network with every mirror's host on this machine; `asked` are the addresses in their order."""

    def __init__(self, replicas: Replicas) -> None:
        self.replicas = replicas
        self.asked: list[str] = []
        self.limit = 60.0
        """Seconds in place of the real limits, so that a busy machine is not taken for a mirror that stalls."""

    def __call__(self, url: str, *, limit: int, seconds: float) -> Fetched:
        self.asked.append(url)
        here = url if urlsplit(url).hostname == "127.0.0.1" else self.replicas.at(url)
        return fetch(here, limit=limit, seconds=self.limit)


@pytest.fixture
def here(replicas: Replicas, monkeypatch: pytest.MonkeyPatch) -> Here:
    monkeypatch.setattr(
        probe, "_rate", lambda part: float(len(part.body)) or None
    )  # the wheels here are tiny
    return Here(replicas)


def by_name(answers: tuple[MirrorAnswer, ...], serves: str = "pypi") -> dict[str, MirrorAnswer]:
    return {each.mirror: each for each in answers if each.serves == serves}


def test_every_kind_of_place_is_asked_in_its_own_shape() -> None:
    asked = places(
        rows("tuna", "nju", "aliyun", "douban", "official"), "cu126", "https://index.example/simple"
    )
    assert {(each.mirror, each.serves) for each in asked} == {
        ("tuna", "pypi"), ("tuna", "conda"), ("nju", "pypi"), ("nju", "wheels"), ("nju", "conda"),
        ("aliyun", "pypi"), ("aliyun", "wheels"), ("aliyun", "conda"),
        ("official", "pypi"), ("official", "wheels"), ("official", "conda"),
    }  # fmt: skip
    pages = {(each.mirror, each.serves): each.page for each in asked}
    assert pages["nju", "wheels"] == "https://mirror.nju.edu.cn/pytorch/whl/cu126/torch/"
    assert pages["aliyun", "wheels"] == "https://mirrors.aliyun.com/pytorch-wheels/cu126/"
    assert pages["official", "pypi"] == "https://index.example/simple/torch/"
    # A place that is known not to hold a variant is not asked for it; without an address PyPI is left out.
    asked = places(rows("nju", "official"), "cu132")
    assert {(each.mirror, each.serves) for each in asked if each.serves != "conda"} == {
        ("nju", "pypi"),
        ("official", "wheels"),
    }


def test_mirrors_that_answer_tell_speed_and_the_newest_torch(here: Here) -> None:
    asked = [each for each in places(rows("tuna", "nju", "aliyun"), "cu126") if each.serves != "conda"]
    answers = measure(asked, here, SETTLED)
    assert [each.outcome for each in answers] == ["ok"] * 5
    assert all(each.rate and each.first is not None for each in answers)
    assert by_name(answers)["tuna"].newest == NEWEST
    assert by_name(answers, "wheels")["nju"].newest == by_name(answers, "wheels")["aliyun"].newest == SETTLED
    # What is read is a part of a wheel that would really be installed.
    read = [url for url in here.asked if url.endswith(".whl")]
    assert len(read) == 5 and all("torch-2.14.1" in url and "x86_64" in url for url in read)


@pytest.mark.parametrize(
    ("trouble", "outcome"),
    [
        (lambda server: server.refuse("tuna", 403), "refused"),
        (lambda server: server.refuse("tuna", 404), "not-found"),
        (lambda server: server.refuse("tuna", 503), "failed"),
        (lambda server: server.break_off("tuna", after=10), "cut"),
        (lambda server: server.stall("tuna", seconds=20), "timed-out"),
    ],
    ids=["403", "404", "503", "cut", "stall"],
)
def test_a_mirror_that_fails_is_a_row_and_the_others_are_measured(
    here: Here, replicas: Replicas, trouble: object, outcome: str
) -> None:
    trouble(replicas)  # type: ignore[operator]
    if outcome == "timed-out":
        here.limit = 3.0
    asked = [each for each in places(rows("tuna", "bfsu"), "cu126") if each.serves == "pypi"]
    answers = by_name(measure(asked, here, SETTLED))
    assert answers["tuna"].outcome == outcome and answers["tuna"].rate is None
    assert answers["bfsu"].outcome == "ok"


def test_a_wheel_that_breaks_off_is_told_apart_from_the_page(here: Here, replicas: Replicas) -> None:
    replicas.refuse(".whl", 403)
    (answer,) = measure(
        [each for each in places(rows("bfsu"), "cu126") if each.serves == "pypi"], here, SETTLED
    )
    assert (answer.outcome, answer.file_outcome, answer.newest) == ("ok", "refused", NEWEST)


def test_a_page_without_torch_lists_nothing(here: Here, replicas: Replicas) -> None:
    replicas.extra["empty.example/simple/torch"] = b"<html><a href='other-1.0.whl'>no torch</a></html>"
    place = Place("empty", "pypi", "https://empty.example/simple", "https://empty.example/simple/torch/")
    (answer,) = measure([place], here, SETTLED)
    assert answer.outcome == "lists-nothing"


def test_the_pages_are_asked_for_side_by_side_and_the_wheels_in_turn(here: Here) -> None:
    together = threading.Barrier(5)
    reading: list[str] = []

    def met(url: str, *, limit: int, seconds: float) -> Fetched:
        if url.endswith("/torch/"):
            together.wait(timeout=20)  # breaks unless all five are under way at once
            return here(url, limit=limit, seconds=seconds)
        reading.append(url)
        assert len(reading) == 1
        got = here(url, limit=limit, seconds=seconds)
        reading.clear()
        return got

    names = rows("tuna", "bfsu", "ustc", "nju", "sjtu")
    asked = [each for each in places(names, "cu126") if each.serves == "pypi"]
    assert {each.outcome for each in measure(asked, met, SETTLED)} == {"ok"}


def test_credentials_of_a_configured_index_are_not_kept(here: Here) -> None:
    url = "https://ann:geheim@mirrors.bfsu.edu.cn/pypi/web/simple"
    (answer,) = measure([Place("configured", "pypi", url, url + "/torch/")], here, SETTLED)
    assert answer.outcome == "ok" and "geheim" not in str(answer)


def test_a_redirect_to_another_host_is_told() -> None:
    def elsewhere(url: str, *, limit: int, seconds: float) -> Fetched:
        page = b'<a href="torch-2.14.1%2Bcu126-cp312-cp312-manylinux_2_28_x86_64.whl">'
        return Fetched(
            "ok",
            url.replace("near", "far"),
            body=page if url.endswith("/") else b"x" * (1 << 17),
            first=0.1,
            seconds=0.3,
        )

    (answer,) = measure(
        [Place("m", "wheels", "https://near/cu126", "https://near/cu126/torch/")], elsewhere, SETTLED
    )
    assert answer.host == "far" and answer.newest == SETTLED
    assert answer.rate == pytest.approx((1 << 17) / 0.2)


def test_the_official_index_is_what_pip_has_built_in(machine_of) -> None:  # type: ignore[no-untyped-def]
    asked = {"commands": [{"argv0": "python", "stdout": "https://index.example/simple\n", "exit_code": 0}]}
    assert (
        default_index(machine_of(system="linux", **asked), ["/usr/bin/python"])
        == "https://index.example/simple"
    )
    assert default_index(machine_of(system="linux"), ["/usr/bin/python"]) is None
