// The program of the page: the desk on its disk, the courier, and which screen is shown. Screens
// draw from it and act through it.
#pragma once

#include "client/courier.hpp"
#include "client/platform/application.hpp"
#include "client/due.hpp"
#include "client/reviews.hpp"
#include "client/screens.hpp"
#include "shared/device/desk.hpp"
#include "shared/print/page.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

class App final : public platform::Application {
public:
    explicit App(device::Desk desk);
    void frame() override;

    // --- For screens -----------------------------------------------------------------------------
    device::Desk& desk() { return m_desk; }
    Courier&      courier() { return m_courier; }
    base::Time    now() { return m_desk.server_time(); }
    // A time of this machine's clock as it is shown: in a rehearsal, by the rehearsal's clock.
    base::Time shown_time(base::Time machine_time);

    // Saves what was committed; every act on the desk is followed by it.
    void changed();
    // Shows a fault of an act, if it is one, for a while.
    bool tell(const base::Status& status);
    // A sentence at the foot of the page; with an undo when `undo` is given.
    void say(std::string sentence, std::function<void()> undo = {});

    void                    go(ScreenId screen);
    void                    open_form(const base::FormId& form); // Its list, or its paper.
    void                    open_form(const base::FormId& form, const base::Period& period);
    void                    open_matter(const device::Matter& matter); // As paper.
    ScreenId                screen() const { return m_screen; }
    const base::FormId&     form_id() const { return m_form; }
    // The form that is shown, by the version of the notice under which it is filed in its period;
    // null without a notice.
    const notice::Form*     find_form();
    // The matter that is shown as paper; empty: that of the form's period.
    const base::EnvelopeId& open_root() const { return m_open_root; }

    // What this unit files, read once after each change (device::Desk::duties()).
    const std::vector<device::Duty>& duties();
    const device::Duty*              find_duty(const base::FormId&  form,
                                               const base::Period& period);
    // All versions of notices that are here (device::Desk::packages()), and of what they ask for
    // each form once: reviewers look at what was filed under any of them.
    const std::vector<const notice::Package*>& packages();
    std::vector<const notice::Form*>           known_forms();
    const notice::Form*                        find_known_form(const base::FormId& form);
    // Forms that this unit files, in the notice's order; behind them those of an earlier notice
    // that are still to be filed.
    std::vector<const notice::Form*> forms();
    // The version that has this form.
    const notice::Package& package_of(const notice::Form& form);
    // Its periods, of all versions under which it is filed, in the order of opening.
    std::vector<const notice::Period*> periods_of(const notice::Form& form);
    // The period in which the screens show a form: the one chosen, else the one that matters now.
    base::Period period_of(const notice::Form& form);
    bool         period_chosen(const notice::Form& form) const;
    void         choose_period(const notice::Form& form, const base::Period& period);
    // When a window closes for this unit: later than the window's own end when it was extended.
    base::Time closes_at(const notice::Form& form, const notice::Window& window);
    notice::ClosesAt closing(); // The same, to hand on.

    // True once after a form was opened: its paper is read from its top.
    bool take_opening() { return std::exchange(m_opening, false); }

    // A finding of the list 检查 was pressed: its field takes the focus when it is next drawn.
    void wish_focus(const base::EnvelopeId& root, device::Cell cell);
    // True once, for that cell.
    bool take_focus_wish(const base::EnvelopeId& root, const device::Cell& cell);

    // Read from the desk once after each change, not once a frame.
    const std::vector<device::Matter>& matters(const base::FormId& form,
                                               const base::Period& period);
    const std::vector<Due>&            calendar(); // In the order of closing.
    const std::vector<device::LedgerEntry>& ledger();
    const std::vector<protocol::DeviceInfo>& devices(); // For offices: those they know of.
    const std::vector<protocol::OpenCode>*   codes();   // Likewise; null: never told.
    const std::vector<protocol::ExtensionInfo>& extensions(); // Likewise.
    // What a reviewer's machine keeps of others' filings.
    const std::vector<device::QueueRow>& review_rows();
    int                                  reviews_waiting(); // For this reviewer's decision.
    const device::Dossier*               dossier(const base::EnvelopeId& root); // Null: none such.
    Reviews&                             reviews() { return m_reviews; }
    void                                 open_review(const base::EnvelopeId& root);
    // Sends what is signed when it can be undone no more, if there is a line then.
    void                                 send_soon();
    // What happened to an own matter; empty before it was sent.
    const std::vector<device::HistoryEntry>& timeline(const base::EnvelopeId& root);
    // Desk::paper_tick(), Desk::paper_outdated().
    struct PaperTick {
        std::optional<base::Date> day;
        bool                      outdated = false;
    };
    const PaperTick&                   paper_tick(const base::EnvelopeId& version);
    // How what is open for change differs from what was signed last.
    struct Change {
        bool answers = false;
        bool any = false; // Answers, explanations or a reply.
    };
    const Change&                      change_of(const device::Matter& matter);
    // How an own filing arrived; nothing while its newest version has not (Desk::timing()).
    std::optional<envelope::Timing>    timing(const device::Matter& matter);
    // True of one that arrived late and counts for nothing so far.
    bool                               late(const device::Matter& matter);
    const device::Judgement*           judgement(const base::EnvelopeId& root); // Null on a fault.
    const std::vector<device::OutboxItem>& queued();
    const std::vector<device::OutboxItem>& refused();
    const std::vector<device::OutboxItem>& receipts();

    std::string  certificate_name(const base::CertificateId& id) const;
    print::Sheet sheet_of(const device::Matter& matter);
    print::Sheet sheet_of(const device::Dossier& dossier); // As it was filed.
    // Of a table made from the declarations (附件2) that they have outrun, what its prints say;
    // empty of everything else.
    std::string  outdated_words(const device::Matter& matter);
    std::string  outdated_words(const device::Dossier& dossier);
    bool         outdated(const device::QueueRow& row); // The same, read once after each change.
    void         print(const std::vector<print::Sheet>& sheets);
    // Offers a file under that name; in a rehearsal the name says so, its bytes do not.
    void         download(std::string_view name, std::string_view media_type,
                          std::string_view content);
    void         download_rescue(); // All that is on this machine, named likewise.

    // Small things screens remember while the page is open, by name: "home/code".
    std::string& memory(const std::string& name) { return m_memory[name]; }
    // The same, until another screen is opened.
    std::string& visit_memory(const std::string& name) { return m_visit_memory[name]; }
    void         undo(); // What the foot of the page offers.

private:
    struct Cache {
        std::int64_t change_count = -1;
        std::map<std::pair<base::FormId, base::Period>, std::vector<device::Matter>> matters;
        std::map<std::pair<base::FormId, base::Period>, base::Time>  closing_times;
        std::optional<std::vector<Due>>                              calendar;
        std::optional<std::vector<device::Duty>>                     duties;
        std::optional<std::vector<const notice::Package*>>           packages;
        std::optional<std::vector<device::LedgerEntry>>              ledger;
        std::optional<std::vector<protocol::DeviceInfo>>             devices;
        std::optional<std::optional<std::vector<protocol::OpenCode>>> codes;
        std::optional<std::vector<protocol::ExtensionInfo>>          extensions;
        std::map<base::EnvelopeId, std::optional<device::Judgement>> judgements;
        std::optional<std::vector<device::OutboxItem>>               queued, refused, receipts;
        std::optional<int>                                           reviews_waiting;
        std::map<base::EnvelopeId, std::optional<device::Dossier>>   dossiers;
        std::map<base::EnvelopeId, bool>                             outdated;
        std::map<base::EnvelopeId, std::optional<envelope::Timing>>  timings;
        std::map<base::EnvelopeId, PaperTick>                        ticks;
        std::map<base::EnvelopeId, Change>                           changes;
        std::map<base::EnvelopeId, std::vector<device::HistoryEntry>> timelines;
    };
    Cache& cache();
    void   sync_when_worth_it();
    void   tick();

    device::Desk                m_desk;
    Courier                     m_courier;
    ScreenId                    m_screen = ScreenId::home;
    base::FormId                m_form;
    base::EnvelopeId            m_open_root;
    std::map<base::FormId, base::Period> m_periods; // Chosen by hand.
    std::optional<std::pair<base::EnvelopeId, device::Cell>> m_focus_wish;
    Cache                       m_cache;
    Reviews                     m_reviews;
    int                         m_send_number = 0;
    bool                        m_opening = false;
    std::map<std::string, std::string> m_memory, m_visit_memory;
    std::string                 m_said;
    std::function<void()>       m_undo;
    int                         m_said_number = 0;
    bool                        m_was_online  = true;
};
