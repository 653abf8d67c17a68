// SPDX-License-Identifier: BSD-3-Clause
// Whatever the value of a label: the text has exactly the lines that it should have, and read back
// by the format's rules it is the same value where that was UTF-8 without more ado.
#include <uk/prometheus.hpp>

#include <cstdlib>
#include <string>

namespace {

using namespace uk::metrics;

std::string_view g_value;

void require(bool good) {
    if (!good)
        abort();
}

void two_values(Sink& sink) {
    const Label labels[] = {{"first", g_value}, {"second", "s"}};
    sink.sample(labels, 1);
    sink.sample({}, 2);
}

bool is_ascii(std::string_view text) {
    for (const char each : text) {
        if ((each & 0x80) != 0)
            return false;
    }
    return true;
}

// What stands between quotes, and how many bytes it took with both.
std::string read_quoted(std::string_view text, size_t& taken) {
    std::string value;
    require(text.at(0) == '"');
    size_t at = 1;
    for (; text.at(at) != '"'; at++) {
        require(text[at] != '\n');
        if (text[at] == '\\') {
            const char next = text.at(++at);
            require(next == 'n' || next == '\\' || next == '"');
            value += next == 'n' ? '\n' : next;
        } else {
            value += text[at];
        }
    }
    taken = at + 1;
    return value;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    g_value = {reinterpret_cast<const char*>(data), size};
    std::string text;
    uk::prometheus::Writer(
        [](void* to, std::string_view piece) { static_cast<std::string*>(to)->append(piece); },
        &text)
        .write({.name = "x", .help = "h", .kind = Kind::gauge, .collect = two_values});

    const std::string_view before =
        "# HELP microlith_x h\n# TYPE microlith_x gauge\nmicrolith_x{first=";
    require(text.starts_with(before));
    size_t taken = 0;
    const std::string value = read_quoted(std::string_view(text).substr(before.size()), taken);
    require(text.substr(before.size() + taken) == ",second=\"s\"} 1\nmicrolith_x 2\n");
    require(!is_ascii(g_value) || value == g_value);
    return 0;
}
