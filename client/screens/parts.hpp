// Parts that several screens show.
#pragma once

#include "shared/device/desk.hpp"

#include <string>

class App;

// "老年照护 · 初级　60 人": what a signed envelope is about, in a clerk's words.
std::string item_words(App& app, const device::OutboxItem& item);

// Opens the screen on which a matter is filled in.
void open_form(App& app, const base::EnvelopeId& root);

// The one big button with what waits, how far it is, and what came of it.
void draw_sync_card(App& app);

// The newest receipts, at most `count_max`.
void draw_receipt_table(App& app, std::size_t count_max);

// The list 检查 beside a form: every finding, in its words, with a field for each explanation.
void draw_findings(App& app, const device::Matter& matter);
