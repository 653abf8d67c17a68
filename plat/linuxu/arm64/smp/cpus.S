/* SPDX-License-Identifier: BSD-3-Clause */
/* A further thread of the host, and the way back of threads that may have been moved to it. */

    .text
    /* long uk_linuxu_clone(long flags, void* stack, int* id, Cpu* cpu): its id or -errno. It begins in
     * uk_linuxu_cpu_start(cpu), with the caller's x18. */
    .globl uk_linuxu_clone
    .hidden uk_linuxu_clone
    .type uk_linuxu_clone, %function
uk_linuxu_clone:
    mov x9, x3
    mov x3, #0
    mov x4, #0
    mov x8, #220                    /* clone */
    svc #0
    cbz x0, 1f
    ret
1:  mov x29, #0                     /* the last frame of every backtrace */
    mov x30, #0
    mov x0, x9
    bl uk_linuxu_cpu_start
    udf #0
    .size uk_linuxu_clone, . - uk_linuxu_clone

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
