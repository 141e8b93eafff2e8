// The frame around every screen: top bar, rail, one page. In a narrow window the rail folds into a
// menu behind a button of the top bar.
//
//   {
//       widgets::TopBar bar("申报", "亳州中药科技学校");
//       widgets::pill("rehearsal", "演练 2023-03-29 16:20", widgets::Tone::rehearsal);
//       bar.push_right();
//       widgets::status("saved", "已保存 16:20", …);
//   }
//   {
//       widgets::Rail rail;
//       if (widgets::nav_item("home", "首页", {.current = true})) …
//       widgets::nav_heading("2023 年春季");
//   }
//   widgets::Page page("home", "首页");
#pragma once

#include "client/widgets/layout.hpp"
#include "client/widgets/words.hpp"

#include <optional>
#include <string_view>

namespace widgets {

class TopBar {
public:
    TopBar(std::string_view product, std::string_view unit);
    ~TopBar();
    TopBar(const TopBar&) = delete;
    TopBar& operator=(const TopBar&) = delete;

    void push_right(); // What follows stands at the right end.

private:
    Rect m_rect;
    std::uint64_t m_key;
    float m_group_from = 0;
    bool m_right = false;
};

class Rail {
public:
    Rail();
    ~Rail();
    Rail(const Rail&) = delete;
    Rail& operator=(const Rail&) = delete;

private:
    std::optional<OnLayer> m_layer;
    std::optional<Scroll> m_scroll;
    bool m_shown = false;
};

void nav_heading(std::string_view words);

enum class CountTone : std::uint8_t { informs, waits }; // waits: something is to be done there.

struct NavLook {
    bool current = false;
    int count = 0; // 0: none is drawn.
    CountTone tone = CountTone::informs;
    std::string_view count_means = {}; // Read out behind the name: "5 张"; empty: the number alone.
};
bool nav_item(std::string_view id, std::string_view label, NavLook look = {});

// The part of the window that is left, scrolling. id: another page begins at its top, one that was
// there before where it was left, unless at_top is said.
class Page {
public:
    enum class Begins : std::uint8_t { where_left, at_top };
    Page(std::string_view id, std::string_view name, Begins begins = Begins::where_left);
    ~Page();
    Page(const Page&) = delete;
    Page& operator=(const Page&) = delete;

private:
    std::optional<Scroll> m_scroll;
};

// A page without bar and rail, one column in the middle: first start, or a sentence that explains
// why nothing else can be shown. width: of the column at most.
class LonePage {
public:
    LonePage(std::string_view id, std::string_view name, float width);
    ~LonePage();
    LonePage(const LonePage&) = delete;
    LonePage& operator=(const LonePage&) = delete;

private:
    std::optional<Scroll> m_scroll;
};

// True when the rail is folded and columns stand one under the other.
bool is_phone();

} // namespace widgets
