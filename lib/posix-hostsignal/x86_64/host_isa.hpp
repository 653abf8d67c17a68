// SPDX-License-Identifier: BSD-3-Clause
// Numbers of the host's system calls on this architecture.
#pragma once

#include <uk/linuxabi/x86_64/syscall.hpp>
