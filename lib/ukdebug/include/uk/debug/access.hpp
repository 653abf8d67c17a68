// SPDX-License-Identifier: BSD-3-Clause
// What a failed access to memory was about, in words that are the same on every machine.
#pragma once

#include <cstdint>

#include <uk/hal/trap.hpp>

namespace uk::debug {

// Where the image's code and constants lie.
struct ImageParts {
    uintptr_t text_start = 0, text_end = 0;
    uintptr_t rodata_start = 0, rodata_end = 0;
};

// Two pieces of one text: "write to " and "an address that is not mapped".
struct Explanation {
    const char* way = "";
    const char* what = "";
};

// Empty for an exception without an address. Pure.
[[nodiscard]] Explanation explain_access(const hal::TrapInfo& info, const ImageParts& image);

} // namespace uk::debug
