/* SPDX-License-Identifier: BSD-3-Clause */
/* UDP. */
#pragma once

#include <netinet/in.h>

#define SOL_UDP 17
