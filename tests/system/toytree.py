# SPDX-License-Identifier: BSD-3-Clause
"""A throw-away tree for tests of the build: the real Makefile and support folder, and a platform, libraries and an
application of a few lines each that make a static Linux program. So these tests say nothing about any other library."""
import functools
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TARGET = "toy-" + os.uname().machine
IMAGE = f"build/hello_{TARGET}"
LIMIT = 120  # seconds, for a machine that has much else to do

FILES = {
    f"arch/{os.uname().machine}/Config.uk": """\
choice ARCHITECTURE
config ARCH_@ARCH@
\tbool "the machine that builds"
endchoice
""",
    "plat/toy/Config.uk": """\
choice PLATFORM
config PLAT_TOY
\tbool "A toy"
endchoice
""",
    "plat/toy/Makefile.uk": """\
$(eval $(call addplat_s,toy,$(CONFIG_PLAT_TOY)))
$(eval $(call addplatlib_s,toy,libtoyplat,$(CONFIG_PLAT_TOY)))
LIBTOYPLAT_FLOOR := libc
LIBTOYPLAT_SRCS-y += $(LIBTOYPLAT_BASE)/start.S $(LIBTOYPLAT_BASE)/toy.cpp
ARCHFLAGS-y += -mno-red-zone
PLAT_LDSCRIPT := $(LIBTOYPLAT_BASE)/link.lds.S
PLAT_LDFLAGS-y += -e _start
""",
    "plat/toy/start.S": """\
.globl _start
_start: xor %ebp, %ebp
    mov %rsp, %rdi
    and $-16, %rsp
    call toy_start
""",
    "plat/toy/toy.cpp": """\
extern "C" int main(int, char**);
extern "C" void toy_start(long* sp);
extern "C" void toy_write(const char* text, long size);
static long call(long number, long a, long b, long c) {
    long result;
    asm volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c) : "rcx", "r11", "memory");
    return result;
}
void toy_write(const char* text, long size) { call(1, 1, reinterpret_cast<long>(text), size); }
void toy_start(long* sp) {
    call(60, main(static_cast<int>(sp[0]), reinterpret_cast<char**>(sp + 1)), 0, 0);
    __builtin_unreachable();
}
""",
    "plat/toy/link.lds.S": """\
SECTIONS {
    . = 0x400000 + SIZEOF_HEADERS;
    .text : { *(.text .text.*) }
    . = ALIGN(4096);
    .rodata : { *(.rodata .rodata.*) }
    .note : { *(.note.gnu.build-id) }
    . = ALIGN(4096);
    .data : { *(.data .data.*) }
    .bss : { *(.bss .bss.*) }
    /DISCARD/ : { *(.comment) *(.note.GNU-stack) *(.eh_frame) *(.note.gnu.property) }
}
""",
    "lib/one/Config.uk": """\
config LIBONE
\tbool "one"
\tdefault y
\thelp
\t  A library. Costs nothing.

config LIBONE_NUMBER
\tint "A number"
\trange 1 100
\tdefault 3
\tdepends on LIBONE
\thelp
\t  What one() gives.
""",
    "lib/one/Makefile.uk": """\
$(eval $(call addlib_s,libone,$(CONFIG_LIBONE)))
LIBONE_FLOOR := libc
CINCLUDES-$(CONFIG_LIBONE) += -I$(LIBONE_BASE)/include
CXXINCLUDES-$(CONFIG_LIBONE) += -I$(LIBONE_BASE)/include
LIBONE_SRCS-y += $(LIBONE_BASE)/one.cpp
UK_PROVIDED_SYSCALLS-$(CONFIG_LIBONE) += write-3 getpid-0
""",
    "lib/one/include/one.h": """\
#pragma once
#ifdef __cplusplus
extern "C" {
#endif
int one(void);
#ifdef __cplusplus
}
#endif
""",
    "lib/one/one.cpp": """\
#include <one.h>
#include <uk/config.hpp>
int one() { return static_cast<int>(uk::cfg::libone_number); }
""",
    "lib/two/Config.uk": """\
config LIBTWO
\tbool "two"
\tselect LIBONE
\thelp
\t  A second library. Costs nothing.
""",
    "lib/two/Makefile.uk": """\
$(eval $(call addlib_s,libtwo,$(CONFIG_LIBTWO)))
LIBTWO_SRCS-y += $(LIBTWO_BASE)/two.c
""",
    "lib/two/two.c": "int two(void);\nint two(void) { return 2; }\n",
    "apps/hello/Makefile.uk": """\
$(eval $(call addlib,apphello))
APPHELLO_SRCS-y += $(APPHELLO_BASE)/main.c
""",
    "apps/hello/main.c": """\
#include <one.h>
void toy_write(const char*, long);
int main(void) {
    toy_write("hi\\n", 3);
    return one();
}
""",
}


def appears(path) -> None:
    """Waits for a file."""
    end = time.monotonic() + LIMIT
    while not os.path.exists(path):
        assert time.monotonic() < end, path
        time.sleep(0.02)


@functools.cache
def quick_hostcc() -> str:
    """Instead of a compiler for this machine: gives the build's own tool, which it compiled once."""
    folder = tempfile.TemporaryDirectory(prefix="hostcc-")
    subprocess.run(["cc", "-O1", "-o", f"{folder.name}/tool", f"{ROOT}/support/build/step.c"], check=True)
    with open(f"{folder.name}/cc", "w", encoding="utf-8") as file:
        file.write(f'#!/bin/sh\n[ "$1$2" = -O1-o ] && cp {folder.name}/tool "$3"\n')
    os.chmod(f"{folder.name}/cc", 0o755)
    quick_hostcc.folder = folder  # lives as long as the tests
    return f"{folder.name}/cc"


class Tree:
    """One throw-away tree and the commands that tests run in it. What takes most of the time of a build, and is the same each
    time, is left out unless the tree is `whole`: the build's own tool, and headers compiled in advance (none on the floor libc)."""

    def __init__(self, path, whole=False):
        self.path, self.env, self.whole = str(path), {}, whole
        for name in ("Makefile", "Config.uk", "support"):
            os.symlink(f"{ROOT}/{name}", f"{self.path}/{name}")
        for name, text in FILES.items():
            text = re.sub(r"^\w+_FLOOR := libc\n", "", text, flags=re.M) if whole else text
            self.write(name, text.replace("@ARCH@", os.uname().machine.upper()))

    def file(self, name: str) -> str:
        return os.path.join(self.path, name)

    def write(self, name: str, text: str) -> None:
        os.makedirs(os.path.dirname(self.file(name)), exist_ok=True)
        with open(self.file(name), "w", encoding="utf-8") as file:
            file.write(text)

    def read(self, name: str) -> str:
        with open(self.file(name), encoding="utf-8", errors="replace") as file:
            return file.read()

    def edit(self, name: str, old: str, new: str) -> None:
        text = self.read(name)
        assert old in text, f"{old!r} is not in {name}"
        self.write(name, text.replace(old, new))

    def command(self, *words, target=TARGET):
        return ["make"] + ([f"T={target}"] if target else []) + list(words)

    def environment(self, env=None):
        """What make starts with: nothing that the caller of the tests has set."""
        clean = {k: v for k, v in os.environ.items()
                 if k not in ("A", "T", "L", "O", "C", "N", "V", "MAKEFLAGS", "MAKELEVEL", "CC", "CXX", "LD", "UK_DL", "UK_OBJECTS",
                              "UK_CACHE")}
        quick = {} if self.whole or "HOSTCC" in clean else {"HOSTCC": quick_hostcc()}
        return {**clean, **quick, **self.env, **(env or {})}

    def make(self, *words, target=TARGET, cwd=None, env=None):
        """Runs make; the result has returncode, stdout (both streams, in order) and steps (files built)."""
        done = subprocess.run(self.command(*words, target=target), cwd=cwd or self.path, env=self.environment(env),
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120, check=False)
        done.steps = [line.split("] ", 1)[1] for line in done.stdout.splitlines() if line.startswith("[")]
        return done

    def good(self, *words, **options):
        done = self.make(*words, **options)
        assert done.returncode == 0, done.stdout
        return done

    def bad(self, *words, **options):
        """Runs make, which must fail, and returns what it said."""
        done = self.make(*words, **options)
        assert done.returncode != 0, done.stdout
        return done.stdout

    def run(self, image=IMAGE):
        return subprocess.run([self.file(image)], capture_output=True, text=True, timeout=LIMIT, check=False)

    def start_and_kill(self, seconds: float, *words) -> None:
        """Starts make, and after a while kills it and all it started, so that nobody can clean up."""
        with subprocess.Popen(self.command(*words), cwd=self.path, env=self.environment(), stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL, start_new_session=True) as process:
            try:
                process.wait(seconds)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)

    def external(self, name: str, files: dict) -> str:
        """A folder beside the tree, as a user has it."""
        folder = f"{self.path}-{name}"
        shutil.rmtree(folder, ignore_errors=True)
        for file, text in files.items():
            self.write(f"{folder}/{file}", text)
        return folder
