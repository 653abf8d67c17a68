// SPDX-License-Identifier: BSD-3-Clause
// Output, and messages of commands.
#include <uk/shell.hpp>

#include <cstdarg>

#include <uk/abi/errno.h>
#include <uk/base/errno.hpp>
#include <uk/base/format.hpp>
#include <uk/string.h>
#include <uk/syscall.h>

namespace uk::shell {

void Output::append(const char* fmt, ...) {
    va_list arguments;
    va_start(arguments, fmt);
    auto sink = [this](std::string_view piece) {
        write(piece);
        return 0;
    };
    (void)vformat_to(sink, fmt, arguments); // the sink never stops it
    va_end(arguments);
}

void Output::write(std::string_view text) {
    if (text.size() > sizeof(data_) - size_)
        flush();
    if (text.size() > sizeof(data_))
        return put(text.data(), text.size());
    memcpy(data_ + size_, text.data(), text.size());
    size_ += text.size();
}

void Output::flush() {
    const size_t size = size_;
    size_ = 0;
    put(data_, size);
}

void Output::put(const char* data, size_t size) {
    while (size != 0 && error_ == 0) {
        const long done = uk_sys_write(fd_, data, size);
        if (done == -UK_EINTR && !stopped())
            continue;
        if (done <= 0) {
            error_ = done != 0 ? done : -UK_EIO;
            return;
        }
        data += done;
        size -= static_cast<size_t>(done);
    }
}

int Call::fail(const char* what, const char* about, long result) {
    const char* why = errno_text(static_cast<Errno>(-result));
    out.flush();
    errors.append("%s: %s '%s': %s\n", name(), what, about, why != nullptr ? why : "?");
    errors.flush();
    return 1;
}

int Call::misused(const char* what) {
    const Command* command = find(name());
    out.flush();
    const char* const usage = command != nullptr ? command->words : "";
    errors.append("%s: %s (how to: %s%s%s)\n", name(), what, name(), usage[0] != '\0' ? " " : "",
                  usage);
    errors.flush();
    return 2;
}

} // namespace uk::shell
