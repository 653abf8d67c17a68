# SPDX-License-Identifier: BSD-3-Clause
"""One TCP stream of nuttcp's between two processes of this machine. The server is an image of linuxu over a tap, and a process of
Linux, from the same source, in another namespace behind a pair of veth; the client is the same."""
import os
import re
import resource
import statistics
import subprocess
import time

import libc
import live
import wire
from measure import Failed

MEGABYTES, CALL, PATIENCE = 512, 65536, 20
GOAL = 0.8
WAYS = [("out", ["-r", "-F"]), ("in", ["-t"])]
TICK_US = 1e6 / os.sysconf("SC_CLK_TCK")


def programs() -> tuple:
    """The image, and nuttcp of Linux."""
    image = libc.built("apps/nuttcp", "linuxu-x86_64", "nuttcp-process", "CONFIG_ARCH_X86_64=y", "CONFIG_PLAT_LINUXU=y")
    with open(os.path.join(live.ROOT, "apps/nuttcp/Makefile.uk"), encoding="utf-8") as file:
        name = re.search(r"nuttcp-[\d.]+$", file.read(), re.M).group(0)
    source = f"{os.path.dirname(image)}/obj/nuttcp_linuxu-x86_64/appnuttcp/origin/{name}/{name}.c"
    return image, os.path.join(live.ROOT, live.program("nuttcp-process", source, "-w"))


def spent(server) -> float:
    """CPU time, in microseconds, of the server and of clients that have ended."""
    with open(f"/proc/{server.pid}/stat", encoding="utf-8") as file:
        fields = file.read().rpartition(")")[2].split()
    clients = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (int(fields[11]) + int(fields[12])) * TICK_US + (clients.ru_utime + clients.ru_stime) * 1e6


def transfer(place, program: str, address: str, way: list, megabytes: int = MEGABYTES) -> float:
    """Megabytes a second, as the receiving side counts them. Asks again while nobody listens."""
    end = time.monotonic() + PATIENCE
    while True:
        done = place.run([program, "-fparse", f"-n{megabytes * (1 << 20) // CALL}", *way, address], check=False, timeout=300)
        found = re.search(r"megabytes=([\d.]+) real_seconds=[\d.]+ rate_Mbps=([\d.]+)", done.stdout)
        if found and float(found[1]) == megabytes:
            return float(found[2]) * 1e6 / 8 / (1 << 20)
        if time.monotonic() > end:
            raise Failed(f"nuttcp to {address}: {done.stdout}{done.stderr}")
        time.sleep(0.1)


def rounds(count: int) -> dict:
    """(side, way) -> (megabytes/s, microseconds of CPU for a megabyte) of each transfer, by turns."""
    image, program = programs()
    seen = {}
    with wire.Namespace() as place, wire.Namespace() as other:
        place.add_tap("tap0", f"{live.HOST}/24", headers=True)
        place.run(["ip", "link", "add", "veth0", "type", "veth", "peer", "name", "veth1", "netns", str(other.holder.pid)])
        place.bring_up("veth0", "10.8.0.1/24")
        other.bring_up("veth1", "10.8.0.2/24")
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        words = [image, "netdev.host=tap:tap0", f"netdev.ip={live.GUEST}/24", "--", "-S", "--nofork"]
        sides = {"ours": (place.popen(words, **quiet), live.GUEST),
                 "Linux": (other.popen([program, "-S", "--nofork"], **quiet), "10.8.0.2")}
        for _, address in sides.values():
            transfer(place, program, address, ["-t"], 8)
        for _ in range(count):
            for way, options in WAYS:
                for side, (server, address) in sides.items():
                    before = spent(server)
                    speed = transfer(place, program, address, options)
                    seen.setdefault((side, way), []).append((speed, (spent(server) - before) / MEGABYTES))
    return seen


def rows(count: int = 5) -> list:
    """name, ours, Linux, ours to Linux, goal: medians, the ratio of the pairs. More is better for a speed, less for a time."""
    if why := wire.why_not():
        print(f"\nprocesses: not measured: {why}", flush=True)
        return []
    seen, made = rounds(count), []
    for way, _ in WAYS:
        for index, what in enumerate(("megabytes/s", "CPU of both ends for a megabyte, us")):
            pairs = [(mine[index], theirs[index]) for mine, theirs in zip(seen["ours", way], seen["Linux", way])]
            made.append([f"{way}: {what}", *(int(statistics.median(column)) for column in zip(*pairs)),
                         statistics.median(mine / theirs for mine, theirs in pairs), GOAL if index == 0 else ""])
    return made
