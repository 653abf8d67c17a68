# SPDX-License-Identifier: BSD-3-Clause
"""apps/httpd as a process of this machine, with sanitizers, and as an image: what clients see, good ones and bad ones."""
import concurrent.futures
import glob
import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import time

import debian_tools
import guest
import pytest
import terminal
from networks import namespace_fixture  # noqa: F401  pylint: disable=unused-import

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BIG = bytes(range(256)) * 8192  # 2 MiB
PAGE = b"<p>" + b"x" * 605 + b"</p>"


@pytest.fixture(scope="module", name="program")
def built(tmp_path_factory):
    path = str(tmp_path_factory.mktemp("httpd") / "httpd")
    sources = [name for name in glob.glob(f"{ROOT}/apps/httpd/*.cpp") if not name.endswith("_microlith.cpp")]
    subprocess.run(["g++", "-std=c++20", "-O1", "-g1", "-Wall", "-Wextra", "-Wshadow", "-Werror", "-fno-exceptions", "-fno-rtti",
                    "-fsanitize=address,undefined", "-fno-sanitize-recover=all", f"-I{ROOT}/lib/ukhttp/include", "-o", path,
                    *sources, *glob.glob(f"{ROOT}/lib/ukhttp/*.cpp")], check=True)
    return path


@pytest.fixture(scope="module", name="root")
def files(tmp_path_factory):
    root = tmp_path_factory.mktemp("www")
    (root / "sub dir").mkdir()
    (root / "index.html").write_bytes(PAGE)
    (root / "sub dir" / "index.html").write_bytes(b"inner")
    (root / "empty.txt").write_bytes(b"")
    (root / "big.bin").write_bytes(BIG)
    (root / ".secret").write_bytes(b"hidden")
    os.mkfifo(root / "pipe")
    return root


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


class Server:
    """What clients do with one that listens at `self.port`."""
    port = 0

    def connect(self, limit=20):
        client = socket.create_connection(("127.0.0.1", self.port), timeout=limit)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return client

    def raw(self, *pieces, end=False) -> bytes:
        """All that the server sends until it ends the connection; `end`: after the pieces the client's half is closed."""
        with self.connect() as client:
            for piece in pieces:
                client.sendall(piece)
                if len(pieces) > 1:
                    time.sleep(0.01)
            if end:
                client.shutdown(socket.SHUT_WR)
            got = b""
            while more := client.recv(1 << 16):
                got += more
            return got

    def get(self, path, method="GET", **fields):
        """(status, headers, body); a word like If_Range is a field's name."""
        client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        client.request(method, path, headers={name.replace("_", "-"): value for name, value in fields.items()})
        reply = client.getresponse()
        body = reply.read()
        client.close()
        return reply.status, reply.headers, body


class Running(Server):
    def __init__(self, program, root, *words):
        for _ in range(20):  # a free port may be taken before the server has it
            self.port = free_port()
            self.process = subprocess.Popen([program, "--root", str(root), "--port", str(self.port), "--address", "127.0.0.1", *words],
                                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            self.first = self.process.stdout.readline()
            if self.first:
                return
            self.process.communicate()
        raise AssertionError("no port was free")

    def stop(self) -> str:
        self.process.send_signal(signal.SIGTERM)
        out, errors = self.process.communicate(timeout=20)
        assert (self.process.returncode, errors) == (0, "")
        return out


@pytest.fixture(scope="module", name="server")
def running(program, root):
    server = Running(program, root)
    assert server.first == f"httpd: serving {root} at http://127.0.0.1:{server.port}/\n"
    yield server
    assert server.stop() == "httpd: stopped\n"


CLOSE = b"Host: h\r\nConnection: close\r\n\r\n"


def status(reply: bytes) -> int:
    return int(reply.split(b" ", 2)[1])


def test_files(server):
    code, head, body = server.get("/")
    assert (code, body, head["Content-Type"]) == (200, PAGE, "text/html; charset=utf-8")
    assert head["Content-Length"] == str(len(PAGE)) and re.fullmatch(r"\w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT", head["Date"])
    assert server.get("/index.html?x=../..")[2] == PAGE
    assert server.get("/sub%20dir/")[2] == b"inner"
    assert server.get("/empty.txt")[::2] == (200, b"")
    assert server.get("/big.bin")[2] == BIG
    code, head, body = server.get("/big.bin", "HEAD")
    assert (code, body, head["Content-Length"]) == (200, b"", str(len(BIG)))
    code, head, _ = server.get("/sub%20dir")
    assert (code, head["Location"]) == (301, "/sub%20dir/")


def test_what_is_not_served(server):
    for path in ("/nothing", "/.secret", "/pipe", "/index.html/x", "/" + "x" * 300):
        assert server.get(path)[0] == 404, path
    for path in ("/../../etc/passwd", "/%2e%2e/etc/passwd", "/sub%20dir/../../x", "/%00", "/%zz"):
        assert server.get(path)[0] == 400, path
    assert server.get("/" + "x" * 2000)[0] == 414
    code, head, _ = server.get("//example.org/%0d%0aSet-Cookie:x/../../sub%20dir")
    assert code in (301, 404) and "Set-Cookie" not in head
    for method in ("POST", "PUT", "DELETE", "OPTIONS"):
        code, head, _ = server.get("/", method)
        assert (code, head["Allow"]) == (405, "GET, HEAD")


def test_a_client_that_has_it(server):
    _, head, _ = server.get("/")
    tag, date = head["ETag"], head["Last-Modified"]
    assert server.get("/", If_None_Match=f'"x", {tag}')[::2] == (304, b"")
    assert server.get("/", If_None_Match='"x"', If_Modified_Since=date)[0] == 200  # the tag counts
    assert server.get("/", If_Modified_Since=date)[0] == 304
    assert server.get("/", If_Modified_Since="Thu, 01 Jan 1970 00:00:01 GMT")[0] == 200
    assert server.get("/", If_Modified_Since="yesterday")[0] == 200


def test_parts(server):
    for path, whole in (("/", PAGE), ("/big.bin", BIG)):
        code, head, body = server.get(path, Range="bytes=100-199")
        assert (code, body, head["Content-Range"]) == (206, whole[100:200], f"bytes 100-199/{len(whole)}")
        assert server.get(path, Range="bytes=-7")[2] == whole[-7:]
        assert server.get(path, Range="bytes=500-")[2] == whole[500:]
        code, head, _ = server.get(path, Range=f"bytes={len(whole)}-")
        assert (code, head["Content-Range"]) == (416, f"bytes */{len(whole)}")
        assert server.get(path, Range="bytes=0-1,5-6")[::2] == (200, whole)
        assert server.get(path, Range="bytes=0-1", If_Range=head["ETag"] or '"x"')[0] == 200
        assert server.get(path, Range="bytes=0-1", If_Range=server.get(path, "HEAD")[1]["ETag"])[0] == 206


def test_pipelines(server):
    one = b"GET /%s HTTP/1.1\r\nHost: h\r\n\r\n"
    got = server.raw(one % b"" * 300 + b"GET /empty.txt HTTP/1.1\r\n" + CLOSE)
    assert got.count(b"HTTP/1.1 200 OK\r\n") == 301 and got.count(PAGE) == 300
    # Replies of all kinds come in order, with a large file and a client that reads late between them.
    wanted = [b"", b"big.bin", b"nothing", b"api/status", b"sub%20dir/", b"big.bin"]
    with server.connect() as client:
        client.sendall(b"".join(one % path for path in wanted) + b"GET / HTTP/1.1\r\n" + CLOSE)
        time.sleep(0.3)
        got = b""
        while more := client.recv(1 << 16):
            got += more
    codes = re.findall(rb"HTTP/1\.1 (\d+) ", got)
    assert codes == [b"200", b"200", b"404", b"200", b"200", b"200", b"200"] and got.count(BIG) == 2
    assert got.index(b"inner") > got.index(b'"uptime_ms"') > got.index(b"404 Not Found\n")


def test_requests_in_pieces(server):
    text = b"\r\nGET / HTTP/1.1\r\n" + CLOSE
    assert server.raw(*(text[i:i + 1] for i in range(len(text)))).endswith(PAGE)
    assert server.raw(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n", end=True).endswith(PAGE)  # half of the connection is closed
    assert server.raw(b"GET / HT", end=True) == b""
    long = b"GET / HTTP/1.1\r\nX: " + b"y" * 6000 + b"\r\n"
    assert server.raw(long[:3000], long[3000:], CLOSE).endswith(PAGE)
    body = b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 50000\r\n\r\n" + b"z" * 50000
    got = server.raw(body[:30000], body[30000:] + b"GET / HTTP/1.1\r\n" + CLOSE)
    assert got.startswith(b"HTTP/1.1 405 ") and got.endswith(PAGE)  # a body is skipped, not read as a request


@pytest.mark.parametrize("text, code", [
    (b"nonsense\r\n\r\n", 400), (b"GET / HTTP/1.1\r\n\r\n", 400), (b"GET / HTTP/1.1\nHost: h\n\n", 400),
    (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400), (b"GET / HTTP/2.0\r\nHost: h\r\n\r\n", 505),
    (b"BREW / HTTP/1.1\r\nHost: h\r\n\r\n", 501), (b"GET /" + b"x" * 9000 + b" HTTP/1.1\r\nHost: h\r\n\r\n", 414),
    (b"GET / HTTP/1.1\r\nHost: h\r\n" + b"A: b\r\n" * 200 + b"\r\n", 431), (b"GET / HTTP/1.1\r\nX: " + b"y" * 90000, 431),
    (b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 411),
    (b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999\r\n\r\nx", 413),
    (b"GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\nGET /", 400)])
def test_bad_requests_end_the_connection(server, text, code):
    got = server.raw(text + b"GET / HTTP/1.1\r\n", end=True)
    assert status(got) == code and got.count(b"HTTP/1.1 ") == 1 and b"Connection: close\r\n" in got


def test_files_that_change(server, root):
    path = root / "changing.txt"
    path.write_bytes(b"one")
    assert server.get("/changing.txt")[2] == b"one"
    path.write_bytes(b"three")
    time.sleep(2.1)
    assert server.get("/changing.txt")[2] == b"three"
    path.unlink()
    time.sleep(2.1)
    assert server.get("/changing.txt")[0] == 404


def test_status_and_metrics(server):
    code, head, body = server.get("/api/status")
    assert (code, head["Content-Type"], head["Cache-Control"]) == (200, "application/json", "no-store")
    requests = [int(re.search(rb'"requests":(\d+)', text)[1]) for text in (body, server.get("/api/status")[2])]
    assert requests[1] == requests[0] + 1
    assert b'"image":false' in body and server.get("/api/image")[0] == 404  # a process of Linux has none
    assert prometheus_takes(server)


def prometheus_takes(server) -> bytes:
    """Its counters."""
    _, head, text = server.get("/metrics")
    assert head["Content-Type"].startswith("text/plain; version=0.0.4")
    assert re.search(rb'^httpd_responses_total\{status="2xx"\} [1-9]', text, re.M)
    done = subprocess.run([*debian_tools.command("promtool"), "check", "metrics"], input=text, capture_output=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, b"")
    return text


def test_time_limits_and_room(program, root):
    server = Running(program, root, "--idle", "1", "--connections", "20")
    begin = time.monotonic()
    with server.connect() as quiet, server.connect() as slow:
        slow.sendall(b"GET /")
        assert quiet.recv(1) == b"" and 0.5 < time.monotonic() - begin < 8
        idle = [server.connect() for _ in range(30)]  # the oldest make room
        assert server.get("/")[2] == PAGE
        assert idle[0].recv(1) == b""
        assert status(slow.recv(1000)) == 408 and time.monotonic() - begin > 8
        for each in idle:
            each.close()
    server.stop()


def test_stops_cleanly(program, root):
    server = Running(program, root)
    with server.connect() as idle, server.connect() as reading, server.connect() as half:
        reading.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)  # less than is sent; with few KiB it takes a minute
        reading.sendall(b"GET /big.bin HTTP/1.1\r\nHost: h\r\n\r\n" * 4)
        half.sendall(b"GET / HTTP/1.1\r\n")
        got = reading.recv(1000)
        server.process.send_signal(signal.SIGTERM)
        assert idle.recv(1) == b""
        half.sendall(b"Host: h\r\n\r\n")
        assert half.recv(1 << 16).endswith(PAGE) and half.recv(1) == b""
        with pytest.raises(ConnectionError):
            server.connect()
        while more := reading.recv(1 << 16):
            got += more
        assert got.count(b"HTTP/1.1 200 OK\r\n") >= 1 and len(got) > len(BIG)
    assert server.process.wait(20) == 0


def none_fails(url: str, clients: int, run=subprocess.run) -> None:
    """2000 requests over kept connections, and 2000 over connections of their own."""
    for words in (["-k"], []):
        done = run([*debian_tools.command("ab"), "-q", *words, "-n", "2000", "-c", str(clients), url], capture_output=True, text=True,
                   check=True, timeout=100)
        assert re.search(r"Complete requests:\s+2000\n", done.stdout) and re.search(r"Failed requests:\s+0\n", done.stdout), done.stdout
        assert "Non-2xx" not in done.stdout, done.stdout


def test_many_clients(program, root):
    server = Running(program, root)
    idle = [server.connect() for _ in range(300)]
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        assert all(reply[2] == PAGE for reply in pool.map(lambda _: server.get("/"), range(200)))
    none_fails(f"http://127.0.0.1:{server.port}/", 50)
    for each in idle:
        each.close()
    server.stop()


def test_curl(server):
    if not shutil.which("curl"):
        pytest.skip("curl is not installed")
    url = f"http://127.0.0.1:{server.port}"
    done = subprocess.run(["curl", "-sS", "--max-time", "20", f"{url}/", f"{url}/empty.txt", f"{url}/big.bin"], capture_output=True,
                          check=True)
    assert done.stdout == PAGE + BIG


@pytest.mark.parametrize("words, message", [
    (["--port", "0"], "httpd: 0: a port is a number from 1 to 65535\n"),
    (["--port"], "httpd: --port: its value is missing\n"),
    (["--prot", "80"], "httpd: --prot: no such option; --help lists them\n"),
    (["--root", "/nothing/there"], "httpd: /nothing/there: No such file or directory (another folder: --root FOLDER)\n"),
    (["--root", "/", "--address", "1.2.3"],
     "httpd: 1.2.3: Invalid argument (an IPv4 address is four numbers, 0.0.0.0 is all there are)\n")])
def test_says_what_is_wrong(program, words, message):
    done = subprocess.run([program, *words], capture_output=True, text=True, check=False, timeout=20)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", message)
    assert "--port N" in subprocess.run([program, "--help"], capture_output=True, text=True, check=True, timeout=20).stdout


# --- the image

LONG = "UK_CHECK_ALL" in os.environ
MACHINES = ["kvm-x86_64", "kvm-arm64"] if LONG else ["kvm-x86_64"]
SHIPPED = f"{ROOT}/apps/httpd/files/www/index.html"


class Machine(Server):
    """A virtual machine, as `make run` starts it; its terminal is `self.console`."""

    def __init__(self, image, target, **variables):
        self.port, self.target = free_port(), target
        self.console = terminal.Session(image, target, "", PORT=f"{self.port}", **variables)
        self.console.expect(f"run: http://127.0.0.1:{self.port}/ leads to port 80 of the image\n")
        self.console.expect("httpd: serving /www at http://0.0.0.0:80/\n")


@pytest.fixture(scope="module", name="image_of")
def built_images():
    return terminal.image_builder("apps/httpd")


@pytest.fixture(scope="module", params=MACHINES, name="machine")
def running_machine(request, image_of):
    machine = Machine(image_of(request.param), request.param)
    yield machine
    try:
        while machine.console.read():
            pass
        assert machine.console.seen == b"", "nothing that it should have to say"
        machine.console.type("\x03")
        machine.console.expect("httpd: stopped\n")
        assert machine.console.end() == 0
    finally:
        machine.console.close()


@pytest.fixture(name="page")
def shipped_page():
    with open(SHIPPED, "rb") as file:
        return file.read()


def test_image_serves_its_files(machine, page):
    code, head, body = machine.get("/")
    assert (code, body, head["Content-Type"]) == (200, page, "text/html; charset=utf-8")
    code, head, body = machine.get("/index.html", "HEAD")
    assert (code, body, head["Content-Length"]) == (200, b"", str(len(page)))
    code, head, body = machine.get("/", Range="bytes=100-299")
    assert (code, body, head["Content-Range"]) == (206, page[100:300], f"bytes 100-299/{len(page)}")
    assert machine.get("/", If_None_Match=machine.get("/", "HEAD")[1]["ETag"])[::2] == (304, b"")
    assert [machine.get(path)[0] for path in ("/nothing", "/../etc")] == [404, 400]


def test_image_keeps_connections(machine, page):
    one = b"GET /%s HTTP/1.1\r\nHost: h\r\n\r\n"
    with machine.connect() as client:
        for _ in range(20):
            client.sendall(one % b"nothing")
            assert status(client.recv(1 << 16)) == 404
    got = machine.raw(one % b"" * 50 + one % b"api/status" + b"GET /nothing HTTP/1.1\r\n" + CLOSE)
    assert re.findall(rb"HTTP/1\.1 (\d+) ", got) == [b"200"] * 51 + [b"404"] and got.count(page) == 50
    text = b"GET /nothing HTTP/1.1\r\n" + CLOSE
    assert status(machine.raw(*(text[i:i + 1] for i in range(len(text))))) == 404
    assert status(machine.raw(b"nonsense\r\n\r\n")) == 400
    with machine.connect() as client:
        client.sendall(one % b"" * 50)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")  # a reset, with replies on the way


def test_image_and_many_clients(machine):
    none_fails(f"http://127.0.0.1:{machine.port}/", 8)
    text = prometheus_takes(machine)
    values = dict(re.findall(rb"^(\w+) ([\d.]+)$", text, re.M))
    assert int(values[b"httpd_requests_total"]) >= 4000 and int(values[b"microlith_memory_free_bytes"]) > 1 << 20
    assert int(values[b"httpd_open_connections"]) == 1


def test_image_takes_a_client_that_comes_back(machine):
    """From the same port, while the image's end of the connection before lingers."""
    mine = free_port()
    for _ in range(3):
        with socket.socket() as client:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            client.settimeout(20)
            client.bind(("127.0.0.1", mine))
            client.connect(("127.0.0.1", machine.port))
            client.sendall(b"GET /nothing HTTP/1.1\r\n" + CLOSE)
            got = b""
            while more := client.recv(1 << 16):
                got += more
            assert status(got) == 404
        time.sleep(0.7)  # the network of QEMU numbers connections by a clock that ticks twice a second


def test_image_says_how_it_is(machine):
    code, _, body = machine.get("/api/status")
    facts = json.loads(body)
    assert code == 200 and facts["image"] is True and re.fullmatch(r"Microlith kvm-\w+", facts["system"]) and facts["uptime_ms"] > 0
    assert facts["threads"] >= 2, "main and lwip, at the least"
    assert facts["memory"]["bytes"] > facts["memory"]["free_bytes"] > 0


@pytest.mark.skipif(not shutil.which("chromium"), reason="chromium is not installed")
def test_page_in_a_browser(machine, tmp_path):
    """What its script makes of the page."""
    done = subprocess.run(["chromium", "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}", "--virtual-time-budget=8000",
                           "--dump-dom", f"http://127.0.0.1:{machine.port}/"], capture_output=True, text=True, check=True, timeout=200)
    page = done.stdout
    assert "Uncaught" not in done.stderr and re.search(r'id="system">Microlith kvm-\w+<', page)
    assert re.search(r'id="uptime">(\d+ min )?\d+ s<', page) and re.search(r'id="memory">[\d.]+ (MiB|KiB)<', page)
    libraries = page[page.index('id="sizes"'):page.index('id="config"')]
    assert libraries.count("<tr>") > 40 and "<td>lwip</td>" in libraries and "<td>all</td>" in libraries
    counters = page[page.index('id="metrics"'):page.index('id="zeros"')]
    assert "<td>uptime_seconds</td>" in counters and '<td class="n">0</td>' not in counters
    assert "LIBLWIP" in page[page.index('id="config"'):]


def test_image_sleeps_when_nobody_asks(machine):
    def counted():
        text = machine.get("/metrics")[2].decode()
        return [float(re.search(rf"^microlith_{name} ([\d.]+)$", text, re.M)[1]) for name in ("interrupts_total", "uptime_seconds")]

    begin, since = counted()
    time.sleep(3)
    end, now = counted()
    assert (end - begin - 20) / (now - since) < 12, "a few timers a second, and what it takes to ask"


def test_image_without_what_it_needs_says_so(image_of, tmp_path):
    for words, said in (({"NET": "none"}, "httpd: the machine has no network device, so nobody could reach it (make run NET=user gives it one)\n"),
                        ({"MEM": "2560K", "UK_CONFIG": "", "NET": "user"}, "no memory for 512 receive buffers of 2 KiB; the machine needs more (MEM=)"),
                        ({"INITRD": str(tmp_path)}, "httpd: /www: No such file or directory (make run INITRD=folder serves folder/www; another one: ARGS=\"--root FOLDER\")\n")):
        console = terminal.Session(image_of("kvm-x86_64"), "kvm-x86_64", "", **words)
        console.expect(said)
        assert console.end() in (1, 2, 126)
        console.close()


@pytest.mark.parametrize("target", MACHINES)
def test_image_works_with_the_memory_that_is_advised(image_of, page, target):
    image = image_of(target)
    for memory in ("2M", "2240K"):
        console = terminal.Session(image, target, "", MEM=memory)
        console.expect(f"error: MEM={memory}: the image ")
        console.expect("512 receive buffers of 2 KiB (LIBLWIP_BUFFERS) need room, too; give it MEM=")
        while b"\n" not in console.seen:
            assert console.read() or console.process.poll() is None
        least = console.seen.split()[0].decode()
        assert console.end() == 1
        console.close()
    machine = Machine(image, target, MEM=least)
    none_fails(f"http://127.0.0.1:{machine.port}/", 8)
    assert machine.get("/")[2] == page
    machine.console.close()


def test_image_says_what_it_is_made_of(machine, image_of):
    image = image_of(machine.target)
    code, head, body = machine.get("/api/image")
    assert (code, head["Content-Type"]) == (200, "application/json")
    parts = json.loads(body)
    with open(f"{image}.config", encoding="utf-8") as file:
        assert {f"CONFIG_{line}" for line in parts["options"].split("\n")} <= set(file.read().split("\n"))
    assert "LIBLWIP=y" in parts["options"] and parts["columns"] == ["library", "text", "rodata", "data", "bss"]
    shown = subprocess.run([f"{ROOT}/support/scripts/size", f"{image}.map", f"{image}.dbg"], capture_output=True, text=True, check=True).stdout
    for name, *sizes in parts["libraries"]:
        assert re.search(rf"^{re.escape(name)} +{' +'.join(f'{size:,}' for size in sizes)} ", shown, re.M), (name, shown)
    assert len(parts["libraries"]) > 40


@pytest.mark.skipif(not LONG, reason="another image: in make check-all")
def test_image_as_a_process(namespace, image_of, page):
    image = image_of("linuxu-x86_64")
    namespace.add_tap("guest", "10.7.0.1/24", headers=True)
    server = namespace.popen([image, "netdev.host=tap:guest", "netdev.ip=10.7.0.2/24", "--"], stdout=subprocess.PIPE, text=True)
    assert server.stdout.readline() == "httpd: serving /www at http://0.0.0.0:80/\n"
    assert namespace.run(["curl", "-sS", "--max-time", "20", "http://10.7.0.2/"]).stdout == page.decode()
    none_fails("http://10.7.0.2/", 8, namespace.run)
    server.send_signal(signal.SIGTERM)
    assert (server.stdout.read(), server.wait(20)) == ("httpd: stopped\n", 0)
