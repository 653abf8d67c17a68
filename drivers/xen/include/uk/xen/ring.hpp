// SPDX-License-Identifier: BSD-3-Clause
// Byte rings in a page shared with another domain, which console and xenstore use.
#pragma once

#include <cstddef>
#include <cstdint>

#include <uk/base/result.hpp>

namespace uk::xen {

// One direction: kSize bytes (a power of two) and two counters that run freely. The other side
// writes one of them whenever it likes, to whatever it likes: it is read once for each use, and
// what it claims is checked. Not synchronised on our side. Pure; never blocks.
template <uint32_t kSize>
class ByteRing {
    static_assert((kSize & (kSize - 1)) == 0);

  public:
    ByteRing(volatile char* bytes, volatile uint32_t* consumed, volatile uint32_t* produced)
        : bytes_(bytes), consumed_(consumed), produced_(produced) {}

    // Puts in as much of `data` as there is room for, and returns how much. Errors: EPROTO (the
    // counters contradict each other; the ring is left as it is).
    [[nodiscard]] Result<size_t> write(const char* data, size_t size) {
        uint32_t produced = *produced_; // ours
        uint32_t used = produced - __atomic_load_n(consumed_, __ATOMIC_ACQUIRE);
        if (used > kSize) {
            return Errno::proto;
        }
        size_t room = kSize - used;
        size_t count = size < room ? size : room;
        for (size_t i = 0; i < count; i++) {
            bytes_[(produced + i) & (kSize - 1)] = data[i];
        }
        __atomic_store_n(produced_, produced + static_cast<uint32_t>(count), __ATOMIC_RELEASE);
        return count;
    }

    // Takes out what is there, at most `size` bytes, and returns how much. Errors as above.
    [[nodiscard]] Result<size_t> read(char* data, size_t size) {
        uint32_t consumed = *consumed_; // ours
        uint32_t used = __atomic_load_n(produced_, __ATOMIC_ACQUIRE) - consumed;
        if (used > kSize) {
            return Errno::proto;
        }
        size_t count = size < used ? size : used;
        for (size_t i = 0; i < count; i++) {
            data[i] = bytes_[(consumed + i) & (kSize - 1)];
        }
        __atomic_store_n(consumed_, consumed + static_cast<uint32_t>(count), __ATOMIC_RELEASE);
        return count;
    }

    // Whether read() would answer anything but 0. From anywhere.
    [[nodiscard]] bool readable() const {
        return __atomic_load_n(produced_, __ATOMIC_ACQUIRE) != *consumed_;
    }
    // Whether the other side has taken all that was put in.
    [[nodiscard]] bool drained() const {
        return __atomic_load_n(consumed_, __ATOMIC_ACQUIRE) == *produced_;
    }

  private:
    volatile char* bytes_;
    volatile uint32_t* consumed_;
    volatile uint32_t* produced_;
};

} // namespace uk::xen
