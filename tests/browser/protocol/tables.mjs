// Totals computed from what was sent, by this file's own reading of the protocol, and the tables
// the server hands out brought into the same form.

// RFC 4180 with or without a BOM: an array of rows of cells.
export function parse_csv(text) {
    const rows = [];
    let row = [], cell = "", quoted = false;
    const body = text.startsWith("\ufeff") ? text.slice(1) : text;
    for (let at = 0; at < body.length; at += 1) {
        const letter = body[at];
        if (quoted) {
            if (letter !== '"') cell += letter;
            else if (body[at + 1] === '"') { cell += '"'; at += 1; }
            else quoted = false;
        } else if (letter === '"' && cell === "") {
            quoted = true;
        } else if (letter === "," || letter === "\n") {
            row.push(cell);
            cell = "";
            if (letter === "\n") { rows.push(row); row = []; }
        } else if (letter !== "\r" || body[at + 1] !== "\n") {
            cell += letter;
        }
    }
    if (cell !== "" || row.length > 0) rows.push([...row, cell]);
    return rows;
}

export function csv_text(rows) {
    const cell = (value) => /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
    return rows.map((row) => row.map((value) => cell(String(value ?? ""))).join(",")).join("\r\n") +
        "\r\n";
}

// Everything the stranger has had accepted: what the summaries must be made of.
export class World {
    constructor(units, certificates) {
        this.units = new Map(units.map((unit) => [unit.id, unit]));
        this.certificates = new Map(certificates.map((entry) => [entry.id, entry]));
        this.declarations = [];
        this.accepted = [];    // {jws, payload, receipt} of every accepted envelope, in log order
    }

    // Books an accepted envelope. `receipt` is the receipt's payload.
    book(jws, payload, receipt_jws, receipt) {
        this.accepted.push({ jws, payload, receipt_jws, receipt });
        if (payload.kind === "filing" && payload.form === "declaration")
            this.declarations.push({ ...payload, timing: receipt.timing, index: receipt.index,
                                     withdrawn: false });
        if (payload.kind === "withdrawal")
            for (const filing of this.declarations)
                if (filing.id === payload.target) filing.withdrawn = true;
    }

    last_index(unit_ids) {
        return Math.max(0, ...this.accepted.filter((one) => unit_ids.has(one.payload.unit))
            .map((one) => one.receipt.index));
    }

    // Which units a caller sees: a school itself, a bureau what it reviews, the province all.
    seen_by(unit) {
        const ids = [...this.units.values()].filter((one) => unit.kind === "province_office" ||
            one.id === unit.id || one.review_by === unit.id).map((one) => one.id);
        return new Set(ids);
    }

    // The newest version of every declaration.
    newest(period) {
        const chains = new Map();
        for (const filing of this.declarations)
            if (filing.period === period) chains.set(filing.root, filing);
        return [...chains.values()];
    }

    // What counts: per declaration the newest version that was in time, unless it is withdrawn.
    counting(period) {
        const chains = new Map();
        for (const filing of this.declarations)
            if (filing.period === period && filing.timing !== "late")
                chains.set(filing.root, filing);
        const withdrawn = new Set(this.declarations.filter((one) => one.withdrawn)
            .map((one) => one.root));
        return [...chains.values()].filter((one) => !withdrawn.has(one.root));
    }

    // A filing as a summary row would show it.
    row(filing) {
        const unit = this.units.get(filing.unit);
        const { certificate, level, headcount } = filing.answers;
        return { city: unit.city, school_code: unit.id, school_name: unit.name,
                 school_kind: unit.kind, certificate,
                 certificate_name: this.certificates.get(certificate).name, level,
                 stage: filing.withdrawn ? "withdrawn" : "submitted", timing: filing.timing,
                 planned_headcount: headcount, approved_headcount: null };
    }
}

const dimensions = ["city", "school_code", "school_name", "school_kind", "certificate",
                    "certificate_name", "level", "stage", "timing"];

// The columns by which a table is told apart: those that hold a value in some row.
export function dimensions_of(rows) {
    return dimensions.filter((name) => rows.some((row) => row[name] !== null &&
        row[name] !== undefined && row[name] !== ""));
}

const by_key = ([left], [right]) => left < right ? -1 : left > right ? 1 : 0;
const key_of = (row, names) => names.map((name) => `${name}=${row[name] ?? ""}`).join(" ");

// Sums filings under the given columns: [key, {schools, filings, planned_headcount}], by key.
export function totals(rows, names) {
    const table = new Map();
    for (const row of rows) {
        const key = key_of(row, names);
        const line = table.get(key) ?? { seen: new Set(), filings: 0, planned_headcount: 0 };
        line.seen.add(row.school_code);
        line.filings += 1;
        line.planned_headcount += row.planned_headcount;
        table.set(key, line);
    }
    return [...table].map(([key, line]) => [key, { schools: line.seen.size, filings: line.filings,
        planned_headcount: line.planned_headcount }]).sort(by_key);
}

// A received table under the same columns. Lines of nothing are left out: a city without filings
// may be listed or not.
export function received(rows, names) {
    const lines = rows.filter((row) => (row.filings ?? row.planned_headcount ?? 0) !== 0).map(
        (row) => [key_of(row, names), { schools: row.schools, filings: row.filings,
                                             planned_headcount: row.planned_headcount }]);
    return lines.sort(by_key);
}
