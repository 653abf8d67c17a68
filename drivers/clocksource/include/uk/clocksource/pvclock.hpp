// SPDX-License-Identifier: BSD-3-Clause
// The clock that KVM (and Xen) keep up to date in a page of the guest. (Linux documentation,
// virt/kvm/x86/msr.rst.)
#pragma once

#include <cstddef>
#include <cstdint>

#include <uk/base/atomic.hpp>

namespace uk::clocksource {

// Written by the hypervisor, between two increments of `version`: odd means "being written".
struct alignas(32) PvclockPage {
    uint32_t version;
    uint32_t padding;
    uint64_t tsc_timestamp;
    uint64_t system_time; // nanoseconds at tsc_timestamp
    uint32_t tsc_to_system_mul;
    int8_t tsc_shift;
    uint8_t flags;
    uint8_t padding2[2];
};
static_assert(sizeof(PvclockPage) == 32);

struct PvclockWall {
    uint32_t version;
    uint32_t seconds;
    uint32_t nanoseconds; // wall time at which the page's system_time was 0
};

// Nanoseconds for `cycles` since tsc_timestamp, as the page's factors say. Pure.
[[nodiscard]] constexpr uint64_t pvclock_scale(uint64_t cycles, uint32_t mul, int8_t shift) {
    __extension__ using Wide = unsigned __int128;
    constexpr int kMost = 63; // a shift beyond it is nonsense of the host
    int by = shift > kMost ? kMost : (shift < -kMost ? -kMost : shift);
    uint64_t shifted = by < 0 ? cycles >> -by : cycles << by;
    return static_cast<uint64_t>((static_cast<Wide>(shifted) * mul) >> 32);
}

// A page is read at most this often before the host counts as broken.
inline constexpr unsigned kPvclockTries = 1U << 16;

// Time by the page; `cycles()` reads this CPU's TSC. False if the host never finished an update or
// has written none yet. From anywhere; does not block.
template <class Cycles>
[[nodiscard]] bool pvclock_read(const volatile PvclockPage& page, Cycles cycles, uint64_t& ns) {
    for (unsigned i = 0; i < kPvclockTries; i++) {
        uint32_t version = page.version;
        asm volatile("" ::: "memory");
        uint64_t timestamp = page.tsc_timestamp;
        uint64_t time = page.system_time;
        uint32_t mul = page.tsc_to_system_mul;
        int8_t shift = page.tsc_shift;
        uint64_t now = cycles();
        asm volatile("" ::: "memory");
        if (version == page.version && (version & 1) == 0 && version != 0) {
            // The stamp may lie before the guest's TSC was 0. A TSC slightly behind it counts as at
            // it.
            uint64_t passed = now - timestamp;
            ns = time + pvclock_scale(passed >> 63 != 0 ? 0 : passed, mul, shift);
            return true;
        }
    }
    return false;
}

// The same by the page of the CPU that asks: the counters of CPUs may differ, and each page is
// about one. While a Stay lives the caller stays on the CPU that its cpu() names; page_of(cpu) is
// that CPU's page. Otherwise a page could meet another CPU's counter, which no version tells.
template <class Stay, class PageOf, class Cycles>
[[nodiscard]] bool pvclock_read_here(PageOf page_of, Cycles cycles, uint64_t& ns) {
    const Stay stay;
    return pvclock_read(page_of(stay.cpu()), cycles, ns);
}

// The later of `ns` and `last`, the latest answer, which it becomes: whoever asks, a thread that
// was stopped in between or another CPU, time never goes back.
[[nodiscard]] inline uint64_t never_back(Atomic<uint64_t>& last, uint64_t ns) {
    for (;;) {
        const uint64_t seen = last.load_relaxed();
        if (ns <= seen)
            return seen;
        if (last.replace_acquire(seen, ns))
            return ns;
    }
}

// Wall time in nanoseconds since 1970 at which system_time was 0; false as above.
[[nodiscard]] inline bool pvclock_wall(const volatile PvclockWall& wall, uint64_t& ns) {
    for (unsigned i = 0; i < kPvclockTries; i++) {
        uint32_t version = wall.version;
        asm volatile("" ::: "memory");
        uint64_t value = uint64_t{wall.seconds} * 1'000'000'000 + wall.nanoseconds;
        asm volatile("" ::: "memory");
        if (version == wall.version && (version & 1) == 0 && version != 0) {
            ns = value;
            return true;
        }
    }
    return false;
}

} // namespace uk::clocksource
