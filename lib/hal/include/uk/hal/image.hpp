// SPDX-License-Identifier: BSD-3-Clause
// Platform contract 6 of 6: the image's own layout, from symbols of the platform's linker script.
#pragma once

#include <cstddef>
#include <cstdint>

// Defined by every platform's linker script, all page-aligned except the build id's. uk_rodata_end
// and uk_data_start may be one address; text and constants come in either order.
extern "C" {
extern const char uk_image_start[]; // first byte of the image in memory
extern const char uk_text_start[];  // executable, read-only
extern const char uk_text_end[];
extern const char uk_rodata_start[]; // read-only, not executable
extern const char uk_rodata_end[];
extern const char uk_data_start[]; // writable, not executable, up to uk_image_end (.bss too)
extern const char uk_image_end[];
extern const unsigned char uk_build_id_note[]; // the NT_GNU_BUILD_ID note, header included
extern const unsigned char uk_build_id_note_end[];
// The script also defines __init_array_start, __init_array_end, __fini_array_start and
// __fini_array_end around the application's constructors and destructors, aligned to 8, which
// lib/ukboot runs (weak there: a script without them has none).
}

namespace uk::hal {

// True if `address` lies in executable code of the image. Callable from anywhere.
[[nodiscard]] inline bool in_text(uintptr_t address) {
    return address >= reinterpret_cast<uintptr_t>(uk_text_start) &&
           address < reinterpret_cast<uintptr_t>(uk_text_end);
}

} // namespace uk::hal
