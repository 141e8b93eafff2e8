// The program's own files on this machine, kept by the service worker (web/sw.js, web/offline.js):
// when the program can start without a network, and when a newer one is at hand.
#pragma once

#include <functional>

namespace platform::offline {

enum class Readiness {
    unavailable, // This browser keeps nothing, or the line was cut; it is tried again at the next
                 // start.
    fetching,
    ready, // The next start needs no network.
};
Readiness readiness();

// True when a newer program is complete on this machine. It is used when asked for, and not before.
bool update_waiting();

// Changes to the newer program by loading the page again. False, and nothing happens, while a
// commit is not saved (disk::saving().pending).
bool use_update();

// Called when one of the above has changed.
void on_change(std::function<void()> listener);

} // namespace platform::offline
