/* SPDX-License-Identifier: BSD-3-Clause */
/* The way back of threads that may have been moved to another CPU. */

    .section .text.uk_linuxu_preempted, "ax", %progbits
    /* As in ../entry.S. The CPU may be another one afterwards. [x18, #0] and [x18, #1] are the first two
     * members of struct Cpu. */
    .cfi_sections .debug_frame
    .globl uk_linuxu_preempted, uk_linuxu_preempted_end
    .hidden uk_linuxu_preempted, uk_linuxu_preempted_end
    .type uk_linuxu_preempted, %function
uk_linuxu_preempted:
    .cfi_startproc
    .cfi_signal_frame
    .cfi_def_cfa x29, 16
    .cfi_offset x29, -16
    .cfi_offset x30, -8
    strb wzr, [x18, #0]
    mov x0, sp
    bl uk_linuxu_act_and_move
    mov w1, #1
    strb w1, [x18, #0]
    ldrb w1, [x18, #1]
    cbnz w1, uk_linuxu_preempted
    mov x8, #139                    /* rt_sigreturn */
    svc #0
    .cfi_endproc
uk_linuxu_preempted_end:
    .size uk_linuxu_preempted, . - uk_linuxu_preempted

    .section .note.GNU-stack, "", %progbits
