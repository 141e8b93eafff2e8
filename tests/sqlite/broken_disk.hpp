// A disk that refuses every write of SQLite with one errno (ENOSPC: full, EIO: broken) while this
// lives; reading goes on. One at a time, for the whole process.
#pragma once

namespace sqlite_test {

class BrokenDisk {
public:
    explicit BrokenDisk(int error);
    ~BrokenDisk();
    BrokenDisk(const BrokenDisk&) = delete;
};

} // namespace sqlite_test
