# SPDX-License-Identifier: BSD-3-Clause
"""An application in C++: static objects live and die in order, new without memory says how much was wanted."""
import guest
import pytest
from test_hello import run

CONFIG = """\
config APPPROBE
\tbool
\tdefault y
\tselect LIBNOLIBC if !HAVE_LIBC
\tselect LIBUKCXX
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
    int value() const override { return 5; }
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
ALL = "+first +second +local +later -later function -local -second -first "


@pytest.fixture(scope="module", name="probe", params=guest.TARGETS)
def probe_image(request, tmp_path_factory):
    files = {"Config.uk": CONFIG, "Makefile.uk": MAKEFILE, "main.cpp": SOURCE}
    return guest.build_probe(tmp_path_factory.mktemp("probe"), request.param, files)


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
