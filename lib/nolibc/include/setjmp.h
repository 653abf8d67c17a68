/* SPDX-License-Identifier: BSD-3-Clause */
/* <setjmp.h>: jumps out of functions. Signal masks do not exist, so none is saved. */
#pragma once

#include <nolibc_arch/jmp_buf.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Registers that a function must preserve, stack pointer and return address. */
typedef unsigned long jmp_buf[NOLIBC_JMP_BUF_WORDS];

__attribute__((__returns_twice__)) int setjmp(jmp_buf env);
__attribute__((__noreturn__)) void longjmp(jmp_buf env, int value);

#ifdef __cplusplus
}
#endif

#ifndef setjmp
#define setjmp(env) setjmp(env)
#endif
