# SPDX-License-Identifier: BSD-3-Clause
"""An application in C++: static and thread_local objects live and die in order, new without memory says how much was wanted."""
import os

import guest
import pytest
from test_hello import run

LONG = "UK_CHECK_ALL" in os.environ

CONFIG = """\
config APPPROBE
\tbool
\tdefault y
\tselect LIBNOLIBC if !HAVE_LIBC
\tselect LIBUKCXX
\tselect LIBUKTLS
"""
MAKEFILE = """\
$(eval $(call addlib,appprobe))
APPPROBE_SRCS-y += $(APPPROBE_BASE)/main.cpp
"""
SOURCE = r"""
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <vector>

struct Noisy {
    const char* name;
    explicit Noisy(const char* n) : name(n) { printf("+%s ", name); }
    ~Noisy() { printf("-%s ", name); }
};
static Noisy first("first");
static Noisy second("second");
static std::vector<int> numbers(100, 7);
static thread_local int five = 5;

static int counted = 100;
template <int n> struct Count {
    ~Count() { counted += counted == n ? -1 : -1000; }
};
template <int n> void many() {
    if constexpr (n > 0) {
        many<n - 1>();
        static Count<n> object;
    }
}
struct Base {
    virtual ~Base() {}
    virtual int value() const = 0;
};
struct Derived : Base {
    int value() const override { return five; }
};

int main(int argc, char* argv[]) {
    const char* how = argc > 1 ? argv[1] : "";
    if (strcmp(how, "new") == 0)
        return *new char[strtoull(argv[2], NULL, 0)];
    if (strcmp(how, "many") == 0) {
        atexit([] { printf("counted %d ", counted); });
        many<100>();
    }
    static Noisy local("local");
    atexit([] { printf("function "); });
    static Noisy later("later");
    static thread_local Noisy mine("mine");
    Base* base = new Derived;
    int value = base->value();
    delete base;
    if (strcmp(how, "exit") == 0)
        exit(value + (int)numbers.size());
    if (strcmp(how, "_Exit") == 0)
        _Exit(3);
    return value;
}
"""
ALL = "+first +second +local +later +mine -mine -later function -local -second -first "


# With newlib on one target in make check.
NEWLIB = CONFIG.replace("LIBNOLIBC if !HAVE_LIBC", "LIBNEWLIB")
WITH_NEWLIB = ["linuxu-x86_64", "kvm-x86_64"] if LONG else ["linuxu-x86_64"]


@pytest.fixture(scope="module", name="probe",
                params=[(target, CONFIG) for target in guest.TARGETS] + [(target, NEWLIB) for target in WITH_NEWLIB],
                ids=[*guest.TARGETS, *(f"{target}-newlib" for target in WITH_NEWLIB)])
def probe_image(request, tmp_path_factory):
    target, config = request.param
    files = {"Config.uk": config, "Makefile.uk": MAKEFILE, "main.cpp": SOURCE}
    return guest.build_probe(tmp_path_factory.mktemp("probe"), target, files)


def test_objects_die_in_reverse_order(probe):
    assert run(probe, []) == (ALL, 5)
    assert run(probe, ["exit"]) == (ALL, 105)
    assert run(probe, ["_Exit"]) == ("", 3)


def test_more_objects_than_atexit_has_room_for(probe):
    text, _ = run(probe, ["many"])
    assert text.endswith("-local counted 0 -second -first "), text


def test_new_says_how_many_bytes(probe):
    text, _ = run(probe, ["new", "1000000000000"])
    assert "operator new: no memory for 1000000000000 bytes" in text


IN_C = """\
#include <stdio.h>
static __thread int value = 40;
static _Thread_local int zero;
int main(void) { value += 2; zero++; printf("%d %d\\n", value, zero); return 0; }
"""


def files_in_c(config):
    return {"Config.uk": config, "Makefile.uk": MAKEFILE.replace("main.cpp", "main.c"), "main.c": IN_C}


# With a scheduler it is tests/guest/tls_guest.cpp's business as well.
@pytest.mark.parametrize("option", ["", "\tselect LIBUKSCHED\n"] if LONG else [""])
def test_thread_local_variables_in_c(option, tmp_path):
    files = files_in_c(CONFIG.replace("\tselect LIBUKCXX\n", option))
    assert run(guest.build_probe(tmp_path, "linuxu-x86_64", files), []) == ("42 1\n", 0)


@pytest.mark.parametrize("target", ["linuxu-x86_64", "kvm-x86_64", "kvm-arm64"])
def test_without_the_option_the_link_names_it(target, tmp_path):
    guest.write(tmp_path / "probe", files_in_c(CONFIG.replace("\tselect LIBUKTLS\n", "")))
    done = guest.make_in_tree(f"A={tmp_path}/probe", f"T={target}")
    assert done.returncode != 0 and "need the option LIBUKTLS" in done.stdout + done.stderr
