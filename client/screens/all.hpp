// The drawing function of each screen; screens.cpp lists them.
#pragma once

class App;

void draw_first_start(App& app);  // Before the machine is enrolled: the whole page.
void draw_home(App& app);
void draw_form_list(App& app);
void draw_form_paper_screen(App& app);
void draw_ledger(App& app);
void draw_review_queue(App& app);
void draw_review_file(App& app);
void draw_outbox(App& app);
void draw_receipts(App& app);
void draw_tables(App& app);
void draw_units(App& app);
void draw_extensions(App& app);
void draw_announcement_screen(App& app);
void draw_settings(App& app);
