#include "client/app.hpp"

#include "client/platform/browser.hpp"
#include "client/platform/disk.hpp"
#include "client/platform/offline.hpp"
#include "client/platform/page.hpp"
#include "client/platform/timer.hpp"
#include "client/screens/all.hpp"
#include "client/shell.hpp"
#include "client/texts/words.hpp"
#include "shared/print/slip.hpp"

#include <algorithm>

namespace {

constexpr double minute_ms  = 60'000; // Times on the screen are said in minutes.
constexpr double message_ms = 10'000; // Long enough to read a sentence and to press undo.

} // namespace

App::App(device::Desk desk)
    : m_desk(std::move(desk)), m_courier(m_desk, [this] { changed(); }),
      m_was_online(platform::online()) {
    m_courier.on_report([this](const device::Report& report) {
        if (report.accepted > 0) { // What was sent cannot be undone here.
            m_said.clear();
            m_undo = nullptr;
        }
        if (m_screen == ScreenId::home || m_screen == ScreenId::outbox) return; // It stands there.
        if (const std::string words = texts::sent_words(report); !words.empty()) say(words);
    });
    platform::disk::on_change([this] {
        m_courier.disk_changed();
        platform::request_frame();
    });
    platform::offline::on_change([] { platform::request_frame(); });
    changed();
    sync_when_worth_it();
    tick();
    if (m_desk.find_enrolment() != nullptr &&
        !print::code_in_address(platform::address()).empty())
        say("本机已经登记过，网址里的登记码没有使用。");
}

// The clock's words change once a minute, and only while somebody can see them.
void App::tick() {
    platform::after_ms(minute_ms, [this] { tick(); });
}

// At the start, and when the line comes back: what is signed is meant to be sent, and without a
// notice nothing can be filled in.
void App::sync_when_worth_it() {
    if (m_desk.find_enrolment() == nullptr || !platform::online()) return;
    if (m_desk.find_package() == nullptr || m_desk.catalogue_size() == 0 || !queued().empty())
        m_courier.start();
}

void App::frame() {
    const bool online = platform::online();
    if (online && !m_was_online) sync_when_worth_it();
    m_was_online = online;
    if (m_desk.find_enrolment() == nullptr) draw_first_start(*this);
    else draw_shell(*this, m_said, m_undo != nullptr);
}

base::Time App::shown_time(base::Time machine_time) {
    const device::Enrolment* enrolment = m_desk.find_enrolment();
    if (enrolment == nullptr || !enrolment->rehearsal) return machine_time;
    return {machine_time.microseconds + now().microseconds -
            base::SystemClock().now().microseconds};
}

void App::changed() {
    platform::disk::commit();
    platform::request_frame();
}

bool App::tell(const base::Status& status) {
    if (status) {
        changed();
        return true;
    }
    const base::Fault& fault = status.error();
    // Of an incomplete form the detail is the clerk's sentence; otherwise it is for engineers.
    say(fault.outcome == base::Outcome::incomplete && !fault.detail.empty()
            ? fault.detail
            : std::string(base::outcome_text(fault.outcome).sentence));
    return false;
}

void App::say(std::string sentence, std::function<void()> undo) {
    m_said = std::move(sentence);
    m_undo = std::move(undo);
    const int number = ++m_said_number;
    platform::after_ms(message_ms, [this, number] {
        if (number != m_said_number) return;
        m_said.clear();
        m_undo = nullptr;
    });
    platform::request_frame();
}

void App::undo() {
    const auto undo = std::exchange(m_undo, nullptr);
    m_said.clear();
    if (undo) undo();
}

void App::go(ScreenId screen) {
    if (screen != m_screen) {
        m_visit_memory.clear();
        m_focus_wish.reset();
        if (!m_undo) m_said.clear(); // Said of the screen that is left.
    }
    m_screen = screen;
    platform::request_frame();
}

void App::open_form(const base::FormId& form) {
    if (form != m_form) m_visit_memory.clear();
    m_form = form;
    m_open_root = {};
    m_opening = true;
    const notice::Form* shown = find_form();
    go(shown != nullptr && shown->many ? ScreenId::form_list : ScreenId::form_paper);
}

void App::open_form(const base::FormId& form, const base::Period& period) {
    m_periods[form] = period;
    open_form(form);
}

void App::open_matter(const device::Matter& matter) {
    open_form(matter.form, matter.period);
    m_open_root = matter.root;
    go(ScreenId::form_paper);
}

const std::vector<device::Duty>& App::duties() {
    Cache& read = cache();
    if (!read.duties) read.duties = m_desk.duties();
    return *read.duties;
}

const device::Duty* App::find_duty(const base::FormId& form, const base::Period& period) {
    for (const device::Duty& duty : duties())
        if (duty.form->id == form && duty.window->period == period) return &duty;
    return nullptr;
}

const notice::Form* App::find_form() {
    for (const notice::Form* form : forms())
        if (form->id == m_form) {
            const device::Duty* duty = find_duty(m_form, period_of(*form));
            return duty == nullptr ? form : duty->form;
        }
    const notice::Package* package = m_desk.find_package();
    return package == nullptr ? nullptr : package->find_form(m_form);
}

std::vector<const notice::Form*> App::forms() {
    std::vector<const notice::Form*> filed;
    for (const device::Duty& duty : duties())
        if (std::none_of(filed.begin(), filed.end(),
                         [&](const notice::Form* one) { return one->id == duty.form->id; }))
            filed.push_back(duty.form);
    return filed;
}

const notice::Package& App::package_of(const notice::Form& form) {
    for (const device::Duty& duty : duties()) // A school has no need of all versions.
        if (duty.form == &form) return *duty.package;
    for (const notice::Package* package : packages())
        for (const notice::Form& one : package->forms)
            if (&one == &form) return *package;
    return *m_desk.find_package();
}

const std::vector<const notice::Package*>& App::packages() {
    Cache& read = cache();
    if (!read.packages) read.packages = m_desk.packages();
    return *read.packages;
}

std::vector<const notice::Form*> App::known_forms() {
    std::vector<const notice::Form*> known;
    for (const notice::Package* package : packages())
        for (const notice::Form& form : package->forms)
            if (find_known_form(form.id) == &form) known.push_back(&form);
    return known;
}

const notice::Form* App::find_known_form(const base::FormId& form) {
    for (const notice::Package* package : packages())
        if (const notice::Form* found = package->find_form(form)) return found;
    return nullptr;
}

std::vector<const notice::Period*> App::periods_of(const notice::Form& form) {
    std::vector<const device::Duty*> own;
    for (const device::Duty& duty : duties())
        if (duty.form->id == form.id) own.push_back(&duty);
    std::stable_sort(own.begin(), own.end(), [](const device::Duty* a, const device::Duty* b) {
        return a->window->opens < b->window->opens;
    });
    std::vector<const notice::Period*> periods;
    for (const device::Duty* duty : own)
        periods.push_back(duty->package->find_period(duty->window->period));
    if (!own.empty()) return periods;
    // A reviewer files nothing and looks at all that was filed, the newest notice's first.
    for (const notice::Package* package : packages())
        if (const notice::Form* found = package->find_form(form.id))
            for (const notice::Period& period : package->periods)
                if (found->find_window(period.id) != nullptr &&
                    std::none_of(periods.begin(), periods.end(),
                                 [&](const auto* one) { return one->id == period.id; }))
                    periods.push_back(&period);
    return periods;
}

base::Period App::period_of(const notice::Form& form) {
    notice::Form all; // Its windows of all versions under which it is filed.
    all.id = form.id;
    for (const device::Duty& duty : duties())
        if (duty.form->id == form.id) all.windows.push_back(*duty.window);
    const bool files = !all.windows.empty();
    if (!files) all.windows = form.windows;
    const auto chosen = m_periods.find(form.id);
    if (chosen != m_periods.end() &&
        (!files || all.find_window(chosen->second) != nullptr)) // A reviewer may choose any.
        return chosen->second;
    const notice::Window* window = files ? notice::current_window(all, now(), closing())
                                         : notice::opened_window(all, now());
    // Until the next round opens, people ask what has become of what they filed in the last one.
    if (files && window != nullptr && now() < window->opens_at())
        if (const notice::Window* last = notice::opened_window(all, now());
            now() >= last->opens_at() && !matters(form.id, last->period).empty())
            window = last;
    return window == nullptr ? base::Period() : window->period;
}

bool App::period_chosen(const notice::Form& form) const {
    return m_periods.find(form.id) != m_periods.end();
}

void App::choose_period(const notice::Form& form, const base::Period& period) {
    // Who turns to another round means its other forms, too.
    for (const device::Duty& duty : duties())
        if (duty.window->period == period) m_periods[duty.form->id] = period;
    m_periods[form.id] = period;
    platform::request_frame();
}

base::Time App::closes_at(const notice::Form& form, const notice::Window& window) {
    auto&      times = cache().closing_times;
    const auto key = std::make_pair(form.id, window.period);
    const auto found = times.find(key);
    if (found != times.end()) return found->second;
    const auto closes = m_desk.closes_at(form.id, window.period);
    return times.emplace(key, closes.value_or(window.closes_at())).first->second;
}

notice::ClosesAt App::closing() {
    return [this](const notice::Form& form, const notice::Window& window) {
        return closes_at(form, window);
    };
}

void App::wish_focus(const base::EnvelopeId& root, device::Cell cell) {
    m_focus_wish.emplace(root, std::move(cell));
    platform::request_frame();
}

bool App::take_focus_wish(const base::EnvelopeId& root, const device::Cell& cell) {
    if (!m_focus_wish || m_focus_wish->first != root || m_focus_wish->second != cell) return false;
    m_focus_wish.reset();
    return true;
}

App::Cache& App::cache() {
    if (m_cache.change_count != m_desk.change_count()) {
        m_cache = Cache{};
        m_cache.change_count = m_desk.change_count();
    }
    return m_cache;
}

const std::vector<device::Matter>& App::matters(const base::FormId& form,
                                                const base::Period& period) {
    Cache&     read = cache();
    const auto key = std::make_pair(form, period);
    const auto found = read.matters.find(key);
    if (found != read.matters.end()) return found->second;
    return read.matters.emplace(key, m_desk.matters(form, period)).first->second;
}

const std::vector<Due>& App::calendar() {
    Cache& read = cache();
    if (!read.calendar) read.calendar = make_calendar(*this);
    return *read.calendar;
}

const device::Judgement* App::judgement(const base::EnvelopeId& root) {
    Cache& read = cache();
    auto   found = read.judgements.find(root);
    if (found == read.judgements.end()) {
        auto judged = m_desk.judge(root);
        found = read.judgements
                    .emplace(root, judged ? std::optional(std::move(*judged)) : std::nullopt)
                    .first;
    }
    return found->second ? &*found->second : nullptr;
}

std::optional<envelope::Timing> App::timing(const device::Matter& matter) {
    auto& known = cache().timings;
    if (const auto found = known.find(matter.root); found != known.end()) return found->second;
    return known[matter.root] = m_desk.timing(matter);
}

bool App::late(const device::Matter& matter) {
    // What is returned or withdrawn has a state of its own to be told.
    return matter.state == device::MatterState::submitted &&
           timing(matter) == envelope::Timing::late;
}

const App::PaperTick& App::paper_tick(const base::EnvelopeId& version) {
    auto& known = cache().ticks;
    if (const auto found = known.find(version); found != known.end()) return found->second;
    return known[version] = {m_desk.paper_tick(version), m_desk.paper_outdated(version)};
}

const App::Change& App::change_of(const device::Matter& matter) {
    auto& known = cache().changes;
    if (const auto found = known.find(matter.root); found != known.end()) return found->second;
    Change change;
    const auto item = matter.revising && matter.newest && device::is_open(matter.state)
                          ? m_desk.find_item(*matter.newest)
                          : std::nullopt;
    if (const device::Judgement* judged = item ? judgement(matter.root) : nullptr) {
        change.answers = change.any = item->answers != judged->answers;
        for (const auto& [rule, note] : matter.notes) {
            const auto before = item->notes.find(rule);
            change.any = change.any || (!note.empty() && (before == item->notes.end() ||
                                                          before->second != note));
        }
    }
    return known[matter.root] = change;
}

const std::vector<device::OutboxItem>& App::queued() {
    Cache& read = cache();
    if (!read.queued) read.queued = m_desk.queued();
    return *read.queued;
}

const std::vector<device::OutboxItem>& App::refused() {
    Cache& read = cache();
    if (!read.refused) read.refused = m_desk.refused();
    return *read.refused;
}

const std::vector<device::OutboxItem>& App::receipts() {
    Cache& read = cache();
    if (!read.receipts) read.receipts = m_desk.receipts();
    return *read.receipts;
}

const std::vector<device::LedgerEntry>& App::ledger() {
    Cache& read = cache();
    if (!read.ledger) read.ledger = m_desk.ledger();
    return *read.ledger;
}

const std::vector<device::QueueRow>& App::review_rows() {
    return m_desk.reviews().queue();
}

const std::vector<protocol::DeviceInfo>& App::devices() {
    Cache& read = cache();
    if (!read.devices) read.devices = m_desk.devices();
    return *read.devices;
}

const std::vector<protocol::OpenCode>* App::codes() {
    Cache& read = cache();
    if (!read.codes) read.codes = m_desk.codes();
    return *read.codes ? &**read.codes : nullptr;
}

const std::vector<protocol::ExtensionInfo>& App::extensions() {
    Cache& read = cache();
    if (!read.extensions) read.extensions = m_desk.extensions();
    return *read.extensions;
}

int App::reviews_waiting() {
    Cache& read = cache();
    if (!read.reviews_waiting) {
        read.reviews_waiting = 0;
        for (const device::QueueRow& row : review_rows()) *read.reviews_waiting += row.mine;
    }
    return *read.reviews_waiting;
}

const device::Dossier* App::dossier(const base::EnvelopeId& root) {
    Cache& read = cache();
    auto   found = read.dossiers.find(root);
    if (found == read.dossiers.end())
        found = read.dossiers.emplace(root, m_desk.reviews().find_dossier(root)).first;
    return found->second ? &*found->second : nullptr;
}

const std::vector<device::HistoryEntry>& App::timeline(const base::EnvelopeId& root) {
    auto&      timelines = cache().timelines;
    const auto found = timelines.find(root);
    return found != timelines.end() ? found->second
                                    : timelines.emplace(root, m_desk.timeline(root)).first->second;
}

void App::open_review(const base::EnvelopeId& root) {
    m_visit_memory.clear();
    m_reviews.current = root;
    go(ScreenId::review_file);
}

void App::send_soon() {
    const int number = ++m_send_number;
    platform::after_ms(message_ms, [this, number] {
        if (number == m_send_number && platform::online() && !queued().empty()) m_courier.start();
    });
}

std::string App::certificate_name(const base::CertificateId& id) const {
    const envelope::CatalogueEntry* entry = m_desk.find_certificate(id);
    return entry == nullptr ? id.text() : entry->name;
}

namespace {

// By the number of the appendix, as people call it.
std::string outdated_words_of(const notice::Package* package) {
    const notice::Form* declared =
        package == nullptr ? nullptr : package->find_serving(notice::Serves::declared);
    const std::string name = declared == nullptr            ? std::string("申报表")
                             : declared->appendix.empty() ? declared->short_title
                                                          : declared->appendix;
    return "本表填报后" + name + "有变动，需更新";
}

} // namespace

std::string App::outdated_words(const device::Matter& matter) {
    const auto outdated = m_desk.outdated(matter.root);
    return outdated && *outdated && !device::is_open(matter.state)
               ? outdated_words_of(m_desk.package_of(matter))
               : std::string();
}

std::string App::outdated_words(const device::Dossier& dossier) {
    return m_desk.reviews().outdated(dossier) ? outdated_words_of(m_desk.find_package())
                                              : std::string();
}

bool App::outdated(const device::QueueRow& row) {
    auto& known = cache().outdated;
    if (const auto found = known.find(row.root); found != known.end()) return found->second;
    const device::Dossier* found = dossier(row.root);
    return known[row.root] = found != nullptr && m_desk.reviews().outdated(*found);
}

print::Sheet App::sheet_of(const device::Matter& matter) {
    print::Sheet sheet;
    sheet.form = m_desk.form_of(matter);
    sheet.unit_name = m_desk.find_enrolment()->unit.name;
    sheet.rehearsal = m_desk.find_enrolment()->rehearsal;
    const bool changed = matter.arrived && change_of(matter).answers;
    if (const device::Judgement* judged = judgement(matter.root)) {
        sheet.answers = judged->answers;
        sheet.computed = judged->verdict.computed;
        sheet.unfinished = device::is_open(matter.state) && !judged->sealable &&
                           (changed || !matter.arrived);
    }
    sheet.warning = matter.state == device::MatterState::withdrawn ? "本表已撤回，不作申报用"
                    : changed ? "本表修改后还没有提交，和已提交的不同"
                              : outdated_words(matter);
    sheet.short_code = print::short_code(matter.root, sheet.answers);
    return sheet;
}

print::Sheet App::sheet_of(const device::Dossier& dossier) {
    print::Sheet sheet;
    sheet.form = dossier.form;
    sheet.unit_name = dossier.row.unit_name;
    sheet.rehearsal = m_desk.find_enrolment()->rehearsal;
    sheet.answers = dossier.answers;
    sheet.computed = dossier.computed;
    sheet.warning = outdated_words(dossier);
    sheet.short_code = print::short_code(dossier.row.root, dossier.answers);
    return sheet;
}

void App::print(const std::vector<print::Sheet>& sheets) {
    platform::print_html(print::document(
        sheets, [this](const base::CertificateId& id) { return certificate_name(id); }));
}

void App::download(std::string_view name, std::string_view media_type, std::string_view content) {
    platform::download((m_desk.find_enrolment()->rehearsal ? "演练-" : "") + std::string(name),
                       media_type, content);
}

void App::download_rescue() {
    const device::Enrolment* enrolment = m_desk.find_enrolment();
    platform::disk::download_rescue(enrolment != nullptr && enrolment->rehearsal);
    say("已下载备份文件，里面有本机的签名密钥，请妥善保管。");
}
