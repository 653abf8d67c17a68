# SPDX-License-Identifier: BSD-3-Clause
"""An entropy device on each bus, with each kind of interrupt; DEVICES= of make run."""
import pytest

import guest

BRIDGE = "pcie-root-port,id=under virtio-rng-pci,bus=under"
MACHINES = [
    ("kvm-x86_64", "pc", "virtio-rng", "on PCI 00:02.0, MSI-X"),
    ("kvm-x86_64", "pc", "virtio-rng-pci,vectors=0", "on PCI 00:02.0, interrupt line"),
    ("kvm-x86_64", "q35", BRIDGE, "on PCI 01:00.0, MSI-X"),
    ("kvm-x86_64", "microvm", "virtio-rng", "at 0xfeb0"),
    ("kvm-arm64", "virt", "virtio-rng", "on PCI 00:01.0, MSI-X"),
    ("kvm-arm64", "virt", "virtio-rng-pci,vectors=0", "on PCI 00:01.0, interrupt line"),
    ("kvm-arm64", "virt-gicv3", BRIDGE, "on PCI 01:00.0, interrupt line"),
    ("kvm-arm64", "virt", "virtio-rng-device", "at 0xa00"),
]


@pytest.mark.parametrize("target,machine,devices,found", MACHINES)
def test_entropy_comes_from_the_host(target, machine, devices, found):
    guest.build(target)
    done = guest.make(target, f"MACHINE={machine}", f"DEVICES={devices}", "PARAMS=log.level=info", "ARGS=virtio_rng", "run")
    console = done.stdout + done.stderr
    assert done.returncode == 0, console
    assert "virtio-rng: features 0x130000000 of" in console, console
    assert f"virtio-rng {found}" in console, console
    assert "# 1 passed, 0 failed, 0 skipped" in console, console


@pytest.mark.parametrize("target", ["linuxu-x86_64", "xen-x86_64"])
def test_only_machines_of_qemu_take_devices(target):
    done = guest.make_in_tree("A=apps/hello", f"T={target}", f"O=build/check/hello/{target}", "DEVICES=virtio-rng", "run")
    assert done.returncode != 0
    assert "error: DEVICES=virtio-rng: only machines of QEMU take devices" in done.stdout + done.stderr
