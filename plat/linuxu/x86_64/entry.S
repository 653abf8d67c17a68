/* SPDX-License-Identifier: BSD-3-Clause */
/* Entry of the Linux process, return from a signal handler, and the copy that may fault. */

    .text
    .globl _start
    .hidden _start
    .type _start, @function
_start:
    xorl %ebp, %ebp                 /* the last frame of every backtrace */
    movq %rsp, %rdi                 /* argc, argv, envp and auxv, as the kernel left them */
    andq $-16, %rsp
    call uk_linuxu_start
    ud2
    .size _start, . - _start

    /* Linux on x86_64 returns from a handler only through code of the program. */
    .globl uk_linuxu_sigreturn
    .hidden uk_linuxu_sigreturn
    .type uk_linuxu_sigreturn, @function
uk_linuxu_sigreturn:
    movl $15, %eax                  /* rt_sigreturn */
    syscall
    .size uk_linuxu_sigreturn, . - uk_linuxu_sigreturn

    /* size_t uk_linuxu_probe_copy(void* to, const void* from, size_t size): copies until a byte
     * cannot be read and returns how many it copied. The signal handler knows the one instruction
     * that may fault and continues at uk_linuxu_probe_fixup. */
    .globl uk_linuxu_probe_copy, uk_linuxu_probe_fault, uk_linuxu_probe_fixup
    .hidden uk_linuxu_probe_copy, uk_linuxu_probe_fault, uk_linuxu_probe_fixup
    .type uk_linuxu_probe_copy, @function
uk_linuxu_probe_copy:
    xorl %eax, %eax
1:  cmpq %rdx, %rax
    jae uk_linuxu_probe_fixup
uk_linuxu_probe_fault:
    movzbl (%rsi,%rax), %ecx
    movb %cl, (%rdi,%rax)
    incq %rax
    jmp 1b
uk_linuxu_probe_fixup:
    ret
    .size uk_linuxu_probe_copy, . - uk_linuxu_probe_copy

    .section .note.GNU-stack, "", @progbits
