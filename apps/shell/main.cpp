// SPDX-License-Identifier: BSD-3-Clause
// The shell of lib/ukshell as a program: at its prompt, or the command that its arguments are.
#include <uk/base/format.hpp>
#include <uk/print.h>
#include <uk/shell.hpp>
#include <uk/shell/line.hpp>

// Words become a line in which each is quoted. Returns false if that is too long.
static bool quote(int count, char* words[], uk::TextBuffer<uk::shell::kMostLine>& line) {
    for (int i = 0; i < count; i++) {
        line.append(i == 0 ? "'" : " '");
        for (const char* at = words[i]; *at != '\0'; at++)
            line.append(*at == '\'' ? "'\\''" : "%c", *at);
        line.append("'");
    }
    return !line.cut();
}

int main(int argc, char* argv[]) {
    if (argc < 2)
        return uk::shell::run();
    uk::TextBuffer<uk::shell::kMostLine> line;
    if (!quote(argc - 1, argv + 1, line)) {
        uk_pr_err("a command has at most %zu bytes\n", uk::shell::kMostLine - 1);
        return 2;
    }
    char text[uk::shell::kMostLine];
    (void)uk::format(text, "%s", line.c_str());
    bool ends = false;
    return uk::shell::run_line(text, 0, 1, ends);
}
