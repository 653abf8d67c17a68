# SPDX-License-Identifier: BSD-3-Clause
"""apps/shell at a terminal, typed to as a user would: every command, and what it did."""
import os
import re
import subprocess
import time

import debian_tools
import guest
import pytest
from terminal import Session, image_builder

TARGETS = ["kvm-x86_64", "linuxu-x86_64"]
LONG = "UK_CHECK_ALL" in os.environ
SHARED = "CONFIG_LIBUKTLS=y"


@pytest.fixture(scope="module", name="image_of")
def built_images():
    """The usual ones in check-all. Else with TLS, which the shell has no use for: most of its objects are then those of other images."""
    build = image_builder("apps/shell")
    return lambda target: build(target, "" if LONG or target not in TARGETS else SHARED)


class Shell(Session):
    """Its lines are commands; the prompt names the folder."""

    folder = "/"

    def screen(self) -> str:
        return self.seen.replace(b"\r", b"").decode()

    def shown(self) -> str:
        """What comes before the next prompt, which is the last on the screen."""
        prompt, end = f"{self.folder}> ", time.monotonic() + guest.LIMIT
        while not self.screen().endswith(prompt):
            assert self.read() or (self.process.poll() is None and time.monotonic() < end), self.seen
        text = self.screen().removesuffix(prompt)
        self.seen = b""
        return text

    def run(self, line: str) -> str:
        self.type(f"{line}\r")
        self.expect(f"{line}\n")  # what is typed is shown
        return self.shown()


@pytest.fixture(name="shell")
def shells(image_of):
    opened = []

    def start(target, words=""):
        opened.append(Shell(image_of(target), target, words))
        opened[-1].shown()
        return opened[-1]
    yield start
    for each in opened:
        each.close()


@pytest.mark.parametrize("target", TARGETS)
def test_files(target, shell):
    sh = shell(target)
    assert sh.run("pwd") == "/\n"
    assert sh.run("mkdir -p /a/b /a/c") == ""
    sh.folder = "/a"
    assert sh.run("cd /a") == ""
    assert sh.run("echo 'one  two' three > b/f") == ""
    assert sh.run('echo -n "4 > 3" >> b/f') == ""
    assert sh.run("cat b/f b/f") == 2 * "one  two three\n4 > 3"
    assert sh.run("cp b/f b/g") == "" and sh.run("mv b/g h") == ""
    assert sh.run("cp -r b h c") == "" and sh.run("ls c c/b") == "c:\nb\nh\n\nc/b:\nf\n" and sh.run("rm -r c/b c/h") == ""
    assert sh.run("ls") == "b\nc\nh\n"
    assert sh.run("ls -a b") == ".\n..\nf\n"
    assert re.fullmatch(r"-rw-r--r--   1    0    0         20 20\d\d-\d\d-\d\d \d\d:\d\d h\n", sh.run("ls -l h"))
    assert sh.run("rm h h") == "rm: cannot remove 'h': No such file or directory\n"
    assert sh.run("rmdir b") == "rmdir: cannot remove 'b': Directory not empty\n"
    assert sh.run("rm -f b/f h") == "" and sh.run("rmdir b c") == "" and sh.run("ls") == ""
    # /tmp is of another file system afterwards
    assert sh.run("mount -t ramfs none /tmp") == ""
    assert sh.run("echo x > x") == "" and sh.run("mv x /tmp") == "" and sh.run("ls . /tmp") == ".:\n\n/tmp:\nx\n"
    assert sh.run("umount /tmp") == "" and sh.run("ls /tmp") == ""
    assert "tmp" in sh.run("ls /") and sh.run("cat /dev/null") == ""
    sh.type("\x04")
    assert sh.end() == 0


@pytest.mark.parametrize("target", TARGETS)
def test_the_system(target, shell):
    sh = shell(target)
    assert re.search(r"^ +1 +0 running +- +main$", sh.run("ps"), re.M)
    top = sh.run("top 1 2")
    assert top.count("\33[H\33[J") == 2 and len(re.findall(r" running +- +main$", top, re.M)) == 2
    row = re.search(r"^memory +(\d+) +(\d+) +(\d+)$", sh.run("free"), re.M)
    total, used, free = map(int, row.groups())
    assert 0 < used < total and total == used + free
    assert "none on / type ramfs (rw)\n" in sh.run("mount") and " on /proc type procfs (ro" in sh.run("mount")
    assert re.search(r"^\[ +\d+\.\d{6}\] Info: \[\w+\] ", sh.run("dmesg"), re.M)
    assert re.fullmatch(r"up 0:\d\d:\d\d, \d+ threads?, 1 CPU\n", sh.run("uptime"))
    assert sh.run("env") == ""
    assert "kill    [-SIGNAL] NUMBER..." in sh.run("help") and "Name:\tshell\n" in sh.run("cat /proc/self/status")
    assert sh.run("kil") == "there is no command 'kil'; did you mean 'kill'? (help lists them)\n"
    assert sh.run("kill -0 1") == ""
    assert sh.run("kill 999") == "kill: cannot send a signal to '999': No such process\n"
    sh.type("exit 9\r")
    assert sh.end() == 9


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("line", ["cat", "top 1000", "cat /dev/zero > /dev/null", "top 1000 > /f"])
def test_ctrl_c_ends_a_command(target, line, shell):
    sh = shell(target)
    sh.type(f"{line}\r")
    sh.expect(f"{line}\n")
    time.sleep(0.3)
    sh.type("\x03")
    sh.expect("^C")
    sh.shown()
    for _ in range(20):  # as soon as the prompt is there: before or after the shell waits
        sh.type("half a line\x03")
        sh.expect("^C")
        sh.shown()
    assert sh.run("echo still here") == "still here\n"
    sh.type("kill -TERM 1\r")
    assert sh.end() == 128 + 15


@pytest.mark.parametrize("target", TARGETS)
def test_one_command_and_an_initrd(target, image_of, tmp_path):
    (tmp_path / "greeting").write_text("hello from outside\n")
    platform, architecture = target.split("-")
    clean = {k: v for k, v in os.environ.items() if k not in ("MEM", "CPUS", "MACHINE", "V", "PARAMS")}
    for words, shown, status in (("cat /greeting", "hello from outside\n", 0), ("rm 'no where'", "No such file", 1)):
        done = subprocess.run([os.path.join(guest.ROOT, "support/run/run")], capture_output=True, text=True, check=False,
                              stdin=subprocess.DEVNULL, timeout=guest.LIMIT,
                              env={**clean, "UK_IMAGE": image_of(target), "UK_PLAT": platform, "UK_ARCH": architecture,
                                   "UK_TARGET": target, "INITRD": str(tmp_path), "ARGS": words})
        assert shown in done.stdout.replace("\r", "") and done.returncode == status, done.stdout + done.stderr


@pytest.mark.skipif(not LONG, reason="two more images: in make check-all")
@pytest.mark.parametrize("target", ["kvm-arm64", "xen-x86_64"])
def test_a_session_elsewhere(target, shell):
    sh = shell(target)
    assert sh.run("mkdir -p /a/b") == "" and sh.run("echo hello > /a/b/f") == "" and sh.run("cp -r /a /z") == ""
    assert sh.run("cat /z/b/f") == "hello\n" and sh.run("rm -r /a /z") == "" and sh.run("ls /") == "dev\nproc\ntmp\n"
    assert re.search(r"^ +1 +0 running +- +main$", sh.run("ps"), re.M)
    assert "devfs on /dev type devfs (rw" in sh.run("mount") and sh.run("kill -0 1") == ""
    assert sh.run("cat nowhere") == "cat: cannot read 'nowhere': No such file or directory\n"
    sh.type("exit 7\r")
    assert sh.end() == 7


def test_a_folder_of_the_host(shell, tmp_path):
    inside, read_only = tmp_path / "in", tmp_path / "ro"
    for folder in (inside, read_only):
        folder.mkdir()
        (folder / "note").write_text("from the host\n")
    (tmp_path / "secret").write_text("nobody's business\n")
    (inside / "out").symlink_to(tmp_path)
    entries = f'"{inside}:/in:hostfs:::mkmp" "{read_only}:/ro:hostfs:ro::mkmp"'
    sh = shell("linuxu-x86_64", f"vfs.fstab=[ {entries} ] --")
    assert sh.run("cat /in/note") == "from the host\n"
    assert sh.run("echo from the image > /in/answer") == "" and (inside / "answer").read_text() == "from the image\n"
    assert sh.run("mkdir -p /in/a/b") == "" and sh.run("mv /in/answer /in/a/b") == "" and sh.run("ls /in") == "a\nnote\nout\n"
    assert (inside / "a/b/answer").stat().st_mode & 0o777 == 0o644
    assert sh.run("cp -r /in/a /copy") == "" and sh.run("cat /copy/b/answer") == "from the image\n"
    assert sh.run("cp -r /copy /in/back") == "" and sh.run("rm -r /in/a") == ""
    assert sorted(one.name for one in inside.iterdir()) == ["back", "note", "out"]
    (inside / "note").write_text("changed\n")
    assert sh.run("cat /in/note") == "changed\n"
    for way in ("/in/out/secret", "/in/../secret", f"{tmp_path}/secret"):
        assert sh.run(f"cat {way}") == f"cat: cannot read '{way}': No such file or directory\n"
    assert sh.run("cat /ro/note") == "from the host\n"
    assert sh.run("echo x > /ro/note") == "echo: cannot write to '/ro/note': Read-only file system\n"
    assert sh.run("rm -r /ro/note") == "rm: cannot remove '/ro/note': Read-only file system\n"
    assert (read_only / "note").read_text() == "from the host\n"
    assert f"{inside} on /in type hostfs (rw" in sh.run("mount")
    sh.folder = "/in/back/b"
    assert sh.run("cd /in/back/b") == "" and sh.run("pwd") == "/in/back/b\n"
    sh.type("exit 3\r")
    assert sh.end() == 3


@pytest.mark.parametrize("damage, said", [
    (lambda archive: archive[:2000], "content that is cut off"),
    (lambda archive: archive[:50], "at byte 0: a header that is cut off"),
    (lambda archive: archive.replace(b"etc/motd", b"../../md"), "a path with '..'"),
    (lambda archive: b"\x1f\x8b" + archive, "at byte 0: compressed (gzip)"),
], ids=["content", "header", "path", "compressed"])
def test_a_damaged_initrd_is_said(damage, said, image_of, tmp_path):
    """The boot goes on, and whoever looks for a file gets EIO."""
    folder = tmp_path / "files"
    (folder / "etc").mkdir(parents=True)
    (folder / "etc/motd").write_text("x" * 5000)
    subprocess.run([os.path.join(guest.ROOT, "support/cpio/pack"), folder, tmp_path / "a.cpio"], check=True)
    (tmp_path / "a.cpio").write_bytes(damage((tmp_path / "a.cpio").read_bytes()))
    done = subprocess.run([image_of("linuxu-x86_64"), "cat", "/etc/motd"], capture_output=True, text=True, check=False,
                          stdin=subprocess.DEVNULL, timeout=guest.LIMIT, env={"UK_INITRD": str(tmp_path / "a.cpio")})
    shown = done.stdout + done.stderr
    assert "ERR:  [cpiofs] the archive is damaged " in shown and said in shown, shown
    assert "cat: cannot read '/etc/motd': Input/output error" in shown and done.returncode == 1, shown


@pytest.mark.parametrize("target", TARGETS)
def test_metrics(target, shell):
    sh = shell(target)
    text = sh.run("metrics")
    names = re.findall(r"^# HELP (\S+) \S", text, re.M)
    assert names == re.findall(r"^# TYPE (\S+) (?:counter|gauge)$", text, re.M) and len(set(names)) == len(names)
    assert {"microlith_uptime_seconds", "microlith_heap_bytes", "microlith_context_switches_total"} <= set(names)
    assert all(re.fullmatch(r'# .*|microlith_\w+({level="\w+"})? [0-9.]+', line) for line in text.splitlines())
    assert sh.run("cat /proc/metrics").count("\n") == text.count("\n")

    def value(name):
        return float(re.search(rf"^microlith_{name} (\S+)$", sh.run(f"metrics {name}"), re.M)[1])
    before = value("uptime_seconds")
    assert 0 < before < value("uptime_seconds") < 600
    assert value("threads") == 1 and value("open_descriptors") >= 3
    switches = value("context_switches_total")
    sh.run("top 1 1")
    assert value("context_switches_total") > switches > 0
    assert sh.run("metrics nothing") == "metrics: there is none whose name contains 'nothing'\n"
    if target == TARGETS[0]:  # Prometheus's own reader; all targets write the same
        done = subprocess.run([*debian_tools.command("promtool"), "check", "metrics"], input=text, capture_output=True, text=True,
                              check=False)
        assert (done.returncode, done.stdout + done.stderr) == (0, "")
