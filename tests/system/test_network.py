# SPDX-License-Identifier: BSD-3-Clause
"""A network device on each bus and with several CPUs; NET=, PORT= and CAPTURE= of make run."""
import os

import pytest

import guest

MACHINES = [("kvm-x86_64", "pc"), ("kvm-x86_64", "q35"), ("kvm-x86_64", "microvm"), ("kvm-arm64", "virt"), ("kvm-arm64", "virt-gicv3")]


def text_of(done):
    return done.stdout + done.stderr


@pytest.mark.parametrize("target,machine", MACHINES)
def test_answers_come_by_interrupts(target, machine):
    guest.build(target)
    done = guest.make(target, f"MACHINE={machine}", "ARGS=virtio_net", "run")
    assert done.returncode == 0, text_of(done)
    assert "# 2 passed, 0 failed, 0 skipped" in text_of(done), text_of(done)


def test_several_cpus():
    guest.build_smp("kvm-x86_64")
    folder = os.path.join(guest.ROOT, "build/check/guest-kvm-x86_64-gcc-smp")
    done = guest.make_in_tree("A=tests/guest", "T=kvm-x86_64", f"O={folder}", f"C={folder}/config", "CPUS=4", "ARGS=virtio_net", "run")
    assert "# 2 passed, 0 failed, 0 skipped" in text_of(done), text_of(done)


def test_capture(tmp_path):
    guest.build("kvm-x86_64")
    path = tmp_path / "net,0.pcap"
    done = guest.make("kvm-x86_64", f"CAPTURE={path}", "PORT=udp::9", "ARGS=virtio_net", "run")
    assert done.returncode == 0, text_of(done)
    assert "(udp) leads to port 9 of the image" in text_of(done)
    data = path.read_bytes()
    assert data[:4] in (b"\xd4\xc3\xb2\xa1", b"\xa1\xb2\xc3\xd4")
    assert data.count(b"\x08\x06\x00\x01\x08\x00\x06\x04\x00\x01") >= 332, "a question each, and 332 answers"


def test_an_image_without_a_driver_has_no_network():
    done = guest.make_in_tree("A=apps/hello", "T=linuxu-x86_64", "O=build/check/hello/linuxu-x86_64", "PORT=80", "run")
    assert done.returncode != 0
    assert "error: PORT=80: this image has no driver for a network device; the option LIBHOSTNET" in text_of(done)
