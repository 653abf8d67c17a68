// SPDX-License-Identifier: BSD-3-Clause
// The processors of a KVM guest: ACPI names them, INIT and START-UP wake them. Intel SDM 3A, 8.4.4.
#include <uk/hal/cpus.hpp>

#include <uk/acpi/cpus.hpp>
#include <uk/base/minmax.hpp>
#include <uk/hal/clock.hpp>
#include <uk/hal/cpu.hpp>
#include <uk/hal/irq.hpp>
#include <uk/hal/memory.hpp>
#include <uk/print.h>
#include <uk/x86/cpus.hpp>
#include <uk/x86/memory.hpp>

#include "apic.hpp"
#include "clock.hpp"
#include "cpu_start.h"
#include "kvm.hpp"

extern "C" {
extern const char uk_cpu_start[];
extern const char uk_cpu_start_end[];
}

namespace uk {
namespace {

constexpr uint64_t kSize = UK_CPU_START_PAGES * kPageSize;
constexpr uint64_t kLowEnd = 0x9f000; // above it firmware keeps its data
constexpr uint64_t kInitNs = 10'000'000;
constexpr uint64_t kAgainNs = 1'000'000;
constexpr uint64_t kLongestNs = 2'000'000'000; // the host may be busy with others

constinit Paddr g_low{}; // the pages; 0: there are none
constinit uint32_t g_ids[hal::kMostCpus]{};
constinit unsigned g_count = 0; // 0: not counted yet

bool is_free(const hal::BootInfo& info, Paddr start) {
    bool usable = false;
    for (const hal::MemoryRange& range : std::span(info.ranges, info.range_count)) {
        const PhysRange here{range.start, range.size};
        const bool apart = here.end() <= start || start + kSize <= here.start;
        if (range.kind != hal::MemoryKind::usable) {
            if (!apart && range.size != 0) {
                return false;
            }
        } else if (here.start <= start && start + kSize <= here.end()) {
            usable = true;
        }
    }
    return usable;
}

void wait(uint64_t ns) {
    for (const uint64_t start = hal::clock_monotonic_ns();
         hal::clock_monotonic_ns() - start < ns;) {
        hal::cpu_relax();
    }
}

// Whether it came within this time.
bool comes(unsigned index, uint64_t ns) {
    for (const uint64_t start = hal::clock_monotonic_ns();
         hal::clock_monotonic_ns() - start < ns;) {
        if (x86::cpu_has_come(index)) {
            return true;
        }
        hal::cpu_relax();
    }
    return x86::cpu_has_come(index);
}

// The start page, and tables that show it where it is beside everything the image's tables show.
void fill_low(const void* cpu_memory) {
    constexpr uint64_t kTable = 0x23; // A, W, P
    constexpr uint64_t kLarge = 0xe3; // a page of 2 MiB at 0: D, A, W, P
    char* page = static_cast<char*>(hal::direct_map(g_low));
    __builtin_memset(page, 0, kSize);
    __builtin_memcpy(page, uk_cpu_start, static_cast<size_t>(uk_cpu_start_end - uk_cpu_start));
    const uint64_t here = g_low.value();
    const uint64_t root = x86::root_table_address();
    const auto memory = reinterpret_cast<uint64_t>(cpu_memory);
    __builtin_memcpy(page + UK_CPU_START_HERE, &here, sizeof here);
    __builtin_memcpy(page + UK_CPU_START_ROOT, &root, sizeof root);
    __builtin_memcpy(page + UK_CPU_START_MEMORY, &memory, sizeof memory);
    auto* tables = reinterpret_cast<uint64_t*>(page + kPageSize);
    constexpr size_t kEntries = kPageSize / sizeof(uint64_t);
    __builtin_memcpy(tables, x86::root_table(), kPageSize);
    tables[0] = (here + 2 * kPageSize) | kTable;
    tables[kEntries] = (here + 3 * kPageSize) | kTable;
    tables[2 * kEntries] = kLarge;
}

unsigned count() {
    if (!kvm::apic_timer_works() || g_low.is_null()) {
        return 1;
    }
    Result<unsigned> found = acpi::read_cpus(kvm::acpi_memory(), kvm::g_boot_info.acpi_root, g_ids);
    if (!found.ok()) {
        uk_pr_info("no list of CPUs (ACPI MADT): %s\n", found.error().name());
        return 1;
    }
    unsigned count = min(found.value(), hal::kMostCpus);
    for (unsigned i = 0; i < count; i++) { // this one is number 0
        if (g_ids[i] == kvm::g_apic.id()) {
            g_ids[i] = g_ids[0];
            g_ids[0] = kvm::g_apic.id();
            return count;
        }
    }
    uk_pr_warn("the list of CPUs (ACPI MADT) lacks the one that boots; it stays alone\n");
    return 1;
}

void send(unsigned index, unsigned line) {
    hal::IrqState state = hal::irq_save();
    kvm::g_apic.send(g_ids[index], static_cast<uint8_t>(x86::kFirstIrqVector + line));
    hal::irq_restore(state);
}

} // namespace

void kvm::reserve_start_page(hal::BootInfo& info) {
    for (Paddr start{kPageSize}; start + kSize <= Paddr{kLowEnd}; start = start + kPageSize) {
        if (is_free(info, start)) {
            g_low = start;
            info.add(start, kSize, hal::MemoryKind::reserved);
            return;
        }
    }
}

unsigned hal::cpu_count() {
    if (g_count == 0) {
        g_count = count();
    }
    return g_count;
}

Result<> hal::cpu_start(unsigned index, const CpuStart& start) {
    if (index >= cpu_count() || !x86::view_physical(g_low, kSize).ok()) {
        return Errno::nodev;
    }
    fill_low(UK_TRY(x86::prepare_cpu(index, start)));
    const auto page = static_cast<uint8_t>(g_low.value() / kPageSize);
    IrqState state = irq_save();
    kvm::g_apic.send_init(g_ids[index]);
    irq_restore(state);
    wait(kInitNs);
    for (uint64_t patience : {kAgainNs, kLongestNs}) {
        state = irq_save();
        kvm::g_apic.send_start(g_ids[index], page);
        irq_restore(state);
        if (comes(index, patience)) {
            return {};
        }
    }
    return Errno::timedout;
}

void hal::cpu_kick(unsigned index) {
    send(index, kvm::kKickLine);
}

void x86::interrupt_to_flush(unsigned index) {
    send(index, kvm::kFlushLine);
}

void hal::cpus_stop_others() {
    for (unsigned i = 0; i < g_count; i++) {
        if (i != cpu_index() && (i == 0 || x86::cpu_has_come(i))) {
            send(i, kvm::kStopLine);
        }
    }
}

} // namespace uk

void uk_platform_cpu_start(unsigned /*index*/) {
    uk::kvm::clock_joins();
    uk::kvm::timer_joins();
}
