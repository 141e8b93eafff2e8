// What a Desk is made of; shared by the desk's own source files and nobody else.
#pragma once

#include "shared/device/desk.hpp"

namespace device {

struct Desk::Inside {
    Inside(sqlite::Database opened, base::Clock& world_clock, base::Random& world_random)
        : database(std::move(opened)), clock(world_clock), random(world_random) {}

    sqlite::Database database;
    base::Clock&     clock;
    base::Random&    random;
    std::int64_t     change_count = 0;

    std::optional<Enrolment>           enrolment;
    std::optional<envelope::SecretKey> key;
    // The engine points into the package, so the package stays where it is.
    std::unique_ptr<notice::Package>      package;
    std::optional<rules::Engine>          engine;
    rules::ContextViews                   views;   // Of the package.
    std::vector<envelope::UnitEntry>      units;
    std::vector<envelope::CatalogueEntry> catalogue;
    std::optional<protocol::SessionAnswer> session;

    base::Result<std::optional<std::string>> read_setting(std::string_view name);
    [[nodiscard]] base::Status write_setting(std::string_view name, std::string_view value);
    [[nodiscard]] base::Status write_kept(std::string_view name, std::string_view body);

    [[nodiscard]] base::Status load();
    [[nodiscard]] base::Status use_enrolment(std::string_view answer, base::ByteView seed,
                                             std::string_view device);
    [[nodiscard]] base::Status use_package(std::string_view document);
    [[nodiscard]] base::Status set_subject(const Matter& matter);
    // The answers with the members that fill themselves.
    base::Result<base::Json> prefilled(const Matter& matter, const notice::Form& form,
                                       base::Json answers);

    // Runs `changes` as one transaction and counts it. What it returns decides about the commit.
    template <class Changes>
    [[nodiscard]] base::Status change(Changes&& changes) {
        SHENBAO_ASSIGN(sqlite::Transaction transaction, sqlite::Transaction::begin(database));
        SHENBAO_TRY(changes());
        SHENBAO_TRY(transaction.commit());
        ++change_count;
        return {};
    }

    // The matter's form; absent when the current package has it no more.
    const notice::Form* find_form(const base::FormId& form) const {
        return package ? package->find_form(form) : nullptr;
    }
    std::string certificate_name(const base::CertificateId& id) const;

    base::Result<std::optional<Matter>> read_matter(const base::EnvelopeId& root);
    [[nodiscard]] base::Status          read_review(Matter& matter);
    base::Result<std::vector<OutboxItem>> read_items(std::string_view where_and_order,
                                                     std::string_view argument);
    // Sets newest from the envelopes that count; `revising` opens or closes the draft.
    [[nodiscard]] base::Status refresh_matter(const base::EnvelopeId& root, int revising);
    // Drops the matter's envelope that was never sent and opens its draft. False when there is none
    // such: then the next signing makes a new version.
    base::Result<bool> take_back(const base::EnvelopeId& root);
    // Fills the draft from signed answers.
    [[nodiscard]] base::Status write_draft(const base::EnvelopeId& root, const notice::Form& form,
                                           const base::Json& answers, const base::Json& notes);
    [[nodiscard]] base::Status write_value(const base::EnvelopeId& root, const Cell& cell,
                                           std::string_view typed, const base::Json& value);
    // One keystroke or one choice: the value and when the draft was changed, as one transaction.
    [[nodiscard]] base::Status put(const base::EnvelopeId& root, const Cell& cell,
                                   std::string_view typed, const base::Json& value);
    [[nodiscard]] base::Status touch(const base::EnvelopeId& root, base::Time at);
    base::Result<base::EnvelopeId> insert_matter(const base::FormId& form,
                                                 const base::Period& period);
    // Of a block of cells: those with text, into a row of a draft.
    [[nodiscard]] base::Status write_grid_row(const base::EnvelopeId& root, int row,
                                              const GridPreview& taken, const GridRow& from);
    // Rows from `from` on get other numbers.
    [[nodiscard]] base::Status move_rows(const base::EnvelopeId& root, int from, int by);
    // Keeps a signed envelope; of the item all but refusal, findings and receipt_fields.
    [[nodiscard]] base::Status add_item(const OutboxItem& item, const base::Json& notes);
};

} // namespace device
