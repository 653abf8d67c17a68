# SPDX-License-Identifier: BSD-3-Clause
"""Frames that nobody should send, as a program in a namespace whose interface leads to a guest, 10.7.0.2:

    bad_frames.py mutated INTERFACE MAC SEED COUNT     frames of all protocols, each wrong in some way; needs scapy
    bad_frames.py flood INTERFACE MAC SEED PORT        beginnings of connections from everywhere, which nobody goes on with, for ever

After some frames the guest is asked for its address, and must answer before more are sent. The seed decides all but the numbers that
the guest chooses."""
import itertools
import random
import select
import socket
import struct
import sys
import time

ME, GUEST = "10.7.0.1", "10.7.0.2"
PATIENCE = 60
BURST = 50


def checksum(data: bytes) -> int:
    total = sum(struct.unpack(f"!{len(data) // 2}H", data[:len(data) & ~1])) + (data[-1] << 8 if len(data) % 2 else 0)
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return total ^ 0xffff


def with_sums(frame: bytes) -> bytes:
    """With right checksums where there are some, as far as the lengths allow."""
    packet = bytearray(frame[14:])
    if frame[12:14] == b"\x08\0" and len(packet) >= 20:
        begin = (packet[0] & 15) * 4
        end = min(struct.unpack("!H", packet[2:4])[0], len(packet))
        if 20 <= begin <= end:
            packet[10:12] = b"\0\0"
            packet[10:12] = struct.pack("!H", checksum(packet[:begin]))
            upper, addresses = packet[9], packet[12:20]
        else:
            return frame
    elif frame[12:14] == b"\x86\xdd" and len(packet) >= 40:
        begin, end, upper, addresses = 40, min(40 + struct.unpack("!H", packet[4:6])[0], len(packet)), packet[6], packet[8:40]
    else:
        return frame
    where = {1: 2, 6: 16, 17: 6, 58: 2}.get(upper)
    if where is None or begin + where + 2 > end:
        return frame[:14] + bytes(packet)
    at = begin + where
    packet[at:at + 2] = b"\0\0"
    pseudo = b"" if upper == 1 else bytes(addresses) + struct.pack("!IHBB", end - begin, 0, 0, upper)
    packet[at:at + 2] = struct.pack("!H", checksum(pseudo + bytes(packet[begin:end])))
    return frame[:14] + bytes(packet)


class Line:
    """The interface, raw."""

    def __init__(self, interface: str, guest_mac: str):
        self.raw = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
        self.raw.bind((interface, 0))
        self.mac = self.raw.getsockname()[4]
        self.guest = bytes.fromhex(guest_mac.replace(":", ""))
        self.sent = []

    def send(self, frame: bytes) -> None:
        self.sent = self.sent[-BURST:] + [frame]
        try:
            self.raw.send(frame)
        except OSError:  # too short or too long for the interface, or too many: the guest would not see it
            time.sleep(0.001)

    def drained(self, until: float) -> list:
        """(is ours, frame): what passed meanwhile; waits for something."""
        seen = []
        while select.select([self.raw], [], [], 0 if seen else max(0, until - time.monotonic()))[0]:
            frame, where = self.raw.recvfrom(65536)
            seen.append((where[2] == 4, frame))
        return seen

    def guest_answers(self) -> list:
        """To a question for its address; returns what we sent ourselves meanwhile."""
        question = self.guest + self.mac + b"\x08\x06" + struct.pack(
            "!HHBBH6s4s6s4s", 1, 0x0800, 6, 4, 1, self.mac, socket.inet_aton(ME), bytes(6), socket.inet_aton(GUEST))
        ours, end, again = [], time.monotonic() + PATIENCE, 0.0
        while time.monotonic() < end:
            if time.monotonic() >= again:
                self.raw.send(question)
                again = time.monotonic() + 1
            for is_ours, frame in self.drained(again):
                if is_ours:
                    ours.append(frame)
                elif frame[6:14] == self.guest + b"\x08\x06" and frame[20:22] == b"\0\2":
                    return ours
        raise SystemExit("the guest is silent after one of these frames:\n" + "\n".join(frame.hex() for frame in self.sent))


def templates(line: Line) -> list:
    """One of each kind, as scapy makes them."""
    # pylint: disable=import-outside-toplevel,import-error
    from scapy.all import (ARP, BOOTP, DHCP, DNS, DNSQR, DNSRR, ICMP, IP, TCP, UDP, Dot1Q, Ether, ICMPv6EchoRequest, ICMPv6MLQuery,
                           ICMPv6ND_NA, ICMPv6ND_NS, ICMPv6ND_RA, ICMPv6ND_Redirect, ICMPv6NDOptDstLLAddr, ICMPv6NDOptMTU,
                           ICMPv6NDOptPrefixInfo, ICMPv6NDOptRDNSS, ICMPv6NDOptSrcLLAddr, ICMPv6PacketTooBig, IPOption_RR,
                           IPOption_Timestamp, IPv6, IPv6ExtHdrDestOpt, IPv6ExtHdrFragment, IPv6ExtHdrHopByHop, IPv6ExtHdrRouting, Raw)
    frame = Ether(dst=line.guest.hex(":"), src=line.mac.hex(":"))
    mac = bytearray(line.guest)
    mac[0] ^= 2
    local = "fe80::" + (bytes(mac[:3]) + b"\xff\xfe" + bytes(mac[3:])).hex(":", 2)
    v4, v6 = frame / IP(src=ME, dst=GUEST), frame / IPv6(src="fe80::1", dst=local, hlim=255)
    options = [("MSS", 1460), ("NOP", None), ("WScale", 7), ("SAckOK", b""), ("Timestamp", (1, 0))]
    lease = [("message-type", "offer"), ("server_id", ME), ("lease_time", 60), ("subnet_mask", "255.255.255.0"), ("router", ME),
             ("name_server", ME), ("hostname", "x" * 30), "end"]
    quoted = IP(src=GUEST, dst=ME) / TCP(sport=7, dport=40000)
    return [bytes(each) for each in (
        frame / ARP(op=1, psrc=ME, pdst=GUEST), frame / ARP(op=2, psrc=ME, pdst=GUEST), frame / Dot1Q(vlan=1) / IP(dst=GUEST),
        v4 / ICMP() / (b"e" * 300), v4 / ICMP(type=3, code=4, nexthopmtu=68) / quoted, v4 / ICMP(type=5, gw=ME) / quoted,
        v4 / ICMP(type=13), v4 / UDP(sport=9, dport=7) / (b"u" * 200), v4 / UDP(sport=9, dport=7), v4 / UDP(sport=9, dport=999) / b"x",
        frame / IP(src=ME, dst=GUEST, flags="MF", id=7) / UDP(sport=9, dport=7, len=1000) / (b"f" * 400),
        frame / IP(src=ME, dst=GUEST, frag=51, id=7, proto=17) / Raw(b"g" * 400),
        frame / IP(src=ME, dst=GUEST, frag=8189, id=8, proto=17) / Raw(b"g" * 400),
        frame / IP(src=ME, dst=GUEST, options=[IPOption_RR(), IPOption_Timestamp()]) / ICMP(),
        frame / IP(src=ME, dst="224.0.0.1", proto=2, ttl=1) / Raw(bytes.fromhex("1164ee9b00000000")),
        v4 / TCP(sport=40000, dport=7, flags="S", options=options), v4 / TCP(sport=40001, dport=7, flags="SA", options=options),
        v4 / TCP(sport=40002, dport=7, flags="A", options=[("SAck", (1, 2, 3, 4))]) / b"data", v4 / TCP(dport=7, flags="R"),
        v4 / TCP(sport=40003, dport=7, flags="FPU", urgptr=9) / b"data", v4 / TCP(sport=40004, dport=7, flags=""),
        v4 / UDP(sport=67, dport=68) / BOOTP(op=2, yiaddr=GUEST, chaddr=line.guest) / DHCP(options=lease),
        v4 / UDP(sport=53, dport=49152) / DNS(qr=1, qd=DNSQR(qname="a.b"), an=DNSRR(rrname="a.b", rdata=ME)),
        v6 / ICMPv6EchoRequest(data=b"e" * 200), v6 / ICMPv6ND_NS(tgt=local) / ICMPv6NDOptSrcLLAddr(lladdr=line.mac.hex(":")),
        v6 / ICMPv6ND_NA(tgt="fe80::1") / ICMPv6NDOptDstLLAddr(lladdr=line.mac.hex(":")), v6 / ICMPv6MLQuery(),
        v6 / ICMPv6ND_RA(routerlifetime=30) / ICMPv6NDOptPrefixInfo(prefix="fd00::", prefixlen=64) / ICMPv6NDOptMTU(mtu=1280)
        / ICMPv6NDOptRDNSS(dns=["fe80::1"]), v6 / ICMPv6ND_Redirect(tgt="fe80::2", dst="fe80::3"),
        v6 / ICMPv6PacketTooBig(mtu=1280) / IPv6(src=local, dst="fe80::1") / TCP(sport=7),
        v6 / IPv6ExtHdrHopByHop() / IPv6ExtHdrDestOpt() / UDP(sport=9, dport=7) / b"x", v6 / IPv6ExtHdrRouting() / UDP(dport=7) / b"x",
        v6 / IPv6ExtHdrFragment(m=1, id=1) / UDP(dport=7, len=800) / (b"h" * 400),
        v6 / IPv6ExtHdrFragment(offset=50, id=1, nh=17) / Raw(b"h" * 400), v6 / UDP(sport=9, dport=7) / (b"u" * 200),
        v6 / TCP(sport=40005, dport=7, flags="S", options=options), v6 / TCP(sport=40006, dport=7, flags="A") / b"data")]


def mutated(template: bytes, chance: random.Random) -> bytes:
    frame = bytearray(template)
    for _ in range(chance.choice((0, 1, 1, 2, 4, 12))):
        at = chance.randrange(12, min(len(frame), 110))
        frame[at] = chance.choice((0, 1, 0x7f, 0x80, 0xff, frame[at] ^ 1 << chance.randrange(8), chance.randrange(256)))
    how = chance.randrange(10)
    if how == 0:
        frame = frame[:chance.randrange(14, len(frame) + 1)]
    elif how == 1:
        frame += chance.randbytes(chance.randrange(1400))
    elif how == 2:
        at = chance.randrange(14, len(frame))
        del frame[at:at + chance.randrange(1, 20)]
    elif how == 3:
        at = chance.randrange(14, len(frame))
        frame[at:at] = chance.randbytes(chance.randrange(1, 20))
    frame = frame[:1514]
    if frame[12:14] == b"\x08\0" and len(frame) >= 34 and chance.random() < 0.3:  # from somebody else
        frame[28], frame[29] = 0, chance.randrange(3, 255)
    return with_sums(bytes(frame)) if chance.random() < 0.7 else bytes(frame)


def send_mutated(line: Line, seed: int, count: int) -> None:
    chance = random.Random(seed)
    kinds = templates(line)
    for _ in range(0, count, BURST):
        # Segments of a connection that is open are templates, too.
        with socket.create_connection((GUEST, 7), timeout=PATIENCE) as one:
            one.sendall(b"hello")
            ours = [each for each in line.guest_answers() if each[12:14] == b"\x08\0"]
            for _ in range(BURST):
                line.send(mutated(chance.choice(ours if ours and chance.random() < 0.3 else kinds), chance))
            line.guest_answers()


def send_flood(line: Line, seed: int, port: int) -> None:
    chance = random.Random(seed)
    for number in itertools.count():
        source = bytes((10, 8, chance.randrange(256), chance.randrange(1, 255)))
        ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 44, 0, 0, 64, 6, 0, source, socket.inet_aton(GUEST))
        tcp = struct.pack("!HHIIBBHHHI", chance.randrange(1024, 65536), port, chance.randrange(1 << 32), 0, 0x60, 2, 65535, 0, 0,
                          0x020405b4)
        line.send(with_sums(line.guest + line.mac + b"\x08\0" + ip + tcp))
        if number % BURST == BURST - 1:
            line.guest_answers()
            print(number + 1, flush=True)


if __name__ == "__main__":
    {"mutated": send_mutated, "flood": send_flood}[sys.argv[1]](Line(*sys.argv[2:4]), *map(int, sys.argv[4:]))
