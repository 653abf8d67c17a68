# SPDX-License-Identifier: BSD-3-Clause
"""A guest with network cards that runs while somebody talks to it, with the count of its instructions."""
import contextlib
import os
import socket
import struct
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))
for folder in ("tests/bench", "tests/bench/linux", "tests/fakes/wire"):
    sys.path.insert(0, os.path.join(ROOT, folder))

import measure  # noqa: E402  (the paths are set above)
import opponent  # noqa: E402
import wire  # noqa: E402
from measure import Failed  # noqa: E402

WORK = f"{measure.WORK}/net"
HOST, GUEST, SLIRP = "10.7.0.1", "10.7.0.2", "10.0.2.15"
MAC = "52:54:00:12:34:56"
# In this order: each needs those before it.
MODULES = ["virtio/virtio_ring.ko", "virtio/virtio.ko", "virtio/virtio_pci_modern_dev.ko", "virtio/virtio_pci_legacy_dev.ko",
           "virtio/virtio_pci.ko", "net/core/failover.ko", "drivers/net/net_failover.ko", "drivers/net/virtio_net.ko"]
BRIDGE = ["net/llc/llc.ko", "net/802/stp.ko", "net/bridge/bridge.ko"]


def program(name: str, source: str, *flags) -> str:
    """A program of this folder for the host, or with -static for the Linux guest, built when its source is newer."""
    path = f"{WORK}/{name}"
    os.makedirs(os.path.join(ROOT, WORK), exist_ok=True)
    full, text = os.path.join(ROOT, path), os.path.join(ROOT, source)
    if not os.path.exists(full) or os.path.getmtime(full) < os.path.getmtime(text):
        measure.must(["gcc", "-O2", *flags, "-o", path, source])
    return path


def modules(names: list) -> list:
    """(name in the initramfs, contents)."""
    tree = os.path.join(ROOT, opponent.WORK, "root/lib/modules")
    found = []
    for name in names:
        paths = [os.path.join(place, file) for place, _, files in os.walk(tree) for file in files
                 if os.path.join(place, file).endswith("/" + name)]
        if not paths:
            raise Failed(f"the Linux opponent has no module {name}; run tests/bench/linux/opponent.py fetch")
        with open(paths[0], "rb") as file:
            found.append((os.path.basename(name), file.read()))
    return found


def initramfs(name: str, programs: dict, more_modules=()) -> str:
    """The path of an archive with net_init.c as /init, the modules and these programs (name in it -> path)."""
    init = program("linux-init", "tests/bench/linux/net_init.c", "-static")
    loaded = modules([*MODULES, *more_modules])
    parts = [opponent.newc("dev", 0o040755), opponent.newc("dev/console", 0o020600, device=(5, 1)),
             opponent.newc("dev/null", 0o020666, device=(1, 3)), opponent.newc("modules", 0o040755)]
    parts.append(opponent.newc("modules/order", 0o100644, "".join(f"/modules/{name}\n" for name, _ in loaded).encode()))
    parts += [opponent.newc(f"modules/{name}", 0o100644, data) for name, data in loaded]
    for inside, path in {"init": init, **programs}.items():
        with open(os.path.join(ROOT, path), "rb") as file:
            parts.append(opponent.newc(inside, 0o100755, file.read()))
    made = f"{WORK}/{name}.cpio"
    with open(os.path.join(ROOT, made), "wb") as file:
        file.write(b"".join([*parts, opponent.newc("TRAILER!!!", 0)]))
    return made


class Guest:
    """What is booted: kernel, initrd, memory, and the command line for an address."""

    def __init__(self, name: str, kernel: str, initrd: str, memory: str, line):
        self.name, self.kernel, self.initrd, self.memory, self.line = name, kernel, initrd, memory, line


class Live:
    """It runs until the end of the `with` block. `where`: "tap" (in a namespace of its own, checksums and segments offered to
    the guest by the header of virtio's), "user" (QEMU's own network), or "taps" (two of them, tap0 and tap1)."""

    def __init__(self, guest: Guest, where: str, counted: bool = True, port: int = 80):
        self.guest, self.where, self.counted, self.port = guest, where, counted, port

    def __enter__(self):
        os.makedirs(os.path.join(ROOT, WORK), exist_ok=True)
        with contextlib.ExitStack() as stack:
            self.scratch = stack.enter_context(tempfile.TemporaryDirectory(dir=os.path.join(ROOT, WORK)))
            self.inside = None
            if self.where != "user":
                if reason := wire.why_not():
                    raise Failed(f"{self.where}: {reason}")
                self.inside = stack.enter_context(wire.Namespace())
            self.process = self.start(self.network())
            stack.callback(self.stop)
            self.stack = stack.pop_all()
        return self

    def __exit__(self, *_):
        self.stack.close()

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()

    def network(self) -> list:
        """Makes what the guest is connected to; options for QEMU."""
        if self.where == "user":
            with socket.create_server(("127.0.0.1", 0)) as probe:
                self.at = ("127.0.0.1", probe.getsockname()[1])
            return ["-netdev", f"user,id=net0,hostfwd=tcp:127.0.0.1:{self.at[1]}-{SLIRP}:{self.port}", *self.card(0)]
        words, self.at = [], (GUEST, self.port)
        for number, name in enumerate(["tap0"] if self.where == "tap" else ["tap0", "tap1"]):
            self.inside.add_tap(name, f"{HOST}/24" if self.where == "tap" else "", headers=True)
            words += ["-netdev", f"tap,id=net{number},ifname={name},script=no,downscript=no,vnet_hdr=on", *self.card(number)]
        if self.where == "tap":
            # No ARP, whose patience is seconds, and no queue of questions that nobody waits for any more.
            self.inside.run(["ip", "neighbour", "replace", GUEST, "lladdr", MAC, "dev", "tap0", "nud", "permanent"])
        return words

    def card(self, number: int) -> list:
        return ["-device", f"virtio-net-pci,netdev=net{number},mac={MAC[:-1]}{6 + number}"]

    def start(self, network: list):
        self.console, self.live = os.path.join(self.scratch, "console"), os.path.join(self.scratch, "live")
        words = ["qemu-system-x86_64", "-accel", "tcg", "-cpu", "max", "-m", self.guest.memory, "-M", "pc", "-nodefaults",
                 "-no-user-config", "-no-reboot", "-display", "none", "-serial", f"file:{self.console}", "-device", "isa-debug-exit",
                 "-kernel", self.guest.kernel, "-append", self.guest.line(SLIRP if self.where == "user" else GUEST)]
        words += ["-initrd", self.guest.initrd] if self.guest.initrd else []
        if self.counted:
            words += ["-plugin", f"file={measure.plugin()},out={self.scratch}/log,shm={self.live}"]
        how = {"cwd": ROOT, "stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL,
               "stderr": open(os.path.join(self.scratch, "qemu"), "wb")}
        self.begin = time.monotonic()
        return self.inside.popen([*words, *network], **how) if self.inside else subprocess.Popen([*words, *network], **how)

    def said(self) -> str:
        text = ""
        for path in (self.console, os.path.join(self.scratch, "qemu")):
            if os.path.exists(path):
                with open(path, encoding="utf-8", errors="replace") as file:
                    text += file.read()
        return text

    def count(self) -> int:
        """Instructions so far."""
        with open(self.live, "rb") as file:
            return struct.unpack("<Q", file.read(8))[0]

    def wait_for(self, text: str, limit: int = 240) -> None:
        """Until the guest's console says this."""
        end = time.monotonic() + limit
        while text not in self.said():
            if self.process.poll() is not None or time.monotonic() > end:
                raise Failed(f"{self.guest.name} did not say '{text}' but:\n{self.said()[-1500:]}")
            time.sleep(0.02)

    def run(self, command: list, limit: int = 120) -> str:
        """Runs a command where the guest can be reached; what it prints."""
        words = self.inside.words(command) if self.inside else command
        done = measure.run(words, limit)
        if done.returncode != 0:
            raise Failed(f"{self.guest.name}: {' '.join(command)}:\n{(done.stdout + done.stderr)[-600:]}\n{self.said()[-600:]}")
        return done.stdout

    def client(self, *words) -> str:
        return self.run([program("client", "tests/bench/net/client.c"), self.at[0], str(self.at[1]), *map(str, words)], limit=700)
