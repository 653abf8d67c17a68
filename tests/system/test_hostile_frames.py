# SPDX-License-Identifier: BSD-3-Clause
"""Frames of all protocols that are wrong in some way, and floods of connections that nobody ends, through a real device: the guest
answers while they come, and serves when they have come."""
import json
import os
import subprocess
import sys
import threading

import debian_tools
import machines
import pytest
import terminal
from machines import LONG, TARGETS

HERE = os.path.dirname(os.path.abspath(__file__))
MAC = "02:00:00:00:00:02"
COUNT = 20_000 if LONG else 500
SERVED = 2_000 if LONG else 60


@pytest.fixture(scope="module", name="image_of")
def built_images():
    builders = {name: terminal.image_builder(name) for name in ("tests/inet", "apps/httpd")}
    return lambda name, target: builders[name](target)


def frames(*words) -> list:
    return ["env", f"PYTHONPATH={debian_tools.python_packages('python3-scapy')}", "/usr/bin/python3", f"{HERE}/bad_frames.py",
            *map(str, words)]


def client(namespace, *words, limit=900) -> dict:
    return json.loads(namespace.run(["/usr/bin/python3", f"{HERE}/clients.py", *map(str, words)], timeout=limit).stdout)


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("seed", range(1, 4 if LONG else 2))
def test_mutated_frames(namespace, image_of, target, seed):
    network = machines.tap(namespace, f"virtio-net-pci,mac={MAC}")
    with machines.Guest(image_of("tests/inet", target), target, network, namespace) as box:
        box.wait_for("^ready")
        namespace.run(frames("mutated", "guest", MAC, seed, COUNT), timeout=900)
        namespace.run(["ip", "neigh", "flush", "dev", "guest"])
        for _ in range(3 if LONG else 1):
            client(namespace, "echo", "10.7.0.2", 7, 100_000, seed)
        box.has_not_failed()


@pytest.mark.parametrize("target", TARGETS)
def test_a_flood_of_beginnings_keeps_nobody_out(namespace, image_of, target):
    """More than the server's queue has room for, all the time."""
    network = machines.tap(namespace, f"virtio-net-pci,mac={MAC}")
    with machines.Guest(image_of("apps/httpd", target), target, network, namespace, machines.ADDRESS + ":10.7.0.1") as box:
        box.wait_for("httpd: serving")
        def free() -> int:
            return client(namespace, "ask", "10.7.0.2", 80, "/api/status")["memory"]["free_bytes"]
        client(namespace, "short", "10.7.0.2", 80, 50)
        before = free()
        flood = namespace.popen(frames("flood", "guest", MAC, 1, 80), stdout=subprocess.PIPE, text=True)
        for _ in range(20):  # of 50 beginnings each
            assert flood.stdout.readline()
        drain = threading.Thread(target=flood.stdout.readlines)
        drain.start()
        client(namespace, "short", "10.7.0.2", 80, SERVED)
        during = free()
        assert flood.poll() is None
        flood.kill()
        drain.join()
        client(namespace, "short", "10.7.0.2", 80, 50)
        print("free bytes before, during, after:", before, during, free(), file=sys.stderr)
        assert before - during < 8 << 20
        box.has_not_failed()
