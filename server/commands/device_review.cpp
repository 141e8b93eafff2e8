// A reviewer's machine without a screen: what waits for a bureau or the province, and deciding it.
#include "server/commands/commands.hpp"
#include "server/commands/filling.hpp"

#include "shared/device/review_desk.hpp"

#include <cstdio>

namespace commands {
namespace {

using base::Outcome;
using device::HistoryEntry;
using device::QueueRow;

const char* stage_word(const review::State& state) {
    switch (state.stage) {
    case review::Stage::submitted: return "已提交";
    case review::Stage::first_passed: return "初审通过";
    case review::Stage::returned: return "退回修改";
    case review::Stage::approved: return "审核通过";
    case review::Stage::rejected: return "审核不通过";
    case review::Stage::withdrawn: return "已撤回";
    }
    return "";
}

const char* timing_word(envelope::Timing timing) {
    return timing == envelope::Timing::late       ? "逾期"
           : timing == envelope::Timing::extended ? "延期内"
                                                  : "按时";
}

std::string number_word(const std::optional<std::int64_t>& number) {
    return number ? std::to_string(*number) + "人" : "";
}

// A line of columns between tabs, and under it what this machine has signed of it.
void print_row(const QueueRow& row) {
    std::printf("%s\t%s\t%s\t%s\t%s\t%s%s\t%s\t%s\t%s\t第%d版\t%s%s\n", row.root.text().c_str(),
                row.unit.text().c_str(), row.unit_name.c_str(), row.form.text().c_str(),
                row.period.text().c_str(), row.certificate_name.c_str(), row.level.c_str(),
                number_word(row.headcount).c_str(), stage_word(row.state),
                timing_word(row.timing), row.versions, row.mine ? "待审" : "",
                row.explained ? "　有原因说明" : "");
    if (row.approved) std::printf("  批准%s\n", number_word(row.approved).c_str());
    if (row.queued)
        std::printf("  等待发送：%s%s　%s\n", verdict_word(*row.queued),
                    approved_words(row.queued->approved).c_str(), row.queued->reason.c_str());
    if (row.refused)
        std::printf("  服务器不接收本机的审核（%d）：%s\n", int(row.refused->outcome),
                    row.refused->detail.c_str());
}

base::Result<device::Desk> open_reviewer(const std::string& store) {
    SHENBAO_ASSIGN(device::Desk desk, open_desk(store));
    if (desk.find_enrolment() == nullptr) return base::fail(Outcome::not_enrolled);
    if (desk.find_enrolment()->role == "school")
        return base::fail(Outcome::wrong_use, "学校的设备不审核");
    return desk;
}

base::Result<device::QueueQuery> read_query(const device::Desk&        desk,
                                            const DeviceReviewOptions& options) {
    device::QueueQuery query;
    query.mine = options.mine;
    if (!options.period.empty()) query.period = base::Period(options.period);
    if (!options.stage.empty()) {
        query.stage = review::find_stage(options.stage);
        if (!query.stage) return base::fail(Outcome::wrong_use, "没有这种状态：" + options.stage);
    }
    if (options.form.empty()) return query;
    const notice::Package* package = desk.find_package();
    const notice::Form*    form = package == nullptr ? nullptr : find_form(*package, options.form);
    if (form == nullptr)
        return base::fail(Outcome::wrong_use, "通知里没有这张表：" + options.form);
    query.form = form->id;
    return query;
}

// By the id of the first version or of any other that the desk has heard of.
base::Result<base::EnvelopeId> find_root(const device::Desk& desk, const std::string& text) {
    const base::EnvelopeId id(text);
    for (const QueueRow& row : desk.reviews().queue())
        if (row.root == id || row.newest == id) return row.root;
    return base::fail(Outcome::not_found_locally, "本机没有这份申报，请先同步：" + text);
}

base::Result<std::vector<base::EnvelopeId>> find_roots(const device::Desk& desk,
                                                       const DeviceReviewOptions& options) {
    std::vector<base::EnvelopeId> roots;
    for (const std::string& text : options.roots) {
        SHENBAO_ASSIGN(base::EnvelopeId root, find_root(desk, text));
        roots.push_back(std::move(root));
    }
    return roots;
}

void print_entry(const HistoryEntry& entry) {
    std::printf("%s\t%s\t", base::to_rfc3339(entry.at).c_str(), entry.unit.text().c_str());
    if (entry.filing)
        std::printf("报送（%s）　%s\n", timing_word(entry.timing),
                    base::to_text(entry.filing->answers).c_str());
    else if (entry.decision)
        std::printf("%s%s　%s\n", verdict_word(*entry.decision),
                    approved_words(entry.decision->approved).c_str(),
                    entry.decision->reason.c_str());
    else std::printf("撤回　%s\n", entry.reason.c_str());
    if (entry.filing)
        for (const auto& [rule, note] : entry.filing->notes)
            std::printf("  %s：%s\n", rule.text().c_str(), note.c_str());
    if (entry.decision)
        for (const envelope::Remark& remark : entry.decision->remarks)
            std::printf("  %s：%s\n", remark.field.text().c_str(), remark.text.c_str());
}

} // namespace

base::Status device_queue(const DeviceReviewOptions& options) {
    SHENBAO_ASSIGN(const device::Desk desk, open_reviewer(options.store));
    SHENBAO_ASSIGN(const device::QueueQuery query, read_query(desk, options));
    int count = 0;
    for (const QueueRow& row : desk.reviews().queue())
        if (device::matches(query, row)) print_row(row), ++count;
    std::printf("共%d份\n", count);
    return {};
}

base::Status device_decide(const DeviceReviewOptions& options) {
    SHENBAO_ASSIGN(const device::Desk desk, open_reviewer(options.store));
    SHENBAO_ASSIGN(envelope::Decision said, read_decision(options.word));
    SHENBAO_ASSIGN(const auto roots, find_roots(desk, options));
    device::Word word{said.verdict, said.approved, said.remarks, said.due, said.reason};
    const auto*  number = std::get_if<std::int64_t>(&said.approved);
    const auto   dossier = desk.reviews().find_dossier(roots.front());
    // An increase of one row is decided by a list too, as the protocol has it.
    if (number != nullptr && dossier && dossier->form != nullptr &&
        dossier->form->serves == notice::Serves::increase)
        word.approved = std::vector<std::int64_t>{*number};
    SHENBAO_TRY(desk.reviews().decide(roots, word));
    std::printf("已签名，等待同步：%zu份\n", roots.size());
    return {};
}

base::Status device_cancel(const DeviceReviewOptions& options) {
    SHENBAO_ASSIGN(const device::Desk desk, open_reviewer(options.store));
    SHENBAO_ASSIGN(const auto roots, find_roots(desk, options));
    for (const base::EnvelopeId& root : roots) SHENBAO_TRY(desk.reviews().cancel(root));
    std::printf("已撤销：%zu份\n", roots.size());
    return {};
}

base::Status device_history(const DeviceReviewOptions& options) {
    SHENBAO_ASSIGN(const device::Desk desk, open_desk(options.store));
    if (desk.find_enrolment() == nullptr) return base::fail(Outcome::not_enrolled);
    const bool school = desk.find_enrolment()->role == "school";
    for (const std::string& text : options.roots) {
        std::vector<HistoryEntry> history;
        if (school) {
            history = desk.timeline(base::EnvelopeId(text));
        } else {
            SHENBAO_ASSIGN(const base::EnvelopeId root, find_root(desk, text));
            history = desk.reviews().find_dossier(root)->history;
        }
        if (history.empty())
            return base::fail(Outcome::not_found_locally, "本机没有这份申报，请先同步：" + text);
        for (const HistoryEntry& entry : history) print_entry(entry);
    }
    return {};
}

void print_review_counts(const device::Desk& desk) {
    int all = 0, mine = 0, late = 0, queued = 0, refused = 0;
    int by_stage[std::size(review::stages)] = {};
    for (const QueueRow& row : desk.reviews().queue()) {
        ++all, ++by_stage[static_cast<int>(row.state.stage)];
        mine += row.mine, queued += row.queued.has_value(), refused += row.refused.has_value();
        late += row.timing == envelope::Timing::late;
    }
    std::printf("申报：%d份　待审：%d份　逾期：%d份　已签名待发送：%d份　未被接收：%d份\n", all, mine,
                late, queued, refused);
    for (const review::Stage stage : review::stages)
        std::printf("%s%s：%d份", stage == review::Stage::submitted ? "" : "　",
                    stage_word({stage, {}}), by_stage[static_cast<int>(stage)]);
    std::printf("\n");
    for (const QueueRow& row : desk.reviews().queue())
        if (row.refused) print_row(row);
}

} // namespace commands
