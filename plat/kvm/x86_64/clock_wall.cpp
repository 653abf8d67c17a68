// SPDX-License-Identifier: BSD-3-Clause
// Wall time of a KVM guest: what the hypervisor says, else the battery-backed clock, read once.
#include <uk/base/atomic.hpp>
#include <uk/hal/clock.hpp>
#include <uk/hal/irq.hpp>
#include <uk/rtc/mc146818.hpp>

#include "clock.hpp"

namespace uk {
namespace {

constexpr uint16_t kRtcPort = 0x70;
constexpr uint8_t kCentury = 0x32; // where every chipset has it; checked when read

// Wall time at which the monotonic clock was 0; 0 = not known yet.
constinit Atomic<uint64_t> g_base{0};

Result<uint64_t> find_base() {
    if (uint64_t ns = kvm::hypervisor_wall_ns(); ns != 0) {
        return ns;
    }
    hal::IrqState state = hal::irq_save();
    Result<uint64_t> seconds =
        rtc::Mc146818<hal::PortIo>(hal::PortIo{kRtcPort}, kCentury).read_seconds();
    hal::irq_restore(state);
    // To the nearest second on average.
    uint64_t ns = UK_TRY(seconds) * 1'000'000'000 + 500'000'000;
    uint64_t passed = hal::clock_monotonic_ns();
    return ns > passed ? Result<uint64_t>(ns - passed) : Errno::nodev;
}

} // namespace

Result<uint64_t> hal::clock_wall_ns() {
    uint64_t base = g_base.load_relaxed();
    if (base == 0) {
        base = UK_TRY(find_base());
        g_base.store_relaxed(base);
    }
    return base + clock_monotonic_ns();
}

} // namespace uk
