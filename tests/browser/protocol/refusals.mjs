// Station: every refusal of "Order of judgement", and which one wins where two hold.

import { Device, base64url, uuid7, with_padding, with_spare_bits } from "./client.mjs";
import { check, note } from "./report.mjs";
import { accepted, accepted_record, refused } from "./expect.mjs";

// 100, 101, 102: before anything is believed.
export async function forms_of_a_line(walk) {
    const { a } = walk;
    const payload = a.declaration("X006", "高级", 77);
    const good = await a.device.sign(payload);
    const [head, body, signature] = good.split(".");
    const line = async (name, jws, codes, says) =>
        refused(name, { ...await a.put(jws), payload: undefined }, codes, says);
    await line("100: a line of 1 MiB", "a".repeat(1_048_576), [100]);
    await line("100 before 102: an oversized payload under alg none",
               a.device.sign_raw('{"alg":"none"}', " ".repeat(70_000)), [100]);
    for (const [name, text] of [["words", "guten Tag"], ["one part", body], ["two parts",
        `${head}.${body}`], ["four parts", `${good}.${signature}`], ["five parts (a JWE)",
        "a.b.c.d.e"], ["empty header", `.${body}.${signature}`], ["a + from plain base64",
        `${head}.${body}.+${signature.slice(1)}`], ["a space inside", `${head}. ${body}.${signature}`],
        ["a space before", ` ${good}`], ["JSON serialisation", JSON.stringify({ payload: body,
        protected: head, signature })], ["a letter outside ASCII", `${good}中`],
        ["part length 1 mod 4", `${head}.${body}.${signature}AAA`]])
        await line(`101: ${name}`, text, [101]);
    await line("101: empty signature", `${head}.${body}.`, [101, 112]);
    await line("101: signature a byte short", `${head}.${body}.${base64url(
        Buffer.from(signature, "base64url").subarray(1))}`, [101, 112]);
    let padded = 0, spare = 0;
    for (const [part, what] of ["header", "payload", "signature"].entries()) {
        // A payload with some spaces more, until each part has spare bits to set.
        for (let spaces = 0; spaces < 3; spaces += 1) {
            const jws = part === 0
                ? a.device.sign_raw(`{"alg":"EdDSA",${" ".repeat(spaces)}"kid":"${a.device.kid}"}`,
                                    JSON.stringify(payload))
                : await a.device.sign(JSON.stringify(payload) + " ".repeat(spaces));
            const with_pad = with_padding(jws, part);
            const with_bits = with_spare_bits(jws, part);
            if (with_pad !== null && (padded & (1 << part)) === 0) {
                padded |= 1 << part;
                await line(`101: padding in the ${what}`, with_pad, part === 0 ? [101, 102] : [101],
                           "base64url is strict: no padding");
            }
            if (with_bits !== null && (spare & (1 << part)) === 0) {
                spare |= 1 << part;
                await line(`101: spare bits in the ${what}`, with_bits,
                           [[101, 102], [101], [101, 112]][part], "no non-zero spare bits");
            }
        }
    }
    check("strict base64url tried on all three parts", padded === 7 && spare === 7);
    await accepted_record("the same envelope, unaltered, still has its id", walk,
                          { ...await a.put(good), payload });
}

export async function headers(walk) {
    const { a } = walk;
    const { kid, jwk } = a.device;
    const payload = JSON.stringify(a.declaration("X005", "高级", 8));
    const cases = {
        "alg none": { alg: "none", kid }, "alg HS256": { alg: "HS256", kid },
        "alg ES256": { alg: "ES256", kid }, "alg Ed25519": { alg: "Ed25519", kid },
        "alg eddsa in small letters": { alg: "eddsa", kid }, "alg missing": { kid },
        "alg a list": { alg: ["EdDSA"], kid }, "kid missing": { alg: "EdDSA" },
        "kid a number": { alg: "EdDSA", kid: 7 }, "jwk instead of kid": { alg: "EdDSA", jwk },
        "jwk beside kid": { alg: "EdDSA", kid, jwk }, "typ beside them": { alg: "EdDSA", kid, typ: "JWT" },
        "crit beside them": { alg: "EdDSA", kid, crit: ["b64"], b64: false },
    };
    const line = async (name, header, codes) => refused(name,
        { ...await a.put(a.device.sign_raw(header, payload)), payload: undefined }, codes,
        'header exactly {"alg":"EdDSA","kid":"…"}');
    for (const [name, header] of Object.entries(cases))
        await line(`102: ${name}`, JSON.stringify(header), [102]);
    await line("102: header with a member twice", `{"alg":"none","alg":"EdDSA","kid":"${kid}"}`, [102]);
    await line("102: header is no JSON", "alg=EdDSA", [102, 101]);
    await line("102: header is a list", '["EdDSA"]', [102, 101]);
    await line("102: a kid no key has, under a wrong alg", '{"alg":"RS256","kid":"x"}', [102]);
}

// 110, 111, 112.
export async function keys(walk) {
    const { a, b } = walk;
    const stranger = await Device.make("陌生机器");
    const filing = () => a.declaration("X005", "高级", 8);
    const put = async (device, header_kid, payload) => ({ ...await a.put(device.sign_raw(
        JSON.stringify({ alg: "EdDSA", kid: header_kid }), payload)), payload: undefined });
    const text = JSON.stringify(filing());
    refused("110: a key never enrolled", await put(stranger, stranger.kid, text), [110]);
    refused("110: a kid of no form at all", await put(stranger, "x", text), [110, 102]);
    refused("110 before 112: unknown key, broken signature",
            await put(a.device, stranger.kid, text), [110]);
    refused("110 before 120: unknown key, no JSON", await put(stranger, stranger.kid, "{"), [110]);
    refused("112: signed by another than kid says", await put(stranger, a.device.kid, text), [112]);
    refused("112: another school's key under this kid", await put(b.device, a.device.kid, text), [112]);
    refused("112 before 120: broken signature, no JSON", await put(stranger, a.device.kid, "{"), [112]);
    const signed = await a.device.sign(filing());
    const swapped = [signed.split(".")[0], (await a.device.sign(filing())).split(".")[1],
                     signed.split(".")[2]].join(".");
    refused("112: one envelope's payload under another's signature",
            { ...await a.put(swapped), payload: undefined }, [112]);
    for (const [name, jws] of [["anchor", a.anchor], ["receipt", walk.first.result.receipt]])
        refused(`the server's own ${name} is no envelope`, { ...await a.put(jws),
                payload: undefined }, [120, 121, 110]);
}

// 120: each with the text that is signed.
function broken_payloads(payload, withdrawal) {
    const text = JSON.stringify(payload);
    const put = (from, to) => {
        if (!text.includes(from)) throw new Error(`nothing to break: ${from}`);
        return text.replace(from, () => to);
    };
    const without = (member) => JSON.stringify({ ...payload, [member]: undefined });
    const withdraw_without = (member) => JSON.stringify({ ...withdrawal, [member]: undefined });
    const head = '"headcount":31';
    const cases = [
        ["empty payload", ""], ["no JSON", "guten Tag"], ["a list", "[]"], ["null", "null"],
        ["a string", '"filing"'], ["an empty object", "{}"], ["cut off", text.slice(0, -1)],
        ["something after it", `${text}{}`], ["a comma too many", put("{", "{,")],
        ["a trailing comma", `${text.slice(0, -1)},}`], ["a comment", put("{", "{/* */")],
        ["single quotes", text.replaceAll('"', "'")], ["a byte order mark", `\ufeff${text}`],
        ["duplicate member", put("{", '{"kind":"filing",')],
        ["duplicate member, spelt with an escape", put("{", '{"\\u006bind":"filing",')],
        ["duplicate member inside answers", put(head, '"headcount":31,"headcount":31')],
        ["a float", put(head, '"headcount":31.5')], ["a float of a whole number", put(head,
        '"headcount":31.0')], ["an exponent", put(head, '"headcount":3e1')],
        ["a leading zero", put(head, '"headcount":031')], ["NaN", put(head, '"headcount":NaN')],
        ["a raw line feed in a string", put("高级", "高\n级")],
        ["a lone surrogate", put("高级", "\\ud800")], ["depth 33",
        put('"notes":{}', `"notes":${"[".repeat(32)}${"]".repeat(32)}`)],
        ["depth 20000", "[".repeat(20_000)], ["depth 15000 inside", put('"notes":{}',
        `"notes":${'{"a":'.repeat(10_000)}1${"}".repeat(10_000)}`)],
        ["unknown member", put("{", '{"urgent":true,')],
        ["id a number", put(`"id":"${payload.id}"`, '"id":5')],
        ["id no UUID", put(`"id":"${payload.id}"`, '"id":"4711"')],
        ["unit null", put(`"unit":"${payload.unit}"`, '"unit":null')],
        ["notice a number", put(`"notice":"${payload.notice}"`, '"notice":14')],
        ["made_at a number", put(`"made_at":"${payload.made_at}"`, '"made_at":1680000000')],
        ["made_at no time", put(payload.made_at, "gestern")],
        ["made_at with Z", put(payload.made_at, "2023-03-29T00:30:00Z")],
        ["made_at on 30 February", put(payload.made_at, "2023-02-30T08:30:00+08:00")],
        ["anchor a number", put(`"anchor":"${payload.anchor}"`, '"anchor":1')],
        ["kind a number", put('"kind":"filing"', '"kind":1')],
        ["form a number", put('"form":"declaration"', '"form":1')],
        ["period null", put('"period":"2023-spring"', '"period":null')],
        ["replaces a number", put('"replaces":null', '"replaces":0')],
        ["root null", put(`"root":"${payload.root}"`, '"root":null')],
        ["answers a list", text.replace(/"answers":\{[^}]*\}/, '"answers":[]')],
        ["notes null", put('"notes":{}', '"notes":null')],
        ["notes with a number", put('"notes":{}', '"notes":{"x":1}')],
        ["attachments an object", put('"attachments":[]', '"attachments":{}')],
        ["an attachment without bytes", put('"attachments":[]', `"attachments":[{"sha256":"${
            "a".repeat(64)}","media_type":"application/pdf","name":"页.pdf"}]`)],
        ["an attachment with a wrong sha256", put('"attachments":[]', `"attachments":[{"sha256":"${
            "A".repeat(64)}","bytes":1,"media_type":"application/pdf","name":"页.pdf"}]`)],
        ["an attachment with an unknown member", put('"attachments":[]', `"attachments":[{"sha256":"${
            "a".repeat(64)}","bytes":1,"media_type":"application/pdf","name":"页.pdf","path":"/"}]`)],
        ["a withdrawal without target", withdraw_without("target")],
        ["a withdrawal without reason", withdraw_without("reason")],
        ["a withdrawal with a target that is a number", JSON.stringify({ ...withdrawal, target: 1 })],
        ["a withdrawal with a filing's member", JSON.stringify({ ...withdrawal, form: "declaration" })],
    ];
    for (const member of ["kind", "id", "unit", "notice", "made_at", "form", "period", "root",
                          "replaces", "answers", "notes", "attachments"])
        cases.push([`${member} missing`, without(member)]);
    return { cases, put, head };
}

export async function malformed(walk) {
    const { a } = walk;
    const payload = a.declaration("X005", "高级", 31);
    const { cases, put, head } = broken_payloads(payload, a.withdrawal(walk.first.payload.id));
    const line = async (name, text, codes) => refused(name,
        { ...await a.put(await a.device.sign(text)), payload: String(text).slice(0, 300) }, codes,
        "120 JSON (not I-JSON, duplicate member, too deep, missing, unknown or mistyped member)");
    for (const [name, text] of cases) await line(`120: ${name}`, text, [120]);
    const utf8 = Buffer.from(JSON.stringify(payload));
    utf8[utf8.indexOf("高")] = 0xff;
    await line("120: bytes that are no UTF-8", utf8, [120]);
    await line("120: a noncharacter (RFC 7493, 2.1)", put("高级", "\\uffff"), [120]);
    await line("120: id a UUIDv4", put(`"id":"${payload.id}"`,
               '"id":"9b2d1c52-7a55-4c7e-9f3e-3f3f6f5d1c11"'), [120]);
    await line("120: a notice without @", put(payload.notice, "anhui-2023-14"), [120, 125]);
    await line("120: a number beyond 2^53", put(head, '"headcount":9007199254740993'), [120, 140]);
    await line("120: a headcount as a string", put(head, '"headcount":"31"'), [120, 140]);
    await line("120: a headcount of null", put(head, '"headcount":null'), [120, 140]);
    await line("120: an answer missing", put(`,${head}`, ""), [120, 140]);
    await line("120: an answer too many", put(head, `${head},"expert":"张三"`), [120, 140]);
    await line("120 before 121: an unknown kind and a member twice",
               put('"kind":"filing"', '"kind":"wish","kind":"wish"'), [120]);
    await line("120 before 122: another unit and a float", put(`"unit":"S001"`,
               '"unit":"S002"').replace(head, '"headcount":1.5'), [120]);
}

// 121 to 128 and 130 to 131, each alone and then where two hold.
export async function kinds_and_units(walk) {
    const { a, b, city_a, province } = walk;
    const put = async (name, connection, payload, codes, says) =>
        refused(name, await connection.put(payload), codes, says);
    const target = walk.first.payload.id;
    const decision = { target: walk.newest_first.payload.id, stage: "first_review", verdict: "pass",
                       approved: null, remarks: [], due: null, reason: "" };
    await put("121: a kind there is none of", a, a.payload("wish", {}), [121]);
    await put("121: a school decides", a, a.payload("decision", decision), [121]);
    await put("121: a school extends", a, a.payload("extension", { for: "S001", form: "declaration",
              period: "2023-spring", until: "2023-12-31T00:00:00+08:00", reason: "我们来不及" }), [121]);
    for (const kind of ["unit", "catalogue", "notice", "code", "revocation"])
        await put(`121: a school sends ${kind}`, a, a.payload(kind, {}), [121, 120]);
    await put("121: a bureau files", city_a, city_a.declaration("X001", "初级", 5), [121, 127]);
    await put("121: the province files", province, province.declaration("X001", "初级", 5), [121, 127]);
    await put("121: a bureau withdraws a school's filing", city_a, city_a.withdrawal(target),
              [121, 130]);
    await put("122: another school's unit", a, { ...a.declaration("X005", "高级", 9), unit: "S002" },
              [122]);
    await put("122: a unit there is none of", a, { ...a.declaration("X005", "高级", 9),
              unit: "nirgends" }, [122]);
    await put("122: operator", a, { ...a.declaration("X005", "高级", 9), unit: "operator" }, [122]);
    await put("121 before 122: a school decides for another unit", a, { ...a.payload("decision",
              decision), unit: "S002" }, [121]);
    await put("122 before 123: another unit and a foreign anchor", a,
              { ...a.declaration("X005", "高级", 9), unit: "S002", anchor: walk.foreign.anchor }, [122]);
    await put("130: withdraw another school's filing", b, b.withdrawal(target), [130]);
}

export async function anchors_ids_notices(walk) {
    const { a, b } = walk;
    const put = async (name, payload, codes, connection = a) =>
        refused(name, await connection.put(payload), codes);
    const filing = (members = {}) => a.declaration("X005", "高级", 9, members);
    const nobody = await Device.make("冒充者");
    const own = await nobody.sign({ kind: "anchor", at: "2023-03-29T09:00:00+08:00", nonce: "x",
                                    rehearsal: true });
    const posing = nobody.sign_raw(JSON.stringify({ alg: "EdDSA", kid: walk.server_kid }),
        JSON.stringify({ kind: "anchor", at: "2023-03-29T09:00:00+08:00", nonce: "x", rehearsal: true }));
    const missing = filing();
    delete missing.anchor;
    await put("123: anchor missing", missing, [123, 120]);
    await put("123: anchor null", filing({ anchor: null }), [123, 120]);
    await put("123: anchor empty", filing({ anchor: "" }), [123, 120]);
    await put("123: anchor no JWS", filing({ anchor: "anchor" }), [123]);
    await put("123: anchor of another server", filing({ anchor: walk.foreign.anchor }), [123]);
    await put("123: anchor signed by anybody", filing({ anchor: own }), [123]);
    await put("123: anchor under the server's kid, signed by anybody", filing({ anchor: posing }), [123]);
    await put("123: a receipt for an anchor", filing({ anchor: walk.first.result.receipt }), [123]);
    const bits = with_spare_bits(a.anchor, 2);
    if (bits !== null) await put("123: an anchor with spare bits", filing({ anchor: bits }), [123]);
    await put("123 before 124: a used id and a foreign anchor", filing({ id: walk.first.payload.id,
              root: walk.first.payload.id, anchor: walk.foreign.anchor }), [123]);
    await put("124: a used id, other bytes", filing({ id: walk.first.payload.id,
              root: walk.first.payload.id }), [124]);
    await put("124: an id another school used", { ...b.declaration("X002", "初级", 40),
              id: walk.first.payload.id, root: walk.first.payload.id }, [124], b);
    await put("124: the same payload signed again with a space more",
              await a.device.sign(`${JSON.stringify(walk.first.payload)} `), [124]);
    await put("124: a withdrawal under a filing's id", { ...a.withdrawal(walk.second.payload.id),
              id: walk.second.payload.id }, [124]);
    await put("124 before 125: a used id and an unknown notice", filing({ id: walk.first.payload.id,
              root: walk.first.payload.id, notice: `nirgends-2099@${"0".repeat(64)}` }), [124]);
    await put("125: an unknown notice", filing({ notice: `nirgends-2099@${"0".repeat(64)}` }), [125]);
    await put("125: a version nobody published", filing({ notice: `anhui-2023-14@${"0".repeat(64)}` }),
              [125]);
    await put("125 before 127: an unknown notice and form", filing({ form: "wish",
              notice: `nirgends-2099@${"0".repeat(64)}` }), [125, 120]);
    note("126 needs a second published version of the notice: not in this walk");
    const reused = filing({ answers: { certificate: "X005", level: "高级", headcount: 0 } });
    await put("140: refused, so its id is not used", reused, [140]);
    await accepted("a refused envelope's id may come again with better answers", walk, a,
                   { ...reused, answers: { ...reused.answers, headcount: 9 } });
}

export async function periods_and_chains(walk) {
    const { a, b } = walk;
    const put = async (name, payload, codes, connection = a) =>
        refused(name, await connection.put(payload), codes);
    const answers = (headcount = 10) => ({ certificate: "X006", level: "高级", headcount });
    const filing = (form, period, members = {}, headcount = 10) =>
        a.filing(form, period, answers(headcount), members);
    await put("127: a form there is none of", filing("wish", "2023-spring"), [127, 120]);
    for (const period of ["2022-spring", "2024-spring", "2023-summer", "2023-05", "2023", ""])
        await put(`127: declaration for period '${period}'`, filing("declaration", period),
                  period === "" ? [127, 120] : [127]);
    await put("127: school_summary for a month", a.filing("school_summary", "2023-05",
              { rows: [], contact: "李老师", phone: "13905510001" }), [127]);
    await put("128: autumn before it opens", filing("declaration", "2023-autumn"), [128]);
    await put("128: the autumn summary before it opens", a.filing("school_summary", "2023-autumn",
              { rows: [], contact: "李老师", phone: "13905510001" }), [128]);
    const nobody = uuid7();
    await put("127 before 128: an unknown form in autumn", filing("wish", "2023-autumn"), [127, 120]);
    await put("128 before 130: autumn, replacing what nobody knows", filing("declaration",
              "2023-autumn", { root: nobody, replaces: nobody }), [128]);
    await put("128 before 140: autumn with headcount 0", filing("declaration", "2023-autumn", {}, 0),
              [128]);
    await put("130: replaces what nobody knows", filing("declaration", "2023-spring",
              { root: nobody, replaces: nobody }), [130]);
    const { id } = walk.second.payload;
    await put("130: root of another chain", filing("declaration", "2023-spring",
              { root: walk.third.payload.id, replaces: id }), [130, 120]);
    await put("130: root unknown, replaces known", filing("declaration", "2023-spring",
              { root: nobody, replaces: id }), [130, 120]);
    await put("root not its own id though it replaces nothing", filing("declaration", "2023-spring",
              { root: id }), [130, 120]);
    const own = filing("declaration", "2023-spring", { replaces: id });
    await put("root its own id though it replaces something", { ...own, root: own.id }, [130, 120]);
    await put("130: replaces another school's filing", b.declaration("X002", "初级", 40,
              { root: walk.first.payload.id, replaces: walk.newest_first.payload.id }), [130], b);
    await put("130: a summary replaces a declaration", a.filing("school_summary", "2023-spring",
              { rows: [], contact: "李老师", phone: "13905510001" }, { root: id, replaces: id }), [130]);
    await put("130: withdraw what nobody knows", a.withdrawal(nobody), [130]);
    await put("130 before 140: replaces what nobody knows, headcount 0", filing("declaration",
              "2023-spring", { root: nobody, replaces: nobody }, 0), [130]);
    const old = walk.first.payload.id;
    const stale = (headcount) => a.declaration("X001", "初级", headcount, { root: old, replaces: old });
    await put("131: replaces an older version", stale(160), [131]);
    await put("131 before 140: an older version and headcount 0", stale(0), [131]);
    await put("131: withdraw an older version", a.withdrawal(old), [131]);
    await put("withdraw what is withdrawn", a.withdrawal(walk.doomed.payload.id), [131, 130, 132, 140]);
    await put("replace what is withdrawn", a.declaration("X006", "中级", 35,
              { root: walk.doomed.payload.id, replaces: walk.doomed.payload.id }), [131, 130, 132, 140]);
    for (const form of ["quota_increase", "monthly_report"])
        await put(`${form} with a declaration's answers is refused`,
                  filing(form, form === "monthly_report" ? "2023-03" : "2023"), [127, 120, 140, 128]);
}
