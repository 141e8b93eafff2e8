// One number's way through all stations, natively, in the order in which README.md tells it: typed
// -> draft -> CheckedFiling -> Envelope -> VerifiedEnvelope -> StoredEnvelope -> total -> CSV.
#include "server/intake/intake.hpp"
#include "server/summaries/csv.hpp"
#include "shared/device/sync.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>

namespace notice {
extern const std::string_view shipped_text;
}

namespace {

namespace fs = std::filesystem;

// A folder that is gone with the test.
struct Folder {
    std::string path;
    Folder() {
        std::string pattern = (fs::temp_directory_path() / "shenbao-journey-XXXXXX").string();
        path = ::mkdtemp(pattern.data());
    }
    ~Folder() {
        std::error_code error;
        fs::remove_all(path, error);
    }
};

const envelope::UnitEntry bureau{base::UnitId("341600"), "亳州市教育局", "city_bureau", "亳州市", {}};
const envelope::UnitEntry school{base::UnitId("D002"), "亳州市谯城示例中等专业学校",
                                 "secondary_vocational", "亳州市", base::UnitId("341600")};
const envelope::CatalogueEntry certificate{
    base::CertificateId("X002"), 1, "示例网页开发", "示例软件评价有限公司", {"初级", "中级"}, 30};

} // namespace

TEST_CASE("a number that a school types stands in the province's CSV") {
    // The operator prepares the server: notice, roster, catalogue, one code.
    const Folder folder;
    REQUIRE(intake::Site::init(folder.path + "/data", notice::shipped_text).has_value());
    auto opened = intake::Site::open(folder.path + "/data");
    REQUIRE(opened.has_value());
    intake::Site& site = **opened;
    REQUIRE(site.fix_mode(intake::Mode::rehearsal).has_value());
    site.start_clock_at(*base::parse_rfc3339("2023-03-29T09:00:00+08:00"));
    const std::string code = "ABCDEFGHJKMN";
    REQUIRE(site.append_acts({bureau, school, certificate,
                              envelope::CodeEntry{school.unit, "school", site.code_hash(code),
                                                  base::Time{site.real_now().microseconds +
                                                             3600000000LL}}})
                .has_value());
    auto intake = intake::Intake::start(site, [](const base::Fault& fault) { FAIL(fault.detail); });
    REQUIRE(intake.has_value());

    // The school's desk: enrolled, with notice and catalogue.
    base::SystemClock  clock;
    base::SystemRandom random;
    auto               desk = device::Desk::open(
        *sqlite::Database::open(folder.path + "/desk.db", sqlite::OpenMode::create), clock, random);
    REQUIRE(desk.has_value());
    const auto request = desk->begin_enrolment(code, "一号机");
    REQUIRE(request.has_value());
    const auto jws = *envelope::Jws::parse(*request, envelope::HeaderKey::jwk);
    const auto asked = *protocol::read_enrolment_request(*jws.verify(jws.embedded_key()));
    const auto enrolled = (*intake)->enrol(jws, asked);
    REQUIRE(enrolled.has_value());
    const auto package = site.current_package();
    REQUIRE(desk->finish_enrolment(protocol::write_enrolment_answer(
                    {school, enrolled->key.role, enrolled->key.kid, site.key().public_key(),
                     package->ref, site.make_anchor()}))
                .has_value());
    REQUIRE(desk->accept_package(package->text, package->ref).has_value());
    REQUIRE(desk->accept_catalogue({certificate}).has_value());

    // 1. Typed: the draft keeps the text and, because it parses, the value.
    const base::Period period("2023-spring");
    const auto         root = *desk->create_matter(base::FormId("declaration"), period);
    const auto cell = [](const char* field) { return device::Cell{0, base::FieldId(field)}; };
    REQUIRE(desk->choose(root, cell("certificate"), certificate.certificate).has_value());
    REQUIRE(desk->type(root, cell("level"), "中级").has_value());
    REQUIRE(desk->type(root, cell("headcount"), "１，２００人").has_value());
    CHECK(desk->find_matter(root)->values.at(cell("headcount")).value == 1200);

    // 2. Judged: only a CheckedFiling can be sealed. 3. Sealed: an Envelope in the outbox.
    CHECK(desk->judge(root)->verdict.filing.has_value());
    REQUIRE(desk->seal(root).has_value());
    const std::string line = desk->queued().front().text;

    // 4. Verified and judged again by the server. 5. Stored, with a receipt after the commit.
    const auto answers = (*intake)->submit({line});
    REQUIRE(answers.has_value());
    REQUIRE(answers->front().result == protocol::LineResult::accepted);
    REQUIRE(desk->settle(desk->queued().front().sha256, answers->front()).has_value());
    CHECK(desk->find_matter(root)->state == device::MatterState::submitted);
    CHECK((*intake)->submit({line})->front().receipt == answers->front().receipt);

    // 6. Summed in the same transaction. 7. Downloaded.
    auto       reader = site.reader();
    const records::Viewer province{base::UnitId("340000"), "province"};
    const auto            made = (*reader)->summary(province, "by-city", {period, {}});
    REQUIRE(made.has_value());
    CHECK(summaries::to_csv(*made, *package) == "\xEF\xBB\xBF市,学校数,申报项数,拟申报人数,审核通过人数\r\n"
                                                "亳州市,1,1,1200,\r\n");

    // Changed and sent again it counts once; withdrawn it leaves no line behind.
    const auto send_next = [&] {
        const auto item = desk->queued().front();
        const auto sent = (*intake)->submit({item.text});
        REQUIRE(sent->front().result == protocol::LineResult::accepted);
        REQUIRE(desk->settle(item.sha256, sent->front()).has_value());
    };
    const auto csv = [&] {
        return summaries::to_csv(*(*reader)->summary(province, "by-city", {period, {}}),
                                 *package);
    };
    REQUIRE(desk->revise(root).has_value());
    REQUIRE(desk->type(root, cell("level"), "初级").has_value());
    REQUIRE(desk->type(root, cell("headcount"), "1300").has_value());
    REQUIRE(desk->seal(root).has_value());
    send_next();
    CHECK(csv() == "\xEF\xBB\xBF市,学校数,申报项数,拟申报人数,审核通过人数\r\n亳州市,1,1,1300,\r\n");
    REQUIRE(desk->withdraw(root, "").has_value());
    send_next();
    CHECK(csv() == "\xEF\xBB\xBF市,学校数,申报项数,拟申报人数,审核通过人数\r\n");

    // What was maintained is what the log alone gives.
    const auto maintained = (*reader)->digests();
    REQUIRE((*reader)->rebuild().has_value());
    CHECK(*maintained == *(*reader)->digests());
}
