// What the offices do besides reviewing, and what the province announces.
#include "shared/device/desk_inside.hpp"

#include "shared/base/check.hpp"

namespace device {

using base::Outcome;

namespace {

bool is_office_act(const envelope::Act& act) {
    return std::holds_alternative<envelope::UnitEntry>(act) ||
           std::holds_alternative<envelope::Revocation>(act) ||
           std::holds_alternative<envelope::Extension>(act) ||
           std::holds_alternative<envelope::Announcement>(act);
}

// A list as the server told it last; nothing when it never did.
template <class Item>
std::vector<Item> read_list(const std::optional<std::string>& body,
                            base::Result<std::vector<Item>> (*read)(std::string_view)) {
    if (!body) return {};
    auto list = read(*body);
    return list ? std::move(*list) : std::vector<Item>();
}

} // namespace

base::Status Desk::issue(const envelope::Act& act, std::string_view words) {
    Inside& inside = *m_inside;
    SHENBAO_CHECK(is_office_act(act));
    if (!inside.enrolment || inside.current == nullptr) return base::fail(Outcome::not_enrolled);
    SHENBAO_ASSIGN(const std::string anchor, inside.anchor_to_sign());
    const envelope::Common common = {
        envelope::make_envelope_id(inside.clock.now(), inside.random), inside.enrolment->unit.unit,
        inside.current->package.ref, inside.clock.now(), anchor};
    const envelope::Envelope sealed = envelope::seal_act(common, act, *inside.key);
    OutboxItem item;
    item.id = item.root = sealed.id();
    item.sha256 = sealed.sha256();
    item.kind = envelope::kind_name(act);
    item.answers = {{"words", words}};
    item.made_at = common.made_at;
    item.text = sealed.text();
    return inside.change([&] { return inside.add_item(item, base::Json::object()); });
}

base::Status Desk::take_back_act(const base::EnvelopeId& id) {
    Inside& inside = *m_inside;
    return inside.change([&]() -> base::Status {
        SHENBAO_TRY(inside.database
                        .prepare("DELETE FROM envelopes WHERE id = ? AND "
                                 "(kind IN ('unit', 'revocation', 'extension', 'announcement') AND "
                                 "(state = 'refused' OR state = 'queued' AND attempts = 0) "
                                 "OR kind = 'withdrawal' AND state = 'refused')")
                        .bind(id)
                        .run());
        if (inside.database.changes() == 0)
            return base::fail(Outcome::frozen, "it has been sent");
        return {};
    });
}

std::vector<protocol::DeviceInfo> Desk::devices() const {
    return read_list(kept("devices"), protocol::read_devices);
}

std::vector<protocol::ExtensionInfo> Desk::extensions() const {
    return read_list(kept("extensions"), protocol::read_extensions);
}

std::optional<std::vector<protocol::OpenCode>> Desk::codes() const {
    const auto body = kept("codes");
    if (!body) return std::nullopt;
    auto list = read_list(body, protocol::read_codes);
    std::erase_if(list, [now = m_inside->clock.now()](const protocol::OpenCode& code) {
        return code.expires_at <= now;
    });
    return list;
}

base::Status Desk::keep_list(std::string_view name, std::string_view body, std::string_view etag) {
    return m_inside->change([&]() -> base::Status {
        SHENBAO_TRY(m_inside->write_kept(name, body));
        return m_inside->write_setting(etag_setting(name), etag);
    });
}

std::vector<Announcement> Desk::announcements() const {
    std::vector<Announcement> list;
    auto select = m_inside->database.prepare(
        "SELECT id, text, until, at, read, kind, city, unit FROM announcements WHERE until >= ? "
        "ORDER BY log_index DESC");
    select.bind(server_time());
    for (;;) {
        const auto has_row = select.step();
        if (!has_row || !*has_row) return list;
        Announcement& one = list.emplace_back();
        one.id = base::EnvelopeId(select.text(0));
        one.text = select.text(1);
        one.until = select.time(2);
        one.at = select.time(3);
        one.read = select.integer(4) != 0;
        if (!select.is_null(5)) one.to.kind = select.text(5);
        if (!select.is_null(6)) one.to.city = select.text(6);
        if (!select.is_null(7)) one.to.unit = base::UnitId(select.text(7));
    }
}

base::Status Desk::mark_announcement_read(const base::EnvelopeId& id) {
    return m_inside->change([&] {
        return m_inside->database.prepare("UPDATE announcements SET read = 1 WHERE id = ?")
            .bind(id)
            .run();
    });
}

base::Status Desk::Inside::keep_office_act(const envelope::VerifiedEnvelope& opened,
                                           const envelope::Receipt&          receipt,
                                           std::string_view                  receipt_text) {
    if (const auto* announcement = std::get_if<envelope::Announcement>(&opened.act()))
        return keep_announcement(*announcement, receipt);
    return keep_review_entry(opened, receipt, receipt_text);
}

base::Status Desk::Inside::keep_announcement(const envelope::Announcement& announcement,
                                             const envelope::Receipt&      receipt) {
    return database.prepare("INSERT OR IGNORE INTO announcements VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)")
        .bind(receipt.id, announcement.text, announcement.until, receipt.received_at,
              receipt.index,
              receipt.unit == enrolment->unit.unit ? 1 : 0, // Who wrote it has read it.
              announcement.to.kind, announcement.to.city, announcement.to.unit)
        .run();
}

} // namespace device
