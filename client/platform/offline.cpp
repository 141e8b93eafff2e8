#include "client/platform/offline.hpp"

#include "client/platform/disk_imports.hpp"

#include <emscripten/emscripten.h>

namespace platform::offline {
namespace {

std::function<void()> listener;

} // namespace

Readiness readiness() { return Readiness(offline_readiness()); }

bool update_waiting() { return offline_update_waiting() != 0; }

bool use_update() { return offline_use_update() != 0; }

void on_change(std::function<void()> changed) { listener = std::move(changed); }

} // namespace platform::offline

// web/offline.js: one of the above has changed.
extern "C" EMSCRIPTEN_KEEPALIVE void shenbao_offline_changed() {
    if (platform::offline::listener) platform::offline::listener();
}
