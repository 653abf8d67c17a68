// SPDX-License-Identifier: BSD-3-Clause
// Where lines enter the log. Not |isr as the rest is: floating-point arguments come in vector
// registers. A handler may call it all the same, since it only stores them: a va_list is not
// copied here, for which compilers like to use these registers.
#include <uk/log/logger.hpp>
#include <uk/print.h>

extern "C" void uk_printk(int level, const char* libname, const char* /*srcfile*/, int /*line*/,
                          const char* fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    uk::log::print_line(level, libname, fmt, &ap);
    va_end(ap);
}
