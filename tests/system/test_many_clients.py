# SPDX-License-Identifier: BSD-3-Clause
"""apps/httpd in QEMU on a tap, and many clients: for minutes, thousands at once, thousands one after another; nothing fails, and the
image's memory is what it was."""
import json
import os
import re
import sys

import debian_tools
import machines
import pytest
import terminal
from machines import LONG, TARGETS

HERE = os.path.dirname(os.path.abspath(__file__))
URL = "http://10.7.0.2/"
MEMORY = "256M"


@pytest.fixture(scope="module", name="image_of")
def built_images():
    return terminal.image_builder("apps/httpd")


def client(namespace, name, *words, limit=600) -> dict:
    command = ["/usr/bin/python3", f"{HERE}/clients.py", name, "10.7.0.2", "80", *map(str, words)]
    return json.loads(namespace.run(command, timeout=limit).stdout)


class Site:
    """The server, and clients in its namespace."""

    def __init__(self, namespace, box):
        self.namespace, self.box = namespace, box

    def client(self, name, *words, limit=600) -> dict:
        return client(self.namespace, name, *words, limit=limit)

    def ab(self, *words, limit=600) -> str:
        done = self.namespace.run([*debian_tools.command("ab"), "-q", "-s", "120", *words, URL], timeout=limit).stdout
        assert re.search(r"^Failed requests:\s+0$", done, re.M) and "Non-2xx" not in done, done
        return done

    def free(self) -> int:
        """Bytes."""
        return self.client("ask", "/api/status")["memory"]["free_bytes"]

    def kernel_counts(self, name: str) -> int:
        """One of the client's counters of TCP."""
        lines = [line.split() for line in self.namespace.run(["cat", "/proc/self/net/netstat"]).stdout.splitlines()]
        names, values = lines[0], lines[1]
        return int(values[names.index(name)])


@pytest.fixture(scope="module", params=TARGETS, name="site")
def running(request, image_of):
    with machines.namespace() as namespace:
        target = request.param
        # A connection of two thousand may well wait for longer than the server has patience.
        with machines.Guest(image_of(target), target, machines.tap(namespace), namespace, arguments="--idle 3600",
                            memory=MEMORY) as box:
            box.wait_for("httpd: serving /www")
            yield Site(namespace, box)
            box.has_not_failed()


def say(*words) -> None:
    """Figures, for who runs it with -s."""
    print(*words, file=sys.stderr)


def test_minutes_without_a_failed_request(site):
    """wrk and ab, in turn; what is free after the second round is free after the last."""
    seconds, count = (40, 20_000) if LONG else (1, 300)
    free = []
    for _ in range(3):
        done = site.namespace.run([*debian_tools.command("wrk"), "-t", "1", "-c", "32", "-d", f"{seconds}s", "--timeout", "60s", URL],
                                  timeout=600).stdout
        assert re.search(r"(\d+) requests in", done) and "Socket errors" not in done and "Non-2xx" not in done, done
        say(re.search(r"\d+ requests in.*", done)[0])
        count = 20_000 if LONG else 300
        site.ab("-n", str(count), "-c", "16")
        site.ab("-n", str(count), "-c", "16", "-k")
        free.append(site.free())
    say("free bytes:", *free)
    # Connections that ended a minute ago or less take 512 bytes each, up to the 4096 that a round of the long form makes.
    lingering = 0 if LONG else 1024 * count
    assert free[1] - free[2] <= lingering + (1 << 17), free


def test_connections_one_after_another(site):
    """From one address: twice as many as it has ports, so that each comes back while its last one lingers at the server."""
    count = 100_000 if LONG else 1500
    before, again = site.free(), site.kernel_counts("TCPSynRetrans")
    site.ab("-n", str(count), "-c", "4", limit=1800)
    say(site.client("short", count // 10))
    again = site.kernel_counts("TCPSynRetrans") - again
    say("free bytes:", before, site.free(), "SYN sent again:", again)
    assert again <= count // 100, "connections wait for an answer"


def test_connections_at_once(site):
    count, rounds = (2000, 5) if LONG else (200, 2)
    before = site.free()
    say(site.client("kept", count, rounds), "free bytes:", before, site.free())


EVENT_INDEX = 1 << 29


@pytest.mark.parametrize("target", TARGETS)
def test_boots_in_a_row(namespace, image_of, target):
    """Under load, each to some replies, with the event index: no interrupt is lost."""
    words = machines.tap(namespace)
    # Somebody sends before the guest is there, and while it starts.
    namespace.popen(["/usr/bin/python3", f"{HERE}/clients.py", "noise", "10.7.0.2", "9"])
    for _ in range(100 if LONG else 3):
        with machines.Guest(image_of(target), target, words, namespace) as box:
            text = box.wait_for("httpd: serving /www")
            assert int(re.search(r"virtio-net: features (0x[0-9a-f]+)", text)[1], 0) & EVENT_INDEX, text
            client(namespace, "short", 10)
            box.has_not_failed()
