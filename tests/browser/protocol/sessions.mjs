// Station: sessions, what concerns a unit, and revoked keys.

import { Connection, Device, payload_of, verified } from "./client.mjs";
import { check, note } from "./report.mjs";
import { problem, refused } from "./expect.mjs";

const no = [400, 401, 403, 409, 422];

export async function sessions(walk) {
    for (const name of ["a", "a2", "b", "lost", "college", "city_a", "city_b", "province"]) {
        const answer = await walk[name].log_in();
        const body = answer.json;
        check(`session of ${name}: token and expires_at`, answer.status < 300 &&
              typeof body?.token === "string" && body.token.length >= 22 &&
              !Number.isNaN(Date.parse(body?.expires_at ?? "")), { came: answer,
              says: '{"token","expires_at"}' });
        walk.cookie ??= answer.headers["set-cookie"]?.[0];
        if (name !== "a") continue;
        const hours = (Date.parse(body.expires_at) - Date.parse(walk.a.server.time)) / 3_600_000;
        check("session: 12 hours by the server's clock", Math.abs(hours - 12) < 0.1,
              { came: `${body.expires_at}, server time ${walk.a.server.time}`, says: "12 h" });
    }
    check("session: an HttpOnly SameSite=Strict cookie without __Host- over plain HTTP",
          /HttpOnly/i.test(walk.cookie ?? "") && /SameSite=Strict/i.test(walk.cookie ?? "") &&
          !/^__Host-/.test(walk.cookie ?? ""), { came: walk.cookie,
          says: "an HttpOnly SameSite=Strict cookie (`__Host-` over TLS)" });
    const by_cookie = await walk.anonymous.get("/api/v1/units",
        { headers: { Cookie: (walk.cookie ?? "").split(";")[0] } });
    check("session: the cookie opens what the token opens", by_cookie.status === 200,
          { came: by_cookie, says: "Token as `Authorization: Bearer` or cookie" });
}

export async function refused_sessions(walk) {
    const { a } = walk;
    const post = (jws, type = "application/jose", headers = {}) =>
        a.post("/api/v1/sessions", type, jws, { headers });
    const once = await a.session_jws();
    const first = await post(once);
    check("session: accepted once", first.status < 300, { came: first });
    problem("session: the same JWS again → refused", await post(once), no, { says: "accepted once" });
    problem("session: meant for another server → refused",
            await post(await a.session_jws({ server: walk.foreign_kid })), no);
    problem("session: another server's anchor → refused",
            await post(await a.session_jws({ anchor: walk.foreign.anchor })), no);
    problem("session: no anchor → refused", await post(await a.session_jws({ anchor: null })), no);
    problem("session: another kind → refused", await post(await a.session_jws({ kind: "sitting" })), no);
    problem("session: an unknown member → refused", await post(await a.session_jws({ admin: true })), no);
    problem("session: an envelope for a session → refused", await post(walk.first.jws), no);
    problem("session: not a JWS → refused", await post("nonsense"), no);
    const good = await a.session_jws();
    problem("session: padded base64url → refused", await post(`${good}=`), no);
    problem("session: Content-Encoding → 415", await post(good, "application/jose",
            { "Content-Encoding": "br" }), [415]);
    problem("session: another Content-Type → refused", await post(good, "application/json"), [400, 415]);
    const stranger = new Connection(walk.origin, await Device.make("陌生机器"));
    problem("session: a key never enrolled → refused", await stranger.post("/api/v1/sessions",
            "application/jose", await stranger.session_jws()), no);
    const anchor = payload_of(good).anchor;
    const forged = await stranger.device.sign({ kind: "session", server: walk.server_kid, anchor },
                                              { alg: "EdDSA", kid: a.device.kid });
    problem("session: another key under this kid → refused", await post(forged), no);
    const paths = ["changes?after=&limit=10", "units", "catalogue", "filings?period=2023-spring",
                   "summaries/rows?period=2023-spring"];
    for (const path of paths) {
        problem(`no token: ${path} → 401`, await walk.anonymous.get(`/api/v1/${path}`), [401]);
        problem(`a made-up token: ${path} → 401`, await walk.anonymous.get(`/api/v1/${path}`,
                { headers: { Authorization: `Bearer ${"A".repeat(43)}` } }), [401]);
    }
    const encoded = await a.get("/api/v1/units", { headers: { "Content-Encoding": "gzip" } });
    problem("any request with Content-Encoding → 415", encoded, [415],
            { says: "A request with Content-Encoding is answered 415" });
}

// A page of changes: the right envelopes with their own receipts, oldest first, and nothing else.
async function changes_hold(walk, name) {
    const connection = walk[name];
    const seen = walk.world.seen_by(connection.unit);
    const { changes } = await connection.all_changes(7);
    const expected = walk.world.accepted.filter((one) => seen.has(one.payload.unit));
    const mine = new Map(changes.map((one) => [one.envelope, one]));
    const lost = expected.filter((one) => mine.get(one.jws)?.receipt !== one.receipt_jws ||
        mine.get(one.jws)?.index !== one.receipt.index);
    check(`changes of ${name}: all ${expected.length} envelopes with their receipts and indexes`,
          lost.length === 0, { came: `${changes.length} changes, missing or different: ` +
          lost.map((one) => one.payload.id).join(), says: '"changes":[{"index","envelope","receipt"}]' });
    check(`changes of ${name}: oldest first, each once`, changes.every((one, at) =>
          at === 0 || one.index > changes[at - 1].index), { came: changes.map((one) => one.index) });
    const others = [];
    for (const change of changes) {
        const payload = payload_of(change.envelope);
        if (expected.some((one) => one.jws === change.envelope)) continue;
        if (payload.unit === "operator" && await verified(change.envelope, walk.server_key) !== null)
            continue;
        others.push(payload);
    }
    check(`changes of ${name}: nothing of other units`, others.length === 0,
          { came: JSON.stringify(others), says: "what concerns this unit" });
    const receipts = await Promise.all(changes.map((one) => verified(one.receipt, walk.server_key)));
    check(`changes of ${name}: every receipt verified`, receipts.every((receipt, at) =>
          receipt?.kind === "receipt" && receipt.index === changes[at].index));
    walk.last_change[name] = changes.at(-1)?.index ?? 0;
}

export async function changes(walk) {
    walk.last_change = {};
    for (const name of ["a", "b", "college", "city_a", "city_b", "province"])
        await changes_hold(walk, name);
    const { a } = walk;
    const { changes: all, cursor } = await a.all_changes(1000);
    const one = (await a.get("/api/v1/changes?after=&limit=1")).json;
    check("changes: limit=1 gives the oldest one and more", one.changes.length === 1 && one.more === true
          && one.changes[0].envelope === all[0].envelope && one.reset === false,
          { came: JSON.stringify(one).slice(0, 200) });
    const next = (await a.get(`/api/v1/changes?after=${encodeURIComponent(one.cursor)}&limit=2`)).json;
    check("changes: the cursor goes on where the page ended", next.changes.length === 2 &&
          next.changes[0].envelope === all[1].envelope && next.changes[1].envelope === all[2].envelope,
          { came: next.changes.map((change) => change.index) });
    const rest = (await a.get(`/api/v1/changes?after=${encodeURIComponent(cursor)}&limit=10`)).json;
    check("changes: at the end nothing, no more, a cursor", rest.changes.length === 0 &&
          rest.more === false && typeof rest.cursor === "string" && rest.cursor !== "",
          { came: JSON.stringify(rest) });
    walk.cursor_a = cursor;
    walk.cursor_city_a = (await walk.city_a.all_changes(1000)).cursor;
    const bare = await a.get("/api/v1/changes");
    check("changes: without parameters, from the start", bare.status === 200 &&
          bare.json?.changes?.[0]?.envelope === all[0].envelope, { came: bare,
          says: "empty = from the start" });
    const odd = await a.get("/api/v1/changes?after=not-a-cursor&limit=5");
    check("changes: a cursor nobody gave → an error or reset", odd.status >= 400 && odd.status < 500 ||
          odd.json?.reset === true, { sent: "after=not-a-cursor", came: odd });
    for (const limit of ["0", "-1", "abc", "999999999"]) {
        const answer = await a.get(`/api/v1/changes?after=&limit=${limit}`);
        check(`changes: limit=${limit} breaks nothing`, answer.status < 500, { came: answer });
    }
}

// keys revoke, while the server runs.
export async function revocation(walk) {
    const { lost } = walk;
    const before = await lost.get("/api/v1/units");
    check("before the revocation its token works", before.status === 200, { came: before });
    const done = walk.run("keys", "revoke", lost.device.kid);
    check("keys revoke: exit 0 while the server runs", done.code === 0, { came: done,
          says: "they work while `serve` runs" });
    problem("revoked: its token dies at once", await lost.get("/api/v1/units"), [401],
            { says: "A revoked key's tokens die at once" });
    const filing = lost.declaration("X002", "中级", 31);
    refused("111: a revoked key", await lost.put(filing), [111]);
    const forger = await Device.make("冒充者");
    const forged = forger.sign_raw(JSON.stringify({ alg: "EdDSA", kid: lost.device.kid }), "{");
    refused("111 before 112 and 120", { ...await lost.put(forged), payload: undefined }, [111]);
    const again = await lost.put(walk.of_lost.jws);
    check("duplicate whatever has happened since: the revoked device's old line",
          again.result.result === "duplicate" && again.result.receipt === walk.of_lost.result.receipt,
          { came: JSON.stringify(again.result), says: "`duplicate` with the same receipt" });
    problem("revoked: no new session", await lost.post("/api/v1/sessions", "application/jose",
            await lost.session_jws()), no);
    const unknown = walk.run("keys", "revoke", "nobody-has-this-kid");
    check("keys revoke: an unknown KID → exit 1", unknown.code === 1, { came: unknown,
          says: "1 refused with the reason" });
    const b = await walk.b.put(walk.b.declaration("X002", "初级", 44));
    check("revoked: the unit's other device goes on", b.result.result === "accepted",
          { came: JSON.stringify(b.result) });
    walk.pending = b;
}
