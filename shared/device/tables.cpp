// What a desk does with whole rows: taking a block of cells, making room, copying, and putting back
// what was there.
#include "shared/device/desk_inside.hpp"

#include "shared/base/check.hpp"
#include "shared/base/limits.hpp"
#include "shared/base/text.hpp"

#include <algorithm>

namespace device {
namespace {

using base::Outcome;

base::Status open_for_change(const std::optional<Matter>& matter) {
    if (!matter) return base::fail(Outcome::not_found_locally);
    if (!is_open(matter->state)) return base::fail(Outcome::frozen, "signed: open it for change first");
    return {};
}

TableUndo::Draft draft_of(const Matter& matter) {
    return {matter.root, matter.values, matter.updated_at};
}

bool has_text(const Matter& matter, int row) {
    return std::any_of(matter.values.begin(), matter.values.end(), [&](const auto& value) {
        return value.first.first == row && !value.second.text.empty();
    });
}

int last_row(const Matter& matter) {
    return matter.values.empty() ? 0 : matter.values.rbegin()->first.first;
}

} // namespace

base::Status Desk::Inside::touch(const base::EnvelopeId& root, base::Time at) {
    return database.prepare("UPDATE matters SET updated_at = ? WHERE root = ?").bind(at, root).run();
}

base::Status Desk::Inside::write_grid_row(const base::EnvelopeId& root, int row,
                                          const GridPreview& taken, const GridRow& from) {
    for (std::size_t i = 0; i < taken.columns.size(); ++i) {
        // What a sheet leaves empty stays as it is; what is too long for a cell was said before.
        if (from.cells[i].text.empty()) continue;
        SHENBAO_TRY(write_value(root, {row, taken.columns[i]->id}, from.cells[i].text,
                                from.cells[i].value));
    }
    return touch(root, clock.now());
}

base::Result<GridPreview> Desk::preview_grid(const notice::Form& form, const Grid& grid,
                                             const notice::Field* column,
                                             std::size_t          rows_free) const {
    if (typed_columns(form).empty()) return base::fail(Outcome::unknown_form, form.id.text());
    return preview(form, grid, column, m_inside->catalogue, rows_free);
}

base::Result<TableUndo> Desk::take_rows(const base::EnvelopeId& root, const GridPreview& taken,
                                        int row) {
    const auto matter = find_matter(root);
    SHENBAO_TRY(open_for_change(matter));
    const notice::Form* form = m_inside->form_of(*matter);
    const TableUndo before{{draft_of(*matter)}, {}};
    if (form != nullptr && is_one_row(*form) && row == 0) {
        SHENBAO_TRY(m_inside->change([&]() -> base::Status {
            return taken.rows.empty()
                       ? base::Status{}
                       : m_inside->write_grid_row(root, 0, taken, taken.rows.front());
        }));
        return before;
    }
    if (form == nullptr || !form->table || !form->table->rows_from.empty() || row < 1)
        return base::fail(Outcome::unknown_form, matter->form.text());
    const int most = int(form->table->rows_max);
    SHENBAO_TRY(m_inside->change([&]() -> base::Status {
        int next = row;
        for (const GridRow& one : taken.rows) {
            if (taken.whole)
                while (has_text(*matter, next)) ++next;
            else next = row + int(one.line - taken.first_line);
            if (next > most) return base::fail(Outcome::too_many_rows);
            SHENBAO_TRY(m_inside->write_grid_row(root, next++, taken, one));
        }
        return {};
    }));
    return before;
}

base::Result<TableUndo> Desk::take_matters(const base::FormId& form_id, const base::Period& period,
                                           const GridPreview& taken, const base::EnvelopeId* from) {
    const Edition*      edition = m_inside->edition_for(form_id, period);
    const notice::Form* form =
        edition == nullptr ? nullptr : edition->package.find_form(form_id);
    if (!m_inside->enrolment || form == nullptr || !form->many ||
        !edition->package.files(*form, m_inside->enrolment->unit.kind))
        return base::fail(Outcome::unknown_form, form_id.text() + " " + period.text());
    std::vector<Matter> there = matters(form_id, period);
    std::size_t         at = 0;
    if (from != nullptr)
        while (at < there.size() && there[at].root != *from) ++at;
    const auto takes = [&](const Matter& matter) {
        return is_open(matter.state) && !(taken.whole && has_text(matter, 0));
    };
    TableUndo before;
    SHENBAO_TRY(m_inside->change([&]() -> base::Status {
        const std::size_t first = at;
        for (const GridRow& one : taken.rows) {
            if (taken.whole)
                while (at < there.size() && !takes(there[at])) ++at;
            else at = first + (one.line - taken.first_line);
            if (at < there.size() && !takes(there[at])) continue; // Signed: left as it is.
            if (at < there.size()) {
                before.drafts.push_back(draft_of(there[at]));
                SHENBAO_TRY(m_inside->write_grid_row(there[at++].root, 0, taken, one));
                continue;
            }
            SHENBAO_ASSIGN(const base::EnvelopeId root, m_inside->insert_matter(form_id, period));
            before.made.push_back(root);
            SHENBAO_TRY(m_inside->write_grid_row(root, 0, taken, one));
        }
        return {};
    }));
    return before;
}

base::Result<TableUndo> Desk::insert_row(const base::EnvelopeId& root, int row) {
    const auto matter = find_matter(root);
    SHENBAO_TRY(open_for_change(matter));
    const notice::Form* form = m_inside->form_of(*matter);
    if (form == nullptr || !form->table || row < 1)
        return base::fail(Outcome::unknown_form, matter->form.text());
    if (last_row(*matter) >= int(form->table->rows_max))
        return base::fail(Outcome::too_many_rows);
    SHENBAO_TRY(m_inside->change([&]() -> base::Status {
        SHENBAO_TRY(m_inside->move_rows(root, row, 1));
        return m_inside->touch(root, m_inside->clock.now());
    }));
    return TableUndo{{draft_of(*matter)}, {}};
}

base::Result<TableUndo> Desk::remove_row(const base::EnvelopeId& root, int row) {
    const auto matter = find_matter(root);
    SHENBAO_TRY(open_for_change(matter));
    if (row < 1) return base::fail(Outcome::not_found_locally);
    SHENBAO_TRY(m_inside->change([&]() -> base::Status {
        SHENBAO_TRY(
            m_inside->database.prepare("DELETE FROM draft_values WHERE root = ? AND row = ?")
                .bind(root, row)
                .run());
        SHENBAO_TRY(m_inside->move_rows(root, row + 1, -1));
        return m_inside->touch(root, m_inside->clock.now());
    }));
    return TableUndo{{draft_of(*matter)}, {}};
}

base::Result<TableUndo> Desk::clear_row(const base::EnvelopeId& root, int row) {
    const auto matter = find_matter(root);
    SHENBAO_TRY(open_for_change(matter));
    SHENBAO_TRY(m_inside->change([&]() -> base::Status {
        SHENBAO_TRY(
            m_inside->database.prepare("DELETE FROM draft_values WHERE root = ? AND row = ?")
                .bind(root, row)
                .run());
        return m_inside->touch(root, m_inside->clock.now());
    }));
    return TableUndo{{draft_of(*matter)}, {}};
}

base::Result<TableUndo> Desk::copy_cell(const base::EnvelopeId& from, const Cell& from_cell,
                                        const base::EnvelopeId& root, const Cell& cell) {
    const auto source = find_matter(from), matter = find_matter(root);
    if (!source) return base::fail(Outcome::not_found_locally);
    SHENBAO_TRY(open_for_change(matter));
    const notice::Form* form = m_inside->form_of(*matter);
    if (form == nullptr || source->form != matter->form || from_cell.second != cell.second)
        return base::fail(Outcome::unknown_form, matter->form.text());
    const auto columns = typed_columns(*form);
    if (std::none_of(columns.begin(), columns.end(),
                     [&](const notice::Field* column) { return column->id == cell.second; }))
        return base::fail(Outcome::unknown_form, cell.second.text());
    const auto found = source->values.find(from_cell);
    const TypedValue value = found == source->values.end() ? TypedValue() : found->second;
    SHENBAO_TRY(m_inside->put(root, cell, value.text, value.value));
    return TableUndo{{draft_of(*matter)}, {}};
}

base::Status Desk::undo(const TableUndo& change) {
    for (const TableUndo::Draft& draft : change.drafts) {
        const auto matter = find_matter(draft.root);
        if (!matter) return base::fail(Outcome::not_found_locally);
        if (!is_open(matter->state)) return base::fail(Outcome::table_signed);
    }
    for (const base::EnvelopeId& root : change.made) {
        const auto matter = find_matter(root);
        if (matter && (matter->newest || !is_open(matter->state)))
            return base::fail(Outcome::table_signed);
    }
    return m_inside->change([&]() -> base::Status {
        const auto run = [&](const char* sql, const base::EnvelopeId& root) {
            return m_inside->database.prepare(sql).bind(root).run();
        };
        for (const TableUndo::Draft& draft : change.drafts) {
            SHENBAO_TRY(run("DELETE FROM draft_values WHERE root = ?", draft.root));
            for (const auto& [cell, value] : draft.values)
                SHENBAO_TRY(m_inside->write_value(draft.root, cell, value.text, value.value));
            SHENBAO_TRY(m_inside->touch(draft.root, draft.updated_at));
        }
        // Never signed and never sent: nothing else knows of them.
        for (const base::EnvelopeId& root : change.made) {
            SHENBAO_TRY(run("DELETE FROM draft_values WHERE root = ?", root));
            SHENBAO_TRY(run("DELETE FROM draft_notes WHERE root = ?", root));
            SHENBAO_TRY(run("DELETE FROM matters WHERE root = ?", root));
        }
        return {};
    });
}

base::Status Desk::Inside::move_rows(const base::EnvelopeId& root, int from, int by) {
    // In two steps, because a row must not meet another on the way.
    SHENBAO_TRY(database
                    .prepare("UPDATE draft_values SET row = -(row + ?2) WHERE root = ?1 AND row >= ?3")
                    .bind(root, by, from)
                    .run());
    return database.prepare("UPDATE draft_values SET row = -row WHERE root = ? AND row < 0")
        .bind(root)
        .run();
}

} // namespace device
