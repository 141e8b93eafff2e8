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

// As if a known device had signed just these bytes.
void open_as_payload(const std::string& text) {
    const std::string signed_text = envelope::sign_jws(text, signer(), envelope::HeaderKey::kid);
    const auto        jws = envelope::Jws::parse(signed_text, envelope::HeaderKey::kid);
    if (jws) (void)envelope::open(*jws, signer().public_key());
}

void read_as_answer(const std::string& text) {
    (void)protocol::read_problem(text);
    (void)protocol::read_server_info(text);
    (void)protocol::read_enrolment_request(text);
    (void)protocol::read_enrolment_answer(text);
    (void)protocol::read_line_answer(text);
    (void)protocol::read_session_request(text);
    (void)protocol::read_session_answer(text);
    (void)protocol::read_changes(text);
    (void)protocol::read_units(text);
    (void)protocol::read_catalogue(text);
    (void)protocol::read_ledger(text);
    (void)protocol::read_devices(text);
    (void)protocol::read_extensions(text);
    (void)protocol::read_code_request(text);
    (void)protocol::read_new_code(text);
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
        std::string written;
        for (const base::CsvRow& row : *rows) written += base::csv_line(row.cells);
        const auto again = base::parse_csv(written);
        SHENBAO_CHECK(again.has_value() && again->size() == rows->size());
    }
    return 0;
}
