# SPDX-License-Identifier: BSD-3-Clause
"""Xen and what its control domain needs, from Debian's packages: fetched and unpacked once into a folder, not installed."""
import fcntl
import glob
import gzip
import lzma
import os
import re
import shutil
import struct
import subprocess
import sys

BASE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.append(os.path.join(BASE, "support/cpio"))
from cpio import Archive  # noqa: E402

LAYOUT = "4"  # of the folder; a new number makes everybody's anew
HYPERVISOR = ["xen-hypervisor-4.17-amd64"]
DOMAIN = ["xen-utils-4.17", "xenstore-utils", "libxenmisc4.17", "libxencall1", "libxendevicemodel1", "libxenevtchn1",
          "libxenforeignmemory1", "libxengnttab1", "libxenhypfs1", "libxenstore4", "libxentoolcore1", "libxentoollog1",
          "libyajl2", "busybox-static", "libc6", "zlib1g", "liblzma5", "libzstd1", "libuuid1", "libgcc-s1", "libbz2-1.0",
          "liblzo2-2"]
KERNEL = "linux-image-amd64"  # the cloud kernel cannot be a control domain
PROGRAMS = ["xl", "xenstored", "xenconsoled", "xen-init-dom0"]
STORE_PROGRAMS = ["xenstore-read", "xenstore-write", "xenstore-ls"]
MODULES = ["xen-evtchn", "xen-gntdev", "xen-gntalloc", "xen-privcmd", "xenfs"]  # in this order; none needs others
LOADED_LATER = ["libgcc_s.so.1"]  # by pthread_cancel(), in libxl


class Missing(Exception):
    """The packages cannot be had; the text says why and what to do."""


def folder() -> str:
    return os.path.join(os.environ.get("UK_CACHE") or os.path.join(BASE, "build"), "xen")


def output(command: list, where: str = ".") -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=where)
    except FileNotFoundError as why:
        raise Missing(f"error: Xen comes from Debian's packages, and {command[0]} is not there; T=xen-x86_64 images can be "
                      "built here, but run only on a machine with Debian 12 or with Xen") from why
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise Missing(f"error: Debian's packages of Xen cannot be had: {' '.join(command[:2])}: {last}\n"
                      "  They are those of Debian 12; an old list of packages is renewed by: apt-get update")
    return done.stdout


def kernel_package() -> str:
    found = re.search(r"^Depends:.*?\b(linux-image-\d\S*)", output(["apt-cache", "show", KERNEL]), re.M)
    if not found:
        raise Missing(f"error: apt knows no package {KERNEL}; try: apt-get update")
    return found[1]


def needed(path: str) -> list:
    return re.findall(r"\(NEEDED\).*\[(.+)\]", output(["readelf", "-dW", path]))


def with_libraries(tree: str, programs: list) -> list:
    """The programs and every library that they need, as files in `tree`."""
    where = {os.path.basename(path): path for path in glob.glob(f"{tree}/**/*.so*", recursive=True)}
    found, wanted = [], list(programs) + [where[name] for name in LOADED_LATER]
    while wanted:
        path = wanted.pop()
        if path in found:
            continue
        found.append(path)
        for name in needed(path):
            if name not in where:
                raise Missing(f"error: {os.path.basename(path)} needs {name}, which none of the packages has")
            wanted.append(where[name])
    return found


def control_domain(tree: str, kernel: str) -> bytes:
    """The files of the control domain, but for /init."""
    archive = Archive()
    tools = f"{tree}/usr/lib/xen-4.17/bin"
    programs = [f"{tools}/{name}" for name in PROGRAMS] + [f"{tree}/usr/bin/xenstore"]
    for path in with_libraries(tree, programs):
        place = "lib/x86_64-linux-gnu" if ".so" in os.path.basename(path) else "bin"
        with open(path, "rb") as file:
            archive.file(f"{place}/{os.path.basename(path)}", file.read())
    archive.link("lib64", "lib/x86_64-linux-gnu")
    for name in STORE_PROGRAMS:
        archive.link(f"bin/{name}", "xenstore")
    with open(f"{tree}/bin/busybox", "rb") as file:
        archive.file("bin/busybox", file.read())
    archive.link("bin/sh", "busybox")
    for name in MODULES:
        with open(glob.glob(f"{kernel}/lib/modules/*/kernel/drivers/xen/**/{name}.ko", recursive=True)[0], "rb") as file:
            archive.file(f"modules/{name}.ko", file.read())
    for path in ("proc", "sys", "dev", "run/xen", "run/lock", "var/lib/xen", "var/lib/xenstored", "var/lock",
                 "var/log/xen/console", "tmp"):
        archive.folder(path)
    archive.link("var/run", "../run")
    archive.file("etc/xen/xl.conf", b'autoballoon="off"\n', 0o644)
    return archive.finish()


def unpack(archives: str, work: str) -> None:
    for name in sorted(os.listdir(archives)):
        path = os.path.join(archives, name)
        if not name.startswith("linux-image-"):
            output(["dpkg", "-x", path, os.path.join(work, "hypervisor" if name.startswith("xen-hypervisor") else "tree")])
            continue
        os.makedirs(f"{work}/kernel")
        with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", path], stdout=subprocess.PIPE) as source:
            subprocess.run(["tar", "-x", "-C", f"{work}/kernel", "--wildcards", "./boot/vmlinuz-*",
                            "./lib/modules/*/kernel/drivers/xen/*"], stdin=source.stdout, check=True)


def unpacked(kernel: bytes) -> bytes:
    """The ELF file in a bzImage, by the header of the Linux boot protocol (2.08). Xen would unpack it at each boot, which takes an
    emulated processor longer than all else that Xen does. What is not packed by xz stays as it is: Xen knows more ways."""
    offset, length = struct.unpack_from("<II", kernel, 0x248)
    payload = kernel[(kernel[0x1f1] + 1) * 512 + offset:][:length]
    if kernel[0x202:0x206] != b"HdrS" or not payload.startswith(b"\xfd7zXZ\0"):
        return kernel
    return lzma.LZMADecompressor().decompress(payload)  # behind it lies the length once more


def fetch(place: str, say) -> None:
    work = place + ".partial"
    shutil.rmtree(work, ignore_errors=True)
    archives = os.path.join(work, "archives")
    os.makedirs(archives)
    names = [*HYPERVISOR, *DOMAIN, kernel_package()]
    sizes = re.findall(r"^'\S+' \S+ (\d+)", output(["apt-get", "-qq", "--print-uris", "download", *names], archives), re.M)
    say(f"Xen for T=xen-x86_64: fetching {len(names)} of Debian's packages, {sum(map(int, sizes)) // 1000000} MB, and "
        f"unpacking them into {place} (80 MB); nothing is installed")
    output(["apt-get", "-qq", "download", *names], archives)
    unpack(archives, work)
    result = os.path.join(work, "result")
    os.makedirs(result)
    with gzip.open(glob.glob(f"{work}/hypervisor/boot/xen-*-amd64.gz")[0]) as source, \
            open(f"{result}/xen.elf", "wb") as file:
        shutil.copyfileobj(source, file)
    with open(glob.glob(f"{work}/kernel/boot/vmlinuz-*")[0], "rb") as source, open(f"{result}/vmlinux", "wb") as file:
        file.write(unpacked(source.read()))
    with open(f"{result}/dom0.cpio", "wb") as file:
        file.write(control_domain(f"{work}/tree", f"{work}/kernel"))
    with open(f"{result}/layout", "w", encoding="utf-8") as file:
        file.write(LAYOUT)
    shutil.rmtree(place, ignore_errors=True)
    os.rename(result, place)
    shutil.rmtree(work)


def is_there(place: str) -> bool:
    try:
        with open(os.path.join(place, "layout"), encoding="utf-8") as file:
            return file.read() == LAYOUT
    except OSError:
        return False


def get(say=lambda text: print(text, file=sys.stderr, flush=True)) -> str:
    """The folder with xen.elf, vmlinux and dom0.cpio, fetched if it is not there. Safe to call from several processes."""
    place = folder()
    if not is_there(place):
        os.makedirs(os.path.dirname(place), exist_ok=True)
        with open(place + ".lock", "w", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not is_there(place):
                fetch(place, say)
    return place
