// SPDX-License-Identifier: BSD-3-Clause
// Lines of any bytes: words lie one behind the other in the line, and end in it.
#include <cstdint>
#include <cstring>
#include <string>

#include <uk/assert.h>
#include <uk/shell/line.hpp>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    std::string text(reinterpret_cast<const char*>(data), size);
    text.resize(strlen(text.c_str()));
    const char* end = text.data() + text.size() + 1;
    char* room[8];
    const uk::shell::Line line = uk::shell::split(text.data(), room);
    if (line.problem != nullptr) {
        UK_VERIFY(line.words.empty() && line.target == nullptr);
        return 0;
    }
    UK_VERIFY(line.words.size() <= 8 && (line.target == nullptr || !line.words.empty()));
    const char* at = text.data();
    for (const char* word : line.words) {
        UK_VERIFY(word >= at);
        at = word + strlen(word) + 1;
        UK_VERIFY(at <= end);
    }
    if (line.target != nullptr)
        UK_VERIFY(line.target >= text.data() && line.target + strlen(line.target) < end);
    return 0;
}
