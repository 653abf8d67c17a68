# SPDX-License-Identifier: BSD-3-Clause
"""A program at a terminal, typed to through a pseudo terminal, as a user would."""
import functools
import os
import pty
import re
import select
import shlex
import signal
import subprocess
import termios
import time

import guest


class Session:
    """A program at a terminal, started as `make run` does it, with these variables."""

    def __init__(self, image: str, target: str, arguments: str, **variables):
        platform, architecture = target.split("-")
        clean = {k: v for k, v in os.environ.items() if k not in ("MEM", "CPUS", "MACHINE", "V", "PARAMS")}
        self.master, self.slave = pty.openpty()
        self.before = termios.tcgetattr(self.slave)
        words = [os.path.join(guest.ROOT, "support/run/run")]
        if platform == "linuxu":
            words = [*guest.EMULATOR.get(target, []), image, *shlex.split(arguments)]
        self.process = subprocess.Popen(words, stdin=self.slave, stdout=self.slave, stderr=self.slave, close_fds=True,
                                        start_new_session=True, preexec_fn=self.own_terminal,
                                        env={**clean, "UK_IMAGE": image, "UK_PLAT": platform, "UK_ARCH": architecture,
                                             "UK_TARGET": target, "UK_CONFIG": f"{image}.config", "ARGS": arguments, **variables})
        self.seen = b""

    def own_terminal(self):
        os.close(os.open(os.ttyname(0), os.O_RDWR))  # the leader of a session gets the first that it opens
        for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)  # what a shell starts in the background ignores some

    def read(self) -> bool:
        if not select.select([self.master], [], [], 0.1)[0]:
            return False
        try:
            self.seen += os.read(self.master, 4096)
        except OSError:
            return False
        return True

    def expect(self, text: str) -> None:
        """Waits until the screen shows this, after what was expected before. Carriage returns do not count."""
        wanted, end = text.encode(), time.monotonic() + guest.LIMIT
        while wanted not in self.seen.replace(b"\r", b""):
            assert time.monotonic() < end, f"{text!r} does not come; on the screen: {self.seen!r}"
            if not self.read():
                assert self.process.poll() is None or self.read(), f"ended without {text!r}: {self.seen!r}"
        shown = self.seen.replace(b"\r", b"")
        self.seen = shown[shown.index(wanted) + len(wanted):]

    def type(self, keys: str) -> None:
        os.write(self.master, keys.encode())

    def end(self) -> int:
        end = time.monotonic() + guest.LIMIT
        while self.process.poll() is None:
            self.read()
            assert time.monotonic() < end, f"does not end; on the screen: {self.seen!r}"
        while self.read():
            pass
        return self.process.returncode

    def close(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        os.close(self.slave)
        os.close(self.master)


def image_builder(application: str):
    """A function that gives the image of an application of the tree for a target, built when first asked for: as it is
    usually configured, or as Kconfig's defaults and this line have it. Tests share the folders: a large image takes seconds even of
    objects that are there."""
    name = os.path.basename(application)

    @functools.cache
    def build(target: str, option: str = "") -> str:
        folder = os.path.join(guest.ROOT, "build/check", name, "-".join([target, re.sub(r"\W", "-", option)]).rstrip("-"))
        config = f"{folder}/{name}_{target}.config"  # where it is without C=, too
        return guest.build_configured(application, target, folder, config, f"{option}\n" if option else "")
    return build
