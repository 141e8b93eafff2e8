// The program that the platform drives. A page has exactly one; the file that defines
// make_application() decides which (client/app/main.cpp, or client/gallery.cpp for the test bed).
#pragma once

#include <memory>

namespace platform {

class Application {
public:
    virtual ~Application() = default;

    // Draws everything with widgets. Called once for each event (semantics/input.hpp) and again
    // while the layout has not come to rest (page.hpp, layout_changed), so it must draw the same
    // twice.
    virtual void frame() = 0;
};

// Called once, after the page can draw and the window's size is known.
std::unique_ptr<Application> make_application();

} // namespace platform
