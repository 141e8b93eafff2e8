#include "client/platform/disk.hpp"

#include "client/platform/disk_imports.hpp"
#include "shared/base/check.hpp"
#include "shared/sqlite/page_vfs.hpp"

#include <emscripten/emscripten.h>

namespace platform::disk {
namespace {

sqlite::PageStore& store() {
    static sqlite::PageStore pages("browser");
    return pages;
}

std::int64_t sequence = 0; // Of the newest commit that was handed over.
std::function<void()> listener;

void hand_over(const sqlite::PageCommit& commit) {
    std::vector<std::uint32_t> numbers;
    base::Bytes bytes;
    numbers.reserve(commit.pages.size());
    bytes.reserve(commit.pages.size() * sqlite::page_bytes);
    for (const auto& [page, content] : commit.pages) {
        numbers.push_back(page);
        bytes.insert(bytes.end(), content.begin(), content.end());
    }
    ++sequence;
    disk_commit(double(sequence), commit.page_count, numbers.data(), bytes.data(), numbers.size(),
                sqlite::page_bytes);
}

base::Fault fault_of(std::string_view told) {
    const std::size_t end = told.find('\n');
    const std::string_view name = told.substr(0, end);
    base::Fault fault{base::Outcome::storage_failed,
                      end == told.npos ? std::string() : std::string(told.substr(end + 1))};
    for (int i = 0; i < base::outcome_count; ++i)
        if (base::outcome_texts[i].name == name) fault.outcome = base::outcome_texts[i].outcome;
    return fault;
}

} // namespace

base::Result<sqlite::Database> open() {
    std::map<std::uint32_t, base::Bytes> pages;
    const std::uint32_t page_count = disk_page_count();
    for (std::uint32_t page = 0; page < page_count; ++page) {
        // A missing page is left out, for the store to notice.
        const std::size_t bytes = disk_page_size(page);
        if (bytes == 0) continue;
        base::Bytes& content = pages[page];
        content.resize(bytes);
        disk_read_page(page, content.data());
    }
    sequence = std::int64_t(disk_loaded());
    SHENBAO_TRY(store().load(page_count, pages));
    return store().open();
}

void commit() {
    if (store().has_commit()) hand_over(store().take_commit());
}

Saving saving() {
    double told[6];
    disk_state(told);
    Saving saving;
    saving.state = SaveState(int(told[0]));
    saving.saved = std::int64_t(told[1]);
    saving.pending = std::int64_t(told[2]);
    saving.saved_at = base::Time{std::int64_t(told[3]) * 1000};
    saving.trying = told[5] != 0;
    if (saving.state != SaveState::failed) return saving;
    char text[500];
    saving.fault = fault_of(std::string_view(text, disk_fault(text, sizeof text)));
    return saving;
}

void on_change(std::function<void()> changed) { listener = std::move(changed); }

void retry() { disk_retry(); }

void download_rescue(bool rehearsal) {
    const base::Bytes file = store().whole_file();
    disk_download(file.data(), file.size(), rehearsal);
}

base::Status restore(base::ByteView file, std::int64_t application_id,
                     std::int64_t schema_version_max) {
    if (saving().pending > 0) return base::fail(base::Outcome::storage_failed, "not all is saved");
    static sqlite::PageStore candidate("rescue");
    SHENBAO_TRY(candidate.load_file(file));
    {
        auto database = candidate.open();
        if (!database && database.error().outcome == base::Outcome::storage_foreign)
            return base::fail(base::Outcome::storage_foreign, database.error().detail);
        if (!database) return base::fail(base::Outcome::bad_file, database.error().detail);
        SHENBAO_ASSIGN(const std::int64_t found_id, database->pragma("application_id"));
        SHENBAO_ASSIGN(const std::int64_t found_version, database->pragma("user_version"));
        if (found_id != application_id)
            return base::fail(base::Outcome::storage_foreign, "application_id differs");
        if (found_version > schema_version_max)
            return base::fail(base::Outcome::storage_newer,
                              "schema " + std::to_string(found_version));
    }
    disk_replace(file.data(), file.size());
    return {};
}

Persistence persistence() {
    double told[6];
    disk_state(told);
    return Persistence(int(told[4]));
}

void ask_to_persist() { disk_ask_to_persist(); }

void refuse(const base::Fault& fault) {
    const base::OutcomeText& text = base::outcome_text(fault.outcome);
    disk_refuse(text.name.data(), text.name.size(), text.sentence.data(), text.sentence.size(),
                fault.detail.data(), fault.detail.size());
}

} // namespace platform::disk

extern "C" {

// web/disk.js: saving() or persistence() has changed.
EMSCRIPTEN_KEEPALIVE void shenbao_disk_changed() {
    if (platform::disk::listener) platform::disk::listener();
}

// web/disk.js: what was stored is gone, so all of it is handed over again.
EMSCRIPTEN_KEEPALIVE void shenbao_disk_everything() {
    platform::disk::hand_over(platform::disk::store().take_everything());
}

} // extern "C"
