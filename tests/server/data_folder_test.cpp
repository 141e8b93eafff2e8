// The data folder: made whole or not at all, and looked at without being touched.
#include "server/commands/commands.hpp"
#include "tests/server/town.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

namespace fs = std::filesystem;
using base::Outcome;
using intake::Site;

namespace notice {
extern const std::string_view shipped_text;
}

namespace {

std::vector<std::string> files_in(const std::string& folder) {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder))
        names.push_back(entry.path().filename());
    return names;
}

} // namespace

TEST_CASE("an interrupted init is begun again, at whichever step it ended") {
    const town::Folder folder;
    const std::string  data = folder.path + "/data";
    const std::string  filling = data + "/.filling";
    SUBCASE("while the files were made") {
        fs::create_directories(filling);
        std::ofstream(filling + "/shenbao.db") << "half a database";
    }
    SUBCASE("when everything was made and nothing moved") {
        REQUIRE(Site::init(filling, notice::shipped_text).has_value());
    }
    SUBCASE("when the database was moved and the key was not") {
        REQUIRE(Site::init(filling, notice::shipped_text).has_value());
        fs::rename(filling + "/shenbao.db", data + "/shenbao.db");
    }
    REQUIRE(Site::init(data, notice::shipped_text).has_value());
    CHECK(files_in(data).size() == 2);
    CHECK(commands::check(data).has_value());
}

TEST_CASE("a data folder is not made over, not even one that has lost its key") {
    const town::Folder folder;
    const std::string  data = folder.path + "/data";
    REQUIRE(Site::init(data, notice::shipped_text).has_value());
    CHECK(Site::init(data, notice::shipped_text).error().outcome == Outcome::storage_foreign);
    const auto size = fs::file_size(data + "/shenbao.db");
    fs::remove(data + "/server.key");
    CHECK(Site::init(data, notice::shipped_text).error().outcome == Outcome::storage_foreign);
    CHECK(fs::file_size(data + "/shenbao.db") == size);
    CHECK_FALSE(fs::exists(data + "/server.key"));
}

TEST_CASE("check looks at a copy: it waits for no writer, and leaves nothing behind") {
    town::Town town;
    const auto device = town.new_device("D001");
    REQUIRE(town.submit(device, town.declaration(device)).result == protocol::LineResult::accepted);
    auto writer = town.site().open_store();
    REQUIRE(writer.has_value());
    REQUIRE((*writer)->begin().has_value());
    CHECK(commands::check(town.data()).has_value());
    REQUIRE((*writer)->commit().has_value());
    for (const std::string& name : files_in(town.data())) CHECK(name.rfind("copy-", 0) != 0);
}
