// SPDX-License-Identifier: BSD-3-Clause
// Monotonic time of a KVM guest: the hypervisor's own clock, else the TSC at the rate that CPUID
// tells, else the TSC at a rate learnt from the PIT, the HPET or the ACPI timer while time passes.
#include <uk/hal/clock.hpp>

#include <uk/acpi/tables.hpp>
#include <uk/base/atomic.hpp>
#include <uk/base/late.hpp>
#include <uk/clocksource/cpu_rate.hpp>
#include <uk/clocksource/hpet.hpp>
#include <uk/clocksource/pm_timer.hpp>
#include <uk/clocksource/pvclock.hpp>
#include <uk/clocksource/stay.hpp>
#include <uk/hal/cpus.hpp>
#include <uk/hal/irq.hpp>
#include <uk/hal/memory.hpp>
#include <uk/hal_arch/cpuid.hpp>
#include <uk/hal_arch/msr.hpp>
#include <uk/init.hpp>
#include <uk/io/reg.hpp>
#include <uk/print.h>
#include <uk/x86/layout.h>

#include "clock.hpp"
#include "kvm.hpp"

namespace uk {

using namespace clocksource;

constinit hal::ClockPage hal::g_clock_page;
constinit Pit<hal::PortIo> kvm::g_pit{hal::PortIo{0x40}};

namespace {

// Time before the clock started counts as this much, so that 0 is never an answer afterwards.
constexpr uint64_t kFirstNs = 1'000;
constexpr uint64_t kEnablePage = 1;

// The fast counter and the reference of this machine.
struct Hardware {
    enum class Kind : uint8_t { none, pit, hpet, pm_timer };

    Kind kind = Kind::none;
    Late<Hpet<io::Mmio>> hpet;
    Late<PmTimer<hal::PortIo>> pm_timer;

    [[gnu::always_inline]] uint64_t cycles() { return hal::cpu_cycles(); }
    void latch() {
        switch (kind) {
        case Kind::pit:
            return kvm::g_pit.latch();
        case Kind::hpet:
            return hpet->latch();
        case Kind::pm_timer:
            return pm_timer->latch();
        case Kind::none:
            return;
        }
    }
    std::optional<uint64_t> collect() {
        switch (kind) {
        case Kind::pit:
            return kvm::g_pit.collect();
        case Kind::hpet:
            return hpet->collect();
        case Kind::pm_timer:
            return pm_timer->collect();
        case Kind::none:
            break;
        }
        return std::nullopt;
    }
};

constinit Hardware g_hardware;
constinit TscClock<Hardware> g_tsc{g_hardware, hal::g_clock_page};
constinit volatile PvclockPage g_pages[hal::kMostCpus]{}; // one for each CPU
constinit uint32_t g_page_msr = 0;
constinit volatile PvclockWall g_wall{};
constinit uint32_t g_wall_msr = 0;
constinit Atomic<uint64_t> g_kvm_last{0};

enum class Mode : uint8_t { none, kvmclock, tsc };
constinit Mode g_mode = Mode::none;
constinit const char* g_name = "none";
constinit const char* g_tsc_name = "tsc";

const volatile PvclockPage& page_of(unsigned cpu) {
    return g_pages[cpu];
}

void enable_page() {
    hal::msr_write(g_page_msr, kvm::physical_address(&g_pages[hal::cpu_index()]) | kEnablePage);
}

[[gnu::noinline]] uint64_t kvmclock_ns() {
    uint64_t ns = 0;
    if (!pvclock_read_here<Stay>(page_of, hal::cpu_cycles, ns)) {
        return g_kvm_last.load_relaxed();
    }
    return never_back(g_kvm_last, ns);
}

bool start_kvmclock(const CpuClocks& cpu) {
    if (cpu.kvm_clock_msr == 0) {
        return false;
    }
    g_page_msr = cpu.kvm_clock_msr;
    enable_page();
    uint64_t ns = 0;
    if (!pvclock_read(g_pages[0], hal::cpu_cycles, ns)) {
        hal::msr_write(cpu.kvm_clock_msr, 0);
        return false;
    }
    g_wall_msr = cpu.kvm_wall_msr;
    g_mode = Mode::kvmclock;
    g_name = "kvmclock";
    return true;
}

// The PIT first: it needs no tables and no mapping, and its counter of two channels is good for
// 225 s without being looked at.
std::optional<Reference> start_pit() {
    if (!kvm::g_pit.start()) {
        return {};
    }
    g_hardware.kind = Hardware::Kind::pit;
    g_tsc_name = "tsc (by PIT)";
    return Reference{Pit<hal::PortIo>::kScale, Pit<hal::PortIo>::kPeriod};
}

std::optional<Reference> start_hpet() {
    constexpr size_t kRegisters = 1024;
    Result<Paddr> where = acpi::read_hpet(kvm::acpi_memory(), kvm::g_boot_info.acpi_root);
    if (!where.ok()) {
        return {};
    }
    Result<volatile void*> registers = hal::map_device(where.take(), kRegisters);
    if (!registers.ok()) {
        return {};
    }
    g_hardware.hpet.emplace(io::Mmio{registers.take()});
    g_hardware.kind = Hardware::Kind::hpet;
    g_tsc_name = "tsc (by HPET)";
    return g_hardware.hpet->start();
}

std::optional<Reference> start_pm_timer() {
    Result<acpi::Fadt> fadt = acpi::read_fadt(kvm::acpi_memory(), kvm::g_boot_info.acpi_root);
    if (!fadt.ok() || fadt.value().pm_timer.space != acpi::Register::Space::port ||
        fadt.value().pm_timer.address == 0) {
        return {};
    }
    auto port = static_cast<uint16_t>(fadt.value().pm_timer.address);
    g_hardware.pm_timer.emplace(hal::PortIo{port}, fadt.value().pm_timer_32_bits);
    g_hardware.kind = Hardware::Kind::pm_timer;
    g_tsc_name = "tsc (by ACPI timer)";
    return g_hardware.pm_timer->start();
}

std::optional<Reference> start_reference() {
    for (auto start : {start_pit, start_hpet, start_pm_timer}) {
        if (std::optional<Reference> reference = start()) {
            return reference;
        }
    }
    g_hardware.kind = Hardware::Kind::none;
    return {};
}

void start_tsc(const CpuClocks& cpu) {
    std::optional<Rate> rate = cpu.tsc;
    std::optional<Reference> reference;
    g_tsc_name = cpu.tsc_name;
    if (!rate || rate->error > kStated) {
        reference = start_reference();
    }
    if (!rate && !reference) {
        uk_pr_warn("no clock of known rate (PIT, HPET, ACPI timer, CPUID); the TSC is taken to run "
                   "at 1 GHz\n");
        rate = Rate{Scale::of_hz(1'000'000'000), kWhole};
        g_tsc_name = "tsc (rate unknown)";
    }
    g_tsc.start(rate, reference, kFirstNs);
    g_mode = Mode::tsc;
    g_name = g_tsc_name;
}

void start_clock() {
    CpuClocks cpu = ask_cpu([](uint32_t leaf) {
        hal::Cpuid r = hal::cpuid_unchecked(leaf);
        return CpuidLeaf{r.eax, r.ebx, r.ecx, r.edx};
    });
    if (!start_kvmclock(cpu)) {
        start_tsc(cpu);
    }
}

UK_INIT(plat, "clock", start_clock);

[[gnu::noinline]] uint64_t slow_ns() {
    switch (g_mode) {
    case Mode::tsc:
        return g_tsc.ask_again();
    case Mode::kvmclock:
        return kvmclock_ns();
    case Mode::none:
        break;
    }
    return 0;
}

} // namespace

uint64_t kvm::physical_address(const volatile void* object) {
    return reinterpret_cast<uintptr_t>(object) - UK_KERNEL_BASE;
}

void kvm::clock_joins() {
    if (g_mode == Mode::kvmclock) {
        enable_page();
    }
}

uint64_t kvm::hypervisor_wall_ns() {
    uint64_t ns = 0;
    if (g_mode != Mode::kvmclock) {
        return 0;
    }
    hal::msr_write(g_wall_msr, physical_address(&g_wall));
    return pvclock_wall(g_wall, ns) ? ns : 0;
}

// The page is published where the TSC is the clock.
uint64_t hal::clock_monotonic_ns() {
    uint64_t ns = 0;
    return clock_fast(g_clock_page, ns) ? ns : slow_ns();
}

const char* hal::clock_name() {
    return g_name;
}

} // namespace uk
