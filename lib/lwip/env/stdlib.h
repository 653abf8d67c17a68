/* SPDX-License-Identifier: BSD-3-Clause */
/* The one function that lwIP takes from here: for names of interfaces ("en12"). */
#ifndef UK_LWIP_ENV_STDLIB_H
#define UK_LWIP_ENV_STDLIB_H

static inline int uk_lwip_number(const char* digits) {
    int number = 0;
    for (; *digits >= '0' && *digits <= '9' && number < 1000000; digits++)
        number = number * 10 + (*digits - '0');
    return number;
}
#define atoi(digits) uk_lwip_number(digits)

#endif
