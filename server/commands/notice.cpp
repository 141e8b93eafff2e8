// Packages of notices on the command line: check one, make one live.
#include "server/commands/commands.hpp"

#include "server/intake/publish.hpp"

#include <cstdio>

namespace commands {
namespace {

using base::Outcome;

std::string package_path(const std::string& folder) { return folder + "/package.json"; }

// The document, when nothing is wrong with it.
base::Result<std::string> read_sound_package(const std::string& folder) {
    const std::string path = package_path(folder);
    SHENBAO_ASSIGN(std::string document, read_whole_file(path));
    const notice::LoadedPackage checked = intake::check_package(document);
    if (!checked.package)
        return base::fail(Outcome::bad_package,
                          intake::mistake_lines(checked.mistakes, path + "#"));
    return document;
}

} // namespace

base::Status check_notice(const std::string& folder) {
    SHENBAO_ASSIGN(const std::string document, read_sound_package(folder));
    SHENBAO_ASSIGN(const notice::Package package, notice::load_package(document));
    std::printf("通知包正确：%s\n", package.ref.text().c_str());
    return {};
}

base::Status publish_notice(const std::string& data, const std::string& folder) {
    SHENBAO_ASSIGN(const std::string document, read_sound_package(folder));
    SHENBAO_ASSIGN(const auto site, intake::Site::open(data));
    SHENBAO_ASSIGN(const intake::Publication outcome, intake::publish(*site, document));
    std::printf(outcome == intake::Publication::unchanged
                    ? "这一版本已经是现行通知，没有变化：%s\n"
                    : "已发布，各单位下次同步时收到：%s\n",
                site->current_package()->ref.text().c_str());
    return {};
}

} // namespace commands
