// SPDX-License-Identifier: BSD-3-Clause
// Fuzz target: any bytes as the physical memory that ACPI tables lie in.
#include <uk/acpi/cpus.hpp>
#include <uk/acpi/devices.hpp>
#include <uk/acpi/interrupts.hpp>
#include <uk/acpi/sleep.hpp>
#include <uk/acpi/tables.hpp>

#include <cstring>

namespace {

struct Bytes {
    const uint8_t* data;
    size_t size;
};

constexpr uint64_t kBase = 4096;

bool read(void* context, uk::Paddr from, void* to, size_t size) {
    const auto* bytes = static_cast<const Bytes*>(context);
    if (from.value() < kBase || from.value() - kBase > bytes->size ||
        size > bytes->size - (from.value() - kBase)) {
        return false;
    }
    std::memcpy(to, bytes->data + (from.value() - kBase), size);
    return true;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    Bytes bytes{data, size};
    uk::acpi::Memory memory{read, &bytes};
    for (uint64_t root = kBase; root < kBase + 64; root += 16) {
        (void)uk::acpi::read_fadt(memory, uk::Paddr{root}).ok();
        (void)uk::acpi::read_hpet(memory, uk::Paddr{root}).ok();
        uint32_t ids[4];
        (void)uk::acpi::read_cpus(memory, uk::Paddr{root}, ids).ok();
        uk::acpi::InterruptRouting routing;
        if (uk::acpi::read_interrupts(memory, uk::Paddr{root}, routing).ok() &&
            routing.io_apic_count > routing.kMostIoApics)
            __builtin_trap();
        (void)uk::acpi::read_soft_off(memory, uk::Paddr{root}).ok();
        (void)uk::acpi::read_mcfg(memory, uk::Paddr{root}).ok();
        (void)uk::acpi::each_virtio(
            memory, uk::Paddr{root}, [](const uk::acpi::MemoryDevice&, void*) {}, nullptr)
            .ok();
    }
    return 0;
}
