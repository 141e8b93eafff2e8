// The command line of protocol.md, "The binary". commands.cpp is the list; each command is a
// function in the file of its neighbours. A command prints what it did to standard output and what
// went wrong to standard error.
#pragma once

#include "shared/base/result.hpp"
#include "shared/device/desk.hpp"

#include <string>
#include <vector>

namespace intake {
struct Ruling;
}
namespace records {
struct Viewer;
}

// Parses and runs; returns the exit code: 0 done, 1 refused with the reason, 2 wrong use.
int run_command(int argument_count, char** arguments);

namespace commands {

struct ServeOptions {
    std::string data, listen = "127.0.0.1:8080", web, tls_certificate, tls_key, clock;
    std::string address;        // Where schools open the page; "" or ends in "/".
    std::string db = "sqlite:"; // Where the records are: so far in the data folder only.
};

// The operator sees what the province sees.
records::Viewer operator_view();

base::Status init(const std::string& data, const std::string& notice_folder);
base::Status serve(const ServeOptions& options);
base::Status import_units(const std::string& data, const std::string& file);
base::Status import_catalogue(const std::string& data, const std::string& file);
// One new code for `unit`, or for every unit when it is empty; CSV to `out` or standard output, and
// slips to be handed over, as HTML to print, to `slips`: the page's address makes their QR codes.
struct CodeOptions {
    std::string data, unit, out, slips, address;
};
base::Status new_codes(const CodeOptions& options);
// Prints the codes that nobody used yet, by unit, with their last day; what they are is not stored.
base::Status list_codes(const std::string& data);
// Makes them void: those of `unit`, or all when it is empty.
base::Status expire_codes(const std::string& data, const std::string& unit);
base::Status revoke_key(const std::string& data, const std::string& kid);
base::Status summary(const std::string& data, const std::string& name, const std::string& period,
                     const std::string& form, const std::string& format, const std::string& out);

struct DecideOptions {
    std::string stage = "final_review", verdict, approved, reason, due;
    std::vector<std::string> remarks; // "headcount=请核对": a field of the form and what is said of it.
};
// What the options say, without a target. wrong_use names the option that is not understood.
base::Result<envelope::Decision> read_decision(const DecideOptions& options);
// One filing, by the id of its newest or its first version.
base::Status decide(const std::string& data, const std::string& filing,
                    const DecideOptions& options);
enum class Apply { preview, write };
// Many, from the numbers that the national platform has approved: school_code, certificate, level,
// approved. Rows are matched by these codes alone. Prints what each row comes to; one wrong row and
// nothing is written.
base::Status decide_file(const std::string& data, const std::string& file,
                         const std::string& period, const std::string& reason, Apply apply);
struct ExtendOptions {
    std::string unit, form, period, until, reason;
};
base::Status extend(const std::string& data, const ExtendOptions& options);
base::Status rebuild(const std::string& data);
base::Status check(const std::string& data);
base::Status verify(const std::string& file, const std::string& data, const std::string& kid);
base::Status check_notice(const std::string& folder);
base::Status publish_notice(const std::string& data, const std::string& folder);

struct DeviceOptions {
    std::string store, server, code, name, form, period, replace, certificate, level, headcount,
        contact, phone, out, file;
    Apply                    apply = Apply::write; // Of a rescue file.
    std::vector<std::string> values, rows, explanations; // As commands::Filling has them.
};
base::Status device_enrol(const DeviceOptions& options);
base::Status device_fill(const DeviceOptions& options);
base::Status device_declare(const DeviceOptions& options);
base::Status device_summarise(const DeviceOptions& options);
base::Status device_sync(const DeviceOptions& options);
base::Status device_status(const DeviceOptions& options);
// Takes the drafts out of another machine's rescue file or store.
base::Status device_rescue(const DeviceOptions& options);
// A reviewer's machine (device_review.cpp).
struct DeviceReviewOptions {
    std::string              store, period, form, stage;
    bool                     mine = false; // Only what waits for this reviewer.
    std::vector<std::string> roots;
    DecideOptions            word; // Its stage follows from the role.
};
base::Status device_queue(const DeviceReviewOptions& options);
base::Status device_decide(const DeviceReviewOptions& options);
base::Status device_cancel(const DeviceReviewOptions& options);
base::Status device_history(const DeviceReviewOptions& options);

// Helpers of several commands.
base::Result<device::Desk> open_desk(const std::string& store);
const char*                verdict_word(const envelope::Decision& decision);
// "　40人", "　80、120人"; "" when it was approved as filed.
std::string approved_words(const envelope::Approved& approved);
// One line: how many filings, and how many of them are in which state.
void print_review_counts(const device::Desk& desk);
base::Result<std::string> read_whole_file(const std::string& path);
enum class Readers { everybody, owner }; // owner: nobody else may read the file.
base::Status write_whole_file(const std::string& path, std::string_view bytes,
                              Readers readers = Readers::everybody);
base::Status              refusal_of(const intake::Ruling& ruling);

} // namespace commands
