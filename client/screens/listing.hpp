// A document of our own (a bureau's cover, a receipt to be read) as a form like any other, so that
// it is set and broken into pages as the notice's own are.
#pragma once

#include "shared/print/page.hpp"

#include <string>
#include <string_view>
#include <vector>

class App;

struct ListingColumn {
    const char* id;
    const char* head;
    int         share; // Of the width.
};

// A title, lines of text, and a table over the rows of the sheet's answers. total_under: the column
// below which the computed value of the same id stands as 合计; empty: no such row.
notice::Form listing_form(const std::string& title, const std::vector<std::string>& lines,
                          const std::vector<ListingColumn>& columns,
                          std::string_view                  total_under = {});

// A sheet of it with this unit's name; `form` must outlive the sheet. short_code: of what the sheet
// is about; empty: of its own rows.
print::Sheet listing_sheet(App& app, const notice::Form& form, base::Json rows,
                           std::string short_code = {});
