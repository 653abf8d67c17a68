# SPDX-License-Identifier: BSD-3-Clause
"""What calls answer for each kind of descriptor is what the host's kernel answers: tests/descriptors, here and there."""
import errno
import glob
import os
import re
import shutil
import subprocess
import tempfile

import guest
import pytest

TARGET = f"linuxu-{os.uname().machine.replace('aarch64', 'arm64')}"
# Differences that stay: what the host says, what the image says, and why. The lines are `kind call: host | ours`.
KNOWN = [
    (r".* (readv|writev)_wrong: .*", "two mistakes in one call; which comes first changed after Linux 6.1"),
    (r"(timerfd|signalfd|epoll) (readv|writev)_none: .*", "without a read or write of their own Linux says EINVAL even of nothing"),
    (r"eventfd writev: EINVAL \| 8", "Linux writes piece by piece, and each has to have 8 bytes"),
    (r"(temporary|memory) proc_link: .*", "of a file without a name only that it was deleted is known"),
    (r"memory (getfl|setfl): .*", "it is a temporary file of a file system of its own"),
    (r"(memory|proc-stat|zero|null|full|urandom) (copy|sendfile)_\w+: .*",
     "copies between file systems, and from what Linux cannot splice (after 6.1 that is more)"),
    (r"pipe-\S+ proc_open: 0 \| ENXIO", "/proc/self/fd leads to nothing that has no path"),
    (r"(eventfd|timerfd|signalfd|epoll) (fchmod|fchown|fchownat_empty|futimens): .*",
     "all of them share one node: EOPNOTSUPP since it is protected from that, which came after 6.1"),
    (r"(epoll|urandom) (available|window_size|ioctl_wrong|termios|isatty): EINVAL \| ENOTTY", "no request that they know"),
    (r"(unix-datagram|tcp-listener|udp) write_nowhere: .*", "two mistakes in one call"),
    (r"tcp-listener connect: EISCONN \| EAFNOSUPPORT", "two mistakes in one call"),
    (r"tcp(-listener)? map_\w+: .*", "Linux maps what was received"),
    (r"urandom write_nowhere: EFAULT \| 8", "what is written there is not even looked at"),
    (r"(proc|proc-stat) (seek_(end|data|hole)|f(data)?sync|fchown(at_empty)?|xattr_remove|pwrite\w*|mkdirat|unlinkat|symlinkat): .*",
     "procfs is read-only here, and its files have no size and nothing to write back"),
    (r"\S+ xattr_(get|set|remove|list): EOPNOTSUPP \| .*", "tmpfs has user. attributes since Linux 6.6"),
]
KNOWN_TO_ROOT = [(r"\S+ linkat_empty: ENOENT \| .*", "needs a capability")]
NAMES = {**errno.errorcode, errno.EOPNOTSUPP: "EOPNOTSUPP"}  # not ENOTSUP, which is the same


def table(text: str) -> dict:
    """{(kind, call): answer}, errors by name."""
    assert text.endswith("end\n"), text[-300:]
    found = {}
    for kind, call, answer in re.findall(r"^([a-z-]+) (\w+) (.+)$", text, re.M):
        found[kind, call] = re.sub(r"^-(\d+)", lambda number: NAMES[int(number[1])], answer)
    return found


@pytest.fixture(scope="module", name="hosts")
def hosts_answers(tmp_path_factory):
    program = str(tmp_path_factory.mktemp("host") / "descriptors")
    subprocess.run(["gcc", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror", "-o", program,
                    *glob.glob(f"{guest.ROOT}/tests/descriptors/*.c")], check=True)
    folder = tempfile.mkdtemp(dir="/dev/shm")  # in memory, as the image's files are
    try:
        done = subprocess.run([program, f"{folder}/t"], stdout=subprocess.PIPE, text=True, check=True, timeout=guest.LIMIT)
    finally:
        shutil.rmtree(folder)
    return table(done.stdout)


@pytest.fixture(scope="module", name="ours")
def our_answers(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ours")
    done = guest.make_in_tree("A=tests/descriptors", f"T={TARGET}", f"O={folder}")
    assert done.returncode == 0, done.stdout + done.stderr
    text, status = guest.run_image(str(folder / f"descriptors_{TARGET}"), TARGET, "/t")
    assert status == 0, text[-300:]
    return table(text.replace("\r", ""))


def test_all_kinds_can_be_opened_there_and_here(hosts, ours):
    assert len(hosts) > 3000 and set(hosts) == set(ours)


def test_calls_answer_what_the_hosts_kernel_does(hosts, ours):
    known = KNOWN if os.geteuid() == 0 else KNOWN + KNOWN_TO_ROOT
    lines = [f"{kind} {call}: {hosts[kind, call]} | {ours.get((kind, call))}" for kind, call in hosts
             if hosts[kind, call] != ours.get((kind, call))]
    surprising = [line for line in lines if not any(re.fullmatch(pattern, line) for pattern, _ in known)]
    assert not surprising, "kind call: host | ours\n" + "\n".join(surprising)
