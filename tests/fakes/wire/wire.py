# SPDX-License-Identifier: BSD-3-Clause
"""Network namespaces with taps, and the bad wire from there to a guest; what tests/system/networks.py makes fixtures of.

All processes that are started through a namespace end with it, and with the process that made it, whatever happens.
"""
import contextlib
import fcntl
import json
import os
import subprocess

SOURCES = os.path.dirname(os.path.abspath(__file__))
PROGRAM = os.path.join(SOURCES, "../../../build/check/wire/wire")
PATIENCE = 20


def why_not() -> str:
    """Why this machine cannot make networks; "" if it can."""
    if os.geteuid() != 0:
        return "needs root: namespaces and taps"
    if not os.path.exists("/dev/net/tun"):
        return "needs /dev/net/tun"
    done = subprocess.run(["unshare", "--net", "true"], capture_output=True, text=True, check=False)
    return done.stderr.strip() if done.returncode else ""


def relay() -> str:
    """The path of the wire's program, built when a source is newer."""
    os.makedirs(os.path.dirname(PROGRAM), exist_ok=True)
    with open(PROGRAM + ".lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        sources = [os.path.join(SOURCES, name) for name in sorted(os.listdir(SOURCES)) if name.endswith((".cpp", ".hpp"))]
        if not os.path.exists(PROGRAM) or max(map(os.path.getmtime, sources)) > os.path.getmtime(PROGRAM):
            command = ["g++", "-std=c++20", "-O2", "-Wall", "-Wextra", "-Wshadow", "-Werror", "-o", PROGRAM + ".new"]
            subprocess.run([*command, *(name for name in sources if name.endswith(".cpp"))], check=True)
            os.rename(PROGRAM + ".new", PROGRAM)
    return PROGRAM


class Namespace:
    """A network namespace; it lives as long as a process that reads a pipe of ours, so no longer than we."""

    def __enter__(self):
        self.started = []
        holder = ["unshare", "--net", "sh", "-c", "echo ready; exec cat"]
        self.holder = subprocess.Popen(holder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.holder.stdout.readline() == "ready\n", "no namespace"
        self.run(["ip", "link", "set", "lo", "up"])
        return self

    def __exit__(self, *_):
        for process in reversed(self.started):
            if process.poll() is None:
                process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout, process.stderr):
                if pipe:
                    with contextlib.suppress(BrokenPipeError):
                        pipe.close()
        self.holder.stdin.close()
        self.holder.wait()
        self.holder.stdout.close()

    def words(self, command: list) -> list:
        """The command as one that runs here and dies with this process."""
        return ["nsenter", f"--net=/proc/{self.holder.pid}/ns/net", "setpriv", "--pdeathsig", "KILL", *command]

    def popen(self, command: list, **options) -> subprocess.Popen:
        self.started.append(subprocess.Popen(self.words(command), **options))
        return self.started[-1]

    def run(self, command: list, check=True, **options) -> subprocess.CompletedProcess:
        done = subprocess.run(self.words(command), **{"capture_output": True, "text": True, "timeout": PATIENCE, "check": False,
                                                      "stdin": subprocess.DEVNULL, **options})
        assert not check or done.returncode == 0, f"{' '.join(command)}:\n{done.stdout}{done.stderr}"
        return done

    def addresses(self, interface: str) -> dict:
        return json.loads(self.run(["ip", "-json", "address", "show", "dev", interface]).stdout)[0]

    def add_tap(self, name: str, address: str = "", headers: bool = False) -> None:
        """An interface that other processes find by its name; without an address the namespace itself says nothing there."""
        self.run(["ip", "tuntap", "add", "dev", name, "mode", "tap", *(["vnet_hdr"] if headers else [])])
        self.bring_up(name, address)

    def bring_up(self, name: str, address: str = "") -> None:
        # Nothing but what the test does shall be on the wire, so that frames keep their numbers.
        self.run(["sysctl", "-qw", f"net.ipv6.conf.{name}.disable_ipv6=1"])
        if address:
            self.run(["ip", "address", "add", address, "dev", name])
        else:  # else the namespace answers there for its other interfaces
            self.run(["sysctl", "-qw", f"net.ipv4.conf.{name}.rp_filter=1"])
            self.run(["ip", "link", "set", name, "arp", "off"])
        self.run(["ip", "link", "set", name, "up"])


class Wire:
    """A namespace whose interface `client` leads to a guest over a wire with these settings.

    kind: how the guest is connected. dgram, stream: sockets of QEMU; tap: the interface `guest` of the namespace, where the guest
    (QEMU or linuxu) runs as well; headers: a tap with checksums and segments left to the device, in both directions, without which
    a guest must leave none (QEMU's vnet_hdr=off, which qemu() says; linuxu always leaves them).
    """
    HOST, GUEST, PREFIX = "10.7.0.1", "10.7.0.2", 24

    def __init__(self, folder, *settings, kind: str = "dgram", headers: bool = False):
        self.folder, self.settings, self.kind, self.headers = str(folder), settings, kind, headers
        self.path = os.path.join(self.folder, "wire")
        self.namespace = Namespace()

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            stack.enter_context(self.namespace)
            if self.kind == "tap":
                self.namespace.add_tap("guest", headers=self.headers)
            far = {"dgram": f"dgram:{self.path},{self.path}.guest", "stream": f"stream:{self.path}", "tap": "packet:guest"}[self.kind]
            self.relay = self.namespace.popen([relay(), *(["--headers"] if self.headers else []), *self.settings, "tap:client", far],
                                              stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            assert self.relay.stdout.readline() == "ready\n", "the wire did not start; its reason is on standard error"
            self.namespace.bring_up("client", f"{self.HOST}/{self.PREFIX}")
            stack.pop_all()
        return self

    def __exit__(self, *what):
        self.namespace.__exit__(*what)

    def ask(self, words: str) -> str:
        self.relay.stdin.write(words + "\n")
        self.relay.stdin.flush()
        return self.relay.stdout.readline().strip()

    def set(self, *settings) -> None:
        """`loss=5` for both directions, `a.loss=5` for what the client sends, `b.loss=5` for what the guest sends; `seed=3`
        counts frames from 1 again."""
        answer = self.ask(" ".join(settings))
        assert answer == "ok", answer

    def counters(self) -> dict:
        """side -> name -> number: a of what the client sent, b of what the guest sent."""
        words, found = self.ask("counters").split(), {}
        for word in words:
            if "=" in word:
                found[side][word.split("=")[0]] = int(word.split("=")[1])
            else:
                side = word
                found[side] = {}
        return found

    def netdev(self) -> str:
        """The word behind QEMU's -netdev, without an id."""
        ends = [f"{end}.type=unix,{end}.path={path}" for end, path in (("local", self.path + ".guest"), ("remote", self.path))]
        return {"dgram": "dgram," + ",".join(ends), "stream": f"stream,server=off,addr.type=unix,addr.path={self.path}",
                "tap": f"tap,ifname=guest,script=no,downscript=no,vnet_hdr={'on' if self.headers else 'off'}"}[self.kind]

    def qemu(self, device: str = "virtio-net-pci", name: str = "net0") -> list:
        """Options that give a machine a network card at the guest's end."""
        kind, _, options = device.partition(",")
        return ["-netdev", f"{self.netdev()},id={name}", "-device", f"{kind},netdev={name}" + (f",{options}" if options else "")]

    def host(self) -> str:
        """The parameter netdev.host= of linuxu for the guest's end."""
        return {"stream": f"stream:{self.path}", "tap": "tap:guest"}[self.kind]
