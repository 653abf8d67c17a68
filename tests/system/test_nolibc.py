# SPDX-License-Identifier: BSD-3-Clause
"""The C library inside images: the ways a program ends, output, environment, floating point as an option, its headers."""
import os
import subprocess

import guest
import pytest
from guest import ROOT
from test_hello import run

CONFIG = """\
config APPPROBE
\tbool
\tdefault y
\tselect LIBNOLIBC if !HAVE_LIBC
"""
MAKEFILE = """\
$(eval $(call addlib,appprobe))
APPPROBE_SRCS-y += $(APPPROBE_BASE)/main.c
"""
SOURCE = r"""
#include <errno.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static jmp_buf jump;
static void last(void) { printf("handler, no newline"); }
static int compare(const void* a, const void* b) { return *(const int*)a - *(const int*)b; }

static int calls(void) {
    int numbers[] = {5, 3, 9, 1};
    struct timespec start, end;
    char* text = NULL;

    qsort(numbers, 4, sizeof(int), compare);
    if (asprintf(&text, "%d %d %d %d", numbers[0], numbers[1], numbers[2], numbers[3]) < 0)
        return 1;
    puts(text);
    free(text);
    int back = setjmp(jump);
    if (back == 0)
        longjmp(jump, 7);
    printf("back with %d\n", back);
    if (malloc((size_t)1 << 50) != NULL || errno != ENOMEM)
        return 2;
    clock_gettime(CLOCK_MONOTONIC, &start);
    usleep(20000);
    clock_gettime(CLOCK_MONOTONIC, &end);
    if ((end.tv_sec - start.tv_sec) * 1000000000L + end.tv_nsec - start.tv_nsec < 20000000)
        return 3;
    if (time(NULL) < 1700000000) /* the machine has a wall clock */
        return 4;
    printf("%f|%s|%.1f\n", 0.5, "text", strtod("0.25e1", NULL));
    fprintf(stderr, "to stderr\n");
    return 0;
}

int main(int argc, char* argv[]) {
    const char* how = argc > 1 ? argv[1] : "";
    atexit(last);
    if (strcmp(how, "exit") == 0)
        exit(5);
    if (strcmp(how, "return") == 0)
        return 6;
    if (strcmp(how, "_exit") == 0) {
        printf("lost");
        _exit(7);
    }
    if (strcmp(how, "env") == 0) {
        printf("%s,", getenv("NAME") != NULL ? getenv("NAME") : "-");
        setenv("NAME", "new", 1);
        puts(getenv("NAME"));
        return 0;
    }
    return calls();
}
"""
TARGETS = guest.TARGETS


@pytest.fixture(scope="module", name="probe", params=TARGETS)
def probe_image(request, tmp_path_factory):
    """The image of the program above, with floating point in printf."""
    files = {"Config.uk": CONFIG, "Makefile.uk": MAKEFILE, "main.c": SOURCE}
    files["defconfigs/" + request.param] = "CONFIG_LIBNOLIBC_FLOAT=y\n"
    return guest.build_probe(tmp_path_factory.mktemp("probe"), request.param, files)


def test_calls(probe):
    text, status = run(probe, ["calls"])
    assert (text.replace("to stderr\n", ""), status) == ("1 3 5 9\nback with 7\n0.500000|text|2.5\nhandler, no newline", 0)


@pytest.mark.parametrize("how,text,status", [("exit", "handler, no newline", 5), ("return", "handler, no newline", 6),
                                             ("_exit", "", 7)])
def test_ends(probe, how, text, status):
    assert run(probe, [how]) == (text, status)


def test_environment(probe):
    assert run(probe, ["env.vars=[", "NAME=given", "]", "--", "env"])[0] == "given,new\nhandler, no newline"
    assert run(probe, ["env"])[0] == "-,new\nhandler, no newline"


COMPILERS = [("gcc", "c11", "c"), ("gcc", "gnu17", "c"), ("g++", "c++20", "c++"), ("clang", "c11", "c"), ("clang++", "c++20", "c++")]


@pytest.mark.parametrize("compiler,standard,language", COMPILERS)
def test_headers_compile_alone(compiler, standard, language):
    """With nothing but the compiler's own headers beside them, each alone and twice."""
    builtin = subprocess.run([compiler, "-print-file-name=include"], capture_output=True, text=True, check=True).stdout.strip()
    folder = os.path.join(ROOT, "lib/nolibc/include")
    headers = sorted(os.path.relpath(os.path.join(where, name), folder) for where, _, names in os.walk(folder) for name in names)
    assert "stdio.h" in headers and "sys/types.h" in headers
    flags = [f"-std={standard}", "-nostdinc", "-fno-builtin", "-Wall", "-Wextra", "-Wundef", "-Werror", "-fsyntax-only",
             f"-I{folder}", f"-I{ROOT}/lib/nolibc/arch/x86_64/include", f"-I{ROOT}/lib/base/include", "-isystem", builtin]
    for header in headers:
        done = subprocess.run([compiler, *flags, "-x", language, "-"], input=f"#include <{header}>\n#include <{header}>\n",
                              capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 0, done.stderr
