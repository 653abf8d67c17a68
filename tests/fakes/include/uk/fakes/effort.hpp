// SPDX-License-Identifier: BSD-3-Clause
// How long tests that try random things go on.
#pragma once

#include <cstdlib>

namespace uk::fakes {

// So many seeds, steps or rounds of `all`: a tenth, so that `make check` stays short, or all of
// them in `make check-all` (which sets UK_CHECK_ALL). Seeds count up from the same one in both.
inline unsigned effort(unsigned all) {
    return std::getenv("UK_CHECK_ALL") != nullptr ? all : (all + 9) / 10;
}

// Whether only threads matter: under ThreadSanitizer, where all takes ten times as long, and what
// one thread does has no races. Long tests of one thread are for the other sanitizers.
#ifdef __SANITIZE_THREAD__
inline constexpr bool kOnlyThreads = true;
#else
inline constexpr bool kOnlyThreads = false;
#endif

} // namespace uk::fakes
