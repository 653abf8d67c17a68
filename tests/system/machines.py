# SPDX-License-Identifier: BSD-3-Clause
"""Images that run with a network that the test makes: in QEMU, or as a process of linuxu in a namespace.

    with machines.Guest(image, "kvm-x86_64", line.qemu(), line.namespace) as box:
        box.wait_for("^ready")
        box.monitor("set_link", name="net0", up=False)
"""
import contextlib
import json
import os
import re
import socket
import subprocess
import tempfile
import threading
import time

import guest
import networks

QEMU = {"kvm-x86_64": ["qemu-system-x86_64", "-machine", "q35", "-cpu", "max"],
        "kvm-arm64": ["qemu-system-aarch64", "-machine", "virt", "-cpu", "cortex-a72"]}
LONG = "UK_CHECK_ALL" in os.environ
# Long forms run on both.
TARGETS = ["kvm-x86_64", "kvm-arm64"] if LONG else ["kvm-x86_64"]
ADDRESS = "netdev.ip=10.7.0.2/24"  # of a guest on a wire, or on tap()


@contextlib.contextmanager
def namespace():
    """For fixtures of a whole module; without root they are skipped."""
    with networks.made() as stack:
        yield stack.enter_context(networks.Namespace())


def tap(inside, device="virtio-net-pci") -> list:
    """QEMU's words for a new interface `guest` of the namespace, 10.7.0.1, which does checksums and segments."""
    inside.add_tap("guest", "10.7.0.1/24", headers=True)
    return ["-netdev", "tap,id=net0,ifname=guest,script=no,downscript=no,vnet_hdr=on", "-device", f"{device},netdev=net0,romfile="]


class Guest:
    """One image; ends with the block that made it."""

    def __init__(self, image, target, network, inside=None, parameters=ADDRESS, arguments="", memory="128M"):
        # pylint: disable=too-many-arguments,consider-using-with
        self.folder = tempfile.TemporaryDirectory()
        words = ["log.level=info", *parameters.split(), "--", *arguments.split()]
        command = [image, *network, *words]
        if target in QEMU:
            command = [*QEMU[target], "-accel", "tcg", "-m", memory, "-nographic", "-no-reboot", "-kernel", image, "-nic", "none",
                       "-append", " ".join(words), "-qmp", f"unix:{self.folder.name}/qmp,server=on,wait=off", *network]
        start = inside.popen if inside else subprocess.Popen
        self.process = start(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                             errors="replace")
        self.lines, self.qmp = [], None
        self.reader = threading.Thread(target=self.read)
        self.reader.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.reader.join()
        self.process.stdout.close()
        if self.qmp:
            self.qmp.close()
        self.folder.cleanup()

    def read(self):
        with contextlib.suppress(ValueError):  # closed
            for line in self.process.stdout:
                self.lines.append(line)

    def text(self) -> str:
        return "".join(self.lines)

    def wait_for(self, pattern: str, count: int = 1) -> str:
        """Until the console shows it so many times."""
        end = time.monotonic() + guest.LIMIT
        while len(re.findall(pattern, self.text(), re.M)) < count:
            assert time.monotonic() < end and self.reader.is_alive(), f"{pattern!r} does not come:\n{self.text()}"
            time.sleep(0.02)
        return self.text()

    def monitor(self, command: str, **arguments) -> dict:
        """A command of QEMU's monitor."""
        if self.qmp is None:
            connected = socket.socket(socket.AF_UNIX)
            connected.connect(f"{self.folder.name}/qmp")
            self.qmp = connected.makefile("rw")
            connected.close()  # the file has it
            self.qmp.readline()
            self.monitor("qmp_capabilities")
        self.qmp.write(json.dumps({"execute": command, "arguments": arguments}) + "\n")
        self.qmp.flush()
        while True:
            answer = json.loads(self.qmp.readline())
            if "event" not in answer:
                assert "return" in answer, answer
                return answer["return"]

    def has_not_failed(self) -> None:
        assert self.process.poll() is None, self.text()
        for bad in ("crash report", "assertion", "panic", "is broken"):
            assert bad not in self.text(), self.text()
