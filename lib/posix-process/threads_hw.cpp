// SPDX-License-Identifier: BSD-3-Clause
// The system calls about threads: which CPUs they run on, their names, their end; and waiting for
// children, of which there are none.
#include <uk/syscall.h>

#include <uk/abi/sched.h>
#include <uk/boot.h>
#include <uk/hal/cpus.hpp>
#include <uk/posix/process.hpp>
#include <uk/sched.hpp>
#include <uk/syscall/edge.hpp>
#include <uk/user.hpp>

namespace uk::posix {
namespace {

// prctl(2)
constexpr int kSetName = 15;
constexpr int kGetName = 16;

constexpr int kMostUrgent = 99; // of the real-time policies, as on Linux

uint64_t all_cpus() {
    const unsigned count = hal::kMostCpus == 1 ? 1 : hal::cpu_count();
    return count >= 64 ? ~uint64_t{0} : (uint64_t{1} << count) - 1;
}

// 0 is the caller.
Result<Ref<Thread>> thread_of(int id) {
    if (id == 0)
        return Ref<Thread>::share(sched::current());
    Ref<Thread> thread = sched::find(static_cast<uint32_t>(id));
    if (!thread)
        return Errno::srch;
    return thread;
}

Result<int> get_affinity(int id, size_t size, unsigned long* out) {
    if (size % sizeof(uint64_t) != 0 || size == 0)
        return Errno::inval;
    const Ref<Thread> thread = UK_TRY(thread_of(id));
    UK_TRY(user::write(Vaddr::of(out), thread->affinity() & all_cpus()));
    return static_cast<int>(sizeof(uint64_t));
}

Result<> set_affinity(int id, size_t size, const unsigned long* from) {
    uint64_t mask = 0;
    const size_t used = size < sizeof mask ? size : sizeof mask;
    UK_TRY(user::copy_in(&mask, Vaddr::of(from), used));
    const Ref<Thread> thread = UK_TRY(thread_of(id));
    return sched::set_affinity(*thread, mask & all_cpus());
}

Result<int> policy_of(int id) {
    UK_TRY(thread_of(id));
    return UK_SCHED_NORMAL;
}

Result<> get_parameters(int id, uk_sched_param* out) {
    UK_TRY(thread_of(id));
    return user::write(Vaddr::of(out), uk_sched_param{0});
}

Result<int> priority_of(int policy, int real_time) {
    switch (policy) {
    case UK_SCHED_FIFO:
    case UK_SCHED_RR:
        return real_time;
    case UK_SCHED_NORMAL:
    case UK_SCHED_BATCH:
    case UK_SCHED_IDLE:
        return 0;
    default:
        return Errno::inval;
    }
}

Result<> control(int option, unsigned long argument) {
    Thread& self = sched::current();
    char name[Thread::kNameSize] = {};
    switch (option) {
    case kSetName: {
        const Result<size_t> length = user::copy_string_in(name, sizeof name, Vaddr{argument});
        if (!length.ok() && length.code() != Errno::nametoolong)
            return length.error();
        name[sizeof name - 1] = '\0';
        self.set_name(name);
        return ok();
    }
    case kGetName:
        for (size_t i = 0; i + 1 < sizeof name && self.name()[i] != '\0'; i++)
            name[i] = self.name()[i];
        return user::copy_out(Vaddr{argument}, name, sizeof name);
    default:
        return Errno::inval;
    }
}

} // namespace
} // namespace uk::posix

using namespace uk::posix;

extern "C" long uk_sys_sched_yield() {
    return uk::syscall([] {
        uk::sched::yield();
        return uk::ok();
    });
}
extern "C" long uk_sys_sched_getaffinity(int thread, size_t size, unsigned long* mask) {
    return uk::syscall([&] { return get_affinity(thread, size, mask); });
}
extern "C" long uk_sys_sched_setaffinity(int thread, size_t size, const unsigned long* mask) {
    return uk::syscall([&] { return set_affinity(thread, size, mask); });
}
extern "C" long uk_sys_sched_getscheduler(int thread) {
    return uk::syscall([&] { return policy_of(thread); });
}
extern "C" long uk_sys_sched_getparam(int thread, uk_sched_param* parameters) {
    return uk::syscall([&] { return get_parameters(thread, parameters); });
}
extern "C" long uk_sys_sched_get_priority_max(int policy) {
    return uk::detail::edge_value(priority_of(policy, kMostUrgent));
}
extern "C" long uk_sys_sched_get_priority_min(int policy) {
    return uk::detail::edge_value(priority_of(policy, 1));
}
extern "C" long uk_sys_prctl(int option, unsigned long a, unsigned long /*b*/, unsigned long /*c*/,
                             unsigned long /*d*/) {
    return uk::syscall([&] { return control(option, a); });
}

// There are none, and there will be none.
extern "C" long uk_sys_wait4(int /*process*/, int* /*status*/, int /*options*/,
                             struct uk_rusage* /*usage*/) {
    return uk::Error(uk::Errno::child).neg();
}

extern "C" long uk_sys_exit_group(int status) {
    return uk::syscall([&]() -> uk::Result<> { uk_exit(status & 0xff); });
}
// The thread's; the image ends with the last one.
extern "C" long uk_sys_exit(int status) {
    return uk::syscall([&]() -> uk::Result<> {
        if (uk::sched::thread_count() == 1)
            uk_exit(status & 0xff);
        uk::sched::exit(nullptr);
    });
}
