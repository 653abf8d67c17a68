/* SPDX-License-Identifier: BSD-3-Clause */
/* Layout of the bootable image, which is a plain copy of memory: parts start on page boundaries in
 * the file, too, and what takes no room there comes last. Each stack lies above page tables of the
 * image, which are never changed and cannot be written, so that an overflow faults. */
#include <uk/arm64/layout.h>
#include <uk/image_sections.h>

OUTPUT_ARCH(aarch64)
ENTRY(uk_entry)

PHDRS
{
    text PT_LOAD FLAGS(5);
    rodata PT_LOAD FLAGS(4);
    data PT_LOAD FLAGS(6);
    note PT_NOTE FLAGS(4);
    stack PT_GNU_STACK FLAGS(6); UK_TLS_PHDR
}

SECTIONS
{
    . = UK_KERNEL_BASE + UK_TEXT_OFFSET;
    uk_image_start = .;
    uk_text_start = .;
    .text : {
        KEEP(*(.text.boot))
        *(.text.memmove .text.memset) /* into the gap before the vectors, which lie on a multiple of 2 KiB */
        *(.text.trap)
        *(.text.unlikely .text.unlikely.*)
        *(.text .text.*)
        . = ALIGN(4096);
    } :text
    uk_text_end = .;

    uk_rodata_start = .;
    .note : {
        uk_build_id_note = .;
        KEEP(*(.note.gnu.build-id))
        uk_build_id_note_end = .;
    } :rodata :note
    UK_TLS_SECTIONS(.tdata :, .tbss :)
    .rodata : { *(.rodata .rodata.*) UK_TLS_IMAGE } :rodata

    /* Tables (sections named like C identifiers) land here by themselves. */

    .data : {
        . = ALIGN(4096);
        uk_rodata_end = .;
        uk_data_start = .;
        *(.data .data.*)
        *(.got .got.plt .igot .igot.plt)
        UK_INIT_ARRAYS
    } :data

    /* One table for each 2 MiB from the base up to the end of the image, which they make longer. */
    uk_before_tables = . - UK_KERNEL_BASE + SIZEOF(.zero) + 0x20000;
    uk_l3_size = ((uk_before_tables + ((uk_before_tables >> 21) + 1) * 4096 >> 21) + 1) * 4096;
    .bss (NOLOAD) : {
        . = ALIGN(4096);
        uk_l0 = .;
        . += 4096;
        uk_l3 = .;
        . += uk_l3_size;
        uk_boot_stack = .;
        . += (CONFIG_LIBUKBOOT_STACK_KIB + 3) / 4 * 4096;
        uk_boot_stack_end = .;
        uk_l1 = .;
        . += 4096;
        uk_l2 = .;
        . += 4096;
        uk_trap_stack = .;
        . += UK_TRAP_STACK_SIZE;
        uk_trap_stack_end = .;
    } :data
    .zero (NOLOAD) : {
        . = ALIGN(4096);
        uk_zero_start = .;
        *(.bss .bss.*)
        *(COMMON)
        . = ALIGN(4096);
        /* For the direct map; with several CPUs also for what each begins with. */
        uk_table_pool = .;
        . += (7 + CONFIG_HAL_DEVICE_TABLES) * 4096;
#if CONFIG_HAL_CPUS > 1
        . += 3 * 4096;
#endif
        uk_table_pool_end = .;
        uk_image_end = .;
    } :data
    uk_image_size = ABSOLUTE(uk_image_end - uk_image_start);
    ASSERT(uk_image_size < UK_IMAGE_MOST, "the image does not fit into the first table of boot/entry.S")

    /DISCARD/ : { *(.eh_frame .eh_frame_hdr .note.gnu.property .note.ABI-tag .comment .interp) }
}
