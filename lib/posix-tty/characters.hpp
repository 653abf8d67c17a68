// SPDX-License-Identifier: BSD-3-Clause
// Kinds of bytes, as terminals see them: Latin-1, of which UTF-8's first bytes are letters.
#pragma once

#include <cstdint>

namespace uk::tty {

constexpr bool is_control(uint8_t c) {
    return c < 0x20 || c == 0x7f;
}
constexpr bool is_word(uint8_t c) {
    const auto lower = static_cast<uint8_t>(c | 0x20);
    return (c >= '0' && c <= '9') || (c < 0x80 && lower >= 'a' && lower <= 'z') || c == '_' ||
           (c >= 0xc0 && c != 0xd7 && c != 0xf7);
}

} // namespace uk::tty
