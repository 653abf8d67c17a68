// SPDX-License-Identifier: BSD-3-Clause
// Between the stack's files.
#pragma once

#include <cstdint>
#include <string_view>

#include <uk/base/atomic.hpp>
#include <uk/sched.hpp>

namespace uk::lwip {

// Why the thread shall look.
inline constexpr uint32_t kTimerStarted = 1u << 31; // besides netdev::kReceived, kSent, kLink
struct Wakes {
    Atomic<uint32_t> events{0};
    Atomic<Thread*> service{nullptr};
};

// Device's on_event. Interrupt context.
void on_device_event(void* context, uint16_t queue, uint8_t what);

// The domain of netdev.ip=, that names without a dot are below; empty: none.
[[nodiscard]] std::string_view search_domain();

} // namespace uk::lwip
