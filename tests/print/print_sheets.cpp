// Writes the print of every form of the shipped notice, filled in, as one JSON document
// {form: HTML} to standard output. The browser's print test makes PDF pages of them. With the word
// "landscape" all forms lie across the page, as a package may say.
#include "shared/print/page.hpp"

#include <cstdio>

namespace vectors {
extern const std::string_view anhui_2023_14;
} // namespace vectors

namespace {

using base::Json;

// A value that fits the field; each number is another, so that a test finds it on the page.
Json value_for(const notice::Field& field, std::int64_t number) {
    switch (field.type) {
    case notice::FieldType::integer: return number;
    case notice::FieldType::money: return number * 15000 + 5000;
    case notice::FieldType::choice:
        return field.choices[std::size_t(number) % field.choices.size()];
    case notice::FieldType::certificate: return "C" + std::to_string(number);
    case notice::FieldType::phone: return "0551-6283" + std::to_string(1000 + number);
    case notice::FieldType::filing: return "01870000-0000-7000-8000-000000000001";
    case notice::FieldType::text: return "王埇沚";
    }
    return nullptr;
}

print::Sheet sheet_of(const notice::Form& form) {
    print::Sheet sheet;
    sheet.form = &form;
    sheet.unit_name = "宿州市埇桥区示例职业学校";
    sheet.answers = Json::object();
    std::int64_t number = 100;
    for (const notice::Field& field : form.fields)
        sheet.answers[field.id.text()] = value_for(field, ++number);
    if (form.table) {
        Json& rows = sheet.answers["rows"] = Json::array();
        for (int i = 0; i < 3; ++i) {
            Json row = Json::object();
            for (const notice::Field& column : form.table->columns)
                row[column.id.text()] = value_for(column, ++number);
            rows.push_back(std::move(row));
        }
    }
    for (const notice::Computed& computed : form.computed) sheet.computed[computed.id] = ++number;
    sheet.short_code = print::short_code(
        base::EnvelopeId("01870000-0000-7000-8000-000000000001"), sheet.answers);
    return sheet;
}

} // namespace

int main(int count, char** words) {
    auto package = notice::load_package(vectors::anhui_2023_14);
    if (!package) return 1;
    if (count > 1 && std::string_view(words[1]) == "landscape")
        for (notice::Form& form : package->forms)
            form.page_shape = notice::PageShape::landscape;
    const auto name_of = [](const base::CertificateId& id) {
        return "示例数据采集与处理" + id.text();
    };
    Json pages = Json::object();
    for (const notice::Form& form : package->forms)
        pages[form.id.text()] = print::document({sheet_of(form)}, name_of);
    const std::string text = base::to_text(pages) + "\n";
    return std::fwrite(text.data(), 1, text.size(), stdout) == text.size() ? 0 : 1;
}
