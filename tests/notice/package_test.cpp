#include "shared/notice/package.hpp"

#include "shared/base/bytes.hpp"
#include "shared/base/json.hpp"

#include <doctest/doctest.h>

#include <map>
#include <set>

namespace vectors {
extern const std::string_view anhui_2023_14;
extern const std::string_view package_schema;
extern const std::string_view anhui_2024;
} // namespace vectors

using base::Json;

namespace {

Json shipped() { return *base::parse_json(vectors::anhui_2023_14); }

// The shipped package with what it has no use for itself, so that every member is there.
Json with_every_member() {
    Json document = shipped();
    document["accept_until"] = "2023-12-31";
    Json& declaration = document["forms"][0];
    declaration["fields"][2]["was"] = "planned_headcount";
    declaration["serves"]["columns"] = {
        {"certificate", "certificate"}, {"level", "level"}, {"headcount", "headcount"}};
    Json& increase = document["forms"][2];
    increase["serves"]["columns"] = {{"approved_before", "approved_before"},
                                     {"approved_after", "approved_after"}};
    increase["blocks"][2]["inlines"][1] = {{"computed", "increase"}, {"width_em", 4}};
    Json& report = document["forms"][3];
    report["page"] = "landscape";
    Json& columns = report["serves"]["columns"];
    for (const std::string_view column : notice::standard_columns(notice::Serves::report))
        columns[std::string(column)] = column;
    return document;
}

// The reasons of a changed document by their paths.
std::multimap<std::string, std::string> mistakes_of(const Json& document) {
    std::multimap<std::string, std::string> found;
    for (const notice::PackageMistake& mistake : notice::load(base::to_text(document)).mistakes)
        found.emplace(mistake.path, mistake.reason);
    return found;
}

struct Wrong {
    const char* path;  // Where the document is changed, and where the mistake must be named.
    const char* value; // JSON; empty: the member is taken out.
    const char* named; // Another path of the mistake; empty: the same.
};

// Every kind of mistake that load() knows, one a line.
const Wrong wrongs[] = {
    {"/id", "\"Anhui 2023\"", ""},
    {"/id", "", "-"},
    {"/title", "7", ""},
    {"/title", "\"\"", ""},
    {"/date", "\"2023-02-30\"", ""},
    {"/periods", "{}", ""},
    {"/periods", "", "-"},
    {"/periods", "[]", ""},
    {"/periods/1", "{\"id\":\"2023-spring\",\"name\":\"二\",\"kind\":\"round\"}", ""},
    {"/periods/0/id", "\"2023-3\"", ""},
    {"/periods/0/kind", "\"week\"", ""},
    {"/periods/0/kind", "\"month\"", "/periods/0/id"},
    {"/periods/0", "\"spring\"", ""},
    {"/review_windows/0/period", "\"2024-spring\"", ""},
    {"/review_windows/0/stage", "\"third_review\"", ""},
    {"/review_windows/0/closes", "\"2023-03-31\"", ""},
    {"/holidays/1/date", "\"2023-04-05\"", "/holidays/1"},
    {"/unit_kinds/1/id", "\"secondary_vocational\"", "/unit_kinds/1"},
    {"/unit_kinds/0/role", "\"teacher\"", ""},
    {"/unit_kinds/0/first_review", "1", ""},
    {"/cities/1", "\"合肥市\"", ""},
    {"/cities/1", "1", ""},
    {"/forms", "[]", ""},
    {"/forms/0/id", "\"school_summary\"", "/forms/1"},
    {"/forms/0/id", "\"1st\"", ""},
    {"/forms/0/unit_kinds/0", "\"kindergarten\"", ""},
    {"/forms/0/unit_kinds", "[]", ""},
    {"/forms/0/key/0", "\"headcounts\"", ""},
    {"/forms/0/many", "\"yes\"", ""},
    {"/forms/0/review", "\"ignored\"", ""},
    {"/forms/0/fields", "[]", ""},
    {"/forms/0/fields/1/id", "\"certificate\"", "/forms/0/fields/1"},
    {"/forms/0/fields/0/id", "\"rows\"", ""},
    {"/forms/0/fields/0/id", "\"a234567890123456789012345678901234567890x\"", ""},
    {"/forms/0/fields/0/type", "\"date\"", ""},
    {"/forms/0/fields/0/choices", "[\"初级\"]", ""},
    {"/forms/0/fields/1/choices", "[]", ""},
    {"/forms/0/fields/1/choices", "", "/forms/0/fields/1"},
    {"/forms/0/fields/1/choices/1", "\"初级\"", "/forms/0/fields/1/choices"},
    {"/forms/0/fields/2/min", "2000000", ""},
    {"/forms/0/fields/2/min", "-1", ""},
    {"/forms/0/fields/2/max", "1.5", "-"}, // Not I-JSON with integers only: the whole document.
    {"/forms/0/fields/2/characters_max", "10", ""},
    {"/forms/0/rules/1/id", "\"certificate_listed\"", "/forms/0/rules/1"},
    {"/forms/0/rules/0/fields/0", "\"rows.level\"", ""},
    {"/forms/0/rules/0/fields", "[]", ""},
    {"/forms/0/rules/0/severity", "\"fatal\"", ""},
    {"/forms/0/rules/0/check", "", "/forms/0/rules/0"},
    {"/forms/0/rules/1/text", "\"该证书没有{grade}\"", ""},
    {"/forms/0/rules/1/text", "\"该证书没有{level}\"", "/forms/0/rules/1/values"},
    {"/forms/0/blocks/0/kind", "\"chapter\"", ""},
    {"/forms/0/blocks/0/text", "", "/forms/0/blocks/0"},
    {"/forms/0/blocks/0/columns", "[{\"id\":\"level\",\"head\":\"级别\"}]", ""},
    {"/forms/0/blocks/2/inlines", "[]", ""},
    {"/forms/0/blocks/2/inlines/1/context", "\"unit.phone\"", "/forms/0/blocks/2/inlines/1"},
    {"/forms/0/blocks/2/inlines/1/text", "\"学校\"", "/forms/0/blocks/2/inlines/1"},
    {"/forms/0/blocks/2/inlines/1/width_em", "0", ""},
    {"/forms/0/blocks/3/inlines/1/field", "\"grade\"", "/forms/0/blocks/3/inlines/1"},
    {"/forms/0/windows", "[]", ""},
    {"/forms/0/windows/1/period", "\"2023-spring\"", "/forms/0/windows/1"},
    {"/forms/0/windows/0/period", "\"2023-winter\"", ""},
    {"/forms/0/windows/0/closes", "\"2023-03-19\"", ""},
    {"/forms/0/windows/0/closes", "", "/forms/0/windows/0"},
    {"/forms/0/windows/0/always", "true", "/forms/0/windows/0/opens"},
    {"/forms/1/table/columns", "[]", ""},
    {"/forms/1/table/columns/2/id", "\"seq\"", ""},
    {"/forms/1/table/rows_min", "301", ""},
    {"/forms/1/table/rows_from", "\"reports\"", ""},
    {"/forms/1/computed/0/id", "\"contact\"", "/forms/1/fields/0/id"},
    {"/forms/1/computed/0/decimals", "5", ""},
    {"/forms/1/blocks/3/columns/1/id", "\"name\"", ""},
    {"/forms/1/blocks/3/columns/1/align", "\"top\"", ""},
    {"/forms/1/blocks/3/total_under", "\"phone\"", ""},
    {"/forms/1/blocks/3/total_computed", "\"total\"", ""},
    {"/forms/0/serves/as", "\"quota\"", ""},
    {"/forms/0/serves/as", "\"increase\"", "/forms/2/serves/as"},
    {"/forms/0/serves/columns", "{\"headcount\":\"persons\"}", "/forms/0/serves/columns/headcount"},
    {"/forms/0/serves/columns", "{\"headcount\":\"level\"}", "/forms/0/serves/columns/headcount"},
    {"/forms/0/serves/columns", "{\"quota\":\"headcount\"}", "/forms/0/serves/columns/quota"},
    {"/forms/0/page", "\"A3\"", ""},
    {"/forms/0/national_platform", "\"yes\"", ""},
    {"/forms/3/fields/0/prefill", "7", ""},
    {"/forms/3/fields/0/was", "7", ""},
    {"/accept_until", "\"2023\"", ""},
    {"/forms/1/mail/to", "\"somebody\"", ""},
    {"/forms/1/mail/subject_pattern", "\"2023年证书申报\"", ""},
};

void change(Json& document, const std::string& path, std::string_view value) {
    const Json::json_pointer pointer(path);
    if (value.empty()) document.at(pointer.parent_pointer()).erase(pointer.back());
    else document[pointer] = Json::parse(value, nullptr, false);
}

// What a schema of package.schema.json says about a value. It knows only the keywords that file
// uses, and fails on any other, so that no keyword is there for show.
class Schema {
public:
    explicit Schema(const Json& root) : m_root(root) {}

    void check(const Json& schema, const Json& value, const std::string& path) {
        for (const auto& item : schema.items()) {
            const std::string keyword = item.key();
            const Json& wanted = item.value();
            CAPTURE(path);
            CAPTURE(keyword);
            CHECK_MESSAGE(holds(keyword, wanted, schema, value, path), path, " ", keyword);
        }
    }

    // Visits every object of the document with the definition that describes it.
    template <class Visit>
    void walk(const Json& schema, const Json& value, const std::string& path, Visit&& visit) {
        if (schema.contains("$ref")) return walk(target(schema), value, path, visit);
        if (value.is_array() && schema.contains("items")) {
            for (std::size_t i = 0; i < value.size(); ++i)
                walk(schema.at("items"), value.at(i), path + "/" + std::to_string(i), visit);
        } else if (value.is_object() && schema.contains("properties")) { // Not a map of names.
            visit(schema, value, path);
            for (const auto& [name, member] : value.items())
                walk(schema.at("properties").at(name), member, path + "/" + name, visit);
        }
    }

    const Json& target(const Json& schema) const {
        return m_root.at(Json::json_pointer(schema.at("$ref").get<std::string>().substr(1)));
    }

private:
    bool holds(const std::string& keyword, const Json& wanted, const Json& schema,
               const Json& value, const std::string& path) {
        if (keyword == "$ref") return check(target(schema), value, path), true;
        if (keyword == "type") return is_type(value, wanted.get<std::string>());
        if (keyword == "enum") return std::find(wanted.begin(), wanted.end(), value) != wanted.end();
        if (keyword == "minLength") return value.get<std::string>().size() >= wanted;
        if (keyword == "maxLength") return value.get<std::string>().size() <= wanted;
        if (keyword == "minItems") return value.size() >= wanted.get<std::size_t>();
        if (keyword == "minimum") return value >= wanted;
        if (keyword == "maximum") return value <= wanted;
        if (keyword == "required") {
            for (const Json& name : wanted)
                if (!value.contains(name.get<std::string>())) return false;
            return true;
        }
        if (keyword == "items") {
            for (std::size_t i = 0; i < value.size(); ++i)
                check(wanted, value.at(i), path + "/" + std::to_string(i));
            return true;
        }
        if (keyword == "properties") {
            for (const auto& [name, member] : value.items()) {
                if (!wanted.contains(name)) return false; // additionalProperties is false beside it.
                check(wanted.at(name), member, path + "/" + name);
            }
            return true;
        }
        if (keyword == "additionalProperties") {
            if (!wanted.is_object()) return wanted == false;
            for (const auto& [name, member] : value.items()) // A map of names.
                check(wanted, member, path + "/" + name);
            return true;
        }
        return keyword == "description" || keyword == "title" || keyword == "pattern" ||
               keyword == "$schema" || keyword == "$defs";
    }
    static bool is_type(const Json& value, const std::string& type) {
        return (type == "object" && value.is_object()) || (type == "array" && value.is_array()) ||
               (type == "string" && value.is_string()) ||
               (type == "integer" && value.is_number_integer()) ||
               (type == "boolean" && value.is_boolean());
    }

    const Json& m_root;
};

// The members that load() itself names when it meets one it does not know.
std::set<std::string> members_named_by_load(Json document, const std::string& path) {
    document[Json::json_pointer(path)]["surprise"] = 1;
    const auto mistakes = mistakes_of(document);
    const auto found = mistakes.find(path + "/surprise");
    if (found == mistakes.end()) return {};
    const std::string     begin = "这里可以有：";
    const std::string&    reason = found->second;
    std::size_t           at = reason.find(begin) + begin.size();
    std::set<std::string> names;
    while (at < reason.size()) {
        const std::size_t end = std::min(reason.find("、", at), reason.find("。", at));
        names.insert(reason.substr(at, end - at));
        at = end + std::string("、").size();
    }
    return names;
}

} // namespace

TEST_CASE("the shipped package holds the notice") {
    const notice::LoadedPackage loaded = notice::load(vectors::anhui_2023_14);
    for (const notice::PackageMistake& mistake : loaded.mistakes)
        FAIL_CHECK(mistake.path << " " << mistake.reason);
    REQUIRE(loaded.package.has_value());
    const notice::Package& package = *loaded.package;
    CHECK(package.ref.id.text() == "anhui-2023-14");
    CHECK(package.ref.sha256 == base::sha256_hex(vectors::anhui_2023_14));
    CHECK(package.document_number == "皖教秘职成〔2023〕14号");
    CHECK(base::to_iso(package.date) == "2023-03-16");
    CHECK(package.cities.size() == 16);
    CHECK(package.cities.front() == "合肥市");
    CHECK(package.cities.back() == "黄山市");
    REQUIRE(package.forms.size() == 4);
    CHECK(package.forms[0].title == "安徽省1+X职业技能等级证书申报表");
    CHECK(package.forms[1].title == "安徽省1+X职业技能等级证书申报学校汇总表");
    CHECK(package.forms[2].title == "安徽省1+X职业技能等级证书指标调增申请表");
    CHECK(package.forms[3].title == "安徽省1+X证书工作进度月报表");
    CHECK(package.forms[1].mail->subject_pattern == "{unit_name}+2023年证书申报");
    CHECK(package.forms[2].mail->subject_pattern == "{unit_name}+2023年证书指标调增申请");
    CHECK(package.find_serving(notice::Serves::declared) == &package.forms[0]);
    CHECK(package.find_serving(notice::Serves::increase) == &package.forms[2]);
    CHECK(package.find_serving(notice::Serves::report) == &package.forms[3]);
    CHECK(package.body.find("联系人") == std::string::npos); // Persons are not ours to keep (R35).
}

TEST_CASE("windows are whole days of the notice, the last day included") {
    const notice::Package package = *notice::load(vectors::anhui_2023_14).package;
    struct Row {
        const char *form, *period, *opens, *late_from;
    };
    const Row rows[] = {
        {"declaration", "2023-spring", "2023-03-20T00:00:00+08:00", "2023-04-01T00:00:00+08:00"},
        {"declaration", "2023-autumn", "2023-09-18T00:00:00+08:00", "2023-10-01T00:00:00+08:00"},
        {"school_summary", "2023-spring", "2023-03-20T00:00:00+08:00", "2023-04-04T00:00:00+08:00"},
        {"school_summary", "2023-autumn", "2023-09-18T00:00:00+08:00", "2023-10-10T00:00:00+08:00"},
    };
    for (const Row& row : rows) {
        const notice::Form* form = package.find_form(base::FormId(row.form));
        REQUIRE(form != nullptr);
        const notice::Window* window = form->find_window(base::Period(row.period));
        REQUIRE(window != nullptr);
        CHECK(base::to_rfc3339(window->opens_at()) == row.opens);
        CHECK(base::to_rfc3339(window->closes_at()) == row.late_from);
    }
    std::map<std::string, std::string> reviews;
    for (const notice::ReviewWindow& window : package.review_windows)
        reviews[window.period.text() + " " + window.stage] =
            base::to_iso(window.opens) + " " + base::to_iso(window.closes);
    CHECK(reviews.at("2023-spring first_review") == "2023-04-01 2023-04-05");
    CHECK(reviews.at("2023-spring final_review") == "2023-04-03 2023-04-07");
    CHECK(reviews.at("2023-autumn first_review") == "2023-10-07 2023-10-11");
    CHECK(reviews.at("2023-autumn final_review") == "2023-10-09 2023-10-13");
}

TEST_CASE("secondary schools are reviewed by a bureau first, colleges are not (R12-R14)") {
    const notice::Package package = *notice::load(vectors::anhui_2023_14).package;
    const std::pair<const char*, bool> schools[] = {{"secondary_vocational", true},
                                                    {"provincial_secondary", true},
                                                    {"higher_vocational", false},
                                                    {"applied_undergraduate", false}};
    for (const auto& [id, first_review] : schools) {
        const notice::UnitKind* kind = package.find_unit_kind(id);
        REQUIRE(kind != nullptr);
        CHECK(kind->role == "school");
        CHECK(kind->first_review == first_review);
        for (const notice::Form& form : package.forms) CHECK(package.files(form, id));
    }
    CHECK(package.find_unit_kind("city_bureau")->role == "city");
    CHECK(package.find_unit_kind("county_bureau")->role == "city");
    CHECK(package.find_unit_kind("province_office")->role == "province");
    CHECK(!package.files(package.forms[0], "city_bureau"));
}

TEST_CASE("the increase is open all year, the report in six months with its day (R22, R59, R61)") {
    const notice::Package package = *notice::load(vectors::anhui_2023_14).package;
    const notice::Form*   increase = package.find_form(base::FormId("quota_increase"));
    const notice::Form*   monthly = package.find_form(base::FormId("monthly_report"));
    REQUIRE(increase != nullptr);
    REQUIRE(monthly != nullptr);
    CHECK(increase->find_window(base::Period("2023"))->always);
    CHECK(monthly->windows.size() == 6);
    CHECK(base::to_rfc3339(monthly->find_window(base::Period("2023-05"))->closes_at()) ==
          "2023-05-28T00:00:00+08:00");
    CHECK(monthly->find_window(base::Period("2023-07")) == nullptr);
    CHECK(monthly->find_field("cum_fee_paid")->type == notice::FieldType::money);
}

TEST_CASE("every mistake in a package is named where it stands") {
    for (const Wrong& wrong : wrongs) {
        Json document = shipped();
        change(document, wrong.path, wrong.value);
        const std::string named = std::string(wrong.named).empty() ? wrong.path
                                  : std::string(wrong.named) == "-" ? ""
                                                                    : wrong.named;
        CAPTURE(std::string(wrong.path));
        CAPTURE(std::string(wrong.value));
        const auto mistakes = mistakes_of(document);
        CHECK_MESSAGE(mistakes.count(named) >= 1, "named: ",
                      mistakes.empty() ? "nothing" : mistakes.begin()->first);
        for (const auto& [path, reason] : mistakes)
            CHECK((path.empty() || reason.substr(reason.size() - 3) == "。"));
    }
}

TEST_CASE("all mistakes are named at once, and load_package hands them on") {
    Json document = shipped();
    document["titel"] = document["title"];
    document.erase("title");
    document["forms"][0]["windows"][0]["closes"] = "2023-03-01";
    document["forms"][1]["blocks"][3]["a/b~c"] = 1;
    const notice::LoadedPackage loaded = notice::load(base::to_text(document));
    CHECK(!loaded.package.has_value());
    CHECK(loaded.mistakes.size() == 4);
    const auto handed_on = notice::load_package(base::to_text(document));
    REQUIRE(!handed_on.has_value());
    CHECK(handed_on.error().outcome == base::Outcome::bad_package);
    for (const char* path : {"/titel：", "：缺少“title”", "/forms/0/windows/0/closes：",
                             "/forms/1/blocks/3/a~1b~0c："})
        CHECK_MESSAGE(handed_on.error().detail.find(path) != std::string::npos, std::string(path));
    CHECK(!notice::load("{").package.has_value());
    CHECK(!notice::load("[]").package.has_value());
    CHECK(!notice::load("{\"id\":\"a\",\"id\":\"b\"}").package.has_value());
}

TEST_CASE("schema and loader know the same members") {
    const Json schema = *base::parse_json(vectors::package_schema);
    const Json document = with_every_member();
    Schema     walker(schema);
    std::map<std::string, std::set<std::string>> used;  // By what the schema calls the object.
    std::map<std::string, const Json*>           known;
    walker.walk(schema, document, "", [&](const Json& object, const Json& value,
                                          const std::string& path) {
        const std::string what = object.at("description").get<std::string>();
        for (const auto& [name, member] : value.items()) used[what].insert(name);
        if (!known.emplace(what, &object).second) return;
        std::set<std::string> properties;
        for (const auto& [name, member] : object.at("properties").items()) properties.insert(name);
        CAPTURE(path);
        CHECK(members_named_by_load(document, path) == properties);
    });
    CHECK(known.size() == schema.at("$defs").size() + 1);
    // The test package uses every member, so nothing of the schema goes untried.
    for (const auto& one : known)
        for (const auto& item : one.second->at("properties").items()) {
            const std::string what = one.first;
            const std::string name = item.key();
            CAPTURE(what);
            CHECK_MESSAGE(used[what].count(name) == 1, name);
        }
}

TEST_CASE("what the loader takes, the schema takes") {
    const Json schema = *base::parse_json(vectors::package_schema);
    Schema(schema).check(schema, shipped(), "");
    Schema(schema).check(schema, with_every_member(), "");
    Schema(schema).check(schema, *base::parse_json(vectors::anhui_2024), "");
}

TEST_CASE("what the schema requires, the loader requires") {
    const Json schema = *base::parse_json(vectors::package_schema);
    const Json document = with_every_member();
    std::set<std::string> tried;
    Schema(schema).walk(schema, document, "", [&](const Json& object, const Json&,
                                                  const std::string& path) {
        if (!tried.insert(object.at("description").get<std::string>()).second) return;
        for (const Json& name : object.at("required")) {
            Json without = document;
            without[Json::json_pointer(path)].erase(name.get<std::string>());
            CAPTURE(path);
            CHECK_MESSAGE(!mistakes_of(without).empty(), name.get<std::string>());
        }
    });
}
