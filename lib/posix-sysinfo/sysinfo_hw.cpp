// SPDX-License-Identifier: BSD-3-Clause
// The system calls about the system: its names, memory, CPU.
#include <uk/syscall.h>

#include <uk/abi/sysinfo.h>
#include <uk/abi/utsname.h>
#include <uk/falloc/frame_allocator.hpp>
#include <uk/hal/clock.hpp>
#include <uk/hal/cpus.hpp>
#include <uk/posix/sysinfo.hpp>
#include <uk/spinlock.hpp>
#include <uk/syscall/edge.hpp>
#include <uk/user.hpp>
#ifdef CONFIG_LIBUKSCHED
#include <uk/sched.hpp>
#endif

#include "machine.hpp" // of the architecture's folder

namespace uk::posix {
namespace {

constexpr size_t kMostName = UK_UTSNAME_LENGTH - 1; // Linux: __NEW_UTS_LEN

// Programs decide by the release what calls they can expect: that of the Linux whose interface this
// is. The name behind it says who gives it.
constinit Guarded<uk_utsname, Spinlock<LockRank::subsystem>> g_names{
    uk_utsname{"Linux", "microlith", "6.1.0-microlith", "#1 Microlith", {}, "(none)"}};

Result<> get_names(uk_utsname* out) {
    uk_utsname names = g_names.with([](const uk_utsname& all) { return all; });
    __builtin_memcpy(names.machine, kMachine, sizeof kMachine);
    return user::write(Vaddr::of(out), names);
}

Result<> set_host_name(const char* name, size_t size) {
    if (size > kMostName)
        return Errno::inval;
    char copy[UK_UTSNAME_LENGTH] = {};
    UK_TRY(user::copy_in(copy, Vaddr::of(name), size));
    g_names.with([&](uk_utsname& names) { __builtin_memcpy(names.nodename, copy, sizeof copy); });
    return ok();
}

Result<> get_sysinfo(uk_sysinfo* out) {
    const FrameStats frames = falloc::stats();
    uk_sysinfo info{};
    info.uptime = static_cast<int64_t>(hal::clock_monotonic_ns() / 1'000'000'000);
    info.totalram = frames.total_bytes;
    info.freeram = frames.free_bytes;
    info.mem_unit = 1;
#ifdef CONFIG_LIBUKSCHED
    info.procs = static_cast<uint16_t>(sched::thread_count());
#else
    info.procs = 1;
#endif
    return user::write(Vaddr::of(out), info);
}

Result<> get_cpu(unsigned* cpu, unsigned* node) {
    if (cpu != nullptr)
        UK_TRY(user::write(Vaddr::of(cpu), hal::cpu_index()));
    return node == nullptr ? ok() : user::write(Vaddr::of(node), 0U);
}

} // namespace

HostName host_name() {
    HostName name;
    g_names.with([&](const uk_utsname& names) {
        __builtin_memcpy(name.text, names.nodename, sizeof name.text);
    });
    return name;
}

} // namespace uk::posix

extern "C" long uk_sys_uname(uk_utsname* out) {
    return uk::syscall([&] { return uk::posix::get_names(out); });
}
extern "C" long uk_sys_sethostname(const char* name, size_t size) {
    return uk::syscall([&] { return uk::posix::set_host_name(name, size); });
}
extern "C" long uk_sys_sysinfo(struct uk_sysinfo* out) {
    return uk::syscall([&] { return uk::posix::get_sysinfo(out); });
}
extern "C" long uk_sys_getcpu(unsigned* cpu, unsigned* node, void* /*unused*/) {
    return uk::syscall([&] { return uk::posix::get_cpu(cpu, node); });
}
