// What a Desk is made of; shared by the desk's own source files and nobody else.
#pragma once

#include "shared/device/desk.hpp"
#include "shared/device/review_desk.hpp"

#include <map>
#include <memory>
#include <set>
#include <unordered_map>

namespace device {

// A version of a notice with its rules ready. The engine points into the package, so an edition
// stays where it is.
struct Edition {
    notice::Package              package;
    rules::ContextViews          views;
    std::optional<rules::Engine> engine;
};

struct Desk::Inside {
    Inside(sqlite::Database opened, base::Clock& world_clock, base::Random& world_random)
        : database(std::move(opened)), clock(world_clock), random(world_random) {}

    sqlite::Database database;
    base::Clock&     clock;
    base::Random&    random;
    std::int64_t     change_count = 0;

    std::optional<Enrolment>           enrolment;
    std::optional<envelope::SecretKey> key;
    // The versions of notices that this desk has, as they are needed; what was signed under one is
    // shown and printed by it.
    std::map<base::Sha256Hex, std::unique_ptr<Edition>> editions;
    Edition*                                            current = nullptr; // Null before the first.
    std::vector<protocol::PublishedNotice> published; // As the server last told, newest last.
    std::vector<envelope::UnitEntry>      units;
    std::vector<envelope::CatalogueEntry> catalogue;
    std::optional<protocol::SessionAnswer> session;

    // The reviewer's queue as it was read last: with thousands of rows only those are read again
    // that may have changed since.
    struct ReviewRows {
        bool                                         known = false;
        std::vector<QueueRow>                        rows;
        std::unordered_map<std::string, std::size_t> places; // Of each root.
        std::set<base::EnvelopeId>                   stale;
    } review_rows;

    base::Time                               server_time(); // As Desk::server_time().
    base::Result<std::optional<std::string>> read_setting(std::string_view name);
    // The newest anchor, for what is to be signed now: revoked_key when nothing may be signed here
    // any more, not_enrolled when there is none yet.
    base::Result<std::string> anchor_to_sign();
    [[nodiscard]] base::Status write_setting(std::string_view name, std::string_view value);
    [[nodiscard]] base::Status write_kept(std::string_view name, std::string_view body);
    [[nodiscard]] base::Status drop_kept(std::string_view name);
    std::optional<std::string> read_kept(std::string_view name); // Nothing also on a failed read.

    [[nodiscard]] base::Status load();
    [[nodiscard]] base::Status use_enrolment(std::string_view answer, base::ByteView seed,
                                             std::string_view device);
    // The edition of this document, made unless it is there; bad_package or bad_rule. Proof:
    // whether this desk has taken the document before; if not, every rule of it is tried at once.
    enum class Proof { wanted, given };
    base::Result<Edition*> edition_from(std::string_view document, Proof proof);
    // That under which the matter was begun, carried over or signed; the current one when this desk
    // does not have it. There must be a current one.
    Edition& edition_of(const Matter& matter) { return edition_at(matter.notice); }
    // The version by its digest; the current one for "" or when this desk does not have it.
    Edition& edition_at(const base::Sha256Hex& notice);
    // Those under which something may be filed now: the current one and earlier ones, newest first.
    std::vector<Edition*> open_editions();
    // True if what is filed of it under this version is taken now.
    bool takes(const Edition& edition, const base::FormId& form, const base::Period& period);
    // The newest version that has a window for it and under which it is taken; null when none does.
    Edition* edition_for(const base::FormId& form, const base::Period& period);
    // Until when the newest extension of it goes; that moment included.
    std::optional<base::Time> extended_until(const base::FormId& form, const base::Period& period);
    // Of a version before the current one: there is still something to do about it.
    bool is_unsettled(const Desk& desk, const Duty& duty);
    // Brings the open draft to the version under which it is filed now: renamed fields take their
    // values along, all is read anew. Returns what became of it, or nothing when it was under that
    // version already.
    base::Result<std::optional<Carryover>> carry_over(const base::EnvelopeId& root);
    [[nodiscard]] base::Status             carry_over_and_tell(const base::EnvelopeId& root);
    [[nodiscard]] base::Status             carry_over_drafts(); // All that are open.
    [[nodiscard]] base::Status set_subject(const Matter& matter);
    // The answers with the members that fill themselves.
    base::Result<base::Json> prefilled(const Matter& matter, const notice::Form& form,
                                       base::Json answers);
    // What a text means in a field, as the desk keeps it beside the text; null when nothing.
    base::Json read_typed(const notice::Field& field, std::string_view text) const;

    // Runs `changes` as one transaction and counts it. What it returns decides about the commit.
    template <class Changes>
    [[nodiscard]] base::Status change(Changes&& changes) {
        SHENBAO_ASSIGN(sqlite::Transaction transaction, sqlite::Transaction::begin(database));
        SHENBAO_TRY(changes());
        SHENBAO_TRY(transaction.commit());
        ++change_count;
        return {};
    }

    // The form by which the matter is read: of its own edition.
    const notice::Form* form_of(const Matter& matter) {
        return current == nullptr ? nullptr : edition_of(matter).package.find_form(matter.form);
    }
    std::string certificate_name(const base::CertificateId& id) const;

    // What was deleted counts as absent, unless it is asked for too.
    base::Result<std::optional<Matter>> read_matter(const base::EnvelopeId& root,
                                                    bool deleted_too = false);
    [[nodiscard]] base::Status          read_review(Matter& matter);
    // How it arrived, extensions counted in; nothing without a receipt.
    std::optional<envelope::Timing> timing_of(const OutboxItem& item);
    base::Result<std::vector<OutboxItem>> read_items(std::string_view where_and_order,
                                                     std::string_view argument);
    // Sets newest from the envelopes that count; `revising` opens or closes the draft.
    [[nodiscard]] base::Status refresh_matter(const base::EnvelopeId& root, int revising);
    // Drops the matter's envelope that was never sent and opens its draft. False when there is none
    // such: then the next signing makes a new version.
    base::Result<bool> take_back(const base::EnvelopeId& root);
    // Fills the draft from signed answers, each member under its own id. `form`: by which they are
    // read; of a member that it does not have, or without it, the value stands as its text.
    [[nodiscard]] base::Status write_draft(const base::EnvelopeId& root, const notice::Form* form,
                                           const base::Json& answers, const base::Json& notes);
    [[nodiscard]] base::Status write_value(const base::EnvelopeId& root, const Cell& cell,
                                           std::string_view typed, const base::Json& value);
    // One keystroke or one choice: the value and when the draft was changed, as one transaction.
    [[nodiscard]] base::Status put(const base::EnvelopeId& root, const Cell& cell,
                                   std::string_view typed, const base::Json& value);
    [[nodiscard]] base::Status touch(const base::EnvelopeId& root, base::Time at);
    // What another machine typed, read by the version of the notice that the matter names.
    [[nodiscard]] base::Status write_foreign(const Matter& typed);
    // Second copies of drafts (rescue.hpp), as they are kept.
    struct KeptCopy {
        base::EnvelopeId id;
        base::EnvelopeId of; // The matter beside which it was put.
        std::string      name;
    };
    // bad_file when something there was not written by this program: a file may hold anything.
    base::Result<std::vector<KeptCopy>> kept_copies();
    base::Result<base::EnvelopeId> insert_matter(const base::FormId& form,
                                                 const base::Period& period);
    // Of a block of cells: those with text, into a row of a draft.
    [[nodiscard]] base::Status write_grid_row(const base::EnvelopeId& root, int row,
                                              const GridPreview& taken, const GridRow& from);
    // Rows from `from` on get other numbers.
    [[nodiscard]] base::Status move_rows(const base::EnvelopeId& root, int from, int by);
    // Acts of others on this unit's matters and windows; what is about other units is left.
    [[nodiscard]] base::Status take_decision(const envelope::Decision& decision,
                                             const protocol::Change&   change,
                                             const envelope::Receipt&  receipt);
    [[nodiscard]] base::Status take_extension(const envelope::Extension& extension,
                                              const envelope::Receipt&   receipt);
    // What an office has done, this one or another, or what a reviewer is shown: an announcement or
    // a review entry. Inside a transaction of the caller's.
    [[nodiscard]] base::Status keep_office_act(const envelope::VerifiedEnvelope& opened,
                                               const envelope::Receipt&          receipt,
                                               std::string_view                  receipt_text);
    // What the changes bring a reviewer: kept as it is, and the matter concluded anew. Inside a
    // transaction of the caller's; what is known already, or about no matter that is, is let be.
    [[nodiscard]] base::Status keep_review_entry(const envelope::VerifiedEnvelope& opened,
                                                 const envelope::Receipt&          receipt,
                                                 std::string_view receipt_text);
    [[nodiscard]] base::Status conclude_review(const base::EnvelopeId& root);
    base::Result<std::vector<HistoryEntry>> read_history(const base::EnvelopeId& root);
    [[nodiscard]] base::Status keep_announcement(const envelope::Announcement& announcement,
                                                 const envelope::Receipt&      receipt);
    // Notes of a kept filing which version it names and what rules may compare with.
    [[nodiscard]] base::Status index_filing(const base::EnvelopeId& id,
                                            const base::Sha256Hex&  sha256, std::string_view text);
    [[nodiscard]] base::Status index_filings(); // Those that an older program has kept.
    // What was signed under this version is read anew, because it has just come.
    [[nodiscard]] base::Status read_again_under(const base::Sha256Hex& notice);
    // Keeps a signed envelope; of the item all but refusal, findings and receipt_fields.
    [[nodiscard]] base::Status add_item(const OutboxItem& item, const base::Json& notes);
};

} // namespace device
