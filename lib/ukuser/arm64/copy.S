/* SPDX-License-Identifier: BSD-3-Clause */
/* Copies of application memory. Each instruction that may fault has a row in uk_extable. General
 * registers only: threads of the application may be interrupted in here. */

#ifdef UK_HOST_TEST
#define TABLE_FLAGS "aw"            /* the host's loader moves the image */
#else
#define TABLE_FLAGS "a"
#endif

    /* A row: where it may fault, and where it goes on then. */
    .macro FIXUP from, to
    .pushsection uk_extable, TABLE_FLAGS, %progbits
    .balign 8
    .quad \from, \to
    .popsection
    .endm

    /* One load or store; on the application's side it may fault. */
    .macro LOAD side, fixup, instruction:vararg
9:  \instruction
    .ifc \side, in
    FIXUP 9b, \fixup
    .endif
    .endm
    .macro STORE side, fixup, instruction:vararg
9:  \instruction
    .ifc \side, out
    FIXUP 9b, \fixup
    .endif
    .endm

    /* size_t f(x0 to, x1 from, x2 size) -> x0 bytes that are left. Registers say at each fault how
     * far it got, and the loop of bytes goes on from there to the very byte that cannot be copied. */
    .macro COPY name, side
    .section .text.\name, "ax", %progbits
    .p2align 4
    .globl \name
    .hidden \name
    .type \name, %function
\name:
    cmp x2, #32
    b.lo 2f
1:  LOAD \side, .Lbytes_\side, ldp x4, x5, [x1]
    LOAD \side, .Lbytes_\side, ldp x6, x7, [x1, #16]
    STORE \side, .Lbytes_\side, stp x4, x5, [x0]
    STORE \side, .Lbytes_\side, stp x6, x7, [x0, #16]
    add x1, x1, #32
    add x0, x0, #32
    sub x2, x2, #32
    cmp x2, #32
    b.hs 1b
2:  cmp x2, #8
    b.lo 4f
3:  LOAD \side, .Lbytes_\side, ldr x4, [x1]
    STORE \side, .Lbytes_\side, str x4, [x0]
    add x1, x1, #8
    add x0, x0, #8
    sub x2, x2, #8
    cmp x2, #8
    b.hs 3b
4:  cbz x2, .Lend_\side
.Lbytes_\side:
    LOAD \side, .Lend_\side, ldrb w4, [x1]
    STORE \side, .Lend_\side, strb w4, [x0]
    add x1, x1, #1
    add x0, x0, #1
    sub x2, x2, #1
    cbnz x2, .Lbytes_\side
.Lend_\side:
    mov x0, x2
    ret
    .size \name, . - \name
    .endm

    COPY uk_user_copy_in, in
    COPY uk_user_copy_out, out

    /* size_t uk_user_copy_string(x0 to, x1 from, x2 size) */
    .section .text.uk_user_copy_string, "ax", %progbits
    .globl uk_user_copy_string
    .hidden uk_user_copy_string
    .type uk_user_copy_string, %function
uk_user_copy_string:
    mov x3, #0
1:  cmp x3, x2
    b.hs 3f
2:  ldrb w4, [x1, x3]
    FIXUP 2b, 4f
    strb w4, [x0, x3]
    cbz w4, 3f
    add x3, x3, #1
    b 1b
3:  mov x0, x3
    ret
4:  mov x0, #-1
    ret
    .size uk_user_copy_string, . - uk_user_copy_string

    /* bool f(x0 at) */
    .section .text.uk_user_can, "ax", %progbits
    .globl uk_user_can_read, uk_user_can_write
    .hidden uk_user_can_read, uk_user_can_write
    .type uk_user_can_read, %function
    .type uk_user_can_write, %function
uk_user_can_read:
1:  ldrb w1, [x0]
    FIXUP 1b, 4f
    b 3f
uk_user_can_write:
1:  ldxrb w1, [x0]
    FIXUP 1b, 4f
2:  stxrb w2, w1, [x0]              /* another thread's write is not lost */
    FIXUP 2b, 4f
    cbnz w2, 1b
3:  mov w0, #1
    ret
4:  clrex
    mov w0, #0
    ret
    .size uk_user_can_read, . - uk_user_can_read

    /* bool uk_user_load_word(x0 at, x1 value) */
    .section .text.uk_user_word, "ax", %progbits
    .globl uk_user_load_word, uk_user_replace_word
    .hidden uk_user_load_word, uk_user_replace_word
    .type uk_user_load_word, %function
    .type uk_user_replace_word, %function
uk_user_load_word:
1:  ldar w4, [x0]
    FIXUP 1b, 5f
    mov x3, x1
    b 4f
    /* bool uk_user_replace_word(x0 at, w1 expected, w2 wanted, x3 seen) */
uk_user_replace_word:
1:  ldaxr w4, [x0]
    FIXUP 1b, 5f
    cmp w4, w1
    b.ne 3f
2:  stlxr w5, w2, [x0]
    FIXUP 2b, 5f
    cbnz w5, 1b
    b 4f
3:  clrex
4:  str w4, [x3]
    mov w0, #1
    ret
5:  clrex
    mov w0, #0
    ret
    .size uk_user_load_word, . - uk_user_load_word

    .section .note.GNU-stack, "", %progbits
