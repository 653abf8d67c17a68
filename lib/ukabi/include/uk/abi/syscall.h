/* SPDX-License-Identifier: BSD-3-Clause */
/* Numbers of system calls: UK_SYS_<name>. They differ between ISAs; not every ISA has each. */
#pragma once

#include <uk/abi/isa/syscall.h>
