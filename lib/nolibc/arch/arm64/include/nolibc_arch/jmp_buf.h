/* SPDX-License-Identifier: BSD-3-Clause */
/* Size of a jmp_buf: x19 to x30, sp, the lower halves of v8 to v15. */
#pragma once

#define NOLIBC_JMP_BUF_WORDS 21
