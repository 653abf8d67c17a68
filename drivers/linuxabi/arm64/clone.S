/* SPDX-License-Identifier: BSD-3-Clause */
/* A further thread of the host: <uk/linuxabi/clone.hpp>. */

    .text
    /* It begins with the caller's x18. */
    .globl uk_linuxabi_clone
    .hidden uk_linuxabi_clone
    .type uk_linuxabi_clone, %function
uk_linuxabi_clone:
    mov x9, x3
    mov x10, x4
    mov x3, #0
    mov x4, #0
    mov x8, #220                    /* clone */
    svc #0
    cbz x0, 1f
    ret
1:  mov x29, #0                     /* the last frame of every backtrace */
    mov x30, #0
    mov x0, x10
    blr x9
    udf #0
    .size uk_linuxabi_clone, . - uk_linuxabi_clone

    .section .note.GNU-stack, "", %progbits
