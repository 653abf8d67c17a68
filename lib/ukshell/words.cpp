// SPDX-License-Identifier: BSD-3-Clause
// Commands about the shell and the process.
#include "commands.hpp"

#include <uk/abi/signal.h>
#include <uk/base/strings.hpp>
#include <uk/shell/text.hpp>
#include <uk/syscall.h>

namespace uk::shell {

namespace {

constexpr size_t kMostPath = 4096;

} // namespace

int run_cd(Call& call) {
    if (call.words.size() > 2)
        return call.misused("more than one folder");
    const char* folder = call.words.size() == 2 ? call.words[1] : "/";
    const long done = uk_sys_chdir(folder);
    return done < 0 ? call.fail("cannot go to", folder, done) : 0;
}

int run_echo(Call& call) {
    const bool no_newline = call.words.size() > 1 && std::string_view(call.words[1]) == "-n";
    const size_t first = no_newline ? 2 : 1;
    for (size_t i = first; i < call.words.size(); i++)
        call.out.append("%s%s", i == first ? "" : " ", call.words[i]);
    if (!no_newline)
        call.out.append("\n");
    return 0;
}

int run_exit(Call& call) {
    if (call.words.size() > 2)
        return call.misused("more than one number");
    uint64_t status = 0;
    if (call.words.size() == 2) {
        const Result<uint64_t> number = parse_u64(call.words[1], 10);
        if (!number.ok() || number.value() > 255)
            return call.misused("the status is a number from 0 to 255");
        status = number.value();
    }
    call.ends_shell = true;
    return static_cast<int>(status);
}

// In the order of names, whatever the linker's is.
int run_help(Call& call) {
    const Command* last = nullptr;
    for (;;) {
        const Command* next = nullptr;
        for (const Command* command : UK_SECTION_SPAN(uk_shell_commands)) {
            const std::string_view name = command->name;
            if ((last == nullptr || std::string_view(last->name) < name) &&
                (next == nullptr || name < next->name))
                next = command;
        }
        if (next == nullptr)
            break;
        call.out.append("%-7s %-24s %s\n", next->name, next->words, next->what);
        last = next;
    }
    call.out.append("A line: COMMAND WORD... [> FILE | >> FILE]; quotes: '...' \"...\" \\\n");
    return 0;
}

// 1 is the process, other numbers are threads.
int run_kill(Call& call) {
    std::span<const char* const> words = call.words.subspan(1);
    int signal = UK_SIGTERM;
    if (!words.empty() && words[0][0] == '-') {
        signal = signal_number(words[0] + 1);
        if (signal < 0)
            return call.misused("there is no such signal");
        words = words.subspan(1);
    }
    if (words.empty())
        return call.misused("whom?");
    int status = 0;
    for (const char* word : words) {
        const Result<uint64_t> id = parse_u64(word, 10);
        if (!id.ok() || id.value() == 0 || id.value() > 0x7fffffff)
            return call.misused("what is no number of ps cannot be sent a signal");
        const int number = static_cast<int>(id.value());
        const long done = number == 1 ? uk_sys_kill(number, signal) : uk_sys_tkill(number, signal);
        if (done < 0)
            status = call.fail("cannot send a signal to", word, done);
    }
    return status;
}

int run_pwd(Call& call) {
    char path[kMostPath];
    const long size = uk_sys_getcwd(path, sizeof(path));
    if (size < 0)
        return call.fail("cannot name", ".", size);
    call.out.append("%s\n", path);
    return 0;
}

} // namespace uk::shell
