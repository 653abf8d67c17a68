# SPDX-License-Identifier: BSD-3-Clause
"""A program of the network that nobody wrote for this system: nuttcp, unmodified, with the same as a process of Linux at the
other end. Each counts the bytes of the other."""
import os
import re
import socket
import subprocess
import time

import pytest

import guest
import machines
import terminal

MEGABYTES = 1
COUNT = f"-n{MEGABYTES * 16}"  # calls of 64 KiB
RESULT = re.compile(r"megabytes=([\d.]+) ")


@pytest.fixture(scope="module", name="image_of")
def images():
    return terminal.image_builder("apps/nuttcp")


@pytest.fixture(scope="module", name="program")
def compiled(image_of, tmp_path_factory):
    """The same source as a program of this machine."""
    folder = os.path.dirname(image_of("kvm-x86_64"))
    path = str(tmp_path_factory.mktemp("nuttcp") / "nuttcp")
    source = f"{folder}/obj/nuttcp_kvm-x86_64/appnuttcp/origin/nuttcp-6.1.2/nuttcp-6.1.2.c"
    subprocess.run(["gcc", "-O1", "-w", "-o", path, source], check=True)
    return path


def free_ports(count: int) -> list:
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def ask(program, *words, inside=None) -> None:
    """A transfer, once somebody listens; all of it must have arrived."""
    command = [program, "-fparse", COUNT, *map(str, words)]
    end = time.monotonic() + guest.LIMIT
    while time.monotonic() < end:
        done = subprocess.run(inside.words(command) if inside else command, capture_output=True, text=True, check=False,
                              timeout=guest.LIMIT, stdin=subprocess.DEVNULL)
        if done.returncode == 0 and "classic_mode" not in done.stdout + done.stderr:
            break
        # QEMU takes a connection before the image does; nuttcp believes that an old one of its kind closed it, then.
        assert re.search("refused|reset|server not ready|closed|no route|classic_mode", done.stdout + done.stderr, re.I), \
            done.stdout + done.stderr
        time.sleep(0.1)
    found = RESULT.search(done.stdout)
    assert found and float(found[1]) == MEGABYTES, done.stdout + done.stderr


def user_network(*ports) -> list:
    """QEMU's, with these ports of this machine and of the image; the machine is 10.0.2.2 for the image."""
    leads = "".join(f",hostfwd=tcp:127.0.0.1:{outer}-:{inner}" for outer, inner in ports)
    return ["-netdev", f"user,id=net0{leads}", "-device", "virtio-net-pci,netdev=net0,romfile="]


@pytest.mark.parametrize("target", machines.TARGETS)
def test_as_a_server(image_of, program, target):
    control, data, back = free_ports(3)
    network = user_network((control, 5000), (data, data))
    with machines.Guest(image_of(target), target, network, parameters="", arguments="-S --nofork") as box:
        ask(program, "-P", control, "-p", data, "127.0.0.1")
        ask(program, "-P", control, "-p", data, "-r", "-F", "127.0.0.1")
        ask(program, "-P", control, "-p", back, "-r", "127.0.0.1")  # the image connects
        box.has_not_failed()


@pytest.mark.parametrize("target", machines.TARGETS)
@pytest.mark.parametrize("way", ["-t", "-r"])
def test_as_a_client(image_of, program, target, way):
    control, data = free_ports(2)
    server = subprocess.Popen([program, "-1", "--nofork", "-P", str(control)], stdin=subprocess.DEVNULL)
    try:
        words = f"-fparse {COUNT} -P{control} -p{data} {way} {'-F ' if way == '-r' else ''}10.0.2.2"
        with machines.Guest(image_of(target), target, user_network(), parameters="", arguments=words) as box:
            assert float(re.search(RESULT, box.wait_for(RESULT.pattern))[1]) == MEGABYTES
            assert server.wait(guest.LIMIT) == 0
    finally:
        server.kill()
        server.wait()


@pytest.mark.skipif(not machines.LONG, reason="one more image: in make check-all; test_inet.py and test_httpd.py have processes")
def test_as_a_process(image_of, program, namespace):
    namespace.add_tap("guest", "10.7.0.1/24", headers=True)
    parameters = f"netdev.host=tap:guest {machines.ADDRESS}"
    with machines.Guest(image_of("linuxu-x86_64"), "linuxu-x86_64", [], namespace, parameters, "-S --nofork") as box:
        ask(program, "10.7.0.2", inside=namespace)
        ask(program, "-r", "10.7.0.2", inside=namespace)
        box.has_not_failed()
