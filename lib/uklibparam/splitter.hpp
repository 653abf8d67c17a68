// SPDX-License-Identifier: BSD-3-Clause
// One word after the other out of a line, in place; what split() and lists inside a word are made
// of.
#pragma once

#include <cstddef>
#include <span>

namespace uk::params {

// Pure. The rules are those of split() in <uk/libparam.hpp>. `text` is not owned; words point into
// it.
class Splitter {
  public:
    explicit constexpr Splitter(std::span<char> text) : text_(text) {}

    // The next word, NUL-terminated; nullptr when there is none left.
    char* next();
    // The last word reached to the end of the text because its quote was never closed.
    [[nodiscard]] bool open_quote() const { return open_quote_; }

  private:
    std::span<char> text_;
    size_t read_ = 0;
    bool open_quote_ = false;
};

[[nodiscard]] constexpr bool is_blank(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

} // namespace uk::params
