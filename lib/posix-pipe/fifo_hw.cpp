// SPDX-License-Identifier: BSD-3-Clause
// FIFOs: open() of a node of that kind, in whatever file system it is. fifo(7), POSIX.1-2017
// open().
#include <uk/alloc/heap.hpp>
#include <uk/base/list.hpp>
#include <uk/pipe.hpp>
#include <uk/vfs/open_node.hpp>
#include <uk/vfs/opener.hpp>

namespace uk::pipe {

namespace {

// The pipe of a node, there as long as somebody has the node open, or is about to.
struct Fifo {
    Fifo(const vfs::Node& of, Ref<Pipe> made) : node(of), pipe(std::move(made)) {}

    ListNode<Fifo> hook;
    const vfs::Node& node; // kept by the places of those who count in `users`
    const Ref<Pipe> pipe;
    unsigned users = 0;
};

constinit Mutex g_mutex("fifos");
constinit List<&Fifo::hook> g_fifos; // g_mutex; the `users`, too

// Errors: ENOMEM.
Result<Fifo*> take_fifo(const vfs::Node& node) {
    LockGuard guard(g_mutex);
    for (Fifo& fifo : g_fifos) {
        if (&fifo.node == &node) {
            fifo.users++;
            return &fifo;
        }
    }
    Ref<Pipe> pipe = UK_TRY(Pipe::make());
    void* memory = heap::allocate(sizeof(Fifo));
    if (memory == nullptr)
        return Errno::nomem;
    auto* fifo = ::new (memory) Fifo(node, std::move(pipe));
    fifo->users = 1;
    g_fifos.push_back(*fifo);
    return fifo;
}

void give_fifo(Fifo& fifo) {
    {
        LockGuard guard(g_mutex);
        if (--fifo.users != 0)
            return;
        g_fifos.erase(fifo);
    }
    fifo.~Fifo();
    heap::deallocate(&fifo);
}

class FifoFile final : public vfs::OpenNode {
  public:
    FifoFile(const vfs::Place& place, uint32_t flags) : OpenNode(place, flags, FileKind::stream) {}

    // Once, before anybody else knows the file. May wait. As Pipe::open(); ENOMEM.
    Result<> connect(bool reads, bool writes, bool nonblocking) {
        fifo_ = UK_TRY(take_fifo(node()));
        end_ = UK_TRY(fifo_->pipe->open(reads, writes, nonblocking));
        return ok();
    }

    uint32_t ready() override { return fifo_->pipe->ready(end_); }
    ReadySource* ready_source() override { return &fifo_->pipe->source(end_); }
    Result<long> ioctl(unsigned request, uintptr_t argument) override {
        return fifo_->pipe->ioctl(request, argument);
    }
    Result<long> control(int command, uintptr_t argument) override {
        const Result<long> result = fifo_->pipe->control(command, argument);
        if (result.ok() || result.code() != Errno::notty)
            return result;
        return OpenNode::control(command, argument);
    }

  private:
    ~FifoFile() = default;
    Result<size_t> do_read(IoPieces& to, FileIo& io) override {
        return fifo_->pipe->read(to, (io.status & UK_O_NONBLOCK) != 0);
    }
    Result<size_t> do_write(IoPieces& from, FileIo& io) override {
        return fifo_->pipe->write(from, (io.status & UK_O_NONBLOCK) != 0);
    }
    void destroy() override {
        if (fifo_ != nullptr) {
            if (end_.reads || end_.writes)
                fifo_->pipe->close(end_);
            give_fifo(*fifo_);
        }
        this->~FifoFile();
        heap::deallocate(this);
    }

    Fifo* fifo_ = nullptr;
    PipeEnd end_;
};

Result<Ref<File>> open_fifo(const vfs::Place& place, uint32_t flags) {
    const uint32_t way = flags & UK_O_ACCMODE;
    if (way == UK_O_ACCMODE)
        return Errno::inval;
    Ref<File> file = UK_TRY(vfs::make_open_node<FifoFile>(place, flags));
    UK_TRY(static_cast<FifoFile&>(*file).connect(way != UK_O_WRONLY, way != UK_O_RDONLY,
                                                 (flags & UK_O_NONBLOCK) != 0));
    return file;
}

UK_VFS_OPENER({vfs::NodeKind::fifo, open_fifo});

} // namespace

} // namespace uk::pipe
