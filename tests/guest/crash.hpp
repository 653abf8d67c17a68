// SPDX-License-Identifier: BSD-3-Clause
// Ways to die on purpose; each must end the machine with a crash report.
#pragma once

// Does what `name` says and does not come back if the system is right. Prints the names and returns
// 2 if there is no such way, returns 0 after a crash that did not happen.
int crash(const char* name);
