// SPDX-License-Identifier: BSD-3-Clause
// Private: the functions of the shell's own commands. Their table is in system_hw.cpp.
#pragma once

#include <uk/shell.hpp>

namespace uk::shell {

// Whether somebody may type there.
[[nodiscard]] bool is_terminal(int fd);

// The next command begins: no Ctrl-C so far.
void forget_stop();

// The regular file `from`, and what reads like one, to the name `to`; 0, or 1 after a message.
int copy_file(Call& call, const char* from, const char* to);
// The same of folders, with all in them. Links and devices are made again, not followed; what is
// there already is written over. Goes on after what cannot be copied.
int copy_tree(Call& call, const char* from, const char* to);
// A file, or a folder with all in it; links are not followed. `forgives`: that there is none. Goes
// on after what cannot be removed.
int remove_tree(Call& call, const char* path, bool forgives);

// Files.
int run_cat(Call& call);
int run_cp(Call& call);
int run_ls(Call& call);
int run_mkdir(Call& call);
int run_mv(Call& call);
int run_rm(Call& call);
int run_rmdir(Call& call);

// The shell and the process.
int run_cd(Call& call);
int run_echo(Call& call);
int run_exit(Call& call);
int run_help(Call& call);
int run_kill(Call& call);
int run_pwd(Call& call);

} // namespace uk::shell
