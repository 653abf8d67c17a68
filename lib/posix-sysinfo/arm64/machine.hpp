// SPDX-License-Identifier: BSD-3-Clause
// What uname() calls this architecture.
#pragma once

namespace uk::posix {

inline constexpr char kMachine[] = "aarch64";

} // namespace uk::posix
