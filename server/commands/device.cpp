// A school's machine without a screen: the same desk as in the browser, over a native client.
#include "server/commands/commands.hpp"
#include "server/commands/filling.hpp"

#include "shared/device/rescue.hpp"
#include "shared/device/sync.hpp"
#include "shared/sqlite/page_vfs.hpp"

#include <httplib.h>

#include <cstdio>
#include <filesystem>
#include <set>
#include <span>

namespace commands {
namespace {

using base::Outcome;

base::SystemClock  system_clock;
base::SystemRandom system_random;

device::Response carry(httplib::Client& client, const device::Request& request) {
    httplib::Headers headers;
    if (!request.bearer.empty()) headers.emplace("Authorization", "Bearer " + request.bearer);
    if (!request.if_none_match.empty()) headers.emplace("If-None-Match", request.if_none_match);
    const httplib::Result result =
        request.method == "GET" ? client.Get(request.path, headers)
                                : client.Post(request.path, headers, request.body,
                                              request.content_type);
    if (!result) return {};
    return {result->status, result->body, result->get_header_value("ETag")};
}

base::Status run_sync(device::Desk& desk, httplib::Client& client) {
    if (desk.find_enrolment() == nullptr) return base::fail(Outcome::not_enrolled);
    device::Sync sync(desk);
    while (const auto request = sync.next()) sync.deliver(carry(client, *request));
    const device::Report& report = sync.report();
    std::printf("已送达%d份，被退回%d份，收到%d条。\n", report.accepted, report.refused,
                report.received);
    for (const device::OutboxItem& item : desk.refused())
        std::printf("  %s：%s\n", item.id.text().c_str(),
                    item.refusal ? item.refusal->detail.c_str() : "");
    if (report.fault) return base::fail(*report.fault);
    return {};
}

// One line a matter, and under it what reviewers said.
void print_matter(const notice::Form& form, const device::Matter& matter) {
    std::printf("%s %s\t%s\t%s\t%s\n", form.appendix.c_str(), form.short_title.c_str(),
                matter.period.text().c_str(), matter.root.text().c_str(),
                std::string(state_word(matter.state)).c_str());
    if (!matter.review) return;
    const envelope::Decision& decision = matter.review->decision;
    std::printf("  %s　%s%s　%s\n", base::to_rfc3339(matter.review->at).c_str(),
                verdict_word(decision), approved_words(decision.approved).c_str(),
                decision.reason.c_str());
}

// In the order of the forms and of the year; behind them what was filed under earlier notices.
void print_matters(const device::Desk& desk) {
    const notice::Package* package = desk.find_package();
    if (package == nullptr) return;
    std::set<base::EnvelopeId> printed;
    for (const notice::Form& form : package->forms)
        for (const notice::Window& window : form.windows)
            for (const device::Matter& matter : desk.matters(form.id, window.period)) {
                print_matter(form, matter);
                printed.insert(matter.root);
            }
    for (const auto& items : {desk.queued(), desk.refused(), desk.receipts()})
        for (const device::OutboxItem& item : items) {
            if (!printed.insert(item.root).second) continue;
            const auto  matter = desk.find_matter(item.root);
            const auto* form = matter ? desk.form_of(*matter) : nullptr;
            if (form != nullptr) print_matter(*form, *matter);
        }
}

void print_ledger(const device::Desk& desk) {
    for (const device::LedgerEntry& entry : desk.ledger()) {
        const auto* certificate = desk.find_certificate(entry.certificate);
        std::printf("台账　%s　%s　%s%s　%+lld　余额%lld　%s\n",
                    base::to_rfc3339(entry.at).c_str(), entry.kind.c_str(),
                    certificate == nullptr ? entry.certificate.text().c_str()
                                           : certificate->name.c_str(),
                    entry.level.c_str(), static_cast<long long>(entry.amount),
                    static_cast<long long>(entry.balance), entry.filing.text().c_str());
    }
}

httplib::Client make_client(const std::string& server) {
    httplib::Client client(server);
    client.set_connection_timeout(10);
    client.set_read_timeout(60);
    client.set_keep_alive(true);
    return client;
}

} // namespace

base::Result<device::Desk> open_desk(const std::string& store) {
    SHENBAO_ASSIGN(auto database, sqlite::Database::open(store, sqlite::OpenMode::create));
    SHENBAO_TRY(database.run_script(
        // One file of the browser's page size, so that either can bring back the other's.
        "PRAGMA page_size=" + std::to_string(sqlite::page_bytes) +
        "; PRAGMA journal_mode=DELETE; PRAGMA synchronous=FULL;"));
    return device::Desk::open(std::move(database), system_clock, system_random);
}

const char* verdict_word(const envelope::Decision& decision) {
    if (decision.verdict == envelope::ReviewVerdict::send_back) return "退回";
    if (decision.verdict == envelope::ReviewVerdict::reject) return "不通过";
    return decision.stage == envelope::ReviewStage::final_review ? "审核通过" : "初审通过";
}

std::string approved_words(const envelope::Approved& approved) {
    std::string words;
    for (const std::int64_t number : envelope::numbers_of(approved))
        words += (words.empty() ? "　" : "、") + std::to_string(number);
    return words.empty() ? words : words + "人";
}

base::Status device_enrol(const DeviceOptions& options) {
    SHENBAO_ASSIGN(device::Desk desk, open_desk(options.store));
    auto client = make_client(options.server);
    SHENBAO_ASSIGN(const std::string body, desk.begin_enrolment(options.code, options.name));
    const device::Response response =
        carry(client, {"POST", std::string(protocol::base_path) + "/enrolments",
                       "application/jose", body, {}});
    if (response.status == 0) return base::fail(Outcome::offline, options.server);
    if (response.status != 200 && response.status != 201)
        return base::fail(protocol::read_problem(response.body));
    SHENBAO_TRY(desk.finish_enrolment(response.body));
    std::printf("已登记：%s\n", desk.find_enrolment()->unit.name.c_str());
    return run_sync(desk, client);
}

namespace {

base::Status fill_and_say(device::Desk& desk, const Filling& filling) {
    SHENBAO_ASSIGN(const base::EnvelopeId root, fill(desk, filling));
    std::printf("%s\n", root.text().c_str());
    return {};
}

Filling filling_of(const DeviceOptions& options, const notice::Form& form) {
    return {form.id.text(),      options.period, options.replace, options.values,
            options.rows,        options.explanations};
}

// What a form's standard column is called in this notice, with its value.
std::string standard_value(const notice::Form& form, std::string_view column,
                           const std::string& value) {
    return form.find_standard(column)->id.text() + "=" + value;
}

base::Status no_such_form() {
    return base::fail(Outcome::wrong_use, "现行通知没有这张表，请先同步");
}

} // namespace

base::Status device_fill(const DeviceOptions& options) {
    SHENBAO_ASSIGN(device::Desk desk, open_desk(options.store));
    return fill_and_say(desk, {options.form, options.period, options.replace, options.values,
                               options.rows, options.explanations});
}

base::Status device_declare(const DeviceOptions& options) {
    SHENBAO_ASSIGN(device::Desk desk, open_desk(options.store));
    const notice::Package* package = desk.find_package();
    const notice::Form*    form =
        package == nullptr ? nullptr : package->find_serving(notice::Serves::declared);
    if (form == nullptr) return no_such_form();
    Filling filling = filling_of(options, *form);
    filling.values.push_back(standard_value(*form, "certificate", options.certificate));
    filling.values.push_back(standard_value(*form, "level", options.level));
    filling.values.push_back(standard_value(*form, "headcount", options.headcount));
    return fill_and_say(desk, filling);
}

base::Status device_summarise(const DeviceOptions& options) {
    SHENBAO_ASSIGN(device::Desk desk, open_desk(options.store));
    const notice::Package* package = desk.find_package();
    const notice::Form*    form = nullptr;
    if (package != nullptr)
        for (const notice::Form& one : package->forms)
            if (one.table && !one.table->rows_from.empty()) form = &one;
    if (form == nullptr) return no_such_form();
    Filling filling = filling_of(options, *form);
    // Whoever is named on the paper, whatever the blanks are called; one may be left out.
    for (const notice::Field& field : form->fields) {
        if (field.type == notice::FieldType::text && !options.contact.empty())
            filling.values.push_back(field.id.text() + "=" + options.contact);
        if (field.type == notice::FieldType::phone && !options.phone.empty())
            filling.values.push_back(field.id.text() + "=" + options.phone);
    }
    return fill_and_say(desk, filling);
}

base::Status device_sync(const DeviceOptions& options) {
    SHENBAO_ASSIGN(device::Desk desk, open_desk(options.store));
    auto client = make_client(options.server);
    return run_sync(desk, client);
}

base::Status device_rescue(const DeviceOptions& options) {
    SHENBAO_ASSIGN(device::Desk desk, open_desk(options.store));
    SHENBAO_ASSIGN(const std::string file, read_whole_file(options.file));
    const auto bytes = std::as_bytes(std::span(file));
    SHENBAO_ASSIGN(const device::Rescue rescue, desk.preview_rescue(bytes));
    std::printf("%s　%s　%zu份草稿\n", rescue.unit_name.c_str(), rescue.device.c_str(),
                rescue.drafts.size());
    for (const device::RescueDraft& draft : rescue.drafts)
        std::printf("%s\t%s\t%s%s\n", device::handover_word(draft.handover), draft.root.text().c_str(),
                    draft.words.c_str(), draft.was_signed ? "　须重新签名" : "");
    if (options.apply == Apply::preview) return {};
    SHENBAO_ASSIGN(const device::RescueUndo taken, desk.take_rescue(bytes));
    std::printf("已接收%zu份，另存%zu份。\n", taken.made.size() + taken.revised.size(),
                taken.copies.size());
    return {};
}

base::Status device_status(const DeviceOptions& options) {
    SHENBAO_ASSIGN(device::Desk desk, open_desk(options.store));
    const device::Enrolment* enrolment = desk.find_enrolment();
    if (enrolment == nullptr) return base::fail(Outcome::not_enrolled);
    std::printf("单位：%s\n待同步：%zu份　被退回：%zu份　回执：%zu份\n",
                enrolment->unit.name.c_str(), desk.queued().size(), desk.refused().size(),
                desk.receipts().size());
    if (enrolment->role == "school") print_matters(desk);
    else print_review_counts(desk);
    print_ledger(desk);
    if (options.out.empty()) return {};
    std::error_code error;
    std::filesystem::create_directories(options.out, error);
    for (const device::OutboxItem& item : desk.receipts()) {
        SHENBAO_ASSIGN(const std::string file, desk.receipt_file(item.id));
        SHENBAO_TRY(write_whole_file(options.out + "/" + item.id.text() + ".json", file));
    }
    return {};
}

} // namespace commands
