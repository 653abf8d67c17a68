// SPDX-License-Identifier: BSD-3-Clause
// Lines of the log: prefix, text, cutting, and who sees them.
#include <uk/format.h>
#include <uk/log/logger.hpp>
#include <uk/print.h>
#include <uk/string.h>

namespace uk::log {

namespace {
constexpr char kMark[] = " [...]";
constexpr size_t kText = Logger::kLine - (sizeof(kMark) - 1);

const char* title(int level) {
    switch (level) {
    case UK_KLVL_CRIT:
        return "CRIT";
    case UK_KLVL_ERR:
        return "ERR: ";
    case UK_KLVL_WARN:
        return "Warn:";
    case UK_KLVL_INFO:
        return "Info:";
    default:
        return "dbg: ";
    }
}

char* put_text(char* at, const char* text, size_t most) {
    for (size_t i = 0; i < most && text[i] != '\0'; i++) {
        *at++ = text[i];
    }
    return at;
}

// In decimal, at least `width` characters, filled up on the left.
char* put_number(char* at, uint64_t value, size_t width, char fill) {
    char digits[20];
    size_t count = 0;
    do {
        digits[count++] = static_cast<char>('0' + value % 10);
        value /= 10;
    } while (value != 0);
    for (size_t i = count; i < width; i++) {
        *at++ = fill;
    }
    while (count != 0) {
        *at++ = digits[--count];
    }
    return at;
}
} // namespace

// By hand: the first line of every boot is written here, and the format engine takes ten times as
// long.
size_t format_prefix(char* out, size_t size, uint64_t time_ns, int level, const char* library) {
    constexpr size_t kLongest = 96; // 20 digits, a name of 32, and what stands between
    constexpr size_t kName = 32;
    char text[kLongest];
    const uint64_t microseconds = time_ns / 1000;
    char* at = text;
    *at++ = '[';
    at = put_number(at, microseconds / 1000000, 5, ' ');
    *at++ = '.';
    at = put_number(at, microseconds % 1000000, 6, '0');
    at = put_text(at, "] ", 2);
    at = put_text(at, title(level), kName);
    at = put_text(at, " [", 2);
    at = put_text(at, library != nullptr ? library : "?", kName);
    at = put_text(at, "] ", 2);
    auto length = static_cast<size_t>(at - text);
    length = length < size ? length : size - 1;
    memcpy(out, text, length);
    out[length] = '\0';
    return length;
}

void Logger::print(int level, const char* library, const char* format, va_list arguments) {
    if (size_ != 0 && (level != level_ || library != library_)) {
        end();
    }
    level_ = level;
    library_ = library;
    uk_vformat(
        [](void* self, const char* data, size_t size) -> int {
            static_cast<Logger*>(self)->add(data, size);
            return 0;
        },
        this, format, arguments);
}

void Logger::begin() {
    size_ = format_prefix(line_, kText, outside_.now_ns(), level_, library_);
    cut_ = false;
}

void Logger::add(const char* data, size_t size) {
    for (const char* end_of_data = data + size; data != end_of_data; data++) {
        if (size_ == 0) {
            begin();
        }
        char* to = line_ + size_;
        char* const full = line_ + kText;
        for (; data != end_of_data && *data != '\n'; data++) {
            const char c = *data;
            if (to == full) {
                cut_ = true;
                continue;
            }
            const bool control = static_cast<unsigned char>(c) < ' ' && c != '\t';
            *to++ = control || c == '\x7f' ? '.' : c;
        }
        size_ = static_cast<size_t>(to - line_);
        if (data == end_of_data) {
            return;
        }
        end();
    }
}

void Logger::end() {
    if (cut_) {
        memcpy(line_ + size_, kMark, sizeof(kMark) - 1);
        size_ += sizeof(kMark) - 1;
    }
    const bool seen = level_ <= console_level_;
    const size_t size = size_;
    size_ = 0; // before the console, which may be slow or fail: the line must not appear twice
    ring_.append(line_, size, static_cast<uint8_t>(level_), seen);
    if (seen) {
        line_[size] = '\n';
        outside_.write(line_, size + 1);
    }
}

void Logger::flush() {
    if (size_ != 0) {
        end();
    }
}

size_t Logger::copy(char* to, const Ring::Line& line) {
    // Bounded again: a crash report may read a ring that something has written over.
    const size_t first = line.first_size < kLine ? line.first_size : kLine;
    const size_t second = line.second_size < kLine - first ? line.second_size : kLine - first;
    memcpy(to, line.first, first);
    memcpy(to + first, line.second, second);
    return first + second;
}

void Logger::set_console_level(int level) {
    flush();
    console_level_ = level;
    size_t at = ring_.oldest();
    for (size_t i = 0; i < ring_.lines(); i++, at = ring_.next(at)) {
        const Ring::Line line = ring_.at(at);
        if (!line.seen && line.level <= level) {
            ring_.set_seen(at);
            const size_t size = copy(line_, line);
            line_[size] = '\n';
            outside_.write(line_, size + 1);
        }
    }
}

size_t Logger::for_each_unseen(size_t most,
                               void (*line)(void* context, const char* text, size_t size),
                               void* context) const {
    size_t unseen = 0;
    size_t at = ring_.oldest();
    for (size_t i = 0; i < ring_.lines(); i++, at = ring_.next(at)) {
        unseen += ring_.at(at).seen ? 0 : 1;
    }
    size_t skip = unseen > most ? unseen - most : 0;
    const size_t shown = unseen - skip;
    at = ring_.oldest();
    for (size_t i = 0; i < ring_.lines(); i++, at = ring_.next(at)) {
        const Ring::Line entry = ring_.at(at);
        if (entry.seen || skip != 0) {
            skip -= entry.seen ? 0 : 1;
            continue;
        }
        char text[kLine];
        line(context, text, copy(text, entry));
    }
    return shown;
}

size_t Logger::copy_latest(std::span<char> to) const {
    size_t wanted = 0;
    size_t at = ring_.oldest();
    for (size_t i = 0; i < ring_.lines(); i++, at = ring_.next(at)) {
        const Ring::Line line = ring_.at(at);
        wanted += line.first_size + line.second_size + 1;
    }
    size_t done = 0;
    at = ring_.oldest();
    for (size_t i = 0; i < ring_.lines(); i++, at = ring_.next(at)) {
        const Ring::Line line = ring_.at(at);
        const size_t size = line.first_size + line.second_size + 1;
        if (wanted > to.size()) {
            wanted -= size;
            continue;
        }
        memcpy(&to[done], line.first, line.first_size);
        memcpy(&to[done] + line.first_size, line.second, line.second_size);
        done += size;
        to[done - 1] = '\n';
    }
    return done;
}

} // namespace uk::log
