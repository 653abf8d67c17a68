// SPDX-License-Identifier: BSD-3-Clause
// For host tests: chance that is the same each time, and no thread that sleeps.
#include <uk/random.hpp>

extern "C" void uk_lwip_timer_started(void);

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
