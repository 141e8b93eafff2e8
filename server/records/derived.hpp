// The derived tables and how one fact after the other is folded into them. Whatever is here can be
// dropped and made again from the log; a test holds that both give the same rows.
#pragma once

#include "server/records/store.hpp"
#include "shared/sqlite/database.hpp"

namespace records {

// Makes the tables when they are missing or of another version (then they start empty and must be
// rebuilt; the schema's version is kept beside the facts').
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
                                           const envelope::Filing& filing);
    [[nodiscard]] base::Status fold_withdrawal(const envelope::Withdrawal& withdrawal);
    [[nodiscard]] base::Status fold_unit(std::int64_t index, const envelope::UnitEntry& unit);
    [[nodiscard]] base::Status fold_catalogue(std::int64_t                    index,
                                              const envelope::CatalogueEntry& entry);
    // What the matter adds to the totals, taken away (-1) or added (+1).
    [[nodiscard]] base::Status count(const base::EnvelopeId& root, int sign);
    [[nodiscard]] base::Status concern(std::string_view unit, std::int64_t index);

    sqlite::Database& m_database;
    sqlite::Statement m_find_filing, m_insert_filing, m_update_filing, m_count_late, m_withdraw;
    sqlite::Statement m_insert_version, m_find_root, m_count, m_drop_empty, m_concern;
    sqlite::Statement m_concern_reviewer;
};

} // namespace records
