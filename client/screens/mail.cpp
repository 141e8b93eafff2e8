// 邮件与文件: the names that the notice prescribes for the mail and its file, until when it is due,
// and the school's own ticks for the mail and the national platform.
#include "client/app.hpp"
#include "client/platform/browser.hpp"
#include "client/screens/listing.hpp"
#include "client/screens/parts.hpp"
#include "client/texts/words.hpp"
#include "client/widgets/controls.hpp"
#include "client/widgets/fields.hpp"
#include "client/widgets/layout.hpp"
#include "client/widgets/words.hpp"
#include "shared/base/text.hpp"
#include "shared/base/typed_date.hpp"
#include "shared/notice/calendar.hpp"

#include <algorithm>

namespace {

using device::Matter;

// No file system takes these in a name; a unit's or a certificate's name may hold one.
std::string as_file_name(std::string words) {
    for (char& c : words)
        if (std::string_view("\\/:*?\"<>|").find(c) != std::string_view::npos) c = '-';
    return words + ".pdf";
}

// Without a prescribed mail the file is named by unit and form, and by what tells it from others.
std::string own_name(App& app, const notice::Form& form, const Matter& matter) {
    std::string name = app.desk().find_enrolment()->unit.name + "+";
    name += period_words(app.desk().package_of(matter), matter.period) + form.short_title;
    if (const device::Judgement* judged = app.judgement(matter.root))
        for (const base::FieldId& id : form.key)
            if (const notice::Field* field = form.find_field(id.text()))
                if (const std::string value = value_words(
                        app, *field, judged->answers.value(id.text(), base::Json()));
                    !value.empty())
                    name += "+" + value;
    return name;
}

void draw_name(App& app, std::string_view id, std::string_view label, const std::string& name) {
    const widgets::Scope scope(id);
    widgets::text(label, widgets::second_text);
    widgets::text(name);
    if (widgets::button("copy", "复制" + std::string(label),
                        {.size = widgets::ButtonSize::small})) {
        platform::copy_text(name);
        app.say("已复制。");
    }
}

// Schools whose bureau reviews first send the paper there (R19); the others to the mailbox.
bool goes_to_bureau(App& app, const notice::Form& form) {
    const envelope::UnitEntry& unit = app.desk().find_enrolment()->unit;
    const notice::UnitKind*    kind = app.package_of(form).find_unit_kind(unit.kind);
    return kind != nullptr && kind->first_review && !form.direct;
}

std::string address_words(App& app, const notice::Form& form) {
    // The paper's own remark names the mailbox, which is then the bureau's to write to.
    return goes_to_bureau(app, form)
               ? "盖章扫描件报送所在市（省直管县）教育行政部门，作为初审的依据，由其统一发送至备注中的 " +
                     form.mail->to + "，学校不用再发。"
               : "盖章扫描件发送至 " + form.mail->to + "。";
}

void draw_until(App& app, const notice::Form& form, const Matter& matter) {
    const notice::Window* window = form.find_window(matter.period);
    if (window == nullptr) return;
    widgets::Line line({.gap = 4});
    const base::Time closes = app.closes_at(form, *window),
                     own = app.desk().closes_at(matter).value_or(closes);
    draw_closing(app, *window, own, own > closes ? "退回修改" : "已延期");
}

// A version has one tick; where the notice wants it on the platform as well, that has it.
bool ticks_mail(const notice::Form& form) { return form.mail && !form.national_platform; }

// The school's own word that the paper of this version went its way, and when.
// act: what is to be done with it, "发送".
void draw_tick(App& app, const base::EnvelopeId& version, std::string_view label,
               std::string_view day_label, const std::string& act) {
    const auto [day, outdated] = app.paper_tick(version);
    bool         ticked = day.has_value();
    std::string& typed = app.visit_memory("tick/" + version.text());
    if (outdated)
        widgets::notice("outdated", widgets::Tone::attention,
                        "内容改过，上一版的纸质表作废：请重新打印、签字盖章，再" + act + "一次。");
    if (widgets::checkbox("tick", label, ticked)) {
        app.tell(app.desk().set_paper_tick(
            version, ticked ? std::optional(base::date_of(app.now())) : std::nullopt));
        typed.clear();
    }
    if (!day) return;
    // As typed while it is no day yet; the day before stays until it is one.
    if (typed.empty()) typed = base::to_iso(*day);
    const base::Date today = base::date_of(app.now());
    const auto       read = base::read_typed_date(typed);
    if (widgets::text_field("day", typed,
                            {.label = day_label,
                             .error = !read          ? "请按“2023-05-26”的样子填写日期。"
                                      : today < *read ? "这一天还没有到。"
                                                      : ""}))
        if (const auto changed = base::read_typed_date(typed); changed && !(today < *changed))
            app.tell(app.desk().set_paper_tick(version, *changed));
}

} // namespace

MailWords mail_words(App& app, const notice::Form& form, const base::Period& period,
                     base::Time closes) {
    const std::string what = form_label(form) + "盖章扫描件";
    const std::string where = goes_to_bureau(app, form) ? "报送所在市（省直管县）教育行政部门。"
                                                        : "发送至 " + form.mail->to + "。";
    const std::string until = "于 " + texts::closing_words(closes) + " 前";
    // Of several the last day; one that has not gone is still to be sent.
    std::optional<base::Date> gone;
    for (const Matter& matter : app.matters(form.id, period)) {
        if (!device::counts(matter.state)) continue;
        if (!matter.newest || !ticks_mail(form)) return {what + until + where};
        const auto& [day, outdated] = app.paper_tick(*matter.newest);
        if (outdated)
            return {form_label(form) + "内容改过，请重新打印盖章，扫描件" + until + where, true};
        if (!day) return {what + until + where};
        gone = std::max(gone.value_or(*day), *day);
    }
    return {what + (gone ? "已于 " + base::clerk_day(*gone) + " " : until) + where};
}

void draw_mail(App& app, const Matter& matter) {
    const notice::Form* form = app.desk().form_of(matter);
    if (form == nullptr) return;
    const widgets::Card card("mail", {.title = "邮件与文件"});
    if (form->mail) {
        const std::string subject =
            form->mail->subject_of(app.desk().find_enrolment()->unit.name);
        widgets::text(address_words(app, *form), widgets::second_text);
        draw_until(app, *form, matter);
        draw_name(app, "subject", "邮件名称", subject);
        draw_name(app, "file", "文件名称", as_file_name(subject));
        if (matter.newest && ticks_mail(*form))
            draw_tick(app, *matter.newest, "盖章扫描件已发出", "发出日期", "发送");
        return;
    }
    widgets::text(form->national_platform
                      ? "签字盖章后扫描成一个文件，由学校上传到" +
                            app.desk().package_of(matter)->platform + "。文件可命名为："
                      : std::string("签字盖章后扫描存档。文件可命名为："),
                  widgets::second_text);
    draw_name(app, "file", "文件名称", as_file_name(own_name(app, *form, matter)));
}

// --- What a bureau mails for its schools ---------------------------------------------------------

namespace {

// The form that schools hand to their bureau stamped, and that the bureau mails; null: none.
const notice::Form* bundle_form(App& app) {
    const notice::Package* package = app.desk().find_package();
    if (package == nullptr) return nullptr;
    for (const notice::Form& form : package->forms)
        for (const notice::UnitKind& kind : package->unit_kinds)
            if (form.mail && !form.direct && kind.first_review &&
                package->files(form, kind.id))
                return &form;
    return nullptr;
}

// What stands in the total row of the form's own table.
std::int64_t total_of(const device::Dossier& dossier) {
    for (const notice::Block& block : dossier.form->blocks)
        if (const auto found = dossier.computed.find(block.total_computed);
            found != dossier.computed.end() && found->second.is_number_integer())
            return found->second.get<std::int64_t>();
    return 0;
}

// What a bureau wants to know before it prints and mails: who has sent nothing, and whose table no
// longer says what was declared.
void draw_bundle_gaps(App& app, const notice::Form& form, const base::Period& period,
                      const std::vector<const device::QueueRow*>& rows) {
    const base::UnitId&      own = app.desk().find_enrolment()->unit.unit;
    std::vector<std::string> missing, outdated, late;
    for (const envelope::UnitEntry& unit : app.desk().units())
        if (unit.review_by == own && app.desk().find_package()->files(form, unit.kind) &&
            std::none_of(app.review_rows().begin(), app.review_rows().end(), [&](const auto& row) {
                return row.unit == unit.unit && row.form == form.id && row.period == period &&
                       row.state.stage != review::Stage::withdrawn;
            }))
            missing.push_back(unit.name); // Late is not missing.
    for (const device::QueueRow* row : rows)
        if (app.outdated(*row)) outdated.push_back(row->unit_name);
    for (const device::QueueRow& row : app.review_rows())
        if (row.form == form.id && row.period == period && row.timing == envelope::Timing::late &&
            row.state.stage != review::Stage::withdrawn)
            late.push_back(row.unit_name);
    if (!missing.empty()) widgets::text("没有提交：" + names_of(missing), widgets::second_text);
    if (!late.empty())
        widgets::notice("late", widgets::Tone::attention,
                        "逾期补报，省级延期前不打印：" + names_of(late) + "。");
    if (!outdated.empty())
        widgets::notice("outdated", widgets::Tone::attention,
                        "需更新（提交后申报表有变动），请学校重新提交：" + names_of(outdated) +
                            "。现在打印，封面和这些表上会注明。");
}

void print_bundle(App& app, const notice::Period& period, const std::string& subject,
                  const std::vector<const device::QueueRow*>& rows) {
    std::vector<print::Sheet> sheets(1);
    base::Json                listed = base::Json::array();
    std::int64_t              items = 0, total = 0, index = 0;
    std::string               outdated; // Of the last that is: all say the same.
    for (const device::QueueRow& row : app.review_rows()) index = std::max(index, row.newest_index);
    for (const device::QueueRow* row : rows) {
        const device::Dossier* dossier = app.dossier(row->root);
        if (dossier == nullptr || dossier->form == nullptr) continue;
        sheets.push_back(app.sheet_of(*dossier));
        const auto own = dossier->answers.find("rows");
        const auto count = own == dossier->answers.end() ? 0 : std::int64_t(own->size());
        items += count;
        total += total_of(*dossier);
        const bool stale = !sheets.back().warning.empty();
        if (stale) outdated = "备注“需更新”的：" + sheets.back().warning + "。";
        listed.push_back({{"unit", row->unit_name},
                          {"items", std::to_string(count)},
                          {"total", std::to_string(total_of(*dossier))},
                          {"code", sheets.back().short_code},
                          {"remark", stale ? "需更新" : ""}});
    }
    std::vector<std::string> lines = {
        "邮件名称：" + subject,
        "共 " + std::to_string(rows.size()) + " 所学校，" + std::to_string(items) + " 项。",
        "数据截至第 " + std::to_string(index) + " 条记录，" +
            base::clerk_date(base::date_of(app.now())) + " " + base::clerk_minute(app.now()) +
            " 打印。校验码与各表页脚一致。"};
    if (!outdated.empty()) lines.push_back(outdated);
    const notice::Form cover = listing_form(
        app.desk().find_enrolment()->unit.name + period.name + sheets.back().form->short_title +
            "清单",
        lines,
        {{"seq", "序号", 2},
         {"unit", "学校", 7},
         {"items", "申报项数", 3},
         {"total", "合计人数", 3},
         {"code", "校验码", 6},
         {"remark", "备注", 3}},
        "total");
    sheets[0] = listing_sheet(app, cover, listed);
    sheets[0].computed[base::FieldId("total")] = total;
    app.print(sheets);
}

} // namespace

void draw_bundle(App& app) {
    const notice::Form* form = bundle_form(app);
    if (form == nullptr) return;
    const notice::Window* window = notice::opened_window(*form, app.now());
    const notice::Period* period =
        window == nullptr ? nullptr : app.desk().find_package()->find_period(window->period);
    if (period == nullptr) return;
    std::vector<const device::QueueRow*> rows;
    for (const device::QueueRow& row : app.review_rows())
        if (row.form == form->id && row.period == period->id &&
            row.state.stage != review::Stage::withdrawn &&
            row.timing != envelope::Timing::late)
            rows.push_back(&row);
    std::sort(rows.begin(), rows.end(),
              [](const auto* a, const auto* b) { return a->unit < b->unit; });
    const std::string   subject =
        form->mail->subject_of(app.desk().find_enrolment()->unit.name);
    const widgets::Card card("bundle", {.title = period->name + form_name(*form)});
    widgets::text("各校盖章扫描件由本局于 " + texts::closing_words(window->closes) +
                      " 前发送至 " + form->mail->to + "。",
                  widgets::second_text);
    draw_bundle_gaps(app, *form, period->id, rows);
    if (widgets::button("print_bundle", "打印 " + std::to_string(rows.size()) + " 所学校的表和封面",
                        {.off_because = rows.empty() ? "还没有学校提交" : ""}))
        print_bundle(app, *period, subject, rows);
    draw_name(app, "subject", "邮件名称", subject);
}

void draw_platform(App& app, const Matter& matter) {
    const notice::Form* form = app.desk().form_of(matter);
    if (form == nullptr || !form->national_platform) return;
    // Of the version that was signed last: what replaces it has to be uploaded again.
    const base::EnvelopeId version = matter.newest.value_or(matter.root);
    const widgets::Card    card("platform", {.title = "国家平台"});
    draw_tick(app, version, "已上传国家平台", "上传日期", "上传");
    widgets::text("本校自行填报，不代表平台数据。本系统不向国家平台上传任何内容。",
                  widgets::second_text);
}
