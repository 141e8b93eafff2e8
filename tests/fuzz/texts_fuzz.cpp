// Whoever reads what others wrote must take any bytes: refuse them or understand them, and what was
// understood must be written back alike.
#include "shared/base/check.hpp"
#include "shared/base/csv.hpp"
#include "shared/base/json.hpp"
#include "shared/base/text.hpp"
#include "shared/base/time.hpp"
#include "shared/device/grid.hpp"
#include "shared/envelope/envelope.hpp"
#include "shared/notice/package.hpp"
#include "shared/protocol/offices.hpp"

#include <cstdint>

namespace {

const envelope::SecretKey& signer() {
    static const base::Bytes         seed(32, std::byte{7});
    static const envelope::SecretKey key = *envelope::SecretKey::from_seed(seed);
    return key;
}

base::Result<envelope::VerifiedEnvelope> open(const std::string& text) {
    SHENBAO_ASSIGN(const auto jws, envelope::Jws::parse(text, envelope::HeaderKey::kid));
    return envelope::open(jws, signer().public_key());
}

// As if a known device had signed just these bytes. An act that was understood is sealed again from
// its members and must be the same act; only the rules can make a filing that may be sealed.
void open_as_payload(const std::string& text) {
    const auto opened = open(envelope::sign_jws(text, signer(), envelope::HeaderKey::kid));
    if (!opened || std::holds_alternative<envelope::Filing>(opened->act())) return;
    const auto sealed = envelope::seal_act(opened->common(), opened->act(), signer());
    const auto again = open(sealed.text());
    SHENBAO_CHECK(again.has_value());
    SHENBAO_CHECK(envelope::seal_act(again->common(), again->act(), signer()).text() ==
                  sealed.text());
}

// What was understood is written, and what was written is understood alike.
template <class Message>
void read_and_write(const std::string& text, base::Result<Message> (*read)(std::string_view),
                    std::string (*write)(const Message&)) {
    const auto message = read(text);
    if (!message) return;
    const std::string written = write(*message);
    const auto        again = read(written);
    SHENBAO_CHECK(again.has_value());
    SHENBAO_CHECK(write(*again) == written);
}

void read_as_answer(const std::string& text) {
    using namespace protocol;
    (void)read_problem(text);
    (void)read_ledger(text); // Written as a summary, by the server.
    read_and_write(text, read_notices, write_notices);
    read_and_write(text, read_server_info, write_server_info);
    read_and_write(text, read_enrolment_request, write_enrolment_request);
    read_and_write(text, read_enrolment_answer, write_enrolment_answer);
    read_and_write(text, read_line_answer, write_line_answer);
    read_and_write(text, read_session_request, write_session_request);
    read_and_write(text, read_session_answer, write_session_answer);
    read_and_write(text, read_changes, write_changes);
    read_and_write(text, read_units, write_units);
    read_and_write(text, read_catalogue, write_catalogue);
    read_and_write(text, read_devices, write_devices);
    read_and_write(text, read_extensions, write_extensions);
    read_and_write(text, read_code_request, write_code_request);
    read_and_write(text, read_new_code, write_new_code);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    if (const auto json = base::parse_json(text)) {
        const auto again = base::parse_json(base::to_text(*json));
        SHENBAO_CHECK(again.has_value() && *again == *json);
        open_as_payload(text);
        read_as_answer(text);
        (void)notice::load_package(text);
    }
    for (const auto key : {envelope::HeaderKey::kid, envelope::HeaderKey::jwk})
        if (const auto jws = envelope::Jws::parse(text, key)) (void)jws->sha256();
    (void)base::parse_rfc3339(text);
    (void)device::parse_cells(text);
    (void)device::parse_table_file(text);
    if (const auto rows = base::parse_csv(text)) {
        std::string written(base::csv_mark);
        for (const base::CsvRow& row : *rows) written += base::csv_line(row.cells);
        const auto again = base::parse_csv(written);
        SHENBAO_CHECK(again.has_value() && again->size() == rows->size());
        for (std::size_t row = 0; row < rows->size(); ++row)
            SHENBAO_CHECK((*again)[row].cells == (*rows)[row].cells);
    }
    return 0;
}
