// Rosters and catalogues from CSV: read as spreadsheets write them; one wrong cell and nothing is
// imported, every wrong cell named by row and column. And how a command line is read.
#include "server/commands/commands.hpp"
#include "tests/server/town.hpp"

#include <doctest/doctest.h>

namespace {

using base::Outcome;

// The table that an import replaces or extends, and how.
struct Import {
    town::Town town;
    base::Status units(const std::string& text) { return run(text, commands::import_units); }
    base::Status catalogue(const std::string& text) {
        return run(text, commands::import_catalogue);
    }
    base::Status run(const std::string& text,
                     base::Status (*command)(const std::string&, const std::string&)) {
        const std::string file = town.data() + "/roster.csv";
        CHECK(commands::write_whole_file(file, text).has_value());
        return command(town.data(), file);
    }
    std::size_t unit_count() {
        auto reader = town.site().reader();
        return (*reader)->units(town::province)->size();
    }
};

bool names(const base::Status& status, std::initializer_list<const char*> places) {
    if (status || status.error().outcome != Outcome::bad_file) return false;
    for (const char* place : places)
        if (status.error().detail.find(place) == std::string::npos) {
            MESSAGE(status.error().detail, " does not say ", place);
            return false;
        }
    return true;
}

} // namespace

TEST_CASE("a roster as a spreadsheet saves it: BOM, CRLF, quotes, line breaks and commas in cells") {
    Import import;
    const auto before = import.unit_count();
    REQUIRE(import
                .units("\xEF\xBB\xBF" "name,id,city,kind,review_by\r\n"
                       "\"示例\"\"第一\"\"职校\",S1,亳州市,secondary_vocational,341600\r\n"
                       "\"甲, 乙\n联合职校\",S2,亳州市,secondary_vocational,341600\r\n\r\n")
                .has_value());
    CHECK(import.unit_count() == before + 2);
    auto reader = import.town.site().reader();
    CHECK((*(*reader)->find_unit(base::UnitId("S1")))->name == "示例\"第一\"职校");
    CHECK((*(*reader)->find_unit(base::UnitId("S2")))->name == "甲, 乙\n联合职校");
}

TEST_CASE("a second import of the same roster changes nothing") {
    Import            import;
    const std::string roster = "id,name,kind,city,review_by\nS1,某校,secondary_vocational,亳州市,341600\n";
    REQUIRE(import.units(roster).has_value());
    const auto index = import.town.last_index();
    REQUIRE(import.units(roster).has_value());
    CHECK(import.town.last_index() == index);
    REQUIRE(import.units("id,name,kind,city,review_by\nS1,某校（新）,secondary_vocational,亳州市,341600\n")
                .has_value());
    CHECK(import.town.last_index() == index + 1);
}

TEST_CASE("a roster and a catalogue in GBK, as plain CSV is saved on a Chinese Windows") {
    Import import;
    // 某校 of 亳州市, then a name with a character that only GB18030 has (𠅤, four bytes).
    REQUIRE(import
                .units("id,name,kind,city,review_by\r\n"
                       "S1,\xC4\xB3\xD0\xA3,secondary_vocational,\xD9\xF1\xD6\xDD\xCA\xD0,341600\r\n"
                       "S2,\xD0\xA3\x95\x32\xA6\x32,secondary_vocational,\xD9\xF1\xD6\xDD\xCA\xD0,341600\r\n")
                .has_value());
    auto reader = import.town.site().reader();
    CHECK((*(*reader)->find_unit(base::UnitId("S1")))->name == "某校");
    CHECK((*(*reader)->find_unit(base::UnitId("S2")))->name == "校𠅤");
    REQUIRE(import
                .catalogue("id,batch,name,organisation,levels,min_headcount\r\n"
                           "Y1,1,\xC4\xB3\xD6\xA4,\xC4\xB3\xB9\xAB\xCB\xBE,\xB3\xF5\xBC\xB6,\r\n")
                .has_value());
    CHECK((*reader)->catalogue()->back().name == "某证");
    // Neither UTF-8 nor GBK: nothing is guessed.
    CHECK(names(import.units("id,name,kind,city,review_by\nS3,\xC4\xB3\xFF,x,x,x\n"), {"GBK"}));
}

TEST_CASE("wrong rosters: nothing is imported and every wrong cell is named") {
    Import     import;
    const auto before = import.town.last_index();
    CHECK(names(import.units(""), {"空"}));
    CHECK(names(import.units("id,name,kind\nS1,某校,secondary_vocational\n"), {"缺少列", "city", "review_by"}));
    CHECK(names(import.units("id,name,kind,city,review_by\n"
                             "S1,某校,secondary_vocational,亳州市,341600\n"
                             "S1,又一校,secondary_vocational,亳州市,341600\n"
                             "S 3,,university,亳州市,\n"
                             "S4,某校,secondary_vocational,亳州市,999999\n"
                             "S5,****,secondary_vocational,,341600\n"),
                {"第3行“id”列", "第4行“id”列", "第4行“name”列", "第4行“kind”列", "第5行“review_by”列",
                 "第6行“name”列", "第6行“city”列"}));
    CHECK(!import.units("id,name,kind,city,review_by\nS1,\"没有合上的引号\n").has_value());
    CHECK(!import.units("id,name,kind,city,review_by\nS1,\xFF\xFE,secondary_vocational,亳州市,341600\n")
               .has_value());
    CHECK(import.town.last_index() == before);
}

TEST_CASE("wrong catalogues: nothing is imported and every wrong cell is named") {
    Import     import;
    const auto before = import.town.last_index();
    CHECK(names(import.catalogue("id,name\n"), {"缺少列", "organisation", "levels"}));
    CHECK(names(import.catalogue("id,batch,name,organisation,levels,min_headcount\n"
                                 "Y1,1,某证,某公司,初级|高级,30\n"
                                 "Y1,1,某证,某公司,初级,\n"
                                 "Y2,一,某证,某公司,特级,-1\n"),
                {"第3行“id”列", "第4行“batch”列", "第4行“levels”列", "第4行“min_headcount”列"}));
    CHECK(import.town.last_index() == before);
    REQUIRE(import.catalogue("\xEF\xBB\xBF" "id,batch,name,organisation,levels,min_headcount\r\n"
                             "Y1,1,某证,\"某公司, 北京\",初级|高级,\r\n")
                .has_value());
    auto reader = import.town.site().reader();
    CHECK((*reader)->catalogue()->back().organisation == "某公司, 北京");
    CHECK(!(*reader)->catalogue()->back().min_headcount.has_value());
}

TEST_CASE("a key id that begins with a hyphen is no option") {
    town::Town        town;
    const std::string key_id = "-h" + std::string(41, 'A');
    std::vector<std::string> words = {"shenbao", "keys", "revoke", key_id, "--data", town.data()};
    std::vector<char*>       arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    // Understood, and refused because nobody has this key; 2 would be wrong use, 0 the help.
    CHECK(run_command(int(arguments.size()), arguments.data()) == 1);
}
