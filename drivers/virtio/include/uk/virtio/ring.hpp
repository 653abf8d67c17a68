// SPDX-License-Identifier: BSD-3-Clause
// The memory of a split virtqueue, which driver and device share. (Virtual I/O Device 1.2, "VIRTIO"
// below and its sections: 2.7.)
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

#include <uk/base/address.hpp>
#include <uk/base/atomic.hpp>

namespace uk::virtio {

static_assert(std::endian::native == std::endian::little); // what is shared is little-endian (1.4)

// 2.7.5. Written by the driver only, and never read back.
struct Descriptor {
    static constexpr uint16_t kNext = 1;
    static constexpr uint16_t kWrite = 2; // for the device
    static constexpr uint16_t kIndirect = 4;

    uint64_t address = 0;
    uint32_t length = 0;
    uint16_t flags = 0;
    uint16_t next = 0;
};
static_assert(sizeof(Descriptor) == 16);

// 2.7.6: flags, index, `size` heads of chains, used_event.
struct AvailableRing {
    static constexpr uint16_t kNoInterrupt = 1;
    Atomic<uint16_t> flags;
    Atomic<uint16_t> index;
    Atomic<uint16_t> entries[];
};

// 2.7.8: flags, index, `size` elements, avail_event.
struct UsedElement {
    Atomic<uint32_t> head;
    Atomic<uint32_t> written;
};
struct UsedRing {
    static constexpr uint16_t kNoNotify = 1;
    Atomic<uint16_t> flags;
    Atomic<uint16_t> index;
    UsedElement entries[];
};
static_assert(sizeof(AvailableRing) == 4 && sizeof(UsedRing) == 4 && sizeof(UsedElement) == 8);

// How the parts of a queue lie in one piece of memory: descriptors, available ring, used ring,
// indirect tables. What driver and device write lies in different cache lines.
struct Layout {
    static constexpr uint16_t kMostSize = 32768; // 2.7
    static constexpr size_t kLine = 64;

    uint16_t size = 0;     // of the queue, a power of two
    uint16_t indirect = 0; // descriptors in the table of each chain; 0 = no tables

    [[nodiscard]] constexpr size_t available() const { return size * sizeof(Descriptor); }
    [[nodiscard]] constexpr size_t used() const {
        return lines(available() + 6 + 2 * size_t{size});
    }
    [[nodiscard]] constexpr size_t tables() const { return lines(used() + 6 + 8 * size_t{size}); }
    [[nodiscard]] constexpr size_t bytes() const {
        return tables() + size_t{size} * indirect * sizeof(Descriptor);
    }

  private:
    static constexpr size_t lines(size_t bytes) { return (bytes + kLine - 1) & ~(kLine - 1); }
};

} // namespace uk::virtio
