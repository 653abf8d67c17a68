// SPDX-License-Identifier: BSD-3-Clause
// Pipes of this image, for those who make FIFOs of them.
//
//     uk::Ref<uk::Pipe> pipe = UK_TRY(uk::Pipe::make());               // with the first open()
//     uk::pipe::PipeEnd end = UK_TRY(pipe->open(true, false, false));  // waits for a writer
//     pipe->read(to, nonblocking); pipe->ready(end); pipe->source(end);
//     pipe->close(end);
//
// What its functions promise stands in <uk/pipe/basic_pipe.hpp>.
#pragma once

#include <uk/pipe/pipe_file.hpp>
#include <uk/posix/files.hpp>

namespace uk {

namespace pipe {

struct PipeImage : posix::ImageFiles {
    static void broken(); // SIGPIPE for the calling thread, where there are signals
};

} // namespace pipe

using Pipe = pipe::BasicPipe<pipe::PipeImage>;
using PipeFile = pipe::BasicPipeFile<pipe::PipeImage>;

} // namespace uk
