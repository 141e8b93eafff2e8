// A second, made-up notice: other rounds, a new column, a renamed field, fields left out, a fifth
// form with rows, other months. The core fills, judges, signs and prints it as it does the shipped
// one, whatever its forms are called.
#include "shared/device/desk.hpp"
#include "shared/print/page.hpp"

#include <doctest/doctest.h>

namespace vectors {
extern const std::string_view anhui_2024;
}

using base::Json;
using device::Cell;
using device::Desk;

namespace {

// The notice with other names for all of its forms: what they serve as is what counts.
std::string renamed() {
    Json document = *base::parse_json(vectors::anhui_2024);
    for (std::size_t i = 0; i < document["forms"].size(); ++i)
        document["forms"][i]["id"] = "form_" + std::to_string(i + 1);
    return base::to_text(document);
}

Cell at(const char* field, int row = 0) { return {row, base::FieldId(field)}; }

// A school's desk that has the notice, and a server of which there is only the key.
struct Office {
    base::FixedClock    clock{*base::parse_rfc3339("2024-03-18T09:00:00+08:00")};
    base::SeededRandom  random{5};
    envelope::SecretKey key = envelope::SecretKey::make(random);
    std::optional<Desk> desk;

    explicit Office(const std::string& document) {
        auto opened = Desk::open(
            std::move(*sqlite::Database::open(":memory:", sqlite::OpenMode::create)), clock,
            random);
        REQUIRE(opened.has_value());
        desk.emplace(std::move(*opened));
        const auto loaded = notice::load(document);
        REQUIRE(loaded.package.has_value());
        const auto jws = *envelope::Jws::parse(*desk->begin_enrolment("abcd efgh jkmn", "一号机"),
                                               envelope::HeaderKey::jwk);
        const envelope::UnitEntry school{base::UnitId("D001"), "亳州示例中专",
                                         "secondary_vocational", "亳州市", base::UnitId("341600")};
        REQUIRE(desk->finish_enrolment(protocol::write_enrolment_answer(
                        {school, "school", envelope::key_id(jws.embedded_key()), key.public_key(),
                         loaded.package->ref, anchor()}))
                    .has_value());
        REQUIRE(desk->accept_package(document, loaded.package->ref).has_value());
        REQUIRE(desk->accept_catalogue(
                        {{base::CertificateId("X001"), 1, "示例物流管理", "甲", {"初级"}, {}},
                         {base::CertificateId("X002"), 2, "示例网页开发", "乙", {"中级"}, 30}})
                    .has_value());
        REQUIRE(desk->accept_anchor(anchor()).has_value());
    }
    std::string anchor() { return envelope::sign_anchor({clock.now(), "n", false}, key); }

    const notice::Form& form(std::size_t appendix) {
        return desk->find_package()->forms.at(appendix - 1);
    }
    base::EnvelopeId make(std::size_t appendix, const char* period) {
        const auto root = desk->create_matter(form(appendix).id, base::Period(period));
        REQUIRE(root.has_value());
        return *root;
    }
    void type(const base::EnvelopeId& root, const Cell& cell, const char* text) {
        CAPTURE(cell.second.text());
        REQUIRE(desk->type(root, cell, text).has_value());
    }
    base::EnvelopeId declare(const char* certificate, const char* level, const char* major,
                             const char* persons) {
        const auto root = make(1, "2024-first");
        REQUIRE(desk->choose(root, at("certificate"), base::CertificateId(certificate)));
        type(root, at("level"), level);
        type(root, at("major"), major);
        type(root, at("planned_persons"), persons);
        seal(root);
        return root;
    }
    void seal(const base::EnvelopeId& root) {
        const auto judgement = desk->judge(root);
        REQUIRE(judgement.has_value());
        for (const rules::Finding& finding : judgement->findings)
            if (finding.severity != notice::Severity::hint) CHECK_MESSAGE(false, finding.text);
        REQUIRE(desk->seal(root).has_value());
    }
    // The ids of the rules that have something to say.
    std::string findings(const base::EnvelopeId& root) {
        const auto  judgement = desk->judge(root);
        std::string ids;
        for (const rules::Finding& finding : judgement->findings)
            ids += (ids.empty() ? "" : " ") + finding.rule.text();
        return ids;
    }
    std::string paper(const base::EnvelopeId& root) {
        const auto   matter = *desk->find_matter(root);
        const auto   judgement = *desk->judge(root);
        print::Sheet sheet;
        sheet.form = desk->find_package()->find_form(matter.form);
        sheet.answers = judgement.answers;
        sheet.computed = judgement.verdict.computed;
        sheet.unit_name = desk->find_enrolment()->unit.name;
        sheet.short_code = print::short_code(root, sheet.answers);
        return print::document({sheet}, [&](const base::CertificateId& id) {
            const auto* entry = desk->find_certificate(id);
            return entry == nullptr ? id.text() : entry->name;
        });
    }
    base::EnvelopeId list_assessor(const char* name, const char* hours) {
        const auto root = make(5, "2024-first");
        type(root, at("site"), "实训楼");
        type(root, at("contact"), "王芳");
        type(root, at("phone"), "0558-5550000");
        REQUIRE(desk->choose(root, at("certificate", 1), base::CertificateId("X001")));
        type(root, at("name", 1), name);
        type(root, at("title", 1), "副高级");
        type(root, at("hours", 1), hours);
        type(root, at("fee", 1), "1200元");
        type(root, at("mobile", 1), "13800000000");
        return root;
    }
};

bool has(const std::string& text, const std::string& part) {
    const bool found = text.find(part) != std::string::npos;
    if (!found) MESSAGE("missing: ", part);
    return found;
}

} // namespace

TEST_CASE("second notice: a renamed field, a new column and a field left out, from form 1 to 2") {
    for (const std::string& document : {std::string(vectors::anhui_2024), renamed()}) {
        Office     office(document);
        const auto first = office.declare("X001", "初级", "现代物流管理", "４０人");
        office.declare("X002", "中级", "软件技术", "60");
        const auto summary = office.make(2, "2024-first");
        office.type(summary, at("contact"), "王芳");
        CHECK(!office.desk->type(summary, at("phone"), "1").has_value()); // Left out in 2024.
        office.seal(summary);
        const Json answers = *office.desk->answers_of(summary);
        CHECK(answers.at("rows").at(0) == Json{{"declaration", first.text()},
                                               {"certificate", "X001"},
                                               {"level", "初级"},
                                               {"major", "现代物流管理"},
                                               {"planned_persons", 40}});
        const std::string paper = office.paper(summary);
        CHECK(has(paper, "所属专业"));
        CHECK(has(paper, "软件技术"));
        CHECK(has(paper, ">100<")); // The total.

        // What is behind the rows changes: the new column makes it stale like any other.
        REQUIRE(office.desk->revise(first).has_value());
        office.type(first, at("major"), "供应链运营");
        CHECK(has(office.paper(first), "供应链运营"));
        CHECK(office.findings(first) == "");
        office.type(first, at("major"), "物流");
        CHECK(office.findings(first) == "major_full");
        office.type(first, at("planned_persons"), "0");
        CHECK(office.findings(first) == "typed major_full");
    }
}

TEST_CASE("second notice: a fifth form whose rows people type") {
    for (const std::string& document : {std::string(vectors::anhui_2024), renamed()}) {
        Office     office(document);
        const auto root = office.list_assessor("李敏", "8");
        CHECK(office.findings(root) == "certificate_declared hours_enough");
        office.declare("X001", "初级", "现代物流管理", "40");
        CHECK(office.findings(root) == "hours_enough");
        REQUIRE(office.desk->explain(root, base::RuleId("hours_enough"), "下月补足学时").has_value());
        CHECK(office.desk->judge(root)->sealable);
        REQUIRE(office.desk->choose(root, at("certificate", 2), base::CertificateId("X001")));
        office.type(root, at("name", 2), "李敏");
        office.type(root, at("mobile", 2), "13800000000");
        CHECK(has(office.findings(root), "required")); // The second row is not whole.
        CHECK(has(office.findings(root), "name_once"));
        office.type(root, at("name", 2), "赵倩");
        office.type(root, at("title", 2), "正高级");
        office.type(root, at("hours", 2), "40学时");
        office.type(root, at("fee", 2), "0");
        REQUIRE(office.desk->seal(root).has_value());
        const auto judgement = *office.desk->judge(root);
        CHECK(judgement.answers.at("rows").at(0).at("fee") == 120000); // 分
        CHECK(judgement.verdict.computed.at(base::FieldId("total_hours")) == 48);
        const std::string paper = office.paper(root);
        CHECK(has(paper, "考评员名册"));
        CHECK(has(paper, "landscape"));
        CHECK(has(paper, "赵倩"));
        CHECK(has(paper, ">48<"));
    }
}

TEST_CASE("second notice: other months, the ledger of its own year, a column left out") {
    for (const std::string& document : {std::string(vectors::anhui_2024), renamed()}) {
        Office office(document);
        const auto root = base::EnvelopeId("01870000-0000-7000-8000-000000000001");
        const auto entry = [&](const char* period, std::int64_t amount) {
            return device::LedgerEntry{office.clock.now(), "round", base::Period(period),
                                       base::CertificateId("X001"), "初级", amount, amount, root};
        };
        REQUIRE(office.desk->accept_ledger({entry("2023-spring", 900), entry("2024-first", 120)})
                    .has_value());
        CHECK(!office.desk->create_matter(office.form(4).id, base::Period("2024-05")).has_value());
        const auto report = office.make(4, "2024-04");
        for (const auto& [field, text] :
             {std::pair{"month_registered", "50"}, {"month_assessed", "30"}, {"cum_assessed", "30"},
              {"cum_fee_paid", "1.5万元"}, {"cum_fee_unpaid", "0"}, {"filler", "王芳"},
              {"phone", "0558-5550000"}})
            office.type(report, at(field), text);
        CHECK(!office.desk->type(report, at("cum_certified"), "1").has_value());
        office.seal(report);
        CHECK(office.desk->answers_of(report)->at("quota") == 120); // Not 2023's 900.
        CHECK(has(office.paper(report), "25.00"));
        // The next one sees that quota, which nobody has typed.
        REQUIRE(office.desk->accept_ledger({entry("2024-first", 120), entry("2024-first", 80)})
                    .has_value());
        const auto next = office.make(4, "2024-06");
        office.type(next, at("cum_assessed"), "40");
        CHECK(has(office.findings(next), "rate_falls"));
        REQUIRE(office.desk->accept_ledger({entry("2024-first", 120)}).has_value());

        const auto increase = office.make(3, "2024");
        office.type(increase, at("contact"), "王芳");
        office.type(increase, at("phone"), "0558-5550000");
        REQUIRE(office.desk->choose(increase, at("certificate", 1), base::CertificateId("X001")));
        office.type(increase, at("level", 1), "初级");
        office.type(increase, at("approved_after", 1), "120");
        CHECK(has(office.findings(increase), "increase_more"));
        office.type(increase, at("approved_after", 1), "150");
        office.seal(increase);
        CHECK(has(office.paper(increase), ">120<"));
    }
}
