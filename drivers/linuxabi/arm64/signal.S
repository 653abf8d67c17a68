/* SPDX-License-Identifier: BSD-3-Clause */
/* Where a thread goes on that was sent away to run handlers: the stack pointer is at the copy of its state. */

    .text
    .globl uk_linuxabi_signal
    .hidden uk_linuxabi_signal
    .type uk_linuxabi_signal, %function
uk_linuxabi_signal:
    mov x0, sp
    bl uk_linuxabi_signal_arrived
    br x0
    .size uk_linuxabi_signal, . - uk_linuxabi_signal

    .section .note.GNU-stack, "", @progbits
