// SPDX-License-Identifier: BSD-3-Clause
// BasicPipeFile: one end of a pipe as an open file, as a template over the environment.
#pragma once

#include <uk/abi/stat.h>
#include <uk/pipe/basic_pipe.hpp>

namespace uk::pipe {

template <ReadyEnvironment E>
class BasicPipeFile final : public E::File {
    using File = typename E::File;
    using Pipe = BasicPipe<E>;

  public:
    // `end` has been opened, and is closed with the file.
    BasicPipeFile(Ref<Pipe> pipe, PipeEnd end, uint32_t flags)
        : File(FileKind::stream, access(end) | (flags & UK_O_NONBLOCK)), pipe_(std::move(pipe)),
          end_(end) {}

    uint32_t ready() override { return pipe_->ready(end_); }
    typename E::Source* ready_source() override { return &pipe_->source(end_); }
    Result<long> ioctl(unsigned request, uintptr_t argument) override {
        return pipe_->ioctl(request, argument);
    }
    Result<long> control(int command, uintptr_t argument) override {
        return pipe_->control(command, argument);
    }
    Result<> stat(uk_stat& out) override {
        pipe_->facts().show(out);
        return ok();
    }
    OwnFacts* own_facts() override { return &pipe_->facts(); }

  private:
    static constexpr uint32_t access(const PipeEnd& end) {
        return end.reads && end.writes ? UK_O_RDWR : end.reads ? UK_O_RDONLY : UK_O_WRONLY;
    }
    ~BasicPipeFile() = default;
    Result<size_t> do_read(IoPieces& to, FileIo& io) override {
        return pipe_->read(to, (io.status & UK_O_NONBLOCK) != 0);
    }
    Result<size_t> do_write(IoPieces& from, FileIo& io) override {
        return pipe_->write(from, (io.status & UK_O_NONBLOCK) != 0);
    }
    void destroy() override {
        pipe_->close(end_);
        this->~BasicPipeFile();
        E::deallocate(this);
    }

    Ref<Pipe> pipe_;
    PipeEnd end_;
};

} // namespace uk::pipe
