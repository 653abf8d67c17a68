// SPDX-License-Identifier: BSD-3-Clause
// The text of lib/ukimage, as description.py left room for it.

.section .rodata.uk_image_description, "a"
.globl uk_image_description, uk_image_description_end
.hidden uk_image_description, uk_image_description_end
uk_image_description:
.incbin UK_DESCRIPTION_FILE
uk_image_description_end:

.section .note.GNU-stack, "", %progbits
