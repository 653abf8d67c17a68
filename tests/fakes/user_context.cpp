// SPDX-License-Identifier: BSD-3-Clause
// Host tests may touch what they call the application's memory at any time.
#include <uk/user.hpp>

bool uk::user::detail::may_touch() {
    return true;
}
