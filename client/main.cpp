// Opens the desk on this browser's disk and starts the program, or says why it cannot.
#include "client/app.hpp"
#include "client/platform/disk.hpp"

namespace {

base::SystemClock  system_clock;
base::SystemRandom system_random;

// A program that could not start: disk::refuse() has said why, over the whole page.
class Refused final : public platform::Application {
public:
    void frame() override {}
};

base::Result<device::Desk> open_desk() {
    SHENBAO_ASSIGN(sqlite::Database database, platform::disk::open());
    return device::Desk::open(std::move(database), system_clock, system_random);
}

} // namespace

std::unique_ptr<platform::Application> platform::make_application() {
    auto desk = open_desk();
    if (desk) return std::make_unique<App>(std::move(*desk));
    platform::disk::refuse(desk.error());
    return std::make_unique<Refused>();
}
