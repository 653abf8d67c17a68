// SPDX-License-Identifier: BSD-3-Clause
// From a line to words.
//
//     cp 'my file' /tmp  >> "log \"1\""     # words: cp, my file, /tmp; to the end of: log "1"
//
// Blanks divide words. '...' keeps all that is in it; "..." all but \" and \\; a backslash outside
// of quotes keeps the character behind it. # where a word could begin hides the rest. Characters
// that mean something to other shells and nothing here (| & ; < and a backquote) are errors outside
// of quotes, so that nothing runs that was meant otherwise; $ and * stand for themselves. Pure.
#pragma once

#include <cstddef>
#include <span>

namespace uk::shell {

inline constexpr size_t kMostLine = 1024; // bytes, with the newline
inline constexpr size_t kMostWords = 64;

struct Line {
    std::span<char*> words{};      // none: an empty line
    const char* target = nullptr;  // where output goes, if not to the terminal
    bool appends = false;          // to its end, rather than to a new file
    const char* problem = nullptr; // static text; then nothing else is set
    char character = '\0';         // that the problem is about, or 0
};

// Splits `text`, which ends with a 0 and is overwritten: the words are in it. They go to `room`.
[[nodiscard]] Line split(char* text, std::span<char*> room);

} // namespace uk::shell
