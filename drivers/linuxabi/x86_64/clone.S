/* SPDX-License-Identifier: BSD-3-Clause */
/* A further thread of the host: <uk/linuxabi/clone.hpp>. */

    .text
    /* It begins with the caller's FS and GS. */
    .globl uk_linuxabi_clone
    .hidden uk_linuxabi_clone
    .type uk_linuxabi_clone, @function
uk_linuxabi_clone:
    movq %rcx, %r9                  /* the system call destroys it */
    xorl %r10d, %r10d
    movl $56, %eax                  /* clone; looks at r8 for another flag only */
    syscall
    testq %rax, %rax
    jz 1f
    ret
1:  xorl %ebp, %ebp                 /* the last frame of every backtrace */
    movq %r8, %rdi
    call *%r9
    ud2
    .size uk_linuxabi_clone, . - uk_linuxabi_clone

    .section .note.GNU-stack, "", @progbits
