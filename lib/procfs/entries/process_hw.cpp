// SPDX-License-Identifier: BSD-3-Clause
// Files about the process and its threads.
#include <uk/procfs/nodes.hpp>

#include <uk/base/format.hpp>
#include <uk/base/strings.hpp>
#include <uk/boot/arguments.hpp>
#include <uk/falloc/frame_allocator.hpp>
#include <uk/libparam.hpp>
#include <uk/posix/fdtab.hpp>
#include <uk/posix/process.hpp>
#include <uk/posix/time.hpp>
#include <uk/sched.hpp>
#include <uk/string.h>

#include "../text_file.hpp"

namespace uk::procfs {

namespace {

// The letters of proc_pid_stat(5).
const char* state_of(const Thread& thread) {
    switch (thread.state()) {
    case ThreadState::ready:
        return "R (running)";
    case ThreadState::exited:
        return "Z (zombie)";
    default:
        return "S (sleeping)";
    }
}

void write_words(Text& out, char* const* words, size_t count) {
    for (size_t i = 0; i < count && words[i] != nullptr; i++)
        out.append_text({words[i], strlen(words[i]) + 1});
}

void write_command_line(Text& out) {
    const std::span<char* const> words = bootup::arguments();
    write_words(out, words.data(), words.size());
}

// What the image was started with; what setenv() does is the libc's.
void write_environment(Text& out) {
    write_words(out, params::environment(), ~size_t{0});
}

void write_name(Text& out) {
    out.append("%s\n", CONFIG_UK_NAME);
}

void write_ids(Text& out, const char* name, const posix::Ids& ids) {
    out.append("%s:\t%u\t%u\t%u\t%u\n", name, ids.real, ids.effective, ids.saved, ids.effective);
}

// proc_pid_status(5), as far as there is anything to say.
void write_status(Text& out) {
    const posix::Identity who =
        posix::g_process.with([](const posix::Process& process) { return process.identity; });
    const FrameStats frames = falloc::stats();
    const auto used = static_cast<unsigned long long>(frames.total_bytes - frames.free_bytes) >> 10;
    out.append("Name:\t%s\nUmask:\t%04o\nState:\tR (running)\nTgid:\t1\nPid:\t1\nPPid:\t0\n",
               CONFIG_UK_NAME, who.file_mask());
    write_ids(out, "Uid", who.user());
    write_ids(out, "Gid", who.group());
    out.append("FDSize:\t%u\nVmSize:\t%8llu kB\nVmRSS:\t%8llu kB\nThreads:\t%llu\n",
               posix::fd_table().limit(), used, used,
               static_cast<unsigned long long>(sched::thread_count()));
}

// proc_pid_stat(5). The process leads its group and session; all CPU time counts as the
// application's; what is not measured is 0.
void write_stat(Text& out) {
    const FrameStats frames = falloc::stats();
    const uint64_t used = frames.total_bytes - frames.free_bytes;
    constexpr uint64_t kTickNs = posix::kSecondNs / 100; // of USER_HZ
    out.append("1 (%.15s) R 0 1 1 0 -1 0 0 0 0 0 %llu 0 0 0 20 0 %llu 0 0 %llu %llu %llu",
               CONFIG_UK_NAME, static_cast<unsigned long long>(posix::cpu_time_ns() / kTickNs),
               static_cast<unsigned long long>(sched::thread_count()),
               static_cast<unsigned long long>(used),
               static_cast<unsigned long long>(used / kPageSize), ~0ull);
    for (unsigned field = 26; field <= 52; field++)
        out.append_text(" 0");
    out.append_text("\n");
}

void write_limit(Text& out, uint64_t limit) {
    if (limit == UK_RLIM_INFINITY)
        out.append("%-20s ", "unlimited");
    else
        out.append("%-20llu ", static_cast<unsigned long long>(limit));
}

// proc_pid_limits(5).
void write_limits(Text& out) {
    static constexpr struct {
        const char* name;
        const char* unit;
    } kRows[posix::kResources] = {
        {"Max cpu time", "seconds"},     {"Max file size", "bytes"},
        {"Max data size", "bytes"},      {"Max stack size", "bytes"},
        {"Max core file size", "bytes"}, {"Max resident set", "bytes"},
        {"Max processes", "processes"},  {"Max open files", "files"},
        {"Max locked memory", "bytes"},  {"Max address space", "bytes"},
        {"Max file locks", "locks"},     {"Max pending signals", "signals"},
        {"Max msgqueue size", "bytes"},  {"Max nice priority", ""},
        {"Max realtime priority", ""},   {"Max realtime timeout", "us"}};
    const posix::Limits limits =
        posix::g_process.with([](const posix::Process& process) { return process.limits; });
    out.append("%-25s %-20s %-20s %-10s\n", "Limit", "Soft Limit", "Hard Limit", "Units");
    for (unsigned i = 0; i < posix::kResources; i++) {
        const Result<uk_rlimit> limit = limits.get(static_cast<int>(i));
        if (!limit.ok())
            continue;
        out.append("%-25s ", kRows[i].name);
        write_limit(out, limit.value().rlim_cur);
        write_limit(out, limit.value().rlim_max);
        out.append("%-10s\n", kRows[i].unit);
    }
}

Result<size_t> copy_text(std::string_view text, std::span<char> room) {
    if (text.size() > room.size())
        return Errno::range;
    memcpy(room.data(), text.data(), text.size());
    return text.size();
}

// There is no such file: the image is the program.
Result<size_t> exe_target(std::span<char> room) {
    return copy_text("/" CONFIG_UK_NAME, room);
}
Result<size_t> self_target(std::span<char> room) {
    return copy_text("1", room);
}
Result<size_t> thread_self_target(std::span<char> room) {
    return format(room, "1/task/%d", posix::thread_id()).size();
}

// --- task/ ---------------------------------------------------------------------------------------

// What a thread's number means may change at any time, so its files ask when they are read.
class TaskNode final : public ProcNode {
  public:
    TaskNode(Directory& parent, vfs::Name name, uint32_t id)
        : ProcNode(parent.proc(), vfs::NodeKind::directory, name, 0555, id), parent_(parent),
          id_(id) {}

    Result<Ref<Node>> lookup(vfs::Name name) override {
        for (const File& file : kFiles) {
            if (name == file.name)
                return Ref<Node>(UK_TRY(make_node<TaskFile>(*this, file)));
        }
        return Errno::noent;
    }
    Result<Ref<Node>> parent() override { return Ref<Node>::share(parent_); }
    Result<size_t> name_of(Node& child, std::span<char> room) override {
        return copy_text(static_cast<ProcNode&>(child).name(), room);
    }
    Result<> list(uint64_t from, vfs::EntrySink& sink) override {
        for (; from < std::size(kFiles); from++) {
            if (!sink.entry(kFiles[from].name, id_, vfs::NodeKind::regular, from + 1))
                break;
        }
        return ok();
    }
    uint32_t id() const { return id_; }

  private:
    struct File {
        const char* name;
        void (*write)(Text& out, const Thread& thread);
    };
    static constexpr File kFiles[] = {
        {"comm", [](Text& out, const Thread& thread) { out.append("%s\n", thread.name()); }},
        {"status",
         [](Text& out, const Thread& thread) {
             out.append("Name:\t%s\nState:\t%s\nTgid:\t1\nPid:\t%u\nPPid:\t0\n"
                        "Cpus_allowed:\t%llx\nCpu:\t%u\n",
                        thread.name(), state_of(thread), thread.id,
                        static_cast<unsigned long long>(thread.affinity()), thread.cpu());
         }},
    };

    class TaskFile final : public TextNode {
      public:
        TaskFile(const TaskNode& task, const File& file)
            : TextNode(task.proc(), file.name, 0444, nullptr), file_(file), id_(task.id()) {}
        Result<> write_text(Text& out) const override {
            const Ref<Thread> thread = sched::find(id_);
            if (!thread)
                return Errno::srch;
            file_.write(out, *thread);
            return ok();
        }

      private:
        void destroy() override {
            this->~TaskFile();
            heap::deallocate(this);
        }
        const File& file_;
        uint32_t id_;
    };

    void destroy() override {
        this->~TaskNode();
        heap::deallocate(this);
    }

    Directory& parent_;
    uint32_t id_;
};

class TasksNode final : public Directory {
  public:
    TasksNode(Directory& parent, vfs::Name name) : Directory(parent.proc(), &parent, name) {}

    Result<Ref<Node>> lookup(vfs::Name name) override {
        const Result<uint64_t> id = parse_u64(name, 10);
        if (!id.ok() || id.value() == 0 || id.value() > ~uint32_t{0} || name.front() == '0')
            return Errno::noent;
        const auto number = static_cast<uint32_t>(id.value());
        if (!sched::find(number))
            return Errno::noent;
        return Ref<Node>(UK_TRY(make_node<TaskNode>(*this, "task", number)));
    }
    Result<size_t> name_of(Node& child, std::span<char> room) override {
        char text[16];
        return copy_text(format(text, "%u", static_cast<TaskNode&>(child).id()), room);
    }
    Result<> list(uint64_t from, vfs::EntrySink& sink) override {
        while (const Ref<Thread> thread = sched::find_from(static_cast<uint32_t>(from) + 1)) {
            from = thread->id;
            char text[16];
            if (!sink.entry(format(text, "%u", thread->id), from, vfs::NodeKind::directory, from))
                break;
        }
        return ok();
    }

  private:
    void destroy() override {
        this->~TasksNode();
        heap::deallocate(this);
    }
};

Result<Ref<Directory>> make_tasks(Directory& parent, vfs::Name name) {
    return Ref<Directory>(UK_TRY(make_node<TasksNode>(parent, name)));
}

UK_PROC_ENTRY({.path = "self", .target = self_target});
UK_PROC_ENTRY({.path = "thread-self", .target = thread_self_target});
UK_PROC_ENTRY({.path = "1/cmdline", .write = write_command_line});
UK_PROC_ENTRY({.path = "1/environ", .permissions = 0400, .write = write_environment});
UK_PROC_ENTRY({.path = "1/comm", .write = write_name});
UK_PROC_ENTRY({.path = "1/status", .write = write_status});
UK_PROC_ENTRY({.path = "1/stat", .write = write_stat});
UK_PROC_ENTRY({.path = "1/limits", .write = write_limits});
UK_PROC_ENTRY({.path = "1/exe", .target = exe_target});
UK_PROC_ENTRY({.path = "1/task", .directory = make_tasks});

} // namespace

} // namespace uk::procfs
