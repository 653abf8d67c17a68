// SPDX-License-Identifier: BSD-3-Clause
// Makes lines out of log calls and hands them to the ring and the console.
#pragma once

#include <cstdarg>
#include <cstddef>
#include <cstdint>

#include <uk/log/ring.hpp>

namespace uk::log {

// Where lines go and what time it is. Both are called with the caller's lock held.
struct Outside {
    void (*write)(const char* data, size_t size);
    uint64_t (*now_ns)();
};

// Not synchronised (lib/ukprint's hw part locks). Pure; constinit. Lines look like
//   [    0.000123] Info: [ukalloc] 1792 KiB added
// and are cut at kLine bytes, marked by " [...]". Control characters become '.', so that logged
// input cannot steer a terminal.
class Logger {
  public:
    static constexpr size_t kLine = 240; // with prefix and mark, without newline

    constexpr Logger(std::span<char> ring, int console_level, Outside outside)
        : ring_(ring), outside_(outside), console_level_(console_level) {}

    // One call of uk_vprintk. Text without newline at its end waits for the next call of the same
    // library and level; anybody else's line completes it.
    __attribute__((format(printf, 4, 0))) void print(int level, const char* library,
                                                     const char* format, va_list arguments);
    // Completes a waiting line.
    void flush();

    [[nodiscard]] int console_level() const { return console_level_; }
    // See uk::log::set_console_level().
    void set_console_level(int level);
    // See uk::log::for_each_unseen(). Changes nothing.
    size_t for_each_unseen(size_t most, void (*line)(void* context, const char* text, size_t size),
                           void* context) const;
    // See uk::log::copy(). Changes nothing.
    size_t copy_latest(std::span<char> to) const;

  private:
    void add(const char* data, size_t size);
    void begin();
    void end();
    static size_t copy(char* to, const Ring::Line& line);

    Ring ring_;
    Outside outside_;
    int console_level_;
    int level_ = 0;
    const char* library_ = nullptr;
    size_t size_ = 0;  // of the waiting line; 0: none
    bool cut_ = false; // the waiting line is full; the rest of it is dropped
    char line_[kLine + 1] = {};
};

// "[    0.000123] Info: [ukalloc] " into `out`; returns its size, at most size - 1. Pure.
size_t format_prefix(char* out, size_t size, uint64_t time_ns, int level, const char* library);

// uk_vprintk(), with its arguments where the caller has them. The log of this image.
void print_line(int level, const char* library, const char* format, va_list* arguments);

} // namespace uk::log
