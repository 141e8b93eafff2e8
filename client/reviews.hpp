// What a reviewer looks at: which filings and in which order, which of them are chosen, and what is
// being said about the one that is open. Kept while the page is open; nothing is drawn here.
#pragma once

#include "shared/device/review_desk.hpp"

#include <array>
#include <map>
#include <set>
#include <string>
#include <vector>

class App;

struct Reviews {
    // The parts of the queue, each with its count.
    enum class View { mine, signed_here, first_level, returned, approved, rejected, late, received,
                      all };
    static constexpr int view_count = 9;
    enum class Column { city, unit, form, matter, level, headcount, approved, received, state };

    View               view = View::mine;
    device::QueueQuery query;
    Column             column     = Column::received;
    bool               descending = false;

    std::set<base::EnvelopeId> chosen;    // By newest version: what was not seen is not passed.
    base::EnvelopeId           current;   // The row one is at, and the filing that is open.
    int                        place = 0; // Where it stood in the list when it was last in it.

    // What is being said about a filing, as typed.
    struct Said : device::HalfWord {
        device::HalfWord kept;          // As the desk has it, or as it began: nothing to keep.
    };
    // By matter: whoever looks at another filing meanwhile finds it as it was, and a new version
    // that comes meanwhile takes away no word.
    std::map<base::EnvelopeId, Said> said;

    // The list as last made; see shown_rows().
    struct Shown {
        std::int64_t                 change_count = -1;
        View                         view = View::mine;
        device::QueueQuery           query;
        Column                       column     = Column::received;
        bool                         descending = false;
        std::vector<int>             rows; // Places in App::review_rows().
        std::array<int, view_count>  counts = {};
        int                          passable = 0; // Of the rows: by passes_simply().
        bool                         approved = false; // One of the rows is.
        std::vector<std::pair<base::CertificateId, std::string>> certificates; // Of all; by name.
        std::vector<std::string>     cities; // Of all, in the notice's order.
    };
    Shown shown;
};

// The rows that are asked for, in the order asked for. Made anew only when something has changed.
const Reviews::Shown& shown_rows(App& app);

// Goes to the row `step` further on in the list (-1, 1); stays when there is none. 0: takes the
// place of what has left the list. False when the list has no such row.
bool go_in_list(App& app, int step);

// The filing that is open is one of the list, at Reviews::place.
bool is_listed(App& app);

// True when it is this desk's turn and a pass may be signed without another word.
bool passes_simply(App& app, const device::QueueRow& row);

// Signs the word about the filings, says so with an undo, and sends it when that is over. False
// when it could not be, which was told.
bool decide(App& app, const std::vector<base::EnvelopeId>& roots, const device::Word& word);

// Takes back a word that was not sent, or puts one away that was refused. What it said stands in
// Reviews::said again. False when it could not be, which was told.
bool take_back(App& app, const base::EnvelopeId& root);

// What a decision says, to be changed.
Reviews::Said said_again(const envelope::Decision& word);

// The row of a matter; null when this desk does not review it.
const device::QueueRow* find_review_row(App& app, const base::EnvelopeId& root);
