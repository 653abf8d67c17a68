# SPDX-License-Identifier: BSD-3-Clause
"""The network that `make run` gives to an image that is a process of Linux: QEMU beside it, for which nobody needs to be root.
tests/inet echoes on port 7, and ends when a datagram says "quit"."""
import contextlib
import glob
import os
import re
import select
import signal
import socket
import subprocess
import threading
import time

import pytest

import guest
import terminal

TARGETS = ["linuxu-x86_64", "linuxu-arm64"] if "UK_CHECK_ALL" in os.environ else ["linuxu-x86_64"]
# Without signals that the caller ignores; root without what makes it root.
NOBODY = ["env", "--default-signal", *(["setpriv", "--bounding-set=-all", "--inh-caps=-all", "--no-new-privs"] if os.geteuid() == 0 else [])]


@pytest.fixture(scope="module", name="image_of")
def built_images():
    return terminal.image_builder("tests/inet")


def variables(image, target, **more) -> dict:
    platform, architecture = target.split("-")
    clean = {k: v for k, v in os.environ.items() if k not in ("NET", "PORT", "CAPTURE", "PARAMS", "ARGS", "CPUS", "V", "QEMU", "INITRD")}
    return {**clean, "UK_IMAGE": image, "UK_PLAT": platform, "UK_ARCH": architecture, "UK_TARGET": target,
            "UK_CONFIG": f"{image}.config", **more}


RUN = os.path.join(guest.ROOT, "support/run/run")


class Process:
    """The image and who is beside it: `qemu` and its watcher, by descriptors that can be read when these have ended."""

    def __init__(self, image, target, **more):
        self.port = self.free_port()
        # pylint: disable=consider-using-with
        self.process = subprocess.Popen([*NOBODY, RUN], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                        text=True, errors="replace", start_new_session=True,
                                        env=variables(image, target, **{"PORT": f"{self.port}:7 udp:{self.port}:7", **more}))
        self.lines, self.beside = [], {}
        self.reader = threading.Thread(target=self.read)
        self.reader.start()
        try:
            self.wait_for("^ready$")
            self.find_beside()
        except BaseException:
            self.__exit__()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.reader.join()  # whoever is beside it holds the other end of this pipe
        self.process.stdout.close()
        for descriptor in self.beside.values():
            os.close(descriptor)

    @staticmethod
    def free_port() -> int:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            return probe.getsockname()[1]

    def read(self):
        for line in self.process.stdout:
            self.lines.append(line)

    def text(self) -> str:
        return "".join(self.lines)

    def wait_for(self, pattern: str) -> str:
        end = time.monotonic() + guest.LIMIT
        while not re.search(pattern, self.text(), re.M):
            assert time.monotonic() < end and self.reader.is_alive(), f"{pattern!r} does not come:\n{self.text()}"
            time.sleep(0.02)
        return self.text()

    @staticmethod
    def children(parent: int) -> list:
        with open(f"/proc/{parent}/task/{parent}/children", encoding="utf-8") as file:
            return list(map(int, file.read().split()))

    def find_beside(self):
        for watcher in self.children(self.process.pid):
            if os.getsid(watcher) == watcher:
                self.beside["watcher"] = os.pidfd_open(watcher)
                [self.qemu] = self.children(watcher)
                self.beside["qemu"] = os.pidfd_open(self.qemu)

    def has_ended(self, name: str) -> bool:
        return select.select([self.beside[name]], [], [], guest.LIMIT)[0] != []

    def echoes(self) -> bool:
        text = os.urandom(50000)
        with socket.create_connection(("127.0.0.1", self.port), timeout=guest.LIMIT) as client:
            got, sent = b"", 0
            while len(got) < len(text):
                sent += client.send(text[sent:sent + 5000])
                came = client.recv(1 << 16)
                assert came, f"the connection ended after {len(got)} bytes"
                got += came
        return got == text



def end(process, port: int) -> int:
    """Its status, after it was told to end."""
    until = time.monotonic() + guest.LIMIT
    with socket.socket(type=socket.SOCK_DGRAM) as client:
        while process.poll() is None and time.monotonic() < until:
            with contextlib.suppress(ConnectionError):
                client.sendto(b"quit", ("127.0.0.1", port))
            time.sleep(0.05)
    return process.wait()


@pytest.mark.parametrize("target", TARGETS)
def test_without_root(image_of, target, tmp_path):
    path = tmp_path / "seen,0.pcap"
    with Process(image_of(target), target, CAPTURE=str(path)) as box:
        with open(f"/proc/{box.process.pid}/status", encoding="utf-8") as file:
            assert re.search(r"^CapEff:\t0+$", file.read(), re.M)
        assert f"run: 127.0.0.1:{box.port} leads to port 7 of the image\n" in box.text()
        assert box.echoes()
        assert end(box.process, box.port) == 0 and box.has_ended("qemu") and box.has_ended("watcher")
    assert "warning" not in box.text().lower(), box.text()
    data = path.read_bytes()
    assert data[:4] in (b"\xd4\xc3\xb2\xa1", b"\xa1\xb2\xc3\xd4") and len(data) > 100000 and b"quit" in data


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_all_ends_with_the_image(image_of, number):
    with Process(image_of(TARGETS[0]), TARGETS[0]) as box:
        os.killpg(box.process.pid, number)  # as Ctrl-C at a terminal does
        assert box.has_ended("qemu") and box.has_ended("watcher") and box.process.wait(guest.LIMIT) in (-number, 128 + number)
        assert "run: QEMU" not in box.text()


def test_without_input_and_output(image_of):
    port = Process.free_port()
    with subprocess.Popen(["sh", "-c", 'exec "$0" <&- >&-', RUN], stderr=subprocess.PIPE, text=True,
                          env=variables(image_of(TARGETS[0]), TARGETS[0], PORT=f"udp:{port}:7")) as process:
        assert end(process, port) == 0, process.stderr.read()


def pump(port: int, under_way: threading.Event) -> None:
    """Sends without an end, and takes what comes back, until the connection breaks."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=guest.LIMIT) as client:
        client.setblocking(False)
        while True:
            can_read, can_write, _ = select.select([client], [client], [], guest.LIMIT)
            if can_read:
                if not client.recv(1 << 16):
                    return
                under_way.set()
            if can_write:
                client.send(bytes(1 << 16))


def sleeps(process) -> bool:
    """Whether all its threads do, five times in a row: one that is woken again and again is seen to run."""
    end, quiet = time.monotonic() + guest.LIMIT, 0
    while quiet < 5 and time.monotonic() < end:
        states = []
        for path in glob.glob(f"/proc/{process.pid}/task/*/stat"):
            with open(path, encoding="utf-8") as file:
                states.append(file.read().rpartition(")")[2].split()[0])
        quiet = quiet + 1 if set(states) == {"S"} else 0
        time.sleep(0.05)
    return quiet == 5


@pytest.mark.parametrize("connections", [0, 3])
def test_the_image_outlives_its_network(image_of, connections):
    """Which ends while nobody uses it, and in the middle of frames in both directions."""
    with Process(image_of(TARGETS[0]), TARGETS[0]) as box:
        assert box.echoes()
        busy = [threading.Event() for _ in range(connections)]
        pumps = [threading.Thread(target=pump, args=(box.port, event)) for event in busy]
        for each in pumps:
            each.start()
        under_way = all(event.wait(guest.LIMIT) for event in busy)
        os.kill(box.qemu, signal.SIGKILL)
        for each in pumps:
            each.join()
        assert under_way
        box.wait_for("^run: QEMU, which is the network of the image, was ended by signal 9: the image has none any more$")
        assert box.has_ended("watcher")
        said = box.wait_for(r"\[hostnet\] netdev 0: (the other side|the stream) .*; the link is down$")
        assert sleeps(box.process) and box.process.poll() is None and said.count("[hostnet]") == 1, said
        box.process.send_signal(signal.SIGTERM)
        assert box.process.wait(guest.LIMIT) in (-signal.SIGTERM, 128 + signal.SIGTERM)


def test_nothing_is_beside_what_needs_nothing(image_of):
    for more in ({"NET": "none", "PORT": ""}, {"UK_CONFIG": "", "PORT": ""}):
        with Process(image_of(TARGETS[0]), TARGETS[0], **more) as box:
            assert not box.beside and "run:" not in box.text()


@pytest.mark.parametrize("more, said", [
    ({"PATH": ""}, "error: NET=user: the network of a Linux process is QEMU's, and qemu-system-x86_64 is not there; "
                   "support/setup kvm-x86_64 installs it. NET=none does without a network"),
    ({"NET": "user,nonsense=1", "PORT": ""}, "Invalid parameter 'nonsense'\nerror: QEMU did not start the network\n")])
def test_a_network_that_does_not_start(image_of, more, said):
    target = TARGETS[0]
    done = subprocess.run(["/usr/bin/python3", RUN], capture_output=True, text=True, check=False, timeout=guest.LIMIT,
                          stdin=subprocess.DEVNULL, env=variables(image_of(target), target, **more))
    assert (done.returncode, done.stdout) == (1, "") and done.stderr.find(said) >= 0, done.stderr
