// SPDX-License-Identifier: BSD-3-Clause
// What the code under test logged: uk_printk and uk_vprintk end here in host tests.
#pragma once

#include <string>

namespace uk::fakes {

// Everything logged since the running test began, one "level library: text" a line. The log starts
// empty for each test and is echoed to standard error when the test fails. Any thread.
std::string log_text();

// Forgets what was logged so far.
void log_clear();

} // namespace uk::fakes
