// SPDX-License-Identifier: BSD-3-Clause
// Random moments in time zones as TZ names them: broken down, written, and put together again.
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "random.h"

void zone_answers(unsigned count) {
    static const char* const kZones[] = {
        "UTC0",
        "CET-1CEST,M3.5.0,M10.5.0/3",
        "EST5EDT,M3.2.0,M11.1.0",
        "IST-5:30",
        "AEST-10AEDT,M10.1.0,M4.1.0/3",
        "XYZ3:15:30",
        "NZST-12NZDT,M9.5.0,M4.1.0/3",
        "ABC1DEF,J60/1:30,J300",
        "ABC-1DEF0,59/0,299/23:59:59",
        "<-03>3",
        "<+0530>-5:30<+0630>,M1.1.1/2,M7.2.6/5",
        "LHST-10:30LHDT-11,M10.1.0,M4.1.0",
    };
    for (unsigned i = 0; i < count; i++) {
        const char* zone = kZones[below(12)];
        const time_t moment =
            (time_t)(random_bits() % (i % 4 ? 2145916800 : 8000000000)); // to 2037, 2223
        char text[100];
        struct tm parts;

        setenv("TZ", zone, 1);
        tzset();
        localtime_r(&moment, &parts);
        strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S %a %b %j %U %W %V %G %y %p %I %e %Z %z %%",
                 &parts);
        printf("%u %s %lld %s dst %d", i, zone, (long long)moment, text, parts.tm_isdst);
        printf(" back %lld", (long long)mktime(&parts));
        gmtime_r(&moment, &parts);
        parts.tm_isdst = 0;
        parts.tm_mon += (int)below(40) - 20;
        parts.tm_mday += (int)below(80) - 40;
        parts.tm_sec += (int)below(100000) - 50000;
        setenv("TZ", "UTC0", 1);
        const time_t moved = mktime(&parts);
        printf(" moved %lld, %d-%d\n", (long long)moved, parts.tm_mon, parts.tm_mday);
    }
}
