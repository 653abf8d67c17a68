// SPDX-License-Identifier: BSD-3-Clause
// Numbers of the host's system calls on this architecture.
#pragma once

#include <uk/linuxabi/arm64/syscall.hpp>
