// SPDX-License-Identifier: BSD-3-Clause
// The stack of this image: lwIP on all network devices, under one lock.
//
// A thread "lwip" receives packets when a device interrupts and runs lwIP's timers. Who waits for
// packets anyhow may look at the devices himself before: look().
#pragma once

#include <uk/lock.hpp>

namespace uk::lwip {

// Holds the lock while it lives: everything of lwIP happens under one of these. Sections are short,
// nobody touches the application's memory in one (it may have to be fetched), and none is inside
// another. The end of the last delivers what was sent to the machine itself, and tells the thread
// of a timer that was started.
class Core {
  public:
    Core();
    ~Core();
    Core(const Core&) = delete;
    Core& operator=(const Core&) = delete;
};

// Whether the calling thread has it; for assertions.
[[nodiscard]] bool core_is_mine();

// Takes packets that have come from the devices, unless somebody just does; says whether there were
// any. Thread context, without a Core.
bool look();

} // namespace uk::lwip
