# SPDX-License-Identifier: BSD-3-Clause
"""The bad wire itself: what its ends speak, that it keeps up, that nothing of it stays."""
import os
import socket
import struct
import subprocess
import time

import pytest

import networks

GUEST_MAC, EVERYBODY = bytes.fromhex("020000000002"), b"\xff" * 6
ARP = 0x0806


def who_has(address: str) -> bytes:
    body = struct.pack("!HHBBH6s4s6s4s", 1, 0x0800, 6, 4, 1, GUEST_MAC, socket.inet_aton(networks.Wire.GUEST), bytes(6),
                       socket.inet_aton(address))
    return EVERYBODY + GUEST_MAC + struct.pack("!H", ARP) + body + bytes(18)


def numbered(number: int) -> bytes:
    return EVERYBODY + GUEST_MAC + struct.pack("!HI", 0x88b5, number) + bytes(42)


class Datagrams:
    """A guest on a socket of datagrams, as QEMU is one."""

    def __init__(self, line):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(line.path + ".guest")
        self.socket.connect(line.path)
        self.socket.settimeout(networks.PATIENCE)

    def send(self, frame: bytes) -> None:
        self.socket.send(frame)

    def receive(self) -> bytes:
        return self.socket.recv(65536)


class Stream:
    """A guest on a stream."""

    def __init__(self, line):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(line.path)
        self.socket.settimeout(networks.PATIENCE)
        self.reader = self.socket.makefile("rb")

    def send(self, frame: bytes) -> None:
        self.socket.sendall(struct.pack("!I", len(frame)) + frame)

    def receive(self) -> bytes:
        size, = struct.unpack("!I", self.reader.read(4))
        return self.reader.read(size)


KINDS = {"dgram": Datagrams, "stream": Stream}


def answers(peer) -> None:
    peer.send(who_has(networks.Wire.HOST))
    frame = peer.receive()
    assert frame[:6] == GUEST_MAC and frame[12:14] == struct.pack("!H", ARP), frame.hex()


@pytest.mark.parametrize("kind", KINDS)
def test_the_host_answers_a_guest(wire, kind):
    line = wire(kind=kind)
    peer = KINDS[kind](line)
    answers(peer)
    assert line.counters()["a"]["given"] == line.counters()["b"]["given"] == 1


def test_a_frame_named_is_lost_and_only_that(wire):
    line = wire("b.drop=1,3")
    peer = Datagrams(line)
    for _ in range(3):
        peer.send(who_has(networks.Wire.HOST))
    peer.receive()
    counters = line.counters()
    assert (counters["b"]["taken"], counters["b"]["lost"], counters["a"]["taken"]) == (3, 2, 1)


def test_a_cut_wire_works_again(wire):
    line = wire("cut=1")
    peer = Datagrams(line)
    peer.send(who_has(networks.Wire.HOST))
    assert line.counters()["b"]["lost"] == 1
    line.set("cut=0")
    answers(peer)


def test_a_delay_is_kept(wire):
    line = wire("delay=50")
    peer = Datagrams(line)
    begin = time.monotonic()
    answers(peer)
    assert time.monotonic() - begin >= 0.1


def test_a_wrong_setting_is_named(wire):
    line = wire()
    assert line.ask("loss=120") == "error: loss=120: 0 to 100 (percent)"
    assert line.ask("lost=1").startswith("error: no setting 'lost'")
    line.set("loss=0")


def test_a_stream_out_of_step_is_hung_up_and_taken_again(wire):
    line = wire(kind="stream")
    for nonsense in (b"\0\0\0\0", b"\xff\xff\xff\xff rubbish"):
        peer = Stream(line)
        peer.socket.sendall(nonsense)
        assert peer.socket.recv(1) == b""
    answers(Stream(line))


def test_20000_frames_pass(wire):
    line = wire(kind="stream")
    peer = Stream(line)
    count, block = 20_000, 100
    for first in range(0, count, block):
        peer.socket.sendall(b"".join(struct.pack("!I", 60) + numbered(first + i) for i in range(block)))
    answers(peer)
    assert line.counters()["b"]["given"] == count + 1


def test_large_segments_pass_between_taps_with_headers(wire):
    line = wire(kind="tap", headers=True)
    inside = line.namespace
    # The other end is a namespace on its own, behind a bridge that joins it to the guest's interface.
    inside.run(["ip", "link", "add", "far", "type", "veth", "peer", "name", "near"])
    with networks.Namespace() as other:
        inside.run(["ip", "link", "set", "far", "netns", str(other.holder.pid)])
        other.bring_up("far", f"{line.GUEST}/{line.PREFIX}")
        # `guest` has a carrier only while somebody has opened it: the relay of a second wire is that somebody.
        inside.bring_up("near")
        second = inside.popen([networks.relay(), "--headers", "tap:guest", "packet:near"], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, text=True)
        assert second.stdout.readline() == "ready\n"
        server = other.popen(["/usr/bin/python3", "-c", "import socket\ns = socket.create_server(('', 9))\nprint(flush=True)\n"
                              "c, _ = s.accept()\nn = 0\nwhile d := c.recv(1 << 16): n += len(d)\nprint(n)"],
                             stdout=subprocess.PIPE, text=True)
        server.stdout.readline()
        size = 8 << 20
        inside.run(["/usr/bin/python3", "-c", f"import socket; socket.create_connection(('{line.GUEST}', 9)).sendall(bytes({size}))"])
        assert server.stdout.readline() == f"{size}\n"
        sent = line.counters()["a"]["given"]
        assert sent < size / 1448 / 2, f"{sent} frames: the host cut them into segments itself"


@pytest.mark.skipif(networks.why_not() != "", reason=networks.why_not())
def test_nothing_stays_when_a_test_is_killed():
    script = ("import networks, sys, time\nw = networks.Wire(sys.argv[1]).__enter__()\n"
              "print(w.namespace.holder.pid, w.relay.pid, flush=True)\ntime.sleep(60)")
    folder = os.path.dirname(os.path.abspath(networks.__file__))
    victim = subprocess.Popen(["/usr/bin/python3", "-c", script, "/tmp"], cwd=folder, stdout=subprocess.PIPE, text=True)
    children = victim.stdout.readline().split()
    victim.kill()
    victim.wait()
    victim.stdout.close()
    end = time.monotonic() + networks.PATIENCE
    while any(os.path.exists(f"/proc/{pid}") for pid in children) and time.monotonic() < end:
        time.sleep(0.01)
    assert not any(os.path.exists(f"/proc/{pid}") for pid in children)
