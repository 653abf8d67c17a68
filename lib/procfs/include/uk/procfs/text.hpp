// SPDX-License-Identifier: BSD-3-Clause
// Text: what a file of /proc says, built piece by piece on the heap.
#pragma once

#include <cstdarg>
#include <cstddef>
#include <string_view>

#include <uk/base/result.hpp>

namespace uk::procfs {

// Belongs to one thread. When memory runs out what comes after is dropped, and error() says so.
class Text {
  public:
    constexpr Text() = default;
    ~Text();
    Text(const Text&) = delete;
    Text& operator=(const Text&) = delete;

    [[gnu::format(printf, 2, 3)]] void append(const char* fmt, ...);
    void append_text(std::string_view text);
    void clear();
    // There is nothing to say: reading fails.
    void fail(Errno why) { error_ = why; }

    [[nodiscard]] std::string_view view() const { return {data_, size_}; }
    [[nodiscard]] Errno error() const { return error_; } // ok, ENOMEM, or that of fail()

  private:
    bool make_room(size_t more);

    char* data_ = nullptr;
    size_t size_ = 0;
    size_t room_ = 0;
    Errno error_ = Errno::ok;
};

} // namespace uk::procfs
