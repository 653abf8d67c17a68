/* SPDX-License-Identifier: BSD-3-Clause */
/* From one stack of calls to another: what the System V ABI (3.2.1) makes a function keep, and nothing more. */

    .text
    /* void uk_context_switch(uintptr_t* from, uintptr_t to). The layout is struct ContextFrame. */
    .globl uk_context_switch
    .hidden uk_context_switch
    .balign 16
    .type uk_context_switch, @function
uk_context_switch:
    pushq %rbp
    pushq %rbx
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    subq $8, %rsp
    stmxcsr (%rsp)
    fnstcw 4(%rsp)
    movq %rsp, (%rdi)
    movq %rsi, %rsp
    ldmxcsr (%rsp)
    fldcw 4(%rsp)
    addq $8, %rsp
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbx
    popq %rbp
    ret
    .size uk_context_switch, . - uk_context_switch

    /* Where a new context starts: its entry is in rbx, the argument in r12, and rbp is 0, which ends
     * backtraces. */
    .globl uk_context_start
    .hidden uk_context_start
    .balign 16
    .type uk_context_start, @function
uk_context_start:
    movq %r12, %rdi
    call *%rbx
    ud2
    .size uk_context_start, . - uk_context_start

    .section .note.GNU-stack, "", @progbits
