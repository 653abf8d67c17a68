/* SPDX-License-Identifier: BSD-3-Clause */
/* Part of <uk/abi/ucontext.h>: the registers of arm64. */
#pragma once

#include <uk/abi/signal.h>

/* The registers of the interrupted code. In `uk_records` follow further ones, each with a head of 8
   bytes (magic, size), the last with zeros. */
struct uk_sigcontext {
    uint64_t fault_address;
    uint64_t regs[31];
    uint64_t sp;
    uint64_t pc;
    uint64_t pstate;
    uint8_t uk_records[4096] __attribute__((aligned(16)));
};

struct uk_aarch64_ctx {
    uint32_t magic;
    uint32_t size;
};

/* The record of the vector registers; vregs[2 * n] is the lower half of Vn. */
struct uk_fpsimd_context {
    struct uk_aarch64_ctx head;
    uint32_t fpsr;
    uint32_t fpcr;
    uint64_t vregs[64];
};

struct uk_ucontext {
    uint64_t uc_flags;
    struct uk_ucontext* uc_link;
    struct uk_stack uc_stack;
    uk_sigset_t uc_sigmask;
    uint8_t uk_unused[120];
    struct uk_sigcontext uc_mcontext;
};
