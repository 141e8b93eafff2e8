// The list 检查 beside a form.
#include "client/app.hpp"
#include "client/screens/parts.hpp"
#include "client/widgets/controls.hpp"
#include "client/widgets/fields.hpp"
#include "client/widgets/layout.hpp"
#include "client/widgets/words.hpp"
#include "shared/base/text.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>

// A finding about a row says so in its words, in the notice's rules and in the desk's own.
int row_in_words(std::string_view text) {
    constexpr std::string_view before = "第", behind = "行";
    for (std::size_t at = text.find(before); at != text.npos; at = text.find(before, at + 1)) {
        std::size_t digits = at + before.size(), row = 0;
        for (; digits < text.size() && text[digits] >= '0' && text[digits] <= '9' && row < 10000;
             ++digits)
            row = row * 10 + std::size_t(text[digits] - '0');
        if (row > 0 && text.substr(digits).substr(0, behind.size()) == behind) return int(row);
    }
    return 0;
}

std::optional<device::Cell> cell_of(const notice::Form& form, const rules::Finding& finding) {
    constexpr std::string_view in_table = "rows.";
    for (const base::FieldId& id : finding.fields) {
        const std::string& field = id.text();
        if (form.find_field(field) != nullptr) return device::Cell{0, id};
        if (field.compare(0, in_table.size(), in_table) != 0) continue;
        const std::string column = field.substr(in_table.size());
        if (form.find_column(column) != nullptr && form.table->rows_from.empty())
            return device::Cell{finding.row > 0 ? finding.row
                                                : std::max(1, row_in_words(finding.text)),
                                base::FieldId(column)};
    }
    return std::nullopt;
}

namespace {

using device::Matter;
using notice::Severity;
using rules::Finding;

// Rows that are made from another form's filings are mended there.
const notice::Form* source_of(App& app, const Matter& matter, const notice::Form& form,
                              const Finding& finding) {
    if (finding.fields.empty() || finding.fields.front().text().compare(0, 4, "rows") != 0)
        return nullptr;
    return source_form_of(app, matter, form);
}

void draw_words(App& app, const Matter& matter, const notice::Form& form, const Finding& finding) {
    const widgets::LinkLook look{.colour = widgets::colour::text,
                                 .wrapping = widgets::Wrapping::wrap};
    if (const auto cell = cell_of(form, finding)) {
        if (widgets::link("words", finding.text, look)) app.wish_focus(matter.root, *cell);
    } else if (const notice::Form* source = source_of(app, matter, form, finding)) {
        if (widgets::link("words", finding.text, look)) app.open_form(source->id, matter.period);
    } else {
        widgets::text(finding.text);
    }
}

// A warning must be explained; a hint may be, for whoever wants to say more.
void draw_note(App& app, const Matter& matter, const Finding& finding) {
    if (finding.severity == Severity::error) return;
    const bool   hint = finding.severity == Severity::hint;
    const auto   noted = matter.notes.find(finding.rule);
    std::string  note = noted == matter.notes.end() ? std::string() : noted->second;
    std::string& opened = app.visit_memory("note/" + matter.root.text() + finding.rule.text());
    if (hint && note.empty() && opened.empty()) {
        if (widgets::link("explain", "写说明", {.size = widgets::type_size::small,
                                                .name = "写说明：" + finding.text}))
            opened = "1";
        return;
    }
    if (widgets::text_area("note", note, 2,
                           {.label = hint ? "说明" : "原因说明",
                            .hint = hint ? "可以不写；写了至少4个字，随申报一起提交。"
                                         : "至少4个字，随申报一起提交。",
                            .placeholder = hint ? "需要时补充说明…" : "请写明原因…",
                            .max_length = 500}))
        app.tell(app.desk().explain(matter.root, finding.rule, note));
}

// "要改的共 3 处：1 处需修改，2 处待填，1 处请说明": the badge and the button count them together.
std::string count_words(const device::Judgement& judged) {
    std::string words, parts;
    const auto  add = [&](int count, const char* what) {
        if (count > 0)
            parts += (parts.empty() ? "" : "，") + std::to_string(count) + " 处" + what;
    };
    if (judged.missing > 0 && judged.missing < judged.errors)
        words = "要改的共 " + std::to_string(judged.errors) + " 处：";
    add(judged.errors - judged.missing, "需修改");
    add(judged.missing, "待填");
    add(judged.to_explain, "请说明");
    return words + parts;
}

// What the desk understood of money typed in 元 or 万元, so that a slip of four digits is seen.
void draw_money(App& app, const notice::Form& form, const device::Judgement& judged) {
    constexpr int fen_per_yuan = 100;
    for (const notice::Field& field : form.fields) {
        if (field.type != notice::FieldType::money) continue;
        const auto value = judged.answers.find(field.id.text());
        if (value == judged.answers.end() || !value->is_number_integer()) continue;
        if (field.unit == "元") continue; // As it is typed.
        const std::int64_t fen = value->get<std::int64_t>();
        const std::string  cents = std::to_string(fen % fen_per_yuan + fen_per_yuan).substr(1);
        widgets::text(field.label + "：" + value_words(app, field, *value) + " 万元，即 " +
                          base::grouped(fen / fen_per_yuan) + "." + cents + " 元",
                      widgets::second_text);
    }
}

} // namespace

void draw_finding_badge(const Finding& finding) {
    if (finding.rule == device::required_rule)
        return widgets::badge("待填", widgets::Tone::plain);
    switch (finding.severity) {
    case Severity::error: return widgets::badge("错误", widgets::Tone::wrong);
    case Severity::warning: return widgets::badge("说明", widgets::Tone::attention);
    case Severity::hint: return widgets::badge("提示", widgets::Tone::info);
    }
}

void draw_findings(App& app, const Matter& matter) {
    const widgets::Card      card("findings", {.title = "检查"});
    const device::Judgement* judged = app.judgement(matter.root);
    const notice::Form*      form = app.desk().form_of(matter);
    if (judged == nullptr || form == nullptr || !device::is_open(matter.state)) {
        widgets::text("已签名。", widgets::second_text);
        for (const auto& [rule, note] : matter.notes)
            if (!note.empty())
                widgets::text((rule == device::reply_rule ? "回复说明：" : "原因说明：") + note);
        if (judged != nullptr && form != nullptr) draw_money(app, *form, *judged);
        return;
    }
    std::vector<Finding> findings = judged->findings; // A note judges anew.
    // What was asked when it was returned stands with the reviewer's word, and so does the reply.
    const auto replied = [](const Finding& one) { return one.rule == device::reply_rule; };
    findings.erase(std::remove_if(findings.begin(), findings.end(), replied), findings.end());
    if (findings.empty()) {
        widgets::Line line;
        widgets::badge("通过", widgets::Tone::done);
        widgets::text("没有发现问题。");
    } else if (const std::string words = count_words(*judged); !words.empty()) {
        widgets::text(words, widgets::second_text);
    }
    // By its rule and its place among those of the same rule: a note that is being written keeps
    // its field, whatever other findings come and go meanwhile.
    std::map<base::RuleId, int> of_rule;
    for (const Finding& finding : findings) {
        const int            number = of_rule[finding.rule]++;
        const widgets::Scope scope(finding.rule.text() + std::to_string(number));
        {
            widgets::Line line({.gap = 6, .upright = widgets::Upright::first_line});
            draw_finding_badge(finding);
            draw_words(app, matter, *form, finding);
        }
        draw_note(app, matter, finding);
    }
    if (const device::Judgement* now = app.judgement(matter.root)) draw_money(app, *form, *now);
}
