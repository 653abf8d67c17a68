// SPDX-License-Identifier: BSD-3-Clause
// Functions over strings and blocks that newlib would build on copies of what lib/base has.
#include <reent.h>
#include <string.h>

char* strtok(char* text, const char* separators) {
    return strtok_r(text, separators, &_REENT->_new._reent._strtok_last);
}
