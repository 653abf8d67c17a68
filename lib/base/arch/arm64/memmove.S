/* SPDX-License-Identifier: BSD-3-Clause */
/* memmove(x0 dst, x1 src, x2 n) -> x0 dst; memcpy is the same function.
 *
 * Only general registers are used: this runs in interrupt and fault handlers, which do not save the
 * vector registers of the code that they interrupted. Blocks up to 64 bytes take a few overlapping
 * moves, all loads before the first store; longer ones a loop of 32 bytes whose stores are aligned,
 * from that end from which nothing is overwritten before it was read.
 */
    .section .text.memmove, "ax", %progbits
    .p2align 4
    .globl memcpy, memmove
    .hidden memcpy, memmove
    .type memcpy, %function
    .type memmove, %function
memcpy:
memmove:
    add x4, x1, x2              /* the ends */
    add x5, x0, x2
    cmp x2, #16
    b.lo .Lbelow_16
    cmp x2, #32
    b.hi .Labove_32
    ldp x6, x7, [x1]
    ldp x8, x9, [x4, #-16]
    stp x6, x7, [x0]
    stp x8, x9, [x5, #-16]
    ret

.Lbelow_16:
    tbz x2, #3, .Lbelow_8
    ldr x6, [x1]
    ldr x7, [x4, #-8]
    str x6, [x0]
    str x7, [x5, #-8]
    ret
.Lbelow_8:
    tbz x2, #2, .Lbelow_4
    ldr w6, [x1]
    ldr w7, [x4, #-4]
    str w6, [x0]
    str w7, [x5, #-4]
    ret
.Lbelow_4:
    cbz x2, 1f
    lsr x3, x2, #1              /* 1..3: the first byte, the middle, the last */
    ldrb w6, [x1]
    ldrb w7, [x1, x3]
    ldrb w8, [x4, #-1]
    strb w6, [x0]
    strb w7, [x0, x3]
    strb w8, [x5, #-1]
1:  ret

.Labove_32:
    cmp x2, #64
    b.hi .Labove_64
    ldp x6, x7, [x1]
    ldp x8, x9, [x1, #16]
    ldp x10, x11, [x4, #-32]
    ldp x12, x13, [x4, #-16]
    stp x6, x7, [x0]
    stp x8, x9, [x0, #16]
    stp x10, x11, [x5, #-32]
    stp x12, x13, [x5, #-16]
    ret

.Labove_64:
    sub x3, x0, x1
    cmp x3, x2
    b.lo .Lbackward             /* src <= dst < src + n */
    ldp x14, x15, [x1]          /* what the loop leaves out at either end */
    ldp x10, x11, [x4, #-32]
    ldp x12, x13, [x4, #-16]
    and x3, x0, #15
    sub x1, x1, x3
    sub x16, x0, x3             /* aligned, up to 15 bytes below dst: the loop starts 16 above */
    sub x17, x5, #48
1:  ldp x6, x7, [x1, #16]
    ldp x8, x9, [x1, #32]!
    stp x6, x7, [x16, #16]
    stp x8, x9, [x16, #32]!
    cmp x16, x17
    b.lo 1b
    stp x14, x15, [x0]
    stp x10, x11, [x5, #-32]
    stp x12, x13, [x5, #-16]
    ret

.Lbackward:
    ldp x14, x15, [x4, #-16]
    ldp x10, x11, [x1]
    ldp x12, x13, [x1, #16]
    and x3, x5, #15
    sub x4, x4, x3
    sub x16, x5, x3
    add x17, x0, #32
1:  ldp x6, x7, [x4, #-16]
    ldp x8, x9, [x4, #-32]!
    stp x6, x7, [x16, #-16]
    stp x8, x9, [x16, #-32]!
    cmp x16, x17
    b.hi 1b
    stp x14, x15, [x5, #-16]
    stp x10, x11, [x0]
    stp x12, x13, [x0, #16]
    ret
    .size memcpy, . - memcpy
    .size memmove, . - memmove

    .section .note.GNU-stack, "", %progbits
