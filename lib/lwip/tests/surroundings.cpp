// SPDX-License-Identifier: BSD-3-Clause
// For host tests: chance that is the same each time, and no thread that sleeps.
#include <atomic>
#include <cstddef>

#include <uk/random.hpp>
#include <uk/user.hpp>

extern "C" void uk_lwip_timer_started(void);
extern "C" void uk_lwip_packet_looped(void);

namespace uk::random {

Result<Key> take_key() {
    return take_insecure_key();
}

Key take_insecure_key() {
    static uint32_t state = 1;
    Key key;
    for (std::byte& byte : key) {
        state = state * 1664525 + 1013904223;
        byte = static_cast<std::byte>(state >> 24);
    }
    return key;
}

} // namespace uk::random

extern "C" void uk_lwip_timer_started(void) {}
extern "C" void uk_lwip_packet_looped(void) {}

// Blocks for lwIP's C code (options.h), as long as there shall be some.
std::atomic<long> g_lwip_blocks_left{1'000'000'000};

extern "C" {
void* uk_lwip_allocate(size_t size);
void* uk_lwip_test_allocate(size_t size);
}

extern "C" void* uk_lwip_test_allocate(size_t size) {
    if (g_lwip_blocks_left.fetch_sub(1) <= 0) {
        g_lwip_blocks_left = 0;
        return nullptr;
    }
    return uk_lwip_allocate(size);
}

// Any thread may touch the application's memory.
bool uk::user::detail::may_touch() {
    return true;
}
