// SQLite built with SQLITE_OS_OTHER asks for these two: there is no operating system to prepare.
// The page store registers the only VFS there is.
#include <sqlite3.h>

extern "C" int sqlite3_os_init() { return SQLITE_OK; }
extern "C" int sqlite3_os_end() { return SQLITE_OK; }
