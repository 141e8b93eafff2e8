// A school's machine without a screen: the same desk as in the browser, over a native client.
#include "server/commands/commands.hpp"

#include "shared/device/sync.hpp"
#include "shared/sqlite/page_vfs.hpp"

#include <httplib.h>

#include <cstdio>
#include <filesystem>

namespace commands {
namespace {

using base::Outcome;

base::SystemClock  system_clock;
base::SystemRandom system_random;

base::Result<device::Desk> open_desk(const std::string& store) {
    SHENBAO_ASSIGN(auto database, sqlite::Database::open(store, sqlite::OpenMode::create));
    SHENBAO_TRY(database.run_script(
        // One file of the browser's page size, so that either can bring back the other's.
        "PRAGMA page_size=" + std::to_string(sqlite::page_bytes) +
        "; PRAGMA journal_mode=DELETE; PRAGMA synchronous=FULL;"));
    return device::Desk::open(std::move(database), system_clock, system_random);
}

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

httplib::Client make_client(const std::string& server) {
    httplib::Client client(server);
    client.set_connection_timeout(10);
    client.set_read_timeout(60);
    client.set_keep_alive(true);
    return client;
}

} // namespace

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

base::Status device_declare(const DeviceOptions& options) {
    SHENBAO_ASSIGN(device::Desk desk, open_desk(options.store));
    SHENBAO_ASSIGN(const base::EnvelopeId root,
                   desk.create_matter(base::FormId("declaration"), base::Period(options.period)));
    const auto cell = [](const char* field) { return device::Cell{0, base::FieldId(field)}; };
    const base::CertificateId by_id(options.certificate);
    SHENBAO_TRY(desk.find_certificate(by_id) != nullptr
                    ? desk.choose(root, cell("certificate"), by_id)
                    : desk.type(root, cell("certificate"), options.certificate));
    SHENBAO_TRY(desk.type(root, cell("level"), options.level));
    SHENBAO_TRY(desk.type(root, cell("headcount"), options.headcount));
    if (const auto sealed = desk.seal(root); !sealed) {
        SHENBAO_TRY(desk.remove(root));
        return sealed;
    }
    std::printf("%s\n", root.text().c_str());
    return {};
}

base::Status device_summarise(const DeviceOptions& options) {
    SHENBAO_ASSIGN(device::Desk desk, open_desk(options.store));
    SHENBAO_ASSIGN(const base::EnvelopeId root, desk.create_matter(base::FormId("school_summary"),
                                                                   base::Period(options.period)));
    const auto matter = desk.find_matter(root);
    if (matter && (matter->state == device::MatterState::queued ||
                   matter->state == device::MatterState::submitted))
        SHENBAO_TRY(desk.revise(root));
    SHENBAO_TRY(desk.type(root, {0, base::FieldId("contact")}, options.contact));
    SHENBAO_TRY(desk.type(root, {0, base::FieldId("phone")}, options.phone));
    SHENBAO_TRY(desk.seal(root));
    std::printf("%s\n", root.text().c_str());
    return {};
}

base::Status device_sync(const DeviceOptions& options) {
    SHENBAO_ASSIGN(device::Desk desk, open_desk(options.store));
    auto client = make_client(options.server);
    return run_sync(desk, client);
}

base::Status device_status(const DeviceOptions& options) {
    SHENBAO_ASSIGN(device::Desk desk, open_desk(options.store));
    const device::Enrolment* enrolment = desk.find_enrolment();
    if (enrolment == nullptr) return base::fail(Outcome::not_enrolled);
    std::printf("单位：%s\n待同步：%zu份　被退回：%zu份　回执：%zu份\n",
                enrolment->unit.name.c_str(), desk.queued().size(), desk.refused().size(),
                desk.receipts().size());
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
