/* SPDX-License-Identifier: BSD-3-Clause */
/* Kinds of descriptors, and calls that are tried with each. */
#pragma once

struct Kind {
    const char* name;
    int (*open)(void);
    int is_shared; // with others: what it means must stay as it is
};
struct Call {
    const char* name;
    long (*run)(
        int fd); // what the system call answers: -errno, or a value that is the same anywhere
    int changes; // what the descriptor means
};

extern const struct Kind g_kinds[];
extern const struct Call g_calls[];

extern char g_text[256]; // what a call shows besides
extern int g_others[2];  // descriptors of a kind that are closed with it; -1: none

const char* in_folder(const char* name); // until the next time
int file_with(const char* name, int flags);
int open_none(void);

long answer(long result);    // of a call of the C library
long answer_fd(long result); // closes what was opened: 0
