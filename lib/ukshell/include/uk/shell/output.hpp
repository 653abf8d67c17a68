// SPDX-License-Identifier: BSD-3-Clause
// Output: text for a descriptor, written in pieces.
#pragma once

#include <cstddef>
#include <string_view>

namespace uk::shell {

// Belongs to one thread. After an error what comes is dropped, and error() says which.
class Output {
  public:
    explicit Output(int fd) : fd_(fd) {}
    ~Output() { flush(); }
    Output(const Output&) = delete;
    Output& operator=(const Output&) = delete;

    [[gnu::format(printf, 2, 3)]] void append(const char* fmt, ...);
    void write(std::string_view text);
    void flush();

    [[nodiscard]] int fd() const { return fd_; }
    [[nodiscard]] long error() const { return error_; } // 0, or -errno

  private:
    void put(const char* data, size_t size);

    int fd_;
    long error_ = 0;
    size_t size_ = 0;
    char data_[512];
};

} // namespace uk::shell
