# SPDX-License-Identifier: BSD-3-Clause
"""One TCP stream by a program that others wrote: nuttcp, unmodified, as server in both guests and as client on this machine."""
import os
import re
import statistics
import time

import figures
import libc
import live
import measure
from live import Guest, Live
from measure import Failed

APPLICATION, NAME = "apps/nuttcp", "nuttcp"
MEGABYTES, CALL = 64, 65536
WAYS = [("nuttcp, out", ["-r"]), ("nuttcp, in", ["-t"])]


def source() -> str:
    """What the image is made from, once it is built."""
    with open(os.path.join(live.ROOT, APPLICATION, "Makefile.uk"), encoding="utf-8") as file:
        version = re.search(r"nuttcp-([\d.]+)$", file.read(), re.M).group(1)
    return f"{measure.WORK}/{NAME}/obj/{NAME}_kvm-x86_64/appnuttcp/origin/nuttcp-{version}/nuttcp-{version}.c"


def guests() -> dict:
    mine = figures.ours(APPLICATION, NAME, "-S --nofork")  # Linux's is from the same source, so this comes first
    static = live.program("nuttcp", source(), "-static", "-w")
    return figures.sides(lambda: mine, lambda: figures.linux(NAME, {NAME: static}, f"@ /{NAME} -S --nofork"))


def transfer(running: Live, megabytes: int, way: list, patience: int = 0) -> float:
    """Megabytes a second, as the receiving side counts them; all must arrive. Asks again for so many seconds while nobody listens."""
    words = [live.program("nuttcp", source(), "-static", "-w"), "-fparse", f"-n{megabytes * (1 << 20) // CALL}", *way, running.at[0]]
    end = time.monotonic() + patience
    while True:
        try:
            text = running.run(words, limit=300)
            break
        except Failed:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)
    found = re.search(r"megabytes=([\d.]+) real_seconds=[\d.]+ rate_Mbps=([\d.]+)", text)
    if not found or float(found[1]) != megabytes:
        raise Failed(f"{running.guest.name}: {megabytes} megabytes were sent, and nuttcp says:\n{text}")
    return float(found[2]) * 1e6 / 8 / (1 << 20)


def per_megabyte(guest: Guest, way: list) -> float:
    """Instructions of the whole guest for a megabyte of 2**20 bytes, once some have warmed it up."""
    with Live(guest, "tap") as running:
        transfer(running, 8, way, patience=240)
        before = running.count()
        transfer(running, MEGABYTES, way)
        return (running.count() - before) / MEGABYTES


def count_rows() -> list:
    made = guests()
    return [figures.row(name, figures.tried(name, made, lambda guest: per_megabyte(guest, way))) for name, way in WAYS]


def speed_rows(rounds: int = 5) -> list:
    """name, ours, Linux, ours to Linux: medians, the guests by turns, without the plugin; more is better."""
    made, running, rows = guests(), {}, []
    try:
        for side, guest in made.items():
            running[side] = Live(guest, "tap", counted=False).__enter__()
            transfer(running[side], 8, ["-t"], patience=240)
        for name, way in WAYS:
            seen = {side: [] for side in running}
            for _ in range(rounds):
                for side, one in running.items():
                    seen[side].append(transfer(one, MEGABYTES, way))
            mine, theirs = (statistics.median(seen[side]) if side in seen else "" for side in ("ours", "Linux"))
            rows.append([f"{name}: megabytes/s", mine, theirs, mine / theirs if mine and theirs else ""])
    except Failed as problem:
        print(f"\nnet: {NAME}: not measured: {problem}", flush=True)
    finally:
        for one in running.values():
            one.__exit__()
    return rows
