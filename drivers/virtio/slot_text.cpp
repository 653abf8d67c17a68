// SPDX-License-Identifier: BSD-3-Clause
// virtio_mmio.device= on the command line, as Linux has it.
#include <uk/virtio/mmio_transport.hpp>

namespace uk::virtio {
namespace {

// 16 and more: no digit.
unsigned digit_of(char c) {
    if (c >= '0' && c <= '9') {
        return static_cast<unsigned>(c - '0');
    }
    const char lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? static_cast<unsigned>(lower - 'a') + 10 : 16;
}

// Takes a number off the front of the text. False: there is none, or it is too big.
bool take_number(std::string_view& text, uint64_t& number) {
    unsigned base = 10;
    if (text.size() > 2 && text[0] == '0' && (text[1] | 0x20) == 'x') {
        text.remove_prefix(2);
        base = 16;
    }
    number = 0;
    size_t digits = 0;
    for (; !text.empty(); text.remove_prefix(1), digits++) {
        const unsigned digit = digit_of(text[0]);
        if (digit >= base) {
            break;
        }
        if (number > (~uint64_t{0} - digit) / base) {
            return false;
        }
        number = number * base + digit;
    }
    return digits != 0;
}

bool take_char(std::string_view& text, char c) {
    if (text.empty() || text[0] != c) {
        return false;
    }
    text.remove_prefix(1);
    return true;
}

unsigned take_unit(std::string_view& text) {
    if (text.empty()) {
        return 0;
    }
    const char unit = static_cast<char>(text[0] | 0x20);
    const unsigned shift = unit == 'k' ? 10 : unit == 'm' ? 20 : unit == 'g' ? 30 : 0;
    if (shift != 0) {
        text.remove_prefix(1);
    }
    return shift;
}

} // namespace

Result<Slot> parse_slot(std::string_view text) {
    uint64_t size = 0;
    uint64_t address = 0;
    uint64_t line = 0;
    uint64_t number = 0;
    if (!take_number(text, size)) {
        return Errno::inval;
    }
    const unsigned shift = take_unit(text);
    if (size > ~uint64_t{0} >> shift || !take_char(text, '@') || !take_number(text, address) ||
        !take_char(text, ':') || !take_number(text, line)) {
        return Errno::inval;
    }
    size <<= shift;
    const bool numbered = take_char(text, ':');
    if ((numbered && !take_number(text, number)) || !text.empty() || line > 0xffffffff ||
        size < MmioRegisters::kConfig || address + (size - 1) < address) {
        return Errno::inval;
    }
    return Slot{{Paddr{address}, size}, static_cast<uint32_t>(line)};
}

} // namespace uk::virtio
