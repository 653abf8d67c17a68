# SPDX-License-Identifier: BSD-3-Clause
"""Clients of servers under test, as a program, so that they can run in a namespace: `clients.py NAME ADDRESS PORT [NUMBER...]`.
Prints a line of JSON; anything that is not as it should be ends it with an exception."""
import contextlib
import hashlib
import json
import random
import select
import socket
import sys
import threading
import time

PATIENCE = 240  # s without a byte: the line is dead


def receive(source: socket.socket, size: int) -> bytes:
    parts = []
    while size > 0:
        part = source.recv(min(size, 1 << 18))
        assert part, f"ended, and {size} bytes are missing"
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def connect(address: str, port: int) -> socket.socket:
    made = socket.create_connection((address, port), timeout=PATIENCE)
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return made


def echo(address: str, port: int, size: int, seed: int) -> dict:
    """So many bytes there and back, both at once, in pieces of all sizes."""
    chance = random.Random(seed)
    data = chance.randbytes(size)
    begin = time.monotonic()
    with connect(address, port) as one:
        def send():
            at = 0
            while at < size:
                some = chance.choice((1, 100, 1460, 4000, 65536))
                one.sendall(data[at:at + some])
                at += some
            one.shutdown(socket.SHUT_WR)
        sender = threading.Thread(target=send)
        sender.start()
        got = receive(one, size)
        assert hashlib.sha256(got).digest() == hashlib.sha256(data).digest(), \
            f"byte {next(i for i in range(size) if got[i] != data[i])} is another"
        assert one.recv(1) == b""
        sender.join()
    return {"bytes": size, "seconds": round(time.monotonic() - begin, 2)}


REQUEST = b"GET /nothing HTTP/1.1\r\nHost: h\r\n\r\n"


def reply(source: socket.socket, mark: bytes = b"HTTP/1.1 404 ") -> None:
    """Of httpd, one whole reply and nothing more."""
    got = b""
    while b"\r\n\r\n" not in got:
        more = source.recv(4096)
        assert more, got
        got += more
    head, _, body = got.partition(b"\r\n\r\n")
    assert head.startswith(mark), head
    size = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
    receive(source, size - len(body))


def kept(address: str, port: int, count: int, rounds: int) -> dict:
    """So many connections at once, each answered so many times, in an order of its own each time."""
    chance = random.Random(1)
    ends = [connect(address, port) for _ in range(count)]
    for _ in range(rounds):
        chance.shuffle(ends)
        waiting = select.epoll()
        by_number = {end.fileno(): end for end in ends}
        for number in by_number:
            waiting.register(number, select.EPOLLIN)
        for end in ends:
            end.sendall(REQUEST)
        answered = 0
        while answered < count:
            ready = waiting.poll(PATIENCE)
            assert ready, f"{count - answered} of {count} are not answered"
            for number, _ in ready:
                reply(by_number[number])
                waiting.unregister(number)
                answered += 1
        waiting.close()
    for end in ends:
        end.close()
    return {"connections": count, "replies": count * rounds}


def short(address: str, port: int, count: int) -> dict:
    """One connection after another, each for one request; the client ends it."""
    longest = 0.0
    for _ in range(count):
        begin = time.monotonic()
        with connect(address, port) as one:
            one.sendall(REQUEST)
            reply(one)
        longest = max(longest, time.monotonic() - begin)
    return {"connections": count, "longest_ms": round(longest * 1000)}


def noise(address: str, port: int) -> None:
    """Datagrams, until somebody ends it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        while True:
            for _ in range(20):
                with contextlib.suppress(OSError):
                    one.sendto(bytes(100), (address, port))
            time.sleep(0.005)


def ask(address: str, port: int, path: str) -> dict:
    """The body of a reply of httpd that is JSON."""
    with connect(address, port) as one:
        one.sendall(f"GET {path} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n".encode())
        got = b""
        while more := one.recv(1 << 16):
            got += more
    return json.loads(got.partition(b"\r\n\r\n")[2])


if __name__ == "__main__":
    name, where, at_port, *rest = sys.argv[1:]
    print(json.dumps(globals()[name](where, int(at_port), *(int(word) if word.isdigit() else word for word in rest))))
