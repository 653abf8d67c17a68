// SPDX-License-Identifier: BSD-3-Clause
// What this image is made of: its options, and its libraries with what they cost.
#pragma once

#include <string_view>

namespace uk::image {

// A JSON object (RFC 8259) that lives for ever:
//
//     {"options":"ARCH_X86_64=y\nPLAT_KVM=y\n...",
//      "columns":["library","text","rodata","data","bss"],
//      "libraries":[["lwip",125969,4497,680,16944],...]}
//
// The options that are on, as in `.config` without CONFIG_, one a line. The libraries as `make
// size` shows them, in bytes, the most costly first; the last may be "(linker)", what belongs to
// none. From anywhere; does not block.
[[nodiscard]] std::string_view description();

} // namespace uk::image
