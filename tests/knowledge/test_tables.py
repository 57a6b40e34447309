"""What the shipped tables hold: each row is sound, the tables agree with each other, and a bad row is named."""

import json
import re
from datetime import date
from pathlib import Path

import pytest

from envdoctor.errors import KnowledgeError
from envdoctor.knowledge import Knowledge, knowledge
from envdoctor.knowledge.loading import DATA_FOLDER, TABLES
from envdoctor.knowledge.refresh import render
from envdoctor.knowledge.schema import validate, validate_folder

# Variants that PyTorch's index has on an x86-64 platform and whose architectures nobody has read.
WITHOUT_ARCHITECTURES: set[tuple[str, str, str]] = set()

DAMAGES = [
    (
        "torch_releases",
        lambda t: t["releases"][3].update(released="soon"),
        "releases .*2\\.0\\.1.*'released'",
    ),
    ("torch_releases", lambda t: t["releases"][0].pop("min_macos"), "1\\.13\\.0.*'min_macos' is missing"),
    (
        "torch_releases",
        lambda t: t["releases"][1]["pythons"].update(plan9=["3.8"]),
        "1\\.13\\.1.*'pythons'.*plan9",
    ),
    ("torch_releases", lambda t: t["releases"].append(t["releases"][0]), "row for 1\\.13\\.0 already"),
    ("companions", lambda t: t["companions"][0].update(torch="any"), "torchvision 0\\.14\\.0.*'torch'"),
    ("archs", lambda t: t["builds"][0].update(sass=["sm_86"]), "1\\.13 cu116 linux_x86_64.*'sass'.*sm_86"),
    ("archs", lambda t: t["rocm"].update({"rocm7.2": ["8.6"]}), "archs: field 'rocm'.*rocm7\\.2.*gfx"),
    ("early", lambda t: t["builds"][0].update(package="egg"), "row 1 of builds .*'package'.*egg"),
    ("early", lambda t: t["releases"][1]["pythons"].update(plan9=["3.6"]), "1\\.0\\.1.*'pythons'.*plan9"),
    ("drivers", lambda t: t["minimum"][2].update(linux="new"), "minimum .*10\\.2.*'linux'"),
    ("drivers", lambda t: t["branches"][0].update(branch="375"), "branches .*'branch'.*375"),
    ("gpus", lambda t: t["gpus"][5].update(pci_ids=["2684X"]), "row 6 of gpus .*'pci_ids'"),
    ("gpus", lambda t: t["gpus"][5].update(colour="green"), "row 6 of gpus .*'colour' is not known"),
    ("mirrors", lambda t: t["mirrors"][1].update(pypi="tuna/simple"), "mirrors \\(tuna .*'pypi'"),
    ("mirrors", lambda t: t["mirrors"][4]["wheels"].update(kind="page"), "sjtu .*'wheels'.*'kind'"),
    ("conda_forge", lambda t: t["builds"][0].update(platform="linux-64"), "builds \\(2\\.4\\.1.*'platform'"),
    ("other_gpus", lambda t: t["chips"][0].update(torch="cuda"), "row 1 of chips \\(Krackan.*'torch'.*cuda"),
    ("other_gpus", lambda t: t["chips"][0]["devices"].update({"0x1114": "x"}), "Krackan.*'devices'.*0x1114"),
    ("jetson", lambda t: t["releases"][0].update(l4t="R32"), "row 1 of releases .*R32.*'l4t'.*R32"),
    (
        "jetson",
        lambda t: t["builds"][0].update(index="jp6"),
        "row 1 of builds \\(2\\.13\\.0.*'index'.*jp6",
    ),
    ("jetson", lambda t: t["builds"].append(t["builds"][0]), "there is a row for 2\\.13\\.0 already"),
    ("drivers", lambda t: t.pop("branches"), "drivers: field 'branches' is missing"),
    ("gpus", lambda t: t.update(as_of="yesterday"), "gpus: field 'as_of'"),
    ("gpus", lambda t: t.update(gpus=[]), "gpus: 'gpus' is not a list of rows"),
]


def _table(name):
    return json.loads((DATA_FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def test_every_row_is_sound():
    validate_folder()


@pytest.mark.parametrize(("table", "change", "named"), DAMAGES)
def test_a_damaged_table_is_named_with_its_row_and_field(table, change, named, damaged):
    folder = damaged(table, change)
    with pytest.raises(KnowledgeError, match=f"knowledge table {table}.*") as caught:
        validate(table, json.loads((folder / f"{table}.json").read_text()))
    assert re.search(named, str(caught.value)), str(caught.value)


@pytest.mark.parametrize("table", TABLES)
def test_every_field_of_every_row_is_guarded(table):
    """No field is left unchecked: each one, spoilt, is refused and named."""
    content = _table(table)
    for section, rows in content.items():
        if not (isinstance(rows, list) and isinstance(rows[0], dict)):
            continue
        fields = {field: row for row in rows for field in row}
        for field, row in fields.items():
            good = row[field]
            row[field] = {"not": "this"}
            with pytest.raises(KnowledgeError, match=re.escape(section)) as caught:
                validate(table, content)
            assert f"'{field}'" in str(caught.value)
            row[field] = good
    validate(table, content)


def test_a_look_up_names_the_damaged_row_too(damaged):
    folder = damaged("torch_releases", lambda table: table["releases"][4].pop("notes"))
    with pytest.raises(KnowledgeError, match=r"torch_releases, row 5 of releases \(2\.1\.0\): field 'notes'"):
        assert Knowledge(folder).releases
    folder = damaged("gpus", lambda table: table["gpus"][0].pop("compute_capability"))
    with pytest.raises(KnowledgeError, match=r"gpus, row 1 of gpus .*'compute_capability' is missing"):
        Knowledge(folder).gpu_by_pci("2684")
    assert Knowledge(folder).archs("2.14", "cu126", "linux_x86_64"), "the other tables still serve"


def test_an_unreadable_or_foreign_table_is_one_clear_sentence(damaged, tmp_path):
    with pytest.raises(KnowledgeError, match="knowledge table mirrors can't be read"):
        assert Knowledge(tmp_path).mirrors
    folder = damaged("mirrors", lambda table: table.update(schema=9))
    with pytest.raises(KnowledgeError, match="mirrors has schema 9; this version reads 1"):
        assert Knowledge(folder).mirrors
    (folder / "drivers.json").write_text('{"schema": 1, "minimum"')
    with pytest.raises(KnowledgeError, match="drivers can't be read"):
        Knowledge(folder).branches()


def test_no_device_id_belongs_to_two_chips():
    devices = [(row["vendor"], device) for row in _table("other_gpus")["chips"] for device in row["devices"]]
    assert len(devices) == len(set(devices))


@pytest.mark.parametrize("table", TABLES)
def test_one_row_stands_on_one_line(table):
    assert render(_table(table)) == (DATA_FOLDER / f"{table}.json").read_text(encoding="utf-8")


@pytest.mark.parametrize("table", TABLES)
def test_sources_can_be_followed_by_a_stranger(table):
    text = (DATA_FOLDER / f"{table}.json").read_text(encoding="utf-8")
    assert not re.search(r"public file|the brief|\bid \d{6,}|not read for this table", text)
    # Where the default index lives is the installer's business, so no table states it.
    from pip._internal.models.index import PyPI

    hosts = set(re.findall(r"https?://([^/\"]+)", text))
    assert not hosts & {PyPI.netloc, PyPI.file_storage_domain}


def test_the_date_is_that_of_the_oldest_table(damaged):
    assert knowledge().as_of == min(date.fromisoformat(_table(name)["as_of"]) for name in TABLES)
    folder = damaged("archs", lambda table: table.update(as_of="2025-01-31"))
    assert Knowledge(folder).as_of == date(2025, 1, 31)


# -- the tables agree with each other


def test_every_release_has_its_companions():
    tables = knowledge()
    for release in tables.releases:
        for name in ("torchvision", "torchaudio"):
            version = getattr(release, name)
            assert version and tables.companion(name, version), (release.version, name)
            assert tables.companion_fits(name, version, release.version) is True, (release.version, name)


def test_every_companion_belongs_to_a_release():
    tables = knowledge()
    for row in tables.companions:
        if row.torch.startswith("=="):
            release = tables.release(row.torch.removeprefix("=="))
            assert release, row
            assert row.version in (release.torchvision, release.torchaudio)


def test_every_cuda_variant_has_its_architectures():
    tables = knowledge()
    missing = {
        (release.minor, variant, platform)
        for release in tables.releases
        for platform in ("linux_x86_64", "windows_amd64", "linux_aarch64")
        for variant in {*release.official_variants[platform], release.pypi_variant[platform]}
        if variant.startswith("cu") and not tables.archs(release.version, variant, platform)
    }
    assert missing == WITHOUT_ARCHITECTURES


def test_every_architecture_row_is_a_published_variant():
    tables = knowledge()
    minors = {release.minor: release for release in tables.releases}
    for row in tables.arch_rows:
        assert row.variant in minors[row.torch].official_variants[row.platform], row


def test_the_plain_wheel_is_one_of_the_variants():
    for release in knowledge().releases:
        for platform, variant in release.pypi_variant.items():
            assert variant in release.official_variants[platform], (release.version, platform)
            assert platform in release.pythons
            assert release.wheel_megabytes[platform] > 20
        assert all("cpu" in variants for variants in release.official_variants.values())
        assert release.pypi_variant["windows_amd64"] == "cpu"


def test_an_inferred_variant_is_a_variant():
    for release in knowledge().releases:
        for entry in release.inferred_variants:
            variant, _, platform = entry.partition("@")
            listed = [
                variants for key, variants in release.official_variants.items() if platform in ("", key)
            ]
            assert any(variant in variants for variants in listed), (release.version, entry)
    newest = knowledge().release("2.15.0")
    assert newest.is_inferred("cu132", "windows_amd64")
    assert not newest.is_inferred("cpu", "windows_amd64")
    assert knowledge().release("2.5.1").is_inferred("cu124", "linux_aarch64")
    assert not knowledge().release("2.5.1").is_inferred("cu124", "linux_x86_64")


def test_releases_stand_in_the_order_of_their_dates():
    releases = knowledge().releases
    assert [r.released for r in releases] == sorted(r.released for r in releases)
    assert releases[0].version == "1.13.0"


def test_one_pci_id_names_one_capability():
    by_id = {}
    for gpu in knowledge().gpus:
        for device in gpu.pci_ids:
            assert by_id.setdefault(device, gpu.compute_capability) == gpu.compute_capability, device


def test_every_variant_has_a_minimum_driver():
    tables = knowledge()
    for row in tables.arch_rows:
        digits = row.variant.removeprefix("cu")
        cuda = f"{digits[:-1]}.{digits[-1]}"
        assert tables.minimum_driver(cuda, "linux") and tables.minimum_driver(cuda, "windows"), cuda
        assert tables.native_driver(cuda, "linux"), cuda


def test_mirrors_name_a_companion_exactly_where_they_lack_wheels():
    tables = knowledge()
    assert tables.mirrors[0].id == "official"
    assert tables.mirrors[0].pypi is None
    for mirror in tables.mirrors:
        if mirror.status == "dead":
            continue
        assert (mirror.wheels is None) == (mirror.companion is not None), mirror.id
        if mirror.companion:
            companion = tables.mirror(mirror.companion)
            assert companion.wheels and companion.status == "ok", mirror.id
        for channel, url in mirror.conda.items():
            assert url.endswith(f"/{channel}"), (mirror.id, channel, url)
    names = [name for mirror in tables.mirrors for name in (mirror.id, *mirror.other_names)]
    assert len(names) == len(set(names))


def test_no_mirror_stands_at_an_invented_address():
    tables = knowledge()
    served = {mirror.wheels.url.split("{")[0] for mirror in tables.mirrors if mirror.wheels}
    assert tables.invented_urls
    assert not {url.rstrip("/") for url in tables.invented_urls} & {url.rstrip("/") for url in served}


def test_the_rows_that_the_documentation_shows_are_sound():
    text = (Path(__file__).parents[2] / "docs" / "knowledge.md").read_text(encoding="utf-8")
    shown = [json.loads(line) for line in re.findall(r"(?m)^    (\{.+\})$", text)]
    marks = {
        "sass": "archs",
        "pypi_variant": "torch_releases",
        "pci_ids": "gpus",
        "quirks": "mirrors",
        "torch": "companions",
    }
    tables = []
    for row in shown:
        table = next(table for mark, table in marks.items() if mark in row)
        section = next(
            key for key, rows in _table(table).items() if isinstance(rows, list) and key != "sources"
        )
        validate(table, {**_table(table), section: [row]})
        tables.append(table)
    assert set(tables) == set(marks.values())
