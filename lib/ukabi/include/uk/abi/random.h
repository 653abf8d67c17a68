/* SPDX-License-Identifier: BSD-3-Clause */
/* Flags of getrandom(). */
#pragma once

#define UK_GRND_NONBLOCK 1
#define UK_GRND_RANDOM 2
#define UK_GRND_INSECURE 4
