// SPDX-License-Identifier: BSD-3-Clause
// The table of names, as symbols.py wrote it; without UK_SYMBOLS_FILE an empty one.

.section .rodata.uk_symbols, "a"
.globl uk_symbols, uk_symbols_end
uk_symbols:
#ifdef UK_SYMBOLS_FILE
.incbin UK_SYMBOLS_FILE
#endif
uk_symbols_end:

.section .note.GNU-stack, "", %progbits
