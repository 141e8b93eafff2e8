// What becomes of open drafts when the notice's version changes.
#include "shared/device/desk_inside.hpp"

#include "shared/base/check.hpp"
#include "shared/base/text.hpp"

#include <algorithm>

namespace device {
namespace {

using base::Json;
using notice::Field;
using notice::Form;

// The fields of the form itself, or the columns that people fill in.
const std::vector<Field>& fields_at(const Form& form, int row) {
    static const std::vector<Field> none;
    if (row == 0) return form.fields;
    return form.table && form.table->rows_from.empty() ? form.table->columns : none;
}

const Field* find_in(const std::vector<Field>& fields, std::string_view id) {
    for (const Field& field : fields)
        if (field.id.text() == id) return &field;
    return nullptr;
}

// The field of the newer form that takes what the older field held: of the same id, or renamed from
// it. Null: nobody, or one that fills itself.
const Field* successor_of(const Form& newer, int row, std::string_view older_id) {
    const std::vector<Field>& fields = fields_at(newer, row);
    const Field*              found = nullptr;
    for (const Field& field : fields)
        if (field.was == older_id && find_in(fields, older_id) == nullptr) found = &field;
    if (found == nullptr) found = find_in(fields, older_id);
    return found == nullptr || found->prefill.empty() ? found : nullptr;
}

Json to_json(const Carryover& carryover) {
    Json values = Json::array();
    for (const Carryover::Value& value : carryover.values)
        values.push_back({{"row", value.row},
                          {"label", value.label},
                          {"text", value.text},
                          {"now", value.now}});
    return {{"form", carryover.form},
            {"period", carryover.period.text()},
            {"gone", carryover.gone},
            {"values", std::move(values)},
            {"fresh", carryover.fresh}};
}

// Our own words, written by to_json above.
Carryover read(const base::EnvelopeId& root, const Json& json) {
    Carryover carryover{root, json.at("form").get<std::string>(),
                        base::Period(json.at("period").get<std::string>()),
                        json.at("gone").get<bool>(), {}, {}};
    for (const Json& value : json.at("values"))
        carryover.values.push_back(
            {value.at("row").get<int>(), value.at("label").get<std::string>(),
             value.at("text").get<std::string>(), value.at("now").get<std::string>()});
    for (const Json& label : json.at("fresh"))
        carryover.fresh.push_back(label.get<std::string>());
    return carryover;
}

} // namespace

base::Result<std::optional<Carryover>> Desk::Inside::carry_over(const base::EnvelopeId& root) {
    SHENBAO_ASSIGN(const auto matter, read_matter(root));
    if (!matter) return std::nullopt;
    const Edition*        target = edition_for(matter->form, matter->period);
    const base::Sha256Hex version =
        target == nullptr ? base::Sha256Hex() : target->package.ref.sha256;
    if (matter->notice == version) return std::nullopt;
    const Form* older = form_of(*matter);
    const Form* newer = target == nullptr ? nullptr : target->package.find_form(matter->form);
    Carryover   carryover{root, older == nullptr ? matter->form.text() : older->short_title,
                          matter->period, false, {}, {}};
    carryover.gone = newer == nullptr;
    for (const auto& [cell, typed] : matter->values) {
        const Field* field =
            older == nullptr ? nullptr : find_in(fields_at(*older, cell.first), cell.second.text());
        const Field* taker =
            carryover.gone ? nullptr : successor_of(*newer, cell.first, cell.second.text());
        if (!base::trim(typed.text).empty())
            carryover.values.push_back({cell.first,
                                        field == nullptr ? cell.second.text() : field->label,
                                        typed.text, taker == nullptr ? "" : taker->label});
        if (taker == nullptr) continue;
        // A picked certificate stays picked; everything else is read by the newer field's rules.
        const Json value = taker->type == notice::FieldType::certificate && typed.value.is_string()
                               ? typed.value
                               : read_typed(*taker, typed.text);
        SHENBAO_TRY(write_value(root, {cell.first, taker->id}, typed.text, value));
    }
    if (carryover.gone) return carryover; // It stays under its own version, to be read.
    for (const int row : {0, 1})
        for (const Field& field : fields_at(*newer, row)) {
            const auto& had = older == nullptr ? std::vector<Field>() : fields_at(*older, row);
            if (field.prefill.empty() && find_in(had, field.id.text()) == nullptr &&
                (field.was.empty() || find_in(had, field.was) == nullptr))
                carryover.fresh.push_back(field.label);
        }
    SHENBAO_TRY(database.prepare("UPDATE matters SET notice = ? WHERE root = ?")
                    .bind(version, root)
                    .run());
    return carryover;
}

base::Status Desk::Inside::carry_over_and_tell(const base::EnvelopeId& root) {
    SHENBAO_ASSIGN(const auto carried, carry_over(root));
    if (!carried) return {};
    const auto moved = [](const Carryover::Value& value) { return value.now != value.label; };
    const bool as_before =
        !carried->gone && carried->fresh.empty() &&
        std::none_of(carried->values.begin(), carried->values.end(), moved);
    if (as_before) return {}; // Nothing that a person would see.
    const std::string words = base::to_text(to_json(*carried));
    auto              known = database.prepare("SELECT 1 FROM carryovers WHERE root = ? AND told = ?");
    SHENBAO_ASSIGN(const bool told, known.bind(root, words).step());
    if (told) return {};
    return database
        .prepare("INSERT INTO carryovers VALUES(?, ?, 0) ON CONFLICT(root) "
                 "DO UPDATE SET told = excluded.told, read = 0")
        .bind(root, words)
        .run();
}

base::Status Desk::Inside::carry_over_drafts() {
    std::vector<base::EnvelopeId> roots;
    auto select = database.prepare("SELECT root FROM matters WHERE deleted_at IS NULL "
                                   "AND notice <> ? ORDER BY position");
    select.bind(current->package.ref.sha256);
    for (;;) {
        SHENBAO_ASSIGN(const bool has_row, select.step());
        if (!has_row) break;
        roots.emplace_back(select.text(0));
    }
    for (const base::EnvelopeId& root : roots) {
        SHENBAO_ASSIGN(const auto matter, read_matter(root));
        if (matter && is_open(matter->state)) SHENBAO_TRY(carry_over_and_tell(root));
    }
    return {};
}

std::vector<Carryover> Desk::carryovers() const {
    std::vector<Carryover> told;
    auto select = m_inside->database.prepare(
        "SELECT c.root, c.told, c.read FROM carryovers c JOIN matters m ON m.root = c.root "
        "WHERE m.deleted_at IS NULL ORDER BY m.position");
    for (auto row = select.step(); row && *row; row = select.step()) {
        const auto json = base::parse_json(select.text_view(1));
        SHENBAO_CHECK(json.has_value());
        told.push_back(read(base::EnvelopeId(select.text(0)), *json));
        told.back().read = select.integer(2) != 0;
    }
    return told;
}

base::Status Desk::acknowledge_carryovers() {
    sqlite::Database& database = m_inside->database;
    return m_inside->change([&] { return database.run_script("UPDATE carryovers SET read = 1"); });
}

} // namespace device
