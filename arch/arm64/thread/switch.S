/* SPDX-License-Identifier: BSD-3-Clause */
/* From one stack of calls to another: what the procedure call standard (AAPCS64, 6.1) makes a function keep, and nothing
 * more. x18 belongs to the CPU, not to the thread. */

    .text
    /* void uk_context_switch(uintptr_t* from, uintptr_t to). The layout is struct ContextFrame. */
    .globl uk_context_switch
    .hidden uk_context_switch
    .balign 16
    .type uk_context_switch, %function
uk_context_switch:
    sub sp, sp, #176
    stp x19, x20, [sp, #0]
    stp x21, x22, [sp, #16]
    stp x23, x24, [sp, #32]
    stp x25, x26, [sp, #48]
    stp x27, x28, [sp, #64]
    stp x29, x30, [sp, #80]
    stp d8, d9, [sp, #96]
    stp d10, d11, [sp, #112]
    stp d12, d13, [sp, #128]
    stp d14, d15, [sp, #144]
    mrs x3, fpcr
    str x3, [sp, #160]
    mov x2, sp
    str x2, [x0]
    mov sp, x1
    ldr x2, [sp, #160]
    cmp x2, x3                      /* writing it waits for the floating-point unit */
    b.eq 1f
    msr fpcr, x2
1:  ldp x19, x20, [sp, #0]
    ldp x21, x22, [sp, #16]
    ldp x23, x24, [sp, #32]
    ldp x25, x26, [sp, #48]
    ldp x27, x28, [sp, #64]
    ldp x29, x30, [sp, #80]
    ldp d8, d9, [sp, #96]
    ldp d10, d11, [sp, #112]
    ldp d12, d13, [sp, #128]
    ldp d14, d15, [sp, #144]
    add sp, sp, #176
    ret
    .size uk_context_switch, . - uk_context_switch

    /* Where a new context starts: its entry is in x19, the argument in x20, and x29 is 0, which ends
     * backtraces. */
    .globl uk_context_start
    .hidden uk_context_start
    .balign 16
    .type uk_context_start, %function
uk_context_start:
    mov x0, x20
    blr x19
    brk #0
    .size uk_context_start, . - uk_context_start

    .section .note.GNU-stack, "", %progbits
