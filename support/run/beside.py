# SPDX-License-Identifier: BSD-3-Clause
"""The network of an image that is a process: a QEMU without a machine beside it, which nobody needs to be root for. The image has
one end of a pair of sockets for each device; QEMU joins the other end and what NET= names by a hub.

QEMU ends with the image, however that ends: it is the child of a watcher that dies with the image, and dies with the watcher.
Nothing is left of it, for there is no file.
"""
import contextlib
import ctypes
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys

import machine
import network
import qemu

PROGRAMS = ("qemu-system-x86_64", "qemu-system-aarch64")  # each has all that is wanted of it
PR_SET_PDEATHSIG = 1
READY = b"ready"


def program() -> str:
    for name in PROGRAMS:
        if shutil.which(name):
            return name
    raise machine.Problem(f"error: NET={' '.join(network.words())}: the network of a Linux process is QEMU's, and {PROGRAMS[0]} is not "
                          "there; support/setup kvm-x86_64 installs it. NET=none does without a network, NET=tap:<interface of this "
                          "machine> without QEMU")


def above_standard(descriptor: int) -> int:
    """Another in its place that is none of the first three, which may be closed here."""
    above = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 3)
    os.close(descriptor)
    return above


def start() -> tuple:
    """Parameters that name the image's network devices, and the descriptors that it must inherit. What is not a device of the
    host's own has started when this returns, and ends with this process, or what is executed in its place."""
    network.check_image(network.words())
    qemu_is = "" if all(map(network.is_host_device, network.words())) else program()
    parameters, inherited, theirs, words = [], [], [], []
    for number, (word, backend) in enumerate(zip(network.words(), network.backends(told=True))):
        if network.is_host_device(word):
            parameters.append(f"netdev.host={word}")
            continue
        ours, other = (above_standard(end.detach()) for end in socket.socketpair())
        parameters.append(f"netdev.host=fd:{ours}")
        inherited.append(ours)
        theirs.append(other)
        words += ["-netdev", backend, "-netdev", f"hubport,id=left{number},hubid={number},netdev=net{number}",
                  "-netdev", f"socket,id=image{number},fd={other}",
                  "-netdev", f"hubport,id=right{number},hubid={number},netdev=image{number}", *network.capture(number)]
    if words:
        start_qemu([qemu_is, "-machine", "none", "-nodefaults", "-no-user-config", "-display", "none",
                    "-chardev", "stdio,id=control,signal=off", "-mon", "chardev=control,mode=control", *words], inherited, theirs)
    return parameters, inherited


def start_qemu(command: list, ours: list, theirs: list) -> None:
    told, tell = map(above_standard, os.pipe())
    us = os.getpid()
    if os.fork() == 0:
        for descriptor in (told, *ours):
            os.close(descriptor)
        watch(us, command, theirs, tell)  # does not return
    for descriptor in (tell, *theirs):
        os.close(descriptor)
    with open(told, "rb") as file:
        said = file.read()
    if said != READY:
        raise machine.Problem(f"error: {said.decode() or 'QEMU did not start the network'}")


def end_with(parent: int) -> None:
    """Of a new process: it is killed when its parent, which has this number, ends."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def watch(parent: int, command: list, theirs: list, tell: int) -> None:
    """The watcher. It has a session of its own: Ctrl-C is the image's, which may have something left to send."""
    try:
        end_with(parent)
        os.setsid()
        leave_terminal()
        us = os.getpid()
        hub = f"{os.path.basename(command[0])}: warning: hub "  # that there is no machine on it
        beside = qemu.Supervised(command, hub, stdin=subprocess.PIPE, stdout=subprocess.PIPE, pass_fds=theirs,
                                 preexec_fn=lambda: end_with(us))
        for descriptor in theirs:  # QEMU alone shall hold the sockets
            os.close(descriptor)
        if not answers(beside.process):
            beside.process.kill()
            beside.wait()
            os.write(tell, qemu.not_started("the network", beside.errors).encode())
            os._exit(1)
        os.write(tell, READY)
        os.close(tell)
        code = beside.wait()
        how = f"was ended by signal {-code}" if code < 0 else f"ended with status {code}"
        print(f"run: QEMU, which is the network of the image, {how}: the image has none any more", file=sys.stderr, flush=True)
        os._exit(0)
    except BaseException as why:  # whatever it is: there is nobody above who could say it
        with contextlib.suppress(OSError):
            os.write(tell, f"QEMU did not start the network: {why!r}".encode())
        os._exit(1)


def leave_terminal() -> None:
    """The input and output are the image's. They may be closed: then nothing else shall be opened in their place."""
    nothing = above_standard(os.open(os.devnull, os.O_RDWR))
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    os.close(nothing)


def answers(process) -> bool:
    """Whether it came so far that it carries out what its monitor is told: then its networks are there."""
    with contextlib.suppress(BrokenPipeError):
        process.stdin.write(b'{"execute": "qmp_capabilities"}\n')
        process.stdin.flush()
    return any(b'"return"' in line for line in process.stdout)
