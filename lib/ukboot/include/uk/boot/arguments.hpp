// SPDX-License-Identifier: BSD-3-Clause
// What main() was called with, for libraries.
#pragma once

#include <span>

namespace uk::bootup {

// argv[0] to argv[argc - 1]; the application may have changed them. Empty before main(). Needs the
// option LIBUKBOOT_ARGUMENTS. From anywhere; does not block.
[[nodiscard]] std::span<char* const> arguments();

// For boot(), once.
void set_arguments(std::span<char* const> words);

} // namespace uk::bootup
