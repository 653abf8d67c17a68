/* SPDX-License-Identifier: BSD-3-Clause */
/* Exception vectors. Threads run on SP_EL0, so the processor itself changes to the kernel stack,
 * SP_EL1, and nothing is written to the interrupted one. An exception inside a handler goes on below
 * what the handler uses of SP_EL1. Arm ARM (DDI 0487), D1.3. */
#include <uk/arm64/layout.h>

    .macro common kind
    mov x1, #\kind
    b uk_trap_common
    .endm

    /* From SP_EL0, and from lower levels. */
    .macro vector kind
    .balign 128
    sub sp, sp, #UK_TRAP_FRAME_SIZE
    stp x0, x1, [sp]
    mrs x0, sp_el0
    common \kind
    .endm

    /* From SP_EL1. A register is parked where applications can only read. */
    .macro nested kind
    .balign 128
    msr tpidrro_el0, x0
    adrp x0, uk_trap_stack
    sub x0, sp, x0
    sub x0, x0, #UK_TRAP_FRAME_SIZE
    cmp x0, #UK_TRAP_STACK_SIZE
    b.hi uk_trap_stack_full
    mrs x0, tpidrro_el0
    sub sp, sp, #UK_TRAP_FRAME_SIZE
    stp x0, x1, [sp]
    add x0, sp, #UK_TRAP_FRAME_SIZE
    common \kind
    .endm

    .section .text.trap, "ax", @progbits
    .globl uk_vectors
    .hidden uk_vectors
    .balign 2048
    .type uk_vectors, %function
uk_vectors:
    vector 0
    vector 1
    vector 2
    vector 3
    nested 4
    nested 5
    nested 6
    nested 7
    vector 8
    vector 9
    vector 10
    vector 11
    vector 12
    vector 13
    vector 14
    vector 15

    /* No room is left: it begins again at the top, and what was there is lost. So is tpidr_el0: this
     * ends in a report. */
uk_trap_stack_full:
    mov x0, sp
    msr tpidr_el0, x1
    adrp x1, uk_trap_stack_end
    sub sp, x1, #UK_TRAP_FRAME_SIZE
    mrs x1, tpidrro_el0
    str x1, [sp]
    mrs x1, tpidr_el0
    str x1, [sp, #8]
    common UK_TRAP_KIND_FULL

    /* x0 = interrupted stack pointer, x1 = number of the vector; both are in the frame already. */
uk_trap_common:
    stp x2, x3, [sp, #16]
    stp x4, x5, [sp, #32]
    stp x6, x7, [sp, #48]
    stp x8, x9, [sp, #64]
    stp x10, x11, [sp, #80]
    stp x12, x13, [sp, #96]
    stp x14, x15, [sp, #112]
    stp x16, x17, [sp, #128]
    stp x18, x19, [sp, #144]
    stp x20, x21, [sp, #160]
    stp x22, x23, [sp, #176]
    stp x24, x25, [sp, #192]
    stp x26, x27, [sp, #208]
    stp x28, x29, [sp, #224]
    stp x30, x0, [sp, #240]
    mrs x2, elr_el1
    mrs x3, spsr_el1
    stp x2, x3, [sp, #256]
    mrs x2, esr_el1
    mrs x3, far_el1
    stp x2, x3, [sp, #272]
    str x1, [sp, #288]
    mov x0, sp
    mov x29, #0
    bl uk_trap
    ldp x2, x3, [sp, #256]
    msr elr_el1, x2
    msr spsr_el1, x3
    ldp x0, x1, [sp]
    ldp x2, x3, [sp, #16]
    ldp x4, x5, [sp, #32]
    ldp x6, x7, [sp, #48]
    ldp x8, x9, [sp, #64]
    ldp x10, x11, [sp, #80]
    ldp x12, x13, [sp, #96]
    ldp x14, x15, [sp, #112]
    ldp x16, x17, [sp, #128]
    ldp x18, x19, [sp, #144]
    ldp x20, x21, [sp, #160]
    ldp x22, x23, [sp, #176]
    ldp x24, x25, [sp, #192]
    ldp x26, x27, [sp, #208]
    ldp x28, x29, [sp, #224]
    ldr x30, [sp, #240]
    add sp, sp, #UK_TRAP_FRAME_SIZE
    eret
    .size uk_vectors, . - uk_vectors

    /* size_t uk_probe_copy(void* to, uintptr_t from, size_t size): copies until a byte cannot be read
     * and returns how many it copied. */
    .section .text.probe, "ax", @progbits
    .globl uk_probe_copy
    .hidden uk_probe_copy
    .type uk_probe_copy, %function
uk_probe_copy:
    mov x3, #0
1:  cmp x3, x2
    b.hs 3f
2:  ldrb w4, [x1, x3]
    strb w4, [x0, x3]
    add x3, x3, #1
    b 1b
3:  mov x0, x3
    ret
    .size uk_probe_copy, . - uk_probe_copy

    /* bool uk_probe_word(const volatile void* at): whether a 32-bit register can be read. */
    .globl uk_probe_word
    .hidden uk_probe_word
    .type uk_probe_word, %function
uk_probe_word:
8:  ldr w1, [x0]
    mov w0, #1
    ret
9:  mov w0, #0
    ret
    .size uk_probe_word, . - uk_probe_word

    /* uint64_t f(uint64_t function, uint64_t a, uint64_t b, uint64_t c): calls out of this level. Where
     * nobody takes them the instruction is undefined, and the answer -1. */
    .section .text.firmware, "ax", @progbits
    .globl uk_call_hvc, uk_call_smc, uk_call_semihosting
    .hidden uk_call_hvc, uk_call_smc, uk_call_semihosting
    .type uk_call_hvc, %function
    .type uk_call_smc, %function
    .type uk_call_semihosting, %function
uk_call_hvc:
4:  hvc #0
    ret
uk_call_smc:
5:  smc #0
    ret
uk_call_semihosting:
6:  hlt #0xf000
    ret
7:  mov x0, #-1
    ret
    .size uk_call_hvc, . - uk_call_hvc

    /* Pairs: an instruction that may fault, and where to go on if it does. */
    .section uk_extable, "a", @progbits
    .balign 8
    .quad 2b, 3b
    .quad 4b, 7b
    .quad 5b, 7b
    .quad 6b, 7b
    .quad 8b, 9b

    .section .note.GNU-stack, "", @progbits
