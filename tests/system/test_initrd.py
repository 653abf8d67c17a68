# SPDX-License-Identifier: BSD-3-Clause
"""INITRD=: folders and archives reach the image on every target, whole and for as long as it runs; what cannot be is said."""
import functools
import gzip
import os
import random
import re
import subprocess
import sys
import zlib

import guest
import pytest

sys.path.append(os.path.join(guest.ROOT, "support/cpio"))
import cpio  # noqa: E402

RUN = os.path.join(guest.ROOT, "support/run/run")
XEN = "xen-x86_64"
ALL = [(target, "") for target in guest.TARGETS] + [("kvm-x86_64", "microvm"), (XEN, "dom0"), (XEN, "domu")]
ANYHOW = [each for each in ALL if each[1] != "domu"]  # a domain with the same archive: test_xen.py
MEBIBYTE = 1 << 20
LONG = "UK_CHECK_ALL" in os.environ


def started(target: str, words: str, image="", **settings) -> tuple:
    """(console, status) of `make run`, without make."""
    platform, architecture = target.split("-")
    names = ("ARGS", "PARAMS", "MEM", "CPUS", "MACHINE", "V", "ACCEL", "INITRD")
    clean = {k: v for k, v in os.environ.items() if k not in names}
    done = subprocess.run([RUN], capture_output=True, text=True, errors="replace", stdin=subprocess.DEVNULL, check=False, timeout=300,
                          env={**clean, "UK_IMAGE": image or guest.build(target), "UK_PLAT": platform, "UK_ARCH": architecture,
                               "UK_TARGET": target, "ARGS": words, **{k: str(v) for k, v in settings.items()}})
    return done.stdout.replace("\r", "") + done.stderr, done.returncode


def members(console: str) -> dict:
    """{path: (mode, time, names, size)}"""
    found = re.findall(r"^# member (\d+) (\d+) (\d+) (\d+) '(.*)'$", console, re.M)
    return {path: (int(mode, 8), int(mtime), int(links), int(size)) for mode, mtime, links, size, path in found}


@functools.cache
def big_data() -> bytes:
    return random.Random(6).randbytes(20 * MEBIBYTE - 123)


def fill(folder, data: bytes) -> str:
    folder.mkdir()
    (folder / "big").write_bytes(data)
    (folder / "sum").write_text(str(zlib.adler32(data)))
    return str(folder)


@pytest.mark.parametrize("target, machine", ALL if LONG else ANYHOW)
def test_an_archive_stays_whole(tmp_path, target, machine):
    """20 MiB, while every frame of memory that there is is written over."""
    settings = {} if target.startswith("linuxu") else {"MEM": "64M", "MACHINE": machine}
    console, status = started(target, "initrd_outlives", INITRD=fill(tmp_path / "files", big_data()), **settings)
    assert status == 0 and "\n# 1 passed, 0 failed, 0 skipped\n" in console, console


@pytest.mark.parametrize("target, cpus", [*((target, 1) for target in (*guest.TARGETS, XEN)), ("kvm-x86_64", 4),
                                          *([("linuxu-x86_64", 4), ("linuxu-arm64", 4), ("kvm-arm64", 4), (XEN, 2)] if LONG else [])])
def test_files_in_place_are_whole(tmp_path, target, cpus):
    """Read, and written over in memory, by four threads at once; lib/cpiofs/tests/cpiofs_guest.cpp knows every byte."""
    (tmp_path / "files/bytes").mkdir(parents=True)
    for file in range(24):
        size = file * 997 % 20000 + file
        (tmp_path / f"files/bytes/{file}").write_bytes(bytes((file * 31 + at * 7 + (at >> 8)) & 255 for at in range(size)))
    image = guest.build_smp(target) if cpus > 1 else ""
    more = {"UK_CPUS": cpus} if target.startswith("linuxu") else {"CPUS": cpus}
    console, status = started(target, "files_in_place", image, INITRD=tmp_path / "files", **more)
    assert status == 0 and "\n# 1 passed, 0 failed, 0 skipped\n" in console, console


@pytest.mark.parametrize("target", [*guest.TARGETS, XEN])
def test_folders_and_archives_follow_each_other(tmp_path, target):
    files = tmp_path / "some files"
    fill(files, b"small")
    (files / "empty").mkdir(mode=0o700)
    (files / "link").symlink_to("no/where")
    os.link(files / "sum", files / "zum")
    os.chmod(files / "big", 0o4751)
    os.utime(files / "big", (1, 1000000000))
    more = cpio.Archive()
    more.file("more/file", b"12345", 0o600)
    (tmp_path / "more,1.cpio").write_bytes(more.finish()[:-100])  # and the end of the block is missing
    console, status = started(target, "initrd", INITRD=f"{files}:{tmp_path / 'more,1.cpio'}")
    assert status == 0 and "\n# 2 passed, 0 failed, 0 skipped\n" in console, console
    seen = members(console)
    assert sorted(seen) == ["", "big", "empty", "link", "more", "more/file", "sum", "zum"]
    assert seen["big"] == (0o104751, 1000000000, 1, 5)
    assert seen["empty"][0] == 0o40700 and seen["link"][0] == 0o120777 and seen["link"][3] == 8
    assert seen["sum"][2:] == (2, 0) and seen["zum"][2] == 2 and seen["zum"][3] > 0  # the last name has the content
    assert seen["more/file"] == (0o100600, 0, 1, 5) and "# damage" not in console


def digits_that_are_none(archive: bytes, path: bytes) -> bytes:
    """The mode in the header of this member is none."""
    header = archive.rindex(b"070701", 0, archive.index(path))
    return archive[:header + 14] + b"0000816x" + archive[header + 22:]


DAMAGE = {
    "content": (lambda archive: archive[:2000], "content that is cut off"),
    "header": (lambda archive: archive[:50], "a header that is cut off"),
    "path": (lambda archive: archive.replace(b"in/it", b"../it"), "a path with '..'"),
    "digits": (lambda archive: digits_that_are_none(archive, b"in/it"), "a number that is not 8 hexadecimal digits"),
}


@pytest.mark.parametrize("target", [*guest.TARGETS, XEN])
@pytest.mark.parametrize("name", DAMAGE if LONG else ["digits"])
def test_a_damaged_archive_is_read_up_to_the_damage(tmp_path, name, target):
    """And the boot goes on. Whoever looks for a file gets EIO: test_shell.py."""
    harm, said = DAMAGE[name]
    archive = tmp_path / "damaged.cpio"
    (tmp_path / "files/in").mkdir(parents=True)
    (tmp_path / "files/in/it").write_bytes(bytes(5000))
    archive.write_bytes(harm(cpio.pack(str(tmp_path / "files"))))
    console, status = started(target, "initrd_lists", INITRD=archive)
    assert status == 0 and "\n# 1 passed, 0 failed, 0 skipped\n" in console, console
    found = re.search(r"^# damage (\d+) '(.*)'$", console, re.M)
    assert found and found[2] == said, console
    assert list(members(console)) == (["", "in"] if int(found[1]) > 0 else [])


def test_without_one_there_is_none():
    console, status = started("linuxu-x86_64", "initrd")
    assert "# 0 passed, 0 failed, 2 skipped\n" in console and status == 1, console


@pytest.mark.parametrize("target, machine", [(target, machine) for target, machine in ALL if not target.startswith("linuxu")])
def test_too_little_memory_is_said_first(tmp_path, target, machine):
    """The word names a size, and that size is enough to start."""
    files = fill(tmp_path / "files", big_data())
    console, status = started(target, "initrd_lists", INITRD=files, MEM="8M", MACHINE=machine)
    found = re.fullmatch(r"error: MEM=8M: too little for INITRD=.*, an archive of 20481 KiB: .*; give it MEM=(\d+)M or more\n", console)
    assert status == 1 and found, console
    assert int(found[1]) < 56
    if machine != "domu":  # takes long, and is the same image and archive
        console, status = started(target, "initrd_lists", INITRD=files, MEM=f"{found[1]}M", MACHINE=machine)
        assert status == 0 and "\n# 1 passed, 0 failed, 0 skipped\n" in console, console


@pytest.mark.parametrize("name, content, text", [
    ("gone", None, "there is no such file or folder"),
    ("empty", b"", "is empty"),
    ("files.cpio.gz", gzip.compress(b"070701"), r"is compressed with gzip, and images read archives in place; gunzip -c \S+ >files.cpio"),
    ("files.zst", b"\x28\xb5\x2f\xfd....", r"is compressed with zstd, .*; zstd -dc \S+ >files.cpio"),
    ("old", b"070707" + b"0" * 200, "is a cpio archive of the old format odc; unpack it and give the folder"),
    ("tar", b"a".ljust(257, b"\0") + b"ustar\0" + bytes(249), "is a tar archive; unpack it and give the folder"),
    ("text", b"hello, world\n", "is no cpio archive .*"),
], ids=lambda value: value if isinstance(value, str) and value.isalpha() else "")
def test_what_is_no_archive_is_said_before_anything_is_built(tmp_path, name, content, text):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    done = guest.make_in_tree("A=apps/hello", "T=linuxu-x86_64", f"O={tmp_path}/out", f"INITRD={path}", "run")
    assert done.returncode != 0 and re.search(f"^error: INITRD={path}: {text}$", done.stderr, re.M), done.stderr
    assert not os.path.exists(f"{tmp_path}/out/hello_linuxu-x86_64")


def test_an_image_that_reads_none_is_not_given_one(tmp_path):
    folder = tmp_path / "files"
    folder.mkdir()
    config = tmp_path / "config"
    config.write_text("# CONFIG_LIBUKBOOT_INITRD is not set\n")
    for target in ("linuxu-x86_64", "kvm-x86_64"):
        console, status = started(target, "initrd", INITRD=folder, UK_CONFIG=config)
        assert status == 1 and re.fullmatch(r"error: INITRD=.*: this image reads no archive; the option LIBUKBOOT_INITRD .*\n", console)


def process(target: str, initrd: str, *words, limit=60, **how):
    return subprocess.run([*guest.EMULATOR.get(target, []), guest.build(target), *words], capture_output=True, text=True, errors="replace",
                          check=False, timeout=limit, stdin=subprocess.DEVNULL, env={"UK_INITRD": initrd}, **how)


@pytest.mark.parametrize("target", ["linuxu-x86_64", "linuxu-arm64"])
def test_a_process_finds_it_by_itself(tmp_path, target):
    (tmp_path / "a.cpio").write_bytes(cpio.pack(fill(tmp_path / "files", b"small")))
    done = process(target, "a.cpio", "initrd", cwd=tmp_path)
    assert done.returncode == 0 and sorted(members(done.stdout)) == ["", "big", "sum"], done.stdout + done.stderr
    (tmp_path / "none").write_bytes(b"")
    for name, text in (("none", "is empty, or has no length"), ("gone", "there is no such file"),
                       ("files", "is a folder; support/cpio/pack makes an archive of it"), ("", "there is no such file")):
        done = process(target, name, "initrd", cwd=tmp_path)
        assert (done.returncode, done.stderr) == (126, f"Microlith: UK_INITRD={name}: {text}\n"), done.stdout + done.stderr


def test_a_process_cannot_read_what_it_may_not(tmp_path):
    (tmp_path / "secret").write_bytes(b"070701")
    os.chmod(tmp_path / "secret", 0)
    os.chmod(tmp_path, 0o755)
    user = {"user": 65534} if os.geteuid() == 0 else {}
    image = tmp_path / "image"
    image.write_bytes(open(guest.build("linuxu-x86_64"), "rb").read())
    image.chmod(0o755)
    for folder in tmp_path.parents[:2]:
        os.chmod(folder, 0o755)
    done = subprocess.run([str(image)], capture_output=True, text=True, check=False, timeout=60, env={"UK_INITRD": f"{tmp_path}/secret"}, **user)
    assert done.returncode == 126 and done.stderr.endswith(": the host does not let this process read it\n"), done.stderr


def test_the_packer_gives_the_same_bytes(tmp_path):
    first = fill(tmp_path / "a", b"x")
    os.utime(f"{first}/big", (5, 5))
    second = tmp_path / "b"
    subprocess.run(["cp", "-a", first, second], check=True)
    assert cpio.pack(first) == cpio.pack(str(second))
    os.utime(f"{second}/big", (6, 6))
    assert cpio.pack(first) != cpio.pack(str(second)) and cpio.pack(first, plain=True) == cpio.pack(str(second), plain=True)
    listed = subprocess.run(["cpio", "-t", "--quiet"], input=cpio.pack(first), capture_output=True, check=True).stdout
    assert listed == b".\nbig\nsum\n"
    os.mkfifo(f"{first}/fifo")
    (tmp_path / "a/TRAILER!!!").write_text("no end")
    listed = subprocess.run(["cpio", "-t", "--quiet"], input=cpio.pack(first), capture_output=True, check=True).stdout
    assert listed == b".\n./TRAILER!!!\nbig\nfifo\nsum\n"
