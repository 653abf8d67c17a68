// SPDX-License-Identifier: BSD-3-Clause
// The loop: a prompt, a line, its command.
#include "commands.hpp"

#include <uk/abi/errno.h>
#include <uk/abi/ioctl.h>
#include <uk/abi/signal.h>
#include <uk/abi/termios.h>
#include <uk/shell/line.hpp>
#include <uk/string.h>
#include <uk/syscall.h>

namespace uk::shell {

namespace {

enum class Got : uint8_t { line, too_long, interrupted, end };

// Lines of a descriptor. A terminal gives one with each read(), pipes any number.
class Input {
  public:
    explicit Input(int fd) : fd_(fd) {}

    // A line without its newline, in room that lasts until the next call.
    Got next(char*& line) {
        memmove(data_, data_ + begin_, size_ - begin_);
        size_ -= begin_;
        begin_ = 0;
        bool too_long = false;
        for (size_t seen = 0;;) {
            if (auto* end = static_cast<char*>(memchr(data_ + seen, '\n', size_ - seen)))
                return cut(end, line, too_long);
            if (ended_)
                return size_ != 0 ? cut(data_ + size_, line, too_long) : Got::end;
            if (size_ == kMostLine) {
                too_long = true;
                size_ = 0;
            }
            seen = size_;
            if (!wait_for(fd_)) {
                size_ = 0;
                return Got::interrupted;
            }
            const long got = uk_sys_read(fd_, data_ + size_, kMostLine - size_);
            if (got == -UK_EINTR) // wait_for() says whether it matters
                continue;
            if (got <= 0) // an error of the terminal is its end, too
                ended_ = true;
            else
                size_ += static_cast<size_t>(got);
        }
    }

  private:
    Got cut(char* end, char*& line, bool too_long) {
        begin_ = static_cast<size_t>(end - data_) + (end != data_ + size_ ? 1 : 0);
        for (char* at = data_; at != end; at++) // would end the line too early
            *at = *at == '\0' ? '?' : *at;
        *end = '\0';
        line = data_;
        return too_long ? Got::too_long : Got::line;
    }

    int fd_;
    bool ended_ = false;
    size_t begin_ = 0;
    size_t size_ = 0;
    char data_[kMostLine + 1];
};

void on_interrupt(int /*number*/, uk_siginfo* /*info*/, void* /*context*/) {
    stop();
}

// SIGINT ends commands while this lives. Without SA_RESTART: calls that wait give up.
class Interrupts {
  public:
    Interrupts() {
        const uk_sigaction wanted{
            .handler = on_interrupt, .flags = 0, .restorer = nullptr, .mask = {}};
        set_ = uk_sys_rt_sigaction(UK_SIGINT, &wanted, &before_, sizeof(uk_sigset_t)) >= 0;
    }
    ~Interrupts() {
        if (set_)
            uk_sys_rt_sigaction(UK_SIGINT, &before_, nullptr, sizeof(uk_sigset_t));
    }
    Interrupts(const Interrupts&) = delete;
    Interrupts& operator=(const Interrupts&) = delete;

  private:
    uk_sigaction before_{};
    bool set_;
};

void prompt(int fd) {
    char path[256]; // a longer one is not shown
    const long size = uk_sys_getcwd(path, sizeof(path));
    Output out(fd);
    out.append("%s> ", size > 0 ? path : "...");
}

} // namespace

bool is_terminal(int fd) {
    uk_termios modes;
    return uk_sys_ioctl(fd, UK_TCGETS, reinterpret_cast<unsigned long>(&modes)) >= 0;
}

int run(int in, int out) {
    const Interrupts interrupts;
    const bool prompts = is_terminal(in);
    Input input(in);
    int status = 0;
    for (bool ends = false; !ends;) {
        forget_stop();
        if (prompts)
            prompt(out);
        char* line = nullptr;
        const Got got = input.next(line);
        if (got == Got::end) {
            if (prompts)
                Output(out).append("\n");
            break;
        }
        if (got == Got::interrupted) {
            Output(out).append("\n");
        } else if (got == Got::too_long) {
            Output(out).append("a line has at most %zu bytes\n", kMostLine - 1);
            status = 2;
        } else {
            status = run_line(line, in, out, ends);
            if (stopped() && prompts)
                Output(out).append("\n");
        }
    }
    return status;
}

} // namespace uk::shell
