// SPDX-License-Identifier: BSD-3-Clause
// The host's terminal under a process that edits its lines itself: hal::console_terminal().
#pragma once

#include <uk/config.hpp>

namespace uk::linuxabi {

// The terminal as it was before hal::console_terminal() changed it, if it did. From anywhere.
void terminal_give_back();

// The same, in images that never change it, too.
inline void terminal_restore() {
    if constexpr (cfg::hal_console_terminal)
        terminal_give_back();
}

} // namespace uk::linuxabi
