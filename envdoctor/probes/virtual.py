"""Which virtual machine a computer is, from the names its firmware gives."""

from __future__ import annotations

__all__ = ["virtual_machine"]

SIGNS: tuple[tuple[str, str], ...] = (
    # Words in "maker product", lower case, and the name people know. The first that fits counts.
    ("vmware", "VMware"),
    ("virtualbox", "VirtualBox"),
    ("innotek", "VirtualBox"),
    ("parallels", "Parallels"),
    ("microsoft corporation virtual machine", "Hyper-V"),
    ("google compute engine", "Google Compute Engine"),
    ("amazon ec2", "Amazon EC2"),
    ("alibaba cloud", "Alibaba Cloud"),
    ("tencent cloud", "Tencent Cloud"),
    ("huawei", "Huawei Cloud"),
    ("openstack", "OpenStack"),
    ("xen", "Xen"),
    ("qemu", "QEMU"),
    ("kvm", "KVM"),
    ("bochs", "QEMU"),
    ("bhyve", "bhyve"),
    ("apple virtualization", "Apple Virtualization"),
)


def virtual_machine(maker: str, product: str, hypervisor: bool | None) -> str | None:
    """The hypervisor or cloud; `None`: real hardware as far as can be told.

    `maker` and `product` are the firmware's words. `hypervisor` is whether the processor says that it runs
    under one (`None`: it can't say): clouds sell bare machines under the same names, so a clear no counts.
    """
    if hypervisor is False:
        return None
    names = f"{maker} {product}".lower()
    found = next((name for sign, name in SIGNS if sign in names), None)
    if found is None and hypervisor:
        return "a virtual machine"
    # Makers of clouds make laptops and servers too: without the processor's word only a model may decide.
    return None if hypervisor is None and found in ("Huawei Cloud",) else found
