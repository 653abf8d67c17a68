/* SPDX-License-Identifier: BSD-3-Clause */
/* From the loader's 32-bit protected mode without paging to C++ in 64-bit mode with the image mapped
 * W^X at its link address and nothing else mapped. Both loaders leave flat segments, interrupts off,
 * and the physical address of their information in ebx. */
#include <uk/x86/layout.h>

#define PHYS(symbol) (symbol - UK_KERNEL_BASE)

#define PTE_TABLE 0x23                  /* A, W, P */
#define CPUID_LONG_MODE (1 << 29)       /* leaf 0x80000001, edx */
#define CPUID_NX (1 << 20)

    .section .text.boot, "ax", @progbits
    .code32
    .globl uk_multiboot2_entry, uk_pvh_entry
    .hidden uk_multiboot2_entry, uk_pvh_entry
    .type uk_multiboot2_entry, @function
    .type uk_pvh_entry, @function
uk_multiboot2_entry:
    movl %eax, %ebp                     /* the magic number says who entered */
    jmp 1f
uk_pvh_entry:
    movl $UK_PVH_MAGIC, %ebp
1:  rdtsc
    cld
    movl $PHYS(uk_boot_stack_end), %esp
    pushl %edx
    pushl %eax
    movl %ebx, %edi

    /* What is needed, and nothing more. */
    movl $0x80000000, %eax
    cpuid
    movl $PHYS(no_long_mode), %esi
    cmpl $0x80000001, %eax
    jb fail
    movl $0x80000001, %eax
    cpuid
    testl $CPUID_LONG_MODE, %edx
    jz fail
    movl $PHYS(no_nx), %esi
    testl $CPUID_NX, %edx
    jz fail
    /* A machine with too little memory got only a part of the image. */
    movl $PHYS(too_small), %esi
    movl $UK_PVH_MAGIC, PHYS(uk_image_end) - 4
    cmpl $UK_PVH_MAGIC, PHYS(uk_image_end) - 4
    jne fail
    movl $0, PHYS(uk_image_end) - 4
    pushl %edi

    /* Upper levels. The first GiB is mapped twice by the same tables: at the link address, and, until
     * we run there, where it is physically. */
    movl $PHYS(uk_pdpt) + PTE_TABLE, %eax
    movl %eax, PHYS(uk_pml4)
    movl %eax, PHYS(uk_pml4) + 511 * 8
    movl $PHYS(uk_pd) + PTE_TABLE, %eax
    movl %eax, PHYS(uk_pdpt)
    movl %eax, PHYS(uk_pdpt) + 510 * 8
    movl $PHYS(uk_pts) + PTE_TABLE, %eax
    movl $PHYS(uk_pd), %ecx
1:  movl %eax, (%ecx)
    addl $8, %ecx
    addl $4096, %eax
    cmpl $PHYS(uk_pts_end), %eax
    jb 1b

    /* The image, part by part, each page as its part says. */
    movl $UK_IMAGE_PHYS, %eax
    movl $PHYS(uk_pts) + UK_IMAGE_PHYS / 4096 * 8, %edi
    movl $PHYS(parts), %esi
2:  movl 0(%esi), %ecx
    movl 4(%esi), %ebx
    movl 8(%esi), %edx
    cmpl %ecx, %eax
    jae 4f
3:  orl %eax, %ebx
    movl %ebx, (%edi)
    movl %edx, 4(%edi)
    xorl %eax, %ebx
    addl $8, %edi
    addl $4096, %eax
    cmpl %ecx, %eax
    jb 3b
4:  addl $12, %esi
    cmpl $PHYS(parts_end), %esi
    jb 2b

    movl $UK_CR4, %eax
    movl %eax, %cr4
    movl $PHYS(uk_pml4), %eax
    movl %eax, %cr3
    movl $UK_MSR_EFER, %ecx
    rdmsr
    orl $UK_EFER, %eax
    wrmsr
    popl %ebx
    movl $UK_CR0_VALUE, %eax
    movl %eax, %cr0
    lgdt PHYS(gdt_pointer)
    ljmp $UK_SELECTOR_CODE, $PHYS(5f)

    .code64
5:  movq $6f, %rax
    jmp *%rax
6:  lgdt gdt_pointer_high(%rip)
    xorl %eax, %eax                     /* 64-bit mode needs no data segments */
    movl %eax, %ds
    movl %eax, %es
    movl %eax, %ss
    movl %eax, %fs
    movl %eax, %gs
    movq %rax, uk_pml4(%rip)            /* nothing is left below the image */
    movq %rax, uk_pdpt(%rip)
    movq %cr3, %rax
    movq %rax, %cr3
    movq $uk_boot_stack_end - 8, %rsp
    popq %rdx                           /* cycles at entry */
    movl %ebp, %edi                     /* magic */
    movl %ebx, %esi                     /* information */
    xorl %ebp, %ebp                     /* the last frame of every backtrace */
    call uk_platform_start
    ud2

    /* esi = text. The console is not up yet: polls COM1 for a while, then ends the machine. */
    .code32
fail:
    lodsb
    testb %al, %al
    jz 9f
    movb %al, %bl
    movl $0x10000, %ecx
7:  movw $0x3fd, %dx
    inb %dx, %al
    testb $0x20, %al
    loopz 7b
    movw $0x3f8, %dx
    movb %bl, %al
    outb %al, %dx
    jmp fail
9:  movw $UK_DEBUG_EXIT_PORT, %dx
    movb $UK_EXIT_BOOT_FAILED, %al
    outb %al, %dx
8:  cli
    hlt
    jmp 8b
    .size uk_pvh_entry, . - uk_pvh_entry

    .section .rodata.boot, "a", @progbits
no_long_mode:
    .asciz "Microlith: this processor has no 64-bit mode (CPUID: LM); the image needs it.\r\n"
no_nx:
    .asciz "Microlith: this processor cannot protect pages from execution (CPUID: NX); the image needs it.\r\n"
too_small:
    .asciz "Microlith: the image does not fit into memory; give the machine more (-m 2M).\r\n"

    /* Where each part of the image ends, and how its pages are mapped (low and high half). Accessed
     * and dirty are set here so that the processor need not do it. */
    .balign 4
parts:
    .long PHYS(uk_rodata_end), 0x21, 0x80000000         /* A, P; NX */
    .long PHYS(uk_text_start), 0x63, 0x80000000         /* D, A, W, P; NX: the trap stack */
    .long PHYS(uk_text_end), 0x21, 0                    /* A, P */
    .long PHYS(uk_image_end), 0x63, 0x80000000
parts_end:

gdt_pointer:
    .short uk_gdt_end - uk_gdt - 1
    .long PHYS(uk_gdt)
gdt_pointer_high:
    .short uk_gdt_end - uk_gdt - 1
    .quad uk_gdt

    /* Writable: the processor marks the task as busy. */
    .section .data.gdt, "aw", @progbits
    .balign 8
    .globl uk_gdt
    .hidden uk_gdt
uk_gdt:
    .quad 0
    .quad 0x00209b0000000000            /* code, ring 0, 64-bit, accessed */
    .quad 0, 0                          /* task state, filled by trap_init() */
uk_gdt_end:

    /* Sections of their own: the linker script puts each above a part that cannot be written. */
    .section .bootstack, "aw", @nobits
    .skip (CONFIG_LIBUKBOOT_STACK_KIB + 3) / 4 * 4096
    .section .trapstack, "aw", @nobits
    .skip UK_TRAP_STACK_SIZE

    .section .note.GNU-stack, "", @progbits
