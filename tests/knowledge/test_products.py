"""The look-up of a GPU by what people, tools and the bus call it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from envdoctor.knowledge import knowledge


@pytest.mark.parametrize(
    ("name", "capability"),
    [
        ("NVIDIA GeForce RTX 4060 Laptop GPU", "8.9"),
        ("Tesla V100-SXM2-32GB", "7.0"),
        ("NVIDIA A100-SXM4-40GB", "8.0"),
        ("NVIDIA A100 80GB PCIe", "8.0"),
        ("NVIDIA A800-SXM4-80GB", "8.0"),
        ("NVIDIA H100 80GB HBM3", "9.0"),
        ("NVIDIA H100 NVL", "9.0"),
        ("NVIDIA H200", "9.0"),
        ("NVIDIA H20", "9.0"),
        ("NVIDIA L40S", "8.9"),
        ("NVIDIA L4", "8.9"),
        ("GeForce GTX 1080 Ti", "6.1"),
        ("NVIDIA GeForce GTX 1060 6GB", "6.1"),
        ("NVIDIA GeForce GTX 1650 with Max-Q Design", "7.5"),
        ("GeForce GTX 1060 with Max-Q Design", "6.1"),
        ("GeForce RTX 2080 with Max-Q Design", "7.5"),
        ("TITAN Xp COLLECTORS EDITION", "6.1"),
        ("TITAN V CEO Edition", "7.0"),
        ("Tesla K10.G2.8GB", "3.0"),
        ("Tesla V100-SXM2-32GB-LS", "7.0"),
        ("NVIDIA A800 40GB Active", "8.0"),
        ("NVIDIA H20-3e", "9.0"),
        ("NVIDIA A6000", "8.6"),
        ("Orin (nvgpu)", "8.7"),
        ("NVIDIA GeForce RTX 3050 Laptop GPU", "8.6"),
        ("NVIDIA GeForce RTX 3050 A Laptop GPU", "8.9"),
        ("NVIDIA RTX A6000", "8.6"),
        ("NVIDIA RTX A2000 12GB", "8.6"),
        ("NVIDIA RTX 6000 Ada Generation", "8.9"),
        ("NVIDIA RTX 5000 Ada Generation Laptop GPU", "8.9"),
        ("NVIDIA GB10", "12.1"),
        ("NVIDIA B200", "10.0"),
        ("NVIDIA B300 SXM6 AC", "10.3"),
        ("NVIDIA GB200", "10.0"),
        ("NVIDIA GH200 480GB", "9.0"),
        ("NVIDIA RTX PRO 6000 Blackwell Workstation Edition", "12.0"),
        ("NVIDIA GeForce RTX 5090", "12.0"),
        ("Tesla T4", "7.5"),
        ("Tesla K80", "3.7"),
        ("Tesla P100-PCIE-16GB", "6.0"),
        ("Quadro RTX 8000", "7.5"),
        ("Quadro M1200", "5.0"),
        ("NVIDIA TITAN X (Pascal)", "6.1"),
        ("GeForce GTX TITAN X", "5.2"),
        ("NVIDIA TITAN V", "7.0"),
        ("GeForce GT 710", "3.5"),
        ("GeForce GT 540M", "2.1"),
        ("GeForce 210", "1.2"),
        ("NVIDIA GeForce MX150", "6.1"),
        ("NVIDIA GeForce MX450", "7.5"),
        ("NVIDIA A10G", "8.6"),
        ("NVIDIA A16", "8.6"),
        ("Orin", "8.7"),
        ("Xavier", "7.2"),
        ("NVIDIA Tegra X1", "5.3"),
        ("NVIDIA Thor", "11.0"),
        # virtual GPUs and MIG instances
        ("GRID V100D-8C", "7.0"),
        ("GRID A100D-80C", "8.0"),
        ("NVIDIA A100-4-20C", "8.0"),
        ("NVIDIA L40S-48C", "8.9"),
        ("GRID RTX6000-8Q", "7.5"),
        ("GRID RTX8000P-6Q", "7.5"),
        ("GRID M60-8Q", "5.2"),
        ("NVIDIA A100-SXM4-80GB MIG 1g.10gb", "8.0"),
        # as people write them
        ("rtx4060", "8.9"),
        ("RTX 4060", "8.9"),
        ("  nvidia  rtx-4060ti ", "8.9"),
        ("4090", "8.9"),
        ("gtx960", "5.2"),
        ("NVIDIA(R) GeForce(R) GTX 1070", "6.1"),
        ("A100", "8.0"),
        ("K80", "3.7"),
        ("RTX PRO 6000", "12.0"),
    ],
)
def test_real_names_are_known(name, capability):
    gpu = knowledge().gpu_by_name(name)
    assert gpu and gpu.compute_capability == capability


@pytest.mark.parametrize(
    ("name", "capabilities"),
    [
        ("GeForce GT 730", ("2.1", "3.0", "3.5")),
        ("NVIDIA GeForce GT 640", ("2.1", "3.0", "3.5")),
        ("GeForce GTX 860M", ("3.0", "5.0")),
        ("RTX 6000", ("7.5", "8.9")),
    ],
)
def test_a_name_of_several_chips_is_not_guessed(name, capabilities):
    assert knowledge().gpu_by_name(name) is None
    assert knowledge().ambiguous_capabilities(name) == capabilities


@pytest.mark.parametrize(
    "name",
    ["", " ", "NVIDIA", "GeForce", "GeForce RTX", "Radeon RX 580", "AMD Radeon RX 7900 XTX", "rtx 9060", "Intel Arc A770", "RTX", "\x1b[31m", "(", "A" * 5000, "1" * 500],
)  # fmt: skip
def test_what_is_no_product_is_not_found(name):
    assert knowledge().gpu_by_name(name) is None
    assert knowledge().ambiguous_capabilities(name) == ()


@given(st.text(max_size=60))
def test_no_text_upsets_the_look_up(text):
    assert knowledge().gpu_by_name(text) is None or knowledge().ambiguous_capabilities(text) == ()


@pytest.mark.parametrize("prefix", ["", "NVIDIA ", "nvidia "])
def test_every_product_is_found_by_its_own_name(prefix):
    tables = knowledge()
    for gpu in tables.gpus:
        found = tables.gpu_by_name(prefix + gpu.name)
        capabilities = {found.compute_capability} if found else set(tables.ambiguous_capabilities(gpu.name))
        if (gpu.name, gpu.compute_capability) not in SELDOM:
            assert gpu.compute_capability in capabilities, gpu


# Other chips under a well-known name, which retail boards never carry: told by their PCI id alone.
SELDOM = {("GeForce GT 710", "2.1"), ("GeForce GT 1030", "3.0"), ("GeForce GTX 750 Ti", "3.0")}


def test_products_by_pci_id():
    assert knowledge().gpu_by_pci("2684").name == "GeForce RTX 4090"
    assert knowledge().gpu_by_pci("0x2684").name == "GeForce RTX 4090"
    assert knowledge().gpu_by_pci("104D").compute_capability == "2.1"
    assert knowledge().gpu_by_pci("ffff") is None


def test_a_mistyped_name_is_answered_with_its_neighbours():
    similar = knowledge().similar_gpu_names("RTX 9060")
    assert 1 <= len(similar) <= 3
    assert any("RTX" in name for name in similar)
    assert knowledge().similar_gpu_names("NVIDIA GeFroce RTX 4090 Ti")[0].startswith("GeForce RTX 40")
    assert knowledge().similar_gpu_names("zzzzzzzzzzzz") == ()
