// SPDX-License-Identifier: BSD-3-Clause
// Threads that wait until the console has something to read.
//
//     InputWait me;                      // before the first look
//     while (nothing_is_there())
//         (void)sched::park(InputWait::ask(kNever, kOften));
#pragma once

#include <cstdint>

#include <uk/base/list.hpp>
#include <uk/sched.hpp>

namespace uk::tty {

// Of a thread, on its stack, or as long as the image. While there is one, waiting of all threads is
// no deadlock.
class InputWait {
  public:
    InputWait();
    ~InputWait();
    InputWait(const InputWait&) = delete;
    InputWait& operator=(const InputWait&) = delete;

    // After a look that found nothing: until when to park. The console ends it earlier by unpark();
    // where it cannot, or has not shown yet that it can, it is time to look again after `look_ns`.
    // Thread context; may block for a moment.
    [[nodiscard]] static uint64_t ask(uint64_t deadline_ns, uint64_t look_ns);

  private:
    static void on_input();

    Thread& thread_;
    ListNode<InputWait> node_;

  public: // for the list
    using Waiting = List<&InputWait::node_>;
};

} // namespace uk::tty
