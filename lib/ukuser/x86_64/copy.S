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
    .pushsection uk_extable, TABLE_FLAGS, @progbits
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

    /* size_t f(rdi to, rsi from, rdx size) -> rax bytes that are left. Registers say at each fault how
     * far it got, and the loop of bytes goes on from there to the very byte that cannot be copied. */
    .macro COPY name, side
    .section .text.\name, "ax", @progbits
    .p2align 4
    .globl \name
    .hidden \name
    .type \name, @function
\name:
    cmpq $32, %rdx
    jb .Lwords_\side
    cmpq $512, %rdx
    jae .Lmany_\side
1:  LOAD \side, .Lbytes_\side, movq (%rsi), %rcx
    LOAD \side, .Lbytes_\side, movq 8(%rsi), %r8
    LOAD \side, .Lbytes_\side, movq 16(%rsi), %r9
    LOAD \side, .Lbytes_\side, movq 24(%rsi), %r10
    STORE \side, .Lbytes_\side, movq %rcx, (%rdi)
    STORE \side, .Lbytes_\side, movq %r8, 8(%rdi)
    STORE \side, .Lbytes_\side, movq %r9, 16(%rdi)
    STORE \side, .Lbytes_\side, movq %r10, 24(%rdi)
    addq $32, %rsi
    addq $32, %rdi
    subq $32, %rdx
    cmpq $32, %rdx
    jae 1b
.Lwords_\side:
    cmpq $8, %rdx
    jb 3f
2:  LOAD \side, .Lbytes_\side, movq (%rsi), %rcx
    STORE \side, .Lbytes_\side, movq %rcx, (%rdi)
    addq $8, %rsi
    addq $8, %rdi
    subq $8, %rdx
    cmpq $8, %rdx
    jae 2b
3:  testq %rdx, %rdx
    jz .Lend_\side
.Lbytes_\side:
    LOAD \side, .Lend_\side, movb (%rsi), %cl
    STORE \side, .Lend_\side, movb %cl, (%rdi)
    incq %rsi
    incq %rdi
    decq %rdx
    jnz .Lbytes_\side
.Lend_\side:
    movq %rdx, %rax
    ret

    /* Fast strings, but for where they crawl: arch/x86_64/mem/memcpy.S. If the kernel's side faults,
     * too, the loop of bytes does so again. */
.Lmany_\side:
    movl %edi, %ecx
    subl %esi, %ecx
    andl $0xfff, %ecx
    decl %ecx
    cmpl $62, %ecx
    jbe 1b
    movq %rdx, %rcx
    andl $7, %edx
    shrq $3, %rcx
4:  rep movsq
    FIXUP 4b, .Lpart_\side
    jmp 3b
.Lpart_\side:
    leaq (%rdx,%rcx,8), %rdx
    jmp .Lbytes_\side
    .size \name, . - \name
    .endm

    COPY uk_user_copy_in, in
    COPY uk_user_copy_out, out

    /* size_t uk_user_copy_string(rdi to, rsi from, rdx size) */
    .section .text.uk_user_copy_string, "ax", @progbits
    .globl uk_user_copy_string
    .hidden uk_user_copy_string
    .type uk_user_copy_string, @function
uk_user_copy_string:
    xorl %eax, %eax
    movabsq $0x0101010101010101, %r8
    movq %r8, %r9
    shlq $7, %r9
    /* Words that are aligned at the application's side, so none reaches into a page behind the 0. */
1:  leaq (%rsi,%rax), %rcx
    leaq 8(%rax), %r10
    testb $7, %cl
    jnz 2f
    cmpq %rdx, %r10
    ja 2f
5:  movq (%rcx), %r11
    FIXUP 5b, 4f
    movq %r11, %rcx
    movq %r11, %r10
    subq %r8, %rcx
    notq %r10
    andq %r9, %r10
    testq %r10, %rcx                /* a byte of it is 0 */
    jnz 2f
    movq %r11, (%rdi,%rax)
    addq $8, %rax
    jmp 1b
    /* A byte: before the first word, of the last one, or where no word is left. */
2:  cmpq %rdx, %rax
    jae 3f
6:  movb (%rsi,%rax), %cl
    FIXUP 6b, 4f
    movb %cl, (%rdi,%rax)
    testb %cl, %cl
    jz 3f
    incq %rax
    leaq (%rsi,%rax), %rcx
    testb $7, %cl
    jnz 2b
    jmp 1b
3:  ret
4:  movq $-1, %rax
    ret
    .size uk_user_copy_string, . - uk_user_copy_string

    /* bool f(rdi at) */
    .section .text.uk_user_can, "ax", @progbits
    .globl uk_user_can_read, uk_user_can_write
    .hidden uk_user_can_read, uk_user_can_write
    .type uk_user_can_read, @function
    .type uk_user_can_write, @function
uk_user_can_read:
1:  movb (%rdi), %al
    FIXUP 1b, 3f
    jmp 2f
uk_user_can_write:
1:  lock orb $0, (%rdi)             /* another thread's write is not lost */
    FIXUP 1b, 3f
2:  movl $1, %eax
    ret
3:  xorl %eax, %eax
    ret
    .size uk_user_can_read, . - uk_user_can_read

    /* bool uk_user_load_word(rdi at, rsi value) */
    .section .text.uk_user_word, "ax", @progbits
    .globl uk_user_load_word, uk_user_replace_word
    .hidden uk_user_load_word, uk_user_replace_word
    .type uk_user_load_word, @function
    .type uk_user_replace_word, @function
uk_user_load_word:
1:  movl (%rdi), %eax
    FIXUP 1b, 3f
    jmp 2f
    /* bool uk_user_replace_word(rdi at, esi expected, edx wanted, rcx seen) */
uk_user_replace_word:
    movl %esi, %eax
    movq %rcx, %rsi
1:  lock cmpxchgl %edx, (%rdi)
    FIXUP 1b, 3f
2:  movl %eax, (%rsi)
    movl $1, %eax
    ret
3:  xorl %eax, %eax
    ret
    .size uk_user_load_word, . - uk_user_load_word

    .section .note.GNU-stack, "", @progbits
