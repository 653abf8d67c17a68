// SPDX-License-Identifier: BSD-3-Clause
// The name that messages of the program begin with: what main() gets as its first word.
#include <unistd.h>

#include <uk/config.h>

// As glibc has them.
#pragma weak program_invocation_name
#pragma weak program_invocation_short_name

static constinit char g_name[] = CONFIG_UK_NAME;

char* program_invocation_name = g_name;
char* program_invocation_short_name = g_name;
