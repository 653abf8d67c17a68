// SPDX-License-Identifier: BSD-3-Clause
// The process of this image, and the system calls about who it is.
#include <uk/posix/process.hpp>

#include <uk/config.hpp>
#include <uk/syscall.h>
#include <uk/syscall/edge.hpp>
#include <uk/user.hpp>
#ifdef CONFIG_LIBUKSCHED
#include <uk/sched.hpp>
#endif

namespace uk::posix {
namespace {

#ifdef CONFIG_LIBUKSCHED
constexpr uint64_t kStackBytes = static_cast<uint64_t>(cfg::libuksched_stack_kib) * 1024;
#else
constexpr uint64_t kStackBytes = 16384; // main()'s
#endif
#ifdef CONFIG_LIBPOSIX_FDTAB
constexpr uint64_t kFiles = cfg::libposix_fdtab_most;
#else
constexpr uint64_t kFiles = 0;
#endif

} // namespace

constinit Guarded<Process, ProcessLock> g_process{
    Process{{}, Limits{{kStackBytes, kFiles, kFiles}}}};

namespace {

template <class Work>
auto of_identity(Work work) {
    return g_process.with([&](Process& process) { return work(process.identity); });
}

Result<> write_ids(const Ids& ids, uint32_t* real, uint32_t* effective, uint32_t* saved) {
    UK_TRY(user::write(Vaddr::of(real), ids.real));
    UK_TRY(user::write(Vaddr::of(effective), ids.effective));
    return user::write(Vaddr::of(saved), ids.saved);
}

Result<int> get_groups(int most, uint32_t* out) {
    uint32_t groups[Identity::kMostGroups];
    size_t count = 0;
    of_identity([&](Identity& who) {
        for (const uint32_t group : who.groups())
            groups[count++] = group;
    });
    if (most < 0 || (most != 0 && static_cast<size_t>(most) < count))
        return Errno::inval;
    if (most != 0)
        UK_TRY(user::copy_out(Vaddr::of(out), groups, count * sizeof groups[0]));
    return static_cast<int>(count);
}

Result<> set_groups(int count, const uint32_t* from) {
    uint32_t groups[Identity::kMostGroups];
    const auto size = static_cast<size_t>(count);
    if (size > Identity::kMostGroups)
        return Errno::inval;
    UK_TRY(user::copy_in(groups, Vaddr::of(from), size * sizeof groups[0]));
    return of_identity([&](Identity& who) { return who.set_groups({groups, size}); });
}

// A process group or session: there is one, and the process leads it.
Result<int> leader_of(int process) {
    if (!is_this_process(process))
        return Errno::srch;
    return kProcessId;
}

Result<> join_group(int process, int group) {
    if (group < 0)
        return Errno::inval;
    UK_TRY(leader_of(process));
    return Errno::perm; // it leads a session: setpgid(2)
}

} // namespace

uint64_t limit_of(int resource) {
    return g_process.with(
        [&](Process& process) { return UK_MUST(process.limits.get(resource)).rlim_cur; });
}

uint32_t file_mask() {
    return of_identity([](Identity& who) { return who.file_mask(); });
}

int thread_id() {
#ifdef CONFIG_LIBUKSCHED
    return static_cast<int>(sched::current().id);
#else
    return kProcessId;
#endif
}

} // namespace uk::posix

using namespace uk::posix;

extern "C" long uk_sys_getpid() {
    return kProcessId;
}
extern "C" long uk_sys_getppid() {
    return 0; // nobody
}
extern "C" long uk_sys_gettid() {
    return thread_id();
}
extern "C" long uk_sys_set_tid_address(int* /*word*/) {
    return thread_id(); // threads that end are their library's business
}

extern "C" long uk_sys_getuid() {
    return of_identity([](Identity& who) { return static_cast<long>(who.user().real); });
}
extern "C" long uk_sys_geteuid() {
    return of_identity([](Identity& who) { return static_cast<long>(who.user().effective); });
}
extern "C" long uk_sys_getgid() {
    return of_identity([](Identity& who) { return static_cast<long>(who.group().real); });
}
extern "C" long uk_sys_getegid() {
    return of_identity([](Identity& who) { return static_cast<long>(who.group().effective); });
}
extern "C" long uk_sys_getresuid(uint32_t* real, uint32_t* effective, uint32_t* saved) {
    return uk::syscall([&] {
        return write_ids(of_identity([](Identity& who) { return who.user(); }), real, effective,
                         saved);
    });
}
extern "C" long uk_sys_getresgid(uint32_t* real, uint32_t* effective, uint32_t* saved) {
    return uk::syscall([&] {
        return write_ids(of_identity([](Identity& who) { return who.group(); }), real, effective,
                         saved);
    });
}
extern "C" long uk_sys_setuid(uint32_t user) {
    return of_identity([&](Identity& who) { return who.set_user(user); }).neg();
}
extern "C" long uk_sys_setgid(uint32_t group) {
    return of_identity([&](Identity& who) { return who.set_group(group); }).neg();
}
extern "C" long uk_sys_setreuid(uint32_t real, uint32_t effective) {
    return of_identity([&](Identity& who) { return who.set_user(real, effective); }).neg();
}
extern "C" long uk_sys_setregid(uint32_t real, uint32_t effective) {
    return of_identity([&](Identity& who) { return who.set_group(real, effective); }).neg();
}
extern "C" long uk_sys_setresuid(uint32_t real, uint32_t effective, uint32_t saved) {
    return of_identity([&](Identity& who) { return who.set_user(real, effective, saved); }).neg();
}
extern "C" long uk_sys_setresgid(uint32_t real, uint32_t effective, uint32_t saved) {
    return of_identity([&](Identity& who) { return who.set_group(real, effective, saved); }).neg();
}
extern "C" long uk_sys_getgroups(int most, uint32_t* groups) {
    return uk::syscall([&] { return get_groups(most, groups); });
}
extern "C" long uk_sys_setgroups(int count, const uint32_t* groups) {
    return uk::syscall([&] { return set_groups(count, groups); });
}
extern "C" long uk_sys_umask(unsigned mask) {
    return of_identity([&](Identity& who) { return static_cast<long>(who.set_file_mask(mask)); });
}

extern "C" long uk_sys_getpgid(int process) {
    return uk::detail::edge_value(leader_of(process));
}
extern "C" long uk_sys_getsid(int process) {
    return uk::detail::edge_value(leader_of(process));
}
extern "C" long uk_sys_setpgid(int process, int group) {
    return join_group(process, group).neg();
}
extern "C" long uk_sys_setsid() {
    return uk::Error(uk::Errno::perm).neg(); // the process leads a group already: setsid(2)
}
