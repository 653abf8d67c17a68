// SPDX-License-Identifier: BSD-3-Clause
// The tests of this image: cases from the linker section, printed on the console, run when asked.
#include <uk/boot.h>
#include <uk/config.hpp>
#include <uk/init.hpp>
#include <uk/libparam.hpp>
#include <uk/log/console.hpp>
#include <uk/test.hpp>

namespace uk::test {

Totals run_all(const char* filter) {
    return run(UK_SECTION_SPAN(uk_tests), filter, console::write);
}

#ifdef CONFIG_LIBUKTEST_AUTORUN
static constinit const char* filter = "";
UK_LIBPARAM_NAMED("test.filter", filter, string, "run only the tests whose name contains this");

// Instead of main: the status tells the machine that started us how it went. Tests that nobody ran
// did not pass.
static void autorun() {
    const Totals totals = run_all(filter);
    uk_exit(totals.failed == 0 && totals.passed != 0 ? 0 : 1);
}
UK_INIT(late, "test autorun", autorun);
#endif

} // namespace uk::test
