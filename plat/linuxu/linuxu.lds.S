/* SPDX-License-Identifier: BSD-3-Clause */
/* Layout of the Linux process: headers and constants, code, the stack of signal handlers
 * above what cannot be written, data. No segment is both writable and executable. */
#include <uk/image_sections.h>

ENTRY(_start)

PHDRS
{
    rodata PT_LOAD FILEHDR PHDRS FLAGS(4);
    text PT_LOAD FLAGS(5);
    altstack PT_LOAD FLAGS(6);
    data PT_LOAD FLAGS(6);
    note PT_NOTE FLAGS(4);
    stack PT_GNU_STACK FLAGS(6); UK_TLS_PHDR
}

SECTIONS
{
    . = 0x400000;
    uk_image_start = .;
    uk_rodata_start = .;
    . += SIZEOF_HEADERS;

    .note.gnu.build-id : {
        uk_build_id_note = .;
        KEEP(*(.note.gnu.build-id))
        uk_build_id_note_end = .;
    } :rodata :note

    UK_TLS_SECTIONS(.tdata :, .tbss :)
    .rodata : {
        *(.rodata .rodata.*)
        *(.got .got.plt .igot .igot.plt)
        UK_TLS_IMAGE
    } :rodata

    /* Tables of read-only rows (sections named like C identifiers) land here by themselves, so the
     * end of the constants is wherever the code starts. */
    . = ALIGN(CONSTANT(COMMONPAGESIZE));
    .text : {
        uk_text_start = .;
        *(.text.unlikely .text.unlikely.*)
        *(.text .text.*)
        . = ALIGN(CONSTANT(COMMONPAGESIZE));
        uk_text_end = .;
    } :text
    uk_rodata_end = ADDR(.text);

    .uk_altstack (NOLOAD) : {
        uk_data_start = .;
        *(.bss.uk_altstack)
    } :altstack

    .data : {
        *(.data .data.*)
        UK_INIT_ARRAYS
    } :data

    .bss : {
        *(.bss .bss.*)
        *(COMMON)
        . = ALIGN(CONSTANT(COMMONPAGESIZE));
        uk_image_end = .;
    } :data

    /DISCARD/ : { *(.eh_frame .eh_frame_hdr .note.gnu.property .note.ABI-tag .comment) }
}
