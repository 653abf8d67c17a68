/* SPDX-License-Identifier: BSD-3-Clause */
/* Entry of the Linux process, return from a signal handler, and the copy that may fault. */

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

    /* size_t uk_linuxu_probe_copy(void* to, const void* from, size_t size): copies until a byte
     * cannot be read and returns how many it copied. The signal handler knows the one instruction
     * that may fault and continues at uk_linuxu_probe_fixup. */
    .globl uk_linuxu_probe_copy, uk_linuxu_probe_fault, uk_linuxu_probe_fixup
    .hidden uk_linuxu_probe_copy, uk_linuxu_probe_fault, uk_linuxu_probe_fixup
    .type uk_linuxu_probe_copy, %function
uk_linuxu_probe_copy:
    mov x3, #0
1:  cmp x3, x2
    b.hs uk_linuxu_probe_fixup
uk_linuxu_probe_fault:
    ldrb w4, [x1, x3]
    strb w4, [x0, x3]
    add x3, x3, #1
    b 1b
uk_linuxu_probe_fixup:
    mov x0, x3
    ret
    .size uk_linuxu_probe_copy, . - uk_linuxu_probe_copy

    .section .note.GNU-stack, "", %progbits
