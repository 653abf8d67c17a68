// SPDX-License-Identifier: BSD-3-Clause
// Text that is put together in room that the caller has.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string.h>
#include <span>
#include <string_view>

namespace httpd {

// What does not fit is dropped, and remembered.
class Text {
    char* begin_;
    char* at_;
    char* end_;
    bool cut_ = false;

  public:
    explicit Text(std::span<char> room)
        : begin_(room.data()), at_(begin_), end_(begin_ + room.size()) {}

    // Not inlined: there are many calls, and each would be as long as the function.
    [[gnu::noinline]] Text& add(std::string_view text) {
        if (text.size() > static_cast<size_t>(end_ - at_)) {
            cut_ = true;
            return *this;
        }
        if (!text.empty())
            memcpy(at_, text.data(), text.size());
        at_ += text.size();
        return *this;
    }
    [[gnu::noinline]] Text& add(uint64_t number, unsigned base = 10) {
        char digits[20];
        size_t first = sizeof digits;
        do {
            digits[--first] = "0123456789abcdef"[number % base];
            number /= base;
        } while (number != 0);
        return add(std::string_view(digits + first, sizeof digits - first));
    }
    // A string of JSON, with its quotes.
    Text& add_json(std::string_view text) {
        add("\"");
        for (const char& each : text) {
            const auto byte = static_cast<unsigned char>(each);
            if (each == '"' || each == '\\')
                add("\\").add({&each, 1});
            else if (byte < ' ')
                add("\\u00").add(byte / 16U).add(byte % 16U, 16);
            else
                add({&each, 1});
        }
        return add("\"");
    }
    // Back to what size() was.
    void cut_back(size_t size) { at_ = begin_ + size; }

    [[nodiscard]] size_t size() const { return static_cast<size_t>(at_ - begin_); }
    [[nodiscard]] std::string_view view() const { return {begin_, size()}; }
    [[nodiscard]] bool cut() const { return cut_; }
};

} // namespace httpd
