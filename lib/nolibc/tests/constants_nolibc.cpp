// SPDX-License-Identifier: BSD-3-Clause
// The constants as the library's headers have them.
#include "constants.inc"

const NamedNumber* const nolibc_numbers = kNumbers;
const size_t nolibc_number_count = sizeof(kNumbers) / sizeof(kNumbers[0]);
const NamedText* const nolibc_texts = kTexts;
