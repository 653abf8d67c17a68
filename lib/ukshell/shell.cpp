// SPDX-License-Identifier: BSD-3-Clause
// Which command a line means, and where its output goes.
#include <uk/shell.hpp>

#include <string_view>

#include <uk/abi/errno.h>
#include <uk/abi/fcntl.h>
#include <uk/abi/poll.h>
#include <uk/abi/signal.h>
#include <uk/abi/time.h>
#include <uk/base/atomic.hpp>
#include <uk/base/strings.hpp>
#include <uk/shell/line.hpp>
#include <uk/syscall.h>

#include "commands.hpp"

namespace uk::shell {

namespace {

constexpr uint64_t kSecond = 1'000'000'000;
constexpr int kNotUnderstood = 2;
constexpr int kNoCommand = 127;

constinit Atomic<bool> g_stopped{false};

int say_unknown(const char* name, Output& errors) {
    std::string_view names[kMostWords];
    size_t count = 0;
    for (const Command* command : UK_SECTION_SPAN(uk_shell_commands)) {
        if (count < kMostWords)
            names[count++] = command->name;
    }
    const std::string_view near = closest_match(name, {names, count});
    errors.append("there is no command '%s'", name);
    if (!near.empty())
        errors.append("; did you mean '%.*s'?", static_cast<int>(near.size()), near.data());
    errors.append(" (help lists them)\n");
    return kNoCommand;
}

struct Terminal {
    int in;
    Output& errors;
};

int run_command(const Command& command, const Line& line, Terminal terminal, int fd, bool& ends) {
    Output out(fd);
    Call call{.words = line.words, .in = terminal.in, .out = out, .errors = terminal.errors};
    int status = command.run(call);
    out.flush();
    if (out.error() != 0 && out.error() != -UK_EINTR) {
        const int failed =
            call.fail("cannot write to", line.target != nullptr ? line.target : "1", out.error());
        status = status != 0 ? status : failed;
    }
    ends = call.ends_shell;
    return stopped() ? 128 + UK_SIGINT : status;
}

} // namespace

const Command* find(const char* name) {
    for (const Command* command : UK_SECTION_SPAN(uk_shell_commands)) {
        if (std::string_view(command->name) == name)
            return command;
    }
    return nullptr;
}

bool stopped() {
    return g_stopped.load_relaxed();
}

void stop() {
    g_stopped.store_relaxed(true);
}

void forget_stop() {
    g_stopped.store_relaxed(false);
}

// SIGINT is kept out between the look and the wait, and let in by the wait itself.
bool wait_for(int fd, uint64_t nanoseconds) {
    const uk_sigset_t interrupt{uint64_t{1} << (UK_SIGINT - 1)};
    uk_sigset_t before{};
    uk_sys_rt_sigprocmask(UK_SIG_BLOCK, &interrupt, &before, sizeof(before));
    uk_timespec left{static_cast<int64_t>(nanoseconds / kSecond),
                     static_cast<int64_t>(nanoseconds % kSecond)};
    uk_pollfd watched{fd, UK_POLLIN, 0};
    long found = -UK_EINTR;
    while (!stopped() && found == -UK_EINTR)
        found = uk_sys_ppoll(&watched, 1, nanoseconds == kNoLimit ? nullptr : &left, &before,
                             sizeof(before));
    uk_sys_rt_sigprocmask(UK_SIG_SETMASK, &before, nullptr, sizeof(before));
    return !stopped();
}

int run_line(char* text, int in, int out, bool& ends_shell) {
    Output errors(out);
    char* room[kMostWords];
    const Line line = split(text, room);
    ends_shell = false;
    if (line.problem != nullptr) {
        errors.append("%s", line.problem);
        if (line.character != '\0')
            errors.append(" %c", line.character);
        errors.append("\n");
        return kNotUnderstood;
    }
    if (line.words.empty())
        return 0;
    const Command* command = find(line.words[0]);
    if (command == nullptr)
        return say_unknown(line.words[0], errors);
    if (line.target == nullptr)
        return run_command(*command, line, {in, errors}, out, ends_shell);
    const int flags =
        UK_O_WRONLY | UK_O_CREAT | UK_O_CLOEXEC | (line.appends ? UK_O_APPEND : UK_O_TRUNC);
    const long fd = uk_sys_openat(UK_AT_FDCWD, line.target, flags, 0666);
    if (fd < 0) {
        Call call{.words = line.words, .in = in, .out = errors, .errors = errors};
        return call.fail("cannot write to", line.target, fd);
    }
    const int status = run_command(*command, line, {in, errors}, static_cast<int>(fd), ends_shell);
    uk_sys_close(static_cast<int>(fd));
    return status;
}

} // namespace uk::shell
