// SPDX-License-Identifier: BSD-3-Clause
// Signals of this image's process, for libraries of the posix floor and above.
//
//     uk::signal::send({UK_SIGINT, UK_SI_KERNEL});           // to the process: Ctrl-C
//
// A thread that was created by a thread of the application, and is no service, has signals; its
// mask is that of its creator. Others (kernel threads) have none.
#pragma once

#include <uk/base/result.hpp>
#include <uk/sched.hpp>
#include <uk/signal/model.hpp>

namespace uk::signal {

// From anywhere, handlers included, under spinning locks of ranks above wait_queue. Does not block;
// may switch to a thread that is woken. Errors: EINVAL, EAGAIN (too many wait), ENOSYS (it would
// stop the process).
[[nodiscard]] Result<> send(const Info& info);
// The same to one thread, which exists as long as this runs. Errors: also ESRCH (it has no
// signals).
[[nodiscard]] Result<> send(Thread& thread, const Info& info);

// Of the calling thread, which has signals. Handlers of what is let through now run at the edge.
[[nodiscard]] uint64_t mask();
void set_mask(uint64_t mask);

// For waits with another mask (ppoll() and its like), inside a system call: the mask until the end
// of the call, or of the first handler.
void lend_mask(uint64_t mask);
void return_mask();

// For who reads signals instead of handling them (signalfd). Of the calling thread: what waits for
// it, blocked or not; and the next of `set` that does, taken out. Nothing for a thread without
// signals.
[[nodiscard]] uint64_t waiting();
[[nodiscard]] bool take(uint64_t set, Info& info);
// Called whenever a signal has come that waits for somebody: from anywhere, handlers included,
// under a lock of rank wait_queue. There is one: whoever sets it sets the same each time.
using ArrivalHook = void (*)();
void set_arrival_hook(ArrivalHook hook);

} // namespace uk::signal
