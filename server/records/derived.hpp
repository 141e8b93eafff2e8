// The derived tables and how one fact after the other is folded into them. Whatever is here can be
// dropped and made again from the log; a test holds that both give the same rows.
#pragma once

#include "server/records/store.hpp"
#include "shared/sqlite/database.hpp"

#include <map>
#include <memory>

namespace records {

// A digest of the tables' definitions: what was derived under another one must be made anew.
base::Sha256Hex derived_schema_version();
// Makes the tables that are missing.
[[nodiscard]] base::Status make_derived_schema(sqlite::Database& database);
[[nodiscard]] base::Status drop_derived_schema(sqlite::Database& database);
base::Result<std::vector<std::pair<std::string, std::string>>>
derived_digests(sqlite::Database& database);

class Derived {
public:
    explicit Derived(sqlite::Database& database);

    [[nodiscard]] base::Status fold(const StoredEnvelope&             entry,
                                    const envelope::VerifiedEnvelope& opened);
    [[nodiscard]] base::Status fold_enrolment(std::int64_t index, const KeyRecord& key);
    // Folds a stored fact again. Its signature was verified when it came; here its receipt-like
    // place in our own log vouches for it.
    [[nodiscard]] base::Status replay(const StoredEnvelope& entry);

private:
    [[nodiscard]] base::Status fold_filing(const StoredEnvelope& entry,
                                           const base::NoticeRef&  notice,
                                           const envelope::Filing& filing);
    [[nodiscard]] base::Status fold_values(const base::EnvelopeId& version,
                                           const base::Json& answers);
    // The package a filing was made under, read from the facts once.
    base::Result<const notice::Package*> package_of(const base::NoticeRef& ref);
    // Decisions and extensions (derived_review.cpp).
    [[nodiscard]] base::Status fold_decision(const StoredEnvelope&     entry,
                                             const envelope::Decision& decision);
    [[nodiscard]] base::Status fold_extension(const StoredEnvelope&      entry,
                                              const envelope::Extension& extension);
    struct OpenedFiling;
    base::Result<OpenedFiling> open_filing(const base::EnvelopeId& version);
    [[nodiscard]] base::Status enter_approvals(const base::EnvelopeId&   root,
                                               const OpenedFiling&       filing,
                                               const envelope::Decision& decision);
    [[nodiscard]] base::Status book(const base::EnvelopeId& root, notice::Serves serves,
                                    const StoredEnvelope& cause);
    // A version that came late waits here for an extension; any other ends the waiting.
    [[nodiscard]] base::Status await_extension(const StoredEnvelope&   entry,
                                               const envelope::Filing& filing);
    [[nodiscard]] base::Status about(std::string_view unit, std::int64_t index);
    sqlite::Statement& cached(const char* sql);
    [[nodiscard]] base::Status fold_withdrawal(const envelope::Withdrawal& withdrawal);
    [[nodiscard]] base::Status fold_unit(const StoredEnvelope&      entry,
                                         const envelope::UnitEntry& unit);
    [[nodiscard]] base::Status fold_announcement(std::int64_t                  index,
                                                 const envelope::Announcement& act);
    [[nodiscard]] base::Status fold_catalogue(std::int64_t                    index,
                                              const envelope::CatalogueEntry& entry);
    // What the matter adds to the totals, taken away (-1) or added (+1).
    [[nodiscard]] base::Status count(const base::EnvelopeId& root, int sign);
    [[nodiscard]] base::Status concern(std::string_view unit, std::int64_t index);

    sqlite::Database& m_database;
    std::map<std::string_view, sqlite::Statement> m_statements; // Of the rarer acts.
    sqlite::Statement m_find_filing, m_insert_filing, m_update_filing, m_count_late, m_withdraw;
    sqlite::Statement m_insert_version, m_find_root, m_insert_value, m_count, m_drop_empty;
    sqlite::Statement m_concern, m_concern_reviewer, m_about;
    std::map<base::Sha256Hex, std::unique_ptr<notice::Package>> m_packages;
};

} // namespace records
