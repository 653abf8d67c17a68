# SPDX-License-Identifier: BSD-3-Clause
"""tests/inet on a wire that loses, repeats, reorders, delays and damages frames; whose link goes down; whose DHCP server goes away."""
import json
import os
import subprocess
import sys
import time

import guest
import machines
import pytest
import terminal
from machines import LONG, TARGETS

HERE = os.path.dirname(os.path.abspath(__file__))
ADDRESS = "10.7.0.2"


@pytest.fixture(scope="module", name="image_of")
def built_images():
    return terminal.image_builder("tests/inet")


def echo(size: int, seed: int, address: str = ADDRESS) -> list:
    return ["/usr/bin/python3", f"{HERE}/clients.py", "echo", address, "7", str(size), str(seed)]


def echoes(line, size: int, seed: int = 1) -> None:
    """So many bytes come back, each as it was."""
    done = line.namespace.run(echo(size, seed), timeout=900)
    print(line.settings, json.loads(done.stdout), line.counters(), file=sys.stderr)


def boot(line, image, target, parameters=machines.ADDRESS):
    return machines.Guest(image, target, line.qemu(), parameters=parameters)


WIRES = ["loss=3 duplicate=2 reorder=5", "delay=200", "corrupt=1"]
LONG_WIRES = ["loss=1", "loss=3", "duplicate=20", "reorder=30", "delay=200", "delay=200 jitter=100 loss=1", "corrupt=3",
              "rate=20000 queue=32768", "loss=2 duplicate=2 reorder=10 corrupt=1 delay=10 jitter=10"]

GOOD = ["loss=0", "duplicate=0", "reorder=0", "corrupt=0", "delay=0", "jitter=0", "rate=0", "queue=262144"]


@pytest.mark.parametrize("target", TARGETS)
def test_every_byte_arrives(wire, image_of, target):
    """In both directions at once."""
    line = wire()
    with boot(line, image_of(target), target) as box:
        box.wait_for("^ready")
        for seed, settings in enumerate(LONG_WIRES if LONG else WIRES):
            line.set(*GOOD, f"seed={seed}", *settings.split())
            line.settings = settings, seed
            echoes(line, 4_000_000 if LONG else 400_000, seed)
        line.set(*GOOD)
        echoes(line, 100_000)
        box.has_not_failed()


@pytest.mark.parametrize("settings", ["loss=2 duplicate=2 reorder=5 seed=3", "delay=200"][:2 if LONG else 1])
def test_every_byte_arrives_at_a_process(wire, image_of, settings):
    """Segments of up to 64 KiB, and checksums that nobody made."""
    line = wire(*settings.split(), kind="tap", headers=True)
    with machines.Guest(image_of("linuxu-x86_64"), "linuxu-x86_64", [f"netdev.host={line.host()}"], line.namespace) as box:
        box.wait_for("^ready")
        echoes(line, 4_000_000 if LONG else 400_000, 3)
        box.has_not_failed()


def wait_until(condition) -> None:
    end = time.monotonic() + guest.LIMIT
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.mark.parametrize("target", TARGETS)
def test_a_transfer_goes_on_after_the_link_was_down(wire, image_of, target):
    line = wire("rate=8000")
    with boot(line, image_of(target), target) as box:
        box.wait_for("^ready")
        client = line.namespace.popen(echo(1_500_000, 1), stdout=subprocess.PIPE, text=True)
        for times in range(1, 4 if LONG else 2):
            begun = line.counters()["b"]["given"]
            wait_until(lambda begun=begun: line.counters()["b"]["given"] > begun + 100)
            box.monitor("set_link", name="net0", up=False)
            box.wait_for("net0: the link is down", times)
            taken = line.counters()["a"]["taken"]
            wait_until(lambda taken=taken: line.counters()["a"]["taken"] >= taken + 2)  # the client sends again, for nothing
            assert client.poll() is None, client.stdout.read()
            box.monitor("set_link", name="net0", up=True)
            box.wait_for("net0: the link is up again", times)
        assert client.wait(900) == 0
        assert json.loads(client.stdout.read())["bytes"] == 1_500_000
        echoes(line, 10_000)
        box.has_not_failed()


@pytest.mark.skipif(not LONG, reason="waits for half a minute: in make check-all")
@pytest.mark.parametrize("target", TARGETS)
def test_a_lease_is_renewed_and_lost(wire, image_of, target):
    line = wire()
    lease = 20  # seconds; the guest counts in steps of 5
    server = line.namespace.popen(["/usr/bin/python3", f"{HERE}/dhcp_server.py", "client", str(lease)], stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, text=True)

    def say(words: str) -> None:
        server.stdin.write(words + "\n")
        server.stdin.flush()
        until("ok")

    def until(word: str) -> list:
        seen = []
        while not seen or seen[-1] != word:
            seen.append(server.stdout.readline().strip())
            assert seen[-1], "the server of the test ended"
        return seen

    until("ready")
    with boot(line, image_of(target), target, "") as box:
        box.wait_for(r"net0: 10\.7\.0\.2/24 \(DHCP\)$")
        assert until("ack")[0] == "offer"
        box.wait_for("^ready")
        kept = line.namespace.popen(["/usr/bin/python3", "-c", "import socket\n"
                                     f"s = socket.create_connection(('{ADDRESS}', 7))\ns.sendall(b'x')\nprint(s.recv(1), flush=True)\n"
                                     "input()\ns.sendall(b'y')\nprint(s.recv(1), flush=True)"],
                                    stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert kept.stdout.readline() == "b'x'\n"
        assert until("ack") == ["ack"], "it asks for what it has"
        kept.stdin.write("\n")
        kept.stdin.flush()
        assert kept.stdout.readline() == "b'y'\n", "a connection outlives it"
        say("silence")
        until("silent")
        assert "lost its address" not in box.text()
        box.wait_for(r"net0: lost its address 10\.7\.0\.2")
        say("give 10.7.0.3")
        box.wait_for(r"net0: 10\.7\.0\.3/24 \(DHCP\)$")
        line.namespace.run(echo(10_000, 1, "10.7.0.3"), timeout=guest.LIMIT)
        box.has_not_failed()
