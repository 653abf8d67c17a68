# SPDX-License-Identifier: BSD-3-Clause
"""The server that network benchmarks ask (tests/bench/net), as a process of this machine."""
import os
import socket
import subprocess
import threading

import pytest

SOURCE = os.path.join(os.path.dirname(__file__), "..", "bench", "net", "server.c")
BODY = b"x" * 611 + b"\n"


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    path = str(tmp_path_factory.mktemp("server") / "server")
    subprocess.run(["gcc", "-Wall", "-Wextra", "-Werror", "-fsanitize=address,undefined", "-fno-sanitize-recover=all",
                    "-o", path, SOURCE], check=True)
    return path


def start(program, mode):
    """(process, port): a free port may be taken before the server has it, so it is tried again."""
    for _ in range(20):
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        process = subprocess.Popen([program, str(port), mode], stdout=subprocess.PIPE, text=True)
        if process.stdout.readline().startswith(f"bench server: port {port}, {mode}"):
            return process, port
        process.wait()
    raise AssertionError("no port was free")


@pytest.fixture(params=["keep", "close"])
def server(program, request):
    process, port = start(program, request.param)
    yield port, request.param
    assert process.poll() is None, "the server died"
    process.kill()
    process.wait()


def ask(port, *pieces, replies):
    """Sends the pieces, each in a packet of its own. Returns what came: to the end, or so many replies."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as client:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for piece in pieces:
            client.sendall(piece)
        got = b""
        while got.count(BODY) < replies:
            more = client.recv(65536)
            if not more:
                return got, True
            got += more
        client.settimeout(0.2)
        try:
            return got, client.recv(1) == b""
        except TimeoutError:
            return got, False


def test_keeps_the_connection_or_closes_it(server):
    port, mode = server
    got, ended = ask(port, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", replies=1)
    head, body = got.split(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK\r\n") and b"Content-Length: 612" in head and body == BODY
    assert ended == (mode == "close") and (b"Connection: close" in head) == ended
    for text in (b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n", b"GET / HTTP/1.0\r\n\r\n"):
        assert ask(port, text, replies=1)[1]
    assert ask(port, b"GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", replies=1)[1] == (mode == "close")


def test_many_requests_in_a_packet_and_one_in_many(server):
    port, mode = server
    if mode == "close":
        pytest.skip("one request for each connection")
    one = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
    got, ended = ask(port, one * 500, replies=500)
    assert got.count(BODY) == 500 and not ended
    assert ask(port, *(one[i:i + 1] for i in range(len(one))), replies=1)[0].endswith(BODY)


def test_waits_for_a_client_that_reads_late(server):
    """The server stops reading when nobody takes its replies, and forgets none of them."""
    port, mode = server
    if mode == "close":
        pytest.skip("one request for each connection")
    one, count = b"GET / HTTP/1.1\r\nX: " + b"x" * 1000 + b"\r\n\r\n", 10000
    size = len(ask(port, one, replies=1)[0])
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.settimeout(20)
        client.connect(("127.0.0.1", port))
        sender = threading.Thread(target=lambda: (client.sendall(one * count), client.shutdown(socket.SHUT_WR)))
        sender.start()
        sender.join(0.3)
        assert sender.is_alive(), "the server took all requests without a place for their replies"
        got = 0
        while more := client.recv(1 << 20):
            got += len(more)
        sender.join()
    assert got == count * size


def test_ends_a_request_without_end(server):
    port, _ = server
    try:
        got, ended = ask(port, b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 1000, replies=1)
    except ConnectionError:
        return
    assert ended and not got
