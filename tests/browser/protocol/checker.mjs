// A stranger's walk through the protocol: starts the binary on an empty data folder, enrols, sends,
// reads and is refused, and compares every answer with the text of the protocol. Prints one line a
// check and "N passed, N failed"; exit 0 only if nothing failed.
//
//   node tests/browser/protocol/checker.mjs [BINARY]      (without it: build/native/shenbao)

import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Connection, header_of } from "./client.mjs";
import { Serving, run } from "./binary.mjs";
import { check, finish, station } from "./report.mjs";
import { World, csv_text, parse_csv } from "./tables.mjs";
import { catalogue_table, certificates, newcomer, units, units_table } from "./roster.mjs";
import * as open from "./public.mjs";
import * as sending from "./envelopes.mjs";
import * as refusals from "./refusals.mjs";
import * as session from "./sessions.mjs";
import * as reading from "./reading.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const binary = process.argv[2] ?? path.resolve(here, "../../../build/native/shenbao");
const clock = "2023-03-29T09:00:00+08:00";
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "shenbao-protocol-"));

function done(args) {
    const result = run(binary, args);
    check(`shenbao ${args[0]} ${args[1] ?? ""} → exit 0`, result.code === 0, { came: result });
    return result;
}

// A data folder with the made-up roster and the certificates.
function found(name, roster) {
    const data = path.join(folder, name);
    const units_file = path.join(folder, `${name}-units.csv`);
    const catalogue_file = path.join(folder, `${name}-catalogue.csv`);
    fs.writeFileSync(units_file, `\ufeff${csv_text(units_table(roster))}`);
    fs.writeFileSync(catalogue_file, csv_text(catalogue_table()));
    done(["init", "--data", data]);
    done(["units", "import", units_file, "--data", data]);
    done(["catalogue", "import", catalogue_file, "--data", data]);
    return data;
}

// The codes of every unit, two each, as `codes new` writes them: {unit: [code, code]}.
function new_codes(data) {
    const codes = {};
    for (const round of [1, 2]) {
        const file = path.join(folder, `codes-${round}.csv`);
        done(["codes", "new", "--all", "--data", data, "--out", file]);
        const [head, ...rows] = parse_csv(fs.readFileSync(file, "utf8"));
        check("codes new: columns unit,name,role,code", head.join() === "unit,name,role,code",
              { came: head.join() });
        for (const row of rows) (codes[row[0]] ??= []).push(row[3]);
    }
    return codes;
}

// A unit that joins while the server runs is on the next list that may show it.
async function newcomers(walk) {
    const file = path.join(folder, "newcomer.csv");
    fs.writeFileSync(file, csv_text(units_table([...units, newcomer])));
    done(["units", "import", file, "--data", walk.data]);
    walk.world.units.set(newcomer.id, newcomer);
    const seen = await walk.city_a.get("/api/v1/units");
    check("units import while the server runs: its bureau sees the newcomer",
          seen.text.includes(newcomer.name), { came: seen });
    const hidden = await walk.city_b.get("/api/v1/units");
    check("units import while the server runs: another bureau does not",
          hidden.status === 200 && !hidden.text.includes(newcomer.name), { came: hidden });
}

// After the walk: another clock mode is refused, and the log proves itself.
async function afterwards(walk, serving) {
    const second = await Serving.start(binary, walk.data, ["--clock", clock]);
    check("a second server on the same data folder is refused", second.code === 1,
          { came: `${second.code} ${second.output}` });
    await serving.stop();
    check("SIGTERM ends the server with exit 0", serving.code === 0, { came: serving.code });
    const real = await Serving.start(binary, walk.data);
    check("a rehearsal's data folder refuses the real clock", real.code === 1,
          { came: `${real.code} ${real.output}`, says: "the other mode is refused afterwards" });
    await real.stop();
    done(["check", "--data", walk.data]);
    done(["rebuild", "--data", walk.data]);
    done(["check", "--data", walk.data]);
}

async function walk_all() {
    const data = found("ours", units);
    const codes = new_codes(data);
    const serving = await Serving.start(binary, data, ["--clock", clock]);
    const other = await Serving.start(binary, found("other", units), ["--clock", clock]);
    if (!check("serve answers", serving.up && other.up, { came: serving.output + other.output })) return;
    const walk = { data, clock, made_at: "2023-03-29T08:30:00+08:00", origin: serving.origin,
                   anonymous: new Connection(serving.origin), devices: new Map(), last_index: 0,
                   world: new World(units, certificates),
                   run: (...args) => run(binary, [...args, "--data", data]) };
    walk.foreign = await open.foreign_anchor(other.origin);
    walk.foreign_kid = header_of(walk.foreign.anchor).kid;
    const stations = [["server", open.server_info], ["notices", open.notices_and_health],
        ["enrolment", () => open.enrolments(walk, codes)], ["sessions", session.sessions],
        ["declarations", sending.declarations], ["spellings", sending.spellings],
        ["duplicates", sending.duplicates], ["batches", sending.batches],
        ["limits", sending.limits], ["rules", sending.rules],
        ["school summaries", sending.school_summary],
        ["refused: lines", refusals.forms_of_a_line], ["refused: headers", refusals.headers],
        ["refused: keys", refusals.keys], ["refused: malformed", refusals.malformed],
        ["refused: kinds and units", refusals.kinds_and_units],
        ["refused: anchors, ids, notices", refusals.anchors_ids_notices],
        ["refused: periods and chains", refusals.periods_and_chains],
        ["refused sessions", session.refused_sessions], ["changes", session.changes],
        ["units and catalogue", reading.units_and_catalogue], ["summaries", reading.summaries],
        ["summary filters", reading.summary_filters], ["CSV", reading.tables_as_csv],
        ["freshness", reading.freshness], ["filings", reading.filings],
        ["revocation", session.revocation], ["newcomers", newcomers],
        ["refused enrolments", () => open.refused_enrolments(walk, codes)],
        ["afterwards", () => afterwards(walk, serving)]];
    for (const [name, visit] of stations) await station(name, () => visit(walk));
}

try {
    await station("the whole walk", walk_all);
} finally {
    await Serving.stop_all();
    fs.rmSync(folder, { recursive: true, force: true });
}
process.exitCode = finish();
