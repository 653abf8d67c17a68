// SPDX-License-Identifier: BSD-3-Clause
// The tree of the machine that this image runs on.
#pragma once

#include <uk/devicetree/tree.hpp>

namespace uk::devicetree {

// Defined by platforms that have trees. Null: there is none that can be read. Lives for ever. From
// anywhere.
[[nodiscard]] const Tree* machine();

} // namespace uk::devicetree
