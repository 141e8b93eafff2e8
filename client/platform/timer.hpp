// Calls back once, not before the time has passed; a frame is drawn after it. A hidden page may be
// called late.
#pragma once

#include <functional>

namespace platform {

void after_ms(double milliseconds, std::function<void()> done);

} // namespace platform
