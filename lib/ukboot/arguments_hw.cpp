// SPDX-License-Identifier: BSD-3-Clause
// Keeps the arguments of main().
#include <uk/boot/arguments.hpp>

namespace uk::bootup {

namespace {

constinit std::span<char* const> g_arguments;

} // namespace

std::span<char* const> arguments() {
    return g_arguments;
}
void set_arguments(std::span<char* const> words) {
    g_arguments = words;
}

} // namespace uk::bootup
