/* SPDX-License-Identifier: BSD-3-Clause */
/* Size of a jmp_buf: rbx rbp r12 r13 r14 r15 rsp rip. */
#pragma once

#define NOLIBC_JMP_BUF_WORDS 8
