// SPDX-License-Identifier: BSD-3-Clause
// The thread-local register where the image owns the processor: the base of FS (AMD APM 2, 4.5.3).
#include <uk/tls.hpp>

#include <cstdint>

void uk::tls::enter(void* thread_pointer) {
    constexpr uint32_t kFsBase = 0xc0000100;
    const auto value = reinterpret_cast<uint64_t>(thread_pointer);
    asm volatile("wrmsr"
                 :
                 : "c"(kFsBase), "a"(static_cast<uint32_t>(value)),
                   "d"(static_cast<uint32_t>(value >> 32))
                 : "memory");
}
