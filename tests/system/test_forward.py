# SPDX-License-Identifier: BSD-3-Clause
"""apps/forward between two sockets: every byte arrives, but what a rule drops; links that go down."""
import contextlib
import os
import random
import signal
import socket
import struct
import subprocess

import pytest

import guest
import terminal

LIMIT = 60
# Small and optimized as a whole, as users get it; for arm64 only in check-all, else of the objects that apps/hello has.
OPTION = {} if "UK_CHECK_ALL" in os.environ else {"kvm-arm64": "CONFIG_UKSCHED_NONE=y"}
image_of = terminal.image_builder("apps/forward")


class Ends:
    """Two ends of the network, one for each device: sockets in a folder. And QEMU's monitor."""

    def __init__(self, folder):
        self.folder, self.sockets, words = str(folder), [], []
        for i in range(2):
            end = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            end.bind(f"{folder}/host{i}")
            end.settimeout(LIMIT)
            self.sockets.append(end)
            words.append(f"dgram,local.type=unix,local.path={folder}/image{i},remote.type=unix,remote.path={folder}/host{i}")
        self.net = " ".join(words)

    def send(self, i, frame):
        self.sockets[i].sendto(frame, f"{self.folder}/image{i}")

    def receive(self, i):
        return self.sockets[i].recv(65536)

    def close(self):
        for end in self.sockets:
            end.close()


def next_line(process, begin):
    """The next one that begins so."""
    text = ""
    for line in process.stdout:
        text += line
        if line.startswith(begin):
            return line.strip()
    raise AssertionError(text)


@contextlib.contextmanager
def running(target, tmp_path, arguments):
    """The ends, and the image, which prints that both links are up before it forwards."""
    folder = os.path.dirname(image_of(target, OPTION.get(target, "")))
    ends = Ends(tmp_path)
    wrapper = tmp_path / "qemu"
    wrapper.write_text(f'#!/bin/sh\nexec qemu-system-{target.replace("kvm-", "").replace("arm64", "aarch64")} "$@" '
                       f'-monitor unix:{tmp_path}/monitor,server=on,wait=off\n')
    wrapper.chmod(0o755)
    environment = {k: v for k, v in os.environ.items() if not k.startswith("MAKE") and k not in ("A", "T", "O", "C", "N", "L")}
    with subprocess.Popen(["make", "-s", "-C", guest.ROOT, "A=apps/forward", f"T={target}", f"O={folder}", f"C={folder}/forward_{target}.config",
                           f"NET={ends.net}", f"QEMU={wrapper}", f"ARGS={arguments}", "run"], stdout=subprocess.PIPE, text=True,
                          stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, env=environment, start_new_session=True) as process:
        try:
            assert next_line(process, "device 1:").endswith("link up")
            yield ends, process
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            ends.close()


def ethernet(kind, payload=b"", source=1):
    return b"\x02\0\0\0\0\x09" + bytes([2, 0, 0, 0, 0, source]) + struct.pack(">H", kind) + payload


def udp(port, payload):
    ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 28 + len(payload), 0, 0, 64, 17, 0, bytes([10, 0, 0, 1]), bytes([10, 0, 0, 2]))
    return ethernet(0x800, ip + struct.pack(">HHHH", 4000, port, 8 + len(payload), 0) + payload)


@pytest.mark.parametrize("target", ["kvm-x86_64", "kvm-arm64"])
def test_every_byte_arrives(target, tmp_path):
    chance = random.Random(7)
    frames = 600
    with running(target, tmp_path, f"drop=arp drop=udp:53 frames={frames}") as (ends, process):
        for i in range(frames // 20):
            sent = {0: [], 1: []}
            for k in range(20):
                side = chance.randrange(2)
                frame = udp(chance.choice([52, 54]), chance.randbytes(chance.randrange(18, 1460))) if k % 2 else \
                    ethernet(0x9000, chance.randbytes(chance.choice([46, 47, 1499, 1500])))
                sent[side].append(frame)
                ends.send(side, frame)
                if k % 7 == 0:
                    ends.send(side, ethernet(0x806, b"\0" * 46))
                    ends.send(side, udp(53, chance.randbytes(30)))
            for side, all_sent in sent.items():
                for number, frame in enumerate(all_sent):
                    assert ends.receive(1 - side) == frame, f"round {i}, side {side}, frame {number}"
        text, _ = process.communicate(timeout=LIMIT)
    assert process.returncode == 0, text
    lines = [line for line in text.splitlines() if "received" in line]
    numbers = [[int(word) for word in line.replace(",", "").split() if word.isdigit()] for line in lines]
    assert sum(line[2] for line in numbers) == frames, text
    assert sum(line[3] for line in numbers) == 6 * frames // 20, text
    assert [line[4:] for line in numbers] == [[0, 0], [0, 0]], text


def test_links_go_down_and_up(tmp_path):
    with running("kvm-x86_64", tmp_path, "frames=1") as (ends, process):
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as monitor:
            monitor.connect(f"{tmp_path}/monitor")
            for state in ("off", "on"):
                monitor.sendall(f"set_link net1 {state}\n".encode())
                assert next_line(process, "device 1:").endswith({"off": "link down", "on": "link up"}[state])
            ends.send(0, ethernet(0x9000, b"\x55" * 46))
            assert ends.receive(1) == ethernet(0x9000, b"\x55" * 46)
            assert process.wait(LIMIT) == 0


def test_it_says_what_it_needs():
    folder = os.path.join(guest.ROOT, "build/check/forward/kvm-x86_64")
    words = ["A=apps/forward", "T=kvm-x86_64", f"O={folder}", f"C={folder}/forward_kvm-x86_64.config"]
    done = guest.make_in_tree(*words, "olddefconfig", "run")
    assert done.returncode != 0 and "two network devices are needed, there are 1" in done.stdout + done.stderr
    done = guest.make_in_tree(*words, "ARGS=drop=tcp:x", "run")
    assert done.returncode != 0 and "what is drop=tcp:x?" in done.stdout + done.stderr
