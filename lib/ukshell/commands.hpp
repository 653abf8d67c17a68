// SPDX-License-Identifier: BSD-3-Clause
// Private: the functions of the shell's own commands. Their table is in system_hw.cpp.
#pragma once

#include <uk/shell.hpp>

namespace uk::shell {

// Whether somebody may type there.
[[nodiscard]] bool is_terminal(int fd);

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
