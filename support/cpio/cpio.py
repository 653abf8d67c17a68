# SPDX-License-Identifier: BSD-3-Clause
"""Archives of cpio's format newc: what Linux unpacks into its first file system, and what lib/ukcpio reads. The same files
give the same bytes: members are sorted, numbered anew and root's."""
import os
import stat

ALIGN, BLOCK, MOST_PATH = 4, 512, 4095
TRAILER = b"TRAILER!!!"
MOST_NUMBER = 0xffffffff
GOOD = (b"070701", b"070702")
WHAT = [  # first bytes, what that is, and how an archive is made of it
    (b"\x1f\x8b", "compressed with gzip", "gunzip -c {0} >{1}"),
    (b"\xfd7zXZ", "compressed with xz", "xz -dc {0} >{1}"),
    (b"\x28\xb5\x2f\xfd", "compressed with zstd", "zstd -dc {0} >{1}"),
    (b"\x04\x22\x4d\x18", "compressed with lz4", "lz4 -dc {0} >{1}"),
    (b"\x02\x21\x4c\x18", "compressed with lz4", "lz4 -dc {0} >{1}"),
    (b"BZh", "compressed with bzip2", "bunzip2 -c {0} >{1}"),
    (b"\x5d\0\0", "compressed with lzma", "xz -dc {0} >{1}"),
    (b"070707", "a cpio archive of the old format odc", "unpack it and give the folder"),
    (b"\xc7\x71", "a cpio archive of the old binary format", "unpack it and give the folder"),
]


class Problem(Exception):
    """Cannot be packed; the text names the file and says why."""


def shown(path: bytes) -> str:
    return os.fsdecode(path)


class Archive:
    """Folders are made as they are needed; everything belongs to root."""

    def __init__(self):
        self._parts, self._folders, self._number = [], set(), 0

    def add(self, path: bytes, mode: int, data: bytes = b"", *, inode: int = 0, links: int = 1, mtime: int = 0, device=(0, 0)):
        """One member as it is. Its inode is the next free number unless it is given."""
        if not inode:
            self._number += 1
            inode = self._number
        name = (b"./" + path if path == TRAILER else path) + b"\0"
        self._put(name, (inode, mode, 0, 0, links, mtime, len(data), 0, 0, *device, len(name), 0))
        self._pad(data)

    def next_inode(self) -> int:
        self._number += 1
        return self._number

    def folder(self, path: str):
        if path and path not in self._folders:
            self.folder(os.path.dirname(path))
            self._folders.add(path)
            self.add(path.encode(), stat.S_IFDIR | 0o755)

    def file(self, path: str, data: bytes, mode: int = 0o755):
        self.folder(os.path.dirname(path))
        self.add(path.encode(), stat.S_IFREG | mode, data)

    def link(self, path: str, target: str):
        self.folder(os.path.dirname(path))
        self.add(path.encode(), stat.S_IFLNK | 0o777, target.encode())

    def finish(self) -> bytes:
        name = TRAILER + b"\0"
        self._put(name, (0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, len(name), 0))
        return whole_blocks(b"".join(self._parts))

    def _put(self, name: bytes, fields: tuple):
        self._pad(b"070701" + b"".join(b"%08X" % field for field in fields) + name)

    def _pad(self, part: bytes):
        self._parts.append(part)
        self._parts.append(b"\0" * (-len(part) % ALIGN))


def whole_blocks(data: bytes) -> bytes:
    """Another archive may follow behind it."""
    return data + b"\0" * (-len(data) % BLOCK)


def members(top: bytes) -> list:
    """[(path below top, its stat)]: folders before what is in them, names sorted by their bytes. The first is "." itself."""
    found, waiting = [], [b"."]
    while waiting:
        path = waiting.pop()
        status = os.lstat(os.path.join(top, path)) if path != b"." else os.stat(top)
        found.append((path, status))
        if stat.S_ISDIR(status.st_mode):
            names = sorted(os.listdir(os.path.join(top, path)), reverse=True)
            waiting += names if path == b"." else [os.path.join(path, name) for name in names]
    return found


def plain_mode(mode: int) -> int:
    """What git keeps of it."""
    if stat.S_ISLNK(mode):
        return stat.S_IFLNK | 0o777
    return stat.S_IFMT(mode) | (0o755 if stat.S_ISDIR(mode) or mode & 0o100 else 0o644)


def content_of(full: bytes, mode: int) -> bytes:
    if stat.S_ISLNK(mode):
        return os.readlink(full)
    with open(full, "rb") as file:
        data = file.read()
    if len(data) > MOST_NUMBER:
        raise Problem(f"{shown(full)}: a cpio archive has no files of 4 GiB and more")
    return data


def pack(folder: str, plain: bool = False) -> bytes:
    """Everything in a folder: kinds, modes, times, empty folders, symbolic and hard links are kept. `plain`: times are
    those of $SOURCE_DATE_EPOCH, else 1970, and modes 0644 or 0755, so that every copy of a source tree gives the same."""
    top, archive = os.fsencode(folder), Archive()
    mtime = int(os.environ.get("SOURCE_DATE_EPOCH") or 0)
    try:
        found = members(top)
        names, inodes = {}, {}
        for path, status in found:
            key = (status.st_dev, status.st_ino)
            names.setdefault(key, []).append(path)
        for path, status in found:
            full = os.path.join(top, path)
            mode, key = status.st_mode, (status.st_dev, status.st_ino)
            if len(path) > MOST_PATH:
                raise Problem(f"{shown(full)}: a path of more than {MOST_PATH} bytes")
            if stat.S_ISSOCK(mode):
                raise Problem(f"{shown(full)}: a socket belongs to a running program and cannot be packed")
            # The last name of a file carries its content.
            data = content_of(full, mode) if stat.S_ISLNK(mode) or stat.S_ISREG(mode) and names[key][-1] == path else b""
            if key not in inodes:
                inodes[key] = archive.next_inode()
            device = (os.major(status.st_rdev), os.minor(status.st_rdev)) if stat.S_ISCHR(mode) or stat.S_ISBLK(mode) else (0, 0)
            archive.add(path, plain_mode(mode) if plain else mode, data, inode=inodes[key],
                        links=2 if stat.S_ISDIR(mode) else len(names[key]), device=device,
                        mtime=mtime if plain else min(max(int(status.st_mtime), 0), MOST_NUMBER))
    except OSError as why:
        raise Problem(f"{shown(why.filename) if isinstance(why.filename, bytes) else why.filename}: {why.strerror}") from why
    return archive.finish()


def fault_of(path: str) -> str:
    """Why a file cannot be handed to an image as an archive, and what to do; "" if it can."""
    with open(path, "rb") as file:
        head = file.read(512)
    if not head:
        return "is empty"
    if head.startswith(GOOD) or not head.strip(b"\0"):
        return ""
    for first, what, how in WHAT:
        if head.startswith(first):
            base = os.path.splitext(os.path.basename(path))[0]
            why = ", and images read archives in place" if "{" in how else ""
            return f"is {what}{why}; {how.format(path, base if '.' in base else base + '.cpio')}"
    if head[257:262] == b"ustar":
        return "is a tar archive; unpack it and give the folder"
    return "is no cpio archive (newc or crc); give a folder, or what `cpio -o -H newc` writes"
