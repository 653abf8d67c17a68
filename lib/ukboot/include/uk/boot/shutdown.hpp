// SPDX-License-Identifier: BSD-3-Clause
// The one way out of an image, whatever the reason.
#pragma once

#include <uk/base/result.hpp>
#include <uk/hal/power.hpp>

namespace uk {

// Ends the image. For every reason but panic the term functions run first; a panic trusts nothing
// and goes straight to the platform. `status` as in hal::shutdown(). Thread context for all reasons
// but panic, which may come from anywhere.
[[noreturn]] void shutdown(hal::Shutdown reason, int status);

namespace bootup {

// Runs all levels of the init table of this image. The failing entry has been logged when this
// returns its error. Boot context, once.
[[nodiscard]] Result<> run_init_table();

// Runs the application's constructors (.init_array). Boot context, once.
void run_constructors();

} // namespace bootup
} // namespace uk
