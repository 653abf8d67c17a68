// SPDX-License-Identifier: BSD-3-Clause
// What belongs to each further CPU, and its first steps.
#include <uk/arm64/cpus.hpp>

#include <uk/arm64/memory.hpp>
#include <uk/base/atomic.hpp>
#include <uk/hal/image.hpp>
#include <uk/hal/irq.hpp>

extern "C" {
extern const char uk_cpu_entry[];
[[noreturn]] void uk_cpu_main();
}

namespace uk {
namespace {

constinit Atomic<uint64_t> g_come{0}; // bit n: CPU n has come

} // namespace

Paddr arm64::cpu_entry() {
    return image_range().start + static_cast<uint64_t>(uk_cpu_entry - uk_image_start);
}

Result<uint64_t> arm64::prepare_cpu(unsigned index, const hal::CpuStart& start) {
    void* guarded = UK_TRY(show_guarded(start.memory, hal::kCpuBytes));
    char* end = static_cast<char*>(guarded) + hal::kCpuBytes;
    auto* block = reinterpret_cast<CpuBlock*>(end) - 1;
    *block = {index, 0, 0, start.stack, start.thread, start.entry};
    asm volatile("mrs %0, tcr_el1" : "=r"(block->tcr));
    asm volatile("mrs %0, ttbr0_el1" : "=r"(block->ttbr0));
    asm volatile("dsb ish" ::: "memory"); // firmware shall not be faster than memory
    return reinterpret_cast<uint64_t>(block);
}

bool arm64::cpu_has_come(unsigned index) {
    return (g_come.load_acquire() >> index & 1) != 0;
}

} // namespace uk

void uk_cpu_main() {
    using namespace uk;
    const arm64::CpuBlock& block = *arm64::cpu_block();
    const auto index = static_cast<unsigned>(block.index);
    if (uk_platform_cpu_start(index)) {
        g_come.fetch_or_release(uint64_t{1} << index);
        block.entry();
    }
    hal::cpu_stop();
}
