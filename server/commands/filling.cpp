#include "server/commands/filling.hpp"

#include "shared/base/text.hpp"
#include "shared/notice/calendar.hpp"

#include <algorithm>
#include <utility>

namespace commands {
namespace {

using base::Outcome;
using Pair = std::pair<std::string, std::string>;

base::Result<Pair> split_pair(const std::string& text) {
    const std::size_t at = text.find('=');
    if (at == std::string::npos || at == 0)
        return base::fail(Outcome::wrong_use, "应写作 名称=值：" + text);
    return Pair{std::string(base::trim(text.substr(0, at))), text.substr(at + 1)};
}

// The cells of a row. A part without "=" belongs to the value before it: "headcount=1,000".
base::Result<std::vector<Pair>> split_row(const std::string& text) {
    std::vector<Pair> cells;
    for (std::size_t at = 0; at <= text.size();) {
        const std::size_t comma = std::min(text.find(',', at), text.size());
        const std::string part = text.substr(at, comma - at);
        at = comma + 1;
        if (part.find('=') == std::string::npos && !cells.empty()) {
            cells.back().second += "," + part;
            continue;
        }
        SHENBAO_ASSIGN(Pair cell, split_pair(part));
        cells.push_back(std::move(cell));
    }
    return cells;
}

base::Status type_cell(device::Desk& desk, const base::EnvelopeId& root, const notice::Field* field,
                       int row, const Pair& pair) {
    if (field == nullptr) return base::fail(Outcome::wrong_use, "表中没有这一项：" + pair.first);
    if (!field->prefill.empty())
        return base::fail(Outcome::wrong_use, "“" + field->label + "”由系统填写：" + pair.first);
    const device::Cell          cell{row, field->id};
    const base::CertificateId certificate(pair.second);
    const bool by_id = field->type == notice::FieldType::certificate &&
                       desk.find_certificate(certificate) != nullptr;
    return by_id ? desk.choose(root, cell, certificate) : desk.type(root, cell, pair.second);
}

base::Status clear_rows_behind(device::Desk& desk, const base::EnvelopeId& root, int last) {
    const auto matter = desk.find_matter(root);
    for (const auto& [cell, typed] : matter->values)
        if (cell.first > last && !typed.text.empty()) SHENBAO_TRY(desk.type(root, cell, ""));
    return {};
}

base::Status type_all(device::Desk& desk, const notice::Form& form, const base::EnvelopeId& root,
                      const Filling& filling) {
    for (const std::string& text : filling.values) {
        SHENBAO_ASSIGN(const Pair pair, split_pair(text));
        SHENBAO_TRY(type_cell(desk, root, form.find_field(pair.first), 0, pair));
    }
    if (!filling.rows.empty() && (!form.table || !form.table->rows_from.empty()))
        return base::fail(Outcome::wrong_use, "“" + form.short_title + "”没有可以填写的行");
    int row = 0;
    for (const std::string& text : filling.rows) {
        SHENBAO_ASSIGN(const std::vector<Pair> cells, split_row(text));
        ++row;
        for (const Pair& pair : cells)
            SHENBAO_TRY(type_cell(desk, root, form.find_column(pair.first), row, pair));
    }
    if (row > 0) SHENBAO_TRY(clear_rows_behind(desk, root, row));
    for (const std::string& text : filling.explanations) {
        SHENBAO_ASSIGN(const Pair pair, split_pair(text));
        SHENBAO_TRY(desk.explain(root, base::RuleId(pair.first), pair.second));
    }
    return {};
}

// What stands against signing, so that all of it can be mended at once.
base::Status blocked(device::Desk& desk, const base::EnvelopeId& root) {
    SHENBAO_ASSIGN(const device::Judgement judgement, desk.judge(root));
    if (judgement.sealable) return {};
    std::string lines;
    for (const rules::Finding& finding : judgement.findings) {
        const auto& open = judgement.verdict.unexplained;
        const bool  unexplained = std::find(open.begin(), open.end(), finding.rule) != open.end();
        if (finding.severity != notice::Severity::error && !unexplained) continue;
        lines += (lines.empty() ? "" : "\n") + finding.text;
        if (unexplained) lines += "（--explain " + finding.rule.text() + "=原因）";
    }
    return base::fail(Outcome::incomplete, lines);
}

base::Result<base::Period> period_of(const device::Desk& desk, const notice::Form& form,
                                     const std::string& asked) {
    if (!asked.empty()) return base::Period(asked);
    const notice::Window* window = notice::current_window(
        form, desk.server_time(), [&](const notice::Form& of, const notice::Window& at) {
            return desk.closes_at(of.id, at.period).value_or(at.closes_at());
        });
    if (window == nullptr) return base::fail(Outcome::wrong_use, "请用 --period 指明时段");
    return window->period;
}

// A matter that can be typed into, and whether it was made just now.
base::Result<std::pair<base::EnvelopeId, bool>> open_matter(device::Desk&       desk,
                                                            const notice::Form& form,
                                                            const Filling&      filling) {
    base::EnvelopeId root(filling.replace);
    bool             made = false;
    if (filling.replace.empty()) {
        SHENBAO_ASSIGN(const base::Period period, period_of(desk, form, filling.period));
        const std::size_t before = desk.matters(form.id, period).size();
        SHENBAO_ASSIGN(root, desk.create_matter(form.id, period));
        made = desk.matters(form.id, period).size() > before;
    }
    const auto matter = desk.find_matter(root);
    if (!matter || matter->form != form.id)
        return base::fail(Outcome::not_found_locally, "本机没有这份表：" + filling.replace);
    if (!device::is_open(matter->state)) SHENBAO_TRY(desk.revise(root));
    return std::pair{root, made};
}

} // namespace

const notice::Form* find_form(const notice::Package& package, const std::string& called) {
    for (const notice::Form& form : package.forms)
        if (form.id.text() == called || form.appendix == called || form.short_title == called)
            return &form;
    return nullptr;
}

base::Result<base::EnvelopeId> fill(device::Desk& desk, const Filling& filling) {
    const notice::Package* package = desk.find_package();
    if (package == nullptr) return base::fail(Outcome::not_enrolled);
    const notice::Form* form = find_form(*package, filling.form);
    // What the current notice does not ask for may still be filed under the one before it.
    if (form == nullptr ||
        (!filling.period.empty() && form->find_window(base::Period(filling.period)) == nullptr))
        for (const device::Duty& duty : desk.duties())
            if (find_form(*duty.package, filling.form) == duty.form &&
                (filling.period.empty() || duty.window->period.text() == filling.period))
                form = duty.form;
    if (form == nullptr) return base::fail(Outcome::wrong_use, "通知里没有这张表：" + filling.form);
    SHENBAO_ASSIGN(const auto opened, open_matter(desk, *form, filling));
    const auto& [root, made] = opened;
    base::Status done = type_all(desk, *form, root, filling);
    if (done) done = blocked(desk, root);
    if (done) done = desk.seal(root);
    if (done) return root;
    if (made) SHENBAO_TRY(desk.remove(root));
    return base::fail(done.error());
}

std::string_view state_word(device::MatterState state) {
    using device::MatterState;
    switch (state) {
    case MatterState::editing: return "正在填写";
    case MatterState::queued: return "等待发送";
    case MatterState::submitted: return "已提交";
    case MatterState::passed: return "初审通过";
    case MatterState::approved: return "审核通过";
    case MatterState::returned: return "退回修改";
    case MatterState::rejected: return "审核不通过";
    case MatterState::refused: return "服务器不接收";
    case MatterState::withdrawing: return "等待撤回";
    case MatterState::withdrawn: return "已撤回";
    case MatterState::conflict: return "与另一台设备冲突";
    }
    return {};
}

} // namespace commands
