/* SPDX-License-Identifier: BSD-3-Clause */
/* Part of <uk/abi/ucontext.h>: the registers of x86_64. */
#pragma once

#include <uk/abi/signal.h>

/* The registers of the interrupted code. `fpstate` points to a uk_fpstate, or is null. */
struct uk_sigcontext {
    uint64_t r8;
    uint64_t r9;
    uint64_t r10;
    uint64_t r11;
    uint64_t r12;
    uint64_t r13;
    uint64_t r14;
    uint64_t r15;
    uint64_t rdi;
    uint64_t rsi;
    uint64_t rbp;
    uint64_t rbx;
    uint64_t rdx;
    uint64_t rax;
    uint64_t rcx;
    uint64_t rsp;
    uint64_t rip;
    uint64_t eflags;
    uint16_t cs;
    uint16_t gs;
    uint16_t fs;
    uint16_t ss;
    uint64_t err;    /* the exception's error code */
    uint64_t trapno; /* its vector */
    uint64_t oldmask;
    uint64_t cr2; /* the address of a page fault */
    struct uk_fpstate* fpstate;
    uint64_t uk_reserved[8];
};

/* As FXSAVE writes it; what XSAVE adds lies behind. */
struct uk_fpstate {
    uint16_t cwd;
    uint16_t swd;
    uint16_t twd;
    uint16_t fop;
    uint64_t rip;
    uint64_t rdp;
    uint32_t mxcsr;
    uint32_t mxcsr_mask;
    uint32_t st_space[32];
    uint32_t xmm_space[64];
    uint32_t uk_reserved[24];
};

struct uk_ucontext {
    uint64_t uc_flags;
    struct uk_ucontext* uc_link;
    struct uk_stack uc_stack;
    struct uk_sigcontext uc_mcontext;
    uk_sigset_t uc_sigmask;
};
