/* SPDX-License-Identifier: BSD-3-Clause */
/* void uk_signal_call(handler, int number, info, context, void* top): calls handler(number, info, context) on the stack
 * that ends at `top`, aligned to 16. */

    .text
    .globl uk_signal_call
    .hidden uk_signal_call
    .type uk_signal_call, %function
uk_signal_call:
    stp x29, x30, [sp, #-16]!
    mov x29, sp
    mov sp, x4
    mov x9, x0
    mov w0, w1
    mov x1, x2
    mov x2, x3
    blr x9
    mov sp, x29
    ldp x29, x30, [sp], #16
    ret
    .size uk_signal_call, . - uk_signal_call

    .section .note.GNU-stack, "", @progbits
