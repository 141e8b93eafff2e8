#include "client/platform/browser.hpp"

#include "client/platform/imports.hpp"
#include "client/platform/net.hpp"
#include "client/platform/replies.hpp"
#include "client/platform/timer.hpp"

#include <unordered_map>

namespace platform {

namespace {

// What is waited for, by the number that the browser brings back.
template <class Callback> struct Waiting {
    int last = 0;
    std::unordered_map<int, Callback> callbacks;

    int add(Callback callback) {
        callbacks.emplace(++last, std::move(callback));
        return last;
    }
    // Empty when the number is unknown.
    Callback take(int number) {
        const auto place = callbacks.find(number);
        if (place == callbacks.end()) return {};
        Callback callback = std::move(place->second);
        callbacks.erase(place);
        return callback;
    }
};

Waiting<std::function<void(Response)>> fetches;
Waiting<std::function<void()>> timers;
Waiting<std::function<void(PickedFile)>> picks;

std::vector<std::pair<std::string, std::string>> split_headers(std::string_view lines) {
    std::vector<std::pair<std::string, std::string>> headers;
    while (!lines.empty()) {
        const std::size_t end = lines.find('\n');
        const std::string_view line = lines.substr(0, end);
        const std::size_t colon = line.find(": ");
        if (colon != std::string_view::npos)
            headers.emplace_back(line.substr(0, colon), line.substr(colon + 2));
        lines.remove_prefix(end == std::string_view::npos ? lines.size() : end + 1);
    }
    return headers;
}

} // namespace

void download(std::string_view name, std::string_view media_type, std::string_view content) {
    page_download(name.data(), name.size(), media_type.data(), media_type.size(), content.data(),
                  content.size());
}

void pick_file(std::string_view accept, std::function<void(PickedFile)> done) {
    picks.callbacks.clear(); // A dialog that was closed never answers.
    page_pick_file(picks.add(std::move(done)), accept.data(), accept.size(), 0);
}

void pick_text_file(std::string_view accept, std::function<void(PickedFile)> done) {
    picks.callbacks.clear();
    page_pick_file(picks.add(std::move(done)), accept.data(), accept.size(), 1);
}

void copy_text(std::string_view text) { page_copy(text.data(), text.size()); }
void open_link(std::string_view url) { page_open_link(url.data(), url.size()); }
void print_html(std::string_view html) { page_print(html.data(), html.size()); }
bool online() { return page_online() != 0; }
bool visible() { return page_visible() != 0; }
void reload() { page_reload(); }

std::string address() {
    char text[500];
    return {text, page_address(text, sizeof text)};
}

std::string_view Response::header(std::string_view name) const {
    for (const auto& [known, value] : headers)
        if (known == name) return value;
    return {};
}

int fetch(const Request& request, std::function<void(Response)> done) {
    std::string headers;
    for (const auto& [name, value] : request.headers) {
        if (!headers.empty()) headers += '\n';
        headers += name + ": " + value;
    }
    const int number = fetches.add(std::move(done));
    page_fetch(number, request.method.data(), request.method.size(), request.url.data(),
               request.url.size(), headers.data(), headers.size(), request.body.data(),
               request.body.size(), request.patience_ms);
    return number;
}

void cancel(int request) { page_cancel_fetch(request); }

void after_ms(double milliseconds, std::function<void()> done) {
    page_timer(timers.add(std::move(done)), milliseconds);
}

void fetched(int number, int status, std::string_view headers, std::string_view body) {
    if (auto done = fetches.take(number)) done({status, split_headers(headers), std::string(body)});
}

void timer_rang(int number) {
    if (auto done = timers.take(number)) done();
}

void picked(int number, std::string_view name, std::string_view content) {
    if (auto done = picks.take(number)) done({std::string(name), std::string(content)});
}

} // namespace platform
