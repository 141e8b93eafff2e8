// What the server signs: receipts and anchors (protocol.md). A receipt is made again from its
// stored fields byte for byte, because Ed25519 is deterministic and its JSON is written with sorted
// members.
#pragma once

#include "shared/envelope/jws.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace envelope {

enum class Timing { on_time, extended, late };
std::string_view     timing_name(Timing timing); // "on_time", "extended", "late"
base::Result<Timing> parse_timing(std::string_view name);

struct Receipt {
    base::EnvelopeId             id;
    base::UnitId                 unit;
    base::Sha256Hex              sha256; // Of the envelope's exact JWS text.
    std::int64_t                 index = 0; // Place in the log, from 1.
    base::Time                   received_at;
    Timing                       timing = Timing::on_time;
    std::vector<base::Sha256Hex> attachments_missing;
    bool                         rehearsal = false;
};

std::string sign_receipt(const Receipt& receipt, const SecretKey& server_key);

// Refuses with bad_receipt, whatever is wrong (signature, another key, members); detail says which.
base::Result<Receipt> open_receipt(std::string_view text, const PublicKey& server_key);

// A signed moment of the server's clock. It ties an envelope to one server and tells a device the
// time.
struct Anchor {
    base::Time  at;
    std::string nonce; // 1-64 characters.
    bool        rehearsal = false;
};

std::string sign_anchor(const Anchor& anchor, const SecretKey& server_key);

// Refuses with bad_anchor: not signed by this server, or not an anchor.
base::Result<Anchor> open_anchor(std::string_view text, const PublicKey& server_key);

} // namespace envelope
