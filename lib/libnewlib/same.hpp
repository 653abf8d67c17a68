// SPDX-License-Identifier: BSD-3-Clause
// Private: words of the proofs that the C library's structures are those of the system calls.
#pragma once

#include <stddef.h>

// That both members lie at the same place and have the same size; that both have one name; that the
// structures have the same size.
#define MEMBER(ours, member, theirs, other)                                                        \
    static_assert(offsetof(ours, member) == offsetof(theirs, other) &&                             \
                  sizeof(static_cast<ours*>(nullptr)->member) ==                                   \
                      sizeof(static_cast<theirs*>(nullptr)->other))
#define SAME(type, member) MEMBER(struct type, member, struct uk_##type, member)
#define SIZE(type) static_assert(sizeof(struct type) == sizeof(uk_##type))
