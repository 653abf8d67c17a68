// SPDX-License-Identifier: BSD-3-Clause
// A count of what happens, kept for each CPU apart so that nobody waits for another's cache line.
// In images without LIBUKMETRICS it is nothing: no memory, no instruction.
//
//     inline constinit uk::metrics::Counter g_packets;
//     g_packets.add();                                     // from anywhere, handlers included
#pragma once

#include <cstdint>
#include <type_traits>

#include <uk/base/atomic.hpp>
#include <uk/config.hpp>
#include <uk/hal/cpus.hpp>

namespace uk::metrics {

// `kIndex`: which of the kCpus cells is this CPU's. One that is another's as soon as it is known
// costs time, not a count. constinit; 8 bytes, with several CPUs a cache line for each.
template <unsigned kCpus, unsigned (*kIndex)()>
class CpuCounter {
    struct alignas(kCpus > 1 ? 64 : 8) Cell {
        Atomic<uint64_t> count{0};
    };
    Cell cells_[kCpus];

  public:
    constexpr CpuCounter() = default;

    // From anywhere: one instruction on x86_64 (with several CPUs two, the CPU's number included),
    // a short loop on arm64.
    [[gnu::always_inline]] void add(uint64_t by = 1) {
        (void)cells_[kIndex()].count.fetch_add_relaxed(by);
    }
    // Cheaper, where the caller is not interrupted and not moved: interrupts are off.
    [[gnu::always_inline]] void add_alone(uint64_t by = 1) {
        Atomic<uint64_t>& count = cells_[kIndex()].count;
        count.store_relaxed(count.load_relaxed() + by);
    }
    // From anywhere. Never less than at an earlier call of the same thread.
    [[nodiscard]] uint64_t value() const {
        uint64_t sum = 0;
        for (const Cell& cell : cells_)
            sum += cell.count.load_relaxed();
        return sum;
    }
};

class NoCounter {
  public:
    void add(uint64_t /*by*/ = 1) {}
    void add_alone(uint64_t /*by*/ = 1) {}
    [[nodiscard]] static uint64_t value() { return 0; }
};

using Counter =
    std::conditional_t<cfg::libukmetrics, CpuCounter<hal::kMostCpus, hal::cpu_index>, NoCounter>;

} // namespace uk::metrics
