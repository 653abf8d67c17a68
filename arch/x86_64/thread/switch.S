/* SPDX-License-Identifier: BSD-3-Clause */
/* From one stack of calls to another. */

    .text
    /* rdi = where to save the stack pointer, rsi = the one to go on with. Keeps rbp, the frame pointer, and the floating-point
     * control words; uk/hal_arch/context.hpp tells the compiler that all else changes. The layout is struct ContextFrame. */
    .globl uk_context_switch
    .hidden uk_context_switch
    .balign 16
    .type uk_context_switch, @function
uk_context_switch:
    pushq %rbp
    stmxcsr -8(%rsp)                    /* below the stack pointer, where nobody writes: interrupts are off, and exceptions */
    fnstcw -4(%rsp)                     /* have stacks of their own */
    movq %rsp, (%rdi)
    movq %rsi, %rsp
    ldmxcsr -8(%rsp)
    fldcw -4(%rsp)
    popq %rbp
    ret
    .size uk_context_switch, . - uk_context_switch

    /* Where a new context starts: its entry and the argument lie on the stack, and rbp is 0, which ends backtraces. */
    .globl uk_context_start
    .hidden uk_context_start
    .balign 16
    .type uk_context_start, @function
uk_context_start:
    popq %rax
    popq %rdi
    addq $8, %rsp                       /* the ABI's alignment */
    call *%rax
    ud2
    .size uk_context_start, . - uk_context_start

    .section .note.GNU-stack, "", @progbits
