# SPDX-License-Identifier: BSD-3-Clause
"""Archives that Linux unpacks into its first file system (cpio "newc"; Documentation/driver-api/early-userspace)."""
import os
import stat


class Archive:
    """Folders are made as they are needed; everything belongs to root."""

    def __init__(self):
        self._parts, self._folders, self._number = [], set(), 0

    def _add(self, path: str, mode: int, data: bytes):
        self._number += 1
        name = path.encode() + b"\0"
        fields = (self._number, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name), 0)
        for part in (b"070701" + b"".join(b"%08X" % field for field in fields) + name, data):
            self._parts.append(part)
            self._parts.append(b"\0" * (-(len(part)) % 4))

    def folder(self, path: str):
        if path and path not in self._folders:
            self.folder(os.path.dirname(path))
            self._folders.add(path)
            self._add(path, stat.S_IFDIR | 0o755, b"")

    def file(self, path: str, data: bytes, mode: int = 0o755):
        self.folder(os.path.dirname(path))
        self._add(path, stat.S_IFREG | mode, data)

    def link(self, path: str, target: str):
        self.folder(os.path.dirname(path))
        self._add(path, stat.S_IFLNK | 0o777, target.encode())

    def finish(self) -> bytes:
        self._number = 0
        self._add("TRAILER!!!", 0, b"")
        data = b"".join(self._parts)
        return data + b"\0" * (-len(data) % 512)
