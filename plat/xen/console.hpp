// SPDX-License-Identifier: BSD-3-Clause
// The console's private side.
#pragma once

namespace uk::xen {

// From the early console to the one that Xen gives this domain. Once, at boot.
void console_start();

// Waits until what was written has left this domain, which is about to end.
void console_flush();

} // namespace uk::xen
