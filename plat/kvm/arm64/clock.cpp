// SPDX-License-Identifier: BSD-3-Clause
// Monotonic time of a KVM guest: the generic timer's virtual counter. Wall time: the PL031, read
// once.
#include <uk/hal/clock.hpp>

#include <uk/base/atomic.hpp>
#include <uk/hal/memory.hpp>
#include <uk/init.hpp>
#include <uk/io/reg.hpp>
#include <uk/print.h>
#include <uk/rtc/pl031.hpp>

#include "kvm.hpp"

namespace uk {

constinit clocksource::GenericTimer<arm64::VirtualTimer> kvm::g_timer{arm64::VirtualTimer{}};

namespace {

constexpr uint64_t kAnyRate = 62'500'000; // QEMU's

enum class Mode : uint8_t { none, known, guessed };
constinit Mode g_mode = Mode::none;

// Wall time at which the monotonic clock was 0; 0 = not known yet.
constinit Atomic<uint64_t> g_wall_base{0};

void start_clock() {
    if (kvm::g_timer.start().ok()) {
        g_mode = Mode::known;
        return;
    }
    uk_pr_warn("firmware did not say how fast the counter runs (CNTFRQ_EL0); it is taken to run at "
               "62.5 MHz\n");
    g_mode = kvm::g_timer.start(kAnyRate).ok() ? Mode::guessed : Mode::none;
}

UK_INIT(plat, "clock", start_clock);

Result<uint64_t> find_wall_base() {
    constexpr const char* kCompatible[] = {"arm,pl031"};
    if (kvm::g_tree == nullptr) {
        return Errno::nodev;
    }
    Result<devicetree::Device> device = devicetree::find(*kvm::g_tree, kCompatible);
    if (!device.ok() || device.value().reg_count == 0) {
        return Errno::nodev;
    }
    Result<volatile void*> registers = hal::map_device(device.value().regs[0].start, 4096);
    if (!registers.ok()) {
        return Errno::nodev;
    }
    // To the nearest second on average.
    rtc::Pl031 chip(io::Mmio{registers.value()});
    uint64_t ns = UK_TRY(chip.read_seconds()) * 1'000'000'000 + 500'000'000;
    uint64_t passed = hal::clock_monotonic_ns();
    return ns > passed ? Result<uint64_t>(ns - passed) : Errno::nodev;
}

} // namespace

uint64_t hal::clock_monotonic_ns() {
    return g_mode == Mode::none ? 0 : kvm::g_timer.now() + kvm::kFirstNs;
}

const char* hal::clock_name() {
    return g_mode == Mode::known     ? "generic timer"
           : g_mode == Mode::guessed ? "generic timer (rate unknown)"
                                     : "none";
}

Result<uint64_t> hal::clock_wall_ns() {
    uint64_t base = g_wall_base.load_relaxed();
    if (base == 0) {
        base = UK_TRY(find_wall_base());
        g_wall_base.store_relaxed(base);
    }
    return base + clock_monotonic_ns();
}

} // namespace uk
