// The disk without the rest of the program: rows that are typed, saved and read again. Built for
// the tests only; disk.test.mjs and disk.bench.mjs drive it.
#include "client/platform/disk.hpp"
#include "client/platform/offline.hpp"

#include "shared/base/check.hpp"

// tidy: allow library-place, because the probe is a page of its own
#include <emscripten/emscripten.h>

#include <optional>
#include <string>

extern "C" void probe_begin(); // imports.js

namespace {

constexpr std::int32_t application_id = 0x50726F62; // "Prob"

const sqlite::Migration migrations[] = {
    {"CREATE TABLE typed(row INTEGER, field TEXT, text TEXT, PRIMARY KEY(row, field))"
     "WITHOUT ROWID"},
    {"CREATE TABLE newer(x)"},
};

std::optional<sqlite::Database> database;
std::string brought;
std::string told;
int changes_heard = 0;

const char* tell(std::string text) {
    told = std::move(text);
    return told.c_str();
}

const char* name_of(platform::disk::SaveState state) {
    switch (state) {
    case platform::disk::SaveState::saved: return "saved";
    case platform::disk::SaveState::saving: return "saving";
    case platform::disk::SaveState::failed: return "failed";
    }
    return "?";
}

base::Status start(int schema_version) {
    SHENBAO_ASSIGN(sqlite::Database opened, platform::disk::open());
    SHENBAO_TRY(sqlite::migrate(opened, application_id, migrations, schema_version));
    database.emplace(std::move(opened));
    platform::disk::on_change([] { ++changes_heard; });
    platform::disk::commit();
    return {};
}

} // namespace

extern "C" {

EMSCRIPTEN_KEEPALIVE char* probe_room(int bytes) {
    brought.resize(std::size_t(bytes));
    return brought.data();
}

// The outcome's name; what is not "accepted" is shown over the page as the real program does.
EMSCRIPTEN_KEEPALIVE const char* probe_start(int schema_version) {
    probe_begin();
    const base::Status started = start(schema_version);
    if (started) return tell("accepted");
    platform::disk::refuse(started.error());
    return tell(std::string(base::outcome_text(started.error().outcome).name));
}

// One keystroke: the text that was brought into this row.
EMSCRIPTEN_KEEPALIVE void probe_type(int row) {
    auto transaction = sqlite::Transaction::begin(*database);
    SHENBAO_CHECK(transaction.has_value());
    auto upsert = database->prepare("INSERT INTO typed VALUES(?, 'headcount', ?)"
                                    "ON CONFLICT DO UPDATE SET text = excluded.text");
    SHENBAO_CHECK(upsert.bind(row, brought).run().has_value());
    SHENBAO_CHECK(transaction->commit().has_value());
    platform::disk::commit();
}

EMSCRIPTEN_KEEPALIVE void probe_run(int commits) {
    SHENBAO_CHECK(database->run_script(brought).has_value());
    if (commits != 0) platform::disk::commit();
}

// Every row as "row=text" lines.
EMSCRIPTEN_KEEPALIVE const char* probe_rows() {
    std::string rows;
    auto select = database->prepare("SELECT row, text FROM typed ORDER BY row");
    for (;;) {
        const auto row = select.step();
        SHENBAO_CHECK(row.has_value());
        if (!*row) return tell(rows);
        rows += select.text(0) + "=" + select.text(1) + "\n";
    }
}

EMSCRIPTEN_KEEPALIVE const char* probe_integrity() {
    auto check = database->prepare("PRAGMA integrity_check");
    SHENBAO_CHECK(check.step().value_or(false));
    return tell(check.text(0));
}

// "state saved pending outcome changes_heard persistence readiness update"
EMSCRIPTEN_KEEPALIVE const char* probe_saving() {
    const platform::disk::Saving saving = platform::disk::saving();
    return tell(std::string(name_of(saving.state)) + " " + std::to_string(saving.saved) + " " +
                std::to_string(saving.pending) + " " +
                std::string(saving.state == platform::disk::SaveState::failed
                                ? base::outcome_text(saving.fault.outcome).name
                                : "-") +
                " " + std::to_string(changes_heard) + " " +
                std::to_string(int(platform::disk::persistence())) + " " +
                std::to_string(int(platform::offline::readiness())) + " " +
                std::to_string(int(platform::offline::update_waiting())));
}

EMSCRIPTEN_KEEPALIVE void probe_retry() { platform::disk::retry(); }
EMSCRIPTEN_KEEPALIVE void probe_download() { platform::disk::download_rescue(false); }
EMSCRIPTEN_KEEPALIVE int probe_use_update() { return platform::offline::use_update() ? 1 : 0; }

EMSCRIPTEN_KEEPALIVE const char* probe_restore(int schema_version) {
    const auto restored =
        platform::disk::restore(base::as_bytes(brought), application_id, schema_version);
    return tell(restored ? "accepted"
                         : std::string(base::outcome_text(restored.error().outcome).name));
}

} // extern "C"
