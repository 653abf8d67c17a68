// SPDX-License-Identifier: BSD-3-Clause
// Addresses as text.
#include <uk/lwip/status.hpp>

#include <uk/format.h>

namespace uk::lwip {
namespace {

struct Gap {
    int start = -1, size = 1; // a single zero is written
};

// The longest of the zeros that are left out, the first of several.
Gap find_gap(const uint8_t* bytes) {
    Gap best;
    int run = 0;
    for (int i = 0; i < 8; i++) {
        run = bytes[2 * i] == 0 && bytes[2 * i + 1] == 0 ? run + 1 : 0;
        if (run > best.size)
            best = {i + 1 - run, run};
    }
    return best;
}

} // namespace

AddressText text_of(const Address& address) {
    AddressText out;
    const uint8_t* const bytes = address.bytes;
    if (!address.is_v6()) {
        (void)uk_snprintf(out.text, sizeof out.text, "%u.%u.%u.%u", bytes[0], bytes[1], bytes[2],
                          bytes[3]);
        return out;
    }
    const Gap gap = find_gap(bytes);
    size_t at = 0;
    for (int i = 0; i < 8; i++) {
        if (gap.start >= 0 && i >= gap.start && i < gap.start + gap.size) {
            if (i == gap.start)
                out.text[at++] = ':';
            continue;
        }
        if (i != 0)
            out.text[at++] = ':';
        at += static_cast<size_t>(uk_snprintf(out.text + at, sizeof out.text - at, "%x",
                                              unsigned{bytes[2 * i]} << 8 | bytes[2 * i + 1]));
    }
    if (gap.start >= 0 && gap.start + gap.size == 8)
        out.text[at++] = ':';
    out.text[at] = '\0';
    return out;
}

} // namespace uk::lwip
