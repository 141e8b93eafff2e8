#include "server/intake/publish.hpp"

#include "shared/rules/context.hpp"

#include <optional>

namespace intake {
namespace {

using base::Outcome;
using notice::PackageMistake;

// Nobody reads more at once, and each costs a pass over the package.
constexpr int expression_mistakes_max = 100;

constexpr const char* empty_ground = R"sql(
CREATE TABLE g_matters(filing, root, key, form, period, position);
CREATE TABLE g_values(key, row, field, value);
CREATE TABLE g_ledger(certificate, level, year, amount);
CREATE TABLE g_catalogue(certificate, name, organisation, level, min_headcount);
CREATE TABLE g_unit(id, name, kind, city);
CREATE TABLE g_period(id, kind, opens, closes);
)sql";

base::Status prepare_all(const notice::Package& package) {
    SHENBAO_ASSIGN(auto database, sqlite::Database::open(":memory:", sqlite::OpenMode::create));
    SHENBAO_TRY(database.run_script(empty_ground));
    const rules::ContextViews views =
        rules::make_context(database, package,
                            {"g_matters", "g_values", "g_ledger", "g_catalogue", "g_unit",
                             "g_period"});
    SHENBAO_TRY(rules::Engine::prepare(database, package, views));
    return {};
}

// The engine says one wrong expression with its path; absent when it speaks of no place.
std::optional<PackageMistake> as_mistake(const base::Fault& fault) {
    const std::string mark = "：";
    const std::size_t at = fault.detail.find(mark);
    if (fault.outcome != Outcome::bad_rule || at == std::string::npos) return std::nullopt;
    return PackageMistake{fault.detail.substr(0, at), fault.detail.substr(at + mark.size())};
}

// The engine stops at the first wrong expression. An author wants all of them, so each one found is
// put out of the way and the rest is tried again.
std::vector<PackageMistake> expression_mistakes(const notice::Package& package) {
    std::vector<PackageMistake> mistakes;
    auto                        document = base::parse_json(package.text);
    std::optional<notice::Package> rest = package;
    while (rest && int(mistakes.size()) < expression_mistakes_max) {
        const base::Status prepared = prepare_all(*rest);
        if (prepared) break;
        const auto mistake = as_mistake(prepared.error());
        if (!mistake) {
            mistakes.push_back({"", prepared.error().detail});
            break;
        }
        mistakes.push_back(*mistake);
        const base::Json::json_pointer place(mistake->path);
        if (!document || !document->contains(place)) break;
        (*document)[place] = "NULL";
        rest = notice::load(base::to_text(*document)).package;
    }
    return mistakes;
}

} // namespace

notice::LoadedPackage check_package(std::string_view document) {
    notice::LoadedPackage loaded = notice::load(document);
    if (!loaded.package) return loaded;
    loaded.mistakes = expression_mistakes(*loaded.package);
    if (!loaded.mistakes.empty()) loaded.package.reset();
    return loaded;
}

base::Result<Publication> publish(Site& site, std::string_view document) {
    const notice::LoadedPackage checked = check_package(document);
    if (!checked.package)
        return base::fail(Outcome::bad_package, mistake_lines(checked.mistakes, ""));
    const base::NoticeRef& ref = checked.package->ref;
    SHENBAO_ASSIGN(auto store, site.open_store());
    SHENBAO_TRY(site.refresh_packages(*store));
    if (site.is_current(ref)) return Publication::unchanged;
    // First the bytes: a document that nothing refers to yet does no harm, the reverse would.
    SHENBAO_TRY(store->begin());
    SHENBAO_TRY(store->keep_package(ref, document));
    SHENBAO_TRY(store->commit());
    // Which of the earlier version's windows are open now decides how long it is taken.
    SHENBAO_TRY(site.append_acts({envelope::NoticePublication{ref}}, Site::Dated::now));
    SHENBAO_TRY(site.refresh_packages(*store));
    return Publication::published;
}

std::string mistake_lines(const std::vector<PackageMistake>& mistakes, const std::string& place) {
    std::string lines;
    for (const PackageMistake& mistake : mistakes)
        lines += (lines.empty() ? "" : "\n") + place + mistake.path + "：" + mistake.reason;
    return lines;
}

} // namespace intake
