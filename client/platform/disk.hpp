// Where the desk's database lives in a browser. SQLite works on pages in memory (page_vfs.hpp);
// each commit's pages go to IndexedDB in one strict transaction, and only when the browser has said
// that it is complete is the commit called saved (web/disk.js does the work).
//
// One commit is on its way at a time; the next takes everything that came meanwhile. A failure is
// tried again on a fresh connection a few times, then told as `failed`; the pages are kept and go
// out with the next attempt, so nothing is forgotten while the page is open. The browser asks
// before the page is closed as long as something is not saved.
//
// The page is the only writer: web/tab.js lets one tab through. Should another have written
// nevertheless, the commit is refused with storage_busy and nothing of the other's is overwritten.
#pragma once

#include "shared/base/bytes.hpp"
#include "shared/base/time.hpp"
#include "shared/sqlite/database.hpp"

#include <cstdint>
#include <functional>

namespace platform::disk {

enum class SaveState {
    saved,  // 已保存: everything committed so far is durable.
    saving, // 正在保存
    failed, // Several attempts failed; `fault` says why. retry() or the next commit tries again.
};

struct Saving {
    SaveState state = SaveState::saved;
    // Of the last durable commit, also of an earlier visit; 0 before the first.
    base::Time saved_at;
    std::int64_t saved = 0;   // Sequence number of that commit; commits count from 1.
    std::int64_t pending = 0; // Commits that are not durable yet.
    // They are being written: `failed` is then the word of an earlier attempt.
    bool trying = false;
    // Of `failed`: storage_full, storage_busy (another tab), storage_newer (another tab runs a
    // newer program) or storage_failed.
    base::Fault fault = {base::Outcome::storage_failed, {}};
};

// The database as it was saved last, empty on the first visit. Called once, at the start. Refuses
// with storage_failed (pages missing or damaged) or storage_foreign, having changed nothing; show
// it with refuse(). That the schema is not newer than the program is judged by Desk::open().
[[nodiscard]] base::Result<sqlite::Database> open();

// Hands everything committed since the last call to the browser. Call it after each transaction; it
// costs nothing when nothing was committed.
void commit();

// How it stands, as of now.
Saving saving();

// Called when saving() has changed, never from within commit(). One listener; it may call anything.
void on_change(std::function<void()> listener);

// Another attempt after `failed`.
void retry();

// Offers the database as of its newest commit as a file to keep, also what could not be saved. The
// file holds the device's key: whoever has it can sign as this device. Call it from a click.
// In a rehearsal its name says so.
void download_rescue(bool rehearsal);

// Replaces the database by a rescue file's, then loads the page again. Refuses with storage_foreign
// (not a file of ours), storage_newer (schema above `schema_version_max`), bad_file (damaged) or
// storage_failed (something here is not saved), having changed nothing. `application_id` is the
// desk's. When the disk refuses, saving() says so.
[[nodiscard]] base::Status restore(base::ByteView file, std::int64_t application_id,
                                   std::int64_t schema_version_max);

// Whether the browser has promised not to clear this site's data when its disk runs full.
enum class Persistence { unknown, granted, refused };
Persistence persistence();
// Asks for the promise. Some browsers ask the person, so call it from a click that makes sense to
// them: after enrolling.
void ask_to_persist();

// For a program that cannot start: shows the outcome's sentence over the page, with the ways out
// that there are (the stored data as a file, looking for a newer program, opening again).
void refuse(const base::Fault& fault);

} // namespace platform::disk
