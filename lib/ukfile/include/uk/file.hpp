// SPDX-License-Identifier: BSD-3-Clause
// uk::File: an open file of this image. Files of one kind are a class derived from it:
//
//     class Null final : public uk::File {
//       public:
//         Null() : File(uk::FileKind::stream, UK_O_RDWR) {}
//         uk::Result<> stat(uk_stat& out) override;
//       private:
//         uk::Result<size_t> do_read(uk::IoPieces&, uk::FileIo&) override { return size_t{0}; }
//         uk::Result<size_t> do_write(uk::IoPieces& from, uk::FileIo&) override {
//             return from.left();
//         }
//         void destroy() override;
//     };
//
// What its functions promise stands in <uk/file/basic_file.hpp>.
#pragma once

#include <uk/base/ref.hpp>
#include <uk/file/basic_file.hpp>
#include <uk/file/ready.hpp>
#include <uk/lock.hpp>
#include <uk/spinlock.hpp>

namespace uk {

namespace detail {

// Its place in the order is no rank: sources of epolls are notified under that of a file in them,
// and of epolls in those. No epoll is in itself, so there is an order.
struct ReadyLocks : KernelLocks {
    static constexpr bool kChecks = false;
};

} // namespace detail

using ReadySource = BasicReadySource<BasicIrqSpinlock<detail::ReadyLocks, LockRank::ready>>;
using ReadyWatch = ReadySource::Watch;

class File : public BasicFile<Mutex, ReadySource> {
  protected:
    using BasicFile::BasicFile;
    ~File() = default;
};

} // namespace uk
