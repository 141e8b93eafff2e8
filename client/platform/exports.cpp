// Every call of the browser into the program: web/page.js and web/mirror.js make them. Texts and
// bytes are first put where room() points, then named by their lengths.
#include "client/platform/drawing.hpp"
#include "client/platform/imports.hpp"
#include "client/platform/page.hpp"
#include "client/platform/replies.hpp"

#include <emscripten/emscripten.h>

#include <string>

namespace {

std::string brought;

std::string_view brought_text(int from, int bytes) {
    return std::string_view(brought).substr(static_cast<std::size_t>(from),
                                            static_cast<std::size_t>(bytes));
}

void push(semantics::Event event) {
    platform::input().push(std::move(event));
    platform::request_frame();
}

} // namespace

extern "C" {

EMSCRIPTEN_KEEPALIVE void shenbao_begin() { page_begin(); }

EMSCRIPTEN_KEEPALIVE void shenbao_start() { platform::start(); }

EMSCRIPTEN_KEEPALIVE char* shenbao_room(int bytes) {
    brought.resize(static_cast<std::size_t>(bytes));
    return brought.data();
}

EMSCRIPTEN_KEEPALIVE void shenbao_frame(double now_ms) { platform::draw_frame(now_ms); }

EMSCRIPTEN_KEEPALIVE int shenbao_layouts() { return platform::layouts(); } // For tests.

EMSCRIPTEN_KEEPALIVE void shenbao_viewport(float w, float h, float density, int coarse) {
    platform::set_viewport(w, h, density, coarse);
}

EMSCRIPTEN_KEEPALIVE void shenbao_pointer(float x, float y, int down, int draw) {
    platform::set_pointer(x, y, down);
    if (draw) platform::request_frame();
}

EMSCRIPTEN_KEEPALIVE void shenbao_clicked(std::uint32_t at) {
    push({semantics::EventKind::click, at, {}, 0, {}, {}});
}

EMSCRIPTEN_KEEPALIVE void shenbao_edited(std::uint32_t at, int bytes, int composing) {
    push({semantics::EventKind::edit,
          at,
          std::string(brought_text(0, bytes)),
          0,
          composing ? semantics::Composing::yes : semantics::Composing::no,
          {}});
}

EMSCRIPTEN_KEEPALIVE void shenbao_pasted(std::uint32_t at, int bytes) {
    push({semantics::EventKind::paste, at, std::string(brought_text(0, bytes)), 0, {}});
}

EMSCRIPTEN_KEEPALIVE void shenbao_key(std::uint32_t at, std::uint32_t key) {
    push({semantics::EventKind::key, at, {}, key, {}, {}});
}

EMSCRIPTEN_KEEPALIVE void shenbao_focused(std::uint32_t at, std::uint32_t seen) {
    push({semantics::EventKind::focus, at, {}, seen, {}, {}});
}

EMSCRIPTEN_KEEPALIVE void shenbao_scrolled(std::uint32_t at, float x, float y) {
    push({semantics::EventKind::scroll, at, {}, 0, {}, {x, y}});
}

EMSCRIPTEN_KEEPALIVE void shenbao_line(int) { platform::request_frame(); }

EMSCRIPTEN_KEEPALIVE void shenbao_visible(int) { platform::request_frame(); }

EMSCRIPTEN_KEEPALIVE void shenbao_fetched(int number, int status, int header_bytes,
                                          int body_bytes) {
    const std::string answer = std::move(brought); // The callback may ask for room again.
    brought.clear();
    const std::string_view all = answer;
    platform::fetched(
        number, status, all.substr(0, static_cast<std::size_t>(header_bytes)),
        all.substr(static_cast<std::size_t>(header_bytes), static_cast<std::size_t>(body_bytes)));
    platform::request_frame();
}

EMSCRIPTEN_KEEPALIVE void shenbao_timer(int number) {
    platform::timer_rang(number);
    platform::request_frame();
}

EMSCRIPTEN_KEEPALIVE void shenbao_picked(int number, int name_bytes, int body_bytes) {
    const std::string file = std::move(brought);
    brought.clear();
    const std::string_view all = file;
    platform::picked(
        number, all.substr(0, static_cast<std::size_t>(name_bytes)),
        all.substr(static_cast<std::size_t>(name_bytes), static_cast<std::size_t>(body_bytes)));
    platform::request_frame();
}

EMSCRIPTEN_KEEPALIVE void shenbao_drawing_lost() { platform::drawing_lost(); }

EMSCRIPTEN_KEEPALIVE void shenbao_drawing_restored() { platform::drawing_restored(); }

} // extern "C"
