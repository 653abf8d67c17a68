// SPDX-License-Identifier: BSD-3-Clause
// Calls to whoever runs above a native arm64 image: hypervisor, firmware, debugger. From anywhere.
#pragma once

#include <cstdint>

extern "C" {
// Answer -1 where nobody takes the call.
uint64_t uk_call_hvc(uint64_t function, uint64_t a, uint64_t b, uint64_t c);
uint64_t uk_call_smc(uint64_t function, uint64_t a, uint64_t b, uint64_t c);
// Arm semihosting: operation and parameter (Semihosting for AArch32 and AArch64, 2.0).
uint64_t uk_call_semihosting(uint64_t operation, const void* parameter);
}

namespace uk::arm64 {

// Model of psci::Conduit.
struct Conduit {
    bool smc = false;

    uint64_t call(uint32_t function, uint64_t a, uint64_t b, uint64_t c) const {
        return smc ? uk_call_smc(function, a, b, c) : uk_call_hvc(function, a, b, c);
    }
};

// Ends the emulator or debugger with this status, of which it keeps as many bits as it can; comes
// back where there is none.
inline void semihosting_exit(int status) {
    constexpr uint64_t kExitExtended = 0x20;
    constexpr uint64_t kApplicationExit = 0x20026;
    const uint64_t words[] = {kApplicationExit, static_cast<uint64_t>(status)};
    uk_call_semihosting(kExitExtended, words);
}

} // namespace uk::arm64
