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
#include <uk/lock.hpp>

namespace uk {

class File : public BasicFile<Mutex> {
  protected:
    using BasicFile::BasicFile;
    ~File() = default;
};

} // namespace uk
