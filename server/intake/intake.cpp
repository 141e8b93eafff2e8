#include "server/intake/intake.hpp"

#include "shared/base/check.hpp"
#include "shared/base/limits.hpp"

#include <algorithm>

namespace intake {
namespace {

using base::Outcome;
using base::Result;
using base::Status;
using protocol::LineResult;

// About four of the largest requests; beyond that clients are told to come back.
constexpr std::size_t queued_lines_max = 8 * base::limits::batch_lines_max;
constexpr std::size_t keys_cached_max  = 200000;
// What is planned for a unit begins to hold by itself, within this time.
constexpr std::chrono::seconds look_for_due_every{10};
constexpr std::int64_t         keep_seen_every_us = 10LL * 60 * 1000000;

void refuse(protocol::LineAnswer& answer, Outcome outcome) {
    answer.result = LineResult::refused;
    answer.outcome = outcome;
}

// Faults of the storage end the batch; everything else is a verdict about one line.
bool is_storage_fault(Outcome outcome) {
    return outcome == Outcome::storage_failed || outcome == Outcome::storage_full ||
           outcome == Outcome::storage_busy || outcome == Outcome::storage_foreign;
}

// Why a matter cannot be replaced or withdrawn from this version: not_newest, then frozen; accepted
// when it can.
Outcome why_fixed(const records::FilingRecord& matter, const base::EnvelopeId& version) {
    if (matter.newest != version) return Outcome::not_newest;
    const bool open = matter.stage == records::Stage::submitted ||
                      matter.stage == records::Stage::returned;
    return open ? Outcome::accepted : Outcome::frozen;
}

} // namespace

Intake::Intake(Site& site, std::unique_ptr<records::Store> store, OnStorageFailure on_failure)
    : m_site(site), m_store(std::move(store)), m_on_failure(std::move(on_failure)),
      m_writer([this] { run(); }) {}

Result<std::unique_ptr<Intake>> Intake::start(Site& site, OnStorageFailure on_failure) {
    SHENBAO_ASSIGN(auto store, site.open_store());
    return std::unique_ptr<Intake>(new Intake(site, std::move(store), std::move(on_failure)));
}

Intake::~Intake() {
    {
        const std::lock_guard lock(m_mutex);
        m_stopping = true;
    }
    m_wake.notify_all();
    m_writer.join();
}

std::size_t Intake::queued_lines() {
    const std::lock_guard lock(m_mutex);
    return m_queued_lines;
}

// --- On the caller's thread ----------------------------------------------------------------------

Result<Intake::Line> Intake::look_at(const std::string& text) {
    Line line;
    auto jws = envelope::Jws::parse(text, envelope::HeaderKey::kid);
    if (!jws) {
        line.form_fault = jws.error();
        return line;
    }
    line.text = text;
    line.sha256 = jws->sha256();
    line.kid = jws->kid();
    std::optional<envelope::PublicKey> key;
    {
        const std::lock_guard lock(m_key_mutex);
        if (const auto found = m_keys.find(line.kid); found != m_keys.end()) key = found->second;
    }
    if (!key) {
        SHENBAO_ASSIGN(auto reader, m_site.reader());
        SHENBAO_ASSIGN(const auto record, reader->find_key(line.kid));
        if (!record) return line; // The writer says unknown_key.
        key = record->key;
        const std::lock_guard lock(m_key_mutex);
        if (m_keys.size() >= keys_cached_max) m_keys.clear();
        m_keys.emplace(line.kid, *key);
    }
    auto opened = envelope::open(*jws, *key);
    if (!opened) {
        line.fault = opened.error();
        return line;
    }
    if (const auto* filing = std::get_if<envelope::Filing>(&opened->act())) {
        const notice::Package* package = m_site.find_package(opened->common().notice);
        const notice::Form*    form =
            package == nullptr ? nullptr : package->find_form(filing->form);
        if (form != nullptr) {
            if (const auto shape = notice::check_shape(*form, filing->answers); !shape)
                line.fault = shape.error();
        }
    }
    m_site.saw(line.kid);
    line.opened = std::move(*opened);
    return line;
}

Status Intake::enqueue(std::unique_ptr<Job> job) {
    {
        const std::lock_guard lock(m_mutex);
        if (m_broken) return base::fail(*m_broken);
        if (m_stopping) return base::fail(Outcome::shutting_down);
        const std::size_t weight = std::max<std::size_t>(1, job->lines.size());
        if (m_queued_lines + weight > queued_lines_max) return base::fail(Outcome::queue_full);
        m_queued_lines += weight;
        m_queue.push_back(std::move(job));
    }
    m_wake.notify_one();
    return {};
}

Result<std::vector<protocol::LineAnswer>> Intake::submit(const std::vector<std::string>& lines) {
    auto job = std::make_unique<Job>();
    job->lines.reserve(lines.size());
    for (const std::string& text : lines) {
        SHENBAO_ASSIGN(Line line, look_at(text));
        job->lines.push_back(std::move(line));
    }
    auto judged = job->judged.get_future();
    SHENBAO_TRY(enqueue(std::move(job)));
    SHENBAO_ASSIGN(std::vector<Judged> all, judged.get());
    std::vector<protocol::LineAnswer> answers;
    answers.reserve(all.size());
    for (Judged& one : all) {
        if (one.answer.result != LineResult::refused)
            one.answer.receipt = m_site.sign_receipt_of(one.stored);
        answers.push_back(std::move(one.answer));
    }
    return answers;
}

Result<Enrolled> Intake::enrol(const envelope::Jws&              jws,
                               const protocol::EnrolmentRequest& request) {
    auto job = std::make_unique<Job>();
    job->enrolment = &jws;
    job->request = &request;
    auto enrolled = job->enrolled.get_future();
    SHENBAO_TRY(enqueue(std::move(job)));
    return enrolled.get();
}

// --- The writer ----------------------------------------------------------------------------------

void Intake::run() {
    for (;;) {
        std::deque<std::unique_ptr<Job>> jobs;
        {
            std::unique_lock lock(m_mutex);
            const bool woken = m_wake.wait_for(
                lock, look_for_due_every, [this] { return m_stopping || !m_queue.empty(); });
            if (woken && m_queue.empty()) return;
            jobs.swap(m_queue);
            m_queued_lines = 0;
        }
        if (!jobs.empty() || has_due_units()) write(jobs);
    }
}

// A command may have written meanwhile: our time is never behind what stands in the log, and a
// notice that was published is taken up.
Status Intake::begin_writing() {
    SHENBAO_TRY(m_store->begin());
    SHENBAO_ASSIGN(const base::Time last, m_store->last_received_at());
    m_site.not_before(last);
    m_site.take_up_published(*m_store);
    const base::Time now = m_site.real_now();
    if (now.microseconds - m_seen_kept_at.microseconds > keep_seen_every_us) {
        m_seen_kept_at = now;
        SHENBAO_TRY(m_store->keep_seen(m_site.seen()));
    }
    return enter_due_units();
}

bool Intake::has_due_units() {
    const auto planned = m_store->planned_units();
    return planned && !planned->empty() && *planned->front().from <= m_site.now();
}

// As an act of the operator's, so that the log says when it began to hold: what is derived never
// depends on the clock.
Status Intake::enter_due_units() {
    SHENBAO_ASSIGN(const auto planned, m_store->planned_units());
    const base::Time now = m_site.now();
    for (envelope::UnitEntry unit : planned) {
        if (*unit.from > now) break;
        unit.from.reset();
        SHENBAO_TRY(m_site.append_operator_act(*m_store, unit, now, envelope::Timing::on_time,
                                               m_site.make_anchor()));
        m_site.not_before(now);
    }
    return {};
}

void Intake::write(std::deque<std::unique_ptr<Job>>& jobs) {
    std::vector<Result<std::vector<Judged>>> judged;
    std::vector<Result<Enrolled>>            enrolled;
    Status                                   status = begin_writing();
    for (const auto& job : jobs) {
        if (!status) break;
        if (job->enrolment != nullptr) {
            enrolled.push_back(judge_enrolment(*job));
            if (!enrolled.back() && is_storage_fault(enrolled.back().error().outcome))
                status = base::fail(enrolled.back().error());
            continue;
        }
        std::vector<Judged> answers;
        for (const Line& line : job->lines) {
            auto one = judge(line);
            if (!one) {
                status = base::fail(one.error());
                break;
            }
            answers.push_back(std::move(*one));
        }
        judged.emplace_back(std::move(answers));
    }
    if (status) status = m_store->commit();
    else m_store->abandon();
    if (status) {
        ++m_counters.commits;
        for (const auto& answers : judged)
            for (const Judged& one : *answers)
                ++(one.answer.result == LineResult::accepted    ? m_counters.accepted
                   : one.answer.result == LineResult::duplicate ? m_counters.duplicates
                                                                : m_counters.refused);
    }
    std::size_t next_judged = 0, next_enrolled = 0;
    for (const auto& job : jobs) {
        if (job->enrolment != nullptr)
            job->enrolled.set_value(status ? std::move(enrolled[next_enrolled++])
                                           : Result<Enrolled>(base::fail(status.error())));
        else
            job->judged.set_value(status ? std::move(judged[next_judged++])
                                         : Result<std::vector<Judged>>(
                                               base::fail(status.error())));
    }
    // A full disk may be mended while we serve reads; any other failure of the disk may not.
    if (!status && status.error().outcome == Outcome::storage_failed) break_down(status.error());
}

void Intake::answer(std::unique_ptr<Job>& job, const base::Fault& fault) {
    if (job->enrolment != nullptr) job->enrolled.set_value(base::fail(fault));
    else job->judged.set_value(base::fail(fault));
}

// What SQLite believes to be on the disk may not be there (fsync that failed tells only once), so
// nothing is built upon it.
void Intake::break_down(const base::Fault& fault) {
    std::deque<std::unique_ptr<Job>> queued;
    {
        const std::lock_guard lock(m_mutex);
        if (m_broken) return;
        m_broken = fault;
        queued.swap(m_queue);
        m_queued_lines = 0;
    }
    for (auto& job : queued) answer(job, fault);
    m_on_failure(fault);
}

Result<Intake::Judged> Intake::judge(const Line& line) {
    Judged                judged;
    protocol::LineAnswer& answer = judged.answer;
    const auto refused = [&](Outcome outcome) {
        refuse(answer, outcome);
        return judged;
    };
    if (line.form_fault) return refused(line.form_fault->outcome);
    if (line.opened) answer.id = line.opened->common().id;
    SHENBAO_ASSIGN(const auto known, m_store->find_by_sha256(line.sha256));
    if (known) {
        answer.id = known->id;
        answer.result = LineResult::duplicate;
        judged.stored = *known;
        return judged;
    }
    SHENBAO_ASSIGN(const auto key, m_store->find_key(line.kid));
    if (!key) return refused(Outcome::unknown_key);
    if (key->revoked) return refused(Outcome::revoked_key);
    if (line.fault) return refused(line.fault->outcome);
    if (!line.opened) return refused(Outcome::unknown_key); // Enrolled between the two looks.
    const envelope::Common& common = line.opened->common();
    const envelope::Act&    act = line.opened->act();
    const Speaker           speaker{key->unit, rights::find_role(key->role), key->kid};
    if (rights::kind_row(act).reach(speaker.role).empty()) return refused(Outcome::unknown_kind);
    if (common.unit != key->unit) return refused(Outcome::foreign_unit);
    const auto anchor = m_site.open_anchor(common.anchor);
    if (!anchor) return refused(Outcome::bad_anchor);
    SHENBAO_ASSIGN(const auto same_id, m_store->find_by_id(common.id));
    if (same_id) return refused(Outcome::id_reused);
    if (m_site.find_package(common.notice) == nullptr) return refused(Outcome::unknown_notice);

    judged.stored.received_at = m_site.now();
    Result<bool> accepted = judge_act(line, speaker, anchor->at, judged);
    // A mistake of one notice's rules stops nobody else: its lines are refused with its number.
    if (!accepted && !is_storage_fault(accepted.error().outcome))
        return refused(accepted.error().outcome);
    if (!accepted) return base::fail(accepted.error());
    if (!*accepted) return judged;
    judged.stored.id = common.id;
    judged.stored.kind = envelope::kind_name(act);
    judged.stored.unit = common.unit;
    judged.stored.kid = line.kid;
    judged.stored.sha256 = line.sha256;
    judged.stored.text = line.text;
    SHENBAO_ASSIGN(judged.stored.index, m_store->append(judged.stored, *line.opened));
    m_site.not_before(judged.stored.received_at);
    answer.result = LineResult::accepted;
    answer.outcome = Outcome::accepted;
    return judged;
}

Result<bool> Intake::judge_act(const Line& line, const Speaker& speaker, base::Time anchor_at,
                               Judged& judged) {
    const envelope::Act& act = line.opened->act();
    if (const auto* filing = std::get_if<envelope::Filing>(&act))
        return judge_filing(line, *filing, speaker, anchor_at, judged);
    if (const auto* withdrawal = std::get_if<envelope::Withdrawal>(&act))
        return judge_withdrawal(*withdrawal, speaker, judged);
    SHENBAO_ASSIGN(Ruling ruling, judge_office_act(m_site, *m_store, speaker, act,
                                                   judged.stored.received_at));
    judged.answer.findings = std::move(ruling.findings);
    judged.stored.timing = ruling.timing;
    if (ruling.outcome == Outcome::accepted) return true;
    refuse(judged.answer, ruling.outcome);
    return false;
}

Result<std::optional<records::FilingRecord>> Intake::find_own(const base::EnvelopeId& version,
                                                              const Speaker&       speaker,
                                                              const envelope::Act& act) {
    SHENBAO_ASSIGN(const auto root, m_store->find_root(version));
    if (!root) return std::nullopt;
    SHENBAO_ASSIGN(auto matter, m_store->find_filing(*root));
    SHENBAO_CHECK(matter.has_value());
    SHENBAO_ASSIGN(const bool touches, may_touch(*m_store, speaker, act, matter->unit));
    if (!touches || matter->stage == records::Stage::withdrawn)
        return std::nullopt;
    return matter;
}

Result<bool> Intake::judge_filing(const Line& line, const envelope::Filing& filing,
                                  const Speaker& speaker, base::Time anchor_at, Judged& judged) {
    const envelope::Common& common = line.opened->common();
    const notice::Package&  package = *m_site.find_package(common.notice);
    const base::Time        now = judged.stored.received_at;
    const auto refused = [&](Outcome outcome) {
        refuse(judged.answer, outcome);
        return false;
    };
    const notice::Form*   form = package.find_form(filing.form);
    const notice::Window* window = form == nullptr ? nullptr : form->find_window(filing.period);
    envelope::Timing      timing = envelope::Timing::late;
    if (window != nullptr) {
        SHENBAO_ASSIGN(timing, timing_of(*m_store, *window, common.unit, filing, now));
    }
    if (!m_site.accepts(package, now)) {
        SHENBAO_ASSIGN(const bool more, has_more_time(*m_store, common.unit, filing, now));
        if (!more) return refused(Outcome::notice_retired);
    }
    SHENBAO_ASSIGN(const auto unit, m_store->find_unit(common.unit));
    if (!unit || window == nullptr || !package.files(*form, unit->kind))
        return refused(Outcome::unknown_form);
    if (!window->always && now < window->opens_at()) return refused(Outcome::window_not_open);
    judged.stored.timing = timing;
    bool returned = false;
    if (filing.replaces) {
        SHENBAO_ASSIGN(const auto matter, find_own(*filing.replaces, speaker, filing));
        if (!matter || matter->root != filing.root || matter->form != filing.form ||
            matter->period != filing.period)
            return refused(Outcome::unknown_target);
        if (const Outcome why = why_fixed(*matter, *filing.replaces); why != Outcome::accepted)
            return refused(why);
        returned = matter->stage == records::Stage::returned;
    }
    SHENBAO_ASSIGN(rules::Verdict verdict,
                   m_store->judge({&package, form, filing.period, common.unit, filing.root,
                                   anchor_at, &filing.answers, &filing.notes}));
    judged.answer.findings = std::move(verdict.findings);
    const bool replies_to_nothing = !returned && filing.notes.count(review::reply_rule) > 0;
    if (replies_to_nothing)
        judged.answer.findings.push_back(
            {review::reply_rule, {}, notice::Severity::error, "没有被退回的申报不能带有回复。"});
    if (!verdict.filing || replies_to_nothing) return refused(Outcome::rules_failed);
    SHENBAO_TRY(note_moved_quota(*form, package, filing, anchor_at, common.unit, judged));
    // Nothing is uploaded yet, so whatever is promised is missing.
    for (const envelope::Attachment& promised : filing.attachments)
        judged.stored.detail += promised.sha256.text() + " ";
    return true;
}

Status Intake::note_moved_quota(const notice::Form& form, const notice::Package& package,
                                const envelope::Filing& filing, base::Time anchor_at,
                                const base::UnitId& unit, Judged& judged) {
    const notice::Field* field =
        form.serves == notice::Serves::report ? form.find_standard("quota") : nullptr;
    if (field == nullptr) return {};
    const std::int64_t stated = filing.answers.at(field->id.text()).get<std::int64_t>();
    SHENBAO_ASSIGN(const std::int64_t then,
                   total_balance(*m_store, {unit, package.year, anchor_at, {}}));
    SHENBAO_ASSIGN(const std::int64_t now, total_balance(*m_store, {unit, package.year, {}, {}}));
    if (stated != then || stated == now) return {};
    judged.answer.findings.push_back(
        {base::RuleId("quota_moved"),
         {field->id},
         notice::Severity::warning,
         "填报的指标是" + std::to_string(stated) + "人，收到时台账已是" + std::to_string(now) +
             "人。已按填报内容收到，审核人员会看到两个数。"});
    return {};
}

Result<bool> Intake::judge_withdrawal(const envelope::Withdrawal& withdrawal,
                                      const Speaker& speaker, Judged& judged) {
    const auto refused = [&](Outcome outcome) {
        refuse(judged.answer, outcome);
        return false;
    };
    SHENBAO_ASSIGN(const auto matter, find_own(withdrawal.target, speaker, withdrawal));
    if (!matter) return refused(Outcome::unknown_target);
    const Outcome why = why_fixed(*matter, withdrawal.target);
    return why == Outcome::accepted ? true : refused(why);
}

Result<Enrolled> Intake::judge_enrolment(const Job& job) {
    const envelope::PublicKey& key = job.enrolment->embedded_key();
    const base::KeyId          kid = envelope::key_id(key);
    const std::string          hash =
        m_site.code_hash(base::canonical_crockford(job.request->code));
    SHENBAO_ASSIGN(const auto code, m_store->find_code(hash));
    if (!code) return base::fail(Outcome::bad_code);
    if (code->used_by) {
        if (*code->used_by != kid) return base::fail(Outcome::used_code);
        SHENBAO_ASSIGN(const auto record, m_store->find_key(kid));
        SHENBAO_CHECK(record.has_value());
        return Enrolled{*record, true};
    }
    if (code->expires_at <= m_site.real_now()) return base::fail(Outcome::expired_code);
    SHENBAO_ASSIGN(const auto other, m_store->find_key(kid));
    if (other) return base::fail(Outcome::already_enrolled, "a new key for each enrolment");
    const records::KeyRecord record = {kid, code->unit, code->role, job.request->device,
                                       key, false,      hash,       job.request->made_at};
    records::StoredEnvelope entry;
    entry.kind = "enrolment";
    entry.unit = code->unit;
    entry.kid = kid;
    entry.sha256 = job.enrolment->sha256();
    entry.text = job.enrolment->text();
    SHENBAO_ASSIGN(entry.received_at, m_store->last_received_at()); // Enrolling moves no clock.
    entry.detail = hash;
    SHENBAO_TRY(m_store->append_enrolment(entry, record));
    ++m_counters.enrolled;
    return Enrolled{record, false};
}

} // namespace intake
