// SPDX-License-Identifier: BSD-3-Clause
// Faults of the process become crash reports: five signals on a stack of their own.
#include "signals.hpp"

#include <uk/base/atomic.hpp>
#include <uk/base/fixup.hpp>
#include <uk/hal/console.hpp>
#include <uk/hal/cpus.hpp>
#include <uk/hal/irq.hpp>
#include <uk/linuxabi/fault.hpp>
#include <uk/linuxabi/signal.hpp>
#include <uk/linuxabi/lines.hpp>

extern "C" const char uk_linuxu_preempted[];
extern "C" void uk_linuxu_on_signal(int signal, const uk::linuxabi::SigInfo* info, void* context);

namespace uk {
namespace {

using namespace linuxu;

// The stack of handlers. In a section of its own: the linker script puts it above the code, so an
// overflow faults instead of overwriting data.
[[gnu::section(".bss.uk_altstack"), gnu::aligned(4096)]] constinit char g_altstack[65536] = {};

constexpr int kFaults[] = {kSigsegv, kSigbus, kSigfpe, kSigill, kSigtrap};

constinit Atomic<unsigned> g_depth[hal::kMostCpus];

// What the kernel reports when a push or a call finds no room on the stack that the process began
// with: an address not mapped, or (qemu-user) closed. Threads' stacks, far below, have guards.
bool is_stack_overflow(const hal::TrapFrame& frame, const View& view) {
    constexpr uintptr_t kBelow = 4096, kFar = uintptr_t{1} << 36;
    return view.sp + kFar >= g_stack_top && frame.signal == kSigsegv && view.has_address &&
           view.access != hal::Access::execute &&
           (frame.code == kNotMapped || frame.code == kNotPermitted) &&
           frame.address >= view.sp - kBelow && frame.address < g_stack_top;
}

// "" where generic code explains the access.
const char* detail_of(const hal::TrapFrame& frame, const View& view) {
    if (frame.code <= 0) {
        return "sent by a process";
    }
    if (is_stack_overflow(frame, view)) {
        return "stack overflow";
    }
    return fault_detail(frame.signal, frame.code);
}

} // namespace

long linuxu::set_signal(int signal, const SigAction& action) {
    return syscall(Sys::rt_sigaction, signal, &action, 0L, sizeof action.mask);
}

void linuxu::catch_faults() {
    static constinit const SigStack kStack{g_altstack, 0, sizeof g_altstack};
    static constinit const SigAction kAction =
        handled_by(uk_linuxu_on_signal, kSaNoDefer, signal_bit(kSigalrm));
    long failed = syscall(Sys::sigaltstack, &kStack, 0L);
    for (int signal : kFaults) {
        failed |= set_signal(signal, kAction);
    }
    if (failed != 0) {
        complain("Microlith: the host refuses signal handlers; faults will not be reported.\n");
    }
    // The console cannot fail: a reader that goes away must not end the process.
    set_signal(kSigpipe, SigAction{kSigIgnore, 0, 0, 0});
}

Result<> linuxabi::handle_signal(int signal, Handler handler) {
    constexpr uint64_t kOurs = signal_bit(kSigalrm) | signal_bit(kSigpipe) | signal_bit(kSigabrt);
    uint64_t ours = kOurs;
    for (int fault : kFaults) {
        ours |= signal_bit(fault);
    }
    if (signal < 1 || signal > 64 || (ours & signal_bit(signal)) != 0) {
        return signal < 1 || signal > 64 ? Errno::inval : Errno::busy;
    }
    const SigAction action = handler == nullptr
                                 ? SigAction{kSigDefault, 0, 0, 0}
                                 : handled_by(handler, kSaRestart, signal_bit(kSigalrm));
    return set_signal(signal, action) == 0 ? Result<>{} : Errno::inval;
}

hal::TrapInfo hal::trap_info(const TrapFrame& frame) {
    View view = view_fault(frame.words);
    TrapInfo info;
    info.name = signal_name(frame.signal);
    info.detail = detail_of(frame, view);
    info.number = static_cast<unsigned>(frame.signal);
    info.error_code = view.error_code;
    info.pc = view.pc;
    info.sp = view.sp;
    info.frame_pointer = view.frame_pointer;
    info.link = view.link;
    info.fault_address = frame.address;
    info.has_fault_address =
        view.has_address && frame.code > 0 && (frame.signal == kSigsegv || frame.signal == kSigbus);
    info.mapped = frame.signal == kSigsegv && frame.code == kNotPermitted;
    info.access = view.access;
    info.nested = frame.nested;
    return info;
}

size_t hal::trap_registers(const TrapFrame& frame, std::span<NamedRegister> out) {
    return Frame::registers(frame.words, out);
}

size_t hal::probe_read(void* to, uintptr_t from, size_t size) {
    return uk_linuxabi_probe_copy(to, from, size);
}

} // namespace uk

// Runs on the alternate stack. Faults of the address space and of what stands in uk_extable are
// repaired; any other is the end.
void uk_linuxu_on_signal(int signal, const uk::linuxabi::SigInfo* info, void* context) {
    using namespace uk;
    hal::TrapFrame frame{signal, info->code, info->address, false, {}};
    linuxu::Frame::read(context, frame.words);
    if constexpr (cfg::libukvmem) {
        if (signal == linuxabi::kSigsegv && info->code > 0 &&
            g_depth[hal::cpu_index()].load_relaxed() == 0 &&
            uk_page_fault(info->address, linuxu::view_fault(frame.words).access)) {
            return;
        }
    }
    if ((signal == linuxabi::kSigsegv || signal == linuxabi::kSigbus) && info->code > 0) {
        if (const uintptr_t go_on = fixup_of(linuxu::Frame::view(frame.words).pc); go_on != 0) {
            linuxu::Frame::set_pc(context, go_on);
            return;
        }
    }
    if (info->code > 0 && linuxabi::send_fault_away(context, uk_linuxu_preempted, frame)) {
        return;
    }
    unsigned depth = g_depth[hal::cpu_index()].fetch_add_relaxed(1);
    if (depth > 1) {
        constexpr char kText[] = "\nMicrolith: faults in the crash report; giving up.\n";
        hal::console_write(kText, sizeof kText - 1);
        linuxu::die_by(kSigabrt);
    }
    frame.nested = depth != 0 || hal::in_interrupt();
    uk_crash(&frame);
}
