# SPDX-License-Identifier: BSD-3-Clause
"""TCP and UDP of an image as a client on the other side sees them: tests/inet echoes on port 7."""
import os
import re
import socket
import subprocess
import threading
import time

import guest
import pytest
import terminal

LONG = "UK_CHECK_ALL" in os.environ
TARGETS = ["kvm-x86_64", "kvm-arm64"] if LONG else ["kvm-x86_64"]
QEMU = {"kvm-x86_64": ["qemu-system-x86_64", "-machine", "q35", "-cpu", "max"],
        "kvm-arm64": ["qemu-system-aarch64", "-machine", "virt", "-cpu", "cortex-a72"]}
DHCP = r"\[lwip\] net0: 10\.0\.2\.15/24 via 10\.0\.2\.2 \(DHCP\)"


class Machine:
    """An image in QEMU with QEMU's network, and ports of this machine that lead to its port 7."""

    def __init__(self, image: str, target: str, parameters: str = ""):
        self.port = self.free_port()
        forward = ",".join(f"hostfwd={kind}:127.0.0.1:{self.port}-:7" for kind in ("tcp", "udp"))
        self.process = subprocess.Popen(  # pylint: disable=consider-using-with
            [*QEMU[target], "-accel", "tcg", "-m", "128M", "-nographic", "-no-reboot", "-kernel", image, "-nic", "none",
             "-append", f"log.level=info {parameters} --", "-netdev", f"user,id=n0,{forward}",
             "-device", "virtio-net-pci,netdev=n0,romfile="],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
        self.lines = []
        self.reader = threading.Thread(target=self.read)
        self.reader.start()

    @staticmethod
    def free_port() -> int:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            return probe.getsockname()[1]

    def read(self):
        for line in self.process.stdout:
            self.lines.append(line)

    def text(self) -> str:
        return "".join(self.lines)

    def wait_for(self, pattern: str) -> str:
        end = time.monotonic() + guest.LIMIT
        while not re.search(pattern, self.text(), re.M):
            assert time.monotonic() < end and self.reader.is_alive(), self.text()
            time.sleep(0.02)
        return self.text()

    def connect(self) -> socket.socket:
        made = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return made

    def close(self):
        self.process.kill()
        self.process.wait()
        self.reader.join()


@pytest.fixture(scope="module", name="image_of")
def built_images():
    return terminal.image_builder("tests/inet")


@pytest.fixture(name="start")
def machines():
    started = []

    def start(*arguments) -> Machine:
        started.append(Machine(*arguments))
        return started[-1]
    yield start
    for machine in started:
        machine.close()


def receive(source: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        part = source.recv(65536)
        if not part:
            break
        data += part
    return data


@pytest.mark.parametrize("target", TARGETS)
def test_echo(image_of, start, target):
    machine = start(image_of(target), target)
    text = machine.wait_for("^ready")
    assert re.search(DHCP, text)
    for line in ("::1: echoed", "127.0.0.1: echoed", "port 8: Connection refused"):
        assert line in text, text
    with machine.connect() as one:
        for i in range(50):
            one.sendall(b"%d" % i)
            assert receive(one, len(b"%d" % i)) == b"%d" % i
        data = os.urandom(1_500_000)
        sender = threading.Thread(target=one.sendall, args=(data,))
        sender.start()
        assert receive(one, len(data)) == data
        sender.join()
        one.shutdown(socket.SHUT_WR)
        assert one.recv(1) == b""
    many = [machine.connect() for _ in range(40)]
    for i, one in enumerate(many):
        one.sendall(b"%02d" % i)
    assert [receive(one, 2) for one in many] == [b"%02d" % i for i in range(len(many))]
    for one in many:
        one.close()
    for _ in range(100):
        with machine.connect() as one:
            one.sendall(b"x")
            assert receive(one, 1) == b"x"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams:
        datagrams.settimeout(30)
        datagrams.connect(("127.0.0.1", machine.port))
        for size in (1, 1472, 1473, 9000):
            data = os.urandom(size)
            datagrams.send(data)
            assert datagrams.recv(65536) == data
        datagrams.send(b"quit")
    assert machine.process.wait(guest.LIMIT) is not None
    for bad in ("crash report", "read:", "write:", "sendto:"):
        assert bad not in machine.text()


# Fills all buffers of a connection, has the program end, and then reads what is still to come.
CLIENT = """
import contextlib, random, socket
data, sent, came = random.Random(1).randbytes(1 << 20) * 32, 0, b""
stream = socket.create_connection(("10.7.0.2", 7), timeout=60)
stream.settimeout(5)
with contextlib.suppress(TimeoutError):
    while sent < len(data):
        sent += stream.send(data[sent:sent + 65536])
assert 0 < sent < len(data), "all buffers are full"
socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"quit", ("10.7.0.2", 7))
stream.settimeout(60)
while part := stream.recv(1 << 16):
    came += part
assert data.startswith(came)
print(len(came))
"""


def test_what_was_written_arrives_after_the_end(image_of, namespace):
    """The program ends with a connection that it has not closed. Without QEMU's network, which ends with the image."""
    namespace.add_tap("guest", "10.7.0.1/24", headers=True)
    with namespace.popen([image_of("linuxu-x86_64"), "netdev.host=tap:guest", "netdev.ip=10.7.0.2/24", "lwip.end_wait_ms=60000", "--"],
                         stdout=subprocess.PIPE, text=True) as server:
        try:
            while (line := server.stdout.readline()) != "ready\n":
                assert line
            came = int(namespace.run(["/usr/bin/python3", "-c", CLIENT], timeout=guest.LIMIT).stdout)
        except BaseException:
            server.kill()
            raise
        written = int(re.search(r"^written: (\d+)$", server.stdout.read(), re.M)[1])
        assert server.wait(guest.LIMIT) == 0
    assert came >= written - 40000 > 0, "without those that it has sent to itself"


def test_fixed_address(image_of, start):
    machine = start(image_of("kvm-x86_64"), "kvm-x86_64", "netdev.ip=10.0.2.15/24:10.0.2.2:10.0.2.3::box:example.org")
    text = machine.wait_for("^ready")
    assert re.search(r"\[lwip\] net0: 10\.0\.2\.15/24 via 10\.0\.2\.2$", text, re.M)
    with machine.connect() as one:
        one.sendall(b"hello")
        assert receive(one, 5) == b"hello"


def test_wrong_address_says_where(image_of, start):
    machine = start(image_of("kvm-x86_64"), "kvm-x86_64", "netdev.ip=10.0.2.15/24:router")
    text = machine.wait_for("init 'network' failed: EINVAL")
    assert "netdev.ip=10.0.2.15/24:router: 'router' is no address of a gateway, of the same version of IP" in text
    assert "(see" not in text, "the line above says what is wrong"
