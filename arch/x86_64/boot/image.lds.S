/* SPDX-License-Identifier: BSD-3-Clause */
/* Layout of the bootable image. Parts start on page boundaries in memory but not in the file, which no
 * loader maps. Each stack lies above a part that cannot be written, so that an overflow faults without
 * a page being spent on it: the trap stack above the constants, the boot stack above the code. */
#include <uk/image_sections.h>
#include <uk/x86/layout.h>

OUTPUT_ARCH(i386:x86-64)
ENTRY(uk_pvh_entry)

#define PHYS(address) (ABSOLUTE(address) - UK_KERNEL_BASE)
#define SECTION(name) name : AT(ADDR(name) - UK_KERNEL_BASE)

/* Page tables for the direct map; with several CPUs also for what each begins with. */
#if CONFIG_HAL_CPUS > 1
#define POOL (11 + CONFIG_HAL_DEVICE_TABLES) * 4096
#else
#define POOL (8 + CONFIG_HAL_DEVICE_TABLES) * 4096
#endif

PHDRS
{
    rodata PT_LOAD FLAGS(4);
    trapstack PT_LOAD FLAGS(6);
    text PT_LOAD FLAGS(5);
    bootstack PT_LOAD FLAGS(6);
    data PT_LOAD FLAGS(6);
    bss PT_LOAD FLAGS(6);
    note PT_NOTE FLAGS(4);
    stack PT_GNU_STACK FLAGS(6); UK_TLS_PHDR
}

SECTIONS
{
    . = UK_KERNEL_BASE + UK_IMAGE_PHYS;
    uk_image_start = .;
    uk_rodata_start = .;

    SECTION(.multiboot2) { KEEP(*(.multiboot2)) } :rodata
    SECTION(.note) {
        KEEP(*(.note.pvh))
        uk_build_id_note = .;
        KEEP(*(.note.gnu.build-id))
        uk_build_id_note_end = .;
    } :rodata :note
    UK_TLS_SECTIONS(SECTION(.tdata), SECTION(.tbss))
    SECTION(.rodata) { *(.rodata .rodata.*) UK_TLS_IMAGE } :rodata

    /* Tables (sections named like C identifiers) land here by themselves. */

    /* The parts that take no room in the file begin where the one before ends: a gap would be free
     * memory to a loader. */
    SECTION(.trapstack) {
        . = ALIGN(4096);
        uk_rodata_end = .;
        uk_trap_stack = .;
        KEEP(*(.trapstack))
    } :trapstack
    SECTION(.text) {
        uk_text_start = .;
        *(.text.boot)
        *(.text.unlikely .text.unlikely.*)
        *(.text .text.*)
    } :text
    /* Executable pages that somebody else fills, a hypervisor's. */
    SECTION(.textpage) { *(.textpage) } :text
    SECTION(.bootstack) {
        . = ALIGN(4096);
        uk_text_end = .;
        uk_data_start = .;
        uk_boot_stack = .;
        KEEP(*(.bootstack))
        uk_boot_stack_end = .;
    } :bootstack
    SECTION(.data) {
        *(.data .data.*)
        *(.got .got.plt .igot .igot.plt)
        UK_INIT_ARRAYS
    } :data
    SECTION(.bss) {
        *(.bss .bss.*)
        *(COMMON)
        . = ALIGN(4096);
        uk_pml4 = .;
        . += 4096;
        uk_pdpt = .;
        . += 4096;
        uk_pd = .;
        . += 4096;
        /* One page table for each 2 MiB of the first GiB up to the end of the image; the tables
         * themselves may need one more. */
        uk_pts = .;
        . += ((PHYS(.) + POOL + 0x1fffff + ((PHYS(.) + POOL >> 21) + 1) * 4096) >> 21) * 4096;
        uk_pts_end = .;
        uk_table_pool = .;
        . += POOL;
        uk_table_pool_end = .;
        uk_image_end = .;
    } :bss
    ASSERT(PHYS(uk_image_end) <= ABSOLUTE(uk_pts_end - uk_pts) << 9, "page tables for the image")

    /DISCARD/ : { *(.eh_frame .eh_frame_hdr .note.gnu.property .note.ABI-tag .comment .interp) }
}
