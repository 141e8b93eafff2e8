// What several stations of the walk ask in the same words.

import { header_of, payload_of, sha256, time_pattern, verified } from "./client.mjs";
import { check, note } from "./report.mjs";

const chinese = /[\u3400-\u9fff]/;
const whole = (value) => Number.isSafeInteger(value);

// An error answer: one of the statuses, problem+json, a fixed number, a sentence a clerk can use.
export function problem(name, answer, statuses, { sent = name, says } = {}) {
    check(name, statuses.includes(answer.status), { sent, came: answer,
          says: says ?? `HTTP ${statuses.join(" or ")}` });
    if (answer.status < 400) return;
    const body = answer.json;
    check(`${name}: the error is problem+json with code, Chinese title, detail`,
          answer.type === "application/problem+json" && whole(body?.code) &&
          chinese.test(body?.title ?? "") && typeof body?.detail === "string",
          { sent, came: answer, says: "application/problem+json with `code` (a fixed number), " +
            "`title` (a Chinese sentence a clerk can act on), `detail`" });
}

// A refused line. The first code is the plain reading; the others are readings the text allows.
export function refused(name, record, codes, says = "order of judgement") {
    const { result } = record;
    const sent = typeof record.payload === "string" || record.payload === undefined
        ? String(record.jws).slice(0, 300) : JSON.stringify(record.payload, (key, value) =>
            key === "anchor" && typeof value === "string" ? `${value.slice(0, 12)}…` : value);
    const holds = result.result === "refused" && codes.includes(result.code);
    check(`${name} → ${codes.join("|")}`, holds, { sent, came: JSON.stringify(result),
          says: `${codes.join(" or ")}: ${says}` });
    if (!holds) return false;
    if (result.code !== codes[0])
        note(`${name}: ${result.code}; ${codes[0]} would be the plainer reading`);
    const plain = chinese.test(result.title ?? "") && (result.receipt ?? null) === null &&
        Array.isArray(result.findings ?? []) && (result.id === null ||
        typeof result.id === "string");
    if (!plain)
        check(`${name}: the refusal has a Chinese title, an id or null and no receipt`, false,
              { sent, came: JSON.stringify(result), says: "Sending: the answer line" });
    return true;
}

// The findings of a 140: each with a rule, fields, severity and a Chinese text.
export function findings_hold(name, result) {
    const findings = result.findings;
    check(`${name}: findings say which rule, fields, severity and text`,
          Array.isArray(findings) && findings.length > 0 && findings.every((one) =>
              typeof one.rule === "string" && one.rule !== "" && Array.isArray(one.fields) &&
              typeof one.severity === "string" && chinese.test(one.text ?? "")),
          { came: JSON.stringify(result), says: '"findings":[{"rule","fields":[],"severity","text"}]' });
}

const receipt_members = ["attachments_missing", "id", "index", "kind", "received_at", "rehearsal",
                         "sha256", "timing", "unit"];

// Every field of a receipt against the envelope it is for. Gives the receipt's payload or null.
export async function receipt_holds(name, walk, record, { timing = "on_time" } = {}) {
    const jws = record.result.receipt;
    const receipt = typeof jws === "string" ? await verified(jws, walk.server_key) : null;
    if (receipt === null) {
        check(`${name}: receipt signed by the server, header exactly alg and kid`, false,
              { came: jws && JSON.stringify([header_of(jws), payload_of(jws)]),
                says: "Receipt, signed by the server" });
        return null;
    }
    const { payload } = record;
    const promised = (payload.attachments ?? []).map((one) => one.sha256).sort();
    const members = Object.keys(receipt).sort();
    const wrong = [];
    const want = (holds, what) => { if (!holds) wrong.push(what); };
    want(receipt.kind === "receipt", "kind");
    want(receipt.id === payload.id, "id");
    want(receipt.unit === payload.unit, "unit");
    want(receipt.sha256 === sha256(record.jws), "sha256");
    want(whole(receipt.index) && receipt.index > walk.last_index, `index > ${walk.last_index}`);
    want(time_pattern.test(receipt.received_at), "received_at");
    want(Date.parse(receipt.received_at) >= Date.parse(walk.clock), "received_at ≥ clock");
    want(Date.parse(receipt.received_at) < Date.parse(walk.clock) + 7_200_000, "received_at");
    want(receipt.timing === timing, `timing ${timing}`);
    want(JSON.stringify([...(receipt.attachments_missing ?? [null])].sort()) ===
         JSON.stringify(promised), "attachments_missing");
    want(receipt.rehearsal === true, "rehearsal");
    want(receipt_members.every((member) => members.includes(member)), "members");
    check(`${name}: receipt verified field by field`, wrong.length === 0,
          { sent: sha256(record.jws), came: JSON.stringify(receipt),
            says: `Receipt: wrong ${wrong.join(", ")}` });
    if (members.length > receipt_members.length)
        note(`receipts hold more members than the text: ${members.filter((one) =>
            !receipt_members.includes(one)).join(", ")}`);
    if (whole(receipt.index)) walk.last_index = Math.max(walk.last_index, receipt.index);
    return receipt;
}

// Sends one envelope that must be accepted, verifies its receipt and books it.
export async function accepted(name, walk, connection, payload, { timing = "on_time" } = {}) {
    const record = await connection.put(payload);
    return await accepted_record(name, walk, record, { timing }) ? record : null;
}

// The same for a line that has been sent already, in a batch say.
export async function accepted_record(name, walk, record, { timing = "on_time" } = {}) {
    const { result, payload, jws } = record;
    const holds = check(`${name} → accepted`, result.result === "accepted" &&
        result.id === payload.id, { sent: JSON.stringify({ ...payload, anchor: "…" }),
        came: JSON.stringify(result), says: '"result":"accepted" with the envelope\'s id' });
    if (!holds) return null;
    record.receipt = await receipt_holds(name, walk, record, { timing });
    if (record.receipt !== null)
        walk.world.book(jws, payload, result.receipt, record.receipt);
    return record;
}
