# SPDX-License-Identifier: BSD-3-Clause
"""docs/add-a-scheduler.md, followed to the letter: its files make a folder outside the tree, which passes the common
suite, schedules an image whose guest tests pass, and does what the page says of deadlines. Each command is the page's."""
import os
import re
import subprocess

import guest
import pytest
from toytree import ROOT

APP = {
    "Config.uk": "config APPDEADLINES_DEPENDENCIES\n\tbool\n\tdefault y\n\tselect LIBNOLIBC if !HAVE_LIBC\n"
                 "\tselect LIBUKSCHED\n"
                 "\tselect LIBUKSCHED_IDS\n\tselect LIBUKTLS\n",  # as the guest tests: so they have most objects in common
    "Makefile.uk": "$(eval $(call addlib,appdeadlines))\nAPPDEADLINES_SRCS-y += $(APPDEADLINES_BASE)/main.cpp\n",
    "main.cpp": """\
#include <stdio.h>
#include <uk/sched.hpp>

int main() {
    auto say = [](void* word) -> void* {
        printf("%s ", static_cast<const char*>(word));
        return nullptr;
    };
    printf("%s: ", uk::sched::policy_name());
    uk::sched::set_policy_word(uk::sched::current(), 1);
    const char* words[] = {"whenever", "later", "soon"};
    const uint64_t deadlines[] = {0, 2000, 1000};
    uk::Ref<uk::Thread> threads[3];
    for (int i = 0; i < 3; i++)
        threads[i] = UK_MUST(uk::sched::create({.policy_word = deadlines[i]}, say, const_cast<char*>(words[i])));
    printf("first ");
    for (auto& thread : threads)
        (void)UK_MUST(uk::sched::join(*thread));
    printf("done\\n");
    return 0;
}
""",
}


def page() -> str:
    with open(f"{ROOT}/docs/add-a-scheduler.md", encoding="utf-8") as file:
        return file.read()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    base = tmp_path_factory.mktemp("scheduler")
    files = guest.files_of("add-a-scheduler.md")
    assert sorted(files) == ["Config.uk", "Makefile.uk", "include/uk/schededf/edf_policy.hpp", "slot.cpp",
                             "tests/edf_guest.cpp", "tests/edf_test.cpp"]
    guest.write(base / "ukschededf", files)
    guest.write(base / "deadlines", APP)
    return base


def shell(folder, script, limit=400):
    clean = {k: v for k, v in os.environ.items()
             if not k.startswith("MAKE") and k not in ("A", "T", "L", "O", "C", "N", "V", "CC", "CXX", "FILTER")}
    done = subprocess.run(["sh", "-ec", script], cwd=ROOT, env={**clean, "EDF": f"{folder}/ukschededf", "UK_INSTALL": "no"},
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", timeout=limit,
                          check=False)
    assert done.returncode == 0, f"{script}\n{done.stdout}"
    return done.stdout


def commands(folder):
    """The page's shell blocks, with this test's folder for /tmp."""
    blocks = re.findall(r"^```sh\n(.*?)^```$", page(), re.M | re.S)
    assert len(blocks) == 2
    host, rest = (block.replace("/tmp/", f"{folder}/") for block in blocks)
    guest, bench = rest.split("\n\n")
    return host, guest, bench


LONG = "UK_CHECK_ALL" in os.environ


@pytest.mark.parametrize("compiler", ["g++", "clang++"] if LONG else ["clang++"])
def test_passes_the_common_suite(folder, compiler):
    said = shell(folder, re.sub(r"^c\+\+ ", f"{compiler} -Wall -Wextra -Wshadow -Werror ", commands(folder)[0], flags=re.M))
    passed = re.search(r"\[  PASSED  \] (\d+) tests", said)
    assert passed and int(passed.group(1)) >= 14, said
    assert "SKIPPED" not in said


def test_guest_tests_pass_under_it(folder):
    said = shell(folder, commands(folder)[1])
    for name in ("uksched.sleepers_wake_in_order_of_their_deadlines", "ukschededf.the_earliest_deadline_runs_first"):
        assert re.search(rf"^ok \d+ - {name}$", said, re.M), said
    assert re.search(r"^# \d+ passed, 0 failed", said, re.M), said


@pytest.mark.skipif(not LONG, reason="one more image: in make check-all")
def test_its_operations_can_be_measured(folder):
    said = shell(folder, commands(folder)[2])
    row = re.search(r"thread yield round trip\W+([\d.]+)", said)
    assert row and 50 < float(row.group(1)) < 1000, said


def test_an_application_sets_deadlines(folder):
    app = folder / "deadlines"
    (app / ".config").write_text("CONFIG_UKSCHED_EDF=y\n", encoding="utf-8")
    shell(folder, f"make A={app} L=$EDF T=linuxu-x86_64 olddefconfig all")
    ran = subprocess.run([app / "build" / "deadlines_linuxu-x86_64"], capture_output=True, text=True, timeout=120, check=False)
    assert "edf: first soon later whenever done\n" in ran.stdout, ran
    assert ran.returncode == 0


# Compiles slot.cpp; of other sources it makes empty objects.
ONLY_THE_SLOT = """\
#!/bin/sh
case "$*" in *ukschededf/slot.cpp*) exec g++ "$@";; *" -MF "*) ;; *) exec g++ "$@";; esac
while [ $# -gt 0 ]; do
    case "$1" in -MF) echo nothing: >"$2";; -o) : >"$2";; esac
    shift
done
"""


def test_forgetting_preemptible_locks_does_not_compile(folder):
    compiler = folder / "only-the-slot"
    compiler.write_text(ONLY_THE_SLOT, encoding="utf-8")
    compiler.chmod(0o755)
    config = folder / "ukschededf" / "Config.uk"
    right = config.read_text(encoding="utf-8")
    try:
        config.write_text(right.replace("\tselect LIBUKSPINLOCK_PREEMPT\n", ""), encoding="utf-8")
        app = folder / "deadlines"
        (app / ".config").write_text("CONFIG_UKSCHED_EDF=y\n", encoding="utf-8")
        with pytest.raises(AssertionError, match="a preemptive scheduler selects LIBUKSPINLOCK_PREEMPT"):
            shell(folder, f"make A={app} L=$EDF T=linuxu-x86_64 CC=gcc CXX={compiler} UK_OBJECTS= olddefconfig all")
    finally:
        config.write_text(right, encoding="utf-8")
