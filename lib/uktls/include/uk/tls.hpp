// SPDX-License-Identifier: BSD-3-Clause
// Thread-local variables of applications. Kernel code has none: this serves whoever makes threads
// (lib/uksched) and the C and C++ libraries above. Only in images with LIBUKTLS.
#pragma once

#include <uk/tls/exit_stack.hpp>

namespace uk::tls {

/// A thread's variables with their first values, or null without memory. What is returned is the
/// value for the thread pointer. Thread context; does not block.
[[nodiscard]] void* make();

/// Makes them those that code on this CPU sees: sets the register that the ABI has for it (FS base,
/// TPIDR_EL0). From anywhere; the next switch of threads sets it again.
void enter(void* thread_pointer);

/// Those of a thread that will not run any more; null is allowed. Does not call exit functions.
/// Thread context, and the idle thread; does not block.
void free(void* thread_pointer);

/// Lets run_exit_functions() of the calling thread call function(argument), before those that were
/// given earlier. False: no memory. Thread context; does not block.
[[nodiscard]] bool at_thread_exit(ExitFunction function, void* argument);

/// Calls and forgets them. The calling thread is about to end, or with it the program. Thread
/// context; does what the functions do.
void run_exit_functions();

} // namespace uk::tls
