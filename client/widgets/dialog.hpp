// What lies over the page: a question that must be answered, and a word about what was just done.
#pragma once

#include "client/widgets/layout.hpp"
#include "client/widgets/words.hpp"

#include <optional>
#include <string_view>

namespace widgets {

// A sheet over the page while it lives; nothing else can be reached meanwhile, and the focus goes
// back to where it was afterwards. Screens keep themselves whether it is open.
class Dialog {
public:
    Dialog(std::string_view id, std::string_view title, float width = 480);
    ~Dialog();
    Dialog(const Dialog&) = delete;
    Dialog& operator=(const Dialog&) = delete;

    // Escape was pressed: treat it as the answer that changes nothing.
    bool dismissed() const { return m_dismissed; }

private:
    std::uint64_t m_key;
    std::optional<OnLayer> m_layer;
    std::optional<Scroll> m_scroll;
    Rect m_rect;
    bool m_dismissed = false;
};

// A short question with two answers. Draws the whole dialog.
enum class Answer : std::uint8_t { none, yes, no };
struct Question {
    std::string_view title, words, yes, no = "取消";
    bool dangerous = false; // yes cannot be undone: it is red, and no has the focus.
};
Answer ask(std::string_view id, const Question& question);

// A bar at the lower edge, read out when it appears: "已删除 Web前端开发" with 撤销. Returns true
// when its action was pressed. Screens keep themselves how long it is shown (platform/timer.hpp).
bool toast(std::string_view id, std::string_view words, std::string_view action = {});

} // namespace widgets
