#include "client/reviews.hpp"

#include "client/app.hpp"
#include "client/texts/words.hpp"
#include "shared/notice/calendar.hpp"

#include <algorithm>

using device::QueueRow;
using review::Stage;
using View = Reviews::View;

namespace {

bool is_in(View view, const QueueRow& row, bool province) {
    switch (view) {
    case View::mine: return row.mine;
    case View::signed_here: return row.queued || row.refused;
    case View::first_level:
        return row.way == review::Way::two_steps &&
               row.state.stage == (province ? Stage::submitted : Stage::first_passed);
    case View::returned: return row.state.stage == Stage::returned;
    case View::approved: return row.state.stage == Stage::approved;
    case View::rejected: return row.state.stage == Stage::rejected;
    case View::late:
        return row.timing == envelope::Timing::late && row.state.stage != Stage::withdrawn;
    case View::received:
        return row.way == review::Way::received && row.state.stage != Stage::withdrawn;
    case View::all: return true;
    }
    return true;
}

// Places of cities in the notice's order; what it does not name stands behind.
std::map<std::string, int> city_order(App& app) {
    std::map<std::string, int> order;
    if (const notice::Package* package = app.desk().find_package())
        for (const std::string& city : package->cities) order.emplace(city, int(order.size()));
    return order;
}

template <typename Value> int compare(const Value& a, const Value& b) {
    return a < b ? -1 : b < a ? 1 : 0;
}

} // namespace

const Reviews::Shown& shown_rows(App& app) {
    Reviews&        reviews = app.reviews();
    Reviews::Shown& shown   = reviews.shown;
    const auto&     rows    = app.review_rows();
    if (shown.change_count == app.desk().change_count() && shown.view == reviews.view &&
        shown.query == reviews.query && shown.column == reviews.column &&
        shown.descending == reviews.descending)
        return shown;
    shown = {app.desk().change_count(), reviews.view, reviews.query, reviews.column,
             reviews.descending, {}, {}, 0, false, {}, {}};
    const std::map<std::string, int> order = city_order(app);
    const auto                       city_of = [&](const std::string& city) {
        const auto found = order.find(city);
        return found == order.end() ? int(order.size()) : found->second;
    };
    std::map<std::string, base::CertificateId> certificates;
    std::set<std::pair<int, std::string>>      cities;
    const bool province = app.desk().find_enrolment()->role == "province";
    for (std::size_t at = 0; at < rows.size(); ++at) {
        if (rows[at].certificate)
            certificates.emplace(rows[at].certificate_name, *rows[at].certificate);
        if (!rows[at].city.empty()) cities.emplace(city_of(rows[at].city), rows[at].city);
        if (!device::matches(reviews.query, rows[at])) continue;
        for (int view = 0; view < Reviews::view_count; ++view)
            shown.counts[std::size_t(view)] += is_in(View(view), rows[at], province);
        if (!is_in(reviews.view, rows[at], province)) continue;
        shown.rows.push_back(int(at));
        shown.passable += passes_simply(app, rows[at]);
        shown.approved = shown.approved || rows[at].state.stage == Stage::approved;
    }
    for (const auto& [name, id] : certificates) shown.certificates.emplace_back(id, name);
    for (const auto& [place, city] : cities) shown.cities.push_back(city);
    const auto ordered = [&](const QueueRow& a, const QueueRow& b) {
        switch (reviews.column) {
        case Reviews::Column::city: return compare(city_of(a.city), city_of(b.city));
        case Reviews::Column::unit: return compare(a.unit, b.unit);
        case Reviews::Column::form: return compare(a.form, b.form);
        case Reviews::Column::matter:
            if (const int by_name = compare(a.certificate_name, b.certificate_name)) return by_name;
            return compare(a.level, b.level);
        case Reviews::Column::level: break; // Not sorted by; see matter.
        case Reviews::Column::approved: return compare(a.approved, b.approved);
        case Reviews::Column::headcount: return compare(a.headcount, b.headcount);
        case Reviews::Column::received: return compare(a.received_at, b.received_at);
        case Reviews::Column::state: return compare(a.state.stage, b.state.stage);
        }
        return 0;
    };
    std::sort(shown.rows.begin(), shown.rows.end(), [&](int a, int b) {
        const int order = ordered(rows[std::size_t(a)], rows[std::size_t(b)]);
        return order == 0 ? a < b : reviews.descending ? order > 0 : order < 0;
    });
    // What has left the list, was decided or has a newer version is chosen no more.
    std::set<base::EnvelopeId> chosen;
    for (const int at : shown.rows)
        if (const QueueRow& row = rows[std::size_t(at)];
            reviews.chosen.count(row.newest) > 0 && passes_simply(app, row))
            chosen.insert(row.newest);
    reviews.chosen = std::move(chosen);
    return shown;
}

bool is_listed(App& app) {
    Reviews&                reviews = app.reviews();
    const std::vector<int>& list    = shown_rows(app).rows;
    const auto&             rows    = app.review_rows();
    const auto is_at = [&](int place) {
        return place < int(list.size()) &&
               rows[std::size_t(list[std::size_t(place)])].root == reviews.current;
    };
    if (is_at(reviews.place)) return true;
    for (int place = 0; place < int(list.size()); ++place) {
        if (!is_at(place)) continue;
        reviews.place = place;
        return true;
    }
    return false;
}

bool go_in_list(App& app, int step) {
    Reviews&                reviews = app.reviews();
    const bool              listed  = is_listed(app);
    const std::vector<int>& list    = shown_rows(app).rows;
    if (list.empty()) return false;
    const int last = int(list.size()) - 1;
    // The next one of a row that is gone stands in its place.
    const int  wanted  = listed || step < 0 ? reviews.place + step : reviews.place;
    if (!listed && step == 0 && wanted > last) reviews.place = last;
    else if (wanted < 0 || wanted > last) return false;
    else reviews.place = wanted;
    reviews.current =
        app.review_rows()[std::size_t(list[std::size_t(reviews.place)])].root;
    return true;
}

const QueueRow* find_review_row(App& app, const base::EnvelopeId& root) {
    return app.desk().reviews().find_row(root);
}

bool passes_simply(App& app, const QueueRow& row) {
    const review::Step step =
        app.desk().reviews().may(row, envelope::ReviewVerdict::pass);
    return row.mine && !row.refused && step.outcome == base::Outcome::accepted &&
           step.needs == review::Needs::nothing;
}

bool decide(App& app, const std::vector<base::EnvelopeId>& roots, const device::Word& word) {
    if (!app.tell(app.desk().reviews().decide(roots, word))) return false;
    app.say("已签，待同步：" + std::string(texts::verdict_word(word.verdict)) + " " +
                std::to_string(roots.size()) + " 份。",
            [&app, roots] {
                for (const base::EnvelopeId& root : roots)
                    if (!take_back(app, root)) return;
                app.say("已取回。");
            });
    app.send_soon();
    return true;
}

bool take_back(App& app, const base::EnvelopeId& root) {
    const device::Dossier*            dossier = app.dossier(root);
    std::optional<envelope::Decision> word;
    if (dossier != nullptr && dossier->row.queued) word = dossier->row.queued;
    // Of a refused one the words were offered when it was opened, and may have been changed since.
    else if (dossier != nullptr && app.reviews().said.count(root) == 0 &&
             !app.desk().reviews().half_word(root))
        word = dossier->refused_word;
    if (!app.tell(app.desk().reviews().cancel(root))) return false;
    if (word) app.reviews().said[root] = said_again(*word);
    return true;
}

Reviews::Said said_again(const envelope::Decision& word) {
    Reviews::Said said;
    said.version = word.target;
    said.verdict = word.verdict;
    said.reason = word.reason;
    if (word.due) said.due = base::to_iso(notice::last_day_before(*word.due));
    for (const envelope::Remark& remark : word.remarks)
        said.remarks.emplace_back(remark.field, remark.text);
    for (const std::int64_t number : envelope::numbers_of(word.approved))
        said.approved.push_back(std::to_string(number));
    return said;
}
