// SPDX-License-Identifier: BSD-3-Clause
// The host's terminal: its keys as they are typed, and back to what it was at the end.
#include <uk/linuxabi/terminal.hpp>

#include <uk/abi/ioctl.h>
#include <uk/abi/termios.h>
#include <uk/hal/console.hpp>
#include <uk/linuxabi/call.hpp>
#include <uk/linuxabi/types.hpp>

#include "pages_isa.hpp" // of the architecture's folder: its system calls

namespace uk {
namespace {

using namespace linuxabi;

constexpr uint64_t kSaResetHand = 0x80000000;
constexpr int kSigHup = 1, kSigInt = 2, kSigQuit = 3, kSigTerm = 15;

constinit uk_termios g_before{};
constinit bool g_changed = false;

bool modes_of(int fd, uk_termios& modes) {
    return syscall(Sys::ioctl, fd, UK_TCGETS, &modes) == 0;
}
void set_modes(const uk_termios& modes) {
    syscall(Sys::ioctl, kStdin, UK_TCSETS, &modes);
}

// The signal is at its default again, and is not blocked: it ends the process at once.
void on_end(int signal, const SigInfo* /*info*/, void* /*context*/) {
    terminal_give_back();
    syscall(Sys::kill, syscall(Sys::getpid), signal);
    for (;;)
        syscall(Sys::exit_group, 128 + signal);
}
void nobody_returns() {}

// What somebody told this process to ignore, it ignores.
void end_tidily(int signal) {
    SigAction before{};
    syscall(Sys::rt_sigaction, signal, 0L, &before, sizeof(before.mask));
    if (before.handler != kSigDefault)
        return;
    const SigAction action{on_end,
                           kSaSiginfo | kSaRestorer | kSaOnStack | kSaNoDefer | kSaResetHand,
                           nobody_returns, 0};
    syscall(Sys::rt_sigaction, signal, &action, 0L, sizeof(action.mask));
}

// Output stays as it is: log lines end in \n alone, and the terminal makes \r\n of it.
Result<> take_over() {
    uk_termios screen;
    if (!modes_of(kStdin, g_before) || !modes_of(kStdout, screen))
        return Errno::notty;
    uk_termios raw = g_before;
    raw.c_iflag &=
        ~(UK_IGNBRK | UK_BRKINT | UK_PARMRK | UK_ISTRIP | UK_INLCR | UK_IGNCR | UK_ICRNL | UK_IXON);
    raw.c_lflag &= ~(UK_ECHO | UK_ECHONL | UK_ICANON | UK_ISIG | UK_IEXTEN);
    raw.c_cc[UK_VMIN] = 1;
    raw.c_cc[UK_VTIME] = 0;
    g_changed = true;
    for (int signal : {kSigHup, kSigInt, kSigQuit, kSigTerm})
        end_tidily(signal);
    set_modes(raw);
    return ok();
}

} // namespace

void linuxabi::terminal_give_back() {
    if (g_changed)
        set_modes(g_before);
    g_changed = false;
}

Result<hal::ConsoleSize> hal::console_terminal() {
    if (!g_changed)
        UK_TRY(take_over());
    uk_winsize window{};
    syscall(Sys::ioctl, kStdout, UK_TIOCGWINSZ, &window);
    // The host's output processing stays on, for log lines.
    const bool adds_returns =
        (g_before.c_oflag & UK_OPOST) != 0 && (g_before.c_oflag & UK_ONLCR) != 0;
    return ConsoleSize{window.ws_row, window.ws_col, adds_returns};
}

} // namespace uk
