// SPDX-License-Identifier: BSD-3-Clause
// Ends by signals, as a C program meets them: images with newlib.
#pragma once

// Returns the status of main where the way does not end the image.
int end_by_signal(const char* way);
