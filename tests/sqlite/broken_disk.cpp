#include "tests/sqlite/broken_disk.hpp"

#include <sqlite3.h>

#include <cerrno>
#include <initializer_list>
#include <sys/types.h>

namespace sqlite_test {
namespace {

int disk_error = 0;

ssize_t refused_write(int, const void*, size_t, off_t) {
    errno = disk_error;
    return -1;
}

void set_write(sqlite3_syscall_ptr call) {
    sqlite3_vfs* vfs = sqlite3_vfs_find(nullptr);
    for (const char* name : {"pwrite", "pwrite64"}) vfs->xSetSystemCall(vfs, name, call);
}

} // namespace

BrokenDisk::BrokenDisk(int error) {
    disk_error = error;
    set_write(reinterpret_cast<sqlite3_syscall_ptr>(refused_write));
}

BrokenDisk::~BrokenDisk() { set_write(nullptr); } // NULL: the system's own again.

} // namespace sqlite_test
