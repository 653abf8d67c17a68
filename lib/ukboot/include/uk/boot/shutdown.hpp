// SPDX-License-Identifier: BSD-3-Clause
// The one way out of an image, whatever the reason.
#pragma once

#include <uk/base/result.hpp>
#include <uk/hal/power.hpp>

namespace uk {

// Ends the image. For every reason but panic the term functions run first; a panic trusts nothing
// and goes straight to the platform. `status` as in hal::shutdown(). Thread context, without a lock
// that a term function takes, for all reasons but panic, which may come from anywhere.
//
// Other threads run on meanwhile, seconds where a network delivers what was sent. The first that
// ends the image decides: another that does so, too, waits for that, 10 s at most, unless it
// panics. The same thread again, by a second Ctrl-C for instance, ends the machine at once. File
// systems are synced before the network ends, as one may lie beyond it: what a thread writes after
// that is as lost as what it had not written yet.
[[noreturn]] void shutdown(hal::Shutdown reason, int status);

namespace bootup {

// Runs all levels of the init table of this image. The failing entry has been logged when this
// returns its error. Boot context, once.
[[nodiscard]] Result<> run_init_table();

// Runs the application's constructors (.init_array). Boot context, once.
void run_constructors();

// Images with threads have one, the scheduler's. The first thread that calls goes on, also when it
// comes again; others come back after 10 s, when the end is stuck.
void end_alone();

} // namespace bootup
} // namespace uk
