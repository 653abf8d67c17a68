// SPDX-License-Identifier: BSD-3-Clause
// newlib's own tests, programs of their own upstream: `newlib NAME...` runs these, without a name
// all but atexit, which ends the image. What they print stays; a line `NAME: STATUS` follows each.
// The exit status says how many failed.
#include "check.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PROGRAMS(_)                                                                                \
    _(memcpy_1)                                                                                    \
    _(memmove1)                                                                                    \
    _(strcmp_1)                                                                                    \
    _(tstring)                                                                                     \
    _(size_max)                                                                                    \
    _(nulprintf)                                                                                   \
    _(swprintf)                                                                                    \
    _(tiswctype)                                                                                   \
    _(twctrans)                                                                                    \
    _(twctype)                                                                                     \
    _(hsearchtest)                                                                                 \
    _(tmmap)                                                                                       \
    _(UTF_8)                                                                                       \
    _(libm)                                                                                        \
    _(atexit)
#define DECLARE(name) int program_##name(int argc, char* argv[]);
#define ENTRY(name) {#name, program_##name},
PROGRAMS(DECLARE)

// What upstream's programs call instead of exit() and abort(), and what libm/test calls unless it
// is told not to.
_Noreturn void program_ends(int status);
_Noreturn void program_fails(void);
void test_ieee(void);
// libm/test/test_is.c wants functions; newlib 3.3.0 has macros only.
int(_tolower)(int letter);
int(_toupper)(int letter);

static const struct {
    const char* name;
    int (*main)(int argc, char* argv[]);
} kPrograms[] = {PROGRAMS(ENTRY)};
enum { kCount = sizeof(kPrograms) / sizeof(kPrograms[0]), kAborted = 134 };

int program_checks_failed;
static jmp_buf back;

void program_ends(int status) {
    longjmp(back, status + 1);
}

void program_fails(void) {
    longjmp(back, kAborted + 1);
}

void test_ieee(void) {
    program_fails();
}

#undef _tolower
#undef _toupper
int _tolower(int letter) {
    return letter - 'A' + 'a';
}

int _toupper(int letter) {
    return letter - 'a' + 'A';
}

static int run(int (*program)(int argc, char* argv[])) {
    char name[] = "program", option[] = "-noiee";
    char* argv[] = {name, option, NULL};
    const int ended = setjmp(back);
    int status;

    if (ended == 0)
        program_checks_failed = 0;
    status = ended != 0 ? ended - 1 : program(2, argv);
    return status != 0 ? status : program_checks_failed;
}

static bool wanted(const char* name, int argc, char* argv[]) {
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], name) == 0)
            return true;
    }
    return argc == 1 && strcmp(name, "atexit") != 0;
}

int main(int argc, char* argv[]) {
    int failed = 0;

    for (int i = 0; i < kCount; i++) {
        if (!wanted(kPrograms[i].name, argc, argv))
            continue;
        const int status = run(kPrograms[i].main);
        printf("%s: %d\n", kPrograms[i].name, status);
        failed += status != 0;
    }
    return failed;
}
