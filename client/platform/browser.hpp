// What the browser can do for the program besides drawing. Calls that open something (a file
// dialog, a window, the printer) must follow a click closely, or the browser refuses them.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace platform {

// Saves a file where the browser saves files.
void download(std::string_view name, std::string_view media_type, std::string_view content);

struct PickedFile {
    std::string name;
    std::string content;
};
// accept is as in HTML, ".csv,image/png". The callback does not come when the person picks nothing.
void pick_file(std::string_view accept, std::function<void(PickedFile)> done);
// The same for a file of words, which come as UTF-8: it may be UTF-8, UTF-16 or GBK.
void pick_text_file(std::string_view accept, std::function<void(PickedFile)> done);

void copy_text(std::string_view text);
void open_link(std::string_view url); // In a window of its own.

// Shows the print dialog for a whole HTML document with styles of its own.
void print_html(std::string_view html);

// Whether the browser believes there is a line. False is certain, true is a hope. A change draws a
// frame.
bool online();
bool visible();
// As the page was opened, with the fragment that has gone from the browser's own line since.
std::string address();
void reload();

} // namespace platform
