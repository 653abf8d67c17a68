// SPDX-License-Identifier: BSD-3-Clause
// The early console of host tests.
#include <uk/fakes/hal.hpp>

#include <algorithm>

#include <uk/hal/console.hpp>

namespace {

std::string g_output;
std::string g_input;
bool g_ended = false;

} // namespace

std::string uk::fakes::console_output() {
    return g_output;
}

void uk::fakes::console_clear() {
    g_output.clear();
    g_input.clear();
    g_ended = false;
}

void uk::fakes::console_type(const std::string& input) {
    g_input += input;
}

void uk::fakes::console_hang_up() {
    g_ended = true;
}

void uk::hal::console_write(const char* data, size_t size) {
    g_output.append(data, size);
}

uk::Result<size_t> uk::hal::console_read(char* data, size_t size) {
    if (g_input.empty() && g_ended) {
        return Errno::pipe;
    }
    size_t count = std::min(size, g_input.size());
    g_input.copy(data, count);
    g_input.erase(0, count);
    return count;
}
