// SPDX-License-Identifier: BSD-3-Clause
// Sources of entropy: all that an image has are asked and mixed, none is chosen.
#pragma once

#include <uk/base/section_table.hpp>
#include <uk/random/generator.hpp>

namespace uk::random {

struct Delivery {
    unsigned bits = 0;             // of what was mixed, a stranger cannot know
    const char* problem = nullptr; // why there are none: static text, "the processor has no ..."
};

// Thread context, one at a time; may take milliseconds. `gather` mixes `wanted` bits into the pool
// if it can, tests that they are what they should be, and tells how many it answers for.
struct Source {
    const char* name;
    Delivery (*gather)(Pool& pool, unsigned wanted);
};

UK_SECTION_TABLE(uk_entropy, Source);

} // namespace uk::random

// A source of this image. At namespace scope.
#define UK_ENTROPY_SOURCE(...) UK_SECTION_ROW(uk_entropy, uk::random::Source, __VA_ARGS__)
