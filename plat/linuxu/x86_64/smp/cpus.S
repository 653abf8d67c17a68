/* SPDX-License-Identifier: BSD-3-Clause */
/* The way back of threads that may have been moved to another CPU. */

    .section .text.uk_linuxu_preempted, "ax", @progbits
    /* As in ../entry.S. The CPU may be another one afterwards. %gs:0 and %gs:1 are the first two members of
     * struct Cpu. */
    .globl uk_linuxu_preempted, uk_linuxu_preempted_end
    .hidden uk_linuxu_preempted, uk_linuxu_preempted_end
    .type uk_linuxu_preempted, @function
uk_linuxu_preempted:
    movb $0, %gs:0
    movq %rsp, %rdi
    call uk_linuxu_act_and_move
    .size uk_linuxu_preempted, . - uk_linuxu_preempted
    .type __restore_rt, @function
__restore_rt:
    movb $1, %gs:0
    cmpb $0, %gs:1
    jne uk_linuxu_preempted
    movl $15, %eax                  /* rt_sigreturn */
    syscall
uk_linuxu_preempted_end:
    .size __restore_rt, . - __restore_rt

    .section .note.GNU-stack, "", @progbits
