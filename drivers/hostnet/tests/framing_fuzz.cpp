// SPDX-License-Identifier: BSD-3-Clause
// Framing against streams of anybody's making, in pieces of any size: it finds what a slow reading
// of the whole stream finds.
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "drivers/hostnet/framing.hpp"

namespace {

using uk::hostnet::Framing;

constexpr size_t kRoom = 64;

struct Seen {
    std::vector<uint8_t> bytes;
    std::vector<size_t> sizes;
    bool is_broken = false;
};

Seen read_slowly(std::span<const uint8_t> stream) {
    Seen seen;
    while (stream.size() >= 4) {
        const size_t size = size_t{stream[0]} << 24 | size_t{stream[1]} << 16 |
                            size_t{stream[2]} << 8 | size_t{stream[3]};
        if (size == 0 || size > kRoom - 4) {
            seen.is_broken = true;
            break;
        }
        if (stream.size() - 4 < size)
            break;
        seen.sizes.push_back(size);
        seen.bytes.insert(seen.bytes.end(), stream.begin() + 4,
                          stream.begin() + 4 + static_cast<ptrdiff_t>(size));
        stream = stream.subspan(4 + size);
    }
    return seen;
}

} // namespace

// The first byte is the size of the pieces; lengths are mostly small.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    if (size == 0)
        return 0;
    const size_t step = data[0] % kRoom + 1;
    const std::span<const uint8_t> stream{data + 1, size - 1};
    std::vector<std::byte> memory(kRoom);
    Framing framing(memory);
    Seen seen;
    for (size_t at = 0; at < stream.size() && !seen.is_broken;) {
        const std::span<std::byte> space = framing.space();
        const size_t piece = std::min({step, space.size(), stream.size() - at});
        if (piece == 0)
            __builtin_trap(); // it would wait for ever
        memcpy(space.data(), stream.data() + at, piece);
        framing.came(piece);
        at += piece;
        std::span<const std::byte> frame;
        Framing::Found found = framing.look(frame);
        for (; found == Framing::Found::frame; found = framing.look(frame)) {
            seen.sizes.push_back(frame.size());
            for (const std::byte byte : frame)
                seen.bytes.push_back(static_cast<uint8_t>(byte));
            framing.pop();
        }
        seen.is_broken = found == Framing::Found::broken;
    }
    const Seen wanted = read_slowly(stream);
    if (seen.sizes != wanted.sizes || seen.bytes != wanted.bytes ||
        seen.is_broken != wanted.is_broken)
        __builtin_trap();
    return 0;
}
