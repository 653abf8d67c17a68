# SPDX-License-Identifier: BSD-3-Clause
"""NET=, PORT= and CAPTURE=: the network devices of a machine of QEMU, and of an image that is a process (see beside.py).

NET has a word for each device: `user` (a network inside QEMU, with a way out and ports of this machine that lead in),
`tap:<interface>`, `none`, or words of QEMU's -netdev; of a process also `stream:<path>` and `fd:<number>`. Without it an image
with a network driver has one device, `user`; a process only if it has TCP/IP, too. The ports that lead in are PORT's, else the
application's: its options named APP..._PORT. A number alone is a port of this machine.
"""
import difflib
import os
import re
import socket
import sys

import machine
from machine import Problem, setting, split

HOST_DEVICES = ("tap:", "stream:", "fd:")  # what a process opens by itself
KINDS = ("user", "tap", "none", "stream", "dgram", "socket", "bridge", "vde", "vhost-user", "l2tpv3", "hubport", "passt")
HOST = "127.0.0.1"
MOST_PORT = 65535
BUFFER, BESIDE = 2 << 10, 256  # bytes of a receive buffer, and of what belongs to it
SCHEMES = {80: "http", 8000: "http", 8080: "http", 443: "https", 8443: "https"}


class Forward:
    """A port of this machine that leads to one of the image's; `outer` 0 = any that is free. A number alone is this machine's;
    it leads to the application's port, or to the same number where the application says none."""

    def __init__(self, text: str):
        found = re.fullmatch(r"(?:(tcp|udp):)?(?:(\d*)(:))?(\d+)", text)
        if not found:
            raise Problem(f"error: PORT={text}: it is <port of this machine>:<port of the image>, one of them alone is 8080 or :80: "
                          "PORT=8080:80, PORT=8080, PORT=:80, PORT=udp:5353:53")
        self.kind = found[1] or "tcp"
        self.outer, self.inner = (int(found[2] or 0), int(found[4])) if found[3] else (int(found[4]), 0)
        named = [port for port, given in ((self.outer, found[2] or not found[3]), (self.inner, found[3])) if given]
        for port in named:
            if not 1 <= port <= MOST_PORT:
                raise Problem(f"error: PORT={text}: {port} is no port, which is a number from 1 to {MOST_PORT}")

    def lead(self) -> None:
        """Says where a number alone leads to."""
        theirs = [int(port) for port in application_ports()] if self.kind == "tcp" else []
        if self.inner == 0 and self.outer in theirs:
            self.inner = self.outer
        if self.inner == 0 and len(theirs) > 1:
            raise Problem(f"error: PORT={self.outer}: to which port of the image? The application has "
                          f"{' and '.join(map(str, theirs))}: PORT={self.outer}:{theirs[0]}")
        self.inner = self.inner or (theirs or [self.outer])[0]

    def is_free(self, port: int) -> bool:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM if self.kind == "tcp" else socket.SOCK_DGRAM) as trial:
            if self.kind == "tcp":
                trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as QEMU does
            try:
                trial.bind((HOST, port))
            except OSError:
                return False
            return True

    def choose(self, taken: set) -> int:
        """The port of this machine: the wanted one, or the first that is free from the image's on (80 is 8080 here)."""
        if self.outer:
            if not self.is_free(self.outer):
                raise Problem(f"error: PORT={self.outer}:{self.inner}: port {self.outer} of this machine is taken, or not for "
                              f"you; PORT=:{self.inner} chooses one that is free")
            return self.outer
        first = self.inner if self.inner >= 1024 else 8000 + self.inner
        for port in range(first, min(first + 1000, MOST_PORT + 1)):
            if (self.kind, port) not in taken and self.is_free(port):
                return port
        raise Problem(f"error: PORT=:{self.inner}: no port of this machine from {first} on is free; name one, "
                      f"PORT=<port>:{self.inner}")

    def tell(self, outer: int) -> None:
        scheme = SCHEMES.get(self.inner, "") if self.kind == "tcp" else ""
        address = f"{scheme}://{HOST}:{outer}/" if scheme else f"{HOST}:{outer}{'' if self.kind == 'tcp' else ' (udp)'}"
        print(f"run: {address} leads to port {self.inner} of the image", file=sys.stderr, flush=True)


def is_process() -> bool:
    return setting("UK_PLAT") == "linuxu"


def driver() -> str:
    return "LIBHOSTNET" if is_process() else "LIBVIRTIO_NET"


def is_host_device(word: str) -> bool:
    return is_process() and word.startswith(HOST_DEVICES)


def words() -> list:
    """One for each network device."""
    if setting("NET"):
        return [word for word in split("NET") if word != "none"]
    named = is_process() and any(word.startswith("netdev.host=") for word in split("PARAMS"))
    wanted = machine.configured(driver()) == "y" and (not is_process() or machine.configured("LIBLWIP") == "y")
    return ["user"] if wanted and not named else []


def make_tap(name: str) -> str:
    """What a user types."""
    return f"sudo ip tuntap add dev {name} mode tap user $USER && sudo ip link set {name} up"


def check_tap(name: str) -> None:
    """Refuses an interface that is not there: root's QEMU would make one, which leads nowhere."""
    if machine.setting("QEMU") or name in (other for _, other in socket.if_nameindex()):  # a wrapper may be at home elsewhere
        return
    close = difflib.get_close_matches(name, [other for _, other in socket.if_nameindex()], 1)
    raise Problem(f"error: NET=tap:{name}: this machine has no interface {name}" + (f"; did you mean {close[0]}?" if close else "") +
                  f"\nmake it: {make_tap(name)}\n(docs/network.md says how to give it an address)")


def check(process: bool = False) -> None:
    """Refuses what is wrong whatever the image is. There need not be one yet, so it is said whether it will be a process."""
    for word in split("NET"):
        kind, _, rest = word.partition(",")
        if kind.startswith("tap:") and 1 <= len(kind[4:]) <= 15 and "/" not in kind and (not rest or process):
            check_tap(kind[4:])
            continue
        if process and word.startswith(("stream:", "fd:")):
            continue
        if kind not in KINDS or kind == "tap" and not rest or kind == "none" and word != "none":
            more = "stream:<path of a socket>, fd:<descriptor>, " if process else ""
            raise Problem(f"error: NET={word}: known are user, none, tap:<interface of this machine>, {more}and words of QEMU's "
                          "-netdev")
    for word in split("PORT"):
        Forward(word)
    folder = os.path.dirname(setting("CAPTURE")) or "."
    if setting("CAPTURE") and (os.path.isdir(setting("CAPTURE")) or not os.path.isdir(folder)):
        raise Problem(f"error: CAPTURE={setting('CAPTURE')}: " +
                      (f"there is no folder {folder}" if not os.path.isdir(folder) else "this is a folder; name a file in it"))


def application_ports() -> list:
    """What the application says that it listens on."""
    path = setting("UK_CONFIG")
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8", errors="replace") as file:
        return re.findall(r"^CONFIG_APP\w*_PORT=([1-9]\d*)$", file.read(), re.M)


def buffers() -> int:
    """How many receive buffers the image takes at boot: the same number for each device."""
    return int(machine.configured("LIBLWIP_BUFFERS") or 0) * len(words())


def forwards(told: bool) -> list:
    """Options of the user network."""
    options, taken = [], set()
    for text in split("PORT") or [f":{port}" for port in application_ports()]:
        forward = Forward(text)
        forward.lead()
        outer = forward.choose(taken)
        taken.add((forward.kind, outer))
        options.append(f"hostfwd={forward.kind}:{HOST}:{outer}-:{forward.inner}")
        if told:
            forward.tell(outer)
    return options


def check_image(devices: list) -> None:
    for name in ("NET", "PORT", "CAPTURE"):
        wanted = devices if name == "NET" else setting(name)
        if wanted and os.path.exists(setting("UK_CONFIG")) and machine.configured(driver()) != "y":
            raise Problem(f"error: {name}={setting(name)}: this image has no driver for a network device; the option {driver()} "
                          "(make menuconfig) is one")
    if setting("PORT") and not any(word.partition(",")[0] == "user" for word in devices):
        raise Problem(f"error: PORT={setting('PORT')}: ports lead in by NET=user, which this image does not have")
    if setting("CAPTURE"):
        check_capture(devices)


def check_capture(devices: list) -> None:
    path = setting("CAPTURE")
    if not devices:
        raise Problem(f"error: CAPTURE={path}: the image has no network device")
    for word in filter(is_host_device, devices):
        kind, _, name = word.partition(",")[0].partition(":")
        other = f"`sudo tcpdump -i {name} -w {path}` does" if kind == "tap" else "who is at its other end can (passt --pcap FILE)"
        raise Problem(f"error: CAPTURE={path}: it sees what passes QEMU, and {word} does not; {other}")


def capture(number: int) -> list:
    """What passes the device goes to a file; of the second to <name>.1.pcap, and so on."""
    path = setting("CAPTURE")
    if not path:
        return []
    if number:
        stem, dot, end = path.rpartition(".")
        path = f"{stem}.{number}.{end}" if dot and "/" not in end else f"{path}.{number}"
    name = path.replace(",", ",,")
    return ["-object", f"filter-dump,id=capture{number},netdev=net{number},file={name}"]


def backends(told: bool) -> list:
    """What is behind each device, in words of QEMU's -netdev. Prints where forwarded ports are."""
    given, first = [], True
    for number, word in enumerate(words()):
        kind, comma, rest = word.partition(",")
        if kind.startswith("tap:"):
            backend = f"tap,id=net{number},ifname={kind[4:]},script=no,downscript=no"
        else:
            backend = f"{kind},id=net{number}{comma}{rest}"
        if kind == "user" and first:
            backend, first = ",".join([backend, *forwards(told)]), False
        given.append(backend)
    return given


def options(bus: str, told: bool = True) -> list:
    """QEMU's options for all network devices of a machine, on this bus. Prints where forwarded ports are."""
    check_image(words())
    given = []
    for number, backend in enumerate(backends(told)):
        given += ["-netdev", backend, "-device", f"virtio-net-{bus},netdev=net{number}" + (",romfile=" if bus == "pci" else "")]
        given += capture(number)
    return given
