# SPDX-License-Identifier: BSD-3-Clause
"""support/setup with a fake machine: an apt-get that writes down how it was called, and no tools but those wanted."""
import os
import shutil
import subprocess
import time

import gatelib
import pytest

SETUP = os.path.join(gatelib.ROOT, "support/setup")
FILES = ["usr/include/stdio.h", "usr/bin/python3", "usr/lib/python3/dist-packages/kconfiglib.py"]
APT = """#!/bin/sh
echo "$@" >>"$LOG"
case "$*" in
*update*) : >"$LISTS" ;;
*--print-uris*) [ -e "$LISTS" ] || exit 100
    echo "'http://mirror/qemu.deb' qemu.deb 12345678 SHA256:0"; echo "'http://mirror/x.deb' x.deb 1000000 SHA256:0" ;;
*install*) [ -e "$LISTS" ] || exit 100; [ ! -e "$LISTS.broken" ] || exit 100 ;;
esac
"""


class Machine:
    def __init__(self, folder):
        self.folder, self.bin = folder, folder / "bin"
        self.bin.mkdir()
        self.log, self.lists = folder / "log", folder / "lists"
        self.log.write_text("")
        self.lists.write_text("")
        for tool in ("sh", "env"):
            os.symlink(shutil.which(tool), self.bin / tool)
        for name in FILES:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text("")
        self.script("dpkg", "#!/bin/sh\n")
        self.script("apt-get", APT)
        self.user(1000)

    def script(self, name, text="#!/bin/sh\n"):
        (self.bin / name).write_text(text)
        (self.bin / name).chmod(0o755)

    def user(self, number):
        self.script("id", f"#!/bin/sh\necho {number}\n")

    def has(self, *commands):
        for command in commands:
            self.script(command)

    def run(self, *words, **variables):
        env = {"PATH": str(self.bin), "UK_SETUP_ROOT": str(self.folder), "LOG": str(self.log), "LISTS": str(self.lists)}
        return subprocess.run([SETUP, *words], env={**env, **variables}, capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, check=False)

    def calls(self):
        return self.log.read_text()


@pytest.fixture
def machine(tmp_path):
    return Machine(tmp_path)


def test_all_there_says_nothing(machine):
    machine.has("make", "g++", "ld", "qemu-system-x86_64")
    done = machine.run("kvm-x86_64")
    assert (done.returncode, done.stdout, done.stderr, machine.calls()) == (0, "", "", "")


def test_user_without_terminal_gets_the_command(machine):
    machine.has("make", "g++", "ld", "sudo")
    done = machine.run("kvm-x86_64")
    assert done.returncode == 1
    assert "lacks: qemu-system-x86_64" in done.stderr
    assert "qemu-system-x86 (14 MB to download)" in done.stderr
    assert "sudo sh -c 'apt-get install -y --no-install-recommends qemu-system-x86'" in done.stderr
    assert "Nothing was installed" in done.stderr and "\ninstall" not in machine.calls()


def test_root_installs(machine):
    machine.has("make", "ld")
    machine.user(0)
    assert machine.run("build").returncode == 0
    assert machine.calls().splitlines()[-1] == "install -y --no-install-recommends g++"


def test_root_with_empty_lists_updates_first(machine):
    machine.has("make", "ld")
    machine.user(0)
    machine.lists.unlink()
    done = machine.run("build")
    assert done.returncode == 0 and "Size: 14 MB" in done.stderr
    words = [line.split()[0] for line in machine.calls().splitlines()]
    assert words.index("update") < words.index("install")


def test_install_that_fails_says_so(machine):
    machine.has("make", "ld")
    machine.user(0)
    (machine.folder / "lists.broken").write_text("")
    done = machine.run("build")
    assert done.returncode == 1 and "install by hand: apt-get install" in done.stderr


@pytest.mark.parametrize("user", [0, 1000])
def test_uk_install_no_never_installs(machine, user):
    machine.has("make", "sudo")
    machine.user(user)
    done = machine.run("linuxu-x86_64", UK_INSTALL="no")
    assert done.returncode == 1 and "apt-get install -y --no-install-recommends g++ binutils" in done.stderr
    assert all("--print-uris" in line for line in machine.calls().splitlines())


def test_uk_install_yes_uses_sudo(machine):
    machine.has("make", "ld")
    machine.script("sudo", '#!/bin/sh\necho sudo >>"$LOG"\nexec "$@"\n')
    assert machine.run("build", UK_INSTALL="yes").returncode == 0
    assert "sudo\ninstall -y" in machine.calls()


def test_missing_files_count(machine):
    machine.has("make", "g++", "ld")
    (machine.folder / FILES[2]).unlink()
    assert "python3-kconfiglib" in machine.run("build").stderr


def test_not_debian(machine):
    os.unlink(machine.bin / "apt-get")
    done = machine.run("build")
    assert done.returncode == 1 and "not Debian" in done.stderr and "make g++ binutils" in done.stderr


def test_unknown_word(machine):
    done = machine.run("dance")
    assert done.returncode == 2 and "known: build" in done.stderr


def test_check_names_all_its_packages(machine):
    wanted = machine.run("check").stderr
    for package in ("clang", "lld", "clang-tidy", "clang-format", "libclang-rt-dev", "python3-pytest", "libgtest-dev", "check",
                    "qemu-system-x86", "grub-pc-bin", "grub-common", "xorriso", "mtools", "gdb", "strace", "git"):
        assert f" {package} " in wanted.replace("(", " ")


def test_fast_when_nothing_is_missing():
    times = []
    for _ in range(5):
        before = time.monotonic()
        done = subprocess.run([SETUP, "build"], capture_output=True, check=False, env={**os.environ, "UK_INSTALL": "no"})
        times.append(time.monotonic() - before)
        assert done.returncode == 0
    assert min(times) < 0.02
