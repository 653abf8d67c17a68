# SPDX-License-Identifier: BSD-3-Clause
"""A small DHCP server (RFC 2131) for tests: `dhcp_server.py INTERFACE LEASE_SECONDS`, in a namespace where the interface is 10.7.0.1.

Prints a word for each thing that it did: offer, ack, nak, silent (it was asked, and does not answer). Standard input says how it
goes on: `give 10.7.0.N`, `silence`, `answer`, `refuse` (asks for an address it does not give are refused anyway)."""
import select
import socket
import struct
import sys

COOKIE = bytes((99, 130, 83, 99))
DISCOVER, OFFER, REQUEST, ACK, NAK = 1, 2, 3, 5, 6
MY_ADDRESS = socket.inet_aton("10.7.0.1")


def options_of(packet: bytes) -> dict:
    found, at = {}, 240
    while at < len(packet) and packet[at] != 255:
        if packet[at] == 0:
            at += 1
            continue
        found[packet[at]] = packet[at + 2:at + 2 + packet[at + 1]]
        at += 2 + packet[at + 1]
    return found


def answer(question: bytes, kind: int, address: str, lease: int) -> bytes:
    given = socket.inet_aton(address) if kind != NAK else bytes(4)
    options = bytes((53, 1, kind, 54, 4)) + MY_ADDRESS
    if kind != NAK:
        options += bytes((51, 4)) + struct.pack("!I", lease) + bytes((1, 4, 255, 255, 255, 0))
    head = struct.pack("!BBBB4sHH4s4s4s4s", 2, 1, 6, 0, question[4:8], 0, 0, bytes(4), given, MY_ADDRESS, bytes(4))
    return head + question[28:44] + bytes(192) + COOKIE + options + b"\xff"


def serve(interface: str, lease: int) -> None:
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, interface.encode() + b"\0")
    server.bind(("", 67))
    address, mood = "10.7.0.2", "answer"
    print("ready", flush=True)
    while True:
        for ready in select.select([server, sys.stdin], [], [])[0]:
            if ready is sys.stdin:
                words = sys.stdin.readline().split()
                if not words:
                    return
                mood, address = ("answer", words[1]) if words[0] == "give" else (words[0], address)
                print("ok", flush=True)
                continue
            question = server.recv(2048)
            asked = options_of(question)
            kind = asked.get(53, b"\0")[0]
            if kind not in (DISCOVER, REQUEST):
                continue
            wanted = socket.inet_ntoa(asked[50]) if 50 in asked else socket.inet_ntoa(question[12:16])
            refused = mood == "refuse" or (kind == REQUEST and wanted != address)
            reply = OFFER if kind == DISCOVER else NAK if refused else ACK
            if mood == "silence":
                print("silent", flush=True)
                continue
            server.sendto(answer(question, reply, address, lease), ("255.255.255.255", 68))
            print({OFFER: "offer", ACK: "ack", NAK: "nak"}[reply], flush=True)


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]))
