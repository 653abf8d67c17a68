// SPDX-License-Identifier: BSD-3-Clause
// How long tests that try random things go on.
#pragma once

#include <cstdlib>

namespace uk::fakes {

// So many seeds, steps or rounds of `all`: a fifth, so that `make check` stays short, or all of
// them in `make check-all` (which sets UK_CHECK_ALL). Seeds count up from the same one in both.
inline unsigned effort(unsigned all) {
    return std::getenv("UK_CHECK_ALL") != nullptr ? all : (all + 4) / 5;
}

} // namespace uk::fakes
