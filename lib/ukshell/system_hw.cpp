// SPDX-License-Identifier: BSD-3-Clause
// Commands that show what this image is doing: threads, memory, mounts, the log.
#include "commands.hpp"

#include <uk/abi/errno.h>
#include <uk/abi/mount.h>
#include <uk/abi/time.h>
#include <uk/alloc/heap.hpp>
#include <uk/base/strings.hpp>
#include <uk/falloc/frame_allocator.hpp>
#include <uk/hal/clock.hpp>
#include <uk/hal/cpus.hpp>
#include <uk/init.hpp>
#include <uk/libparam.hpp>
#include <uk/log.hpp>
#include <uk/sched.hpp>
#include <uk/shell/text.hpp>
#include <uk/syscall.h>
#include <uk/vfs/mount_table.hpp>
#include <uk/vfs/path.hpp>

namespace uk::shell {

namespace {

constexpr uint64_t kSecondNs = 1'000'000'000;

unsigned long long kib(uint64_t bytes) {
    return bytes >> 10;
}

// The state is a glance from outside, and of a thread that runs on another CPU it is "ready".
void show_threads(Output& out) {
    out.append("%6s %3s %-10s %-16s %s\n", "ID", "CPU", "STATE", "WAITS FOR", "NAME");
    uint32_t id = 0;
    while (const Ref<Thread> thread = sched::find_from(id + 1)) {
        id = thread->id;
        const bool runs = thread.get() == &sched::current();
        const bool waits = thread->state() == ThreadState::parked;
        out.append("%6u %3u %-10s %-16s %s\n", id, thread->cpu(),
                   runs ? "running" : thread_state_name(thread->state()),
                   waits ? thread->waits_for().what() : "-", thread->name());
    }
}

void show_memory(Output& out) {
    const FrameStats frames = falloc::stats();
    const HeapStats heap = heap::stats();
    const auto row = [&](const char* name, uint64_t total, uint64_t free) {
        out.append("%-8s%12llu%12llu%12llu\n", name, kib(total), kib(total - free), kib(free));
    };
    out.append("%-8s%12s%12s%12s\n", "KiB", "total", "used", "free");
    row("memory", frames.total_bytes, frames.free_bytes);
    row("heap", heap.total_bytes, heap.free_bytes);
}

// When the clock had started, which may count from any moment.
constinit uint64_t g_start_ns = 0;

void note_start() {
    g_start_ns = hal::clock_monotonic_ns();
}
UK_INIT(bus, "uptime", note_start);

void show_uptime(Output& out) {
    char room[48];
    const std::string_view text =
        duration_text((hal::clock_monotonic_ns() - g_start_ns) / kSecondNs, room);
    const unsigned cpus = hal::kMostCpus == 1 ? 1 : hal::cpu_count();
    const auto threads = static_cast<unsigned long long>(sched::thread_count());
    out.append("up %.*s, %llu thread%s, %u CPU%s\n", static_cast<int>(text.size()), text.data(),
               threads, threads == 1 ? "" : "s", cpus, cpus == 1 ? "" : "s");
}

void show_mount(Output& out, vfs::Mount& mount, std::string_view path) {
    static constexpr struct {
        uint32_t flag;
        const char* name;
    } kFlags[] = {{UK_MS_NOSUID, ",nosuid"},
                  {UK_MS_NODEV, ",nodev"},
                  {UK_MS_NOEXEC, ",noexec"},
                  {UK_MS_NOATIME, ",noatime"},
                  {UK_MS_RELATIME, ",relatime"}};
    out.append("%s on %.*s type %s (%s", mount.source()[0] != '\0' ? mount.source() : "none",
               static_cast<int>(path.size()), path.data(), mount.file_system().name(),
               mount.read_only() ? "ro" : "rw");
    for (const auto& flag : kFlags) {
        if (mount.has(flag.flag))
            out.append("%s", flag.name);
    }
    out.append(")\n");
}

int list_mounts(Call& call) {
    vfs::MountTable& table = vfs::mounts();
    const vfs::Place root = table.root();
    auto* room = static_cast<char*>(heap::allocate(vfs::kMostPath));
    if (room == nullptr)
        return call.fail("cannot list", "mounts", -UK_ENOMEM);
    uint32_t id = 0;
    while (Ref<vfs::Mount> mount = table.next(id)) {
        id = mount->id();
        const Result<std::string_view> path =
            vfs::path_of(table, root, vfs::MountTable::root_of(*mount), {}, {room, vfs::kMostPath});
        show_mount(call.out, *mount, path.ok() ? path.value() : "(nowhere)");
    }
    heap::deallocate(room);
    return 0;
}

// Also -r: read-only, and -o OPTIONS: the driver's.
int run_mount(Call& call) {
    if (call.words.size() == 1)
        return list_mounts(call);
    const char* type = nullptr;
    const char* options = nullptr;
    unsigned long flags = 0;
    size_t at = 1;
    for (; at < call.words.size() && call.words[at][0] == '-'; at++) {
        const std::string_view option = call.words[at];
        const bool has_more = at + 1 < call.words.size();
        if (option == "-r")
            flags |= UK_MS_RDONLY;
        else if (option == "-t" && has_more)
            type = call.words[++at];
        else if (option == "-o" && has_more)
            options = call.words[++at];
        else
            return call.misused("there is no such option");
    }
    if (type == nullptr || call.words.size() - at != 2)
        return call.misused("what, and where?");
    const char* path = call.words[at + 1];
    const long done = uk_sys_mount(call.words[at], path, type, flags, options);
    return done < 0 ? call.fail("cannot mount at", path, done) : 0;
}

int run_umount(Call& call) {
    if (call.words.size() != 2)
        return call.misused("which folder?");
    const long done = uk_sys_umount2(call.words[1], 0);
    return done < 0 ? call.fail("cannot unmount", call.words[1], done) : 0;
}

int run_ps(Call& call) {
    show_threads(call.out);
    return 0;
}

int run_free(Call& call) {
    show_memory(call.out);
    return 0;
}

int run_uptime(Call& call) {
    show_uptime(call.out);
    return 0;
}

// "top [SECONDS [TIMES]]". Where output is no terminal nothing is cleared.
int run_top(Call& call) {
    uint64_t numbers[] = {2, ~uint64_t{0}};
    if (call.words.size() > 1 + std::size(numbers))
        return call.misused("too many numbers");
    for (size_t i = 1; i < call.words.size(); i++) {
        const Result<uint64_t> number = parse_u64(call.words[i], 10);
        if (!number.ok() || number.value() == 0 || number.value() > 1'000'000)
            return call.misused("numbers are from 1 to 1000000");
        numbers[i - 1] = number.value();
    }
    const bool clears = call.out.fd() == call.errors.fd() && is_terminal(call.out.fd());
    for (uint64_t i = 0; i < numbers[1] && !stopped() && call.out.error() == 0; i++) {
        if (i != 0 && !wait_for(-1, numbers[0] * 1'000'000'000))
            break;
        if (clears)
            call.out.append("\33[H\33[J");
        show_uptime(call.out);
        show_memory(call.out);
        show_threads(call.out);
        call.out.flush();
    }
    return 0;
}

int run_dmesg(Call& call) {
    if constexpr (log::kRingBytes == 0) {
        call.errors.append("dmesg: this image keeps no log (LIBUKPRINT, LIBUKPRINT_RING_KIB)\n");
        return 1;
    } else {
        auto* lines = static_cast<char*>(heap::allocate(log::kRingBytes));
        if (lines == nullptr)
            return call.fail("cannot copy", "the log", -UK_ENOMEM);
        call.out.write({lines, log::copy({lines, log::kRingBytes})});
        call.out.flush();
        heap::deallocate(lines);
        return 0;
    }
}

// What the image was started with; what setenv() does is the libc's.
int run_env(Call& call) {
    for (char** each = params::environment(); *each != nullptr; each++)
        call.out.append("%s\n", *each);
    return 0;
}

UK_SHELL_COMMAND({"cat", "what files contain", run_cat, "[FILE...]"});
UK_SHELL_COMMAND({"cd", "go to a folder", run_cd, "[FOLDER]"});
UK_SHELL_COMMAND({"cp", "copy files", run_cp, "[-r] FILE... TO"});
UK_SHELL_COMMAND({"dmesg", "the log, also what the console did not show", run_dmesg});
UK_SHELL_COMMAND({"echo", "show words", run_echo, "[-n] [WORD...]"});
UK_SHELL_COMMAND({"env", "the environment of the start", run_env});
UK_SHELL_COMMAND({"exit", "end the shell", run_exit, "[STATUS]"});
UK_SHELL_COMMAND({"free", "memory in use", run_free});
UK_SHELL_COMMAND({"help", "this list", run_help});
UK_SHELL_COMMAND({"kill", "a signal to the process (1) or a thread", run_kill,
                  "[-SIGNAL] NUMBER..."});
UK_SHELL_COMMAND({"ls", "what folders contain", run_ls, "[-la] [PATH...]"});
UK_SHELL_COMMAND({"mkdir", "make folders", run_mkdir, "[-p] FOLDER..."});
UK_SHELL_COMMAND({"mount", "what is mounted, or mount", run_mount, "[-t TYPE FROM FOLDER]"});
UK_SHELL_COMMAND({"mv", "move or rename files", run_mv, "FILE... TO"});
UK_SHELL_COMMAND({"ps", "the threads", run_ps});
UK_SHELL_COMMAND({"pwd", "the current folder", run_pwd});
UK_SHELL_COMMAND({"rm", "remove files", run_rm, "[-rf] FILE..."});
UK_SHELL_COMMAND({"rmdir", "remove empty folders", run_rmdir, "FOLDER..."});
UK_SHELL_COMMAND({"top", "ps, free and uptime again and again", run_top, "[SECONDS [TIMES]]"});
UK_SHELL_COMMAND({"umount", "take a mount away", run_umount, "FOLDER"});
UK_SHELL_COMMAND({"uptime", "how long, how many threads and CPUs", run_uptime});

} // namespace

} // namespace uk::shell
