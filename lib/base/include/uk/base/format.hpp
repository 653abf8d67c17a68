// SPDX-License-Identifier: BSD-3-Clause
// C++ face of the format engine (uk/format.h, which says what a format may contain).
#pragma once

#include <uk/format.h>

#include <cstdarg>
#include <cstddef>
#include <span>
#include <string_view>

namespace uk {

/// Formats into `buffer` and returns what stands there (cut to fit, NUL behind it, empty when
/// buffer is).
[[gnu::format(printf, 2, 3)]] inline std::string_view format(std::span<char> buffer,
                                                             const char* fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    const std::size_t length = uk_vscnprintf(buffer.data(), buffer.size(), fmt, ap);
    va_end(ap);
    return {buffer.data(), length};
}

/// Formats into any callable `int sink(std::string_view)` (0, or a negative value that stops).
/// Returns as uk_vformat does.
template <class Sink>
int vformat_to(Sink& sink, const char* fmt, va_list ap) {
    return uk_vformat(
        [](void* ctx, const char* data, std::size_t len) -> int {
            return (*static_cast<Sink*>(ctx))(std::string_view(data, len));
        },
        &sink, fmt, ap);
}

/// Text built piece by piece in a member array of N bytes; what does not fit is dropped and
/// remembered.
template <std::size_t N>
class TextBuffer {
    static_assert(N > 0);
    std::size_t length_ = 0;
    bool cut_ = false;
    char data_[N] = {};

  public:
    [[gnu::format(printf, 2, 3)]] TextBuffer& append(const char* fmt, ...) {
        va_list ap;
        va_start(ap, fmt);
        const int wanted = uk_vsnprintf(data_ + length_, N - length_, fmt, ap);
        va_end(ap);
        const std::size_t room = N - length_ - 1;
        if (wanted < 0 || static_cast<std::size_t>(wanted) > room)
            cut_ = true;
        if (wanted > 0)
            length_ +=
                static_cast<std::size_t>(wanted) > room ? room : static_cast<std::size_t>(wanted);
        return *this;
    }
    void clear() {
        length_ = 0;
        cut_ = false;
        data_[0] = '\0';
    }
    bool cut() const { return cut_; } // something did not fit
    std::size_t size() const { return length_; }
    const char* c_str() const { return data_; }
    std::string_view view() const { return {data_, length_}; }
};

} // namespace uk
