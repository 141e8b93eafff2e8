#include "server/handlers/api.hpp"

#include "server/records/summary_sql.hpp"
#include "server/summaries/csv.hpp"
#include "shared/base/limits.hpp"
#include "shared/base/text.hpp"

#include <algorithm>
#include <charconv>

namespace handlers {
namespace {

using base::Json;
using base::Outcome;

constexpr std::string_view program_version = "0.1.0";


// A notice may have been published beside the running server.
void look_for_notices(Server& server) {
    if (auto reader = server.site.reader()) server.site.take_up_published(**reader);
}

// The ETag of everything that is read: the last index that concerns the viewer, and what was asked.
std::string read_etag(std::int64_t as_of, const Request& request, const records::Viewer& viewer) {
    std::string asked = viewer.unit.text() + "\n" + request.path;
    for (const auto& [name, value] : request.query) asked += "\n" + name + "=" + value;
    return "\"" + std::to_string(as_of) + "-" + base::sha256_hex(asked).text().substr(0, 12) + "\"";
}

bool etag_matches(const Request& request, const std::string& etag) {
    const std::string asked = request.header("if-none-match");
    return !asked.empty() && (asked == "*" || asked.find(etag) != std::string::npos);
}

base::Result<std::int64_t> integer_query(const Request& request, const char* name,
                                         std::int64_t otherwise, std::int64_t min,
                                         std::int64_t max) {
    const auto found = request.query.find(name);
    if (found == request.query.end() || found->second.empty()) return otherwise;
    std::int64_t value = 0;
    const char*  end = found->second.data() + found->second.size();
    const auto   parsed = std::from_chars(found->second.data(), end, value);
    if (parsed.ec != std::errc() || parsed.ptr != end || value < min || value > max)
        return base::fail(Outcome::bad_query, name);
    return value;
}

std::optional<std::string> text_query(const Request& request, const char* name) {
    const auto found = request.query.find(name);
    if (found == request.query.end() || found->second.empty()) return std::nullopt;
    return found->second;
}

} // namespace

Response json(std::string body) { return {200, "application/json", std::move(body), {}}; }

Response by_content(const Request& request, Response response) {
    if (response.status != 200) return response;
    const std::string etag = "\"" + base::sha256_hex(response.body).text() + "\"";
    if (etag_matches(request, etag)) response = {304, "", "", {}};
    response.headers.push_back({"ETag", etag});
    response.headers.push_back({"Cache-Control", "private, no-cache"});
    response.headers.push_back({"Vary", "Authorization, Cookie"});
    return response;
}

Response healthz(Server&, const Request&, const records::Viewer&) {
    return {200, "text/plain; charset=utf-8", "ok", {{"Cache-Control", "no-store"}}};
}

Response metrics(Server& server, const Request&, const records::Viewer&) {
    const intake::Counters& counters = server.intake.counters();
    std::string             text;
    const auto line = [&](const char* name, const char* help, std::int64_t value) {
        text += std::string("# HELP ") + name + " " + help + "\n# TYPE " + name + " counter\n" +
                name + " " + std::to_string(value) + "\n";
    };
    line("shenbao_envelopes_accepted_total", "Envelopes taken into the log.", counters.accepted);
    line("shenbao_envelopes_duplicate_total", "Envelopes that were there already.",
         counters.duplicates);
    line("shenbao_envelopes_refused_total", "Envelopes refused.", counters.refused);
    line("shenbao_commits_total", "Transactions of the writer.", counters.commits);
    line("shenbao_enrolments_total", "Keys enrolled.", counters.enrolled);
    text += "# HELP shenbao_queued_lines Lines that wait for the writer.\n"
            "# TYPE shenbao_queued_lines gauge\nshenbao_queued_lines " +
            std::to_string(server.intake.queued_lines()) + "\n";
    return {200, "text/plain; version=0.0.4; charset=utf-8", text, {}};
}

Response server_info(Server& server, const Request&, const records::Viewer&) {
    look_for_notices(server);
    protocol::ServerInfo info;
    info.name = "申报";
    info.version = program_version;
    info.time = server.site.now();
    info.rehearsal = server.site.rehearsal();
    info.server_key = server.site.key().public_key();
    info.notice = server.site.current_package()->ref;
    info.notices = server.site.notices();
    info.anchor = server.site.make_anchor();
    Response response = json(protocol::write_server_info(info));
    response.headers.push_back({"Cache-Control", "no-store"});
    return response;
}

Response notice_document(Server& server, const Request& request, const records::Viewer&) {
    const std::string&     asked = request.parameters.at("id");
    const bool             pinned = asked.find('@') != std::string::npos;
    const notice::Package* package = nullptr;
    look_for_notices(server);
    if (pinned) {
        const auto ref = base::parse_notice_ref(asked);
        if (ref) package = server.site.find_package(*ref);
    } else {
        package = server.site.find_newest(asked);
    }
    if (package == nullptr) return problem(Outcome::not_found);
    const std::string etag = "\"" + package->ref.sha256.text() + "\"";
    const std::string caching =
        pinned ? "public, max-age=31536000, immutable" : "public, max-age=0, must-revalidate";
    if (etag_matches(request, etag))
        return {304, "", "", {{"ETag", etag}, {"Cache-Control", caching}}};
    return {200, "application/json", package->text, {{"ETag", etag}, {"Cache-Control", caching}}};
}

Response enrol(Server& server, const Request& request, const records::Viewer&) {
    if (!media_type_is(request, "application/jose")) return problem(Outcome::wrong_media_type);
    const auto jws = envelope::Jws::parse(request.body, envelope::HeaderKey::jwk);
    if (!jws) return problem(jws.error());
    const auto payload = jws->verify(jws->embedded_key());
    if (!payload) return problem(payload.error());
    const auto asked = protocol::read_enrolment_request(*payload);
    if (!asked) return problem(asked.error());
    const std::string code = base::canonical_crockford(asked->code);
    const base::Time  now = server.site.real_now();
    if (const int wait = server.code_guard.wait_seconds(code, now); wait > 0) {
        Response response = problem(Outcome::too_many_attempts);
        response.headers.push_back({"Retry-After", std::to_string(wait)});
        return response;
    }
    if (code.size() != 12) {
        server.code_guard.failed(code, now);
        return problem(Outcome::bad_code);
    }
    const auto enrolled = server.intake.enrol(*jws, *asked);
    if (!enrolled) {
        if (enrolled.error().outcome == Outcome::bad_code) server.code_guard.failed(code, now);
        return problem(enrolled.error());
    }
    auto reader = server.site.reader();
    if (!reader) return problem(reader.error());
    const auto unit = (*reader)->find_unit(enrolled->key.unit);
    if (!unit) return problem(unit.error());
    if (!*unit) return problem(Outcome::internal_fault, "the code's unit is not in the roster");
    Response response = json(protocol::write_enrolment_answer(
        {**unit, enrolled->key.role, enrolled->key.kid, server.site.key().public_key(),
         server.site.current_package()->ref, server.site.make_anchor()}));
    response.status = enrolled->again ? 200 : 201;
    response.headers.push_back({"Cache-Control", "no-store"});
    return response;
}

Response open_session(Server& server, const Request& request, const records::Viewer&) {
    if (!media_type_is(request, "application/jose")) return problem(Outcome::wrong_media_type);
    const auto opened = server.sessions.open(request.body);
    if (!opened) return problem(opened.error());
    Response response = json(protocol::write_session_answer({opened->token, opened->expires_at}));
    response.headers.push_back({"Cache-Control", "no-store"});
    response.headers.push_back(
        {"Set-Cookie", over_tls(server, request) ? "__Host-shenbao=" + opened->token +
                                                       "; Path=/; HttpOnly; SameSite=Strict; Secure"
                                                 : "shenbao=" + opened->token +
                                                       "; Path=/; HttpOnly; SameSite=Strict"});
    return response;
}

Response take_envelopes(Server& server, const Request& request, const records::Viewer&) {
    if (!media_type_is(request, "text/plain")) return problem(Outcome::wrong_media_type);
    const std::vector<std::string> lines = base::lines_of(request.body);
    if (lines.size() > base::limits::batch_lines_max)
        return problem(Outcome::body_too_large, "more than 500 lines");
    if (lines.empty()) return problem(Outcome::bad_request, "no line");
    const auto answers = server.intake.submit(lines);
    if (!answers) return problem(answers.error());
    std::string body;
    for (const protocol::LineAnswer& answer : *answers)
        body += protocol::write_line_answer(answer) + "\n";
    return {200, "application/x-ndjson", std::move(body), {{"Cache-Control", "no-store"}}};
}

namespace {

// Opaque to clients: the index behind which to go on, and the width of the view it was made under.
std::string write_cursor(std::int64_t index, std::int64_t scope) {
    return base::to_base64url(
        base::as_bytes(std::to_string(index) + "." + std::to_string(scope)));
}

bool read_cursor(const std::string& cursor, std::int64_t& index, std::int64_t& scope) {
    const auto bytes = base::from_base64url(cursor);
    if (!bytes) return false;
    const std::string text(base::as_text(*bytes));
    const std::size_t dot = text.find('.');
    if (dot == std::string::npos) return false;
    const char* end = text.data() + text.size();
    const auto  first = std::from_chars(text.data(), text.data() + dot, index);
    const auto  second = std::from_chars(text.data() + dot + 1, end, scope);
    return first.ec == std::errc() && first.ptr == text.data() + dot &&
           second.ec == std::errc() && second.ptr == end && index >= 0;
}

} // namespace

Response changes(Server& server, const Request& request, const records::Viewer& viewer) {
    const auto limit = integer_query(request, "limit", 100, 1, 1000);
    if (!limit) return problem(limit.error());
    auto reader = server.site.reader();
    if (!reader) return problem(reader.error());
    const auto scope_now = (*reader)->scope_index(viewer);
    if (!scope_now) return problem(scope_now.error());
    std::int64_t after = 0, scope = *scope_now;
    if (const auto cursor = text_query(request, "after");
        cursor && !read_cursor(*cursor, after, scope))
        return problem(Outcome::bad_query, "after");
    protocol::ChangesAnswer answer;
    if (scope != *scope_now) {
        answer.reset = true;
        return json(protocol::write_changes(answer));
    }
    const auto entries = (*reader)->changes(viewer, after, int(*limit) + 1);
    if (!entries) return problem(entries.error());
    answer.more = entries->size() > std::size_t(*limit);
    for (const records::StoredEnvelope& entry : *entries) {
        if (answer.changes.size() == std::size_t(*limit)) break;
        answer.changes.push_back({entry.index, entry.text, server.site.sign_receipt_of(entry)});
        after = entry.index;
    }
    answer.cursor = write_cursor(after, scope);
    Response response = json(protocol::write_changes(answer));
    response.headers.push_back({"Cache-Control", "no-store"});
    return response;
}

namespace {

// Answers 304 when nothing that concerns the viewer has changed since; else calls `make`.
template <class Make>
Response fresh_or_304(Server& server, const Request& request, const records::Viewer& viewer,
                      Make&& make) {
    auto reader = server.site.reader();
    if (!reader) return problem(reader.error());
    const auto as_of = (*reader)->as_of(viewer);
    if (!as_of) return problem(as_of.error());
    const std::string etag = read_etag(*as_of, request, viewer);
    Response          response = etag_matches(request, etag) ? Response{304, "", "", {}}
                                                             : make(**reader, *as_of);
    if (response.status == 200 || response.status == 304) {
        response.headers.push_back({"ETag", etag});
        response.headers.push_back({"Cache-Control", "private, no-cache"});
        response.headers.push_back({"Vary", "Authorization, Cookie"});
    }
    return response;
}

} // namespace

Response units(Server& server, const Request& request, const records::Viewer& viewer) {
    auto reader = server.site.reader();
    if (!reader) return problem(reader.error());
    const auto units = (*reader)->units(viewer);
    return by_content(request,
                      units ? json(protocol::write_units(*units)) : problem(units.error()));
}

Response catalogue(Server& server, const Request& request, const records::Viewer&) {
    auto reader = server.site.reader();
    if (!reader) return problem(reader.error());
    const auto entries = (*reader)->catalogue();
    return by_content(
        request, entries ? json(protocol::write_catalogue(*entries)) : problem(entries.error()));
}

Response filings(Server& server, const Request& request, const records::Viewer& viewer) {
    records::FilingQuery query;
    if (const auto period = text_query(request, "period")) query.period = base::Period(*period);
    if (const auto form = text_query(request, "form")) query.form = base::FormId(*form);
    if (const auto stage = text_query(request, "stage")) {
        query.stage = records::find_stage(*stage);
        if (!query.stage) return problem(Outcome::bad_query, "stage");
    }
    if (const auto timing = text_query(request, "timing")) {
        const auto parsed = envelope::parse_timing(*timing);
        if (!parsed) return problem(Outcome::bad_query, "timing");
        query.timing = *parsed;
    }
    query.city = text_query(request, "city");
    const auto after = integer_query(request, "after", 0, 0, base::limits::json_integer_max);
    const auto limit = integer_query(request, "limit", 100, 1, 1000);
    if (!after || !limit) return problem(Outcome::bad_query, "after, limit");
    query.after = *after;
    query.limit = int(*limit);
    return fresh_or_304(server, request, viewer, [&](records::Store& store, std::int64_t as_of) {
        const auto found = store.filings(viewer, query);
        if (!found) return problem(found.error());
        Json rows = Json::array();
        for (const records::FilingRecord& filing : *found)
            rows.push_back(
                {{"index", filing.newest_index},
                 {"filing", filing.newest.text()},
                 {"root", filing.root.text()},
                 {"unit", filing.unit.text()},
                 {"form", filing.form.text()},
                 {"period", filing.period.text()},
                 {"stage", records::stage_name(filing.stage)},
                 {"timing", envelope::timing_name(filing.timing)},
                 {"certificate", filing.certificate ? Json(filing.certificate->text()) : Json()},
                 {"level", filing.level ? Json(*filing.level) : Json()},
                 {"headcount", filing.headcount ? Json(*filing.headcount) : Json()},
                 {"approved_headcount", filing.approved ? Json(*filing.approved) : Json()},
                 {"received_at", base::to_rfc3339(filing.received_at)}});
        return json(base::to_text({{"as_of_index", as_of}, {"rows", std::move(rows)}}));
    });
}

namespace {

// The signed explanations (原因说明) of a stored filing, one after another; null when it has none.
base::Result<Json> explanations_of(const records::StoredEnvelope& entry) {
    SHENBAO_ASSIGN(const envelope::VerifiedEnvelope opened, records::open_stored(entry));
    std::string all;
    if (const auto* filing = std::get_if<envelope::Filing>(&opened.act()))
        for (const auto& [rule, note] : filing->notes) all += (all.empty() ? "" : "；") + note;
    return all.empty() ? Json() : Json(all);
}

// Puts the explanations and the receipt behind each row of `sources`, so that a figure can be
// followed to what was signed.
base::Status add_receipts(Server& server, records::Store& store,
                          records::Summary& sources) {
    const auto filing = std::find(sources.columns.begin(), sources.columns.end(), "filing") -
                        sources.columns.begin();
    for (const char* column : {"explanation", "index", "timing", "received_at", "receipt"})
        sources.columns.emplace_back(column);
    for (std::vector<Json>& row : sources.rows) {
        const base::EnvelopeId id(row[std::size_t(filing)].get<std::string>());
        SHENBAO_ASSIGN(const auto entry, store.find_by_id(id));
        if (!entry) return base::fail(Outcome::internal_fault, id.text());
        SHENBAO_ASSIGN(Json explanations, explanations_of(*entry));
        row.push_back(std::move(explanations));
        row.emplace_back(entry->index);
        row.emplace_back(envelope::timing_name(entry->timing));
        row.emplace_back(base::to_rfc3339(entry->received_at));
        row.emplace_back(server.site.sign_receipt_of(*entry));
    }
    return {};
}

} // namespace

Response summary(Server& server, const Request& request, const records::Viewer& viewer) {
    const std::string&    name = request.parameters.at("name");
    const std::string     format = text_query(request, "format").value_or("json");
    records::SummaryQuery query;
    if (const auto period = text_query(request, "period")) query.period = base::Period(*period);
    if (const auto stage = text_query(request, "stage")) {
        query.stage = records::find_stage(*stage);
        if (!query.stage) return problem(Outcome::bad_query, "stage");
    }
    if (const auto form = text_query(request, "form")) query.form = base::FormId(*form);
    if (format != "json" && format != "csv") return problem(Outcome::bad_query, "format");
    query.package = query.period ? server.site.package_with(*query.period)
                                 : server.site.current_package();
    // What is missing is missing in some period: of the form's windows the one that opened last. It
    // stands in the ETag as if it had been asked for, because it moves with the clock alone.
    Request asked = request;
    if (name == "missing" && !query.period) {
        query.period = records::newest_period(*query.package, query.form, server.site.now());
        asked.query.insert_or_assign("period", query.period ? query.period->text() : "");
    }
    return fresh_or_304(server, asked, viewer, [&](records::Store& store, std::int64_t as_of) {
        auto made = store.summary(viewer, name, query);
        if (!made) return problem(made.error());
        if (name == "sources")
            if (const auto added = add_receipts(server, store, *made); !added)
                return problem(added.error());
        if (format == "csv")
            return Response{
                200,
                "text/csv; charset=utf-8",
                summaries::to_csv(*made, *query.package),
                {{"Content-Disposition", "attachment; filename=\"" + name + ".csv\""}}};
        return json(summaries::to_json(*made, as_of));
    });
}

} // namespace handlers
