// SPDX-License-Identifier: BSD-3-Clause
// What the process's environment gives: variables, and the file that one of them names.
#pragma once

#include <uk/config.hpp>
#include <uk/hal/boot_info.hpp>
#include <uk/string.h>

namespace uk::linuxabi {

// The value of a variable, or null. `name` ends with "=". `environment` ends with null.
inline const char* variable(char** environment, const char* name) {
    const size_t size = strlen(name);
    for (char** at = environment; *at != nullptr; at++) {
        if (strncmp(*at, name, size) == 0) {
            return *at + size;
        }
    }
    return nullptr;
}

hal::BootBytes map_file_of(char** environment);

// Maps the file that UK_INITRD names, privately and read only, for as long as the process lives;
// nothing if there is no such variable. A file that cannot be had ends the process with status 126
// and a word on standard error. Once, at the start.
inline void map_initrd(char** environment, hal::BootInfo& info) {
    if constexpr (cfg::libukboot_initrd) {
        info.initrd = map_file_of(environment);
    }
}

} // namespace uk::linuxabi
