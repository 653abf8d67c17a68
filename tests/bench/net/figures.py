# SPDX-License-Identifier: BSD-3-Clause
"""Figures of the network: ours and a Linux guest's, same QEMU, same client, same source of the server."""
import os
import re
import statistics

import libc
import live
import opponent
from live import Guest, Live, initramfs, program
from measure import Failed

REQUESTS, KEEP, MEGABYTES, FRAMES, AHEAD = 4000, 8, 64, 20_000, 32
GOAL_KEEP, GOAL_CLOSE, GOAL_IMAGE = 6000, 27_000, 300_000
# name, connections, how, where, goal
REQUEST_ROWS = [(f"keep-alive, {KEEP} connections, tap", KEEP, "keep", "tap", GOAL_KEEP),
                ("a connection each, 1 client, tap", 1, "close", "tap", GOAL_CLOSE),
                (f"keep-alive, {KEEP} connections, QEMU's network", KEEP, "keep", "user", GOAL_KEEP),
                ("a connection each, 1 client, QEMU's network", 1, "close", "user", GOAL_CLOSE)]
BULK_ROWS = [("one stream out", "out"), ("one stream in", "in")]
SERVER, FORWARD = "tests/bench/net", "apps/forward"


def linux(name: str, programs: dict, arguments: str, memory: str = "128M", more_modules=()) -> Guest:
    if not os.path.isdir(os.path.join(live.ROOT, opponent.WORK, "root")):
        opponent.fetch()
    archive = initramfs(name, programs, more_modules)
    return Guest("Linux", opponent.kernel(), archive, memory, lambda at: f"{opponent.KERNEL_ARGUMENTS} -- {arguments.replace('@', at)}")


def ours(application: str, name: str, arguments: str, memory: str = "32M") -> Guest:
    if not os.path.exists(os.path.join(live.ROOT, application, "Makefile.uk")):
        raise Failed(f"there is no {application}/Makefile.uk")
    image = libc.built(application, "kvm-x86_64", name, "CONFIG_ARCH_X86_64=y", "CONFIG_PLAT_KVM=y")
    return Guest("ours", image, "", memory, lambda at: f"netdev.ip={at}/24 -- {arguments}")


def servers(how: str = "80") -> dict:
    """Side -> what it boots, or why not."""
    return sides(lambda: ours(SERVER, "net-server", how),
                 lambda: linux("server", {"server": program("linux-server", f"{SERVER}/server.c", "-static")}, f"@ /server {how}"))


def sides(mine, theirs) -> dict:
    made = {}
    for name, make in (("ours", mine), ("Linux", theirs)):
        try:
            made[name] = make()
        except Failed as problem:
            print(f"\nnet: {name}: not measured: {problem}", flush=True)
    return made


def row(name: str, found: dict, goal=None) -> list:
    """name, ours, Linux, how many times fewer, goal, ratio to the goal."""
    mine, theirs = found.get("ours"), found.get("Linux")
    return [name, mine if mine is not None else "", theirs if theirs is not None else "", theirs / mine if mine and theirs else "",
            goal or "", mine / goal if mine and goal else ""]


def tried(name: str, guests: dict, measured) -> dict:
    """Side -> figure."""
    found = {}
    for side, guest in guests.items():
        try:
            found[side] = measured(guest)
        except Failed as problem:
            print(f"\nnet: {name}, {side}: not measured: {problem}", flush=True)
    return found


def per_request(guest: Guest, connections: int, how: str, where: str) -> float:
    """Instructions of the whole guest for a request, once as many have been warmed up."""
    with Live(guest, where) as running:
        running.client("first")
        running.client(REQUESTS // 4, connections, how)
        before = running.count()
        running.client(REQUESTS, connections, how)
        return (running.count() - before) / REQUESTS


def request_rows() -> list:
    guests = servers()
    return [row(name, tried(name, guests, lambda guest: per_request(guest, connections, how, where)), goal)
            for name, connections, how, where, goal in REQUEST_ROWS]


def first_reply(guest: Guest) -> int:
    """Instructions from reset to the first reply."""
    with Live(guest, "tap") as running:
        running.inside.run(["ip", "link", "set", "tap0", "txqueuelen", "1"])  # old questions are dropped
        running.client("first")
        return running.count()


def boot_rows() -> list:
    guests = servers()
    return [row("reset to the first reply, firmware included", tried("first reply", guests, first_reply))]


def rates(guests: dict, connections: int, how: str, rounds: int = 3) -> dict:
    """Side -> medians of requests/s, p50 and p99 in microseconds; the guests by turns, without the plugin."""
    running, seen = {}, {}
    try:
        for side, guest in guests.items():
            running[side] = Live(guest, "tap", counted=False).__enter__()
            running[side].client("first")
            running[side].client(REQUESTS // 4, connections, how)
        for _ in range(rounds):
            for side, guest in running.items():
                text = guest.client(REQUESTS, connections, how)
                found = re.search(r"rate (\d+) p50_us (\d+) p99_us (\d+)", text)
                seen.setdefault(side, []).append([int(word) for word in found.groups()])
    finally:
        for guest in running.values():
            guest.__exit__()
    return {side: [int(statistics.median(column)) for column in zip(*found)] for side, found in seen.items()}


def rate_rows() -> list:
    """name, ours, Linux, ours to Linux: more is better for a rate, less for a time."""
    guests, rows = servers(), []
    for name, connections, how, where, _ in REQUEST_ROWS:
        if where != "tap":
            continue
        try:
            found = rates(guests, connections, how)
        except Failed as problem:
            print(f"\nnet: {name}: not measured: {problem}", flush=True)
            continue
        for index, what in enumerate(("requests/s", "p50, us", "p99, us")):
            mine, theirs = (found[side][index] if side in found else "" for side in ("ours", "Linux"))
            rows.append([f"{name}: {what}", mine, theirs, mine / theirs if mine and theirs else ""])
    return rows


def per_megabyte(guest: Guest, way: str) -> float:
    """Instructions of the whole guest for a megabyte of 2**20 bytes, once some have warmed it up."""
    with Live(guest, "tap") as running:
        running.wait_for("bench server")
        running.client(8, way)
        before = running.count()
        running.client(MEGABYTES, way)
        return (running.count() - before) / MEGABYTES


def bulk_rows() -> list:
    guests = servers("80 bulk")
    return [row(name, tried(name, guests, lambda guest: per_megabyte(guest, way))) for name, way in BULK_ROWS]


def speeds(guests: dict, way: str, rounds: int = 5) -> dict:
    """Side -> median of megabytes/s; the guests by turns, without the plugin."""
    running, seen = {}, {}
    try:
        for side, guest in guests.items():
            running[side] = Live(guest, "tap", counted=False).__enter__()
            running[side].wait_for("bench server")
            running[side].client(8, way)
        for _ in range(rounds):
            for side, guest in running.items():
                seen.setdefault(side, []).append(float(re.search(r"megabytes/s ([\d.]+)", guest.client(MEGABYTES, way)).group(1)))
    finally:
        for guest in running.values():
            guest.__exit__()
    return {side: statistics.median(found) for side, found in seen.items()}


def speed_rows() -> list:
    """name, ours, Linux, ours to Linux: more is better."""
    guests, rows = servers("80 bulk"), []
    for name, way in BULK_ROWS:
        try:
            found = speeds(guests, way)
        except Failed as problem:
            print(f"\nnet: {name}: not measured: {problem}", flush=True)
            continue
        mine, theirs = (found.get(side, "") for side in ("ours", "Linux"))
        rows.append([f"{name}: megabytes/s", mine, theirs, mine / theirs if mine and theirs else ""])
    return rows


def forwarders() -> dict:
    """Side -> a guest that forwards between two interfaces: apps/forward, or a bridge of Linux."""
    def mine() -> Guest:
        image = libc.built(FORWARD, "kvm-x86_64", "forward", "CONFIG_ARCH_X86_64=y", "CONFIG_PLAT_KVM=y")
        return Guest("ours", image, "", "32M", lambda at: "")
    return sides(mine, lambda: linux("bridge", {}, "bridge", more_modules=live.BRIDGE))


def frames(running: Live, *words) -> list:
    """Frames a second, p50 and p99 in microseconds, of the client of frames."""
    text = running.run([program("frames", f"{SERVER}/frames.c"), *map(str, words)], limit=200)
    found = re.search(r"rate (\d+) p50_us (\d+) p99_us (\d+)", text)
    return [int(word) for word in found.groups()] if found else []


def per_frame(guest: Guest) -> float:
    with Live(guest, "taps") as running:
        frames(running, "first")
        frames(running, FRAMES // 10, AHEAD)
        before = running.count()
        frames(running, FRAMES, AHEAD)
        return (running.count() - before) / FRAMES


def forward_rows() -> list:
    return [row(f"a frame of 60 bytes, {AHEAD} on their way", tried("forwarding", forwarders(), per_frame))]


def forward_rates(rounds: int = 5) -> list:
    """name, ours, Linux, ours to Linux: more is better for a rate, less for a time. Both guests by turns, without the plugin."""
    running, seen = {}, {}
    try:
        for side, guest in forwarders().items():
            running[side] = Live(guest, "taps", counted=False).__enter__()
            frames(running[side], "first")
        for _ in range(rounds):
            for side, live_guest in running.items():
                rate = frames(live_guest, FRAMES, AHEAD)[0]
                seen.setdefault(side, []).append([rate, *frames(live_guest, FRAMES // 10, 1)[1:]])
    finally:
        for guest in running.values():
            guest.__exit__()
    found = {side: [int(statistics.median(column)) for column in zip(*rows)] for side, rows in seen.items()}
    rows = []
    for index, what in enumerate((f"frames/s, {AHEAD} on their way", "one frame there: p50, us", "one frame there: p99, us")):
        mine, theirs = (found[side][index] if side in found else "" for side in ("ours", "Linux"))
        rows.append([what, mine, theirs, mine / theirs if mine and theirs else ""])
    return rows
