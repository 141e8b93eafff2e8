#include "client/screens/listing.hpp"

#include "client/app.hpp"

notice::Form listing_form(const std::string& title, const std::vector<std::string>& lines,
                          const std::vector<ListingColumn>& columns, std::string_view total_under) {
    notice::Form form;
    form.title = title;
    form.table.emplace();
    notice::Block block;
    block.kind = notice::Block::Kind::title;
    block.text = title;
    form.blocks.push_back(block);
    block.kind = notice::Block::Kind::note;
    for (const std::string& line : lines) {
        block.text = line;
        form.blocks.push_back(block);
    }
    block.kind = notice::Block::Kind::table;
    for (const ListingColumn& one : columns) {
        notice::TableColumn column;
        column.id = base::FieldId(one.id);
        column.head = one.head;
        column.share = one.share;
        block.columns.push_back(column);
        notice::Field field;
        field.id = column.id;
        form.table->columns.push_back(field);
    }
    if (!total_under.empty()) {
        block.total_label = "合计";
        block.total_under = base::FieldId(std::string(total_under));
        block.total_computed = block.total_under;
        form.computed.emplace_back().id = block.total_computed;
    }
    form.blocks.push_back(block);
    return form;
}

print::Sheet listing_sheet(App& app, const notice::Form& form, base::Json rows,
                           std::string short_code) {
    print::Sheet sheet;
    sheet.form = &form;
    sheet.answers = {{"rows", std::move(rows)}};
    sheet.unit_name = app.desk().find_enrolment()->unit.name;
    sheet.rehearsal = app.desk().find_enrolment()->rehearsal;
    sheet.short_code = short_code.empty() ? print::short_code(base::EnvelopeId(), sheet.answers)
                                          : std::move(short_code);
    return sheet;
}
