# SPDX-License-Identifier: BSD-3-Clause
"""docs/add-an-allocator.md, followed to the letter: its files make a folder outside the tree, which passes the
common suite, becomes the default heap of an image, and runs. No or two default heaps do not link."""
import glob
import os
import re
import shlex
import subprocess
import sys

import guest
import pytest
from toytree import ROOT

LONG = "UK_CHECK_ALL" in os.environ
TARGET = "linuxu-x86_64"
APP = {
    "Config.uk": "config APPHEAPNAME_DEPENDENCIES\n\tbool\n\tdefault y\n\tselect LIBNOLIBC if !HAVE_LIBC\n",
    "Makefile.uk": "$(eval $(call addlib,appheapname))\nAPPHEAPNAME_SRCS-y += $(APPHEAPNAME_BASE)/main.c\n",
    "main.c": """\
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uk/alloc.h>

int main(void)
{
    char* text = malloc(100000);
    if (!text)
        return 1;
    strcpy(text, "memory comes from ");
    text = realloc(text, 200000);
    printf("%s%s\\n", text, uk_alloc_name(uk_alloc_get_default()));
    free(text);
    return 0;
}
""",
}


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    base = tmp_path_factory.mktemp("allocator")
    files = guest.files_of("add-an-allocator.md")
    assert sorted(files) == ["Config.uk", "Makefile.uk", "include/uk/allocbump/bump_heap.hpp", "slot.cpp",
                             "tests/bump_test.cpp"]
    guest.write(base / "ukallocbump", files)
    guest.write(base / "heapname", APP)
    return base


def make(folders, *words, **variables):
    clean = {k: v for k, v in os.environ.items()
             if not k.startswith("MAKE") and k not in ("A", "T", "L", "O", "C", "N", "V", "CC", "CXX")}
    return subprocess.run(["make", f"A={folders}/heapname", f"L={folders}/ukallocbump", f"T={TARGET}", *words],
                          cwd=ROOT, env={**clean, **variables}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, timeout=300, check=False)


def build(folders, config):
    (folders / "heapname" / ".config").write_text(config, encoding="utf-8")
    said = make(folders, "olddefconfig")
    assert said.returncode == 0, said.stdout
    return make(folders)


@pytest.mark.parametrize("choice, name", [
    ("BUMP", "bump"), ("BBUDDY", "bbuddy"), ("REGION", "region")]) # TLSF is what everybody else runs on
def test_each_heap_can_be_the_default_one(folders, choice, name):
    done = build(folders, f"CONFIG_UKALLOC_DEFAULT_{choice}=y\nCONFIG_LIBUKALLOC_CHECKS=y\nCONFIG_LIBUKALLOC_STATS=y\n")
    assert done.returncode == 0, done.stdout
    ran = subprocess.run([folders / "heapname" / "build" / f"heapname_{TARGET}"], capture_output=True, text=True,
                         timeout=120, check=False)
    assert f"memory comes from {name}\n" in ran.stdout, ran
    assert ran.returncode == 0


def test_two_or_no_default_heaps_do_not_link(folders):
    makefile = folders / "ukallocbump" / "Makefile.uk"
    right = makefile.read_text(encoding="utf-8")
    try:
        makefile.write_text(right.replace("SRCS-$(CONFIG_UKALLOC_DEFAULT_BUMP)", "SRCS-y"), encoding="utf-8")
        two = build(folders, "CONFIG_UKALLOC_DEFAULT_TLSF=y\nCONFIG_LIBUKALLOCBUMP=y\n")
        assert two.returncode != 0
        assert "multiple definition of `uk::heap::allocate" in two.stdout, two.stdout
        makefile.write_text(re.sub(r"^LIBUKALLOCBUMP_SRCS.*\n", "", right, flags=re.M), encoding="utf-8")
        none = build(folders, "CONFIG_UKALLOC_DEFAULT_BUMP=y\n")
        assert none.returncode != 0
        assert "undefined reference to `uk::heap::allocate" in none.stdout, none.stdout
    finally:
        makefile.write_text(right, encoding="utf-8")


@pytest.mark.parametrize("compiler", ["g++", "clang++"] if LONG else ["clang++"])
def test_passes_the_common_suite(folders, compiler):
    subprocess.run([sys.executable, "tests/host/config.py", f"{folders}/include"], cwd=ROOT, check=True)
    includes = [f"-I{path}" for path in ["tests/fakes/include", f"{folders}/include", f"{folders}/ukallocbump/include",
                                         *sorted(glob.glob("lib/uk*/include", root_dir=ROOT)), "lib/base/include",
                                         "lib/hal/include"]]
    command = [compiler, *shlex.split("-std=c++20 -O1 -g1 -DUK_HOST_TEST -Wall -Wextra -Wshadow -Werror "
                                      "-fsanitize=address,undefined -fno-sanitize-recover=all"), *includes,
               f"{folders}/ukallocbump/tests/bump_test.cpp", "tests/fakes/main.cpp", "tests/fakes/panic.cpp",
               "lib/base/errno.cpp", "-o", f"{folders}/bump_test", "-lgtest", "-pthread"]
    compiled = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert compiled.returncode == 0, compiled.stderr
    ran = subprocess.run([f"{folders}/bump_test", "--gtest_brief=1"], capture_output=True, text=True, timeout=120,
                         check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
