// SPDX-License-Identifier: BSD-3-Clause
// The script, as it is.

.section .rodata.script, "a"
.globl lua_script, lua_script_end
lua_script:
.incbin LUA_SCRIPT
lua_script_end:
.byte 0

.section .note.GNU-stack, "", %progbits
