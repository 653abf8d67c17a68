# SPDX-License-Identifier: BSD-3-Clause
"""A hello-world folder as it is written for Unikraft builds from outside the tree without a change, and runs."""
import os
import subprocess

import pytest
from toytree import ROOT

FILES = {
    "Makefile": """\
UK_ROOT ?= $(PWD)/../../unikraft
UK_LIBS ?= $(PWD)/../../libs
LIBS :=

all:
\t@$(MAKE) -C $(UK_ROOT) A=$(PWD) L=$(LIBS)

$(MAKECMDGOALS):
\t@$(MAKE) -C $(UK_ROOT) A=$(PWD) L=$(LIBS) $(MAKECMDGOALS)
""",
    "Config.uk": """\
### Invisible option for dependencies
config APPHELLOWORLD_DEPENDENCIES
\tbool
\tdefault y
\tselect LIBNOLIBC if !HAVE_LIBC
\tselect LIBUKTIME
\tselect LIBUKSWRAND

### App configuration
config APPHELLOWORLD_PRINTARGS
\tbool "Print arguments"
\tdefault y
\thelp
\t  Prints argument list (argv) to stdout

config APPHELLOWORLD_SPINNER
\tbool "Stay alive"
\tselect LIBPOSIX_TIME
\tdefault n
\thelp
\t  Shows an animation instead of shutting down
""",
    "Makefile.uk": """\
$(eval $(call addlib,apphelloworld))

APPHELLOWORLD_SRCS-y += $(APPHELLOWORLD_BASE)/main.c
""",
    "main.c": """\
#include <stdio.h>

/* Import user configuration: */
#include <uk/config.h>

#if CONFIG_APPHELLOWORLD_SPINNER
#include <errno.h>
#include <time.h>
#include "pictures.h"

static void wait_ms(unsigned int milliseconds)
{
\tstruct timespec pause;

\tpause.tv_sec = milliseconds / 1000;
\tpause.tv_nsec = (milliseconds % 1000) * 1000000L;
\twhile (nanosleep(&pause, &pause) && errno == EINTR)
\t\t;
}
#endif /* CONFIG_APPHELLOWORLD_SPINNER */

int main(int argc, char *argv[])
{
#if CONFIG_APPHELLOWORLD_PRINTARGS || CONFIG_APPHELLOWORLD_SPINNER
\tint i;
#endif

\tprintf("Hello world!\\n");

#if CONFIG_APPHELLOWORLD_PRINTARGS
\tprintf("Arguments: ");
\tfor (i = 0; i < argc; ++i)
\t\tprintf(" \\"%s\\"", argv[i]);
\tprintf("\\n");
#endif /* CONFIG_APPHELLOWORLD_PRINTARGS */

#if CONFIG_APPHELLOWORLD_SPINNER
\tfor (i = 0; i < 4; ++i) {
\t\tprintf("\\r%s", pictures[i]);
\t\tfflush(stdout);
\t\twait_ms(10);
\t}
\tprintf("\\n");
#endif /* CONFIG_APPHELLOWORLD_SPINNER */
}
""",
    "pictures.h": 'static const char *pictures[] = { "-", "\\\\", "|", "/" };\n',
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("compat") / "app-helloworld"
    path.mkdir()
    for name, text in FILES.items():
        (path / name).write_text(text, encoding="utf-8")
    return path


def make(folder, *words, **variables):
    clean = {k: v for k, v in os.environ.items()
             if not k.startswith("MAKE") and k not in ("A", "T", "L", "O", "C", "N", "V", "CC", "CXX")}
    return subprocess.run(["make", *words], cwd=folder, env={**clean, "PWD": str(folder), "UK_ROOT": ROOT, **variables},
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300, check=False)


def good(folder, *words, **variables):
    done = make(folder, *words, **variables)
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_builds_and_runs_unchanged(folder):
    said = good(folder, T="linuxu-x86_64")
    assert "LIBUKTIME is retired: nothing needed" in said and "LIBUKSWRAND is retired: nothing needed" in said
    assert "error" not in said and "has no effect" not in said and "ing directory" not in said
    image = folder / "build" / "app-helloworld_linuxu-x86_64"
    done = subprocess.run([image, "--", "one", "two"], capture_output=True, text=True, timeout=120, check=False)
    assert "Hello world!\n" in done.stdout and '"one" "two"\n' in done.stdout
    assert done.returncode == 0, "main without return is success"
    for name, text in FILES.items():
        assert (folder / name).read_text(encoding="utf-8") == text


def test_goals_are_passed_on(folder):
    good(folder, "-j4", "olddefconfig", T="linuxu-x86_64")
    said = good(folder, "-j4", "clean", T="linuxu-x86_64")
    assert "jobserver" not in said and "Entering directory" not in said
    for jobs in ("-j1", "-j"):
        said = good(folder, jobs, "olddefconfig", T="linuxu-x86_64")
        assert said.splitlines()[-1].startswith("configuration: ") and "Leaving directory" not in said
    assert "jobserver" not in good(folder, "-j4", T="linuxu-x86_64")
    assert "up to date" in good(folder)


def test_spinner_is_chosen_in_the_configuration(folder):
    good(folder, "olddefconfig", T="linuxu-x86_64")
    config = folder / ".config"
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("# CONFIG_APPHELLOWORLD_SPINNER is not set", "CONFIG_APPHELLOWORLD_SPINNER=y"),
                      encoding="utf-8")
    good(folder)
    assert "CONFIG_LIBPOSIX_TIME=y\n" in config.read_text(encoding="utf-8")
    done = subprocess.run([folder / "build" / "app-helloworld_linuxu-x86_64"], capture_output=True, text=True, timeout=120,
                          check=False)
    assert "/\n" in done.stdout.replace("\r", "")


def test_unikraft_configuration_is_understood(folder, tmp_path):
    """A .config as Unikraft writes it: retired symbols are named and left out, the rest counts."""
    config = tmp_path / "config"
    config.write_text('CONFIG_PLAT_LINUXU=y\nCONFIG_UK_NAME="renamed"\nCONFIG_UK_DEFNAME="x"\nCONFIG_LIBUKBUS=y\n'
                      "# CONFIG_APPHELLOWORLD_PRINTARGS is not set\n", encoding="utf-8")
    said = good(folder, C=str(config), O=str(tmp_path / "out"))
    assert "UK_DEFNAME is retired" in said and "LIBUKBUS is retired" in said
    done = subprocess.run([tmp_path / "out" / "renamed_linuxu-x86_64"], capture_output=True, text=True, timeout=120,
                          check=False)
    assert done.stdout.endswith("Hello world!\n")


def test_boots_on_kvm(folder, tmp_path):
    good(folder, "olddefconfig", "all", T="kvm-x86_64", C=str(tmp_path / "kvm.config"), O=str(tmp_path / "kvm"))
    image = str(tmp_path / "kvm" / "app-helloworld_kvm-x86_64")
    command = ["qemu-system-x86_64", "-accel", "tcg", "-machine", "pc", "-m", "64M", "-display", "none", "-no-reboot",
               "-serial", "stdio", "-device", "isa-debug-exit", "-kernel", image, "-append", "-- one two"]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False)
    assert "Hello world!" in done.stdout and '"one" "two"' in done.stdout
