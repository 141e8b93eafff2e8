// Commands that read: summaries, checks, receipts.
#include "server/commands/commands.hpp"

#include "server/intake/site.hpp"
#include "server/records/summary_sql.hpp"
#include "server/summaries/csv.hpp"
#include "shared/base/text.hpp"
#include "shared/protocol/messages.hpp"

#include <cstdio>

namespace commands {
namespace {

using base::Outcome;

// The key an entry must be signed with: the server's for the operator's acts, else the device's.
base::Status check_entry(const intake::Site& site, records::Store& store,
                         const records::StoredEnvelope& entry) {
    if (base::sha256_hex(entry.text) != entry.sha256)
        return base::fail(Outcome::bad_signature, "the digest differs");
    if (entry.kind == "enrolment") {
        SHENBAO_ASSIGN(const envelope::Jws jws,
                       envelope::Jws::parse(entry.text, envelope::HeaderKey::jwk));
        SHENBAO_TRY(jws.verify(jws.embedded_key()));
        return {};
    }
    SHENBAO_ASSIGN(const envelope::Jws jws,
                   envelope::Jws::parse(entry.text, envelope::HeaderKey::kid));
    envelope::PublicKey key = site.key().public_key();
    if (jws.kid() != site.key().id()) {
        SHENBAO_ASSIGN(const auto record, store.find_key(jws.kid()));
        if (!record) return base::fail(Outcome::unknown_key, jws.kid().text());
        key = record->key;
    }
    SHENBAO_ASSIGN(const envelope::VerifiedEnvelope opened, envelope::open(jws, key));
    if (opened.common().unit != entry.unit || opened.common().id != entry.id)
        return base::fail(Outcome::bad_payload, "the columns differ from the text");
    return {};
}

} // namespace

base::Status summary(const std::string& data, const std::string& name, const std::string& period,
                     const std::string& form, const std::string& format, const std::string& out) {
    if (format != "csv" && format != "json")
        return base::fail(Outcome::wrong_use, "--format 应为 csv 或 json");
    SHENBAO_ASSIGN(const auto site, intake::Site::open(data));
    SHENBAO_ASSIGN(auto reader, site->reader());
    records::SummaryQuery query;
    if (!period.empty()) query.period = base::Period(period);
    if (!form.empty()) query.form = base::FormId(form);
    query.package = query.period ? site->package_with(*query.period) : site->current_package();
    if (name == "missing" && !query.period)
        query.period = records::newest_period(*query.package, query.form, site->now());
    SHENBAO_ASSIGN(const auto made, reader->summary(operator_view(), name, query));
    SHENBAO_ASSIGN(const std::int64_t as_of, reader->as_of(operator_view()));
    const std::string text = format == "csv" ? summaries::to_csv(made, *query.package)
                                             : summaries::to_json(made, as_of) + "\n";
    if (!out.empty()) return write_whole_file(out, text);
    std::fwrite(text.data(), 1, text.size(), stdout);
    return {};
}

base::Status rebuild(const std::string& data) {
    SHENBAO_ASSIGN(const auto site, intake::Site::open(data));
    SHENBAO_ASSIGN(auto store, site->open_store());
    SHENBAO_TRY(store->rebuild());
    SHENBAO_ASSIGN(const std::int64_t last, store->last_index());
    std::printf("已由%lld条记录重建全部统计。\n", static_cast<long long>(last));
    return {};
}

base::Status check(const std::string& data) {
    SHENBAO_ASSIGN(const auto site, intake::Site::open(data));
    // A copy is looked at, and rebuilt to compare: a server that runs goes on meanwhile.
    SHENBAO_ASSIGN(const auto copy, intake::Site::Copy::make(*site));
    records::Store& store = **copy;
    std::int64_t    after = 0;
    std::string  mistakes;
    const auto   wrong = [&](const std::string& what) {
        mistakes += (mistakes.empty() ? "" : "\n") + what;
    };
    for (;;) {
        SHENBAO_ASSIGN(const auto entries, store.page(after, 1000));
        if (entries.empty()) break;
        for (const records::StoredEnvelope& entry : entries) {
            const std::string place = "第" + std::to_string(entry.index) + "条：";
            if (entry.index != after + 1) wrong(place + "前面缺少记录");
            after = entry.index;
            if (const auto sound = check_entry(*site, store, entry); !sound)
                wrong(place + std::string(base::outcome_text(sound.error().outcome).sentence) +
                      sound.error().detail);
        }
    }
    SHENBAO_ASSIGN(const auto maintained, store.digests());
    SHENBAO_TRY(store.rebuild());
    SHENBAO_ASSIGN(const auto rebuilt, store.digests());
    for (std::size_t i = 0; i < maintained.size(); ++i)
        if (maintained[i] != rebuilt[i]) wrong("统计表 " + maintained[i].first + " 与日志不一致");
    if (!mistakes.empty()) return base::fail(Outcome::storage_failed, mistakes);
    std::printf("%lld条记录的签名和%zu张统计表都正确。\n", static_cast<long long>(after),
                maintained.size());
    return {};
}

base::Status verify(const std::string& file, const std::string& data, const std::string& kid) {
    SHENBAO_ASSIGN(std::string text, read_whole_file(file));
    text = std::string(base::trim(text));
    std::optional<envelope::PublicKey> trusted, carried;
    if (!data.empty()) {
        SHENBAO_ASSIGN(const auto site, intake::Site::open(data));
        trusted = site->key().public_key();
    }
    std::string receipt_text = text, envelope_text;
    if (text.rfind("{", 0) == 0) {
        const auto json = base::parse_json(text);
        if (!json) return base::fail(Outcome::bad_receipt, json.error().detail);
        base::ObjectReader reader(*json, "file");
        receipt_text = reader.text("receipt", 1 << 20, 1);
        envelope_text = reader.text_if_present("envelope", 1 << 20).value_or("");
        const auto key = envelope::parse_jwk(reader.object("server_key"));
        if (!reader.sound() || !key) return base::fail(Outcome::bad_receipt, "文件不完整");
        carried = *key;
    }
    const envelope::PublicKey* key = trusted ? &*trusted : carried ? &*carried : nullptr;
    if (key == nullptr)
        return base::fail(Outcome::bad_receipt,
                          "文件里没有服务器密钥，请用 --data 指明信任的数据目录");
    SHENBAO_ASSIGN(const envelope::Receipt receipt, envelope::open_receipt(receipt_text, *key));
    if (!envelope_text.empty() && base::sha256_hex(envelope_text) != receipt.sha256)
        return base::fail(Outcome::bad_receipt, "回执不是这份文件的");
    const bool known = trusted || (!kid.empty() && envelope::key_id(*key).text() == kid);
    if (!kid.empty() && !known)
        return base::fail(Outcome::bad_receipt, "签发者不是 --key 指明的服务器");
    std::printf("编号：%s\n单位：%s\n收到：%s\n时限：%s\n序号：%lld%s\n", receipt.id.text().c_str(),
                receipt.unit.text().c_str(), base::to_rfc3339(receipt.received_at).c_str(),
                std::string(envelope::timing_name(receipt.timing)).c_str(),
                static_cast<long long>(receipt.index), receipt.rehearsal ? "\n（演练）" : "");
    if (!known)
        return base::fail(Outcome::unknown_issuer, "签发者：" + envelope::key_id(*key).text());
    std::printf("签名成立，签发者可信。\n");
    return {};
}

} // namespace commands
