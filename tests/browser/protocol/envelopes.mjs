// Station: sending. What is accepted, duplicates, batches, and what a request may look like.

import { sha256, uuid7 } from "./client.mjs";
import { check, note } from "./report.mjs";
import { accepted, accepted_record, findings_hold, problem, refused } from "./expect.mjs";

// The declarations that the totals will be made of.
export async function declarations(walk) {
    const { a, a2, b, lost, college } = walk;
    const put = (name, connection, payload) => accepted(name, walk, connection, payload);
    walk.first = await put("filing: A X001 初级 120", a, a.declaration("X001", "初级", 120));
    walk.second = await put("filing: A X001 中级 45", a, a.declaration("X001", "中级", 45));
    walk.third = await put("filing: A X003 初级 30 from a second device", a2,
                           a2.declaration("X003", "初级", 30));
    walk.doomed = await put("filing: A X006 中级 33", a, a.declaration("X006", "中级", 33));
    walk.of_b = await put("filing: B X001 初级 60", b, b.declaration("X001", "初级", 60));
    await put("filing: B X004 中级 41", b, b.declaration("X004", "中级", 41));
    await put("filing: B X005 高级 17", b, b.declaration("X005", "高级", 17));
    walk.of_lost = await put("filing: B X006 初级 12 from a device lost later", lost,
                             lost.declaration("X006", "初级", 12));
    walk.of_college = await put("filing: college X001 高级 88", college,
                                college.declaration("X001", "高级", 88));
    const digest = sha256("扫描件");
    await put("filing: college X003 中级 25 with an attachment promised", college,
              college.declaration("X003", "中级", 25, { attachments: [{ sha256: digest, bytes: 9,
                  media_type: "application/pdf", name: "盖章页.pdf" }] }));
    walk.newest_first = await put("filing: a replacement, A X001 初级 150", a,
        a.declaration("X001", "初级", 150, { root: walk.first.payload.id,
                                             replaces: walk.first.payload.id }));
    await put("withdrawal: A X006 中级", a, a.withdrawal(walk.doomed.payload.id));
    const again = await a.put(a.declaration("X006", "中级", 34));
    if (again.result.result === "accepted")
        await accepted_record("filing: X006 中级 again after its withdrawal", walk, again);
    else if (refused("filing: X006 中级 again after its withdrawal", again, [140]))
        note("a withdrawn certificate and level cannot be declared again: the text allows it");
}

// The header may have its members in any order, the payload any white space, up to 64 KiB.
export async function spellings(walk) {
    const { a } = walk;
    const swapped = a.declaration("X004", "初级", 21);
    const swapped_jws = a.device.sign_raw(`{"kid":"${a.device.kid}","alg":"EdDSA"}`,
                                          JSON.stringify(swapped));
    const record = { ...await a.put(swapped_jws), payload: swapped };
    await accepted_record("header: kid before alg", walk, record);
    const padded = a.declaration("X004", "中级", 22);
    const text = JSON.stringify(padded);
    const room = 65_536 - Buffer.byteLength(text);
    const full = await a.device.sign(text.replace("{", `{${" ".repeat(room)}`));
    await accepted_record("payload of exactly 65536 bytes (white space)", walk,
                          { ...await a.put(full), payload: padded });
    const over = a.declaration("X004", "高级", 23);
    const spare = 65_537 - Buffer.byteLength(JSON.stringify(over));
    const over_jws = await a.device.sign(JSON.stringify(over).replace("{", `{${" ".repeat(spare)}`));
    refused("100: payload of 65537 bytes", await a.put(over_jws), [100], "Payload ≤ 64 KiB");
}

export async function duplicates(walk) {
    const { a, b } = walk;
    const same = (name, record, came) => check(name, came.result === "duplicate" &&
        came.id === record.payload.id && came.receipt === record.result.receipt,
        { sent: "the very same line", came: JSON.stringify(came),
          says: "`duplicate` with the same receipt, byte for byte" });
    same("duplicate: the identical receipt", walk.first, (await a.put(walk.first.jws)).result);
    same("duplicate: brought by anybody, no session needed", walk.first,
         (await b.put(walk.first.jws)).result);
    const filing = a.declaration("X005", "初级", 11);
    const jws = await a.device.sign(filing);
    const twice = await a.send([jws, jws]);
    const [one, two] = twice.results ?? [];
    const record = { jws, payload: filing, result: one ?? {} };
    if (await accepted_record("batch: a line, and the same line after it", walk, record))
        same("batch: the second of two equal lines is the duplicate", record, two);
    const raced = a.declaration("X005", "中级", 13);
    const raced_jws = await a.device.sign(raced);
    const answers = await Promise.all(Array.from({ length: 6 }, () => a.put(raced_jws)));
    const results = answers.map((answer) => answer.result);
    const winners = results.filter((result) => result.result === "accepted");
    check("six requests at once with one line: accepted once, one receipt",
          winners.length === 1 && results.every((result) => result.receipt === winners[0].receipt) &&
          results.filter((result) => result.result === "duplicate").length === 5,
          { came: results.map((result) => result.result).join(),
            says: "a line whose exact text is already in the log is `duplicate`" });
    if (winners.length > 0)
        await accepted_record("the raced line", walk, { jws: raced_jws, payload: raced,
                                                        result: winners[0] });
}

// Each line sees those before it; one bad line does not spoil the others.
export async function batches(walk) {
    const { college } = walk;
    const filing = college.declaration("X004", "初级", 50);
    const better = college.declaration("X004", "初级", 55, { root: filing.id, replaces: filing.id });
    const brief = college.declaration("X005", "初级", 60);
    const gone = college.withdrawal(brief.id);
    const bad = college.declaration("X004", "高级", 0);
    const twin = { ...college.declaration("X005", "中级", 5), id: filing.id, root: filing.id };
    const last = college.declaration("X006", "高级", 70);
    const payloads = [filing, "rubbish", better, brief, gone, bad, twin, last];
    const lines = await Promise.all(payloads.map((one) => typeof one === "string" ? one
        : college.device.sign(one)));
    const answer = await college.send(lines);
    check("batch: 200 application/x-ndjson, one line for each", answer.status === 200 &&
          answer.type === "application/x-ndjson" && answer.results?.length === lines.length,
          { sent: `${lines.length} lines`, came: answer, says: "one line for each in the same order" });
    const records = lines.map((jws, at) => ({ jws, payload: payloads[at],
                                              result: answer.results?.[at] ?? {} }));
    const [r_filing, r_rubbish, r_better, r_brief, r_gone, r_bad, r_twin, r_last] = records;
    await accepted_record("batch: a declaration", walk, r_filing);
    refused("batch: rubbish between good lines", r_rubbish, [101]);
    await accepted_record("batch: replaces the line before", walk, r_better);
    await accepted_record("batch: another declaration", walk, r_brief);
    await accepted_record("batch: withdraws a line of the same batch", walk, r_gone);
    refused("batch: headcount 0 between good lines", r_bad, [140]);
    refused("batch: an id used earlier in the batch", r_twin, [124]);
    await accepted_record("batch: the line after all those", walk, r_last);
    check("batch: every line has result, code, title", answer.results?.every((line) =>
          "id" in line && ["accepted", "duplicate", "refused"].includes(line.result) &&
          Number.isSafeInteger(line.code) && typeof line.title === "string"),
          { came: answer, says: '{"id","result","code","title","findings","receipt"}' });
}

export async function limits(walk) {
    const { a } = walk;
    const many = Array.from({ length: 500 }, (_, at) => `line${at}`);
    const full = await a.send(many);
    check("500 lines are taken", full.status === 200 && full.results?.length === 500 &&
          full.results.every((line) => line.result === "refused" && line.code === 101),
          { sent: "500 lines of rubbish", came: full, says: "at most 500 lines" });
    problem("501 lines → 413", await a.send([...many, "one more"]), [413]);
    const long = Array.from({ length: 500 }, () => "x".repeat(8387));
    long[499] = "x".repeat(4_194_304 - 499 * 8388);
    const exact = long.join("\n");
    const taken = await a.send_text(exact);
    check("exactly 4 MiB are taken", Buffer.byteLength(exact) === 4_194_304 &&
          taken.status === 200, { sent: "4194304 bytes", came: taken, says: "at most 4 MiB" });
    problem("4 MiB and a byte → 413", await a.send_text(`${exact}x`), [413]);
    problem("4 MiB and a byte, chunked → 413", await a.send_text(`${exact}x`, { chunked: true }),
            [413]);
    const filing = await a.device.sign(a.declaration("X006", "高级", 1));
    problem("Content-Encoding: gzip → 415",
            await a.send_text(filing, { headers: { "Content-Encoding": "gzip" } }), [415]);
    problem("Content-Type application/json → refused",
            await a.post("/api/v1/envelopes", "application/json", filing), [400, 415],
            { says: "Content-Type: text/plain" });
    problem("no Content-Type → refused", await a.post("/api/v1/envelopes", null, filing), [400, 415],
            { says: "Content-Type: text/plain" });
    const charset = await a.post("/api/v1/envelopes", "text/plain; charset=utf-8", "rubbish");
    check("text/plain; charset=utf-8 is text/plain", charset.status === 200, { came: charset });
    const wrong_method = await a.get("/api/v1/envelopes");
    problem("GET /api/v1/envelopes → 404 or 405", wrong_method, [401, 404, 405]);
    const good = a.declaration("X006", "初级", 14);
    const jws = await a.device.sign(good);
    const bare = await a.send_text(jws);
    await accepted_record("a last line without its line end", walk,
                          { jws, payload: good, result: bare.json ?? {} });
}

// Rules: what the notice itself does not allow, code 140 with findings.
export async function rules(walk) {
    const { a, b } = walk;
    const broken = async (name, payload, codes = [140]) => {
        const record = await a.put(payload);
        if (refused(name, record, codes) && record.result.code === 140)
            findings_hold(name, record.result);
    };
    await broken("140: headcount 0", a.declaration("X006", "高级", 0));
    await broken("140: headcount below zero", a.declaration("X006", "高级", -3));
    await broken("140: a certificate the catalogue has not", a.declaration("X999", "初级", 10));
    await broken("140: a level the catalogue does not allow", a.declaration("X003", "高级", 10));
    await broken("140: the same certificate and level twice in a round",
                 a.declaration("X001", "中级", 46));
    await broken("140: a level there is none of", a.declaration("X006", "特级", 10), [140, 120]);
    const other = b.declaration("X006", "高级", 9);
    await accepted("rules: another school may declare what A may not twice", walk, b, other);
    const small = await a.put(a.declaration("X002", "初级", 5));
    if (small.result.result === "accepted") {
        await accepted_record("min_headcount: 5 of 30 is accepted without a note", walk, small);
        note("a headcount under the minimum needs no explanation; the text leaves that to the notice");
        return;
    }
    if (!refused("min_headcount: 5 of 30 without an explanation", small, [140])) return;
    findings_hold("min_headcount", small.result);
    const rule = small.result.findings[0]?.rule;
    for (const [length, words] of [[3, "人数少"], [501, "少".repeat(501)]])
        refused(`notes: an explanation of ${length} characters`, await a.put(
            a.declaration("X002", "初级", 5, { notes: { [rule]: words } })), [140, 120]);
    await accepted("min_headcount: 5 of 30 with an explanation of 4 characters", walk, a,
                   a.declaration("X002", "初级", 5, { notes: { [rule]: "班额较小" } }));
    await accepted("notes: an explanation of 500 characters", walk, a,
                   a.declaration("X002", "中级", 6, { notes: { [rule]: "少".repeat(500) } }));
}

// 附件2 is made from the declarations: its rows are theirs, no more, no fewer.
export async function school_summary(walk) {
    const { a, b } = walk;
    const rows_of = (unit, id_of) => walk.world.counting("2023-spring")
        .filter((filing) => filing.unit === unit)
        .map((filing) => ({ declaration: id_of(filing), ...filing.answers }));
    const summary = (connection, rows, members = {}) => connection.filing("school_summary",
        "2023-spring", { rows, contact: "李老师", phone: "13905510001" }, members);
    let rows = rows_of("S001", (filing) => filing.id);
    const wrong = async (name, changed, codes) => {
        const record = await a.put(summary(a, changed));
        if (refused(name, record, codes) && record.result.code === 140)
            findings_hold(name, record.result);
    };
    await wrong("140: a row that says another headcount than its declaration",
                rows.map((row, at) => at === 0 ? { ...row, headcount: row.headcount + 1 } : row),
                [140]);
    await wrong("140: a declaration left out", rows.slice(1), [140]);
    await wrong("a row for a declaration nobody made", [...rows, { ...rows[0],
                declaration: uuid7() }], [140, 130]);
    await wrong("a row for another school's declaration", [...rows,
                { declaration: walk.of_b.payload.id, ...walk.of_b.payload.answers }], [140, 130]);
    await wrong("140: the same row twice", [...rows, rows[0]], [140]);
    const no_contact = summary(a, rows);
    delete no_contact.answers.contact;
    refused("school_summary without contact", await a.put(no_contact), [120, 140]);
    const sent = await a.put(summary(a, rows));
    if (sent.result.result !== "accepted") {
        note("school_summary with newest ids is refused; trying root ids for `declaration`");
        rows = rows_of("S001", (filing) => filing.root);
    }
    const record = sent.result.result === "accepted"
        ? await accepted_record("school_summary: rows as declared", walk, sent)
        : await accepted("school_summary: rows as declared", walk, a, summary(a, rows));
    if (record !== null)
        await accepted("school_summary: a replacement with another contact", walk, a,
            { ...summary(a, rows, { root: record.payload.id, replaces: record.payload.id }),
              answers: { rows, contact: "王老师", phone: "13905510002" } });
    const filing = b.declaration("X003", "初级", 19);
    const all = [...rows_of("S002", (one) => one.id), { declaration: filing.id, ...filing.answers }];
    const whole = summary(b, all);
    const lines = [await b.device.sign(filing), await b.device.sign(whole)];
    const { results } = await b.send(lines);
    await accepted_record("batch: a declaration and its summary, the declaration", walk,
                          { jws: lines[0], payload: filing, result: results?.[0] ?? {} });
    await accepted_record("batch: a declaration and its summary, the summary", walk,
                          { jws: lines[1], payload: whole, result: results?.[1] ?? {} });
}
