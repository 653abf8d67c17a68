// SPDX-License-Identifier: BSD-3-Clause
// Kernel parameters of this image: the rows the linker gathered, the log and the console.
#include <uk/config.hpp>
#include <uk/hal/console.hpp>
#include <uk/libparam.hpp>
#include <uk/print.h>
#include <uk/string.h>

namespace uk::params {

static void say(void* /*context*/, bool fatal, const char* message) {
    if constexpr (cfg::libukprint) {
        if (fatal) {
            uk_pr_err("%s\n", message);
        } else {
            uk_pr_warn("%s\n", message);
        }
    } else if (fatal) {
        hal::console_write(message, strlen(message));
        hal::console_write("\n", 1);
    }
}

Result<Outcome> apply_boot(std::span<char* const> words) {
    return apply(words, UK_SECTION_SPAN(uk_params), say, nullptr);
}

void print_help_boot() {
    print_help(
        UK_SECTION_SPAN(uk_params),
        [](void* /*context*/, const char* text, size_t size) { hal::console_write(text, size); },
        nullptr);
}

} // namespace uk::params
