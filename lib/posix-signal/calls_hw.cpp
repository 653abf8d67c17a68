// SPDX-License-Identifier: BSD-3-Clause
// The system calls of actions, masks and sending.
#include <uk/syscall.h>

#include <uk/abi/signal.h>
#include <uk/hal/cpu.hpp>
#include <uk/posix/process.hpp>
#include <uk/signal.hpp>
#include <uk/user.hpp>

#include "image.hpp"
#include "isa.hpp" // of the architecture's folder

namespace uk::signal {
namespace {

using posix::is_this_process;

Result<> check_size(size_t mask_bytes) {
    return mask_bytes == sizeof(uk_sigset_t) ? Errno::ok : Errno::inval;
}

// A thread of the kernel has no signals, so no business here.
Result<ThreadSignals*> self() {
    ThreadSignals* const own = own_signals();
    if (own == nullptr)
        return Errno::nosys;
    return own;
}

Result<> change_action(int number, const uk_sigaction* wanted, uk_sigaction* before,
                       size_t mask_bytes) {
    UK_TRY(check_size(mask_bytes));
    Action next;
    if (wanted != nullptr) {
        const auto given = UK_TRY(user::read<uk_sigaction>(Vaddr::of(wanted)));
        next = {reinterpret_cast<uintptr_t>(given.handler), given.flags, given.mask.bits,
                reinterpret_cast<uintptr_t>(given.restorer)};
    }
    Action last;
    {
        LockGuard guard(g_lock);
        last = UK_TRY(g_model.set_action(number, wanted != nullptr ? &next : nullptr));
    }
    if (before == nullptr)
        return ok();
    uk_sigaction out{};
    out.handler = reinterpret_cast<decltype(out.handler)>(last.handler);
    out.flags = last.flags;
    out.mask = {last.mask};
    out.restorer = reinterpret_cast<decltype(out.restorer)>(last.restorer);
    return user::write(Vaddr::of(before), out);
}

Result<uint64_t> changed(uint64_t mask, int how, uint64_t by) {
    switch (how) {
    case UK_SIG_BLOCK:
        return mask | by;
    case UK_SIG_UNBLOCK:
        return mask & ~by;
    case UK_SIG_SETMASK:
        return by;
    default:
        return Errno::inval;
    }
}

Result<> change_mask(int how, const uk_sigset_t* wanted, uk_sigset_t* before, size_t mask_bytes) {
    UK_TRY(check_size(mask_bytes));
    const uint64_t last = UK_TRY(self())->mask();
    if (wanted != nullptr) {
        const auto by = UK_TRY(user::read<uk_sigset_t>(Vaddr::of(wanted)));
        set_mask(UK_TRY(changed(last, how, by.bits)));
    }
    return before == nullptr ? ok() : user::write(Vaddr::of(before), uk_sigset_t{last});
}

Result<> get_pending(uk_sigset_t* out, size_t mask_bytes) {
    UK_TRY(check_size(mask_bytes));
    ThreadSignals& own = *UK_TRY(self());
    uint64_t set = 0;
    {
        LockGuard guard(g_lock);
        set = g_model.waiting_for(own) & own.mask();
    }
    return user::write(Vaddr::of(out), uk_sigset_t{set});
}

Info from_here(int number, int code) {
    const uint32_t user =
        posix::g_process.with([](posix::Process& process) { return process.identity.user().real; });
    return {number, code, posix::kProcessId, user, 0};
}

// The number 0 asks whether there is such a process. All groups are ours.
Result<> kill(int process, int number) {
    if (process != posix::kProcessId && process != 0 && process != -1)
        return Errno::srch;
    return number == 0 ? ok() : send(from_here(number, UK_SI_USER));
}

Result<> kill_thread(int process, int thread, int number) {
    if (thread <= 0 || process == 0)
        return Errno::inval;
    if (process > 0 && !is_this_process(process))
        return Errno::srch;
    const Ref<Thread> found = sched::find(static_cast<uint32_t>(thread));
    if (!found || (found.get() != &sched::current() && found->is_service()))
        return Errno::srch;
    return number == 0 ? ok() : send(*found, from_here(number, UK_SI_TKILL));
}

Result<> queue(int process, int number, const uk_siginfo* info) {
    const auto given = UK_TRY(user::read<uk_siginfo>(Vaddr::of(info)));
    if (!is_this_process(process))
        return Errno::srch;
    if (number == 0)
        return ok();
    return send({number, given.si_code, given.fields.rt.pid, given.fields.rt.uid,
                 reinterpret_cast<uint64_t>(given.fields.rt.value.sival_ptr)});
}

Result<> change_alt_stack(const uk_stack* wanted, uk_stack* before) {
    AltStack& alt = UK_TRY(self())->alt_stack;
    const bool on_it = alt.size != 0 && alt.has(hal::frame_pointer());
    const AltStack last = alt;
    if (wanted != nullptr) {
        const auto given = UK_TRY(user::read<uk_stack>(Vaddr::of(wanted)));
        if (on_it)
            return Errno::perm;
        if ((given.ss_flags & ~(UK_SS_DISABLE | UK_SS_ONSTACK)) != 0)
            return Errno::inval;
        if ((given.ss_flags & UK_SS_DISABLE) != 0)
            alt = {};
        else if (given.ss_size < kLeastAltStack)
            return Errno::nomem;
        else
            alt = {reinterpret_cast<uintptr_t>(given.ss_sp), given.ss_size};
    }
    if (before == nullptr)
        return ok();
    const int flags = last.size == 0 ? UK_SS_DISABLE : on_it ? UK_SS_ONSTACK : 0;
    return user::write(Vaddr::of(before),
                       uk_stack{reinterpret_cast<void*>(last.start), flags, last.size});
}

} // namespace
} // namespace uk::signal

using namespace uk::signal;

extern "C" long uk_sys_rt_sigaction(int signal, const uk_sigaction* wanted, uk_sigaction* before,
                                    size_t mask_bytes) {
    return uk::syscall([&] { return change_action(signal, wanted, before, mask_bytes); });
}
extern "C" long uk_sys_rt_sigprocmask(int how, const uk_sigset_t* wanted, uk_sigset_t* before,
                                      size_t mask_bytes) {
    return uk::syscall([&] { return change_mask(how, wanted, before, mask_bytes); });
}
extern "C" long uk_sys_rt_sigpending(uk_sigset_t* pending, size_t mask_bytes) {
    return uk::syscall([&] { return get_pending(pending, mask_bytes); });
}
extern "C" long uk_sys_kill(int process, int signal) {
    return uk::syscall([&] { return uk::signal::kill(process, signal); });
}
extern "C" long uk_sys_tgkill(int process, int thread, int signal) {
    return uk::syscall([&] { return kill_thread(process, thread, signal); });
}
extern "C" long uk_sys_tkill(int thread, int signal) {
    return uk::syscall([&] { return kill_thread(-1, thread, signal); });
}
extern "C" long uk_sys_rt_sigqueueinfo(int process, int signal, uk_siginfo* info) {
    return uk::syscall([&] { return queue(process, signal, info); });
}
extern "C" long uk_sys_sigaltstack(const uk_stack* wanted, uk_stack* before) {
    return uk::syscall([&] { return change_alt_stack(wanted, before); });
}
