/* SPDX-License-Identifier: BSD-3-Clause */
/* The copy that may fault: <uk/linuxabi/fault.hpp>. */

    .text
    /* size_t uk_linuxabi_probe_copy(void* to, const void* from, size_t size): copies until a byte
     * cannot be read and returns how many it copied. */
    .globl uk_linuxabi_probe_copy
    .hidden uk_linuxabi_probe_copy
    .type uk_linuxabi_probe_copy, %function
uk_linuxabi_probe_copy:
    mov x3, #0
1:  cmp x3, x2
    b.hs 3f
2:  ldrb w4, [x1, x3]
    strb w4, [x0, x3]
    add x3, x3, #1
    b 1b
3:  mov x0, x3
    ret
    .size uk_linuxabi_probe_copy, . - uk_linuxabi_probe_copy

    /* Pairs: an instruction that may fault, and where to go on if it does. */
    .pushsection uk_extable, "a", %progbits
    .balign 8
    .quad 2b, 3b
    .popsection

    .section .note.GNU-stack, "", %progbits
