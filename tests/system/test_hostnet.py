# SPDX-License-Identifier: BSD-3-Clause
"""Network devices of the host under linuxu: its own tests, with the host's kernel at the other end of a wire."""
import re
import socket
import struct
import subprocess
import time

import pytest

import guest


TARGET = "linuxu-x86_64"
ECHO = ("import socket\ns = socket.socket(type=socket.SOCK_DGRAM)\ns.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)\n"
        "s.bind(('', 7))\nprint(flush=True)\nwhile True: s.sendto(*s.recvfrom(65536))")


def run(line, words: list, **options):
    """The guest's tests of these devices where the guest's end of the wire is."""
    server = line.namespace.popen(["/usr/bin/python3", "-c", ECHO], stdout=subprocess.PIPE, text=True)
    server.stdout.readline()
    return line.namespace.run([guest.build(TARGET), *words, "--", "hostnet"], check=False, timeout=60, env={}, **options)


def passed(done) -> None:
    assert done.returncode == 0 and "# 3 passed, 0 failed, 0 skipped" in done.stdout, done.stdout + done.stderr


@pytest.mark.parametrize("kind", ["tap", "stream"])
def test_the_host_answers(wire, kind):
    line = wire(kind=kind, headers=kind == "tap")  # the tap's checksums are left to the host
    passed(run(line, [f"netdev.host={line.host()},mac=52:54:00:12:34:56"]))


def test_an_inherited_stream(wire):
    line = wire(kind="stream")
    with socket.socket(socket.AF_UNIX) as ours:
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)  # parts of frames, and waiting for room
        ours.connect(line.path)
        passed(run(line, [f"netdev.host=fd:{ours.fileno()}"], pass_fds=[ours.fileno()]))


def records(pcap: bytes) -> list:
    """The packets of a capture, which is whole."""
    magic, _, _, _, most, link = struct.unpack_from("=IHHQII", pcap)
    assert (magic, link) == (0xa1b23c4d, 1)
    packets, at, before = [], 24, 0
    while at < len(pcap):
        seconds, nanoseconds, kept, size = struct.unpack_from("=IIII", pcap, at)
        assert kept == size <= most and nanoseconds < 10**9 and at + 16 + kept <= len(pcap)
        packets.append(pcap[at + 16:at + 16 + kept])
        at += 16 + kept
        now = seconds * 10**9 + nanoseconds
        assert abs(now / 10**9 - time.time()) < 600 and now >= before - 10**9
        before = now
    return packets


def test_capture_on_the_host(wire, tmp_path):
    line = wire(kind="stream")
    done = run(line, [f"netdev.host={line.host()}", "netdev.capture=/host/net.pcap",
                      "vfs.fstab=[", f"{tmp_path}:/host:hostfs:::mkmp", "]"])
    passed(done)
    packets = records((tmp_path / "net.pcap").read_bytes())
    passed_by = line.counters()
    assert len(packets) == passed_by["a"]["given"] + passed_by["b"]["taken"] > 300, done.stdout + done.stderr


@pytest.mark.parametrize("words,said", [
    ("netdev.capture=/nowhere/x", "netdev.capture=/nowhere/x: ENOENT"),
    ("netdev.capture=/tmp", "netdev.capture=/tmp: EISDIR"),
    ("netdev.capture=/x", "netdev.capture=/x: there is no network device")])
def test_a_capture_that_cannot_be_is_named(words, said):
    console, _ = guest.run(TARGET, "hostnet", words)
    assert said in console, console


def test_a_capture_ends_where_the_user_said(wire, tmp_path):
    line = wire(kind="stream")
    done = run(line, [f"netdev.host={line.host()}", "netdev.capture=/host/net.pcap", "netdev.capture_kib=100",
                      "vfs.fstab=[", f"{tmp_path}:/host:hostfs:::mkmp", "]"])
    passed(done)
    assert "netdev.capture=/host/net.pcap: it is as large as netdev.capture_kib= allows" in done.stdout + done.stderr
    whole = (tmp_path / "net.pcap").read_bytes()
    assert records(whole) and len(whole) <= 100 << 10


@pytest.mark.parametrize("words,said", [
    ("tap:", "netdev.host=tap: is none of tap:NAME, stream:PATH, fd:NUMBER"),
    ("stream:/nowhere", "netdev.host=stream:/nowhere: the host says ENOENT"),
    ("fd:99", "netdev.host=fd:99: the host says EBADF")])
def test_what_cannot_be_had_is_named(words, said):
    console, status = guest.run(TARGET, "hostnet", f"netdev.host={words}")
    assert status != 0 and said in console and "init 'hostnet' failed" in console, console


def made(*words):
    folder = f"{guest.OUT}/{TARGET}"
    guest.build(TARGET)
    done = guest.make_in_tree("A=tests/guest", f"T={TARGET}", f"O={folder}", f"C={folder}/config", *words, "run")
    return done.returncode, done.stdout + done.stderr


def test_make_run_names_devices(wire):
    line = wire(kind="stream")
    server = line.namespace.popen(["/usr/bin/python3", "-c", ECHO], stdout=subprocess.PIPE, text=True)
    server.stdout.readline()
    status, console = made(f"NET={line.host()}", "ARGS=hostnet")
    assert status == 0 and "# 3 passed, 0 failed, 0 skipped" in console, console


@pytest.mark.parametrize("words,said", [
    (["NET=users"], "error: NET=users: known are user, none, tap:<interface of this machine>, stream:<path of a socket>, fd:<descriptor>, "
                    "and words of QEMU's -netdev"),
    (["PORT=80"], "error: PORT=80: ports lead in by NET=user, which this image does not have"),
    (["NET=tap:"], "error: NET=tap:: known are"), (["NET=fd:x"], "netdev.host=fd:x is none of")])
def test_make_run_says_what_is_wrong(words, said):
    status, console = made(*words, "ARGS=hostnet")
    assert status != 0 and said in console, console


def test_without_devices_the_tests_are_skipped():
    console, status = guest.run(TARGET, "hostnet")
    assert re.search(r"# 0 passed, 0 failed, 3 skipped", console), console
