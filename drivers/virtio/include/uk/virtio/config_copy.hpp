// SPDX-License-Identifier: BSD-3-Clause
// A device's configuration as it was at one moment.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <uk/base/result.hpp>

namespace uk::virtio {

// Reads bytes (byte(offset), 0 beyond the end) until the generation is the same before and after.
// VIRTIO 1.2, 2.5.1. Errors: EAGAIN.
template <class Byte, class Generation>
[[nodiscard]] Result<> copy_config(uint32_t offset, std::span<std::byte> out, Byte byte,
                                   Generation generation) {
    constexpr unsigned kPatience = 100;
    for (unsigned i = 0; i < kPatience; i++) {
        const uint32_t before = generation();
        for (size_t at = 0; at < out.size(); at++) {
            out[at] = std::byte{byte(offset + static_cast<uint32_t>(at))};
        }
        if (generation() == before) {
            return {};
        }
    }
    return Errno::again;
}

} // namespace uk::virtio
