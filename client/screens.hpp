// The list of screens: an id, the words of the rail, who sees it, how it is drawn. To learn what
// the page shows, read screens.cpp; to add a screen, copy the smallest neighbour in screens/. Forms
// are in no list here: the rail takes them from the notice, and two screens draw any of them.
#pragma once

#include <span>
#include <string_view>

class App;

enum class ScreenId {
    home,
    form_list,  // A form of which there may be many: its grid, or the list of its requests.
    form_paper, // One form as paper.
    ledger, // 指标台账
    outbox,
    receipts,
    tables,
    units,         // 单位与设备
    extensions,    // 延期
    announcements, // 通知公告
    review_queue,
    review_file, // One filing, to be decided.
    settings
};

struct Screen {
    ScreenId         id;
    std::string_view key;     // Stable, for the mirror's ids.
    std::string_view title;   // In the rail; empty: reached from another screen.
    std::string_view group;   // Head above it in the rail; empty: none.
    std::string_view roles;   // "school", "city province"…
    void (*draw)(App&);
    int (*count)(App&);       // The number beside it in the rail; null: none.
    bool count_waits = false; // The count asks for an act.
};

std::span<const Screen> screens();
const Screen&           screen_of(ScreenId id);
