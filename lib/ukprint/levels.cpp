// SPDX-License-Identifier: BSD-3-Clause
// Names of log levels, as log.level= and LIBUKPRINT_LEVELS spell them.
#include <uk/log.hpp>
#include <uk/string.h>

namespace uk::log {

static constexpr const char* kNames[] = {"crit", "err", "warn", "info", "debug"};
static constexpr int kCount = sizeof(kNames) / sizeof(kNames[0]);

int level_from_name(const char* name) {
    if (strcmp(name, "none") == 0) {
        return -1;
    }
    for (int level = 0; level < kCount; level++) {
        if (strcmp(name, kNames[level]) == 0) {
            return level;
        }
    }
    return -2;
}

const char* level_name(int level) {
    if (level == -1) {
        return "none";
    }
    return level >= 0 && level < kCount ? kNames[level] : "?";
}

} // namespace uk::log
