/* SPDX-License-Identifier: BSD-3-Clause */
/* memset(x0 dst, w1 c, x2 n) -> x0 dst; general registers only, as memmove.S explains. */
    .section .text.memset, "ax", %progbits
    .p2align 4
    .globl memset
    .hidden memset
    .type memset, %function
memset:
    and x1, x1, #255
    mov x3, #0x0101010101010101
    mul x1, x1, x3
    add x5, x0, x2              /* the end */
    cmp x2, #16
    b.lo .Lbelow_16
    stp x1, x1, [x0]
    stp x1, x1, [x5, #-16]
    cmp x2, #32
    b.ls 1f
    stp x1, x1, [x5, #-32]
    cmp x2, #64
    b.hi .Labove_64
    stp x1, x1, [x0, #16]
1:  ret

.Lbelow_16:
    tbz x2, #3, .Lbelow_8
    str x1, [x0]
    str x1, [x5, #-8]
    ret
.Lbelow_8:
    tbz x2, #2, .Lbelow_4
    str w1, [x0]
    str w1, [x5, #-4]
    ret
.Lbelow_4:
    cbz x2, 1f
    lsr x3, x2, #1              /* 1..3: the first byte, the middle, the last */
    strb w1, [x0]
    strb w1, [x0, x3]
    strb w1, [x5, #-1]
1:  ret

.Labove_64:                     /* the first 16 and the last 32 bytes are done */
    and x4, x0, #-16            /* aligned, up to 15 bytes below dst: the loop starts 16 above */
    sub x3, x5, #80
    cmp x4, x3
    b.hs 2f
1:  stp x1, x1, [x4, #16]
    stp x1, x1, [x4, #32]
    stp x1, x1, [x4, #48]
    stp x1, x1, [x4, #64]!
    cmp x4, x3
    b.lo 1b
2:  stp x1, x1, [x5, #-64]
    stp x1, x1, [x5, #-48]
    ret
    .size memset, . - memset

    .section .note.GNU-stack, "", %progbits
