// SPDX-License-Identifier: BSD-3-Clause
// Who delivers the signals that keys of the console ask for.
#pragma once

namespace uk::tty {

// SIGINT, SIGQUIT, SIGTSTP, SIGWINCH, for the process. Called in thread context without locks, in
// any thread: that which looks after the console, or one inside a system call.
using SignalHook = void (*)(int signal);

// Set at init level lib at the latest. Without one, SIGINT and SIGQUIT end the image, with status
// 130 and 131, and the others do nothing.
void set_signal_hook(SignalHook hook);

} // namespace uk::tty
