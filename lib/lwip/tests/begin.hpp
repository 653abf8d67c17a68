// SPDX-License-Identifier: BSD-3-Clause
// lwIP has one state: whichever test comes first begins it.
#pragma once

#include <lwip/init.h>

namespace lwip_tests {

inline void begin_lwip() {
    static const bool once = (lwip_init(), true);
    (void)once;
}

} // namespace lwip_tests
