#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Writes the comparison of <uk/abi/*.h> with Linux's headers: every constant, type, structure and member that our headers
have, so none can be forgotten. What Linux calls otherwise stands in the tables below.

Usage: compare.py <isa> <output folder>
Each header gives <folder>/<name>.cpp. It defines rows for abi_test.cpp, or, with -DUK_ABI_STATIC, only static assertions
(for an ISA whose programs this machine does not run).
"""
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
DEFINE = re.compile(r"^#define UK_(\w+) (.+?)(?:\s*/\*.*\*/)?$", re.M)
TYPE = re.compile(r"^typedef (?!struct)\w+ uk_(\w+);", re.M)
MEMBER = re.compile(r"^(?:(?:struct|union|const|unsigned)\s+)*[\w ]*?[\s*]+(\w+)(?:\[\w+(?: / \w+)?\])*(?:\s*__attribute__\(\(.*\)\))?$")

# Header -> what Linux has it in: its own headers, or the C library's where Linux exports none.
HOSTS = {
    "auxv": "linux/auxvec.h", "dirent": "dirent.h", "epoll": "linux/fcntl.h linux/eventpoll.h", "errno": "asm/errno.h",
    "eventfd": "sys/eventfd.h sys/timerfd.h sys/signalfd.h", "fcntl": "linux/fcntl.h linux/openat2.h linux/fadvise.h linux/falloc.h linux/fs.h",
    "futex": "linux/futex.h", "if": "sys/ioctl.h net/if.h", "in": "netinet/in.h", "ioctl": "stddef.h asm/ioctls.h linux/fs.h linux/sockios.h", "limits": "linux/limits.h",
    "mman": "linux/mman.h linux/memfd.h", "mount": "sys/mount.h", "poll": "linux/posix_types.h linux/poll.h", "random": "linux/random.h",
    "resource": "linux/resource.h", "sched": "sched.h linux/sched.h", "signal": "linux/signal.h asm/siginfo.h", "signalfd": "sys/signalfd.h",
    "socket": "sys/socket.h", "tcp": "netinet/tcp.h", "un": "sys/socket.h linux/un.h",
    "stat": "sys/stat.h", "statfs": "asm/statfs.h sys/statvfs.h", "syscall": "asm/unistd.h", "sysinfo": "linux/sysinfo.h", "termios": "asm/termios.h",
    "time": "linux/time.h linux/times.h linux/utime.h linux/param.h", "types": "sys/types.h linux/posix_types.h",
    "ucontext": "linux/signal.h asm/sigcontext.h asm/ucontext.h",
    "uio": "linux/uio.h linux/fs.h", "unistd": "unistd.h", "utsname": "linux/utsname.h", "wait": "linux/wait.h",
    "xattr": "linux/xattr.h linux/limits.h",
}
CONSTANTS = {
    "CLK_TCK": "HZ", "NSIG": "sizeof(sigset_t) * 8", "SIGRTMAX": "sizeof(sigset_t) * 8", "UTSNAME_LENGTH": "__NEW_UTS_LEN + 1", "IOV_MAX": "UIO_MAXIOV",
    "FD_SETSIZE": "__FD_SETSIZE", "EPOLL_CLOEXEC": "O_CLOEXEC", "MAP_FAILED": "-1", "EPOLL_PACKED": None,
    # enumerators, not macros
    **{f"TCP_{state}": f"(TCP_{state})" for state in (
        "ESTABLISHED SYN_SENT SYN_RECV FIN_WAIT1 FIN_WAIT2 TIME_WAIT CLOSE CLOSE_WAIT LAST_ACK LISTEN CLOSING").split()},
}
TYPES = {"timer_t": "__kernel_timer_t"}
STRUCTURES = {
    "stack": "stack_t", "siginfo": "siginfo_t", "utsname": "struct new_utsname", "fd_set": "__kernel_fd_set",
    "fpstate": "struct _fpstate", "aarch64_ctx": "struct _aarch64_ctx", "sigval": "sigval_t", "sigset": "sigset_t",
    "statx_timestamp": "struct statx_timestamp",
}
# Longer or shorter than ours: a name of any length, a union whose size stands outside it.
OTHER_SIZE = {"dirent64", "dirent64.d_name", "siginfo.fields"}
# Numbers at Linux, or at one of its ISAs.
NO_MEMBERS = {"sigset"}
# No constant expressions: casts between pointers and numbers.
AT_RUN_TIME = {"MAP_FAILED", "SIG_DFL", "SIG_ERR", "SIG_IGN"}
# Where a member has another name, or stands among others.
MEMBERS = {
    "sigaction.handler": "sa_handler", "sigaction.flags": "sa_flags", "sigaction.restorer": "sa_restorer",
    "sigaction.mask": "sa_mask",
    "siginfo.fields": "_sifields",
    "siginfo.fields.kill.pid": "si_pid", "siginfo.fields.kill.uid": "si_uid",
    "siginfo.fields.timer.timerid": "si_tid", "siginfo.fields.timer.overrun": "si_overrun",
    "siginfo.fields.timer.value": "si_value",
    "siginfo.fields.rt.pid": "_sifields._rt._pid", "siginfo.fields.rt.uid": "_sifields._rt._uid",
    "siginfo.fields.rt.value": "_sifields._rt._sigval",
    "siginfo.fields.child.pid": "_sifields._sigchld._pid", "siginfo.fields.child.uid": "_sifields._sigchld._uid",
    "siginfo.fields.child.status": "si_status", "siginfo.fields.child.utime": "si_utime",
    "siginfo.fields.child.stime": "si_stime",
    "siginfo.fields.fault.addr": "si_addr", "siginfo.fields.fault.addr_lsb": "si_addr_lsb",
    "siginfo.fields.fault.lower": "si_lower", "siginfo.fields.fault.upper": "si_upper",
    "siginfo.fields.poll.band": "si_band", "siginfo.fields.poll.fd": "si_fd",
    "ifreq.name": "ifr_name", "ifreq.what": "ifr_ifru", "ifreq.what.addr": "ifr_addr", "ifreq.what.dstaddr": "ifr_dstaddr",
    "ifreq.what.broadaddr": "ifr_broadaddr", "ifreq.what.netmask": "ifr_netmask", "ifreq.what.hwaddr": "ifr_hwaddr",
    "ifreq.what.flags": "ifr_flags", "ifreq.what.ifindex": "ifr_ifindex", "ifreq.what.mtu": "ifr_mtu",
    "ifconf.buffer": "ifc_buf", "in6_addr.bytes": "s6_addr",
    "sigevent.how": "_sigev_un", "sigevent.how.tid": "_sigev_un._tid",
    "sigevent.how.thread.function": "_sigev_un._sigev_thread._function",
    "sigevent.how.thread.attribute": "_sigev_un._sigev_thread._attribute",
}


def host_constant(name: str) -> str:
    if name in CONSTANTS:
        return CONSTANTS[name]
    return "__NR_" + name[len("SYS_"):] if name.startswith("SYS_") else name


def without_comments(text: str) -> str:
    return re.sub(r"/\*.*?\*/", "", text, flags=re.S)


def body_at(text: str, start: int):
    """The text between the brace at `start` and its partner, and where that ends."""
    depth = 0
    for at in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[at], 0)
        if depth == 0:
            return text[start + 1:at], at + 1
    raise ValueError("a brace is not closed")


def members(body: str):
    """(name, body of its own or '') of each member of a structure's body."""
    at = 0
    while match := re.compile(r"\s*([^;{]*)([;{])").match(body, at):
        inner, at = "", match.end()
        words = match.group(1)
        if match.group(2) == "{":
            inner, at = body_at(body, match.end() - 1)
            end = body.index(";", at)
            words, at = "int " + body[at:end].strip(), end + 1
        name = MEMBER.match(" ".join(words.split())) or re.match(r".*\(\*(\w+)\)\(.*\)$", " ".join(words.split()))
        if not name:
            raise ValueError(f"cannot read the member '{words}'")
        yield name.group(1), inner


def leaves(path: str, body: str, prefix: str = ""):
    """Paths of all members that are compared, the inner ones of unions and structures included."""
    for name, inner in members(body):
        if name.startswith("uk_"):
            continue  # padding, or the size of a union
        here = f"{prefix}{name}"
        if not inner or f"{path}.{here}" in MEMBERS:
            yield here
        if inner:
            yield from leaves(path, inner, here + ".")


def rows(text: str):
    """(text, condition or '', ours, the host's) of everything in a header."""
    for name, value in DEFINE.findall(text):
        host = host_constant(name)
        if host is not None:
            yield name, host if re.fullmatch(r"[A-Za-z_]\w*", host) else "", f"(long long)(UK_{name})", f"(long long)({host})"
    for name in TYPE.findall(without_comments(text)):
        host = TYPES.get(name, name)
        yield f"sizeof {name}", "", f"sizeof(uk_{name})", f"sizeof({host})"
        yield f"sign of {name}", "", f"(uk_{name})-1 < (uk_{name})1", f"({host})-1 < ({host})1"
    plain = without_comments(text)
    for match in re.finditer(r"^(struct|union) uk_(\w+) \{", plain, re.M):
        kind, name = match.groups()
        host, body = STRUCTURES.get(name, f"{kind} {name}"), body_at(plain, match.end() - 1)[0]
        ours = f"{kind} uk_{name}"
        if name not in OTHER_SIZE:
            yield f"sizeof {name}", "", f"sizeof({ours})", f"sizeof({host})"
        for member in leaves(name, body) if name not in NO_MEMBERS else ():
            other = MEMBERS.get(f"{name}.{member}", member)
            yield f"{name}.{member}", "", f"offsetof({ours}, {member})", f"offsetof({host}, {other})"
            if f"{name}.{member}" not in OTHER_SIZE:
                yield f"sizeof {name}.{member}", "", f"sizeof((({ours}*)0)->{member})", f"sizeof((({host}*)0)->{other})"


def comparison(name: str, text: str) -> str:
    found = list(rows(text))
    lines = ["// Generated by compare.py.", "#include <stddef.h>"]
    lines += [f"#include <{host}>" for host in HOSTS[name].split()]
    lines += [f"#include <uk/abi/{name}.h>", ""]
    for _, needed, _, _ in found:
        if needed:
            lines += [f"#ifndef {needed}", f"#error \"Linux has no {needed}\"", "#endif"]
    lines.append("#ifdef UK_ABI_STATIC")
    for what, _, ours, host in found:
        if what not in AT_RUN_TIME:
            lines.append(f'static_assert({ours} == {host}, "{what}");')
    lines += ["#else", '#include "lib/ukabi/tests/rows.hpp"', f"const AbiRow kAbi_{name}[] = {{"]
    lines += [f'    {{"{what}", (long long)({ours}), (long long)({host})}},' for what, _, ours, host in found]
    lines += ["};", f"const AbiTable kAbiTable_{name}{{\"{name}\", kAbi_{name}, sizeof(kAbi_{name}) / sizeof(AbiRow)}};", "#endif"]
    return "\n".join(lines) + "\n"


def main() -> int:
    isa, out = sys.argv[1:]
    ours = os.path.dirname(HERE)
    names = sorted(file[:-2] for file in os.listdir(f"{ours}/include/uk/abi") if file.endswith(".h"))
    unknown = set(names) ^ set(HOSTS)
    if unknown:
        raise SystemExit(f"compare.py: {' '.join(sorted(unknown))}: HOSTS does not say what Linux calls these headers")
    os.makedirs(out, exist_ok=True)
    for name in names:
        text = ""
        for path in (f"{ours}/include/uk/abi/{name}.h", f"{ours}/{isa}/include/uk/abi/isa/{name}.h"):
            if os.path.exists(path):
                with open(path, encoding="utf-8") as file:
                    text += file.read()
        new, path = comparison(name, text), f"{out}/{name}.cpp"
        if not os.path.exists(path) or open(path, encoding="utf-8").read() != new:
            with open(path, "w", encoding="utf-8") as file:
                file.write(new)
    return 0


if __name__ == "__main__":
    sys.exit(main())
