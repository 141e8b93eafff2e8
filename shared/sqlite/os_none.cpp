// SQLite built with SQLITE_OS_OTHER asks for these two: there is no operating system to prepare.
// The page store registers the only VFS there is.
#include <sqlite3.h>

#include <cstddef>

extern "C" int sqlite3_os_init() { return SQLITE_OK; }
extern "C" int sqlite3_os_end() { return SQLITE_OK; }

// CURRENT_TIMESTAMP and its like are NULL here: no schema of ours uses them, a rule may not, and
// the C library's own would bring the names of all weekdays and months into the page.
struct tm;
extern "C" const tm* no_gmtime(const void*) { return nullptr; }
extern "C" std::size_t no_strftime(char*, std::size_t, const char*, const tm*) { return 0; }
