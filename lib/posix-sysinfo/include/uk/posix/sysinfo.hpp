// SPDX-License-Identifier: BSD-3-Clause
// The names of the system, for libraries of the posix floor.
#pragma once

#include <uk/abi/utsname.h>

namespace uk::posix {

struct HostName {
    char text[UK_UTSNAME_LENGTH];
};
// What sethostname() set. From any thread; does not block.
[[nodiscard]] HostName host_name();

} // namespace uk::posix
