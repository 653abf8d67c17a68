/* SPDX-License-Identifier: BSD-3-Clause */
/* Entry of the Linux process, and return from a signal handler. */

    .text
    .globl _start
    .hidden _start
    .type _start, %function
_start:
    mov x29, #0                     /* the last frame of every backtrace */
    mov x30, #0
    mov x0, sp                      /* argc, argv, envp and auxv, as the kernel left them */
    bl uk_linuxu_start
    udf #0
    .size _start, . - _start

    .globl uk_linuxu_sigreturn
    .hidden uk_linuxu_sigreturn
    .type uk_linuxu_sigreturn, %function
uk_linuxu_sigreturn:
    mov x8, #139                    /* rt_sigreturn */
    svc #0
    .size uk_linuxu_sigreturn, . - uk_linuxu_sigreturn

#if CONFIG_HAL_CPUS == 1
    .section .text.uk_linuxu_preempted, "ax", %progbits
    /* Where a preempted thread goes on, on its kernel stack: the stack pointer is at what rt_sigreturn
     * needs. A signal that comes while interrupts are on here lets it start again with the same frame,
     * so frames do not pile up. For gdb: x29 points to where the interrupted code was. */
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
    adrp x0, uk_linuxu_irqs_on
    strb wzr, [x0, #:lo12:uk_linuxu_irqs_on]
    mov x0, sp
    bl uk_linuxu_act
    adrp x0, uk_linuxu_irqs_on
    mov w1, #1
    strb w1, [x0, #:lo12:uk_linuxu_irqs_on]
    adrp x0, uk_linuxu_irq_pending
    ldrb w1, [x0, #:lo12:uk_linuxu_irq_pending]
    cbnz w1, uk_linuxu_preempted
    mov x8, #139                    /* rt_sigreturn */
    svc #0
    .cfi_endproc
uk_linuxu_preempted_end:
    .size uk_linuxu_preempted, . - uk_linuxu_preempted
#endif

    .section .note.GNU-stack, "", %progbits
