// The rules of a round, told a second time and apart from the program: what becomes of each declaration,
// what stands in the ledger and what the totals are, worked out from the acts alone. It is written from
// the notice and the protocol and knows nothing of the program: no code, no file and no answer of it.
//
// Each act returns what the server has to answer: "accepted", or the number of its refusal.

// The words of the notice's own reporting, as schools and offices read them.
const words = {
    submitted: "已提交", first_passed: "市级初审通过", returned: "退回修改", approved: "审核通过",
    rejected: "审核不通过", withdrawn: "已撤回",
};
const timings = { on_time: "按时", extended: "延期", late: "逾期" };
const kinds = { secondary_vocational: "中职学校", provincial_secondary: "省属中专学校",
    higher_vocational: "高等职业院校", applied_undergraduate: "应用型本科高校" };
const entries = { round: "申报批准", exception: "批准人数变更", reversal: "批准撤销" };

const revoked_key = 111, not_newest = 131, frozen = 132, rules = 140, unknown_target = 130;

const day_ms = 24 * 60 * 60 * 1000;
const time = (text) => Date.parse(text);
const end_of = (day) => time(`${day}T00:00:00+08:00`) + day_ms; // The last day counts to 24:00.

const sum = (list, number) => list.reduce((total, one) => total + number(one), 0);
function groups(list, key) {
    const found = new Map();
    for (const one of list) found.set(key(one), [...(found.get(key(one)) || []), one]);
    return [...found.values()];
}

export class RoundModel {
    // schools: {id, name, kind, city, review_by}; catalogue: {id, name}; closes: the round's last day.
    constructor({ schools, catalogue, closes }) {
        this.schools = new Map(schools.map((school) => [school.id, school]));
        this.names = new Map(catalogue.map((one) => [one.id, one.name]));
        this.closes = end_of(closes);
        this.filings = new Map(); // By the name that the story gives it.
        this.extended = new Map(); // School -> the last moment that is in time.
        this.revoked = new Set(); // Schools whose machine speaks no more.
        this.ledger = [];
    }

    // --- What a school does ----------------------------------------------------------------------

    declare(name, { school, certificate, level, headcount, at }) {
        if (this.revoked.has(school)) return revoked_key;
        const twice = [...this.filings.values()].some((filing) => filing.school === school &&
            filing.stage !== "withdrawn" && filing.certificate === certificate && filing.level === level);
        if (twice) return rules; // 一证书一论证一申报
        const filing = { name, school, certificate, level, versions: [] };
        this.filings.set(name, filing);
        return this.#take(filing, headcount, at);
    }

    replace(name, { headcount, at }) {
        const filing = this.filings.get(name);
        if (this.revoked.has(filing.school)) return revoked_key;
        if (filing.stage === "withdrawn") return unknown_target;
        if (!["submitted", "returned"].includes(filing.stage)) return frozen;
        return this.#take(filing, headcount, at);
    }

    withdraw(name) {
        const filing = this.filings.get(name);
        if (this.revoked.has(filing.school)) return revoked_key;
        if (!["submitted", "returned"].includes(filing.stage)) return frozen;
        filing.stage = "withdrawn";
        return "accepted";
    }

    // --- What the offices do ---------------------------------------------------------------------

    // The bureau: pass, return or reject; again, until the province has spoken. `version`: what it had
    // before it, counted from 1, when that is not the newest.
    bureau(name, verdict, { reason = false, due, version } = {}) {
        const filing = this.filings.get(name);
        if (filing.stage === "withdrawn") return unknown_target;
        if (version && version !== filing.versions.length) return not_newest;
        if (filing.said_by === "province") return frozen;
        return this.#decide(filing, "bureau", verdict, { reason, due, at: null });
    }

    // The province: the number defaults to what was filed.
    province(name, verdict, { approved, reason = false, due, version, at }) {
        const filing = this.filings.get(name);
        if (filing.stage === "withdrawn") return unknown_target;
        if (version && version !== filing.versions.length) return not_newest;
        return this.#decide(filing, "province", verdict, { approved, reason, due, at });
    }

    // Everything of the school that came late but before that moment counts from now on.
    extend(school, { last_day }) {
        this.extended.set(school, end_of(last_day) - 1);
        for (const filing of this.filings.values())
            for (const version of filing.versions)
                if (filing.school === school && version.timing === "late" && version.at < end_of(last_day))
                    version.timing = "extended";
        return "accepted";
    }

    // Its machine is refused from now on; what it has sent stays.
    revoke(school) {
        this.revoked.add(school);
        return "accepted";
    }

    // --- What comes of it ------------------------------------------------------------------------

    // The newest version, as it is and whether it counts or not.
    newest(name) { return this.filings.get(name).versions.at(-1); }

    // What a school reads of its own declaration.
    school_word(name) {
        const { stage, versions } = this.filings.get(name);
        return stage === "submitted" && versions.at(-1).timing === "late" ? "逾期补报" : words[stage];
    }

    // What an office reads of it: who has it on the desk, or who has sent it back.
    office_word(name) {
        const filing = this.filings.get(name);
        if (filing.stage === "submitted") return this.#bureau_of(filing) ? "待市级初审" : "待省级审核";
        if (filing.stage !== "returned") return words[filing.stage];
        return filing.said_by === "bureau" ? "市级退回修改" : "省级退回修改";
    }

    of_school(school) { return [...this.filings.values()].filter((filing) => filing.school === school); }
    of_bureau(bureau) { return [...this.filings.values()].filter((filing) => this.#bureau_of(filing) === bureau); }

    balance(school, certificate, level) {
        return sum(this.ledger.filter((entry) => entry.school === school &&
            entry.certificate === certificate && entry.level === level), (entry) => entry.amount);
    }

    // The tables that are downloaded, by their names in the protocol; a line is what stands under each head.
    tables() {
        const counting = [...this.filings.values()].map((filing) => ({ filing, version: this.#counting(filing) }))
            .filter(({ filing, version }) => version && !["withdrawn", "rejected"].includes(filing.stage));
        const figures = (list) => {
            const decided = list.filter(({ filing }) => filing.stage === "approved");
            return { 申报项数: list.length, 拟申报人数: sum(list, ({ version }) => version.headcount),
                审核通过人数: decided.length ? sum(decided, ({ filing }) => filing.approved) : "" };
        };
        const schools_in = (list) => new Set(list.map(({ filing }) => filing.school)).size;
        const school_cells = (id) => {
            const school = this.schools.get(id);
            return { 市: school.city, 学校代码: id, 学校: school.name, 学校类型: kinds[school.kind] };
        };
        const certificate_cells = ({ certificate, level }) =>
            ({ 证书代码: certificate, 职业技能等级证书: this.names.get(certificate), 级别: level });
        const city_of = ({ filing }) => this.schools.get(filing.school).city;
        const balances = new Map();
        return {
            "rows": [...this.filings.values()].map((filing) => ({
                ...school_cells(filing.school), ...certificate_cells(filing), 状态: words[filing.stage],
                时限: timings[filing.versions.at(-1).timing], 拟申报人数: filing.versions.at(-1).headcount,
                审核通过人数: filing.stage === "approved" ? filing.approved : "" })),
            "sources": counting.map(({ filing, version }) => ({
                ...school_cells(filing.school), ...certificate_cells(filing), 状态: words[filing.stage],
                拟申报人数: version.headcount, 审核通过人数: filing.stage === "approved" ? filing.approved : "" })),
            "by-school": groups(counting, ({ filing }) => filing.school)
                .map((list) => ({ ...school_cells(list[0].filing.school), ...figures(list) })),
            "by-certificate": groups(counting, ({ filing }) => filing.certificate + filing.level)
                .map((list) => ({ ...certificate_cells(list[0].filing), 学校数: schools_in(list), ...figures(list) })),
            "by-city": groups(counting, city_of)
                .map((list) => ({ 市: city_of(list[0]), 学校数: schools_in(list), ...figures(list) })),
            "province": [{ 学校数: schools_in(counting), ...figures(counting) }],
            "missing": [...this.schools.keys()]
                .filter((id) => !counting.some(({ filing }) => filing.school === id))
                .map((id) => ({ ...school_cells(id),
                    时限: this.of_school(id).some(({ stage }) => !["withdrawn", "rejected"].includes(stage)) ? "逾期" : "" })),
            "ledger": this.ledger.map((entry) => {
                const key = [entry.school, entry.certificate, entry.level].join();
                balances.set(key, (balances.get(key) || 0) + entry.amount);
                return { ...school_cells(entry.school), 时间: entry.day, 事项: entries[entry.kind],
                    ...certificate_cells(entry), 增加人数: Math.max(entry.amount, 0), 减少人数: Math.max(-entry.amount, 0), 余额: balances.get(key) };
            }),
        };
    }

    // --- Inside ----------------------------------------------------------------------------------

    #bureau_of(filing) { return this.schools.get(filing.school).review_by; }

    // The newest version that did not come late; a late one leaves the one before it counting.
    #counting(filing) { return filing.versions.findLast((version) => version.timing !== "late"); }

    #take(filing, headcount, text) {
        const at = time(text);
        const until = Math.max(this.extended.get(filing.school) ?? 0, filing.due ?? 0);
        const timing = at < this.closes ? "on_time" : at <= until ? "extended" : "late";
        filing.versions.push({ headcount, at, timing });
        Object.assign(filing, { stage: "submitted", said_by: null, due: null, approved: null });
        return "accepted";
    }

    #decide(filing, by, verdict, { approved, reason, due, at }) {
        const out_of_turn = by === "province" && filing.stage !== "first_passed" &&
            (filing.stage !== "submitted" || this.#bureau_of(filing));
        if ((verdict !== "pass" || out_of_turn) && !reason) return rules;
        if (verdict === "pass" && filing.versions.at(-1).timing === "late") return rules;
        filing.stage = verdict === "return" ? "returned" : verdict === "reject" ? "rejected"
            : by === "bureau" ? "first_passed" : "approved";
        filing.said_by = by;
        filing.due = due ? end_of(due) - 1 : null;
        filing.approved = filing.stage === "approved" ? approved ?? filing.versions.at(-1).headcount : null;
        this.#book(filing, at);
        return "accepted";
    }

    // What stands in the ledger is never edited: a further entry brings it to what holds now.
    #book(filing, at) {
        const { school, certificate, level } = filing;
        const booked = this.balance(school, certificate, level);
        const amount = (filing.approved ?? 0) - booked;
        if (amount === 0) return;
        const kind = filing.stage !== "approved" ? "reversal" : booked === 0 ? "round" : "exception";
        this.ledger.push({ school, certificate, level, kind, amount, day: at.slice(0, 10) });
    }
}
