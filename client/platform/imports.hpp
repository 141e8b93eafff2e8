// The browser's side of the seam: implemented by imports.js, in the same order. Only files of
// client/platform call these; everyone else uses page.hpp, browser.hpp, net.hpp, timer.hpp.
#pragma once

#include <cstddef>
#include <cstdint>

extern "C" {

void page_begin();
void page_request_frame();
// Writes advance, columns left of the origin, rows above the base line, width, height; device
// pixels. shift: to the right, 0-1.
void page_glyph_measure(int face, float pixels, std::uint32_t code_point, float shift, float* into);
void page_glyph_keep(); // Draws the glyph measured last, to be taken with others.
void page_glyphs_take(std::uint8_t* into, std::size_t bytes); // All that were kept, one after another.
void page_font_metrics(int face, float pixels, float* into);   // Writes ascent and descent.
// The picture on the canvas (web/picture.js). begin: zero when the browser has no WebGL2 for us.
int page_picture_begin();
int page_picture_texture(const std::uint8_t* coverage, int width, int height); // Number, from 1.
void page_picture_update(int texture, const std::uint8_t* coverage, int texture_width, int x, int y,
                         int width, int height);
void page_picture_delete(int texture);
void page_picture_clear(int width, int height, float css_width, float css_height);
void page_picture_list(const void* vertices, std::size_t vertex_bytes, const void* indices,
                       std::size_t index_bytes);
// Of the newest list, cut to the rectangle (device pixels, y upwards).
void page_picture_triangles(int texture, int x, int y, int width, int height,
                            unsigned int first_vertex, unsigned int first_index,
                            unsigned int indices);
void page_mirror(const std::uint8_t* at, std::size_t bytes);
void page_focus(std::uint32_t handle);
void page_blur();
void page_scroll_to(std::uint32_t handle, float x, float y);
void page_reveal(std::uint32_t handle);
void page_announce(const char* at, std::size_t bytes);
void page_title(const char* at, std::size_t bytes);
void page_timer(int number, double milliseconds);
void page_fetch(int number, const char* method, std::size_t method_bytes, const char* url,
                std::size_t url_bytes, const char* headers, std::size_t headers_bytes,
                const char* body, std::size_t body_bytes, double milliseconds);
void page_cancel_fetch(int number);
void page_download(const char* name, std::size_t name_bytes, const char* type,
                   std::size_t type_bytes, const void* body, std::size_t body_bytes);
void page_pick_file(int number, const char* accept, std::size_t accept_bytes, int as_text);
void page_copy(const char* at, std::size_t bytes);
void page_open_link(const char* at, std::size_t bytes);
void page_print(const char* at, std::size_t bytes);
int page_online();
int page_visible();
void page_reload();
std::size_t page_address(char* into, std::size_t bytes_max); // The number of bytes written.

} // extern "C"
