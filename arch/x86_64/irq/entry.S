/* SPDX-License-Identifier: BSD-3-Clause */
/* Entries of the 16 interrupt lines, vectors 32 to 47. They share the way of exceptions (trap/entry.S):
 * nothing is written to the interrupted stack, and the handler runs on the trap stack. */

    .section .text.irq, "ax", @progbits
    .globl uk_irq_stubs
    .hidden uk_irq_stubs
    .balign 16
    .type uk_irq_stubs, @function
uk_irq_stubs:
    vector = 32
    .rept 16
    .balign 16
    pushq $0
    pushq $vector
    jmp uk_trap_common
    vector = vector + 1
    .endr
    .size uk_irq_stubs, . - uk_irq_stubs

    .section .note.GNU-stack, "", @progbits
