# SPDX-License-Identifier: BSD-3-Clause
"""apps/shell with a network: its commands for it, typed as a user would, and what libraries count."""
import os
import re
import shutil
import time

import guest
import pytest
from terminal import Session
from test_shell import LONG, SHARED, Shell

TARGET = "kvm-x86_64"


@pytest.fixture(scope="module", name="image")
def built_image(tmp_path_factory):
    folder = str(tmp_path_factory.mktemp("network"))
    with open(f"{guest.ROOT}/README.md", encoding="utf-8") as file:
        application, usual = re.search(r"ping.* \| `make (\S+) C=(\S+) O=build/shell-network run`", file.read()).groups()
    config = os.path.join(folder, os.path.basename(usual))
    shutil.copyfile(os.path.join(guest.ROOT, usual), config)
    if not LONG:
        with open(config, "a", encoding="utf-8") as file:
            file.write(SHARED + "\n")
    done = guest.make_in_tree(application, f"C={config}", f"O={folder}")
    assert done.returncode == 0, done.stdout + done.stderr
    return os.path.join(folder, f"shell_{TARGET}")


@pytest.fixture(name="shell")
def shells(image):
    opened: list[Session] = []

    def start(parameters=""):
        config = os.path.join(os.path.dirname(image), f"network-{TARGET}")
        opened.append(Shell(image, TARGET, "", PARAMS=parameters, UK_CONFIG=config))
        opened[-1].shown()
        return opened[-1]
    yield start
    for each in opened:
        each.close()


def number(text: str, pattern: str) -> int:
    found = re.search(pattern, text, re.M)
    assert found, text
    return int(found[1])


def test_a_network_from_dhcp(shell):
    sh = shell()
    shown = sh.run("ifconfig")
    assert re.search(r"^net0  virtio-net, 52:54:00:12:34:56, mtu 1500, link up\n"
                     r"      inet 10\.0\.2\.15/24 via 10\.0\.2\.2 \(DHCP\)\n      inet6 fe80::\S+ \w+\n", shown, re.M), shown
    assert "lo    loopback, link up\n      inet 127.0.0.1/8\n      inet6 ::1\n" in shown
    before = number(shown, r"sent (\d+) packets")
    for name in ("10.0.2.2", "127.0.0.1", "::1", "localhost"):
        answer = sh.run(f"ping -c 2 {name}" if name == "10.0.2.2" else f"ping -c 1 {name}")
        assert re.search(r"^64 bytes from \S+: number 1, \d+\.\d{3} ms$", answer, re.M), answer
        assert re.search(r"^(\d) sent, \1 came back; least, mean, most: ", answer, re.M), answer
    assert number(sh.run("ip"), r"sent (\d+) packets") > before
    counted = sh.run("netstat -s")
    for protocol, echoes in (("icmp", 4), ("icmp6", 1)):  # requests and replies; 10.0.2.2 and 127.0.0.1 twice and twice ...
        assert number(counted, rf"^{protocol} +(\d+) ") >= echoes, counted
        assert number(counted, rf"^{protocol} +\d+ +(\d+) ") >= echoes, counted
    assert number(counted, r"^icmp6 +\d+ +\d+ +(\d+)$") == 0, counted
    frames = re.search(r"received (\d+) packets.*sent (\d+) packets", sh.run("ifconfig net0"))
    link = re.search(r"^link +(\d+) +(\d+) ", sh.run("netstat -s"), re.M)
    assert int(link[1]) > int(frames[1]) and int(link[2]) > int(frames[2]), "and those of the loopback"
    assert re.search(r"^udp +0 \*:68 +\*:67 +$", sh.run("netstat"), re.M)  # DHCP
    assert "127.0.0.1\n" in sh.run("nslookup localhost")
    packets = sh.run("metrics network_device_packets")
    assert number(packets, r'^microlith_network_device_packets_total\{device="net0",direction="sent"\} (\d+)$') > before
    assert re.search(r'^microlith_network_errors_total\{protocol="tcp",reason="checksum"\} 0$', sh.run("metrics network_errors"), re.M)
    sh.type("exit\r")
    assert sh.end() == 0


def test_nobody_to_ask(shell):
    sh = shell("netdev.ip=10.0.2.15/24")
    assert sh.run("nslookup box.test") == "nslookup: 'box.test': no name server is known (netdev.ip=, DHCP)\n"
    assert sh.run("ping box.test") == "ping: 'box.test': no name server is known (netdev.ip=, DHCP)\n"
    assert sh.run("ping 192.0.2.1") == "ping: cannot send to '192.0.2.1': Network is unreachable\n"
    assert sh.run("ping -c 1 10.0.2.77") == "1 sent, 0 came back\n"
    shown, end = "", time.monotonic() + guest.LIMIT
    while "1 sent, 0 came back\n" not in shown:  # Ctrl-C may be there before anything was sent
        assert time.monotonic() < end, shown
        sh.type("ping 10.0.2.77\r")
        sh.expect("ping 10.0.2.77\n")
        time.sleep(0.2)
        sh.type("\x03")
        sh.expect("^C")
        shown = sh.shown()
    assert "netstat: there is no such option" in sh.run("netstat -x")
    wrong = "is not supported: it only shows; netdev.ip= sets addresses (how to:"
    assert sh.run("ifconfig net0 down") == f"ifconfig: 'down' {wrong} ifconfig [INTERFACE])\n"
    assert sh.run("ip route") == f"ip: 'route' {wrong} ip [addr [show]])\n"
    assert sh.run("ip addr add").startswith("ip: 'add' is not supported")
    assert "inet 127.0.0.1/8" in sh.run("ip addr show")
    assert sh.run("ifconfig eth0") == "ifconfig: there is no interface 'eth0'; without a name it lists them\n"
    assert sh.run("ping -x ::1") == "ping: invalid option -- 'x' (how to: ping [-c TIMES] NAME[%INTERFACE])\n"
    assert sh.run("ping -c 0 ::1") == "ping: invalid argument: '0': out of range: 1 <= value <= 9223372036854775807\n"
    assert sh.run("ping fe80::1%net9") == "ping: 'fe80::1%net9': there is no interface 'net9'; ifconfig lists them\n"
    assert sh.run("ping 10.0.2.2%net0") == "ping: '10.0.2.2%net0': only addresses of IPv6 have an interface behind a %\n"
    end = time.monotonic() + guest.LIMIT
    while not (own := re.search(r"inet6 (fe80::\S+) preferred", sh.run("ifconfig net0"))):  # until nobody says that it is his
        assert time.monotonic() < end
    assert "1 sent, 1 came back" in sh.run(f"ping -c 1 {own[1]}%net0")
