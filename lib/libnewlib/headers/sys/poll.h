/* SPDX-License-Identifier: BSD-3-Clause */
/* The same as <poll.h>. */
#pragma once

#include <poll.h>
