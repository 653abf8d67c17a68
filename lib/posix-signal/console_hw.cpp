// SPDX-License-Identifier: BSD-3-Clause
// Keys of the console that are signals: Ctrl-C and its like go to the process.
#include <uk/abi/signal.h>
#include <uk/init.hpp>
#include <uk/signal.hpp>
#include <uk/tty/signals.hpp>

namespace {

void send(int number) {
    // ENOSYS: a key that would stop the process, which has nobody to go on with.
    (void)uk::signal::send({.number = number, .code = UK_SI_KERNEL});
}

void connect() {
    uk::tty::set_signal_hook(send);
}
UK_INIT(lib, "signals of the console", connect);

} // namespace
