// SPDX-License-Identifier: BSD-3-Clause
// The two ends of a wire: where frames come from and go to.
#pragma once

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

#include "line.hpp"

namespace wire {

struct Problem : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// Does not block: what the other end does not take is lost, as on a wire.
class Side {
  public:
    virtual ~Side() = default;
    // For poll(): to be read.
    [[nodiscard]] virtual int descriptor() const = 0;
    // The next frame, if there is one. Called again after poll() said so, until it says none.
    virtual std::optional<Frame> receive() = 0;
    // False: nobody took it.
    virtual bool send(const Frame& frame) = 0;
};

// tap:NAME packet:NAME dgram:PATH,PEER stream:PATH (README.md); `headers`: frames have the header
// of virtio's in front. Throws Problem.
std::unique_ptr<Side> open_side(const std::string& what, bool headers);

} // namespace wire
