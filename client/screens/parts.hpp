// Parts that several screens show.
#pragma once

#include "client/widgets/fields.hpp"
#include "shared/device/desk.hpp"

#include <string>
#include <vector>

class App;

// "老年照护 · 初级　60 人": what a signed envelope is about, in a clerk's words.
std::string item_words(App& app, const device::OutboxItem& item);

// How far a school is with its declarations of a period, withdrawn ones left out.
struct Standing {
    int          filings = 0, unsigned_filings = 0;
    int          submitted = 0; // The server has them.
    int          unread = 0;    // What was typed as their number cannot be read.
    std::int64_t headcount = 0; // Of those whose number can be read.
};
Standing standing_of(const std::vector<device::Matter>& declarations);

// Opens the screen on which a matter is filled in.
void open_form(App& app, const base::EnvelopeId& root);

// Which round the screens show: a box under its label, or a cell whose label is only read out.
void draw_period_choice(App& app, widgets::Shape shape = widgets::Shape::box);

// The one big button with what waits, how far it is, and what came of it.
void draw_sync_card(App& app);

// Why nothing of this form can be signed yet: its window of the chosen period has not opened.
// Empty when it has.
std::string not_open_yet(App& app, const notice::Form& form);

// 从备份文件恢复: picks a file, asks, and replaces everything on this device by what it holds.
void draw_restore(App& app);

// The newest receipts, at most `count_max`.
void draw_receipt_table(App& app, std::size_t count_max);

// The list 检查 beside a form: every finding, in its words, with a field for each explanation.
void draw_findings(App& app, const device::Matter& matter);
