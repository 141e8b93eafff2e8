// Station: reading. Every figure is computed here a second time from what was sent.

import { check, note } from "./report.mjs";
import { accepted, problem } from "./expect.mjs";
import { guarded } from "./roster.mjs";
import { dimensions_of, parse_csv, received, totals } from "./tables.mjs";

const callers = ["a", "b", "college", "city_a", "city_b", "province"];
const period = "2023-spring";

// The rows of an answer: the array itself or the one array among its members.
const list_of = (json) => Array.isArray(json) ? json
    : Object.values(json ?? {}).find((value) => Array.isArray(value));

export async function units_and_catalogue(walk) {
    for (const name of callers) {
        const connection = walk[name];
        const seen = walk.world.seen_by(connection.unit);
        const answer = await connection.get("/api/v1/units");
        const units = list_of(answer.json) ?? [];
        check(`units of ${name}: exactly what it may see`, answer.status === 200 &&
              units.map((unit) => unit.id).sort().join() === [...seen].sort().join(),
              { came: answer, says: [...seen].sort().join() });
        check(`units of ${name}: id, name, kind, city, review_by as imported`, units.every((unit) =>
              ["name", "kind", "city", "review_by"].every((member) => (unit[member] || null) ===
                  (walk.world.units.get(unit.id)?.[member] || null))), { came: answer });
        const catalogue = await connection.get("/api/v1/catalogue");
        const entries = list_of(catalogue.json) ?? [];
        const as_imported = (entry) => {
            const levels = Array.isArray(entry.levels) ? entry.levels.join("|") : entry.levels;
            const own = walk.world.certificates.get(entry.id);
            return own !== undefined && entry.name === own.name && levels === own.levels &&
                entry.organisation === own.organisation && Number(entry.batch) === own.batch &&
                (entry.min_headcount || null) === (own.min_headcount || null);
        };
        check(`catalogue of ${name}: all certificates as imported, apostrophes taken off`,
              entries.length === walk.world.certificates.size && entries.every(as_imported),
              { came: catalogue, says: "GET /api/v1/catalogue" });
    }
}

// Tables of figures under whichever columns the server chose; and those must include `must`.
function table_holds(name, rows, expected, must) {
    const columns = dimensions_of(rows);
    const absent = must.filter((column) => !columns.includes(column));
    check(`${name}: has ${must.join(", ") || "figures"}`, absent.length === 0 || expected.length === 0,
          { came: JSON.stringify(rows[0]), says: `keys ${absent.join(", ")}` });
    const want = totals(expected, columns);
    const have = received(rows, columns);
    const strip = (lines) => JSON.stringify(lines.map(([key, line], at) => [key, Object.fromEntries(
        Object.entries(line).filter(([figure]) => have[at]?.[1][figure] !== undefined &&
                                    have[at]?.[1][figure] !== null))]));
    check(`${name}: equal to an independently computed table`, strip(want) === strip(have),
          { came: strip(have), says: strip(want) });
    check(`${name}: planned_headcount in every line, approved_headcount null`, rows.every((row) =>
          Number.isSafeInteger(row.planned_headcount) && row.approved_headcount === null),
          { came: JSON.stringify(rows.slice(0, 2)), says: "approved_headcount (null until decided)" });
}

const columns_of = { "by-school": ["city", "school_code", "school_name", "school_kind"],
                     "by-certificate": ["certificate", "certificate_name"], "by-city": ["city"],
                     province: [] };

export async function summaries(walk) {
    for (const name of callers) {
        const connection = walk[name];
        const seen = walk.world.seen_by(connection.unit);
        const visible = (filings) => filings.filter((one) => seen.has(one.unit))
            .map((one) => walk.world.row(one));
        const answer = await connection.get(`/api/v1/summaries/rows?period=${period}&format=json`);
        const rows = answer.json?.rows ?? [];
        check(`rows for ${name}: 200, as_of_index, rows`, answer.status === 200 &&
              Number.isSafeInteger(answer.json?.as_of_index) && Array.isArray(answer.json?.rows),
              { came: answer, says: '{"as_of_index","rows":[…]}' });
        rows_hold(`rows for ${name}`, rows, visible(walk.world.newest(period)));
        for (const [summary, must] of Object.entries(columns_of)) {
            const table = await connection.get(`/api/v1/summaries/${summary}?period=${period}`);
            if (table.status === 404 && name !== "province" &&
                !(summary === "by-school" || summary === "by-certificate")) {
                note(`${summary} answers 404 to ${name}: may not see it`);
                continue;
            }
            check(`${summary} for ${name}: 200 JSON`, table.status === 200 &&
                  Array.isArray(table.json?.rows), { came: table });
            table_holds(`${summary} for ${name}`, table.json?.rows ?? [],
                        visible(walk.world.counting(period)), must);
        }
    }
}

const facts = ["city", "school_code", "school_name", "school_kind", "certificate",
               "certificate_name", "level", "stage", "timing", "planned_headcount",
               "approved_headcount"];

function rows_hold(name, rows, expected) {
    const line = (row) => JSON.stringify(facts.map((key) => row[key] ?? null));
    const want = expected.map(line).sort();
    const have = rows.map(line).sort();
    const lost = want.filter((one) => !have.includes(one));
    const extra = have.filter((one) => !want.includes(one));
    check(`${name}: the newest version of every declaration, all stages and timings`,
          lost.length === 0 && extra.length === 0 && want.length === have.length,
          { came: `not there: ${lost.join(" ")} | too many: ${extra.join(" ")} | ` +
            `${have.length} rows of ${want.length}`, says: "`rows` holds the newest version of every " +
            "declaration, all stages and timings" });
}

export async function summary_filters(walk) {
    const { a, province } = walk;
    const get = (path) => province.get(`/api/v1/summaries/${path}`);
    const submitted = await get(`rows?period=${period}&stage=submitted`);
    check("rows, stage=submitted: only those", submitted.json?.rows?.length ===
          walk.world.newest(period).filter((one) => !one.withdrawn).length &&
          submitted.json.rows.every((row) => row.stage === "submitted"), { came: submitted });
    const withdrawn = await get(`rows?period=${period}&stage=withdrawn`);
    check("rows, stage=withdrawn: only those", withdrawn.json?.rows?.length ===
          walk.world.newest(period).filter((one) => one.withdrawn).length, { came: withdrawn });
    const approved = await get(`by-city?period=${period}&stage=approved`);
    const sum = (rows) => (rows ?? []).reduce((total, row) => total + (row.planned_headcount ?? 0), 0);
    check("by-city, stage=approved: nothing yet", approved.status === 200 &&
          sum(approved.json?.rows) === 0, { came: approved });
    const autumn = await get("by-school?period=2023-autumn");
    check("by-school of another round: nothing yet", autumn.status === 200 &&
          sum(autumn.json?.rows) === 0, { came: autumn });
    const total = await get(`province?period=${period}`);
    check("province is the total: one figure equal to the sum of by-city", total.json?.rows?.length === 1
          && total.json.rows[0].planned_headcount ===
          sum((await get(`by-city?period=${period}`)).json?.rows), { came: total,
          says: "No total row in JSON or CSV; `province` is the total" });
    problem("a summary there is none of → 404", await get(`wish?period=${period}`), [404]);
    problem("a format there is none of → refused", await get(`rows?period=${period}&format=docx`),
            [400, 404, 406, 415, 422]);
    const sources = await get(`sources?period=${period}`);
    const counted = walk.world.counting(period);
    check("sources: every counted filing is there", sources.status === 200 && counted.every((one) =>
          sources.text.includes(one.id)), { came: sources,
          says: "the filings and receipts behind a figure" });
    const receipts = walk.world.accepted.filter((one) => counted.some((filing) =>
        filing.id === one.payload.id));
    check("sources: with their receipts (the JWS or its sha256 or index)", receipts.every((one) =>
          sources.text.includes(one.receipt_jws) || sources.text.includes(one.receipt.sha256) ||
          (sources.json?.rows ?? []).some((row) => row.index === one.receipt.index)),
          { came: sources.text.slice(0, 600), says: "the filings and receipts behind a figure" });
    const own = await a.get(`/api/v1/summaries/sources?period=${period}`);
    check("sources: a school sees none of another's", own.status === 404 || !own.text.includes(
          walk.of_b.payload.id) && own.text.includes(walk.second.payload.id), { came: own });
    for (const name of ["missing", "progress"]) {
        const answer = await get(`${name}?period=${period}`);
        if (answer.status === 404) note(`summary ${name} answers 404: not built yet`);
        else check(`summary ${name}: 200`, answer.status === 200, { came: answer });
    }
}

export async function tables_as_csv(walk) {
    const { province } = walk;
    for (const name of ["rows", ...Object.keys(columns_of), "sources"]) {
        const path = `/api/v1/summaries/${name}?period=${period}`;
        const json = (await province.get(`${path}&format=json`)).json?.rows ?? [];
        const answer = await province.get(`${path}&format=csv`);
        const [head = [], ...lines] = parse_csv(answer.text);
        check(`${name} as CSV: text/csv, UTF-8 with BOM`, answer.status === 200 &&
              answer.type === "text/csv" && answer.bytes.subarray(0, 3).toString("hex") === "efbbbf",
              { came: answer, says: "CSV: UTF-8 with BOM" });
        check(`${name} as CSV: Chinese heads`, head.length > 0 && head.every((cell) =>
              /[\u3400-\u9fff]/.test(cell)), { came: head, says: "Chinese heads" });
        check(`${name} as CSV: as many lines as JSON rows, all as wide as the head`, lines.length ===
              json.length && lines.every((line) => line.length === head.length),
              { came: `${lines.length} lines, ${json.length} rows`, says: "No total row" });
        if (name === "sources") continue;
        const cells = (rows, column) => rows.map((row) => row[column]).sort().join();
        const planned = json.map((row) => String(row.planned_headcount)).sort().join();
        check(`${name} as CSV: the column of planned heads equals the JSON`, head.some((_, column) =>
              cells(lines, column) === planned), { came: answer.text.slice(0, 300), says: planned });
    }
    const rows = await province.get(`/api/v1/summaries/by-certificate?period=${period}&format=csv`);
    const cells = parse_csv(rows.text).flat();
    for (const id of ["X003", "X004", "X005", "X006"]) {
        const { name } = walk.world.certificates.get(id);
        check(`CSV: the cell ${guarded(name)}`, cells.includes(guarded(name)), { came: rows.text,
              says: "a cell that starts with = + - @ (also full width) gets a leading apostrophe" });
    }
    check("CSV: no cell starts as a formula", cells.every((cell) => guarded(cell) === cell),
          { came: cells.filter((cell) => guarded(cell) !== cell) });
}

export async function freshness(walk) {
    const { a, b } = walk;
    const path = `/api/v1/summaries/by-school?period=${period}`;
    const first = await a.get(path);
    check("summary: ETag", typeof first.etag === "string" && first.etag !== "", { came: first.headers });
    const same = await a.get(path, { headers: { "If-None-Match": first.etag ?? "" } });
    check("summary: If-None-Match → 304", same.status === 304 && same.bytes.length === 0, { came: same });
    for (const name of callers) {
        const { json } = await walk[name].get(path);
        const { changes } = await walk[name].all_changes(1000);
        check(`as_of_index for ${name}: the last index that concerns it`, json?.as_of_index ===
              changes.at(-1)?.index, { came: json?.as_of_index, says: `the last of its changes: ${
              changes.at(-1)?.index}` });
    }
    const of_b = await b.get(path);
    await accepted("another school's filing meanwhile", walk, b, b.declaration("X005", "初级", 61));
    const still = await a.get(path, { headers: { "If-None-Match": first.etag ?? "" } });
    check("summary: what another school does changes neither ETag nor as_of_index",
          still.status === 304, { came: still, says: "the last index that concerns the caller" });
    const moved = await b.get(path, { headers: { "If-None-Match": of_b.etag ?? "" } });
    check("summary: its own filing changes both", moved.status === 200 && moved.etag !== of_b.etag &&
          moved.json?.as_of_index === walk.last_index, { came: moved });
    const city = await walk.city_a.get(path, { headers: { "If-None-Match": first.etag ?? "" } });
    if (city.status === 304) note("a bureau's table has its school's ETag: equal bytes may be equal");
    const csv = await a.get(`${path}&format=csv`);
    check("summary: CSV and JSON have different ETags", csv.etag !== first.etag, { came: csv.etag });
}

export async function filings(walk) {
    const get = async (name, query) => {
        const answer = await walk[name].get(`/api/v1/filings?${query}`);
        return { answer, rows: list_of(answer.json) ?? [] };
    };
    const has = (row, id) => JSON.stringify(row).includes(id);
    for (const name of callers) {
        const seen = walk.world.seen_by(walk[name].unit);
        const own = walk.world.newest(period).filter((one) => seen.has(one.unit));
        const { answer, rows } = await get(name, `period=${period}&form=declaration&limit=500`);
        check(`filings for ${name}: its declarations, no others`, answer.status === 200 &&
              rows.length === own.length && own.every((one) => rows.some((row) => has(row, one.id))),
              { came: `${answer.status}, ${rows.length} rows of ${own.length}: ${answer}` });
    }
    const all = await get("province", `period=${period}&limit=500`);
    const late = await get("province", `period=${period}&form=declaration&timing=late&limit=500`);
    const on_time = await get("province", `period=${period}&form=declaration&timing=on_time&limit=500`);
    const newest = walk.world.newest(period);
    check("filings, timing=late: none yet", late.rows.length === 0, { came: late.answer });
    check("filings, timing=on_time: all", on_time.rows.length === newest.length,
          { came: on_time.answer });
    const summaries = await get("province", `period=${period}&form=school_summary&limit=500`);
    check("filings, form=school_summary: the two summaries", summaries.rows.length === 2,
          { came: summaries.answer });
    check("filings without form: both forms", all.rows.length === newest.length +
          summaries.rows.length, { came: all.rows.length });
    const gone = await get("province", `period=${period}&form=declaration&stage=withdrawn&limit=500`);
    check("filings, stage=withdrawn", gone.rows.length === newest.filter((one) => one.withdrawn).length,
          { came: gone.answer });
    const in_city = newest.filter((one) => walk.world.units.get(one.unit).city === "芜湖市");
    const city = await get("province",
        `period=${period}&form=declaration&city=${encodeURIComponent("芜湖市")}&limit=500`);
    check("filings, city=芜湖市", city.rows.length === in_city.length &&
          in_city.every((one) => city.rows.some((row) => has(row, one.id))), { came: city.answer });
    const other = await get("city_b", `period=${period}&city=${encodeURIComponent("合肥市")}&limit=500`);
    check("filings: another bureau's city shows nothing", other.rows.length === 0,
          { came: other.answer });
    await filing_pages(walk, get, newest);
    const none = await get("province", "period=2023-autumn");
    check("filings of another round: none", none.answer.status === 200 && none.rows.length === 0,
          { came: none.answer });
}

// `after` is what the answer gives for it; the text does not name the member.
async function filing_pages(walk, get, newest) {
    const query = `period=${period}&form=declaration&limit=4`;
    const first = await get("province", query);
    check("filings: limit=4", first.rows.length === 4, { came: first.answer });
    const seen = new Set();
    let page = first;
    for (let count = 0; count < 50 && page.rows.length > 0; count += 1) {
        for (const row of page.rows) seen.add(JSON.stringify(row));
        const body = page.answer.json;
        const last = page.rows.at(-1);
        const after = body?.after ?? body?.cursor ?? body?.next ?? last.after ?? last.index ??
            last.filing ?? last.id;
        if (body?.more === false || after === undefined || after === null || after === "") break;
        page = await get("province", `${query}&after=${encodeURIComponent(after)}`);
    }
    check("filings: pages of four give every row once", seen.size === newest.length,
          { came: `${seen.size} of ${newest.length}; ${first.answer}`, says: "after=&limit=" });
}
