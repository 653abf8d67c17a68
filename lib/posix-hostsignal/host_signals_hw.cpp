// SPDX-License-Identifier: BSD-3-Clause
// Signals that the host's process gets go to the image's process.
#include <uk/abi/signal.h>
#include <uk/hal/irq_line.hpp>
#include <uk/init.hpp>
#include <uk/linuxabi/call.hpp>
#include <uk/linuxabi/lines.hpp>
#include <uk/linuxabi/signal.hpp>
#include <uk/print.h>
#include <uk/sched.hpp>
#include <uk/signal.hpp>

#include "host_isa.hpp" // of the architecture's folder

namespace uk {
namespace {

using namespace linuxabi;

constinit int g_term = UK_SIGTERM, g_int = UK_SIGINT, g_hup = UK_SIGHUP;
constinit int g_usr1 = UK_SIGUSR1, g_usr2 = UK_SIGUSR2;

bool on_signal(void* number) {
    // EAGAIN: one of these waits already, which stands for both.
    (void)signal::send({.number = *static_cast<int*>(number), .code = UK_SI_USER});
    return true;
}

struct Source {
    int number;
    hal::IrqAction action;
};
constinit Source g_sources[] = {{UK_SIGTERM, {on_signal, &g_term}},
                                {UK_SIGINT, {on_signal, &g_int}},
                                {UK_SIGHUP, {on_signal, &g_hup}},
                                {UK_SIGUSR1, {on_signal, &g_usr1}},
                                {UK_SIGUSR2, {on_signal, &g_usr2}}};

// By who started the process.
bool is_ignored(int number) {
    SigAction now{};
    syscall(Sys::rt_sigaction, number, 0L, &now, sizeof(now.mask));
    return now.handler == kSigIgnore;
}

Result<> attach(Source& source) {
    const hal::IrqLine line = UK_TRY(hal::irq_line(
        static_cast<uint32_t>(source.number) | kLineOfSignal, hal::IrqTrigger::edge_rising));
    return hal::irq_attach(line, source.action);
}

// After the terminal, which would have ended the process at these.
void connect() {
    for (Source& source : g_sources) {
        if (!is_ignored(source.number) && !attach(source).ok())
            uk_pr_warn("signal %d of the host ends the process at once\n", source.number);
    }
    sched::wake_source_add();
}
UK_INIT(rootfs, "signals of the host", connect);

} // namespace
} // namespace uk
