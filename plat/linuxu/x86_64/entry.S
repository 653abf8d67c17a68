/* SPDX-License-Identifier: BSD-3-Clause */
/* Entry of the Linux process, and return from a signal handler. */

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

#if CONFIG_HAL_CPUS == 1
    .section .text.uk_linuxu_preempted, "ax", @progbits
    /* Where a preempted thread goes on, on its kernel stack: the stack pointer is at what rt_sigreturn
     * needs. A signal that comes while interrupts are on here lets it start again with the same frame,
     * so frames do not pile up. By the name of the second part gdb finds the interrupted code. */
    .globl uk_linuxu_preempted, uk_linuxu_preempted_end
    .hidden uk_linuxu_preempted, uk_linuxu_preempted_end
    .type uk_linuxu_preempted, @function
uk_linuxu_preempted:
    movb $0, uk_linuxu_irqs_on(%rip)
    movq %rsp, %rdi
    call uk_linuxu_act
    .size uk_linuxu_preempted, . - uk_linuxu_preempted
    .type __restore_rt, @function
__restore_rt:
    movb $1, uk_linuxu_irqs_on(%rip)
    cmpb $0, uk_linuxu_irq_pending(%rip)
    jne uk_linuxu_preempted
    movl $15, %eax                  /* rt_sigreturn */
    syscall
uk_linuxu_preempted_end:
    .size __restore_rt, . - __restore_rt
#endif

    .section .note.GNU-stack, "", @progbits
