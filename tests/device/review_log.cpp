#include "tests/device/review_log.hpp"

#include "shared/base/check.hpp"

namespace vectors {
extern const std::string_view anhui_2023_14;
}

namespace review_log {
namespace {

const std::vector<envelope::CatalogueEntry>& catalogue() {
    static const std::vector<envelope::CatalogueEntry> all = {
        {base::CertificateId("C1"), 1, "Web前端开发", "甲机构", {"初级", "中级"}, 30},
        {base::CertificateId("C2"), 1, "老年照护", "乙机构", {"初级"}, std::nullopt}};
    return all;
}

// Signs a payload as a device would: a desk believes the receipt over it, whatever is in it.
std::string sign_filing(const envelope::Common& common, const envelope::Filing& filing,
                        const envelope::SecretKey& key) {
    const base::Json payload = {
        {"kind", "filing"},
        {"id", common.id.text()},
        {"unit", common.unit.text()},
        {"notice", common.notice.text()},
        {"made_at", base::to_rfc3339(common.made_at)},
        {"anchor", common.anchor},
        {"form", filing.form.text()},
        {"period", filing.period.text()},
        {"root", filing.root.text()},
        {"replaces", filing.replaces ? base::Json(filing.replaces->text()) : base::Json()},
        {"answers", filing.answers},
        {"notes", rules::notes_json(filing.notes)},
        {"attachments", base::Json::array()}};
    return envelope::sign_jws(base::to_text(payload), key, envelope::HeaderKey::kid);
}

} // namespace

base::Time at(const char* rfc3339) {
    const auto time = base::parse_rfc3339(rfc3339);
    SHENBAO_CHECK(time.has_value());
    return *time;
}

Log::Log() : clock(at("2023-03-29T09:00:00+08:00")) {
    units = {{bureau, "亳州市教育局", "city_bureau", "亳州市", {}},
             {school, "亳州示例中专", "secondary_vocational", "亳州市", bureau},
             {base::UnitId("S2"), "谯城示例职高", "secondary_vocational", "亳州市", bureau},
             {base::UnitId("S3"), "蒙城示例职高", "secondary_vocational", "亳州市", bureau},
             {college, "示例职业学院", "higher_vocational", "合肥市", {}}};
}

base::NoticeRef Log::notice() const {
    return {base::NoticeId("anhui-2023-14"), base::sha256_hex(vectors::anhui_2023_14)};
}

const protocol::Change& Log::append(const base::EnvelopeId& id, const base::UnitId& unit,
                                    std::string text, envelope::Timing timing) {
    envelope::Receipt receipt;
    receipt.id = id;
    receipt.unit = unit;
    receipt.sha256 = base::sha256_hex(text);
    receipt.index = std::int64_t(m_changes.size()) + 1;
    receipt.received_at = clock.now();
    receipt.timing = timing;
    m_changes.push_back({receipt.index, std::move(text), envelope::sign_receipt(receipt, key)});
    return m_changes.back();
}

const protocol::Change& Log::add(const base::UnitId& unit, const envelope::Act& act,
                                 envelope::Timing timing) {
    clock.advance(1000000);
    const envelope::Common common{envelope::make_envelope_id(clock.now(), random), unit, notice(),
                                  clock.now(), anchor()};
    return append(common.id, unit, envelope::seal_act(common, act, m_author).text(), timing);
}

base::EnvelopeId Log::file(const base::UnitId& unit, envelope::Filing filing, rules::Notes notes,
                           envelope::Timing timing) {
    clock.advance(1000000);
    const envelope::Common common{envelope::make_envelope_id(clock.now(), random), unit,
                                  filed_under.value_or(notice()),
                                  clock.now(), anchor()};
    if (!filing.replaces) filing.root = common.id;
    filing.notes = std::move(notes);
    append(common.id, unit, sign_filing(common, filing, m_author), timing);
    return common.id;
}

base::EnvelopeId Log::declare(const base::UnitId& unit, std::int64_t headcount,
                              const base::EnvelopeId& root, const base::EnvelopeId& replaces,
                              rules::Notes notes, envelope::Timing timing) {
    envelope::Filing filing;
    filing.form = declaration;
    filing.period = spring;
    if (!root.empty()) filing.root = root, filing.replaces = replaces;
    filing.answers = {{"certificate", "C1"}, {"level", "初级"}, {"headcount", headcount}};
    return file(unit, std::move(filing), std::move(notes), timing);
}

void Log::decide(const base::UnitId& unit, const base::EnvelopeId& target,
                 envelope::ReviewVerdict verdict, std::string reason) {
    envelope::Decision decision;
    decision.target = target;
    decision.stage = unit == bureau ? envelope::ReviewStage::first_review
                                    : envelope::ReviewStage::final_review;
    decision.verdict = verdict;
    decision.reason = std::move(reason);
    add(unit, decision);
}

protocol::LineAnswer Log::take(const device::OutboxItem& item, const base::UnitId& unit) {
    clock.advance(1000000);
    protocol::LineAnswer answer;
    answer.id = item.id;
    answer.result = protocol::LineResult::accepted;
    answer.receipt = append(item.id, unit, item.text, envelope::Timing::on_time).receipt;
    return answer;
}

Reviewer::Reviewer(Log& log, const base::UnitId& unit, const char* role, std::uint32_t seed)
    : m_log(log), m_unit(unit), m_clock(log.clock.now()), m_random(seed) {
    auto opened = device::Desk::open(*sqlite::Database::open(":memory:", sqlite::OpenMode::create),
                                     m_clock, m_random);
    SHENBAO_CHECK(opened.has_value());
    m_desk.emplace(std::move(*opened));
    const auto body = m_desk->begin_enrolment("abcd efgh jkmn", "一号机");
    SHENBAO_CHECK(body.has_value());
    const auto jws = envelope::Jws::parse(*body, envelope::HeaderKey::jwk);
    const envelope::UnitEntry entry{unit, "审核单位", "city_bureau", "亳州市", {}};
    SHENBAO_CHECK(m_desk
                      ->finish_enrolment(protocol::write_enrolment_answer(
                          {entry, role, envelope::key_id(jws->embedded_key()),
                           log.key.public_key(), log.notice(), log.anchor()}))
                      .has_value());
    SHENBAO_CHECK(m_desk->accept_package(vectors::anhui_2023_14, log.notice()).has_value());
    SHENBAO_CHECK(m_desk->accept_catalogue(catalogue()).has_value());
    std::vector<envelope::UnitEntry> seen;
    for (const envelope::UnitEntry& one : log.units)
        if (role == std::string_view("province") || one.unit == unit || one.review_by == unit)
            seen.push_back(one);
    SHENBAO_CHECK(m_desk->accept_units(seen).has_value());
}

void Reviewer::hear(const protocol::Change& change) {
    SHENBAO_CHECK(m_desk->accept_change(change).has_value());
}

void Reviewer::hear_all() {
    for (const protocol::Change& change : m_log.changes()) hear(change);
}

void Reviewer::send() {
    for (const device::OutboxItem& item : m_desk->queued())
        SHENBAO_CHECK(m_desk->settle(item.sha256, m_log.take(item, m_unit)).has_value());
}

device::QueueRow Reviewer::row(const base::EnvelopeId& root) {
    const device::QueueRow* found = reviews().find_row(root);
    SHENBAO_CHECK(found != nullptr);
    return *found;
}

} // namespace review_log
