/* SPDX-License-Identifier: BSD-3-Clause */
/* void uk_signal_call(handler, int number, info, context, void* top): calls handler(number, info, context) on the stack
 * that ends at `top`, aligned to 16. */

    .text
    .globl uk_signal_call
    .hidden uk_signal_call
    .type uk_signal_call, @function
uk_signal_call:
    pushq %rbp
    movq %rsp, %rbp
    movq %r8, %rsp
    movq %rdi, %rax
    movl %esi, %edi
    movq %rdx, %rsi
    movq %rcx, %rdx
    call *%rax
    movq %rbp, %rsp
    popq %rbp
    ret
    .size uk_signal_call, . - uk_signal_call

    .section .note.GNU-stack, "", @progbits
